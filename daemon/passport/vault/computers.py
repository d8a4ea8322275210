"""The computers that share this passport: who they are, who is let in and taken out, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from passport.errors import VaultError
from passport.vault.clock import rfc3339, stamp_device, stamp_ms
from passport.vault.compacting import Compactor
from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine
from passport.vault.joining import request_of, requests_in, welcome
from passport.vault.journal import Line, read_from, read_lines, segment_sizes
from passport.vault.marker import MARKER, remember_shared, renewed_device, write_marker
from passport.vault.model import Change, Progress
from passport.vault.purging import Purger
from passport.vault.rows import PURGED, said
from passport.vault.scrubbing import Scrubber
from passport.vault.sharing import Computer, Looked, Standing
from passport.vault.signing import DeviceKey, Signer, fingerprint
from passport.vault.trust import SUBJECT, TRUSTED, Peer, Why

STRANGE = frozenset({Why.UNSIGNED, Why.UNKNOWN, Why.FORGED})
MANY_LINES = 100
"""From so many on, how far taking them up is, is shown."""
MANY_CHANGES = 200
"""More than that are told as one: everything may have changed."""


def note_shared(engine: Engine) -> None:
    """Let the marker and this computer's own memory say that the passport is shared, as those of before did not.

    Raises OSError.
    """
    if not engine.trust.shared or engine.trust.knows_nobody:
        return
    remember_shared(engine.disk, engine.state, engine.folder, engine.marker.id)
    if not engine.marker.shared:
        engine.marker = msgspec.structs.replace(engine.marker, shared=True)
        with suppress(OSError):  # a folder that can only be read is shown all the same
            write_marker(engine.disk, engine.folder, engine.marker)


class Computers:
    """Works on the parts of an open vault. Raises VaultError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.looked = Looked()
        """What was found of the files at the last look."""
        self._seen: dict[Path, tuple[int, int]] = {}
        self.taking: Progress | None = None
        """How far taking up many lines is; None: there are none."""
        self.cloned = False
        """Whether somebody else writes journals with this computer's id: a clone of it (`renew`)."""

    @property
    def shared(self) -> bool:
        """Whether the passport is on several computers."""
        return self._engine.trust.shared

    @property
    def locked(self) -> bool:
        """Whether this computer should sign, and has no key to do it with."""
        return self.shared and self._engine.signer is None and not self.stranger

    @property
    def stranger(self) -> bool:
        """Whether the passport is shared by others, and they do not know this computer (any more)."""
        peer = self._engine.trust.peer(self.device)
        return self.shared and (peer is None or peer.revoked)

    @property
    def device(self) -> str:
        """This computer's id."""
        return self._engine.device.id

    def count(self) -> int:
        """Return how many computers share the passport."""
        return max(1, sum(not peer.revoked for peer in self._engine.trust.peers())) if self.shared else 1

    def strange(self) -> int:
        """Return how many lines none of the computers signed."""
        with self._engine.looking:
            return sum(one.why in STRANGE for one in self._engine.index.waiting())

    def went_back(self) -> int:
        """Return of how many things the folder knew less than this computer did."""
        with self._engine.looking:
            return len(self._engine.index.went_back())

    def standing(self) -> Standing:
        """Say how sharing stands."""
        engine = self._engine
        if not engine.trust.shared:
            return Standing(shared=False, folder=str(engine.folder))
        with engine.looking:
            waiting: dict[str, int] = {}
            for one in engine.index.waiting():
                peer = engine.trust.peer(one.by)
                if one.why is Why.REVOKED and peer and one.stamp < peer.at:
                    continue  # vouched for when it was taken out
                waiting[one.why.value] = waiting.get(one.why.value, 0) + 1
            back, damaged = len(engine.index.went_back()), sum(engine.index.damaged().values())
        return Standing(
            shared=True,
            folder=str(engine.folder),
            computers=tuple(self._computers()),
            requests=tuple(requests_in(engine.folder, engine.clock())),
            waiting=waiting,
            went_back=back,
            conflicts=sum(not name.endswith(".jrnl") or name.count(".") > 2 for name in segment_sizes(engine.journals)),
            damaged=damaged,
            locked=self.locked,
            stranger=self.stranger,
            healed=self.looked.healed,
            swapped=self.looked.damaged,
            missing=len(self.looked.missing),
            taking=self.taking,
        )

    def confirm(self, code: str) -> Peer:
        """Let the computer in that shows this code. Raise VaultError."""
        engine = self._engine
        if engine.signer is None:
            raise VaultError("This computer cannot sign at the moment.", remedy="Unlock the computer's keyring.")
        request = request_of(engine.folder, engine.marker.id, code, engine.clock())
        peer = Peer(id=request.id, name=request.name[:80], key=request.key)
        self.know(peer)
        with told_to_owner(engine.folder):
            there = [p for p in engine.trust.peers() if not p.revoked]
            welcome(engine.disk, engine.folder, engine.marker.id, code, request, there)
        return peer

    def know(self, peer: Peer) -> None:
        """Let a computer's word count, and tell the others so. Raise VaultError."""
        self._say(peer.id, {"key": peer.key, "name": peer.name})

    def revoke(self, device: str) -> None:
        """Take a computer out: what it said so far stays, vouched for by this one; what it says from now on is void.

        Raise VaultError.
        """
        engine = self._engine
        peer = engine.trust.peer(device)
        if peer is None or peer.revoked:
            raise VaultError("No such computer shares this passport.")
        if device == engine.device.id:
            raise VaultError("This is the computer itself.", remedy="Take it out on another one.")
        with engine.writing:
            self.take_up()
            Compactor(engine).vouch(device)
            self._say(device, None)
            with engine.looking, told_to_owner(engine.folder):
                engine.index.rebuild(None)
        engine.tell(Change(kind="reindexed"))

    def rename(self, device: str, name: str) -> None:
        """Give a computer another name. Raise VaultError."""
        peer = self._engine.trust.peer(device)
        if peer is None or peer.revoked or not name.strip():
            raise VaultError("No such computer shares this passport.")
        self._say(device, {"key": peer.key, "name": name.strip()[:80]})

    def unlock(self, key: DeviceKey) -> None:
        """Sign from now on, and what was said unsigned meanwhile. Raise VaultError for another key than is known."""
        engine = self._engine
        own = engine.trust.peer(engine.device.id)
        if own is None:
            raise VaultError("This computer does not share the passport yet.", remedy="Join it: vault join.")
        if own.key != key.public:
            raise VaultError(
                "The key in the keyring is not the one by which this computer is known.",
                remedy="Restore the keyring, or join the passport again.",
            )
        with engine.writing:
            engine.signer = Signer(engine.device.id, engine.marker.id, key)
            Compactor(engine).sign()

    def renew(self, key: DeviceKey) -> str:
        """Take another id, with this key, because a clone speaks with the old one; return it.

        The others know the new one by the word of the old key, which they trust. Raise VaultError where this computer
        cannot sign.
        """
        engine = self._engine
        own = engine.trust.peer(engine.device.id)
        if engine.signer is None or own is None:
            raise VaultError("This computer cannot sign at the moment.", remedy="Unlock the computer's keyring.")
        with engine.writing, told_to_owner(engine.folder):
            device = renewed_device(engine.disk, engine.state, engine.device)
            self.know(Peer(id=device.id, name=own.name, key=key.public))
            engine.become(device, Signer(device.id, engine.marker.id, key))
            self.cloned = False
        return device.id

    def look_at_files(self) -> None:
        """Fold sync engines' copies back and see which files are missing or not what they were. Raise VaultError."""
        first = min((peer.id for peer in self._engine.trust.peers() if not peer.revoked), default=self.device)
        found = Scrubber(self._engine, None).look(self._seen, fold=first == self.device)
        kinds = [finding.kind for finding in found.findings]
        damaged = sum(kind in {"damaged", "set-aside"} for kind in kinds)
        healed = self.looked.healed + kinds.count("healed")
        missing = {entry for finding in found.findings if finding.kind == "missing" for entry in finding.entries}
        since = (self.looked.missing_since or self._engine.clock()) if missing else None
        self.looked = Looked(healed=healed, damaged=damaged, missing=tuple(sorted(missing)), missing_since=since)

    def take_up(self) -> set[str]:
        """Take in what the other computers said since; return the subjects that changed. Raise VaultError."""
        engine = self._engine
        changed: set[str] = set()
        added: set[str] = set()
        with told_to_owner(engine.folder):
            if not (engine.folder / MARKER).is_file():
                return set()  # not mounted, or not there yet: never "everything was deleted"
            with engine.writing:
                anew = engine.look_after_journal()
            self.cloned |= engine.writer.replaced
            sizes = segment_sizes(engine.journals)
            prefix = f"{engine.device.id}."
            self.cloned |= any(name.startswith(prefix) and name not in engine.writer.names for name in sizes)
            with engine.looking:
                behind = {name: self._lines_in(name, sizes) for name in engine.index.behind(sizes)}
            for name in self._told_of(behind):
                with engine.writing, engine.looking:
                    fresh, new = engine.index.catch_up_with(name, sizes)
                changed |= fresh
                added |= new
        self._remove_purged(changed)
        if changed or anew:
            with engine.looking, told_to_owner(engine.state):
                engine.index.remember()
        if anew:
            engine.tell(Change(kind="reindexed"))
        self._tell(changed, added)
        return changed

    def _lines_in(self, name: str, sizes: Mapping[str, int]) -> int:
        """Return how many lines of a journal are new."""
        engine = self._engine
        return read_from(engine.journals, name, engine.index.read_size(name)).count(b"\n") if name in sizes else 0

    def _told_of(self, lines: Mapping[str, int]) -> Iterator[str]:
        """Yield the journals, and let it be seen meanwhile how far that is where it is much."""
        total, done = sum(lines.values()), 0
        try:
            for name, count in lines.items():
                self.taking = Progress(done=done, total=total) if total >= MANY_LINES else None
                yield name
                done += count
        finally:
            self.taking = None

    def _remove_purged(self, subjects: set[str]) -> None:
        """Remove the files of badges that were removed for good on another computer."""
        engine = self._engine
        with engine.looking:
            keys = [(engine.index.row(subject) or {}).get("keys", {}) for subject in subjects]
        if any(said(found, PURGED) for found in keys):
            with engine.writing:
                Purger(engine).finish()

    def _tell(self, changed: set[str], added: set[str]) -> None:
        if len(changed) > MANY_CHANGES:
            self._engine.tell(Change(kind="reindexed"))
            return
        for subject in sorted(changed):
            kind = "added" if subject in added else "changed"
            self._engine.tell(Change(kind=kind, subject=subject))

    def _say(self, device: str, value: object) -> None:
        engine = self._engine
        with engine.writing:
            engine.say([(f"{SUBJECT}{device}", {TRUSTED: value})])
        engine.tell(Change(kind="changed", subject=f"{SUBJECT}{device}", keys=(TRUSTED,)))

    def _computers(self) -> Iterator[Computer]:
        seen = self._last_seen()
        for peer in self._engine.trust.peers():
            at = seen.get(peer.id)
            yield Computer(
                id=peer.id,
                name=peer.name,
                fingerprint=fingerprint(peer.key),
                this=peer.id == self._engine.device.id,
                revoked=peer.revoked,
                seen_at=rfc3339(at) if at else None,
            )

    def _last_seen(self) -> dict[str, int]:
        """Return the newest moment of each computer, by the ends of its newest journals."""
        found: dict[str, int] = {}
        newest: dict[str, str] = {}
        for name in segment_sizes(self._engine.journals):
            device = name.partition(".")[0]
            newest[device] = max(newest.get(device, ""), name)
        for name in newest.values():
            lines = [line for line in read_lines(read_from(self._engine.journals, name, 0)) if not line.damaged]
            last = next((line for line in reversed(lines) if self._said_itself(line)), None)
            if last:
                found[last.by] = max(found.get(last.by, 0), stamp_ms(last.stamp))
        return found

    def _said_itself(self, line: Line) -> bool:
        """Return whether a known computer said it, and not another one for it; a line's head alone proves nothing."""
        trust, ahead = self._engine.trust, self._engine.stamps.is_ahead(line.stamp)
        return line.by == stamp_device(line.stamp) and not ahead and trust.judge(line) in {None, Why.REVOKED}
