"""The structure of OB 3.0: the official schema, the contexts' order, and what the text demands besides (OB 3.0, 8.1).

The schema is that of VC 1.1; VC 2.0 has `validFrom` and `validUntil` for `issuanceDate` and `expirationDate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from passport.badge.detection import contexts_of
from passport.verification.structure import Finding, shown, types_in
from passport.verification.structure_credential_rules import CONFORMS, FORMS, KINDS, OLD_DATES
from passport.verification.structure_credential_table import CLASSES, Class

VC_CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1")
_OB_CONTEXT = re.compile(r"ob/v3p0|openbadges-specification/context|jff-vc-edu-plugfest", re.IGNORECASE)
_BADGE_TYPES = frozenset({"AchievementCredential", "OpenBadgeCredential"})
_MAX_KEPT = 8
"""Contexts of a credential, of which what is wrong is kept at hand: nearly all credentials name the same ones."""
MAX_DEPTH = 12
"""Of objects within objects (a profile's parent's parent …)."""


def check_credential(credential: Mapping[str, object], *, partial: bool = False) -> list[Finding]:
    """Return what is not as the standard says in an AchievementCredential.

    Args:
        credential: the credential itself (not the claims of a JWT).
        partial: whether parts may be undisclosed (ecdsa-sd-2023, SD-JWT): what is missing is not held against it.
    """
    findings = _Findings(partial=partial)
    if not CONFORMS["AchievementCredential"](credential):  # else there is nothing to find
        findings.look_at(credential, "AchievementCredential", "", 0)
    _contexts(credential, findings)
    _types(credential, findings)
    _identified(credential, findings)
    return findings.found


def schema_findings(credential: Mapping[str, object], name: str = "AchievementCredential") -> list[Finding]:
    """Return what the official JSON Schema would find, and nothing else."""
    if CONFORMS[name](credential):
        return []
    findings = _Findings(partial=False)
    findings.look_at(credential, name, "", 0)
    return findings.found


class _Findings:
    """Walks a credential along the table and keeps what it finds."""

    def __init__(self, *, partial: bool) -> None:
        self.found: list[Finding] = []
        self.partial = partial

    def add(self, text: str, *, grave: bool = True) -> None:
        self.found.append(Finding(text, grave=grave))

    def look_at(self, thing: Mapping[str, object], name: str, path: str, depth: int) -> None:
        rules = CLASSES[name]
        for prop, value in thing.items():
            entry = rules.properties.get(prop)
            if entry is not None:
                kind, many = entry
                if many == "1":
                    self._value(value, kind, path, prop, depth)
                else:
                    self._values(value, kind, many, path, prop, depth)
            elif rules.closed:
                self.add(f"{_at(path, prop)} is not known to the standard ({_section(name)}).", grave=False)
        if not rules.required <= thing.keys():
            self._missing(thing, rules, name, path)

    def _missing(self, thing: Mapping[str, object], rules: Class, name: str, path: str) -> None:
        for prop in sorted(rules.required - thing.keys()):
            old = OLD_DATES.get(prop)
            if old in thing and old is not None:
                continue
            grave = not self.partial
            self.add(f"{_at(path, prop)} is missing; the standard demands it ({_section(name)}).", grave=grave)

    def _values(self, value: object, kind: str, many: str, path: str, prop: str, depth: int) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._value(item, kind, path, f"{prop}[{index}]", depth)
        elif many == "+":
            self._value(value, kind, path, prop, depth)
        else:
            self.add(f"{_at(path, prop)} must be a list (OB 3.0, {prop}).", grave=not _is_kind(value, kind))
            self._value(value, kind, path, prop, depth)

    def _value(self, value: object, kind: str, path: str, prop: str, depth: int) -> None:
        test = KINDS.get(kind)
        if test is not None:
            if not test[0](value):
                grave = not (kind == "context" and isinstance(value, str)) and not _is_in_languages(value, kind)
                self.add(f"{_at(path, prop)} must be {test[1]}, and is {shown(value)} (OB 3.0).", grave=grave)
        elif kind in FORMS:
            if not isinstance(value, str):
                self.add(f"{_at(path, prop)} must be a text, and is {shown(value)} (OB 3.0).")
            elif not FORMS[kind](value):
                self.add(f"{_at(path, prop)} is {shown(value)}, which the standard does not know.", grave=False)
        elif isinstance(value, dict):
            if depth < MAX_DEPTH:
                self.look_at(value, kind, _at(path, prop), depth + 1)
        else:
            # issuers write an address where the standard wants an Image or Profile; it says the same
            grave = not (isinstance(value, str) and kind in ("Image", "Profile", "Criteria", "Evidence"))
            self.add(f"{_at(path, prop)} must be an object, and is {shown(value)} ({_section(kind)}).", grave=grave)


def _contexts(credential: Mapping[str, object], findings: _Findings) -> None:
    value = credential.get("@context")
    if isinstance(value, list) and len(value) <= _MAX_KEPT and all(type(item) is str for item in value):
        findings.found += _wrong_contexts(tuple(value))
    else:
        findings.found += _look_at_contexts(value, contexts_of(credential))


@lru_cache(maxsize=64)
def _wrong_contexts(contexts: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(_look_at_contexts(list(contexts), contexts))


def _look_at_contexts(value: object, contexts: tuple[str, ...]) -> Iterator[Finding]:
    first = value[0] if isinstance(value, list) and value else value
    if first not in VC_CONTEXTS:
        text = "The first @context must be that of Verifiable Credentials, otherwise its words could mean anything"
        yield Finding(f"{text} (OB 3.0, AchievementCredential, @context).")
    if not any(_OB_CONTEXT.search(url) for url in contexts):
        yield Finding("The @context of Open Badges 3.0 is missing (OB 3.0, AchievementCredential, @context).")


def _types(credential: Mapping[str, object], findings: _Findings) -> None:
    if "type" not in credential:
        return
    types = types_in(credential["type"])
    if "VerifiableCredential" not in types or _BADGE_TYPES.isdisjoint(types):
        findings.add("Its type must name VerifiableCredential and OpenBadgeCredential (OB 3.0, type).")
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    for thing, name in ((subject, "AchievementSubject"), (achievement, "Achievement")):
        if isinstance(thing, dict) and "type" in thing and name not in types_in(thing["type"]):
            findings.add(f"What is to be the {name} says that it is {shown(thing['type'])} (OB 3.0, type).")


def _identified(credential: Mapping[str, object], findings: _Findings) -> None:
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and not subject.get("id") and not subject.get("identifier"):
        text = "It does not say to whom it was given: the subject has neither id nor identifier (OB 3.0, 8.1)."
        findings.add(text, grave=not findings.partial)


def _is_kind(value: object, kind: str) -> bool:
    return isinstance(value, dict) if kind in CLASSES else isinstance(value, str)


def _is_in_languages(value: object, kind: str) -> bool:
    """Whether a text is given as VC 2.0 allows for names and descriptions: with its language (VC 2.0, 11.1)."""
    items = value if isinstance(value, list) else [value]
    return kind == "text" and bool(items) and all(isinstance(item, dict) and "@value" in item for item in items)


def _at(path: str, prop: str) -> str:
    return f"{path}.{prop}" if path else prop


def _section(name: str) -> str:
    return f"OB 3.0, {name}"
