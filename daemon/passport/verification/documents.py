"""What the network answered, kept as HTTP Archive 1.2 (HAR)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FRESH = timedelta(days=90)
"""Documents that only have newer dates are kept anew after so long, with those dates and what conditions need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDocument:
    """One answer from the network, or the failure to get one (JSON-LD API: RemoteDocument)."""

    url: str
    """The URL that was asked for."""
    fetched_at: str
    """RFC 3339, UTC."""
    status: int = 0
    """HTTP status of the last response; 0: no answer came."""
    content_type: str = ""
    body: bytes = b""
    final_url: str | None = None
    """Where the answer came from after redirects; None: the URL itself."""
    headers: tuple[tuple[str, str], ...] = ()
    """Few: those that later requests need (ETag, Last-Modified, Date)."""
    problem: str | None = None
    """Why no usable answer came, as a sentence; None: there is one."""

    @property
    def ok(self) -> bool:
        """Whether a body came with a 2xx status."""
        return self.problem is None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Documents(Mapping[str, RemoteDocument]):
    """Documents by the URL that was asked for."""

    by_url: Mapping[str, RemoteDocument] = field(default_factory=dict)

    @classmethod
    def of(cls, documents: Iterable[RemoteDocument]) -> Documents:
        """Build from documents; the last one of a URL counts."""
        return cls({document.url: document for document in documents})

    @classmethod
    def from_har(cls, har: bytes) -> Documents:
        """Return the documents of an HTTP Archive 1.2. Raise ParseError."""
        from passport.verification.har import documents_from_har  # noqa: PLC0415 (most verifications read no archive)

        return documents_from_har(har)

    def to_har(self) -> bytes:
        """Return the documents as HTTP Archive 1.2."""
        from passport.verification.har import documents_to_har  # noqa: PLC0415 (as above)

        return documents_to_har(self)

    def __getitem__(self, url: str) -> RemoteDocument:
        """Return the document of a URL, or raise KeyError."""
        return self.by_url[url]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the URLs."""
        return iter(self.by_url)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.by_url)

    def __or__(self, other: Mapping[str, RemoteDocument]) -> Documents:
        """Return these and the others, which win."""
        return Documents({**self.by_url, **other})


def says_the_same(kept: Mapping[str, RemoteDocument], newer: Mapping[str, RemoteDocument]) -> bool:
    """Return whether newer documents say no more than the kept ones: the same answers, not much later."""
    if kept.keys() != newer.keys():
        return False
    return all(_same(document, newer[url]) for url, document in kept.items())


def _same(kept: RemoteDocument, newer: RemoteDocument) -> bool:
    answers = [(d.status, d.body, d.content_type, d.final_url, d.problem) for d in (kept, newer)]
    if answers[0] != answers[1]:
        return False
    try:
        return datetime.fromisoformat(newer.fetched_at) - datetime.fromisoformat(kept.fetched_at) < FRESH
    except (ValueError, TypeError):  # no date, or one without a zone
        return kept.fetched_at == newer.fetched_at
