"""Whatever address a badge names, in whatever field, nothing private is ever connected to (security 2.4: SSRF).

The network here is a seam that counts attempts: no socket is opened. The issuer's own pages are answered, so that the
fields further down the chain are reached too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fetching.test_fetching_addresses import FORMS, NAMES, Line
from tests.issuer import Issuer

from passport.fetching import Fetcher
from passport.intake.investigate import investigate
from passport.intake.pictures import with_picture
from passport.settings import NetworkSettings
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.files import verify

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
Make = Callable[[Issuer, str], bytes]


def hosted(**changes: Any) -> Make:
    return lambda issuer, url: json.dumps(issuer.assertion(**put(changes, url))).encode()


def signed(**changes: Any) -> Make:
    return lambda issuer, url: issuer.jws(**put(changes, url)).encode()


def credential(**changes: Any) -> Make:
    def make(issuer: Issuer, url: str) -> bytes:
        return json.dumps(issuer.prove(issuer.credential(**put(changes, url)))).encode()

    return make


def page(path: str, **changes: Any) -> Make:
    """A signed badge whose own address is sound, and one of whose issuer's pages names the address."""

    def make(issuer: Issuer, url: str) -> bytes:
        issuer.lie(issuer.url(path), put(changes, url))
        return issuer.jws().encode()

    return make


def header(name: str) -> Make:
    return lambda issuer, url: issuer.jwt(header={name: url}).encode()


def achievement(**changes: Any) -> Make:
    def make(issuer: Issuer, url: str) -> bytes:
        document = issuer.credential()
        document["credentialSubject"]["achievement"].update(put(changes, url))
        return json.dumps(issuer.prove(document)).encode()

    return make


def proof(**changes: Any) -> Make:
    return lambda issuer, url: json.dumps(issuer.prove(issuer.credential(), **put(changes, url))).encode()


def put(value: Any, url: str) -> Any:
    """Put the address where `HERE` stands."""
    if isinstance(value, dict):
        return {name: put(inner, url) for name, inner in value.items()}
    if isinstance(value, list):
        return [put(inner, url) for inner in value]
    return value.replace("HERE", url) if isinstance(value, str) else value


STATUS = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "5"}
ENDORSEMENT = {"type": ["VerifiableCredential", "EndorsementCredential"], "issuer": {"id": "HERE", "type": ["Profile"]}}
FIELDS: dict[str, Make] = {
    "an address alone": lambda issuer, url: url.encode(),
    "OB 2 id": hosted(id="HERE"),
    "OB 2 badge": hosted(badge="HERE"),
    "OB 2 image": hosted(image="HERE"),
    "OB 2 evidence": hosted(evidence=[{"id": "HERE"}]),
    "OB 2 verification.url": hosted(verification={"type": "hosted", "url": "HERE"}),
    "OB 1 verify.url": hosted(verification=None, verify={"type": "hosted", "url": "HERE"}, uid="1"),
    "OB 2 verification.creator": signed(verification={"type": "signed", "creator": "HERE"}),
    "OB 2 issuer": page("/class", issuer="HERE"),
    "OB 2 badge image": page("/class", image="HERE"),
    "OB 2 criteria": page("/class", criteria="HERE"),
    "OB 2 endorsement": page("/class", endorsement="HERE"),
    "OB 2 publicKey": page("/profile", publicKey=["HERE"]),
    "OB 2 revocationList": page("/profile", revocationList="HERE"),
    "OB 2 key owner": page("/key", owner="HERE"),
    "OB 3 issuer": lambda issuer, url: issuer.jwt(issuer.credential(issuer=url)).encode(),
    "OB 3 did:web": lambda issuer, url: issuer.jwt(
        issuer.credential(issuer="did:web:" + url.partition("://")[2].rstrip("/").replace(":", "%3A").replace("/", ":"))
    ).encode(),
    "OB 3 jku": header("jku"),
    "OB 3 x5u": header("x5u"),
    "OB 3 kid": header("kid"),
    "OB 3 verificationMethod": proof(verificationMethod="HERE#key-1"),
    "OB 3 credentialStatus": credential(credentialStatus=STATUS | {"id": "HERE#5", "statusListCredential": "HERE"}),
    "OB 3 revocation list of 1EdTech": credential(credentialStatus={"id": "HERE", "type": "1EdTechRevocationList"}),
    "OB 3 credentialSchema": credential(credentialSchema=[{"id": "HERE", "type": "1EdTechJsonSchemaValidator2019"}]),
    "OB 3 refreshService": credential(refreshService={"id": "HERE", "type": "1EdTechCredentialRefresh"}),
    "OB 3 context": lambda issuer, url: json.dumps(
        issuer.prove(issuer.credential()) | {"@context": [*issuer.credential()["@context"], url]}
    ).encode(),
    "OB 3 image": achievement(image={"id": "HERE", "type": "Image"}),
    "OB 3 criteria": achievement(criteria={"id": "HERE"}),
    "OB 3 endorsement": credential(endorsement=[ENDORSEMENT]),
    "OB 3 evidence": credential(evidence=[{"id": "HERE", "type": ["Evidence"]}]),
}


async def ask_all(issuer: Issuer, file: bytes, fetcher: Fetcher) -> Documents:
    """Go a badge's whole road outside: the issuer's own pages are there, all else goes through the one door."""

    async def fetch(url: str) -> RemoteDocument:
        own = url in issuer.pages and url.startswith(issuer.origin)
        return issuer.answer(url) if own else await fetcher(url)

    async def examine(documents: Documents):
        return verify(file, documents, now=NOW)

    found = await investigate(examine, fetch, Documents())
    return (await with_picture(found, file, fetch)).documents


def urls() -> Iterator[str]:
    """Return the forms of private addresses that can stand in a badge as text (others name a public host wrongly)."""
    yield from (form for form in FORMS if "\x00" not in form and "public.example" not in form)


@pytest.mark.parametrize("name", FIELDS)
async def test_no_field_leads_to_a_private_address(name: str):
    line = Line(NAMES)
    async with line.fetcher() as fetcher:
        for url in urls():
            issuer = Issuer(key=KEYS.key, rsa_key=KEYS.rsa_key)
            await ask_all(issuer, FIELDS[name](issuer, url), fetcher)
            assert line.opened == 0, url


async def test_the_seam_sees_fields_that_are_asked():
    """Else the test above would prove nothing: with a public address most fields make an attempt."""
    seen = set()
    for name, make in FIELDS.items():
        line = Line(NAMES)
        async with line.fetcher() as fetcher:
            issuer = Issuer(key=KEYS.key, rsa_key=KEYS.rsa_key)
            await ask_all(issuer, make(issuer, "https://public.example/x"), fetcher)
        if line.opened:
            seen.add(name)
    print(len(seen), "fields ask; never:", sorted(set(FIELDS) - seen))
    assert len(seen) >= 17
    assert not seen & {"OB 3 jku", "OB 3 x5u", "OB 3 context"}, "what a header or context names is never asked"


async def test_with_the_guard_off_the_seam_counts():
    """The defence off (a setting of closed networks): the same forms are connected to."""
    line = Line(NAMES)
    fetcher = Fetcher(
        NetworkSettings(allow_private_addresses=True),
        lambda: NOW,
        lookup=line.lookup,
        open_socket=line.open_socket,
    )
    async with fetcher:
        for url in urls():
            issuer = Issuer(key=KEYS.key, rsa_key=KEYS.rsa_key)
            await ask_all(issuer, FIELDS["OB 2 badge"](issuer, url), fetcher)
    assert line.opened > 40


KEYS = Issuer()
