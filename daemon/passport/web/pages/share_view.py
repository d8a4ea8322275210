"""What the composer shows: the post as each network would show it, and what one can do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from passport.errors import SharingError
from passport.sharing.accounts.model import Account
from passport.sharing.composers import COMPOSERS, composer_address, profile_id
from passport.sharing.networks import NETWORKS, Network
from passport.sharing.pictures import KINDS, NONE
from passport.sharing.posts import Award, Post, compose, hashtags
from passport.web.forms import Form
from passport.web.pages.speech import Speech

MAX_TEXT = 10_000
MAX_ALT = 2_000
LINKS = ("page", "hosted", "none")
PIECE = re.compile(r"(https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]]|(?<![\w#])#\w+)")
OWN_COMPOSERS = ("linkedin", "x", "facebook", "threads", "bluesky", "reddit", "whatsapp", "telegram", "mail")
LINK_ALONE = frozenset({"linkedin", "facebook"})
UNFURL = frozenset({"linkedin", "facebook", "x", "threads", "reddit", "whatsapp", "telegram"})
"""Networks that fetch the page behind the link and show its title and picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is filled in."""

    text: str
    link: str
    """`page`, `hosted` or `none`."""
    picture: str
    alt: str
    to: tuple[str, ...] = ()
    """Accounts' ids."""
    at: str = ""
    """As `datetime-local` has it; empty: at once."""
    wish: str = ""

    @classmethod
    def of(cls, form: Form) -> Wanted:
        """Read the form; what no page of ours sends falls back to the plainest."""
        link, picture = form.one("link"), form.one("picture")
        return cls(
            text=form.one("text")[:MAX_TEXT].replace("\r\n", "\n").strip(),
            link=link if link in LINKS else "none",
            picture=picture if picture in KINDS else NONE,
            alt=" ".join(form.one("alt")[:MAX_ALT].split()),
            to=form.all("to"),
            at=form.one("at"),
            wish=form.one("wish")[:100],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A post as one network would show it."""

    key: str
    """The account's id, or the network's name."""
    title: str
    handle: str = ""
    pieces: tuple[tuple[bool, str], ...]
    """The text; True: a link or hashtag."""
    length: int
    limit: int | None
    problems: tuple[str, ...]
    picture: bool
    """Whether the picture goes along."""
    card: bool
    """Whether the link is shown as a card."""
    note: str = ""
    address: str = ""
    """Opens the network's own composer."""

    @property
    def over(self) -> bool:
        """Whether it is too long."""
        return self.limit is not None and self.length > self.limit


def link_of(award: Award, choice: str) -> str:
    """Return the link of a choice; empty: none."""
    return {"page": award.page, "hosted": award.hosted}.get(choice) or ""


def best_link(award: Award) -> str:
    """Return the choice to begin with."""
    return "page" if award.page else "hosted" if award.hosted else "none"


def post_for(network: Network, award: Award, wanted: Wanted, say: Speech) -> Post:
    """Return the post that a network would get."""
    return compose(network, award, text=wanted.text, link=link_of(award, wanted.link), alt=wanted.alt, say=say)


def account_previews(accounts: Sequence[Account], award: Award, wanted: Wanted, say: Speech) -> list[Preview]:
    """Return what the owner's own accounts would show."""
    return [account_preview(account, award, wanted, say) for account in accounts]


def account_preview(account: Account, award: Award, wanted: Wanted, say: Speech) -> Preview:
    """Return what one account would show."""
    post = post_for(account.limits, award, wanted, say)
    trouble = (say.sentence(account.trouble),) if account.trouble else ()
    pictured = wanted.picture != NONE
    return replace(
        preview(post, key=account.id, picture=pictured, card=bool(post.link) and not pictured),
        handle=account.handle,
        problems=(*trouble, *post.problems),
    )


def composer_previews(award: Award, wanted: Wanted, say: Speech) -> list[Preview]:
    """Return what the networks' own composers are filled with."""
    return [composer_preview(NETWORKS[name], award, wanted, say) for name in OWN_COMPOSERS]


def composer_preview(network: Network, award: Award, wanted: Wanted, say: Speech) -> Preview:
    """Return what one network's own composer is filled with."""
    post = post_for(network, award, wanted, say)
    address = ""
    if not post.problems and network.name in COMPOSERS:
        try:
            address = composer_address(post)
        except SharingError as error:
            post = replace(post, problems=(say.sentence(error.problem),))
    note = note_for(post, wanted, say) if address else ""
    shown = replace(post, text="") if network.name in LINK_ALONE else post
    card = bool(post.link) and network.name in UNFURL
    seen = preview(shown, key=network.name, picture=False, card=card)
    return replace(seen, length=post.length, note=note, address=address)


def note_for(post: Post, wanted: Wanted, say: Speech) -> str:
    """Return what the owner has to do by hand; empty: nothing."""
    name = post.network.name
    if name in LINK_ALONE:
        return say("It takes the link alone. Copy your text and paste it there.")
    if wanted.picture == NONE or name == "mail" or (post.link and name in UNFURL):
        return ""
    return say("The picture does not go along. Save it and add it there.")


def preview(post: Post, *, key: str, picture: bool, card: bool) -> Preview:
    """Return what a post looks like."""
    return Preview(
        key=key,
        title=post.network.title,
        pieces=pieces(post.text),
        length=post.length,
        limit=post.network.max_text,
        problems=post.problems,
        picture=picture,
        card=card,
    )


def pieces(text: str) -> tuple[tuple[bool, str], ...]:
    """Return a text in pieces: True for links and hashtags."""
    return tuple((bool(place % 2), piece) for place, piece in enumerate(PIECE.split(text)) if piece)


def profile_fields(award: Award, say: Speech) -> list[tuple[str, str]]:
    """Return what stands in LinkedIn's form for certificates, for copying by hand."""
    fields = (
        (say("Name"), award.name),
        (say("Issuing organisation"), award.issuer),
        (say("Issue date"), f"{award.issued:%m/%Y}" if award.issued else ""),
        (say("Expiration date"), f"{award.expires:%m/%Y}" if award.expires else ""),
        (say("Credential ID"), profile_id(award.credential_id) or ""),
        (say("Credential URL"), award.link or ""),
    )
    return [(name, value) for name, value in fields if value]


def templated(text: str, award: Award, link: str) -> str:
    """Return a text as a template: name, issuer, link and the badge's own hashtags become fields again."""
    tags = " ".join(hashtags(award.tags))
    for value, field in ((tags, "{hashtags}"), (link, "{link}"), (award.name, "{name}"), (award.issuer, "{issuer}")):
        text = text.replace(value, field) if value else text
    return text[:MAX_TEXT]
