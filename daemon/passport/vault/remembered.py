"""What this computer knows of a shared passport, kept beside its state: it outlives the index.

`floor.json` (version 1) holds, of each badge, what decides whether it is public and verified, and everything of other
subjects, each with its stamp. When the index is derived anew, also from nothing, no word may be older than these
(`floors`): so yesterday's journals are noticed and not believed although they are signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.vault.rows import FILE, PURGED, REPORT, is_badge

FILE_NAME = "floor.json"
VERSION = 1
EVERY_MS = 600_000
"""Written at most so often while the daemon runs, and at its end."""
_OF_BADGES = frozenset({"visibility", "trashed", PURGED})


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    vault: str
    rows: dict[str, dict[str, tuple[str, Any]]]
    version: int = VERSION


class Remembered:
    """The file. Raises OSError."""

    def __init__(self, disk: Disk, state: Path, vault: str) -> None:
        self._disk = disk
        self._path = state / FILE_NAME
        self._vault = vault
        self._written_ms = 0

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return what was known, in the form of the index's rows; nothing where the file is not there or damaged."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return
        if kept.vault != self._vault or kept.version != VERSION:
            return
        for subject, keys in kept.rows.items():
            yield {"id": subject, "keys": {key: list(word) for key, word in keys.items()}, "log": []}

    def is_due(self, now_ms: int) -> bool:
        """Return whether it should be written again."""
        return abs(now_ms - self._written_ms) >= EVERY_MS

    def keep(self, rows: Iterable[Mapping[str, Any]], now_ms: int) -> None:
        """Write down what is known now. Durable on return."""
        found = {row["id"]: _of_weight(row) for row in rows}
        kept = _Kept(vault=self._vault, rows={subject: keys for subject, keys in found.items() if keys})
        make_folders(self._disk, self._path.parent)
        write_whole(self._disk, self._path, msgspec.json.encode(kept), aside=self._path.with_suffix(".tmp"))
        self._written_ms = now_ms


def _of_weight(row: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    keys = {key: (stamp, value) for key, (stamp, value) in row["keys"].items()}
    if not is_badge(row["id"]):
        return keys
    kept = {key: word for key, word in keys.items() if key in _OF_BADGES or key.startswith((FILE, REPORT))}
    return {key: (stamp, _without_place(key, value)) for key, (stamp, value) in kept.items()}


def _without_place(key: str, value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    return {**value, "log": None} if key.startswith(REPORT) and isinstance(value, dict) else value
