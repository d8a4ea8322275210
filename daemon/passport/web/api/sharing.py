"""Sharing: posts by the networks' own composers, CVs, the published passport."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from passport.errors import SharingError
from passport.sharing.composers import COMPOSERS, composer_address
from passport.sharing.cv.gathering import CvGatherer
from passport.sharing.cv.json_resume import to_json_resume
from passport.sharing.cv.markdown import to_markdown
from passport.sharing.cv.model import Cv, Theme
from passport.sharing.cv.page import to_html
from passport.sharing.cv.pdf import to_pdf
from passport.sharing.posts import compose, network_of
from passport.sharing.site.places import Key
from passport.web.api.answers import answer, body_of
from passport.web.api.badges import entry_of
from passport.web.pages.rendering import speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
NAMELESS = "CV-Nameless"
"""A header: whether the CV has no name of its owner yet."""
TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
}


class ShareRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A post to prepare."""

    to: Name
    text: Text | None = None


class SharePost(msgspec.Struct, kw_only=True):
    """A post as its network would get it."""

    network: str
    text: str
    length: int
    limit: int | None
    link: str | None
    alt: str
    composer: str | None
    """Opens the network's own composer, filled."""
    problems: list[str]


class CvRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A CV to write."""

    format: Literal["pdf", "html", "json", "md"]
    name: Name | None = None
    theme: Literal["passport", "ledger", "plain", "night"] | None = None
    query: Name = ""


class PublishRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What to publish where; without a target the one of the settings."""

    target: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)] | None = None
    base_url: Annotated[str, msgspec.Meta(max_length=2048)] | None = None
    dry_run: bool = False
    user: Name | None = None
    """The name at a WebDAV or git server, for a password that is not in the keyring yet."""
    password: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class HeldBack(msgspec.Struct, kw_only=True):
    """A badge whose original is not shown."""

    name: str
    reason: str


class PublishReport(msgspec.Struct, kw_only=True, rename="camel"):
    """What publishing did, or would do."""

    where: str
    badges: int
    withheld: list[HeldBack]
    dry_run: bool
    written: list[str]
    removed: list[str]
    unchanged: int


def refused(error: SharingError) -> Problem:
    """Return the problem of what cannot be shared."""
    return Problem(422, "not-shareable", error.problem, remedy=error.remedy)


async def post_share(request: web.Request) -> web.Response:
    """Prepare a post; nothing is sent."""
    parts = request.app[PARTS]
    wanted = await body_of(request, ShareRequest)
    entry = entry_of(request, parts)
    try:
        network = network_of(wanted.to)
        award = await asyncio.to_thread(request.app[PUBLISHING].gatherer().award, entry)
        post = compose(network, award, text=wanted.text, say=speech_of(request))
        address = composer_address(post) if network.name in COMPOSERS and not post.problems else None
    except SharingError as error:
        raise refused(error) from error
    prepared = SharePost(
        network=network.name,
        text=post.text,
        length=post.length,
        limit=network.max_text,
        link=post.link,
        alt=post.alt,
        composer=address,
        problems=list(post.problems),
    )
    return answer(prepared)


async def post_cv(request: web.Request) -> web.Response:
    """Write a CV."""
    parts = request.app[PARTS]
    wanted = await body_of(request, CvRequest)
    if wanted.name and not parts.vault.state(f"cv:{wanted.name}"):
        raise Problem(
            404,
            "no-such-cv",
            f"There is no CV named {wanted.name!r}.",
            remedy="Leave the name out for one of all public badges.",
        )
    try:
        cvs = CvGatherer(gatherer=request.app[PUBLISHING].gatherer())
        cv = await cvs.cv(wanted.name, query=wanted.query, theme=Theme(wanted.theme) if wanted.theme else None)
        content = await asyncio.to_thread(write_cv, cv, wanted.format)
    except SharingError as error:
        raise refused(error) from error
    headers = {
        "Content-Type": TYPES[wanted.format],
        "Content-Disposition": f'attachment; filename="{file_name(cv, wanted.format)}"',
        NAMELESS: "yes" if cv.nameless else "no",
    }
    return web.Response(body=content, headers=headers)


def write_cv(cv: Cv, form: str) -> bytes:
    """Return the CV in a form."""
    if form == "pdf":
        return to_pdf(cv)
    texts = {"html": to_html, "json": to_json_resume, "md": to_markdown}
    return texts[form](cv).encode()


def file_name(cv: Cv, form: str) -> str:
    """Return a name for the file, ASCII alone."""
    plain = unicodedata.normalize("NFKD", cv.name).encode("ascii", "ignore").decode()
    return f"CV-{'-'.join(''.join(c if c.isalnum() else ' ' for c in plain).split()) or 'badges'}.{form}"


async def post_publish(request: web.Request) -> web.Response:
    """Build the published passport and send it where it goes."""
    wanted = await body_of(request, PublishRequest)
    key = Key(wanted.user or "", wanted.password) if wanted.password else None
    try:
        done = await request.app[PUBLISHING].publish(
            wanted.target, base_url=wanted.base_url, dry_run=wanted.dry_run, key=key
        )
    except SharingError as error:
        raise refused(error) from error
    return answer(done.to_json())
