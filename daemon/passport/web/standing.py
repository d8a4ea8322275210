"""How things stand: what keeps the passport from doing its work, for the tray, `status` and the page of activity.

Each problem is one sentence with what mends it. Cheap enough to be asked every few seconds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from passport.keychain import Trouble
from passport.vault.marker import MARKER
from passport.web.parts import Parts

MIN_FREE_BYTES = 64 << 20
MISSING_FOR = timedelta(minutes=10)
"""What a sync program has not brought by then is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that wants mending."""

    kind: str
    """`vault`, `disk`, `journal`, `computers`, `folder` or `keyring`."""
    text: str
    remedy: str


def problems(parts: Parts) -> tuple[Problem, ...]:
    """Return what is wrong at the moment, the worst first."""
    return (*_vault(parts), *_journals(parts), *_computers(parts), *_folders(parts), *_keyring(parts))


def _computers(parts: Parts) -> Iterator[Problem]:
    if not parts.vault.computers.shared:
        return
    if parts.vault.computers.stranger:
        text = "The vault's folder is shared by computers that do not know this one, so nothing in it counts here."
        yield Problem(kind="computers", text=text, remedy="Join it on the page Computers.")
        return
    strange, back = parts.vault.computers.strange(), parts.vault.computers.went_back()
    look = "Look at the page Computers; see who else may write into that folder."
    if strange:
        text = f"In the shared folder are {strange} lines that none of your computers signed; they count for nothing."
        yield Problem(kind="computers", text=text, remedy=look)
    if back:
        text = "The shared folder was put back to an older state. What this computer knew still counts."
        yield Problem(kind="computers", text=text, remedy=look)
    looked = parts.vault.computers.looked
    if looked.damaged:
        text = f"{looked.damaged} files in the shared folder are not what they were; they are not used."
        remedy = "See who else may write into that folder. Import those badges again (badge-passport scrub names them)."
        yield Problem(kind="computers", text=text, remedy=remedy)
    if looked.missing_since and parts.clock() - looked.missing_since > MISSING_FOR:
        text = f"Files of {len(looked.missing)} badges are not in the shared folder (yet)."
        remedy = "Let the sync program bring them, and keep the folder on this computer; else import them again."
        yield Problem(kind="computers", text=text, remedy=remedy)
    if parts.vault.computers.locked:
        text = "This computer's key is locked away, so the other computers do not hear what you decide here."
        yield Problem(
            kind="keyring",
            text=text,
            remedy="Unlock the computer's keyring.",
        )


def _vault(parts: Parts) -> Iterator[Problem]:
    folder = parts.places.vault
    if not (folder / MARKER).is_file():
        text = f"The vault is not there: {folder}. Nothing was deleted."
        yield Problem(kind="vault", text=text, remedy="Mount the disk, or put the folder back to where it was.")
        return
    if not os.access(folder, os.W_OK):
        yield Problem(kind="vault", text=f"The vault in {folder} cannot be written.", remedy="Make it writable.")
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Problem(kind="disk", text=f"The vault's disk reports: {error.strerror}.", remedy="Look at the disk.")
        return
    if free < MIN_FREE_BYTES:
        text = f"The disk is full: {free >> 20} MB are free where the vault is."
        yield Problem(kind="disk", text=text, remedy="Make room; then it goes on by itself.")


def _journals(parts: Parts) -> Iterator[Problem]:
    damaged = sum(parts.vault.damaged_lines().values())
    if damaged:
        text = f"{damaged} lines of the passport's journals cannot be read."
        yield Problem(kind="journal", text=text, remedy="Run badge-passport scrub; a backup may have them.")


def _folders(parts: Parts) -> Iterator[Problem]:
    chosen = {str(folder) for folder in parts.settings.watch.folders}
    for status in parts.control.folders:
        if status.mode == "missing" and status.folder in chosen:
            text = f"The watched folder {status.folder} is not there."
            yield Problem(kind="folder", text=text, remedy="Mount or make it, or choose another in the settings.")
        elif status.mode == "polling" and "inotify" in (status.reason or ""):
            text = f"{status.folder} is only looked through now and then: {status.reason}."
            yield Problem(kind="folder", text=text, remedy="badge-passport doctor says how to raise the limit.")


def _keyring(parts: Parts) -> Iterator[Problem]:
    trouble = parts.keychain.trouble
    if trouble is not None and trouble.trouble is not Trouble.MISSING:
        yield Problem(kind="keyring", text=trouble.problem, remedy=trouble.remedy or "")
