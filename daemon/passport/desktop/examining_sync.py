"""Whether the sync program that keeps a shared vault leaves out what is this computer's alone.

Each program reads one file, at the root of the folder that it keeps, which may lie far above the vault:
Syncthing `.stignore` (docs.syncthing.net/users/ignoring: "must be placed in the root of the folder"), Nextcloud
`.sync-exclude.lst`, Dropbox `rules.dropboxignore` (help.dropbox.com, "How to prevent files from syncing").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from passport.desktop.examination import Finding, good

LEAVE_OUT = ("incoming", "quarantine", "*.tmp")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgram:
    """How one is recognised, and where it reads what to leave out."""

    name: str
    marks: tuple[str, ...]
    """Patterns of what lies at the root of the folder that it keeps."""
    ignore: str
    """The file there; one name or pattern a line."""


PROGRAMS = (
    SyncProgram(name="Syncthing", marks=(".stfolder",), ignore=".stignore"),
    SyncProgram(name="Nextcloud", marks=(".sync_*.db", "._sync_*.db"), ignore=".sync-exclude.lst"),
    SyncProgram(name="Dropbox", marks=(".dropbox", ".dropbox.cache"), ignore="rules.dropboxignore"),
)


def sync_leaves_out(vault: Path) -> Iterator[Finding]:
    """Say for each program that keeps the vault what is still to be left out. Raise OSError."""
    found = False
    for folder in (vault, *vault.parents):
        for program in PROGRAMS:
            if any(True for mark in program.marks for _ in folder.glob(mark)):
                found = True
                yield _finding(program, folder, vault)
    if not found and not (vault / ".stignore").exists():
        hint = f"Let the sync program leave out: {', '.join(LEAVE_OUT)}."
        yield good("sync", "No sync program was recognised around the vault.", hint)


def _finding(program: SyncProgram, root: Path, vault: Path) -> Finding:
    file = root / program.ignore
    missing = [name for name in LEAVE_OUT if not _is_left_out(name, _lines(file), vault.relative_to(root).as_posix())]
    if not missing:
        return good("sync", f"{program.name} keeps {root} and leaves out what is this computer's alone.")
    hint = f"Write these lines into {file}: {', '.join(missing)}."
    return good("sync", f"{program.name} keeps {root}; what it need not carry is not all left out there.", hint)


def _lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return [re.sub(r"^(\(\?[di]\)|\])+", "", line.strip()).rstrip("/") for line in text.splitlines()]


def _is_left_out(name: str, lines: list[str], below: str) -> bool:
    """Whether a line names it: at any depth, or by its path from the root."""
    path = name if below == "." else f"{below}/{name}"
    return not {name, f"**/{name}", path, f"/{path}"}.isdisjoint(lines)
