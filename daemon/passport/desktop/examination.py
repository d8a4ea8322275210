"""What the doctor looks at: small questions about the computer, each with an answer and what mends it.

Each examination is a plain function of what it is handed. None asks the network, changes anything or takes long.
"""

from __future__ import annotations

import os
import platform
import pyexpat
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from passport import __version__
from passport.intake.mounts import WatchLimits, needs_polling
from passport.settings import Places, Settings

MIN_FREE_BYTES = 64 << 20
OLDEST_EXPAT = (2, 6, 0)
"""Older ones are quadratic when fed in pieces (CVE-2023-52425); ours are fed at once, so this is a hint."""
CLOCK_MAY_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer of the doctor."""

    name: str
    ok: bool
    explanation: str
    remedy: str | None = None
    """What mends it; also a hint where all is well but could be better."""

    def to_json(self) -> dict[str, object]:
        """Return it as `doctor --json` shows it."""
        return {"name": self.name, "ok": self.ok, "explanation": self.explanation, "remedy": self.remedy}


def good(name: str, explanation: str, hint: str | None = None) -> Finding:
    """Return a finding with which all is well."""
    return Finding(name=name, ok=True, explanation=explanation, remedy=hint)


def bad(name: str, explanation: str, remedy: str) -> Finding:
    """Return a finding that wants mending."""
    return Finding(name=name, ok=False, explanation=explanation, remedy=remedy)


def versions() -> Finding:
    """Name the versions, and an old XML parser."""
    expat = pyexpat.version_info
    system = f"{platform.system()} {platform.release()}"
    text = f"Badge Passport {__version__}, Python {platform.python_version()}, {system}"  # no sentence
    hint = f"This Python carries expat {'.'.join(map(str, expat))}; a newer Python has a sturdier one."
    return good("versions", text + ".", None if expat >= OLDEST_EXPAT else hint)


def folders_are_private(places: Places) -> Finding:
    """Whether others on this computer can look into the passport."""
    if os.name == "nt":
        return good("privacy", "The folders are in your own profile.")
    open_ones = [str(f) for f in (places.vault, places.state) if f.exists() and f.stat().st_mode & 0o077]
    if open_ones:
        return bad("privacy", f"Others may look into {', '.join(open_ones)}.", f"chmod 700 {' '.join(open_ones)}")
    return good("privacy", "Only you can look into the passport's folders.")


def vault_has_room(places: Places) -> Finding:
    """Whether the vault is there, can be written, and the disk has room."""
    folder = next(f for f in (places.vault, *places.vault.parents) if f.exists())
    if not os.access(folder, os.W_OK):
        return bad(
            "vault", f"{folder} cannot be written.", "Give yourself the right to write there, or choose another home."
        )
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        return bad("vault", f"Only {free >> 20} MB are free where the vault is ({folder}).", "Make room on that disk.")
    return good("vault", f"The vault is in {places.vault}; {free >> 30} GB are free.")


def left_over(places: Places) -> Finding:
    """Whether sync engines left copies in the vault, or a crash left unfinished files."""
    copies = list(named_like_copies(places.vault))
    if copies:
        shown = ", ".join(str(copy.relative_to(places.vault)) for copy in copies[:3])
        return bad(
            "copies", f"A sync program left {len(copies)} copies in the vault ({shown}).", "badge-passport scrub"
        )
    return good("copies", "There are no copies that a sync program left behind.")


def named_like_copies(vault: Path) -> Iterable[Path]:
    """Yield files with the names that sync engines give to conflicting copies."""
    marks = (
        ".sync-conflict-",
        "conflicted copy",  # no sentence
        "(conflict",
        "..path1",
        "..path2",
        "_conf(",
        "case conflict",  # no sentence
    )
    for root, _, files in os.walk(vault):
        yield from (Path(root) / file for file in files if any(mark in file for mark in marks))


def watched_folders(folders: Sequence[Path], *, by_default: bool = False) -> list[Finding]:
    """Whether each watched folder is there, can be read, and tells of changes by itself."""
    if by_default and not any(folder.is_dir() for folder in folders):
        shown = ", ".join(map(str, folders))
        return [
            good("watching", f"{shown} is not there yet; it is watched as soon as it is.", "Or choose another folder.")
        ]
    return [watched_folder(folder) for folder in folders] or [
        bad("watching", "No folder is watched.", "Choose one in the gallery's settings.")
    ]


def watched_folder(folder: Path) -> Finding:
    """Examine one watched folder."""
    name = "watching"
    if not folder.is_dir():
        return bad(name, f"{folder} is not there.", "Make the folder, or choose another in the gallery's settings.")
    if not os.access(folder, os.R_OK | os.X_OK):
        return bad(name, f"{folder} cannot be read.", "Give yourself the right to read it.")
    if reason := needs_polling(folder):
        return good(name, f"{folder} is looked through now and then ({reason}).")
    return good(name, f"{folder} is watched.")


def inotify_limits(limits: WatchLimits | None, directories: int) -> Finding:
    """Whether Linux allows as many watches as the folders need."""
    if limits is None:
        return good("watch limits", "This system has no limits on watching.")
    if directories * 2 > limits.watches:
        return bad(
            "watch limits",
            f"Linux allows {limits.watches} watches for all your programs; the folders need {directories}.",
            "echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/60-watches.conf && sudo sysctl --system",
        )
    if limits.instances < 16:
        return bad(
            "watch limits",
            f"Linux allows only {limits.instances} programs of yours to watch folders.",
            "echo fs.inotify.max_user_instances=512 | sudo tee /etc/sysctl.d/60-watches.conf && sudo sysctl --system",
        )
    return good("watch limits", f"Watches needed for folders: {directories}; allowed: {limits.watches}.")


def clock_is_right(now: datetime, newest_known: datetime | None) -> Finding:
    """Whether the clock stands before something that has happened already; then *expired* cannot be told."""
    if newest_known is not None and now < newest_known - CLOCK_MAY_DIFFER:
        return bad(
            "clock",
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the passport holds something of {newest_known:%Y-%m-%d}.",
            "Set the clock: whether a badge has expired cannot be told with a wrong one.",
        )
    return good("clock", f"It is {now:%Y-%m-%d %H:%M} UTC by the computer's clock.")


def settings_can_be_read(places: Places) -> Finding:
    """Whether the settings are sound, and tell of a weakened protection."""
    from passport.errors import SettingsError  # noqa: PLC0415 (only here)

    try:
        settings = Settings.load(places.settings_file)
    except SettingsError as error:
        return bad("settings", str(error), f"Mend or remove {places.settings_file}.")
    if settings.network.unusual:
        remedy = f"If this is not a closed network, remove [network] from {places.settings_file}."
        return bad("settings", "[network] weakens the protection against other computers.", remedy)
    return good("settings", "The settings are sound.")


def autostart_is_sound(where: str, command: Sequence[str] | None) -> Finding:
    """Whether what starts with the computer is still there."""
    if command is None:
        return good("autostart", "It does not start with the computer.", "badge-passport autostart on")
    if not Path(command[0]).exists() and shutil.which(command[0]) is None:
        return bad(
            "autostart", f"{where} starts {command[0]}, which is not there any more.", "badge-passport autostart on"
        )
    return good("autostart", f"It starts with the computer ({where}).")


def tray_is_possible(reason: str | None, *, has_menu: bool | None, advice: str) -> Finding:
    """Whether there can be an icon in the tray, with a menu."""
    if reason:
        return good(
            "tray", f"There is no tray: {reason}", "All that its menu does is in the gallery and in this command."
        )
    if has_menu is False:
        return bad("tray", "The tray's icon has no menu here.", advice)
    return good("tray", "The tray works." if has_menu else "The tray can be used.")
