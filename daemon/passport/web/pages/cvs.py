"""CVs: several for several purposes, put together on one page, with a preview that follows what is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from passport.errors import SharingError
from passport.sharing.cv.gathering import SUBJECT, CvGatherer
from passport.sharing.cv.glyphs import missing_glyphs
from passport.sharing.cv.kept import MAX_SECTIONS, MAX_TEXT, KeptCv, KeptSection, read_cv
from passport.sharing.cv.model import Cv, Theme
from passport.sharing.cv.page import to_html
from passport.sharing.cv.resume_reading import read_json_resume
from passport.sharing.site.model import slug
from passport.speech import Speech
from passport.vault.model import Entry
from passport.web.api.sharing import TYPES, file_name, refused, write_cv
from passport.web.forms import form_of
from passport.web.guard import HEADERS
from passport.web.pages.cv_form import CV_LANGUAGES, addable, changed, picks, read_form, shown_languages
from passport.web.pages.decisions import answer, apply
from passport.web.pages.formats import tidy
from passport.web.pages.pictures import attachment
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING

PREVIEW_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)


async def show_cvs(request: web.Request) -> web.Response:
    """Show all CVs."""
    vault = request.app[PARTS].vault
    states = [(subject.removeprefix(SUBJECT), vault.state(subject)) for subject in vault.subjects(SUBJECT)]
    found = [(name, read_cv(state)) for name, state in states if state and state.get("trashed") is not True]
    return render(request, "cvs.html", cvs=found)


async def make_cv(request: web.Request) -> web.Response:
    """Make a CV: with the usual sections, or with those of a JSON Resume."""
    form, say, vault = await form_of(request), speech_of(request), request.app[PARTS].vault
    title = tidy(form.one("title"), 80) or say("My CV")
    name = slug(title) or "cv"
    number = 1
    while vault.state(f"{SUBJECT}{name}"):
        number += 1
        name = f"{slug(title) or 'cv'}-{number}"
    usual = tuple(KeptSection(kind=kind) for kind in ("badges", "experience", "education", "languages"))
    language = say.locale.language
    kept = KeptCv(title=title, sections=usual, language=language if language in CV_LANGUAGES else "")
    if form.files and form.files[0].body:
        entries = await asyncio.to_thread(request.app[PUBLISHING].gatherer().public)
        kept = _imported(form.files[0].body, kept, entries)
    done = apply(request, {f"{SUBJECT}{name}": kept.to_state()}, say("CV %(name)s made", name=title))
    return answer(request, form, done, where=f"/cv/{name}")


def _imported(body: bytes, kept: KeptCv, entries: Sequence[Entry]) -> KeptCv:
    badges = {(entry.name.casefold(), entry.issuer.casefold()) for entry in entries}
    try:
        found = read_json_resume(
            body.decode("utf-8-sig", "replace"), lambda name, issuer: (name.casefold(), issuer.casefold()) in badges
        )
    except SharingError as error:
        raise refused(error) from error
    say = Speech.written(kept.language or "en")
    written = tuple(
        KeptSection(
            kind=one.kind,
            title=say(one.title) if one.title else "",
            text=one.text,
            positions=one.positions,
            languages=one.languages,
        )
        for one in found.sections
    )
    return replace(
        kept,
        person=tidy(found.person, 120),
        headline=tidy(found.headline, 200),
        about=found.about[:MAX_TEXT] or None,
        email=tidy(found.email, 200),
        location=tidy(found.location, 200),
        sections=(KeptSection(kind="badges"), *written)[:MAX_SECTIONS],
    )


async def show_cv(request: web.Request) -> web.Response:
    """Show the form of a CV with its preview."""
    name, kept = _asked(request)
    say, parts = speech_of(request), request.app[PARTS]
    entries: list[Entry] = await asyncio.to_thread(request.app[PUBLISHING].gatherer().public)
    names = {
        "badges": say("Badges"), "experience": say("Experience"), "education": say("Education"),
        "certificates": say("Other certificates"), "languages": say("Languages"), "text": say("Free text"),
        "about": say("About"),
    }  # fmt: skip
    themes = {
        Theme.PASSPORT: say("Passport: paper and burgundy"), Theme.LEDGER: say("Ledger: dates in the margin"),
        Theme.PLAIN: say("Plain: black on white"), Theme.NIGHT: say("Night: a dark band"),
    }  # fmt: skip
    response = render(
        request,
        "cv.html",
        name=name,
        cv=kept,
        kinds=[(kind, names[kind]) for kind in addable(kept)],
        names=names,
        themes=[(theme.value, text) for theme, text in themes.items()],
        languages=CV_LANGUAGES.items(),
        language=kept.language or request.app[PUBLISHING].gatherer().language,
        picks=lambda section: picks(section, entries),
        skills=sorted({skill for entry in entries for skill in entry.skills}, key=str.casefold)[:500],
        collections=request.app[PAGES].overview.collection_names,
        profile=parts.vault.state("profile"),
        shown_languages=shown_languages,
        missing=await asyncio.to_thread(_missing, request, kept),
    )
    response.headers["Content-Security-Policy"] = f"{HEADERS['Content-Security-Policy']}; frame-src 'self'"
    return response


def _missing(request: web.Request, kept: KeptCv) -> list[tuple[str, str]]:
    """Return the characters that the PDF could not show, each with its number in Unicode."""
    found = missing_glyphs(CvGatherer(gatherer=request.app[PUBLISHING].gatherer()).on_site(kept))
    return [(signs, " ".join(f"U+{ord(sign):04X}" for sign in signs)) for signs in found]


async def change_cv(request: web.Request) -> web.Response:
    """Save a CV, move or add sections, or throw it away."""
    form, say = await form_of(request), speech_of(request)
    name, _ = _asked(request)
    what, subject = form.one("do"), f"{SUBJECT}{name}"
    if what == "trash":
        done = apply(request, {subject: {"trashed": True}}, say("CV %(name)s thrown away", name=name))
        return answer(request, form, done, where="/cv")
    kept = changed(read_form(form), what)
    where = "#sections" if ":" in what else ""
    return answer(
        request, form, apply(request, {subject: kept.to_state()}, say("CV saved")), where=f"/cv/{name}{where}"
    )


async def preview_cv(request: web.Request) -> web.Response:
    """Show a CV as the form says, before it is saved."""
    form = await form_of(request)
    cv = await _gathered(request, read_form(form))
    return _page(cv)


async def show_saved(request: web.Request) -> web.Response:
    """Show a CV as it is saved."""
    _, kept = _asked(request)
    return _page(await _gathered(request, kept))


async def save_cv(request: web.Request) -> web.Response:
    """Hand out a CV as a file: PDF, HTML, JSON Resume or Markdown."""
    _, kept = _asked(request)
    form = request.match_info["form"]
    if form not in TYPES:
        raise web.HTTPNotFound
    try:
        cv = await _gathered(request, kept)
        content = await asyncio.to_thread(write_cv, cv, form)
    except SharingError as error:
        raise refused(error) from error
    headers = {"Content-Type": TYPES[form], "Content-Disposition": attachment(file_name(cv, form))}
    return web.Response(body=content, headers=headers)


async def _gathered(request: web.Request, kept: KeptCv) -> Cv:
    return await CvGatherer(gatherer=request.app[PUBLISHING].gatherer()).of(kept)


def _page(cv: Cv) -> web.Response:
    headers = {"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
    return web.Response(text=to_html(cv), content_type="text/html", headers=headers)


def _asked(request: web.Request) -> tuple[str, KeptCv]:
    name = request.match_info["name"]
    state = request.app[PARTS].vault.state(f"{SUBJECT}{name}")
    if not state or state.get("trashed") is True:
        raise Problem(404, "no-such-cv", "There is no CV of this name.")
    return name, read_cv(state)
