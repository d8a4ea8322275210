"""What publishing changes: the files of a site by their digests, compared with what was published before.

A manifest stands beside the site (`.badge-passport.json`). While a publication is under way it names the files of the
old site and of the new one, so that whatever an interruption left behind is removed by the next.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

MANIFEST = ".badge-passport.json"
MANIFEST_VERSION = 1
STAGE = ".badge-passport-new"
"""Where new files wait until all of them are there."""


class Files(Mapping[str, bytes]):
    """Files by path: their digests are known, and each content is made or read when it is asked for."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.digests: dict[str, str] = {}
        self._sources: dict[str, Callable[[], bytes]] = {}
        for path, content in (files or {}).items():
            self.add(path, content)

    def add(self, path: str, content: bytes) -> None:
        """Add a file that is there."""
        self.promise(path, hashlib.sha256(content).hexdigest(), lambda: content)

    def promise(self, path: str, digest: str, source: Callable[[], bytes] | None = None) -> None:
        """Add a file that is made or read later; without a source only its digest is known yet."""
        self.digests[path] = digest
        if source is not None:
            self._sources[path] = source

    def is_empty(self, path: str) -> bool:
        """Whether only the digest is known."""
        return path not in self._sources

    def __getitem__(self, path: str) -> bytes:
        """Return the content of a file, or raise KeyError."""
        return self._sources[path]()

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths."""
        return iter(self.digests)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What publishing would do."""

    write: tuple[str, ...]
    """Paths that are new or differ, in the order in which they go."""
    remove: tuple[str, ...]
    """Paths that we published before and are no longer part of it."""
    same: int

    def to_json(self) -> dict[str, object]:
        """Return it as `publish --json` shows it."""
        return {"written": list(self.write), "removed": list(self.remove), "unchanged": self.same}


def manifest_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file by its path."""
    if isinstance(files, Files):
        return files.digests
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def plan_between(before: Mapping[str, str], files: Mapping[str, bytes]) -> Plan:
    """Compare with what was published before."""
    after = manifest_of(files)
    write = sorted((path for path in after if before.get(path) != after[path]), key=order)
    remove = sorted(path for path in before if path not in after and is_inside(path))
    return Plan(write=tuple(write), remove=tuple(remove), same=len(after) - len(write))


def order(path: str) -> tuple[int, str]:
    """What others point to goes first, the first page last."""
    rank = 0 if path.startswith("assets/") else 2 if path.endswith("index.html") else 1
    return (3 if path in {"index.html", "feed.xml", "sitemap.xml"} else rank, path)


def folders_of(paths: Iterable[str]) -> list[str]:
    """Return the folders of files, those above first."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found, key=lambda folder: (folder.count("/"), folder))


def is_inside(path: str) -> bool:
    """Whether a path of a manifest stays inside the site: manifests lie where others may write."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path:
        return False
    return ".." not in parts and ".git" not in {part.lower() for part in parts}


def read_manifest(text: str | bytes | None) -> dict[str, str]:
    """Return what was published before; nothing when there is no manifest or it cannot be read."""
    try:
        content = json.loads(text or "{}")
        files = content.get("files", {})
        return {str(path): str(digest) for path, digest in files.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """Return the manifest."""
    content = {"version": MANIFEST_VERSION, "files": dict(sorted(digests.items()))}
    return (json.dumps(content, indent=0) + "\n").encode()


def under_way(before: Mapping[str, str], plan: Plan) -> bytes:
    """Return the manifest of a site that is being changed: what is written is known by its path alone."""
    return write_manifest({**before, **dict.fromkeys(plan.write, "")})
