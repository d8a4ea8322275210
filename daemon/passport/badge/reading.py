"""Reading JSON that issuers wrote freely: one value with its path, asked for what is wanted, never raising.

The shapes that are tolerated were each seen in the wild (issuers.md 0, rule 6): one thing or a list of it, a URL or
an object, a number for a text, texts with languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from passport.badge.model import Oddity

MAX_ODDITIES = 50
MAX_ITEMS = 1000
"""Of one list; more than any badge has, and few enough to be shown."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*|@none|und", re.ASCII)


class Node:
    """One value of a document.

    A badge is some fifty of these, and verifying one shall take no longer than its signature: so no dataclass, and the
    path is put together only when it is asked for.
    """

    __slots__ = ("_parent", "_step", "oddities", "value")

    def __init__(self, value: object, path: str, oddities: list[Oddity], parent: Node | None = None) -> None:
        self.value = value
        self.oddities = oddities
        """Shared by all nodes of one document; what had the wrong shape is added."""
        self._step = path
        self._parent = parent

    @property
    def path(self) -> str:
        """Where it stands: `credentialSubject.achievement.alignment[0]`; empty for the document itself."""
        if self._parent is None:
            return self._step
        before = self._parent.path
        return f"{before}.{self._step}" if before and not self._step.startswith("[") else before + self._step

    def get(self, *names: str) -> Node:
        """Return the first of these properties that there is; a node of None when there is none."""
        value = self.value
        if isinstance(value, dict):
            for name in names:
                found = value.get(name)
                if found is not None:
                    return Node(found, name, self.oddities, self)
        return Node(None, names[0], self.oddities, self)

    def has(self, name: str) -> bool:
        """Return whether it is an object with this property."""
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def text_of(self, *names: str) -> str | None:
        """Return the text of the first of these properties that there is: `get(…).text()`, and quick for plain ones."""
        value = self.value
        if isinstance(value, dict):
            for name in names:
                found = value.get(name)
                if found is not None:
                    return (found or None) if type(found) is str else Node(found, name, self.oddities, self).text()
        return None

    def items(self) -> Iterator[Node]:
        """Yield the items of a list, or the one value that stands in place of a list."""
        if isinstance(self.value, list):
            for index, item in enumerate(self.value[:MAX_ITEMS]):
                if item is not None:
                    yield Node(item, f"[{index}]", self.oddities, self)
        elif self.value is not None:
            yield self

    def object(self) -> Node | None:
        """Return the first object of this value, or None."""
        for item in self.items():
            if isinstance(item.value, dict):
                return item
        self._odd("should be an object")
        return None

    def text(self) -> str | None:
        """Return the text: plain, a number, or the best of several languages; None when there is none."""
        if self.value is None:
            return None
        if type(self.value) is str:
            return self.value or None
        texts = self.languages()
        if not texts and self.value not in (None, "", [], {}):
            self._odd("should be text")
        return _best(texts)

    def languages(self) -> dict[str, str]:
        """Return the texts by language; `""` for a plain one (JSON-LD 1.1 4.2.4 and 4.6.2; VC 2.0 11.1)."""
        value = self.value
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return {"": plain(value)} if value != "" else {}
        if isinstance(value, list):
            found: dict[str, str] = {}
            for item in self.items():
                for language, text in item.languages().items():
                    found.setdefault(language, text)
            return found
        return _language_object(value) if isinstance(value, dict) else {}

    def texts(self) -> tuple[str, ...]:
        """Return the texts of a list, each once, in order."""
        found = (item.text() for item in self.items())
        return tuple(dict.fromkeys(text for text in found if text))

    def id(self) -> str | None:
        """Return the id of something that is either its URL or an object with an `id`."""
        for item in self.items():
            value = item.value if isinstance(item.value, str) else item.get("id", "@id").value
            if isinstance(value, str) and value:
                return value
        return None

    def flag(self) -> bool | None:
        """Return true or false, also where it is written as text; None when it is neither."""
        if isinstance(self.value, str) and self.value.lower() in {"true", "false"}:
            return self.value.lower() == "true"
        return self.value if isinstance(self.value, bool) else None

    def _odd(self, problem: str) -> None:
        if self.value is not None and len(self.oddities) < MAX_ODDITIES:
            self.oddities.append(Oddity(where=self.path or "the statement", problem=problem))


def plain(value: str | float) -> str:
    """Return a number as people write it, a text as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_url(text: object) -> bool:
    """Return whether this is an http(s) address."""
    return isinstance(text, str) and text[:8].lower().startswith(("http://", "https://"))


def _language_object(value: dict[str, object]) -> dict[str, str]:
    if "@value" in value:
        language, text = value.get("@language"), value["@value"]
        if isinstance(text, str) and text:
            return {language if isinstance(language, str) else "": text}
        return {}
    if value and all(_LANGUAGE_TAG.fullmatch(name) for name in value):
        return {name: text for name, text in value.items() if isinstance(text, str) and text}
    return {}


def _best(texts: dict[str, str]) -> str | None:
    """Return the plain text, else English, else the first."""
    if "" in texts:
        return texts[""]
    english = (text for language, text in texts.items() if language.lower().startswith("en"))
    return next(english, None) or next(iter(texts.values()), None)


def other_languages(name: Node, description: Node) -> tuple[tuple[str, str | None, str | None], ...]:
    """Return the further languages of a name and description: language, name, description."""
    names, descriptions = name.languages(), description.languages()
    tags = dict.fromkeys([*names, *descriptions])
    return tuple((tag, names.get(tag), descriptions.get(tag)) for tag in tags if tag) if len(tags) > 1 else ()
