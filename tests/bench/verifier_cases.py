"""The badges that the bench of the verifier times: signed here and now, so that nothing of others is needed."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.disclosure import disclose
from tests.issuer import Issuer
from tests.issuer_keys import did_key, make_key, pem_of

from passport import Documents
from passport.badge.files import bake

LARGE = 25_000


@dataclass(frozen=True)
class Case:
    """One badge, a changed copy of it, and what a verifier may need."""

    name: str
    kind: str
    """How peers are to be called: ldp, jcs, sd, jwt, jws or hosted."""
    text: str
    """The JSON or compact text; of `jwt` the picture, in hexadecimal."""
    tampered: str
    key: str
    documents: Documents
    pages: Mapping[str, str]

    @cached_property
    def file(self) -> bytes:
        """The bytes that our verifier is given."""
        return bytes.fromhex(self.text) if self.kind == "jwt" else self.text.encode()

    @cached_property
    def tampered_file(self) -> bytes:
        """The same for the changed copy."""
        return bytes.fromhex(self.tampered) if self.kind == "jwt" else self.tampered.encode()

    def job(self) -> dict[str, Any]:
        """Return the case as a peer reads it."""
        names = ("name", "kind", "text", "tampered", "key", "pages")
        return {name: getattr(self, name) for name in names}


def cases() -> list[Case]:
    """Return all cases, by new keys."""
    issuer, elliptic = Issuer(), Issuer(key=make_key("P-256"))
    small = issuer.credential()
    large = enlarged(issuer)
    return [
        _ldp("small eddsa-rdfc-2022", "ldp", issuer, issuer.prove(small, "eddsa-rdfc-2022")),
        _ldp("large eddsa-rdfc-2022", "ldp", issuer, issuer.prove(large, "eddsa-rdfc-2022")),
        _ldp("ecdsa-rdfc-2019", "jcs", elliptic, elliptic.prove(elliptic.credential(), "ecdsa-rdfc-2019")),
        _ldp(
            "ecdsa-sd-2023", "sd", elliptic, disclose(elliptic.credential(issuer=did_key(elliptic.key)), elliptic.key)
        ),
        _ldp("eddsa-jcs-2022", "jcs", issuer, issuer.prove(small, "eddsa-jcs-2022")),
        _jwt(issuer),
        _jws(Issuer()),
        _hosted(Issuer()),
    ]


def enlarged(issuer: Issuer) -> dict[str, Any]:
    """Return a credential of some 25 kB: with alignments, results and endorsements' worth of text."""
    credential = issuer.credential()
    achievement = credential["credentialSubject"]["achievement"]
    achievement["alignment"] = []
    achievement["resultDescription"] = []
    number = 0
    while len(json.dumps(credential)) < LARGE:
        number += 1
        achievement["alignment"].append(
            {
                "type": ["Alignment"],
                "targetName": f"Skill {number}",
                "targetUrl": f"https://skills.example/{number}",
                "targetDescription": "What one can do who has this skill, told at some length for people.",
                "targetFramework": "Framework of skills",
                "targetType": "CFItem",
                "targetCode": f"S-{number}",
            }
        )
        achievement["resultDescription"].append(
            {
                "id": f"urn:uuid:10000000-0000-4000-8000-{number:012}",
                "type": ["ResultDescription"],
                "name": f"Result {number}",
                "resultType": "LetterGrade",
                "allowedValue": ["A", "B", "C", "D"],
                "requiredValue": "C",
            }
        )
    return credential


def _ldp(name: str, kind: str, issuer: Issuer, document: Mapping[str, Any]) -> Case:
    changed = json.loads(json.dumps(document))
    changed["credentialSubject"]["achievement"]["name"] = "Knot Mistress"
    return Case(name, kind, json.dumps(document), json.dumps(changed), pem_of(issuer.key), Documents(), {})


def _jwt(issuer: Issuer) -> Case:
    credential = issuer.credential()
    credential["credentialSubject"]["id"] = "mailto:ann@example.org"
    token = issuer.jwt(credential, sub="mailto:ann@example.org")
    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    pictures = [bake(photograph(), statement).hex() for statement in (token, forged)]
    return Case("VC-JWT in a PNG of 85 kB", "jwt", pictures[0], pictures[1], pem_of(issuer.key), Documents(), {})


def photograph() -> bytes:
    """Return a PNG of 85 kB that no compression makes smaller."""
    size = 145

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    rows = b"".join(b"\0" + os.urandom(size * 4) for _ in range(size))
    header = size.to_bytes(4, "big") * 2 + bytes((8, 6, 0, 0, 0))
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _jws(issuer: Issuer) -> Case:
    token = issuer.jws()
    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    return Case("OB 2 JWS", "jws", token, forged, "", issuer.documents(), _pages(issuer))


def _hosted(issuer: Issuer) -> Case:
    document = issuer.assertion()
    changed = {**document, "id": "https://elsewhere.example/1"}
    return Case("hosted", "hosted", json.dumps(document), json.dumps(changed), "", issuer.documents(), _pages(issuer))


def _pages(issuer: Issuer) -> dict[str, str]:
    return {url: answer.body.decode() for url, answer in issuer.pages.items()}
