"""JSON-LD contexts that are shipped with the program. None is ever fetched.

Changed contexts change what a proof covers, so only these, with known SHA-256, are used (Verifiable Credentials Data
Model 2.0, section 5.3; W3C vc-data-integrity issue 272). `scripts/update-standards` takes them from published packages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Contexts by address. Compared by identity, so that what is derived from a set can be kept beside it."""

    texts: Mapping[str, str]
    """Address to the text of the JSON document that has `@context`."""
    changed: tuple[str, ...] = ()
    """The addresses that have other content than in the usual set."""
    note: str = ""
    """What is told to the owner when a proof verifies with this set only; empty for the usual set."""

    def __contains__(self, url: object) -> bool:
        """Return whether a context is here."""
        return url in self.texts

    def load(self, url: str) -> object:
        """Return the value of `@context`, parsed anew; KeyError when there is none."""
        return json.loads(self.texts[url])["@context"]


class _Shipped(Mapping[str, str]):
    """Texts of the shipped files, each read when it is first asked for."""

    def __init__(self, file_of: Mapping[str, str]) -> None:
        self._file_of = file_of

    def __getitem__(self, url: str) -> str:
        return _text(self._file_of[url])

    def __contains__(self, url: object) -> bool:
        return url in self._file_of

    def __iter__(self) -> Iterator[str]:
        return iter(self._file_of)

    def __len__(self) -> int:
        return len(self._file_of)


@cache
def bundled() -> Contexts:
    """Return the usual set: the first copy listed of each address."""
    return Contexts(_Shipped({url: copies[0] for url, copies in _index().items()}))


@cache
def older_copies() -> tuple[Contexts, ...]:
    """Return sets with older copies of contexts that were changed in place under one address."""
    usual = {url: copies[0] for url, copies in _index().items()}
    return tuple(
        Contexts(_Shipped({**usual, url: file}), (url,), f"an older copy of {url}, which was changed in place")
        for url, copies in _index().items()
        for file in copies[1:]
    )


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    copies: dict[str, tuple[str, ...]] = {}
    for entry in json.loads(_text("index.json")):
        copies[entry["url"]] = (*copies.get(entry["url"], ()), entry["file"])
    return copies


@cache
def _text(file: str) -> str:
    return files("passport.verification.canonical").joinpath("contexts", file).read_text(encoding="utf-8")
