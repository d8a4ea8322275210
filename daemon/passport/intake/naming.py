"""Which names in a watched folder are looked at."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from pathlib import PurePath

_PARTIAL = re.compile(
    r"\.(crdownload|part|partial|download|opdownload|aria2|tmp|temp|filepart|!ut|bc!|td|swp)$"
    r"|^\.(org\.chromium|com\.google\.chrome|com\.microsoft\.edge|goutputstream|~lock|syncthing\.|fuse_hidden|nfs)"
    r"|^~\$|^\.~|~$",
    re.IGNORECASE,
)
"""Names that programs give to what they have not finished (reference desktop-and-storage 2.1 and 2.2)."""
_NEVER = re.compile(r"^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|.*\.sync-conflict-.*)$", re.IGNORECASE)
_CLOSED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".stfolder", ".stversions", "__MACOSX", ".Trash", "@eaDir", "#recycle"}
    | {"$RECYCLE.BIN", "System Volume Information", ".venv", "__pycache__"}  # no sentence
)


def is_partial(name: str) -> bool:
    """Whether a program calls a file so while it still writes it."""
    return _PARTIAL.search(name) is not None


def is_closed_folder(name: str) -> bool:
    """Whether a folder's content is never a download: program's own folders, and Safari's unfinished bundles."""
    return name in _CLOSED_FOLDERS or name.lower().endswith(".download")


class Names:
    """What is looked at below one watched folder."""

    def __init__(self, *, recursive: bool, ignore: Sequence[str]) -> None:
        self._recursive = recursive
        self._ignored_names = [pattern for pattern in ignore if "/" not in pattern]
        self._ignored_paths = [pattern.lstrip("/") for pattern in ignore if "/" in pattern]

    def wanted(self, below: PurePath) -> bool:
        """Whether a file is looked at; `below` is its path relative to the watched folder."""
        *folders, name = below.parts
        if (folders and not self._recursive) or any(not self.entered(folder) for folder in folders):
            return False
        if is_partial(name) or _NEVER.match(name) or self._ignored(name):
            return False
        path = below.as_posix()
        return not any(fnmatch.fnmatch(path, pattern) for pattern in self._ignored_paths)

    def entered(self, folder: str) -> bool:
        """Whether a folder of this name is looked into."""
        return self._recursive and not is_closed_folder(folder) and not self._ignored(folder)

    def _ignored(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in self._ignored_names)
