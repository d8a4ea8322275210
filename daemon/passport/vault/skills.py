"""Which names mean one skill: those that issuers gave to the same entry of a framework, in whatever language.

Nothing is guessed: the entry is told by the alignment's `targetUrl` (Open Badges 3.0, *Alignment*), and an
address that is not plainly that of one entry joins nothing. Nor does a name that a framework gives to several entries:
one badge of a stranger could bring all of the owner's skills together by it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from urllib.parse import parse_qs, urlsplit

from passport.badge.model import Alignment

Named = tuple[str, str, str]
"""An entry of a framework, what a badge calls it, and the code it gives it. No name: the badge has several for it."""

_CHARACTERS = 500
_EDITION = re.compile(r"v\d+(\.\d+)*|(19|20)\d\d", re.IGNORECASE)
"""The last part of an address that is an edition of a framework rather than one of its entries."""


def entry_at(url: str | None, code: str | None = None) -> str | None:
    """Return the entry of a framework that an address means, None where it may be a page about many.

    The address of an entry has a number, as all of ESCO's, CASE's, CTDL's and O*NET's do; others count with the code.
    """
    try:
        parts = urlsplit((url or "").strip()[:_CHARACTERS])
        named = parse_qs(parts.query).get("uri", [""])[0]  # ESCO's pages, of which there is one in each language
        inner = urlsplit(named)
    except ValueError:
        return None
    if inner.scheme in {"http", "https"} and inner.netloc:
        parts = inner
    if parts.scheme.lower() not in {"http", "https", "urn"} or not (parts.netloc or parts.path):
        return None
    scheme = "urn:" if parts.scheme.lower() == "urn" else "//"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    address = f"{scheme}{parts.netloc.lower()}{parts.path.rstrip('/')}{query}{fragment}"
    last = re.split(r"[/#?]", address)[-1] if parts.path.strip("/") or query or fragment else ""
    if re.search(r"\d", last) and not _EDITION.fullmatch(last):
        return address
    return f"{address} {' '.join(code.casefold().split())}" if code and code.strip() else None


def named_by(alignments: Iterable[Alignment]) -> list[Named]:
    """Return the entries that a badge names. One that it calls by several names is none that others may share."""
    found: dict[str, dict[str, Named]] = defaultdict(dict)
    for one in alignments:
        name = (one.target_name or "").strip()
        entry = entry_at(one.target_url, one.target_code) if name else None
        if entry:
            found[entry].setdefault(
                name.casefold(), (entry, name, " ".join((one.target_code or "").casefold().split()))
            )
    return [next(iter(names.values())) if len(names) == 1 else (entry, "", "") for entry, names in found.items()]


class SkillNames:
    """Brings names together."""

    def __init__(self, said: Mapping[Named, int]) -> None:
        """Read what badges say, and how many say so."""
        self._spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for (_, name, _), number in said.items():
            self._spelled[name.casefold()][name] += number
        groups = [frozenset(group) for group in _joined(_shared(said))]
        self._groups = {name: group for group in groups for name in group}
        self._main = {group: self._commonest(group) for group in groups}

    def _commonest(self, group: frozenset[str]) -> str:
        first = min(group, key=lambda name: (-self._spelled[name].total(), name))
        return min(self._spelled[first], key=lambda spelled: (-self._spelled[first][spelled], spelled))

    def main(self, name: str) -> str:
        """Return the name under which a skill is shown: the one most badges use; one that stands alone is as it is."""
        group = self._groups.get(name.strip().casefold())
        return self._main[group] if group else name

    def all(self, name: str) -> frozenset[str]:
        """Return the names of the same skill, this one among them, without case."""
        own = name.strip().casefold()
        return self._groups.get(own, frozenset((own,)))


def _joined(shared: Iterable[Set[str]]) -> Iterable[Set[str]]:
    """Bring together what has a name in common: each name moves as often as its group doubles, and no oftener."""
    groups: dict[str, set[str]] = {}
    for names in shared:
        parts = {id(group): group for name in names for group in (groups.get(name, {name}),)}
        joined = max(parts.values(), key=len)
        for part in parts.values():
            if part is not joined:
                joined |= part
                groups.update(dict.fromkeys(part, joined))
        groups.update(dict.fromkeys(names, joined))
    return {id(group): group for group in groups.values()}.values()


def _shared(said: Iterable[Named]) -> Iterator[frozenset[str]]:
    """Return the names of each entry that has several, where nothing speaks against its being one."""
    names: dict[str, set[str]] = defaultdict(set)
    codes: dict[str, set[str]] = defaultdict(set)
    entries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry, name, code in said:
        names[entry].add(name.casefold())
        codes[entry].update((code,) if code else ())
        entries[(_site(entry), name.casefold())].add(entry)
    for entry, every in names.items():
        plain = frozenset(name for name in every if len(entries[(_site(entry), name)]) == 1)
        if len(plain) > 1 and "" not in every and len(codes[entry]) < 2:
            yield plain


def _site(entry: str) -> str:
    """Return where a framework is; all that has a name and no place counts as one."""
    return entry.split("/", 3)[2] if entry.startswith("//") else "urn"
