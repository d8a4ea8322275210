"""Every text of every page is in the catalogue, and every catalogue is whole."""

from __future__ import annotations

import importlib.util
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from tests.web.pages_every import every_page
from tests.web.pages_material import passport_in

from passport.settings import Settings
from passport.speech import PSEUDO

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
QUIET = frozenset({"bdi", "code", "pre", "kbd", "time", "script", "style", "svg", "textarea", "option", "title"})
"""What stands in these is an issuer's, the owner's or a machine's."""
SPOKEN = ("aria-label", "placeholder", "title", "alt")
NOT_WORDS = re.compile(
    r"⟦[^⟦⟧]*⟧|https?://\S*|[\w.+-]+@[\w.-]+|\S+\.(example|toml|json|png)\b|Badge Passport|%\(?\w*\)?s?"
)
VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


def extraction():
    if "extraction" not in sys.modules:
        found = importlib.util.spec_from_file_location("extraction", SCRIPTS / "extraction.py")
        sys.modules["extraction"] = importlib.util.module_from_spec(found)
        found.loader.exec_module(sys.modules["extraction"])
    return sys.modules["extraction"]


class Unspoken(HTMLParser):
    """Gathers what stands on a page in plain English."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        data = "data-verdict" in named and tag == "li"
        quiet = tag in QUIET or named.get("dir") in {"auto", "ltr"} or "mrz" in (named.get("class") or "") or data
        if tag not in VOID:
            self.open.append((tag, quiet))
        if not any(hidden for _, hidden in self.open):
            for name in SPOKEN:
                self.look(named.get(name) or "")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if not any(quiet for _, quiet in self.open):
            self.look(text)

    def look(self, text: str) -> None:
        rest = NOT_WORDS.sub(" ", text)
        if re.search(r"[A-Za-z]{3,}", rest):
            self.found.append(" ".join(text.split())[:120])


NAMES = re.compile(
    r"English|Suomi|Firefox|Chrome, Chromium, Edge, Brave, Vivaldi|LinkedIn|Mastodon|Bluesky|Facebook|Threads|Reddit"
    r"|WhatsApp|Telegram|E-mail|badge-passport-\S+|(\S+\.)?bsky\.social|\w{4}(-\w{4}){3}|·?\s*[\d.,]+ KiB|/home/.+"
    r"|[\w.]+\.(example|eu)/\S*|Ann Example|Teacher who codes|HTML|PDF|JSON Resume|Markdown"
    r"|Badge “Student Tutor”, issued by Aalto University"  # what is posted, in the language of the post
)


async def test_nothing_on_any_page_was_forgotten(tmp_path):
    async with passport_in(tmp_path, Settings(language=PSEUDO)) as passport:
        forgotten = set()
        for path in every_page(passport):
            page, text = Unspoken(), (await passport.get(path)).body.decode()
            page.feed(text)
            forgotten |= {(found, path) for found in page.found if not NAMES.fullmatch(found)}
            assert 'dir="rtl"' in text
        assert not forgotten, sorted(forgotten)


def test_every_text_is_in_the_catalogues_and_every_translation_is_there():
    """When this fails: run `.venv/bin/python scripts/translations`, then translate in locales/fi.po what it names."""
    assert extraction().differences() == []


@pytest.mark.parametrize(
    ("text", "translation", "said"),
    [
        ("Keep it", "", "no translation"),
        ("%(name)s is here", "on täällä", "other placeholders"),
        ("Here", "%(name)s täällä", "other placeholders"),
        ("Here", "Täällä", ""),
    ],
)
def test_what_is_missing_is_named(tmp_path, text, translation, said):
    file = tmp_path / "fi.po"
    file.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{text}"\nmsgstr "{translation}"\n'
    )
    with file.open("rb") as stream:
        found = list(extraction().problems(read_po(stream)))
    assert [problem.split(":")[0] for problem in found] == ([said] if said else [])


def test_sentences_are_found_in_the_source():
    source = 'def f(n):\n    """Not this one."""\n    x = "too short"\n    return failed("a", f"It has {n} of 5 %.")\n'
    assert list(extraction().sentences(source)) == ["too short", "It has %(1)s of 5 %%."]
    assert list(
        extraction().sentences(
            "Problem(4, 'code-x', say('Not twice.'))\nProblem(4, 'x', 'Once only.')", everywhere=False
        )
    ) == ["Once only."]
