"""Goals and learning paths: what one wants to achieve, how far one is, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web
from markupsafe import Markup

from passport.look.stamp import Stamp, svg
from passport.look.words import Form as StampForm
from passport.vault.model import Entry
from passport.web.forms import Form, form_of
from passport.web.pages.cards import Card
from passport.web.pages.decisions import answer, apply, new_key
from passport.web.pages.formats import is_web, tidy
from passport.web.pages.goal_names import kept_names, names_of
from passport.web.pages.overview import all_entries
from passport.web.pages.path_files import MAX_WANTED, RULES, PathFileError, path_file, read_path
from passport.web.pages.pictures import attachment
from passport.web.pages.rendering import render, speech_of
from passport.web.pages.speech import Speech, point
from passport.web.pages.undo import Done
from passport.web.parts import PARTS
from passport.web.problems import Problem

_GOOD = frozenset({"verified", "unconfirmed", "expired"})


@dataclass(frozen=True, slots=True)
class Step:
    """One achievement that is wanted, and the badge that shows it."""

    wanted: str
    name: str
    """Of what is wanted by its address; empty: it is not known, or wanted by its name."""
    card: Card | None
    open: bool
    """Whether it is the next step (or one of them)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal with its progress."""

    key: str
    name: str
    text: str
    rule: str
    needed: int
    steps: tuple[Step, ...]
    stamp: Markup | None = None
    """Where it is reached."""
    fresh: bool = False
    """Whether its owner has not seen yet that it is reached."""

    @property
    def have(self) -> int:
        """How many of the wanted there are."""
        return min(sum(step.card is not None for step in self.steps), self.needed)

    @property
    def reached(self) -> bool:
        """Whether it is done."""
        return bool(self.steps) and self.have >= self.needed


async def show_goals(request: web.Request) -> web.Response:
    """Show all goals."""
    vault = request.app[PARTS].vault
    entries = all_entries(vault)
    states = ((subject.removeprefix("goal:"), vault.state(subject)) for subject in vault.subjects("goal:"))
    say = speech_of(request)
    kept = [(key, state) for key, state in states if state.get("name") and not state.get("trashed")]
    goals = [celebrated(goal_of(key, state, entries), state, say) for key, state in kept]
    goals.sort(key=lambda goal: (goal.reached, goal.name.casefold()))
    return render(request, "goals.html", goals=goals)


def celebrated(goal: Goal, state: Mapping[str, object], say: Speech) -> Goal:
    """Put a stamp on a goal that is reached, with the day of the badge that completed it."""
    if not goal.reached:
        return goal
    days = sorted(found for step in goal.steps if step.card and (found := point(step.card.date)))
    last = say.date(days[: goal.needed][-1]) if days else ""
    drawn = svg(
        Stamp(form=StampForm.FULL, word=say("Reached"), date=last, below=say("Well done"), uid=f"goal-{goal.key}")
    )
    return replace(goal, stamp=Markup(drawn), fresh=not state.get("celebrated"))  # noqa: S704 (drawn by ourselves)


def goal_of(key: str, state: Mapping[str, object], entries: tuple[Entry, ...]) -> Goal:
    """Compare a goal with the badges that are held."""
    wanted = state.get("wanted")
    names = [str(item) for item in wanted][:MAX_WANTED] if isinstance(wanted, list) else []
    rule = str(state.get("rule")) if state.get("rule") in RULES else "all"
    held = [_held(name, entries) for name in names]
    if rule == "order":
        first = next((place for place, entry in enumerate(held) if entry is None), len(held))
        held = [entry if place < first else None for place, entry in enumerate(held)]
        following = {first}
    else:
        following = {place for place, entry in enumerate(held) if entry is None}
    number, called = state.get("needed"), kept_names(state)
    needed = number if rule == "some" and isinstance(number, int) and 0 < number <= len(names) else len(names)
    steps = tuple(
        Step(name, called.get(name, ""), Card.of(entry) if entry else None, place in following)
        for place, (name, entry) in enumerate(zip(names, held, strict=True))
    )
    return Goal(
        key=key, name=str(state["name"]), text=str(state.get("text") or ""), rule=rule, needed=needed, steps=steps
    )


def _held(wanted: str, entries: tuple[Entry, ...]) -> Entry | None:
    """Return the badge for an achievement: by its address where one is given, else by its name."""
    good = (entry for entry in entries if entry.verdict in _GOOD)
    if is_web(wanted):
        asked = wanted.rstrip("/")
        return next((entry for entry in good if (entry.achievement_id or "").rstrip("/") == asked), None)
    return next((entry for entry in good if entry.name.casefold().strip() == wanted.casefold()), None)


async def post_goal(request: web.Request) -> web.Response:
    """Make a goal, change it, or throw it away."""
    form, say = await form_of(request), speech_of(request)
    key = form.one("key") if form.one("key").isalnum() else new_key()
    if form.one("do") == "celebrated":  # told by the page itself; nothing that one would take back
        request.app[PARTS].vault.decide(f"goal:{key}", {"celebrated": True})
        return answer(request, form, Done("", {}), where="/goals")
    if form.one("do") == "trash":
        done = apply(request, {f"goal:{key}": {"trashed": True}}, say("Goal thrown away"))
        return answer(request, form, done, where="/goals")
    values = _values(form)
    wanted, before = values["wanted"], kept_names(request.app[PARTS].vault.state(f"goal:{key}"))
    if not values["name"] or not isinstance(wanted, list):
        raise Problem(422, "no-goal", say("A goal needs a name and at least one achievement."))
    values["names"] = await names_of(wanted, before, request.app[PARTS].fetch) or None
    return answer(request, form, apply(request, {f"goal:{key}": values}, say("Goal saved")), where="/goals")


async def export_path(request: web.Request) -> web.Response:
    """Hand out a goal as a path file, for somebody else's passport."""
    state = request.app[PARTS].vault.state(f"goal:{request.match_info['key']}")
    if not state.get("name") or state.get("trashed"):
        raise web.HTTPNotFound
    headers = {"Content-Disposition": attachment(f"{tidy(str(state['name']), 60)}.path.json")}
    return web.Response(body=path_file(state), content_type="application/json", headers=headers)


async def take_path(request: web.Request) -> web.Response:
    """Make a goal of a path file that somebody shared."""
    form, say = await form_of(request), speech_of(request)
    try:
        values = read_path(form.files[0].body if form.files else b"")
    except PathFileError as error:
        raise Problem(422, "no-path", say(error.problem)) from error
    key = new_key()
    return answer(request, form, apply(request, {f"goal:{key}": values}, say("Goal saved")), where="/goals")


def _values(form: Form) -> dict[str, object]:
    wanted = [line for text in form.one("wanted").splitlines() if (line := tidy(text, 300))]
    needed = form.one("needed")
    return {
        "name": tidy(form.one("name"), 120) or None,
        "text": tidy(form.one("text"), 1000) or None,
        "rule": form.one("rule") if form.one("rule") in RULES else "all",
        "needed": int(needed) if needed.isascii() and needed.isdecimal() and len(needed) < 4 else None,
        "wanted": list(dict.fromkeys(wanted))[:MAX_WANTED] or None,
    }
