"""JSON Schema, as much of it as schemas of badges use (draft 4 to 2020-12), over a schema that somebody else wrote.

Such a schema may be hostile: references stay within it, work is counted, and patterns that could take for ever are not
tried. What is not understood is *unknown*, never passed over in silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

MAX_STEPS = 50_000
"""Subschemas that are looked at for one document."""
MAX_DEPTH = 60
MAX_PATTERN_TEXT = 512
WAYS_A_STEP = 500
"""Of laying a pattern over a text; all 50,000 steps together, 25 million ways, take less than 0.1 s."""
_HARMLESS_PATTERN = re.compile(r"(?:[^()\\]|\\.|\((?!\?[^:])[^()]*\)(?![*+{]))*")
_REPEATS = re.compile(r"[*+}][*+{?]")
_IGNORED = frozenset(
    """$schema $id id $comment $defs definitions $anchor $vocabulary title description default examples format
    readOnly writeOnly deprecated contentEncoding contentMediaType then else minContains maxContains""".split()  # noqa: SIM905 (reads better)  # no sentence
)


class NotUnderstoodError(ValueError):
    """A schema uses what is not known here, or costs too much; the text is a part of a sentence."""


def first_violation(document: object, schema: object) -> str | None:
    """Return the first way in which a document breaks a schema, as part of a sentence; None: it does not.

    Raises:
        NotUnderstoodError: the schema cannot be applied.
    """
    try:
        return _Run(schema).violation(document, schema, "", 0)
    except RecursionError as error:
        raise NotUnderstoodError("the schema is nested too deeply") from error


@dataclass
class _Run:
    """One document against one schema."""

    root: object
    steps: int = field(default=0)

    def violation(self, value: object, schema: object, path: str, depth: int) -> str | None:
        self.steps += 1
        if self.steps > MAX_STEPS or depth > MAX_DEPTH:
            raise NotUnderstoodError("the schema takes too long to apply")
        if isinstance(schema, bool):
            return None if schema else f"{path or 'it'} is not allowed"
        if not isinstance(schema, dict):
            raise NotUnderstoodError("the schema is no object")
        for keyword, wanted in schema.items():
            check = _KEYWORDS.get(keyword)
            if check is not None:
                found = check(self, value, wanted, schema, path, depth)
                if found is not None:
                    return found
            elif keyword not in _IGNORED:
                raise NotUnderstoodError(f"the schema uses {keyword[:30]!r}, which is not known here")
        return None

    def holds(self, value: object, schema: object, path: str, depth: int) -> bool:
        return self.violation(value, schema, path, depth + 1) is None


Check = Callable[[_Run, object, object, Mapping[str, object], str, int], "str | None"]  # no sentence


def _type(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    names = wanted if isinstance(wanted, list) else [wanted]
    return None if any(_is(value, name) for name in names) else f"{path or 'it'} is not of the type {names}"


def _ref(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(wanted, str) or not wanted.startswith("#"):
        raise NotUnderstoodError("the schema refers to another one")
    target = run.root
    for step in wanted.lstrip("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or name not in target:
            raise NotUnderstoodError("the schema refers to a part that it does not have")
        target = target[name]
    return run.violation(value, target, path, depth + 1)


def _required(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    if not isinstance(value, dict) or not isinstance(wanted, list):
        return None
    if not all(isinstance(name, str) for name in wanted):
        raise NotUnderstoodError("the schema demands something without a name")
    missing = next((name for name in wanted if name not in value), None)
    return None if missing is None else f"{_at(path, missing)} is missing"


def _properties(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(value, dict) or not isinstance(wanted, dict):
        return None
    for name, schema in wanted.items():
        if name in value and (found := run.violation(value[name], schema, _at(path, name), depth + 1)):
            return found
    return None


def _pattern_properties(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(value, dict) or not isinstance(wanted, dict):
        return None
    for pattern, schema in wanted.items():
        for name, item in value.items():
            if _matches(run, pattern, name) and (found := run.violation(item, schema, _at(path, name), depth + 1)):
                return found
    return None


def _additional(
    run: _Run, value: object, wanted: object, schema: Mapping[str, object], path: str, depth: int
) -> str | None:
    if not isinstance(value, dict) or wanted is True:
        return None
    known, patterns = schema.get("properties"), schema.get("patternProperties")
    for name, item in value.items():
        named = isinstance(known, dict) and name in known
        if named or (isinstance(patterns, dict) and any(_matches(run, pattern, name) for pattern in patterns)):
            continue
        if found := run.violation(item, wanted, _at(path, name), depth + 1):
            return found
    return None


def _items(run: _Run, value: object, wanted: object, schema: Mapping[str, object], path: str, depth: int) -> str | None:
    if not isinstance(value, list):
        return None
    first = schema.get("prefixItems")
    skip = len(first) if isinstance(first, list) else 0
    for index, item in enumerate(value):
        if isinstance(wanted, list):
            rule = wanted[index] if index < len(wanted) else schema.get("additionalItems", True)
        else:
            rule = wanted if index >= skip else True
        if found := run.violation(item, rule, f"{path}[{index}]", depth + 1):
            return found
    return None


def _prefix_items(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(value, list) or not isinstance(wanted, list):
        return None
    pairs = enumerate(zip(value, wanted, strict=False))
    found = (run.violation(item, rule, f"{path}[{index}]", depth + 1) for index, (item, rule) in pairs)
    return next(filter(None, found), None)


def _contains(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(value, list) or any(run.holds(item, wanted, path, depth) for item in value):
        return None
    return f"{path or 'it'} holds nothing of what it must hold"


def _combined(run: _Run, value: object, wanted: object, how: str, path: str, depth: int) -> str | None:
    if not isinstance(wanted, list):
        raise NotUnderstoodError("the schema combines nothing")
    good = sum(run.holds(value, schema, path, depth) for schema in wanted)
    right = {"allOf": good == len(wanted), "anyOf": good > 0, "oneOf": good == 1}[how]
    return None if right else f"{path or 'it'} is none of what it may be"


def _not(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    return f"{path or 'it'} is what it must not be" if run.holds(value, wanted, path, depth) else None


def _if(run: _Run, value: object, wanted: object, schema: Mapping[str, object], path: str, depth: int) -> str | None:
    branch = "then" if run.holds(value, wanted, path, depth) else "else"
    return run.violation(value, schema.get(branch, True), path, depth + 1)


def _dependent(run: _Run, value: object, wanted: object, _: object, path: str, depth: int) -> str | None:
    if not isinstance(value, dict) or not isinstance(wanted, dict):
        return None
    for name, needed in wanted.items():
        if name not in value:
            continue
        rule = {"required": needed} if isinstance(needed, list) else needed
        if found := run.violation(value, rule, path, depth + 1):
            return found
    return None


def _enum(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    listed = wanted if isinstance(wanted, list) else []
    return None if any(_same(value, item) for item in listed) else f"{path or 'it'} is none of the values it may have"


def _const(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    return None if _same(value, wanted) else f"{path or 'it'} is not the value it must have"


def _pattern(run: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    if not isinstance(value, str) or _matches(run, wanted, value):
        return None
    return f"{path or 'it'} is not written as it must be"


def _limit(measure: Callable[[object], float | None], allowed: Callable[[float, float], bool]) -> Check:
    def check(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
        size = measure(value)
        if size is None or isinstance(wanted, bool) or not isinstance(wanted, int | float):
            return None  # `exclusiveMinimum: true` of draft 4 is looked at where the minimum is
        return None if allowed(size, wanted) else f"{path or 'it'} is too large, small, long or short"

    return check


def _minimum(
    run: _Run, value: object, wanted: object, schema: Mapping[str, object], path: str, depth: int
) -> str | None:
    strict = schema.get("exclusiveMinimum") is True
    return _limit(_number, lambda size, least: size > least if strict else size >= least)(
        run, value, wanted, schema, path, depth
    )


def _maximum(
    run: _Run, value: object, wanted: object, schema: Mapping[str, object], path: str, depth: int
) -> str | None:
    strict = schema.get("exclusiveMaximum") is True
    return _limit(_number, lambda size, most: size < most if strict else size <= most)(
        run, value, wanted, schema, path, depth
    )


def _unique(_: _Run, value: object, wanted: object, __: object, path: str, ___: int) -> str | None:
    if wanted is not True or not isinstance(value, list) or len(value) > 200:
        return None
    double = any(_same(one, other) for index, one in enumerate(value) for other in value[:index])
    return f"{path or 'it'} holds the same thing twice" if double else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _length_of(kind: type) -> Callable[[object], float | None]:
    return lambda value: len(value) if isinstance(value, kind) else None  # type: ignore[arg-type] # the kinds have a length


def _is(value: object, name: object) -> bool:
    if name == "integer":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and value.is_integer()
        )
    if name == "number":
        return _number(value) is not None
    kinds = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}
    if not isinstance(name, str) or name not in kinds:
        raise NotUnderstoodError("the schema names a type that there is not")
    return isinstance(value, kinds[name])


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _matches(run: _Run, pattern: object, text: str) -> bool:
    compiled = _compiled(pattern) if isinstance(pattern, str) else None
    if compiled is None or len(text) > MAX_PATTERN_TEXT:
        raise NotUnderstoodError("the schema uses a pattern that is not tried")
    run.steps += _ways(compiled.pattern, len(text)) // WAYS_A_STEP
    if run.steps > MAX_STEPS:
        raise NotUnderstoodError("the schema uses a pattern that takes too long")
    return compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _ways(pattern: str, length: int) -> int:
    """Return in how many ways a pattern could be laid over a text at most: `a*a*a*b` tries all of them.

    Repetitions share the text out among them, from each place on; alternatives and what may be missing multiply that.
    Groups are never nested here.
    """
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "x", pattern)
    repeats = len(re.findall(r"[*+]|\{\d*,\d*\}", bare))
    missing = len(re.findall(r"(?<!\()\?", bare))
    bars = [group.count("|") for group in re.findall(r"\([^()]*\)", bare)]
    beside = bare.count("|") - sum(bars)
    parts = repeats + (0 if bare.startswith("^") and not beside else 1)
    choices: int = math.prod(1 + count for count in (*bars, beside))
    return math.comb(length + parts, parts) * choices << missing


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern that cannot take for ever: no group is repeated, and no repetition either."""
    if len(pattern) > 300 or not _HARMLESS_PATTERN.fullmatch(pattern) or _REPEATS.search(pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError):
        return None


def _at(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


_KEYWORDS: Mapping[str, Check] = {
    "type": _type,
    "$ref": _ref,
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "items": _items,
    "prefixItems": _prefix_items,
    "additionalItems": lambda *_: None,  # looked at with `items`
    "contains": _contains,
    "allOf": lambda run, value, wanted, _, path, depth: _combined(run, value, wanted, "allOf", path, depth),
    "anyOf": lambda run, value, wanted, _, path, depth: _combined(run, value, wanted, "anyOf", path, depth),
    "oneOf": lambda run, value, wanted, _, path, depth: _combined(run, value, wanted, "oneOf", path, depth),
    "not": _not,
    "if": _if,
    "dependencies": _dependent,
    "dependentRequired": _dependent,
    "dependentSchemas": _dependent,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _limit(_number, lambda size, least: size > least),
    "exclusiveMaximum": _limit(_number, lambda size, most: size < most),
    "multipleOf": _limit(_number, lambda size, unit: unit != 0 and math.isclose(size / unit, round(size / unit))),
    "minLength": _limit(_length_of(str), lambda size, least: size >= least),
    "maxLength": _limit(_length_of(str), lambda size, most: size <= most),
    "minItems": _limit(_length_of(list), lambda size, least: size >= least),
    "maxItems": _limit(_length_of(list), lambda size, most: size <= most),
    "minProperties": _limit(_length_of(dict), lambda size, least: size >= least),
    "maxProperties": _limit(_length_of(dict), lambda size, most: size <= most),
}
