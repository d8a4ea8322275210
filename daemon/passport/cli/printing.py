"""Printing for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from passport.cli.saying import Saying
from passport.look.words import word_for

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {
    "verified": "green",
    "unconfirmed": "yellow",
    "expired": "magenta",
    "not-yours": "magenta",
    "revoked": "red",
    "invalid": "red",
    "no-badge": "dim",
}


def line(value: Mapping[str, object]) -> None:
    """Print one JSON object on a line, and flush it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def console(*, stderr: bool = False) -> Console:
    """Return where people read."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def plain(text: object, limit: int = 200) -> str:
    """Return an issuer's text without what could move the cursor or hide something (security 2.3: names)."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))
    shown = "".join(" " if character in _HIDDEN else character for character in shown)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


_HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def verdict_word(verdict: str, say: Saying) -> str:
    """Return the verdict in plain words, with its colour (rich markup)."""
    style = STYLES.get(verdict)
    return f"[{style}]{say(word_for(verdict, 'known').word)}[/{style}]" if style else verdict


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, and nothing else.")
