"""All notices, as the vault keeps them: on every computer of the owner the same ones, read and dismissed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from passport.intake.noticing.model import ABOUT, PREFIX, Kind, Notice
from passport.vault.model import Change
from passport.vault.rows import FILE, REPORT, STANDING
from passport.vault.vault import Vault

_TELLING = frozenset({"report", "trashed", "state", STANDING})
"""Keys of badges by which a notice comes or goes."""


@dataclass(slots=True)
class NoticeBook:
    """Reads and writes notices. From any thread; what was read is kept until the vault changes."""

    vault: Vault
    _shown: tuple[Notice, ...] | None = None
    _changes: int = field(default=0)

    def __post_init__(self) -> None:
        """Follow the vault."""
        self.vault.subscribe(self._forget)

    def shown(self) -> tuple[Notice, ...]:
        """Return the notices that still mean something and were not dismissed, newest first."""
        found = self._shown
        if found is None:
            before = self._changes
            every = [notice for n in self.all() if not n.dismissed and (notice := self._meaningful(n))]
            found = tuple(sorted(every, key=lambda notice: notice.at, reverse=True))
            if before == self._changes:  # else something changed meanwhile
                self._shown = found
        return found

    @property
    def unread(self) -> int:
        """How many of those were not looked at."""
        return sum(not notice.read for notice in self.shown())

    def all(self) -> tuple[Notice, ...]:
        """Return all, the dismissed and the outdated ones too."""
        found = (self.find(subject.removeprefix(PREFIX)) for subject in self.vault.subjects(PREFIX))
        return tuple(notice for notice in found if notice)

    def find(self, key: str) -> Notice | None:
        """Return a notice; None: there is none."""
        return notice_of(key, self.vault.state(f"{PREFIX}{key}"))

    def keep(self, notice: Notice) -> bool:
        """Keep a notice; False: it was told already (then only further badges are noted). Raise VaultError."""
        known = self.find(notice.id)
        about = {f"{ABOUT}{entry}": True for entry in notice.entries}
        if known and (known.mark, known.kind) == (notice.mark, notice.kind):
            fresh = {key: on for key, on in about.items() if key.removeprefix(ABOUT) not in known.entries}
            if fresh:
                self.vault.decide(notice.subject, fresh)
            return False
        said = {"kind": notice.kind.value, "mark": notice.mark, "at": notice.at, "detail": dict(notice.detail)}
        self.vault.decide(notice.subject, {**said, **about, "read": None, "dismissed": None})
        return True

    def _meaningful(self, notice: Notice) -> Notice | None:
        """Return the notice with the badges of which it is still true."""
        found = [e for key in notice.entries if (e := self.vault.entry(key)) and not e.trashed]
        if notice.kind in {Kind.EXPIRING, Kind.EXPIRED}:
            until, over = notice.detail.get("until"), notice.kind is Kind.EXPIRED
            found = [e for e in found if e.valid_until == until and (e.verdict == "expired") is over]
        elif notice.kind is Kind.GONE:
            found = [e for e in found if e.standing and e.standing.state == notice.mark]
        elif notice.kind in {Kind.REVOKED, Kind.CHANGED}:
            found = [e for e in found if e.verdict == notice.detail.get("verdict")]
        return replace(notice, entries=tuple(e.id for e in found)) if found else None

    def _forget(self, change: Change) -> None:
        if _matters(change):
            self._changes += 1
            self._shown = None


def _matters(change: Change) -> bool:
    """Whether notices may be others after a change: tags and notes of badges make none."""
    if change.kind == "changed" and change.subject.startswith("badge:"):
        return any(key in _TELLING or key.startswith((REPORT, FILE)) for key in change.keys)
    return change.subject.startswith(PREFIX) or change.kind in {"purged", "reindexed"}


def notice_of(key: str, state: Mapping[str, object]) -> Notice | None:
    """Read a notice from what is said of it; nonsense, and what a later version wrote, is none."""
    kind, mark, at, detail = (state.get(name) for name in ("kind", "mark", "at", "detail"))
    if not isinstance(kind, str) or kind not in set(Kind) or not isinstance(mark, str) or not isinstance(at, str):
        return None
    entries = (name.removeprefix(ABOUT) for name, on in state.items() if name.startswith(ABOUT) and on is True)
    texts = detail if isinstance(detail, dict) else {}
    return Notice(
        id=key,
        kind=Kind(kind),
        mark=mark,
        at=at,
        entries=tuple(sorted(entries)),
        detail={name: text for name, text in texts.items() if isinstance(text, str)},
        read=state.get("read") is True,
        dismissed=state.get("dismissed") is True,
    )
