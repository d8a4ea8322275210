"""Where the program's texts stand, and how they come into the catalogues (see `translations`).

* Python: `say("…")`, `say.many("one", "more", n)`, `noted("…")`,
  `noted_many("one", "more")`. Templates: `_("…")`, `ngettext("one", "more", n)`. JavaScript: `say("…")`.
* The help of commands: their docstrings, a paragraph a text, and what is said to `help=`.
* The sentences of reports and of errors: every text of the modules in SPOKEN, with what is filled in as `%(1)s`,
  `%(2)s` …, under the context `sentence`; so also what is said to `Problem(…)` and to an error of ours, wherever it
  stands. A text that nobody shows is marked with `# no sentence` at the end of its line.
"""

from __future__ import annotations

import ast
import builtins
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_javascript
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "daemon" / "passport"
LOCALES = PACKAGE / "speech" / "locales"
TEMPLATE = LOCALES / "passport.pot"
SPOKEN = (
    "badge/", "desktop/examin", "desktop/notifications.py", "desktop/tray.py", "fetching/",
    "intake/", "keychain/", "settings/", "sharing/accounts/", "sharing/bluesky.py", "sharing/outbox/outbox.py",
    "sharing/privacy.py", "sharing/site/targets.py", "vault/", "verification/", "web/keeping.py", "web/publishing.py",
    "web/standing.py", "workers/", "cli/helping.py",
)  # fmt: skip
"""Where every sentence may come before the owner: what is checked, and what cannot be done and why."""
QUIET = (
    "badge/svg_baking.py",
    "intake/noticing/words.py",
    "verification/canonical/compiled/",
    "verification/structure_credential_table.py",
    "workers/frames.py",
)
"""What of it nobody is shown: tables of names, reasons that only another part of the program hears."""
UNHEARD = frozenset({"debug", "info", "warning", "error", "exception", "compile", "Struct"})
"""Calls whose texts go into the log, or are patterns."""
BUILT_IN = frozenset(name for name in vars(builtins) if name.endswith("Error"))
SAID_TO = frozenset({"good", "bad"})
"""Beside problems and errors: findings of the doctor."""
COMMAND = re.compile(r"(badge-passport|chmod|echo|sudo) .*[^.]")
"""A remedy that is to be typed; one that ends with a full stop is a sentence that names a command."""
KEYWORDS = {"say": None, "noted": None, "_": None, "many": (1, 2), "noted_many": (1, 2), "ngettext": (1, 2)}
IN_PYTHON = {name: places for name, places in KEYWORDS.items() if name != "_"}
CONTEXT = "sentence"
VERIFIER = "sharing/site/verifier/"
_LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|"(?P<quoted>(?:[^"\\\n]|\\["nt\\u])*)"|`(?P<template>[^`]*)`', re.DOTALL)
"""Of JavaScript: a comment (to be passed over), a text in quotes, or a template."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
HEADER = "# Texts of Badge Passport. Made by scripts/translations."

Found = tuple[str | tuple[str, str], str | None]
"""A text (or one for one and one for more), and its context."""


def texts() -> Catalog:
    """Gather all texts of the source."""
    catalog = Catalog(header_comment=HEADER, fuzzy=False)
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix in {".py", ".html", ".js"} and "vendor" not in file.parts:
            place = file.relative_to(PACKAGE).as_posix()
            for text, context in _texts_of(file, place):
                catalog.add(text, locations=[(place, None)], context=context)
    return catalog


def catalogues() -> dict[Path, str]:
    """Return every file of the catalogues as it should be."""
    found = texts()
    files = {TEMPLATE: _written(found)}
    for file in LOCALES.glob("*.po"):
        with file.open("rb") as stream:
            known = read_po(stream, locale=file.stem)
        made = Catalog(file.stem, header_comment=HEADER, fuzzy=False)
        for message in found:
            if message.id:
                kept = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
                same = kept is not None and kept.id == message.id
                string = kept.string if kept is not None and same else ""
                made.add(message.id, string, locations=message.locations, context=message.context)
        files[file] = _written(made)
    return files


def differences() -> list[str]:
    """Say what is missing: a sentence a line."""
    said = []
    for file, text in catalogues().items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            said.append(f"{file.relative_to(ROOT)} is not current: run scripts/translations")
        if file.suffix == ".po":
            said += [f"{file.name}: {problem}" for problem in problems(read_po(io.BytesIO(text.encode())))]
    return said


def problems(catalog: Catalog) -> Iterator[str]:
    """Say which translations are missing, or fill in other things than the text."""
    for message in catalog:
        ids = (message.id,) if isinstance(message.id, str) else message.id
        strings = (message.string,) if isinstance(message.string, str) else message.string
        if not message.id:
            continue
        if not all(strings):
            yield f"no translation: {ids[0]!r}"
            continue
        for string in strings:
            if set(PLACEHOLDER.findall(string)) != set(PLACEHOLDER.findall(ids[-1])):
                yield f"other placeholders: {ids[-1]!r} and {string!r}"


def _written(catalog: Catalog) -> str:
    """Write a catalogue: sorted, so that two who add texts do not meet; without dates, which change by themselves."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    text = stream.getvalue().decode("utf-8")
    dropped = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
        "Project-Id",
        "Report-Msgid",
    )
    return "\n".join(line for line in text.split("\n") if not line.startswith(tuple(f'"{name}' for name in dropped)))


def _texts_of(file: Path, place: str) -> Iterator[Found]:
    if file.suffix == ".py":
        yield from _of_python(file.read_text(encoding="utf-8"), place)
        return
    with file.open("rb") as stream:
        if file.suffix == ".html":
            found = babel_extract(stream, KEYWORDS, (), {"encoding": "utf-8", "silent": "false"})
        else:
            found = extract_javascript(stream, KEYWORDS, (), {"encoding": "utf-8"})
        for _, keyword, said, _ in found:
            text = _text(keyword, said)
            if text and place.startswith(VERIFIER):
                yield from () if "${" in str(text) else ((text, CONTEXT),)  # templates: below
            elif text:
                yield text, None
    if file.suffix == ".js" and place.startswith(VERIFIER):
        yield from ((text, CONTEXT) for text in script_sentences(file.read_text(encoding="utf-8")))


def _of_python(source: str, place: str) -> Iterator[Found]:
    if not place.startswith(("badge/", "verification/")):  # they speak English, and it is translated when it is shown
        yield from ((text, None) for text in marked(source))
    if place.startswith("cli/"):
        yield from ((text, None) for text in helps(source))
    if not place.startswith(QUIET):
        yield from ((text, CONTEXT) for text in sentences(source, everywhere=place.startswith(SPOKEN)))


def marked(source: str) -> Iterator[str | tuple[str, str]]:
    """Return every text that is looked up where it stands; Babel's own way does not look into f-strings."""
    for call in ast.walk(ast.parse(source)):
        name = _called(call).lstrip("_") if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name in IN_PYTHON:
            text = _text(name, [one.value if isinstance(one, ast.Constant) else None for one in call.args] or [None])
            if text:
                yield text


def _text(keyword: str | None, said: object) -> str | tuple[str, str] | None:
    parts = said if isinstance(said, tuple | list) else (said,)
    if KEYWORDS.get(keyword or "") is not None:
        one, more = parts[0], parts[1]
        return (one, more) if isinstance(one, str) and isinstance(more, str) else None
    return parts[0] if isinstance(parts[0], str) and parts[0] else None


def helps(source: str) -> Iterator[str]:
    """Return the help of every command and option of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(_makes_a_command(one) for one in node.decorator_list):
            yield from (" ".join(part.split()) for part in (ast.get_docstring(node) or "").split("\n\n"))
        if isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _makes_a_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _called(decorator) in {"command", "group"}


def sentences(source: str, *, everywhere: bool = True) -> Iterator[str]:
    """Return every sentence, and every part of one, that a module makes; else only what it says to problems."""
    lines, tree = source.splitlines(), ast.parse(source)
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left_out |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    left_out |= {
        id(part) for call in ast.walk(tree) if _is_unheard(call) or _is_marked(call) for part in ast.walk(call)
    }
    heard: set[int] = set()
    for node in ast.walk(tree) if everywhere else _said_to_problems(tree):
        if id(node) in heard:
            continue
        heard.add(id(node))
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left_out:
            text = _template(node)
            marked = "# no sentence" in lines[(node.end_lineno or 1) - 1] or COMMAND.fullmatch(text)
            if not marked and " " in text and len(re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub("", text))) > 1:
                yield text


def _is_unheard(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in UNHEARD


def _is_marked(node: ast.AST) -> bool:
    """Whether this is `say(…)` and the like, which is looked up by itself."""
    if not isinstance(node, ast.Call):
        return False
    return _called(node).lstrip("_") in IN_PYTHON


def script_sentences(source: str) -> Iterator[str]:
    """Return every sentence, and every part of one, that a script of the check makes; what is filled in is a place."""
    lines = source.splitlines()
    for found in _LITERAL.finditer(source):
        quoted, template, line = found["quoted"], found["template"], source.count("\n", 0, found.end())
        text = _without_code(template) if template is not None else json.loads(f'"{quoted}"') if quoted else ""
        words = re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub(" ", text))
        if " " in text and len(words) > 1 and not re.search(r"[=#]", text) and "// no sentence" not in lines[line]:
            yield text


def _without_code(template: str) -> str:
    """Return a template literal with a place for each `${…}`; code may hold braces."""
    text, count, place = "", 0, 0
    while place < len(template):
        if not template.startswith("${", place):
            text += template[place].replace("%", "%%")
            place += 1
            continue
        count, depth, place = count + 1, 1, place + 2
        text += f"%({count})s"
        while depth and place < len(template):
            depth += (template[place] == "{") - (template[place] == "}")
            place += 1
    return text


def _said_to_problems(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all that stands in what is said to `Problem(…)` and to errors of ours."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = _called(call)
        if name in SAID_TO or (name.endswith(("Problem", "Error")) and name not in BUILT_IN):
            for said in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from ast.walk(said)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    text, count = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("%", "%%")
        else:
            count += 1
            text += f"%({count})s"
    return text
