"""What stands around every page: the cover with its places, the theme, the token, the last change."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from passport.web.callers import session_of
from passport.web.pages.overview import Overview
from passport.web.pages.speech import Speech
from passport.web.pages.undo import Done
from passport.web.parts import PARTS

THEME_COOKIE = "badge-passport-theme"
THEMES = frozenset({"light", "dark"})
MAX_COLLECTIONS = 12
"""On the cover; the page of collections has them all."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place on the cover."""

    name: str
    href: str
    count: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together."""

    name: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What `base.html` needs."""

    language: str
    direction: str
    theme: str
    csrf: str
    place: str
    """Which place of the cover is open."""
    here: str
    """Where to come back to."""
    unusual: bool
    groups: tuple[Group, ...]
    unread: int
    """Notices."""
    done: Done | None


def shell_of(request: web.Request, say: Speech, overview: Overview, unread: int, done: Done | None) -> Shell:
    """Build what stands around the page that this request asks for."""
    session = session_of(request)
    theme = request.cookies.get(THEME_COOKIE, "")
    here = request.rel_url.without_query_params("done")
    return Shell(
        language=say.tag,
        direction=say.direction,
        theme=theme if theme in THEMES else "",
        csrf=session.csrf if session else "",
        place=_place(request.path),
        here=str(here),
        unusual=request.app[PARTS].settings.network.unusual,
        groups=places(overview, unread, say),
        unread=unread,
        done=done,
    )


def _place(path: str) -> str:
    first = path.strip("/").split("/")[0]
    if first in {"collection", "goal"}:
        return path
    if first == "skill":
        return "/skills"
    return "/" if first in {"", "badge", "share"} else f"/{first}"


def places(overview: Overview, unread: int, say: Speech) -> tuple[Group, ...]:
    """List the places of the passport. New ones are added here."""

    def count(number: int) -> str:
        return say.number(number) if number else ""

    own = (
        Link(say("Gallery"), "/", count(overview.everything.total)),
        Link(say("Inbox"), "/inbox", count(overview.number("state", "new"))),
        Link(say("Notices"), "/notices", count(unread)),
        Link(say("Skills"), "/skills"),
        Link(say("Goals"), "/goals"),
        Link(say("Statistics"), "/statistics"),
        Link(say("CV"), "/cv"),
        Link(say("My page"), "/page"),
        Link(say("Outbox"), "/outbox"),
    )
    about = (
        Link(say("Profile"), "/profile"),
        Link(say("Settings"), "/settings"),
        Link(say("Accounts"), "/accounts"),
        Link(say("Computers"), "/computers"),
        Link(say("Activity"), "/activity"),
        Link(say("Trash"), "/trash"),
    )
    collections = (
        Link(
            str(state["name"])[:60],
            f"/collection/{key}",
            count(0 if state.get("rule") else overview.number("collection", key)),
        )
        for key, state in list(overview.collections.items())[:MAX_COLLECTIONS]
    )
    return (
        Group(say("Passport"), own),
        Group(say("Collections"), (*collections, Link(say("All collections"), "/collections"))),
        Group(say("This passport"), about),
    )
