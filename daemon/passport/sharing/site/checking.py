"""What a published page carries so that a visitor's browser can check the badge: statement, key documents, scripts.

The page's own check trusts no hash, quads or verdict of ours; it gets the statement as it was signed, and copies of the
issuer's documents that hold the keys. The scripts are built from `verifier/` by joining its modules: no bundler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from passport.badge.model import AchievementCredential, Securing
from passport.sharing.privacy import Private
from passport.speech import Speech
from passport.verification.addresses import without_fragment
from passport.verification.canonical.contexts import bundled, older_copies
from passport.verification.documents import Documents
from passport.verification.keys import did_web_url
from passport.verification.remote import State, read_object, read_text

MODULES = ("speech", "reading", "keys", "owners", "dates", "canonical", "proofs", "signed", "checking", "page")
"""In the order in which they need each other."""
CHECKABLE = frozenset({Securing.JWS, Securing.VC_JWT, Securing.DATA_INTEGRITY})
MAX_COPY_BYTES = 64_000
MAX_EMBEDDED_CHARACTERS = 16_000
"""A longer statement (it carries its pictures) is loaded when it is checked, so that the page stays light."""
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What an address of the issuer answered, as the owner kept it."""

    url: str
    time: str
    """RFC 3339, UTC."""
    text: str


def key_copies(
    credential: AchievementCredential, documents: Documents, identities: Sequence[str] = ()
) -> tuple[Copy, ...]:
    """Return the documents on which the signature rests: keys, profiles and badge classes, no others.

    One in which one of the owner's addresses stands is left out.
    """
    found, private = dict[str, Copy](), Private.of(identities)
    for url in _addresses(credential, documents):
        reading = read_text(documents, url)
        if reading.state is not State.READ or len(reading.text.encode()) > MAX_COPY_BYTES:
            continue
        if not private.in_any(reading.text):
            found[reading.url] = Copy(url=reading.url, time=documents[reading.url].fetched_at, text=reading.text)
    return tuple(found.values())


def _addresses(credential: AchievementCredential, documents: Documents) -> Iterator[str]:
    """Yield where keys and profiles may be, in the words of the statement and of the documents that it names."""
    names = [*_names(_signed(credential)), credential.issuer.id or "", *_header_key(credential)]
    for name in names:
        yield from _place(name)
    for url in [address for name in names for address in _place(name)]:
        value = read_object(documents, url).value or {}
        for inner in _names(value):
            yield from _place(inner)


def _signed(credential: AchievementCredential) -> Mapping[str, object]:
    """Return what was signed, as it was signed: of older badges the document has the issuer's pages put in."""
    if credential.securing is not Securing.JWS:
        return credential.document
    from passport.badge.compact import parse_compact  # noqa: PLC0415 (only of signed badges of OB 1 and 2)

    return parse_compact(credential.source).payload


_MEMBERS = ("issuer", "badge", "verification", "verify", "creator", "url", "publicKey", "verificationMethod", "proof")


def _names(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the addresses that stand where keys, classes and profiles are named."""
    inner = document.get("vc")
    pending: list[object] = [document, inner if isinstance(inner, dict) else None]
    for _ in range(64):
        if not pending:
            return
        one = pending.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            pending.extend(one[:16])
        elif isinstance(one, dict):
            if one is not document and isinstance(one.get("id"), str):
                yield one["id"]
            pending.extend(one[member] for member in _MEMBERS if member in one)


def _header_key(credential: AchievementCredential) -> Iterator[str]:
    if credential.securing is Securing.VC_JWT:
        from passport.badge.compact import parse_again  # noqa: PLC0415 (only of JWTs)

        kid = parse_again(credential.source, credential.document).header.get("kid")
        if isinstance(kid, str):
            yield kid


def _place(name: str) -> Iterator[str]:
    if name.startswith("did:web:"):
        url = did_web_url(without_fragment(name))
        if url:
            yield url
    elif name.startswith(("https://", "http://")):
        yield without_fragment(name)


def carried(statement: str, copies: Sequence[Copy], *, file: str, status: str, hosted: str | None) -> str:
    """Return the JSON that the page carries, safe inside a script element."""
    data: dict[str, object] = {
        "copies": [{"url": copy.url, "time": copy.time, "text": copy.text} for copy in copies],
        "status": status,
        "hosted": hosted or "",
    }
    data |= {"statement": statement} if len(statement) <= MAX_EMBEDDED_CHARACTERS else {"from": file}
    return script_safe(json.dumps(data, ensure_ascii=False))


def script_safe(text: str) -> str:
    """Return JSON that cannot end the script element in which it stands."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def scripts(say: Speech) -> Mapping[str, bytes]:
    """Return what is shipped beside the pages, by its name in `assets/check/`."""
    return {**_code(), "texts.js": _texts(say)}


def _texts(say: Speech) -> bytes:
    """Return the texts of the check in the language of the pages, as a script; the longest first: they fit best."""
    told = sorted(say.checking, key=lambda pair: -len(pair[0]))
    return f"globalThis.badgePassportTexts = {script_safe(json.dumps(told, ensure_ascii=False))};\n".encode()


@cache
def _code() -> Mapping[str, bytes]:
    folder = resources.files("passport.sharing.site") / "verifier"
    modules = "".join(_joined((folder / f"{name}.js").read_text(encoding="utf-8")) for name in MODULES)
    given = "globalThis.badgePassportCheck = Object.assign(run, { check });"
    check = f'"use strict";\n(() => {{\n{modules}\n{given}\n}})();\n'
    return {
        "start.js": (folder / "start.js").read_bytes(),
        "check.js": check.encode(),
        "contexts.js": _contexts().encode(),
        "jsonld.min.js": (folder / "vendor" / "jsonld.min.js").read_bytes(),
        "LICENCES.txt": (folder / "vendor" / "LICENCES.txt").read_bytes(),
    }


LOADED = ("texts.js", "jsonld.min.js", "contexts.js", "check.js")
"""In this order, when the visitor asks."""


def _joined(module: str) -> str:
    return re.sub(r"^export ", "", _IMPORT.sub("", module), flags=re.MULTILINE)


def _contexts() -> str:
    """Return the shipped contexts as a script: the usual set, and what differs of older copies."""
    usual = {url: json.loads(text) for url, text in bundled().texts.items()}
    older = [{url: json.loads(copy.texts[url]) for url in copy.changed} for copy in older_copies()]
    sets = json.dumps(usual, ensure_ascii=False, separators=(",", ":"))
    rest = json.dumps(older, ensure_ascii=False, separators=(",", ":"))
    return (
        f'"use strict";\n(() => {{ const usual = {sets};\n'
        f"globalThis.badgePassportContexts = [usual, ...{rest}.map((older) => ({{ ...usual, ...older }}))]; }})();\n"
    )
