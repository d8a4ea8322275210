"""What was pasted or typed to be taken in: addresses, one or more; or the statement of a badge itself, JSON or a JWT.

A JWT that a mail or a terminal broke into lines is put together again; JSON is taken as it stands, when it is whole;
what is wrong within it the intake says. Everything else is refused with a sentence that says what it looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from passport.web.pages.formats import is_web
from passport.web.pages.runs import Wanted
from passport.web.pages.speech import Speech

MAX_ADDRESSES = 200
_JWT = re.compile(r"ey[\w-]{10,}\.[\w-]{2,}\.[\w-]*(?:~[\w.-]*)*")
"""RFC 7519 and, with what is disclosed behind `~`, RFC 9901; the first part is an object, so it begins `{"`."""
_BROKEN = re.compile(r"ey[\w.~\s-]+")


def pasted(text: str, say: Speech) -> list[Wanted]:
    """Return what a text asks to be taken in; nothing for an empty one."""
    text = text.strip().removeprefix("\ufeff")
    if text.startswith(("{", "[")):
        return [_json(text, say)]
    if text.startswith("<"):
        return [_markup(text, say)]
    if _BROKEN.fullmatch(text):
        whole = "".join(text.split())
        if _JWT.fullmatch(whole):
            return [_jwt(whole)]
    return list(_words(text, say))


def _json(text: str, say: Speech) -> Wanted:
    name = "pasted.json"
    try:
        json.loads(text)
    except RecursionError:
        return Wanted(name, None).refused(say("This JSON text is nested too deeply."))
    except json.JSONDecodeError as error:
        line, column = say.number(error.lineno), say.number(error.colno)
        said = say(
            "This is no whole JSON text: line %(line)s, column %(column)s. Copy all of it.", line=line, column=column
        )
        return Wanted(name, None).refused(said)
    except ValueError:
        pass  # a number without end: the intake says what is wrong with it
    return Wanted(name, text.encode())


def _jwt(text: str) -> Wanted:
    return Wanted("pasted.jwt", text.encode())


def _markup(text: str, say: Speech) -> Wanted:
    if "<svg" in text[:2000]:
        return Wanted("pasted.svg", text.encode())
    return Wanted("<…>", None).refused(say("This is the source of a page. Paste the page's address instead."))


def _words(text: str, say: Speech) -> Iterator[Wanted]:
    for word in text.split()[:MAX_ADDRESSES]:
        if is_web(word):
            yield Wanted(word, None)
        elif _JWT.fullmatch(word):
            yield _jwt(word)
        else:
            yield Wanted(word[:200], None).refused(say("This is neither a web address nor the text of a badge."))
