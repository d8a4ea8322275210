"""Pictures, documents and containers to begin with: what honest programs make."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import mailbox
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

from pypdf import PdfWriter
from tests.badge.pictures import ASSERTION, CREDENTIAL, URL, cdata, new_element, old_element, png, svg, text_chunk
from tests.badge.samples import OB05, OB10, OB11, OB20, jwt

from passport.badge.baking import bake


def pngs() -> list[bytes]:
    kinds = [(b"openbadges", ASSERTION), (b"openbadges", URL), (b"openbadgecredential", CREDENTIAL)]
    return [
        *(png(text_chunk(kind, key, text)) for kind in ("iTXt", "tEXt", "zTXt", "compressed") for key, text in kinds),
        png(text_chunk("iTXt", b"openbadges", ASSERTION), behind=(text_chunk("tEXt", b"openbadges", URL),)),
        png(after_end=text_chunk("iTXt", b"openbadges", ASSERTION)),
    ]


def svgs() -> list[bytes]:
    return [
        svg(old_element(cdata(ASSERTION))),
        svg(old_element(verify=URL)),
        svg(new_element(cdata(CREDENTIAL))),
        svg(new_element(verify=jwt(json.loads(CREDENTIAL)))),
        svg(old_element(cdata(ASSERTION)), head='<?xml version="1.0" encoding="UTF-8"?><!-- x -->')
        .decode()
        .encode("utf-16"),
        gzip.compress(svg(old_element(cdata(ASSERTION))), mtime=0),
    ]


def pdfs() -> list[bytes]:
    plain, attached = PdfWriter(), PdfWriter()
    for writer in (plain, attached):
        writer.add_blank_page(10, 10)
    plain.add_metadata({"/openbadges": ASSERTION, "/openbadgecredential": CREDENTIAL})
    attached.add_attachment("badge.png", bake(png(), ASSERTION))
    attached.add_attachment("credential.json", CREDENTIAL.encode())
    files = []
    for writer in (plain, attached):
        out = io.BytesIO()
        writer.write(out)
        files.append(out.getvalue())
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    """Return an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def zips() -> list[bytes]:
    badge = bake(png(), ASSERTION)
    inner = zipped({"a.png": badge})
    return [
        zipped({"b.png": badge, "c.json": CREDENTIAL.encode()}),
        zipped({"inner.zip": inner, "../x.json": ASSERTION.encode()}),
    ]


def mail() -> bytes:
    """Return a mail with a badge attached."""
    message = EmailMessage()
    message["From"], message["Subject"] = "club@issuer.example", "Dein Abzeichen – hurra"
    message.set_content("See https://issuer.example/badges/1")
    message.add_attachment(bake(png(), ASSERTION), maintype="image", subtype="png", filename="Abzeichen – 1.png")
    return message.as_bytes()


def mails() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder) / "box")
        box.add(mail())
        box.add(mail())
        box.flush()
        return [mail(), (Path(folder) / "box").read_bytes()]


def records() -> list[bytes]:
    credential, token = json.loads(CREDENTIAL), jwt(json.loads(CREDENTIAL))
    presentation = {
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential, token, f"data:application/jwt,{token}"],
    }
    clr = {
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {"verifiableCredential": [credential]},
    }
    return [
        json.dumps(each).encode()
        for each in (presentation, clr, [credential, {"credential": credential}], {"badges": [OB20]})
    ]


def statements() -> list[bytes]:
    return [
        *(json.dumps(each).encode() for each in (OB05, OB10, OB11, OB20)),
        CREDENTIAL.encode(),
        json.dumps(_rich()).encode(),
    ]


def _rich() -> dict[str, object]:
    credential = json.loads(CREDENTIAL)
    credential["credentialSubject"] |= {
        "identifier": [
            {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$ab", "identityType": "emailAddress"}
        ],
        "result": [{"type": ["Result"], "resultDescription": "urn:uuid:3", "value": "9", "status": "Completed"}],
        "creditsEarned": 2.5,
    }
    credential["credentialSubject"]["achievement"] |= {
        "alignment": [{"type": ["Alignment"], "targetName": "x", "targetUrl": "https://s.example/1"}],
        "resultDescription": [
            {"id": "urn:uuid:3", "type": ["ResultDescription"], "name": "x", "resultType": "LetterGrade"}
        ],
        "endorsement": [
            {"type": ["VerifiableCredential", "EndorsementCredential"], "credentialSubject": {"id": "urn:uuid:2"}}
        ],
    }
    credential |= {
        "evidence": [{"id": "https://e.example/1", "type": ["Evidence"], "narrative": "x"}],
        "endorsementJwt": [jwt(OB20)],
    }
    return credential


def odd_json() -> list[bytes]:
    return [
        b'{"a":1,"a":2}',
        b"[" * 70 + b"]" * 70,
        b'["\\ud800","\\ud83d\\ude00",1e5,-0,1E+2,18446744073709551617]',
        b"[NaN,Infinity]",
    ]


def disclosures() -> list[bytes]:
    disclosure = ["salt", "name", "Ann"]
    digest = "ungated"
    return [
        json.dumps(
            [{"_sd": [digest], "_sd_alg": "sha-256", "list": [{"...": digest}]}, [disclosure, ["salt", "x"]]]
        ).encode(),
        _disclosing(),
    ]


def _disclosing() -> bytes:
    """Return a payload whose digests fit."""
    texts = [jwt(part).split(".")[1] for part in (["salt", "name", {"first": "Ann"}], ["salt", "second"])]
    digests = [base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode() for text in texts]
    payload = {"_sd": [digests[0]], "list": [{"...": digests[1]}, 1]}
    return json.dumps([payload, [["salt", "name", {"first": "Ann"}], ["salt", "second"]]]).encode()


def sd_jwt() -> bytes:
    payload, disclosures = json.loads(_disclosing())
    return "~".join([jwt(payload), *(jwt(each).split(".")[1] for each in disclosures), ""]).encode()


def dates() -> list[bytes]:
    return [
        b"2024-03-01T10:00:00Z",
        b"2024-03-01",
        b"2016-12-31T23:59:60Z",
        b"2024-03-01T24:00:00+05:30",
        b"20240301T100000Z",
        b"1359217910",
        b"2024-03-01 10:00:00.123456 +0100",
        b"0001-01-01T00:00:00+14:00",
        b"9999-12-31T23:59:59-12:00",
    ]
