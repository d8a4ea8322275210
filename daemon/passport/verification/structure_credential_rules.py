"""The table of OB 3.0 as tests: of one value, and of a whole object with all that is in it.

Nearly all credentials are formed as they should be, so a whole one is first asked for that alone (`CONFORMS`); only one
that is not is walked through again for what to say of it (`structure_credential`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from passport.verification.structure_credential_table import CLASSES, OPEN_ENUMS, RESULT_STATUSES, Class

Test = Callable[[object], bool]

OLD_DATES = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
"""What VC 1.1 calls the dates of VC 2.0."""
_JWS = re.compile(r"[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+")
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_texts(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_context(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str | dict) for item in value)


KINDS: Mapping[str, tuple[Test, str]] = {
    "text": (_is_text, "a text"),
    "type": (_is_text_or_texts, "a text or a list of texts"),
    "number": (_is_number, "a number"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "context": (_is_context, "a list of contexts"),
}
"""Of plain values: what they must be, and how that is said."""
FORMS: Mapping[str, Callable[[str], bool]] = {
    "jws": lambda value: _JWS.search(value) is not None,
    "language": lambda value: _LANGUAGE.search(value) is not None,
    "resultStatus": lambda value: value in RESULT_STATUSES,
    **{
        kind: (lambda value, names=names: value in names or "ext:" in value)  # type: ignore[misc] # a default binds the loop's value
        for kind, names in OPEN_ENUMS.items()
    },
}
"""Of texts that have a form of their own."""


def _object_test(rules: Class) -> Test:
    """Return the test of an object of a class; those of its properties are put together when it is first asked."""
    tests: dict[str, Test] = {}
    texts = frozenset(name for name, (kind, many) in rules.properties.items() if (kind, many) == ("text", "1"))
    required, allow = rules.required, _nothing if rules.closed else _anything

    def conforms(thing: object) -> bool:
        if not isinstance(thing, dict):
            return False
        if not tests:
            tests.update({name: _property_test(*entry) for name, entry in rules.properties.items()})
        for name, value in thing.items():
            if type(value) is str and name in texts:
                continue  # most are
            if not tests.get(name, allow)(value):
                return False
        return required <= thing.keys() or _only_renamed(required - thing.keys(), thing)

    return conforms


def _anything(_: object) -> bool:
    return True


def _nothing(_: object) -> bool:
    return False


def _only_renamed(missing: frozenset[str], thing: Mapping[str, object]) -> bool:
    return all(OLD_DATES.get(name) in thing for name in missing)


def _property_test(kind: str, many: str) -> Test:
    one = _value_test(kind)
    if many == "1":
        return one
    if many == "*":
        return lambda value: isinstance(value, list) and all(map(one, value))
    return lambda value: all(map(one, value)) if isinstance(value, list) else one(value)


def _value_test(kind: str) -> Test:
    if kind in KINDS:
        return KINDS[kind][0]
    if kind in FORMS:
        fits = FORMS[kind]
        return lambda value: isinstance(value, str) and fits(value)
    return CONFORMS[kind]


CONFORMS: Mapping[str, Test] = {name: _object_test(rules) for name, rules in CLASSES.items()}
"""Of each class: whether an object is formed as the schema says, with nothing at all to be said of it."""
