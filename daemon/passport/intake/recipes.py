"""What is known of issuers' addresses: which badge a page shows, and where its statement can be fetched.

The knowledge is data, `extension/recipes.json` (its `about` explains each field). The extension reads the same file
with the same meaning (`extension/detect/recipes.js`); one table of addresses in the tests holds both to it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit

import msgspec

MAX_ADDRESS = 4096
_PLACE = re.compile(r"\{(\w+)\}", re.ASCII)
_PORTS = {"http": 80, "https": 443}


class Source(msgspec.Struct, frozen=True):
    """Where a statement can be fetched."""

    url: str
    take: tuple[str, ...] = ()
    """JSON pointers (RFC 6901) into the answer, where the statement or its address stands; none: the answer is it."""


class Rule(msgspec.Struct, frozen=True):
    """One form of an issuer's addresses."""

    path: str
    query: dict[str, str] = {}
    documents: tuple[str | Source, ...] = ()
    same: str = ""
    links: bool = True
    when: dict[str, str] = {}
    says: str = ""


class Recipe(msgspec.Struct, frozen=True):
    """What is known of one platform."""

    id: str
    name: str
    hosts: tuple[str, ...] | dict[str, str]
    rules: tuple[Rule, ...]
    family: str = ""


class Validator(msgspec.Struct, frozen=True):
    """A site that checks badges; its links carry the badge's address."""

    hosts: tuple[str, ...]
    parameters: tuple[str, ...]


class Offer(msgspec.Struct, frozen=True):
    """What a link looks like by which a wallet is offered a credential."""

    pattern: str


class Private(msgspec.Struct, frozen=True):
    """Names of parameters that say who asks."""

    parameters: tuple[str, ...] = ()


class _Contents(msgspec.Struct, frozen=True):
    private: Private = Private()
    validators: tuple[Validator, ...] = ()
    offers: tuple[Offer, ...] = ()
    recipes: tuple[Recipe, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What an address leads to."""

    key: str
    """Two addresses with one key are the same badge."""
    name: str
    """Of the platform."""
    sources: tuple[Source, ...]
    """To try in order until one gives a badge."""
    says: str
    """What the page is, if it leads to no statement: certificate, download, claim, class, several."""


@dataclass(frozen=True, slots=True)
class RecipeBook:
    """All recipes. The empty book knows nothing, and everything is fetched as it is."""

    contents: _Contents = field(default_factory=_Contents)

    @classmethod
    def parse(cls, file: bytes) -> RecipeBook:
        """Read `recipes.json`. Raise msgspec.MsgspecError, re.error: the file is the program's own, and broken."""
        book = cls(msgspec.json.decode(file, type=_Contents))
        for pattern in book._patterns():
            re.compile(pattern, re.ASCII)
        return book

    def _patterns(self) -> Iterator[str]:
        yield from self.contents.private.parameters
        yield from (offer.pattern for offer in self.contents.offers)
        for recipe in self.contents.recipes:
            for rule in recipe.rules:
                yield from (rule.path, *rule.query.values())

    def resolve(self, address: str, *, page: bool = False, pictures: Sequence[str] = ()) -> Match | None:
        """Return the first recipe's rule that fits; `page`: it is the page that is looked at, with these pictures."""
        url = parse(address)
        if url is None:
            return None
        for recipe in self.contents.recipes:
            api = _api_of(recipe.hosts, host_of(url)) or _api_of(recipe.hosts, url.hostname or "")
            for rule in recipe.rules if api is not None else ():
                values = _applies(rule, url, page=page, pictures=pictures)
                if values is not None:
                    return _matched(recipe, rule, {**values, **_parts_of(url), "api": api or ""})
        return None

    def behind_validator(self, address: str) -> str | None:
        """Return the badge's address that a link to a validator carries, in the query or behind `#`."""
        url = parse(address)
        names = (
            () if url is None else next((v.parameters for v in self.contents.validators if url.hostname in v.hosts), ())
        )
        if url is None or not names:
            return None
        given = dict(reversed(parse_qsl(url.query)))
        behind = dict(reversed(parse_qsl(url.fragment.partition("?")[2])))
        return next((value for name in names for value in (given.get(name), behind.get(name)) if value), None)

    def is_offer(self, address: str) -> bool:
        """Say whether it offers a credential to a wallet, bound to that wallet's key."""
        return any(re.search(offer.pattern, address, re.IGNORECASE | re.ASCII) for offer in self.contents.offers)

    def clean(self, address: str) -> str:
        """Take out of an address who asks (user, password, the recipient's address, tokens) and what stands behind `#`.

        The query is cut as text and never written anew: servers compare it as it is. What is no web address stays.
        """
        url = parse(address)
        if url is None:
            return address
        kept = "&".join(part for part in url.query.split("&") if part and not self._is_private(part))
        return f"{url.scheme}://{host_of(url)}{url.path or '/'}{'?' + kept if kept else ''}"

    def _is_private(self, part: str) -> bool:
        name = unquote_plus(part.partition("=")[0])
        return any(re.search(p, name, re.IGNORECASE | re.ASCII) for p in self.contents.private.parameters)


def parse(address: str) -> SplitResult | None:
    """Return the parts of a web address; None: it is none."""
    if len(address) > MAX_ADDRESS or any(ord(char) <= ord(" ") for char in address):
        return None
    try:
        url = urlsplit(address)
        _ = url.port
    except ValueError:
        return None
    return url if url.scheme in _PORTS and url.hostname else None


def host_of(url: SplitResult) -> str:
    """Return the host as `URL.host` of a browser gives it: lower case, with the port where it is not the usual one."""
    name = url.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return name if url.port in (None, _PORTS[url.scheme]) else f"{name}:{url.port}"


def _parts_of(url: SplitResult) -> dict[str, str]:
    host = host_of(url)
    return {"origin": f"{url.scheme}://{host}", "host": host, "path": url.path or "/"}


def _api_of(hosts: tuple[str, ...] | Mapping[str, str], host: str) -> str | None:
    """Return the value of {api}; None: the recipe is not for this host."""
    if isinstance(hosts, Mapping):
        return hosts.get(host)
    return host if any(_fits(wanted, host) for wanted in hosts) else None


def _fits(wanted: str, host: str) -> bool:
    return wanted in ("*", host) or (wanted.startswith("*.") and host.endswith(wanted[1:]))


def _applies(rule: Rule, url: SplitResult, *, page: bool, pictures: Sequence[str]) -> dict[str, str] | None:
    """Return what the rule's path and query caught; None: it does not fit."""
    if not rule.links and not page:
        return None
    picture = rule.when.get("picture")
    if picture is not None and not any(each.startswith(picture) for each in pictures):
        return None
    found = re.search(rule.path, url.path or "/", re.ASCII)
    if found is None:
        return None
    given = dict(reversed(parse_qsl(url.query, keep_blank_values=True)))
    if not all(name in given and re.fullmatch(pattern, given[name], re.ASCII) for name, pattern in rule.query.items()):
        return None
    caught = {str(number): group or "" for number, group in enumerate(found.groups(), 1)}
    return caught | {name: given[name] for name in rule.query}


def _matched(recipe: Recipe, rule: Rule, values: Mapping[str, str]) -> Match:
    def fill(template: str) -> str:
        return _PLACE.sub(lambda place: values.get(place[1], ""), template)

    asked = [Source(each) if isinstance(each, str) else each for each in rule.documents]
    sources = tuple(Source(fill(source.url), source.take) for source in asked)
    same = fill(rule.same) if rule.same else sources[0].url if sources else values["path"]
    return Match(key=f"{recipe.family or recipe.id}:{same}", name=recipe.name, sources=sources, says=rule.says)


def at_pointer(value: object, pointer: str) -> object:
    """Return what stands at a JSON pointer (RFC 6901); None: nothing."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) < 6:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value
