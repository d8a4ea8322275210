"""JSON that holds badges: lists, presentations, learner records, and what other backpacks export.

Whoever made it, the badges in it are found by what they are; so one reader serves for all of these:

* Verifiable Presentations, VC 1.1 and 2.0, as JSON or JWT (`vp` claim or claims), `EnvelopedVerifiableCredential`;
* CLR 2.0 (`credentialSubject.verifiableCredential`), VerifierPlus' answers, CHAPI and VC API messages;
* Learner Credential Wallet: `Wallet Backup.json`, a list of `{"type": "UniversalWallet2020", "contents": […]}`
  (digitalcredentials/learner-credential-wallet app/lib/parseWallet.ts), which also holds keys: never kept whole;
* Badgr: `{"result": [{"openBadgeId": …, "recipient": …}]}` (badgr-server apps/backpack/serializers_v2.py);
* Open Badge Passport: `assertion_jws`, `assertion_url`, `assertion_json` (salava src/clj/salava/badge/parse.clj);
* Mozilla's displayer API: `{"badges": [{"hostedUrl": …, "assertion": …}]}`;
* 1EdTech's APIs: `{"results": […], "signedAssertions": […]}` (OB 2.1), `{"credential": […], "compactJwsString": […]}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from passport.badge import strict_json
from passport.badge.compact import decode_base64url
from passport.badge.containers.parts import Budget
from passport.badge.data_uris import data_of
from passport.badge.detection import CREDENTIAL_TYPES, is_badge_text, standard_of, types_of
from passport.badge.reading import is_url
from passport.badge.statements import Form, form_of
from passport.errors import ParseError

MAX_CHARACTERS = 20 << 20
_MAX_DEPTH = 3
"""Of texts in texts: a JWT in a presentation in a JWT."""
LOCKED_PREFIXES = ("locked_wallet:", "locked_profile:")
"""Learner Credential Wallet, app/lib/export.ts: encrypted with the owner's password."""

_ENVELOPES = frozenset({"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"})
_AWARDS = CREDENTIAL_TYPES | {"Assertion"}
_HINTS = frozenset({"credentialSubject", "recipient", "badge", "uid", "verify", "verification", "vc"})
"""Without one of these types or properties nothing is a badge, and most objects have none."""
_POINTERS = ("assertion_jws", "openBadgeId", "assertion_url", "hostedUrl")
"""Properties that lead to the statement itself, the strongest first; what stands beside them is a copy of parts."""
_NO_AWARDS = frozenset({"BadgeClass", "Issuer", "Profile"})


def statements_in(text: str, budget: Budget, depth: int = 0) -> Iterator[str]:
    """Yield the statements that a JSON or JWT text holds, each exactly as it stands there; its own, if it is one.

    What cannot be read holds none.

    Raises:
        LimitError: there are too many texts in the text.
    """
    if depth > _MAX_DEPTH:
        return
    budget.spend(len(text))
    if is_statement(text):
        yield text
        return
    if form_of(text) is Form.COMPACT:
        text = _payload_of(text)
    try:
        value = strict_json.loads(text, max_characters=MAX_CHARACTERS)
    except ParseError:
        return
    text = text.removeprefix("\ufeff")
    reader = _Reader(text, _spans(value, text), budget, depth)
    yield from reader.find(value)


def is_statement(text: str) -> bool:
    """Return whether a text is one badge, or was meant as one; what is too long for one may hold many."""
    return len(text) <= strict_json.MAX_CHARACTERS and is_badge_text(text)


def _payload_of(text: str) -> str:
    try:
        return decode_base64url(text.strip().split(".")[1], "the payload").decode("utf-8")
    except (ParseError, UnicodeDecodeError):
        return ""


def _spans(value: object, text: str) -> dict[int, tuple[int, int]]:
    """Return where each object of a document stands, by its identity: both run in the order of the text."""
    objects: list[dict[str, object]] = []
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            objects.append(item)
            waiting.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
    return {id(one): span for one, span in zip(objects, strict_json.object_spans(text), strict=True)}


class _Reader:
    """A walk through one document."""

    def __init__(self, text: str, spans: dict[int, tuple[int, int]], budget: Budget, depth: int) -> None:
        self._text = text
        self._spans = spans
        self._budget = budget
        self._depth = depth

    def find(self, value: object) -> Iterator[str]:
        """Yield the statements in a value; one that is a badge itself is one."""
        if isinstance(value, str):
            yield from self._in_text(value)
        elif isinstance(value, list):
            for item in value:
                yield from self.find(item)
        elif isinstance(value, dict):
            yield from self._in_object(value)

    def _in_properties(self, value: dict[str, object]) -> Iterator[str]:
        pointed = self._pointed(value)
        if pointed is not None:
            yield pointed
            return
        for inner in value.values():
            yield from self.find(inner)

    def _in_object(self, value: dict[str, object]) -> Iterator[str]:
        types = types_of(value)
        if types & _ENVELOPES:
            inner = _text_in(value.get("id"))
            yield from self._in_text(inner) if inner else ()
        elif (types & _AWARDS or _HINTS & value.keys()) and _is_badge(value):
            start, end = self._spans[id(value)]
            yield self._text[start:end]
        else:
            yield from self._in_properties(value)

    def _in_text(self, text: str) -> Iterator[str]:
        if text.lstrip()[:1] in {"{", "e"} and form_of(text) in {Form.JSON, Form.COMPACT}:
            yield from statements_in(text, self._budget, self._depth + 1)

    def _pointed(self, value: dict[str, object]) -> str | None:
        if value.get("entityType") in _NO_AWARDS:
            return None
        for name in _POINTERS:
            target = value.get(name)
            if isinstance(target, str) and (is_url(target) or form_of(target) is Form.COMPACT):
                # Badgr gives classes and issuers an `openBadgeId` too.
                return target if name != "openBadgeId" or "recipient" in value else None
        return None


def _is_badge(value: dict[str, object]) -> bool:
    try:
        standard_of(value)
    except ParseError:
        return False
    return True


def _text_in(url: object) -> str | None:
    """Return the text in a `data:` URL, as VC 2.0 section 4.13 puts enveloped credentials."""
    data = data_of(url) if isinstance(url, str) else None
    try:
        return None if data is None else data.decode("utf-8")
    except UnicodeDecodeError:
        return None
