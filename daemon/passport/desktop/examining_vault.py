"""What the doctor looks at in the vault: is it there, who has its lock, can its journals be read, is a clock wrong?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from passport.desktop.examination import Finding, bad, clock_is_right, good
from passport.desktop.examining_sync import sync_leaves_out
from passport.errors import VaultError
from passport.settings import Places
from passport.vault.disk import Disk
from passport.vault.health import JournalHealth, all_lines, examine_journals
from passport.vault.locking import take_lock
from passport.vault.marker import MARKER, known_vaults, read_marker
from passport.vault.trust import Trust, Why
from passport.vault.witnesses import trust_in


def vault_is_there(places: Places) -> Finding:
    """Whether the vault's marker is where it was; without it nothing is concluded from an empty folder."""
    if (places.vault / MARKER).is_file():
        return good("vault marker", f"{MARKER} is in its place.")
    if str(places.vault) in known_vaults(places.state):
        return bad(
            "vault marker",
            f"The vault is not there: {places.vault} has no {MARKER}. Nothing was deleted.",
            "Mount the disk, or put the folder back to where it was.",
        )
    return good("vault marker", "There is no vault yet; it is made at the first start.")


def lock_is_free(places: Places, *, daemon: bool) -> Finding:
    """Whether the vault's lock is free, or held by a daemon that answers."""
    if daemon:
        return good("lock", "The running Badge Passport has the vault's lock.")
    if not places.lock_file.exists():
        return good("lock", "Nobody has the vault's lock.")
    try:
        take_lock(Disk(), places.lock_file).release()
    except VaultError as error:
        if "using this vault" in error.problem:  # no sentence
            return bad(
                "lock",
                "A program has the vault's lock, but no Badge Passport answers.",
                "Wait for a command that is still at work, or end the badge-passport process that hangs.",
            )
        return bad("lock", error.problem, error.remedy or "Look at the disk.")
    return good("lock", "Nobody has the vault's lock.")


def journals_are_sound(places: Places, now: datetime) -> Iterator[Finding]:
    """Whether every line of the journals can be read, and whether the clock fits them."""
    try:
        found = examine_journals(places.vault / "journal", int(now.timestamp() * 1000))
    except OSError as error:
        yield bad("journals", f"The journals cannot be read: {error.strerror}.", "Make the vault readable.")
        return
    yield _journals(found)
    if found.ahead:
        yield bad(
            "clock of a device",
            f"{found.ahead} decisions were made with a clock that was more than a day ahead; they wait until then.",
            "Set the clock of that computer, and decide again there.",
        )
    newest = datetime.fromtimestamp(found.newest_ms / 1000, UTC) if found.newest_ms else None
    yield clock_is_right(now, newest)


def computers_are_known(places: Places) -> Iterator[Finding]:
    """Whether everything in a shared vault was signed by one of the owner's computers."""
    try:
        marker = read_marker(places.vault)
        trust = trust_in(Disk(), places.state, places.vault, marker) if marker else Trust(Disk(), places.state)
    except VaultError as error:
        yield bad("computers", error.problem, error.remedy or "Join the passport again.")
        return
    except OSError as error:
        yield bad("computers", f"The vault cannot be read: {error.strerror}.", "Make the vault readable.")
        return
    if not trust.shared:
        yield good("computers", "The passport is on this computer alone.", "badge-passport vault move DIR shares it.")
        return
    if trust.knows_nobody:
        yield bad(
            "computers",
            f"The passport in {places.vault} is shared, and this computer did not join it; nothing in it counts here.",
            f"badge-passport vault join {places.vault}",
        )
        return
    strange = _strange(trust, places.vault)
    there = [peer.name for peer in trust.peers() if not peer.revoked]
    if strange:
        yield bad(
            "computers",
            f"{strange} lines in {places.vault} were not signed by one of your computers; they count for nothing.",
            "See who else may write into that folder. A new computer needs its code: badge-passport vault confirm.",
        )
    else:
        yield good("computers", f"The passport is shared by {', '.join(there)}; all that is said is signed.")
    try:
        yield from sync_leaves_out(places.vault)
    except OSError as error:
        yield bad("sync", f"The folders around the vault cannot be read: {error.strerror}.", "Make them readable.")


def _strange(trust: Trust, folder: Path) -> int:
    """Return how many lines none of the computers signed, but those that stand elsewhere signed: harmless copies."""
    counts: set[str] = set()
    strange: list[str] = []
    for line in all_lines(folder):
        words = msgspec.json.encode([line.stamp, line.said], order="deterministic")
        digest = hashlib.sha256(words).hexdigest()
        if trust.judge(line) in {Why.UNSIGNED, Why.UNKNOWN, Why.FORGED}:
            strange.append(digest)
        else:
            counts.add(digest)
    return sum(digest not in counts for digest in strange)


def _journals(found: JournalHealth) -> Finding:
    if found.damaged:
        shown = ", ".join(f"{name} ({number})" for name, number in list(found.damaged.items())[:3])
        return bad(
            "journals",
            f"{sum(found.damaged.values())} lines of {found.lines} cannot be read: {shown}.",
            "badge-passport scrub names what is missing; badge-passport restore brings it back from a backup.",
        )
    if not found.torn:
        return good("journals", f"All {found.lines} lines of the journals can be read.")
    torn = f" {len(found.torn)} end in the middle of a line, which is not counted."
    return good("journals", f"All {found.lines} lines of the journals can be read.{torn}")


def folders_as_watched(status: Mapping[str, object] | None) -> Iterator[Finding]:
    """How the running daemon watches each folder, and when it last looked through all of them."""
    if status is None:
        return
    folders = status.get("folders")
    for one in folders if isinstance(folders, list) else []:
        yield good("watcher", _how(one["folder"], one["mode"], one.get("reason")))
    if status.get("paused"):
        until = status.get("pausedUntil")
        text = f"Watching rests until {until}." if until else "Watching rests."
        yield good("watcher", text, "badge-passport resume")
    scanned = status.get("scannedAt")
    if scanned:
        yield good("last scan", f"All watched folders were last looked through at {str(scanned)[:19]}Z.")


def _how(folder: str, mode: str, reason: str | None) -> str:
    if mode == "native":
        return (
            f"{folder}: the system tells of changes ({reason})."
            if reason
            else f"{folder}: the system tells of changes."
        )
    if mode == "polling" and reason:
        return f"{folder}: looked through every few seconds ({reason})."
    if mode == "polling":
        return f"{folder}: looked through every few seconds."
    return f"{folder}: not there ({reason})." if reason else f"{folder}: not there."


def secrets_file(file: Path, *, asked: bool) -> Finding:
    """Whether secrets lie in a file, and whether that was asked for."""
    if not file.exists():
        return good("secrets", "No tokens lie in a file.")
    if not asked:
        return bad(
            "secrets",
            f"Secrets of an earlier choice still lie in {file}.",
            "Connect those accounts again, then remove the file.",
        )
    return good("secrets", f"As you asked, secrets lie in {file}; who can read your files can use them.")
