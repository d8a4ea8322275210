"""The bodies of the API: what goes over the wire, and what OpenAPI says of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

EntryId = Annotated[str, msgspec.Meta(pattern="^[a-z2-7]{16}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Verdict = Literal["no-badge", "invalid", "revoked", "expired", "not-yours", "unconfirmed", "verified"]
IssuerIdentity = Literal["domain", "known", "self-asserted"]


class Issuer(msgspec.Struct, kw_only=True):
    """Who issued it; the name is the issuer's own claim."""

    id: str | None
    name: str | None


class Origin(msgspec.Struct, kw_only=True):
    """How it came in."""

    kind: str
    detail: str
    at: str


class File(msgspec.Struct, kw_only=True, rename="camel"):
    """One original file."""

    sha256: str
    media_type: str
    name: str
    size: int


class Standing(msgspec.Struct, kw_only=True):
    """What stands in the way of asking the issuer; what was known before still counts."""

    state: Literal["unreachable", "moved", "gone"]
    since: str
    why: str


class Entry(msgspec.Struct, kw_only=True, rename="camel"):
    """One badge as the passport keeps it (design: Contract)."""

    id: str
    sha256: str
    name: str
    issuer: Issuer
    verdict: Verdict
    issuer_identity: IssuerIdentity | None
    standard: str | None
    securing: str
    credential_id: str | None
    valid_from: str | None
    valid_until: str | None
    verified_at: str | None
    added_at: str
    changed_at: str
    origin: Origin
    tags: list[str]
    note: str
    rating: int
    visibility: Literal["private", "public"]
    trashed: bool
    state: Literal["new", "accepted", "declined"]
    skills: list[str]
    description: str
    has_evidence: bool
    collections: list[str]
    standing: Standing | None
    files: list[File]


class Check(msgspec.Struct, kw_only=True):
    """One question and its answer."""

    name: str
    outcome: Literal["passed", "failed", "unknown"]
    explanation: str


class Credential(msgspec.Struct, kw_only=True, rename="camel"):
    """What was verified."""

    id: str | None
    name: str | None
    issuer: Issuer
    valid_from: str | None
    valid_until: str | None


class Report(msgspec.Struct, kw_only=True, rename="camel"):
    """All checks of one credential, with a verdict (design: Contract)."""

    verdict: Verdict
    standard: str | None
    securing: str
    issuer_identity: IssuerIdentity | None
    verified_at: str | None
    checks: list[Check]
    credential: Credential | None


class Judged(msgspec.Struct, kw_only=True, rename="camel"):
    """One line of a badge's history: a verdict, or what stood in the way of a new one."""

    at: str
    until: str
    """When it was last found to be so."""
    verdict: Verdict | None
    issuer_identity: IssuerIdentity | None
    standing: Literal["unreachable", "moved", "gone", "answers"] | None
    reasons: list[str]
    file: str | None
    documents: str | None
    """SHA-256 of the archive on which it rests."""


class Badge(Entry, kw_only=True, rename="camel"):
    """An entry with its report and the history of its verdicts, oldest first."""

    report: Report
    history: list[Judged]


class BadgeList(msgspec.Struct, kw_only=True):
    """A part of what was found."""

    entries: list[Entry]
    total: int
    facets: dict[str, dict[str, int]]


class ListQuery(msgspec.Struct, kw_only=True):
    """What to list."""

    q: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    sort: Annotated[str, msgspec.Meta(pattern="^-?(added|date|name|issuer|expiry|rating)$")] = "-added"
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 60
    trashed: bool = False
    """Whether entries in the trash count."""


class Decision(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What the owner decides of a badge; what is left out stays as it is."""

    add_tags: Annotated[list[Tag], msgspec.Meta(max_length=50)] = []
    remove_tags: Annotated[list[Tag], msgspec.Meta(max_length=50)] = []
    note: Annotated[str, msgspec.Meta(max_length=20_000)] | msgspec.UnsetType = msgspec.UNSET
    rating: Annotated[int, msgspec.Meta(ge=0, le=5)] | msgspec.UnsetType = msgspec.UNSET
    visibility: Literal["private", "public"] | msgspec.UnsetType = msgspec.UNSET
    trashed: bool | msgspec.UnsetType = msgspec.UNSET
    state: Literal["new", "accepted", "declined"] | msgspec.UnsetType = msgspec.UNSET


class Taken(msgspec.Struct, kw_only=True):
    """What became of something that was handed in."""

    result: Literal["added", "already-there", "no-badge", "refused"]
    name: str
    """The file's name or the address."""
    reason: str | None = None
    entry: Entry | None = None


class TakenList(msgspec.Struct, kw_only=True):
    """One for each credential found, or one that says why there is none."""

    taken: list[Taken]


class SaveQuery(msgspec.Struct, kw_only=True):
    """Of a file that is saved."""

    name: Annotated[str, msgspec.Meta(max_length=500)] = "badge"
    page: Annotated[str, msgspec.Meta(max_length=4096)] = ""
    """The page where it was found."""


class SaveAddress(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address where a badge is."""

    address: Address
    page: Annotated[str, msgspec.Meta(max_length=4096)] = ""


class Lookup(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What somebody found and asks whether it is in the passport."""

    sha256: Annotated[list[Sha256], msgspec.Meta(max_length=500)] = []
    """Of files."""
    addresses: Annotated[list[Address], msgspec.Meta(max_length=500)] = []
    """Ids of credentials, addresses of assertions, or where a file came from."""


class Found(msgspec.Struct, kw_only=True):
    """Which of the asked are there."""

    found: dict[str, str]
    """From what was asked to the entry's id."""


class CheckRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """About which badges issuers shall be asked again."""

    ids: Annotated[list[EntryId], msgspec.Meta(max_length=100_000)] | None = None
    """None: all outside the trash."""


class Import(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Files, folders and addresses to take in."""

    paths: Annotated[list[str], msgspec.Meta(max_length=100_000)] = []
    addresses: Annotated[list[Address], msgspec.Meta(max_length=100_000)] = []


class WatchedFolder(msgspec.Struct, kw_only=True):
    """How a folder is watched."""

    folder: str
    mode: str
    """`native`, `polling` or `missing`."""
    reason: str | None = None


class Trouble(msgspec.Struct, kw_only=True):
    """Something that wants mending."""

    kind: str
    text: str
    remedy: str


class HowFar(msgspec.Struct, kw_only=True):
    """How far long work is."""

    done: int
    total: int


class Status(msgspec.Struct, kw_only=True, rename="camel"):
    """How the daemon is."""

    ready: bool
    version: str
    api: int
    port: int
    paused: bool
    paused_until: str | None = None
    """When watching goes on by itself."""
    badges: int
    new: int
    watching: list[str]
    folders: list[WatchedFolder] = []
    scanned_at: str | None = None
    """When all folders were last looked through."""
    computers: int = 1
    """How many share the passport."""
    taking_up: HowFar | None = None
    """How far taking up what arrived from other computers is; null: all of it is taken up."""
    problems: list[Trouble] = []
    """What wants mending, the worst first."""
    unusual_network: bool
    """Whether a setting weakens the protection."""
    started_at: str
    private: bool
    """Whether it lives only as long as one command."""


class Launch(msgspec.Struct, kw_only=True):
    """An address that signs one browser in, once."""

    address: str


class Pause(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How long watching shall rest."""

    seconds: Annotated[float, msgspec.Meta(gt=0, le=31_536_000)] | None = None
    """None: until it is resumed."""


class Line(msgspec.Struct, kw_only=True):
    """One line of a stream: how far work is, what came out, or what went wrong in the end."""

    kind: Literal["progress", "taken", "item", "done", "problem"]
    done: int | None = None
    total: int | None = None
    taken: Taken | None = None
    item: dict[str, Any] | None = None
    detail: str | None = None
    remedy: str | None = None
