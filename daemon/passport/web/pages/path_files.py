"""Learning paths as files that people share.

    {"type": "BadgePassportPath", "version": 1, "name": "First aid trainer", "description": "…", "rule": "order",
     "achievements": [{"name": "First Aid 1"}, {"id": "https://issuer.example/achievements/2", "name": "First Aid 2"}]}

`rule` is `all`, `order`, or `some` with `needed`, a number. A file with a higher version is refused: it may mean more
than is understood here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from passport.badge.strict_json import loads
from passport.errors import ParseError, PassportError
from passport.look.words import noted
from passport.web.pages.formats import is_web, tidy
from passport.web.pages.goal_names import MAX_NAME, kept_names

TYPE, VERSION = "BadgePassportPath", 1
RULES = ("all", "some", "order")
MAX_WANTED = 60
MAX_BYTES = 256 * 1024


class PathFileError(PassportError):
    """A file is no path, or one that is not understood."""


def path_file(state: Mapping[str, object]) -> bytes:
    """Write a goal as a file. What its owner has reached is not in it."""
    wanted = state.get("wanted")
    names, called = [str(item) for item in wanted] if isinstance(wanted, list) else [], kept_names(state)
    path: dict[str, object] = {
        "type": TYPE,
        "version": VERSION,
        "name": state.get("name"),
        "description": state.get("text") or "",
        "rule": state.get("rule") or "all",
        "achievements": [_item(name, called) for name in names],
    }
    if state.get("rule") == "some":
        path["needed"] = state.get("needed")
    return json.dumps(path, ensure_ascii=False, indent=2).encode() + b"\n"


def _item(wanted: str, called: Mapping[str, str]) -> dict[str, str]:
    if not is_web(wanted):
        return {"name": wanted}
    return {"id": wanted, "name": called[wanted]} if called.get(wanted) else {"id": wanted}


def read_path(file: bytes) -> dict[str, object]:
    """Return what a goal is made of. Raise PathFileError."""
    if not file:
        raise PathFileError(noted("Choose a path file first."))
    if len(file) > MAX_BYTES:
        raise PathFileError(noted("This file is too large for a path."))
    try:
        path = loads(file.decode("utf-8-sig"))
    except (ParseError, UnicodeDecodeError) as error:
        raise PathFileError(noted("This file is no path: it cannot be read.")) from error
    if not isinstance(path, dict) or path.get("type") != TYPE:
        raise PathFileError(noted("This file is no path for Badge Passport."))
    if path.get("version") != VERSION:
        raise PathFileError(noted("This path was made by a newer Badge Passport."))
    wanted = _wanted(path.get("achievements"))
    name = tidy(path["name"], 120) if isinstance(path.get("name"), str) else ""
    if not name or not wanted:
        raise PathFileError(noted("This path has no name or no achievements."))
    needed = path.get("needed")
    return {
        "name": name,
        "text": tidy(path["description"], 1000) or None if isinstance(path.get("description"), str) else None,
        "rule": path.get("rule") if path.get("rule") in RULES else "all",
        "needed": needed if isinstance(needed, int) and 0 < needed <= len(wanted) else None,
        "wanted": wanted,
        "names": _names(path["achievements"], wanted) or None,
    }


def _wanted(value: object) -> list[str]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    found = (item.get("id") if is_web(_text(item.get("id"))) else item.get("name") for item in items)
    return list(dict.fromkeys(name for item in found if (name := tidy(_text(item), 300))))[:MAX_WANTED]


def _names(items: object, wanted: list[str]) -> dict[str, str]:
    """Return the names of what is wanted by its address."""
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    pairs = ((tidy(_text(item.get("id")), 300), tidy(_text(item.get("name")), MAX_NAME)) for item in found)
    return {address: name for address, name in pairs if name and is_web(address) and address in wanted}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
