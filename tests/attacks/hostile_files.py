"""Files that want to cost time, memory or the program's life; each number gives another one. A few kilobytes each."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.badge.pictures import ASSERTION, CREDENTIAL, SIGNATURE, chunk, old_element, png, svg, text_chunk

from passport.badge.files import bake

MANY = 8 << 20
"""What the bombs inflate to: eight times what is read of a statement."""


def text_bomb(number: int) -> bytes:
    return png(text_chunk("zTXt", b"openbadges", b"%d" % number + bytes(MANY)))


def pixel_bomb(number: int) -> bytes:
    """A badge whose picture says that it has 4096 x 4097 pixels, and nearly has."""
    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(1 + 4096 * 4)) for _ in range(64)) + rows.flush()
    head = struct.pack(">IIBBBBB", 4096, 4097 + number % 7, 8, 6, 0, 0, 0)
    picture = SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return bake(picture, statement(number))


def broken_png(number: int) -> bytes:
    whole = bake(png(), statement(number))
    return whole[: 60 + number * 7 % (len(whole) - 60)] + b"\xff" * (number % 50)


def deep_json(number: int) -> bytes:
    return b'{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","n":%d,"x":' % number + b"[" * 100_000


def wide_json(number: int) -> bytes:
    document = json.loads(CREDENTIAL) | {"id": f"urn:uuid:{number}", "x": [{"y": "z" * 20}] * 15_000}
    return json.dumps(document).encode()


def clique(number: int) -> bytes:
    """A graph of nodes without names that are all linked: a poison for canonicalisation (finding 3)."""
    document = json.loads(CREDENTIAL) | {"id": f"urn:uuid:{number}"}
    nodes = [f"_:n{each}" for each in range(8)]
    related = [{"id": node, "type": ["Related"], "related": [{"id": other} for other in nodes]} for node in nodes]
    document["credentialSubject"]["achievement"]["related"] = related
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
    key = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
    document |= {
        "issuer": key,
        "proof": proof | {"verificationMethod": f"{key}#{key[8:]}", "proofValue": "z" + "2" * 86},
    }
    return json.dumps(document).encode()


def double_keys(number: int) -> bytes:
    return statement(number)[:-1].encode() + b',"id":"https://other.example/"}'


def entities(number: int) -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<!DOCTYPE svg [<!ENTITY e0 "{number}">{levels}]>'
    return svg(old_element("&e8;"), head=head)


def deep_svg(number: int) -> bytes:
    return svg("<g>" * 20_000 + old_element(f"<![CDATA[{statement(number)}]]>"))


def packed_svg(number: int) -> bytes:
    return gzip.compress(svg(old_element(f"<![CDATA[{statement(number)}]]>") + " " * MANY), mtime=0)


def archive_bomb(number: int) -> bytes:
    content = bytes(MANY)
    for level in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in range(4):
                archive.writestr(f"{number}-{level}-{each}.zip", content)
        content = out.getvalue()
    return content


def mail_of_many(number: int) -> bytes:
    part = b"--b\r\nContent-Type: application/json\r\n\r\n{}\r\n"
    head = b"From: x@y.example\r\nSubject: %d\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head % number + part * 3000 + b"--b--\r\n"


def odd_pdf(number: int) -> bytes:
    """Objects that point at each other, and a stream that inflates."""
    stream = zlib.compress(bytes(MANY))
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/Names 3 0 R/openbadges %d>>endobj" % number,
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999/Parent 2 0 R>>endobj",
        b"3 0 obj<</EmbeddedFiles 3 0 R/Kids[3 0 R 3 0 R]>>endobj",
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream endobj",
    ]
    return b"%PDF-1.7\n" + b"\n".join(objects) + b"\ntrailer<</Root 1 0 R/Size 5/Prev 9>>\nstartxref\n9\n%%EOF\n"


def statement(number: int) -> str:
    return json.dumps(json.loads(ASSERTION) | {"id": f"https://club.example/a/{number}.json"})


KINDS: dict[str, Callable[[int], bytes]] = {
    "text-bomb.png": text_bomb,
    "pixel-bomb.png": pixel_bomb,
    "broken.png": broken_png,
    "deep.json": deep_json,
    "wide.json": wide_json,
    "clique.json": clique,
    "double.json": double_keys,
    "entities.svg": entities,
    "deep.svg": deep_svg,
    "packed.svgz": packed_svg,
    "bomb.zip": archive_bomb,
    "many.eml": mail_of_many,
    "odd.pdf": odd_pdf,
}


def hostile_files(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents, all kinds in turn."""
    kinds = list(KINDS.items())
    for number in range(count):
        name, make = kinds[number % len(kinds)]
        yield f"{number:05d}-{name}", make(number)


def write_hostile_files(folder: Path, count: int) -> None:
    """Write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in hostile_files(count):
        (folder / name).write_bytes(content)
