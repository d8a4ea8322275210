"""A post, before it goes anywhere: what is said, of which badge, with which link and picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from passport.badge.dates import parse_instant
from passport.errors import ParseError, SharingError
from passport.look.words import is_name_confirmed
from passport.sharing.networks import NETWORKS, Network
from passport.speech import ENGLISH, Speech

SHAREABLE = frozenset({"verified", "unconfirmed", "expired"})
"""An altered or withdrawn badge, or one that was issued to somebody else, is not shared as an achievement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What of a badge a post needs."""

    name: str
    issuer: str
    issued: datetime | None = None
    expires: datetime | None = None
    link: str | None = None
    """Where anyone can see it: the owner's own page, else the issuer's."""
    page: str | None = None
    """The owner's own page of it, where it is public."""
    hosted: str | None = None
    """The issuer's, where showing it gives nothing away (or the owner agreed)."""
    withheld: str = ""
    """Why the issuer's is not offered: what it would give away."""
    credential_id: str | None = None
    organization_id: str | None = None
    """LinkedIn's number of the issuer's company page, where the badge carries it."""
    tags: tuple[str, ...] = ()
    verdict: str = "verified"
    issuer_identity: str | None = None
    """How the issuer's name is known: domain, known, self-asserted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post to one network."""

    network: Network
    award: Award
    text: str
    link: str | None
    alt: str = ""
    problems: tuple[str, ...] = field(default=())
    """Why it cannot be sent as it is, in sentences."""

    @property
    def length(self) -> int:
        """How long it is by this network's counting."""
        return self.network.count(self.text)


def instant(written: str | None) -> datetime | None:
    """Return a date of a credential; None where there is none or it is unclear."""
    if not written:
        return None
    try:
        return parse_instant(written).utc
    except ParseError:
        return None


def network_of(name: str) -> Network:
    """Return the network. Raise SharingError naming those there are."""
    try:
        return NETWORKS[name]
    except KeyError:
        raise SharingError(f"There is no network {name!r}.", remedy=f"Choose one of {', '.join(NETWORKS)}.") from None


def compose(
    network: Network,
    award: Award,
    *,
    text: str | None = None,
    template: str = "",
    link: str | None = None,
    alt: str | None = None,
    say: Speech = ENGLISH,
) -> Post:
    """Return the post as this network would get it; what is wrong with it is in `problems`.

    Without `link` it is the award's own; an empty one is none. Without a template it is the usual sentence.
    """
    award = award if link is None else replace(award, link=link or None)
    said = fill(template or usual_template(say), award, network) if text is None else text
    described = (description(award, say) if alt is None else alt)[: network.max_alt]
    found = problems(network, award, said, say)
    return Post(network=network, award=award, text=said, link=award.link, alt=described, problems=found)


def usual_template(say: Speech) -> str:
    """Return the sentence with which a post begins where the owner has none of their own."""
    return say("I earned “{name}” from {issuer}. {link} {hashtags}")


def description(award: Award, say: Speech = ENGLISH) -> str:
    """Return the picture in words, for those who do not see it."""
    if is_name_confirmed(award.issuer_identity):
        return say("Badge “%(name)s”, issued by %(issuer)s", name=award.name, issuer=award.issuer)
    return say(
        "Badge “%(name)s”, issued by %(issuer)s (a name that is not confirmed)", name=award.name, issuer=award.issuer
    )


def starting_text(award: Award, template: str, say: Speech = ENGLISH) -> str:
    """Return what the composer begins with: short enough for the network that counts most narrowly."""
    return fill(template or usual_template(say), award, NETWORKS["x"])


def fill(template: str, award: Award, network: Network) -> str:
    """Return the template's text, the name shortened where this network would cut it."""
    name = award.name
    while True:
        said = filled(template, award, name)
        if network.max_text is None or network.count(said) <= network.max_text or len(name) <= 20:
            return said
        name = name[: max(20, len(name) - 10)].rstrip(" …") + "…" if len(name) > 21 else name[:20]


def filled(template: str, award: Award, name: str) -> str:
    """Replace the few fields a template may hold; anything else in braces stays as it is."""
    values = {
        "name": name,
        "issuer": award.issuer,
        "link": award.link or "",
        "hashtags": " ".join(hashtags(award.tags)),
    }
    said = re.sub(r"\{(name|issuer|link|hashtags)\}", lambda found: values[found[1]], template)
    return re.sub(r"[ \t]{2,}", " ", said).strip()


def hashtags(tags: Sequence[str], most: int = 3) -> list[str]:
    """Return hashtags of tags: words joined, only letters, digits and underscores."""
    joined = ["".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", tag)) for tag in tags]
    usable = [tag for tag in dict.fromkeys(joined) if tag and not tag.isdigit()]
    return [f"#{tag}" for tag in usable[:most]]


def problems(network: Network, award: Award, text: str, say: Speech = ENGLISH) -> tuple[str, ...]:
    """Return why the post cannot be sent as it is."""
    found, title = [], network.title
    if award.verdict not in SHAREABLE:
        found.append(
            say("This badge was altered, withdrawn, or issued to somebody else; it cannot be shared as yours.")
        )
    if network.max_text is not None and network.count(text) > network.max_text:
        over = network.count(text) - network.max_text
        found.append(
            say.many(
                "The text is %(number)s character too long for %(network)s.",
                "The text is %(number)s characters too long for %(network)s.",
                over,
                network=title,
            )
        )
    size = len(text.encode("utf-8", "surrogatepass"))
    if network.max_bytes is not None and size > network.max_bytes:
        given = {"size": say.number(size), "most": say.number(network.max_bytes)}
        found.append(say("The text is too long for %(network)s: %(size)s bytes of %(most)s.", network=title, **given))
    if network.needs_link and not award.link:
        why = say(award.withheld) if award.withheld else say("This badge has none: publish your page first.")
        found.append(" ".join((say("%(network)s takes a link.", network=title), why)))
    return tuple(found)
