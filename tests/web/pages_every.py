"""The address of every page there is, so that a test which must hold on all of them forgets none."""

from __future__ import annotations

import re

from tests.browser.full_passport import fill
from tests.web.pages_material import Passport

from passport.web.app import PAGES
from passport.web.routing import Scope

NO_PAGES = re.compile(
    r"^/(open|events|share/\{id\}/picture|static/|rosette/|card/|picture/|original/|connect/\{file\}|skills\.json|expiry\.ics"
    r"|goal/\{key\}\.json|cv/\{name\}/(saved|file)|page/preview/|add/\{run\}|badge/\{id\}/evidence/|profile/picture/|healthz)"
)
"""Files, streams, parts, what leads elsewhere, and an import that runs (`test_browser_gallery_adding` looks at one)."""
MORE = (
    "/?view=list", "/?view=timeline", "/?q=nothing-is-called-that", "/?verdict=verified&skill=coaching",
    "/welcome?step=2", "/welcome?step=3", "/nothing-is-here",
)  # fmt: skip


def every_page(passport: Passport) -> list[str]:
    """Fill a passport and return the address of each of its pages; fails on one that it cannot fill in."""
    ids = fill(passport)
    passport.vault.decide(
        "cv:coach", {"title": "Coach", "version": 2, "sections": [{"kind": "badges"}, {"kind": "experience"}]}
    )
    passport.vault.decide(f"badge:{ids[40]}", {"trashed": True})
    values = {
        "/badge/{id}": f"/badge/{ids[0]}",
        "/collection/{key}": "/collection/coachingaaaa",
        "/skill": "/skill?name=teamwork",
        "/share/{id}": f"/share/{ids[0]}",
        "/cv/{name}": "/cv/coach",
    }
    paths = [route.path for route in PAGES if route.method == "GET" and route.scope is not Scope.PUBLIC]
    found = [values.get(path, path) for path in paths if not NO_PAGES.match(path)]
    unknown = [path for path in found if "{" in path]
    assert not unknown, f"name an example of each of these pages: {unknown}"
    return found + [f"/badge/{ids[number]}" for number in (3, 5, 9, 33)] + list(MORE)
