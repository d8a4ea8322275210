"""The filters of the gallery: what can be chosen, and how many badges each choice would show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from passport.look.words import Word, noted, word_for
from passport.vault.model import Page
from passport.vault.vault import Vault
from passport.web.pages.formats import tidy
from passport.web.pages.looking import ONE_OF, Look
from passport.web.pages.speech import Speech

MAX_CHOICES = 40
"""Of one filter, most frequent first; the search finds the rest."""
MAX_YEARS = 2
"""As quick filters."""
SOON_DAYS = "90"

NAMES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("state", "new"): noted("New"),
        ("state", "accepted"): noted("Accepted"),
        ("state", "declined"): noted("Declined"),
        ("expiring", SOON_DAYS): noted("Expiring soon"),
        ("has", "evidence"): noted("With evidence"),
        ("has", "note"): noted("With a note"),
        ("has", "tag"): noted("With a tag"),
        ("has", "versions"): noted("In several versions"),
        ("has", "expiry"): noted("With an end"),
        ("visibility", "public"): noted("On my page"),
        ("visibility", "private"): noted("Private"),
        ("rating", "0"): noted("Without stars"),
    }
)
"""Choices that have a name of their own."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A quick filter."""

    name: str
    href: str
    count: str | None = None
    on: bool = False
    off: bool = False
    """Whether a click takes it off."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    name: str
    href: str
    count: str
    on: bool
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What can be chosen in a look: each count is that of the badges that the choice would show beside the others."""

    look: Look
    counts: Mapping[str, Mapping[str, int]]
    collections: Mapping[str, str]
    say: Speech

    @classmethod
    def of(cls, look: Look, found: Page, vault: Vault, collections: Mapping[str, str], say: Speech) -> Choosing:
        """Count. Of what a badge has only one of, another choice takes the place of the chosen one."""
        counts = dict(found.facets)
        for name in {name for name, _ in look.filters if name in ONE_OF}:
            counts[name] = vault.search(look.without(name).asked, limit=0).facets.get(name, {})
        soon = vault.count(look.without("expiring").toggled("expiring", SOON_DAYS).asked)
        counts["expiring"] = {SOON_DAYS: soon} if soon else {}
        return cls(look=look, counts=counts, collections=collections, say=say)

    def chips(self, everything: Page) -> tuple[Chip, ...]:
        """Return the quick filters, and whatever else is chosen."""
        look, years = self.look, sorted(everything.facets.get("year", {}), reverse=True)[:MAX_YEARS]
        wanted = [("verdict", "verified"), ("state", "new"), ("expiring", SOON_DAYS)]
        wanted += [*(("year", year) for year in years), ("has", "evidence")]
        shown = [pair for pair in wanted if look.on(*pair) or self._count(pair)]
        every = Chip(self.say("All"), look.address(words="", filters=(), offset=0), on=look.everything)
        rest = (pair for pair in look.filters if pair not in wanted)
        return (every, *(self._chip(pair) for pair in (*shown, *rest)))

    def facets(self) -> tuple[Facet, ...]:
        """Return every filter that has something to choose."""
        say = self.say
        names = (
            ("verdict", say("Verdict")),
            ("issuer", say("Issuer")),
            ("year", say("Year")),
            ("tag", say("Own tag")),
            ("collection", say("Collection")),
            ("skill", say("Skill")),
            ("rating", say("Stars")),
        )
        found = [Facet(label, self._choices(name)) for name, label in names]
        also = [choice for name in ("state", "expiring", "has", "visibility") for choice in self._choices(name)]
        return tuple(facet for facet in (*found, Facet(say("More"), tuple(also))) if facet.choices)

    def _choices(self, name: str) -> tuple[Choice, ...]:
        counts = self.counts.get(name, {})
        values = [value for value in counts if value and (name != "collection" or value in self.collections)]
        if name in {"year", "rating"}:
            values.sort(reverse=True)
        if name == "rating" and values == ["0"]:
            return ()
        chosen = [value for kind, value in self.look.filters if kind == name and value not in values]
        return tuple(self._choice((name, value)) for value in (*chosen, *values[:MAX_CHOICES]))

    def _choice(self, pair: tuple[str, str]) -> Choice:
        word = word_for(pair[1], "domain") if pair[0] == "verdict" else None
        address = self.look.toggled(*pair).address()
        return Choice(self._label(pair), address, self.say.number(self._count(pair)), self.look.on(*pair), word)

    def _chip(self, pair: tuple[str, str]) -> Chip:
        on = self.look.on(*pair)
        return Chip(
            self._label(pair), self.look.toggled(*pair).address(), self.say.number(self._count(pair)), on, off=on
        )

    def _count(self, pair: tuple[str, str]) -> int:
        name, value = pair
        counts = self.counts.get(name, {})
        return counts.get(value) or _folded(counts.items(), value)

    def _label(self, pair: tuple[str, str]) -> str:
        name, value = pair
        if name == "verdict":
            return self.say(word_for(value, "domain").word)
        if pair in NAMES:
            return self.say(NAMES[pair])
        if name == "rating" and value.isdecimal():
            return "★" * min(int(value), 5)
        if name == "expiring" and value.isdecimal():
            return self.say.many("Ends within %(number)s day", "Ends within %(number)s days", int(value))
        return tidy(self.collections.get(value, value) if name == "collection" else value, 120)


def _folded(counts: Iterable[tuple[str, int]], value: str) -> int:
    """Return the count of a value that was written in another case."""
    folded = value.casefold()
    return sum(number for name, number in counts if name.casefold() == folded)
