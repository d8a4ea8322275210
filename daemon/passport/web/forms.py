"""What a form of our own pages sends: fields and files (HTML, 4.10.21.7 and 4.10.21.8; RFC 7578)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from passport.web.problems import Problem

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_TYPES = (URLENCODED, MULTIPART)
MAX_FIELDS = 12_000
"""More than all badges of a large passport selected at once."""
_BOUNDARY = re.compile(r"""boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))""", re.IGNORECASE)
_NAME = re.compile(r'\bname="([^"]*)"')
_FILE_NAME = re.compile(r'\bfilename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, byte for byte."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def one(self, name: str) -> str:
        """Return the last value of a field; empty: it was not filled in."""
        return self.all(name)[-1] if self.all(name) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return self.fields.get(name, ())


FORM = web.RequestKey("form", Form)


async def form_of(request: web.Request) -> Form:
    """Return the form of a request whose body the guard has read. Raise Problem (400)."""
    if FORM not in request:
        request[FORM] = parse_form(request.headers.get("Content-Type", ""), await request.read())
    return request[FORM]


def parse_form(content_type: str, body: bytes) -> Form:
    """Read a form. Raise Problem (400)."""
    if content_type.lower().startswith(MULTIPART):
        return _multipart(content_type, body)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Problem(400, "wrong-form", "The form cannot be read.") from error
    return Form(_grouped(pairs))


def _multipart(content_type: str, body: bytes) -> Form:
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise Problem(400, "wrong-form", "The form has no boundary.")
    boundary = b"\r\n--" + (match[1] or match[2]).encode()
    first, *parts = (b"\r\n" + body).split(boundary, MAX_FIELDS)
    if first.strip() or not parts or not parts[-1].startswith(b"--"):
        raise Problem(400, "wrong-form", "The form did not come whole.")
    pairs: list[tuple[str, str]] = []
    files: list[Upload] = []
    for part in parts[:-1]:
        _read_part(part.removeprefix(b"\r\n"), pairs, files)
    return Form(_grouped(pairs), tuple(files))


def _read_part(part: bytes, pairs: list[tuple[str, str]], files: list[Upload]) -> None:
    head, _, content = part.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    said = next((line for line in lines if line.lower().startswith("content-disposition:")), "")
    name, file_name = _NAME.search(said), _FILE_NAME.search(said)
    if file_name is not None:
        if file_name[1] or content:
            files.append(Upload(file_name[1], content))
    elif name is not None:
        pairs.append((name[1], content.decode("utf-8", "replace")))


def _grouped(pairs: list[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}
