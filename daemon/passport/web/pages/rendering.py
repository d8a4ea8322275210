"""One environment of templates, and one way to answer with a page."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import jinja2
from aiohttp import web
from jinja2.runtime import Context
from markupsafe import Markup

from passport.intake.noticing.book import NoticeBook
from passport.look.stamp import mark
from passport.look.words import Form, Word, endorsed
from passport.settings import Settings
from passport.web.pages import formats
from passport.web.pages.cards import Card
from passport.web.pages.frame import shell_of
from passport.web.pages.overview import Overview
from passport.web.pages.runs import Runs
from passport.web.pages.speech import Speech, point
from passport.web.pages.statics import Statics
from passport.web.pages.undo import UndoLog
from passport.web.parts import PARTS, Parts


@dataclass(slots=True)
class Pages:
    """What all pages share; built once with the app."""

    templates: jinja2.Environment
    statics: Statics
    overview: Overview
    settings: Settings
    """As last saved; what `Parts` holds is how they were when the program started."""
    notices: NoticeBook
    undo: UndoLog = field(default_factory=UndoLog)
    runs: Runs = field(default_factory=Runs)
    checking: bool = False
    """Whether all badges are being checked again."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Do something after the answer; it is stopped when the program ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Stop what is under way."""
        await self.runs.end()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @classmethod
    def build(cls, parts: Parts) -> Pages:
        """Read templates and statics from the package, and follow the vault's changes."""
        statics = Statics.load()
        overview = Overview(parts.vault)
        parts.vault.subscribe(overview.forget)
        return cls(environment(statics), statics, overview, parts.settings, NoticeBook(parts.vault))


PAGES = web.AppKey("pages", Pages)


async def end_runs(app: web.Application) -> None:
    """Stop imports that are under way (signal `on_cleanup`)."""
    await app[PAGES].end()


def environment(statics: Statics) -> jinja2.Environment:
    """Return the environment: everything is escaped, and what is not defined is an error."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("passport.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=False,
        auto_reload=False,
    )
    templates.globals.update(
        static=statics.address,
        mark=_MARKS.__getitem__,
        stated=_stated,
        endorsed=endorsed,
        _=_translated,
        ngettext=_translated_number,
    )
    templates.filters.update(
        sentence=_sentence,
        number=_number,
        day=_day,
        iso=_iso,
        ago=_ago,
        is_web=formats.is_web,
        shortened=formats.shortened,
        tidy=formats.tidy,
    )
    return templates


def speech_of(request: web.Request) -> Speech:
    """Return the owner's language: as set, else as the browser asks."""
    return Speech.asked(request.app[PAGES].settings.language, request.headers.get("Accept-Language", ""))


def speech_for_program(request: web.Request) -> Speech:
    """Return the language that a program asks for, such as the extension; English for one that asks for none."""
    return Speech.asked(None, request.headers.get("Accept-Language", ""))


def render(request: web.Request, template: str, **context: object) -> web.Response:
    """Answer with a page."""
    text = draw(request, template, **context)
    # with `no-referrer` a browser sends forms with `Origin: null`, which the guard refuses; nobody else learns more
    headers = {"Vary": "Part", "Referrer-Policy": "same-origin"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def draw(request: web.Request, template: str, **context: object) -> str:
    """Return the text of a page or of a part of one."""
    pages, parts, say = request.app[PAGES], request.app[PARTS], speech_of(request)
    done = pages.undo.find(request.query.get("done", ""))
    shell = shell_of(request, say, pages.overview, pages.notices.unread, done)
    return pages.templates.get_template(template).render(shell=shell, say=say, now=parts.clock(), **context)


def wants_part(request: web.Request) -> str:
    """Return which part of a page a script asks for; empty: the whole page."""
    return request.headers.get("Part", "")


@jinja2.pass_context
def _translated(context: Context, text: str, **values: object) -> Markup:
    return _say(context).markup(text, **values)


@jinja2.pass_context
def _translated_number(context: Context, one: str, more: str, number: int, **values: object) -> str:
    return _say(context).many(one, more, number, **values)


def _say(context: Mapping[str, object] | Context) -> Speech:
    say = context["say"]
    assert isinstance(say, Speech)  # noqa: S101 (draw puts it there)
    return say


@jinja2.pass_context
def _stated(context: Context, card: Card) -> Markup:
    """Return a card's verdict in words, with its mark: asked for each card, and always one of a few."""
    return _verdict(_say(context).tag, card.word, card.own_claim)


@lru_cache(256)
def _verdict(tag: str, word: Word, own_claim: bool) -> Markup:
    say = Speech.asked(tag, "")
    own = Markup(' <span class="own-claim">{}</span>').format(say("name not confirmed")) if own_claim else Markup()
    return Markup('<span class="verdict tone-{}" data-verdict="{}">{}<span>{}{}</span></span>').format(
        word.tone, word.verdict, _MARKS[word.form], say(word.word), own
    )


@jinja2.pass_context
def _day(context: Context, text: str | None, whole: bool = False) -> str:
    return _say(context).day(text, whole=whole)


@jinja2.pass_context
def _ago(context: Context, text: str | None) -> str:
    return _say(context).ago(text, context["now"])


@jinja2.pass_context
def _sentence(context: Context, text: str) -> str:
    return _say(context).sentence(text)


@jinja2.pass_context
def _number(context: Context, value: float) -> str:
    return _say(context).number(value)


def _iso(text: str | None) -> str:
    found = point(text)
    return found.isoformat() if found else ""


_MARKS = MappingProxyType({form: Markup(mark(form)) for form in Form})  # noqa: S704 (drawn by ourselves)
