"""Small pictures and statements, made from nothing."""

import json
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ASSERTION = json.dumps(
    {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://club.example/a/1.json",
        "recipient": {"type": "email", "hashed": False, "identity": "ann@example.org"},
        "issuedOn": "2024-03-01T10:00:00Z",
        "badge": "https://club.example/class.json",
        "verification": {"type": "hosted"},
    }
)
OTHER_ASSERTION = ASSERTION.replace("a/1.json", "a/2.json")
CREDENTIAL = json.dumps(
    {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "id": "urn:uuid:1",
        "issuer": {"id": "did:example:club", "type": ["Profile"], "name": "Hafenclub – Süd"},
        "validFrom": "2024-03-01T10:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:2",
                "type": ["Achievement"],
                "name": "Knoten ⚓",
                "description": "Ten knots.",
                "criteria": {"narrative": "Tie them."},
            },
        },
    },
    ensure_ascii=False,
)
JWS = "eyJhbGciOiJSUzI1NiJ9.eyJ1aWQiOiJhIn0.c2ln"
URL = "https://club.example/a/1.json"


def chunk(kind, data, crc=None):
    check = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def text_chunk(kind, keyword, text):
    """One of our text chunks: `tEXt`, `zTXt`, `iTXt`, or `iTXt-compressed`."""
    raw = text.encode() if isinstance(text, str) else text
    if kind == "tEXt":
        return chunk(b"tEXt", keyword + b"\0" + raw)
    if kind == "zTXt":
        return chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(raw))
    if kind == "iTXt":
        return chunk(b"iTXt", keyword + b"\0\0\0\0\0" + raw)
    return chunk(b"iTXt", keyword + b"\0\1\0en\0Abzeichen\0" + zlib.compress(raw))


def png(*before, behind=(), after_end=b"", size=(3, 2)):
    """A tiny RGB picture with chunks before and behind its pixels."""
    width, height = size
    rows = b"".join(b"\0" + bytes(range(3 * width)) for _ in range(height))
    return b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            *before,
            chunk(b"IDAT", zlib.compress(rows)),
            *behind,
            chunk(b"IEND", b""),
            after_end,
        ]
    )


def svg(inner="", *, head="", root='xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"'):
    return f'{head}<svg {root}>{inner}<circle r="4"/></svg>'.encode()


def old_element(body="", verify=None, prefix="openbadges"):
    attribute = "" if verify is None else f' verify="{verify}"'
    return f'<{prefix}:assertion xmlns:{prefix}="http://openbadges.org"{attribute}>{body}</{prefix}:assertion>'


def new_element(body="", verify=None, prefix="openbadges"):
    attribute = "" if verify is None else f' verify="{verify}"'
    namespace = "https://purl.imsglobal.org/ob/v3p0"
    return f'<{prefix}:credential xmlns:{prefix}="{namespace}"{attribute}>{body}</{prefix}:credential>'


def cdata(text):
    return f"<![CDATA[{text}]]>"
