"""The words of the vault: what arrives, what is kept of it, what the owner said of it.

Everything said of a subject is an *event*: subject, key, value, stamp; the last writer of a key wins.
Subjects are `badge:<id>`, `collection:<id>`, `goal:<id>`, `profile`, `issuer:<id>`, `client:<id>` and whatever else has
a prefix of its own. The keys of `badge:<id>` that the vault itself reads:

| key | value |
|---|---|
| `tag:<tag>` | true, or null to take it off: one key for each tag, so that two computers can both add one |
| `note` | text |
| `rating` | 0 (none) to 5 |
| `visibility` | `private` or `public` |
| `state` | `new`, `accepted` or `declined` |
| `trashed` | true or false |

and of `collection:<id>`: `name`; `member:<entry id>` (a number or text to order by, or null); `rule` (a query of
`search`); `trashed`. Other keys are kept, shown in `state` and `history`, and mean nothing to the vault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from passport.verification.documents import Documents
from passport.verification.report import VerificationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a badge came in."""

    kind: str
    """`watched`, `page`, `import`, `remote` or `restore`."""
    detail: str = ""
    """The path, the page's URL, or whatever else says where exactly."""
    at: str = ""
    """RFC 3339, UTC; empty: the vault's clock when it is put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One credential of a file, verified, on its way into the vault."""

    file: bytes
    """As it came: bytes are sacred."""
    media_type: str
    """Of the file: `image/png`, `image/svg+xml`, `application/json`, …"""
    name: str
    """The file's name, for people."""
    origin: Origin
    report: VerificationReport
    """With a credential; a file without one is not kept."""
    statement_index: int = 0
    """Which of the file's statements, counted from 0."""
    documents: Documents = field(default_factory=Documents)
    """What the network answered while it was verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One original file of an entry."""

    sha256: str
    media_type: str
    name: str = ""
    size: int = 0
    statement_index: int = 0
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stood in the way when the issuer was asked again, several times; what was known before still counts."""

    state: str
    """`unreachable` (no usable answer), `moved` (sent on to another site) or `gone` (the page, or the issuer, is not
    there any more). None of them means *revoked*."""
    since: str
    """RFC 3339, UTC: the first time that it was so."""
    why: str
    """A sentence."""

    def to_json(self) -> dict[str, str]:
        """Return it as JSON values."""
        return {"state": self.state, "since": self.since, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One badge as the passport keeps it. Text is the issuer's own, hostile until escaped."""

    id: str
    """Stable for ever and equal on every computer: 16 characters of base32, lower case."""
    sha256: str
    """Of the file that is shown and verified."""
    media_type: str
    """Of that file."""
    file_name: str
    """The name with which that file came."""
    files: tuple[KeptFile, ...]
    """All files of this badge, the one above first: the same badge baked twice, versions of a re-issued one."""
    statement_index: int
    name: str
    """What was achieved."""
    issuer: str
    """The issuer's name as the credential gives it, else its id."""
    issuer_id: str | None
    verdict: str
    """As of `verified_at`."""
    issuer_identity: str | None
    """domain, known, self-asserted or None."""
    standard: str | None
    securing: str
    credential_id: str | None
    valid_from: str | None
    """As written by the issuer."""
    valid_until: str | None
    verified_at: str | None
    added_at: str
    """RFC 3339, UTC."""
    changed_at: str
    """When the owner or a verification last changed something: RFC 3339, UTC."""
    origin: Origin
    tags: tuple[str, ...] = ()
    """The owner's own, sorted."""
    note: str = ""
    rating: int = 0
    visibility: str = "private"
    trashed: bool = False
    state: str = "new"
    skills: tuple[str, ...] = ()
    """Names of alignments' targets and the issuer's tags, as written."""
    aligned: tuple[str, ...] = ()
    """Those of the skills that an alignment names, in a framework; the others are tags alone."""
    named: tuple[tuple[str, str, str], ...] = ()
    """The entries of frameworks that it names (`skills.Named`)."""
    description: str = ""
    has_evidence: bool = False
    image: str | None = None
    """The achievement's picture, as the credential names it: a URL or `data:` URI (long ones are left out)."""
    achievement_id: str | None = None
    collections: tuple[str, ...] = ()
    """Ids of the collections it was put into by hand."""
    asks: str = ""
    """Whom one asks whether it still stands: `hosted`, `list`, `key`, or nobody (empty)."""
    standing: Standing | None = None
    """None: the issuer answered when last asked."""

    @property
    def subject(self) -> str:
        """The subject of decisions about it."""
        return f"badge:{self.id}"

    def to_json(self) -> dict[str, object]:
        """Return the entry as the contract shows it."""
        return {
            "id": self.id,
            "sha256": self.sha256,
            "name": self.name,
            "issuer": {"id": self.issuer_id, "name": self.issuer},
            "verdict": self.verdict,
            "issuerIdentity": self.issuer_identity,
            "standard": self.standard,
            "securing": self.securing,
            "credentialId": self.credential_id,
            "validFrom": self.valid_from,
            "validUntil": self.valid_until,
            "verifiedAt": self.verified_at,
            "addedAt": self.added_at,
            "changedAt": self.changed_at,
            "origin": {"kind": self.origin.kind, "detail": self.origin.detail, "at": self.origin.at},
            "tags": list(self.tags),
            "note": self.note,
            "rating": self.rating,
            "visibility": self.visibility,
            "trashed": self.trashed,
            "state": self.state,
            "skills": list(self.skills),
            "description": self.description,
            "hasEvidence": self.has_evidence,
            "collections": list(self.collections),
            "standing": self.standing.to_json() if self.standing else None,
            "files": [
                {"sha256": f.sha256, "mediaType": f.media_type, "name": f.name, "size": f.size} for f in self.files
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an arrival."""

    entry: Entry
    result: str
    """`added` or `already-there`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One value of one key of one subject, said by one device."""

    stamp: str
    """Orders all events of all devices (hybrid logical clock)."""
    at: str
    """The stamp's time: RFC 3339, UTC."""
    device: str
    subject: str
    key: str
    value: object
    current: bool = True
    """Whether it is the one that counts; a loser stays visible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Told to subscribers when something is durable, from the thread that did it."""

    kind: str
    """`added` (a new entry), `changed` (a subject), `purged` or `reindexed` (everything may have changed)."""
    subject: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the entries that a query found."""

    entries: tuple[Entry, ...]
    total: int
    """How many were found in all."""
    facets: Mapping[str, Mapping[str, int]]
    """How many of the found have each value of: verdict, issuer, tag, collection, year, skill, state, has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far long work is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a scrub found."""

    kind: str
    """`healed`; `set-aside` (a foreign copy, moved to quarantine); `damaged`, `missing` or `journal`: for the owner."""
    path: str
    """Inside the vault, or the SHA-256 of what is missing."""
    explanation: str
    entries: tuple[str, ...] = ()
    """Ids of the entries that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What a scrub found."""

    checked: int
    """How many files were read."""
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong (any more)."""
        return not any(finding.kind in {"damaged", "missing", "journal"} for finding in self.findings)

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        found = [
            {"kind": f.kind, "path": f.path, "explanation": f.explanation, "entries": list(f.entries)}
            for f in self.findings
        ]
        return {"sound": self.sound, "checked": self.checked, "findings": found}
