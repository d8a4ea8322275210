"""A reader of N-Quads for the tests: into the quads that `rdfc10` takes. Lines end at line feeds and nowhere else."""

from __future__ import annotations

import re

from passport.verification.canonical import terms

_TERM = re.compile(
    r"\s*(?:(?P<iri><[^>]*>)|(?P<blank>_:[^\s<\"]+)|\"(?P<text>(?:[^\"\\]|\\.)*)\"(?:\^\^(?P<type><[^>]*>)|@(?P<lang>[\w-]+))?)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SHORT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def read(text: str) -> list[tuple[str, str, str, str]]:
    """Return the quads of a document."""
    return [_quad(line) for line in text.split("\n") if line.strip() and not line.startswith("#")]


def _quad(line: str) -> tuple[str, str, str, str]:
    found, position = [], 0
    while match := _TERM.match(line, position):
        found.append(_term(match))
        position = match.end()
    assert line[position:].strip() == ".", line
    subject, predicate, object_, *graph = found
    return subject, predicate, object_, graph[0] if graph else ""


def _term(match: re.Match[str]) -> str:
    if match["iri"]:
        return "<" + _plain(match["iri"][1:-1]) + ">"
    if match["blank"]:
        return match["blank"]
    return terms.literal(_plain(match["text"]), _plain((match["type"] or "<>")[1:-1]), match["lang"] or "")


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _SHORT.get(m[3], m[3]), text)
