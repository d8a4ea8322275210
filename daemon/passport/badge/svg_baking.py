"""Putting a statement into an SVG picture, every other byte as it was."""

from __future__ import annotations

from passport.badge.statements import Form, addresses, form_of
from passport.badge.svg import ASSERTION, NEW_NAMESPACE, OLD_NAMESPACE, NotSvgError, RefusedError, Scanner
from passport.errors import BakingError

_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
"""XML 1.0, 2.4 and 3.3.3. `xml.sax.saxutils` does the same, and loads urllib, http and ssl with it: 60 ms."""
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def bake(picture: bytes, statement: str, name: str) -> bytes:
    """Return the picture with the statement behind its root's start tag; earlier statements are taken out.

    Args:
        picture: an SVG.
        statement: JSON, a compact JWS, or a URL.
        name: `assertion` (OB 2.1 and before) or `credential` (OB 3.0).

    Raises:
        BakingError: the picture is no SVG that can be read safely.
    """
    scanner = Scanner(picture)
    try:
        scanner.scan()
    except NotSvgError as error:
        raise BakingError("The picture is no SVG.") from error
    except RefusedError as error:
        raise BakingError(str(error), remedy="Nothing was baked into it.") from error
    codec = _codec(picture)
    element = _element(statement, name).encode(codec)
    return _insert(_without_badges(picture, scanner), scanner, element, codec)


def _codec(picture: bytes) -> str:
    """Return how to write ASCII into this file: of all encodings expat reads, only UTF-16 is not a superset of it."""
    for bom, codec in _BOMS:
        if picture.startswith(bom):
            return codec
    head = picture[:2]
    if head == b"<\0":
        return "utf-16-le"
    return "utf-16-be" if head == b"\0<" else "ascii"


def _without_badges(picture: bytes, scanner: Scanner) -> list[bytes]:
    """Return the picture in two parts, up to the root's content and from there, without our elements."""
    parts, position = [picture[: scanner.root_content]], scanner.root_content
    rest = []
    for element in scanner.elements:
        rest.append(picture[position : element.start])
        position = element.end
    return [*parts, b"".join([*rest, picture[position:]])]


def _insert(parts: list[bytes], scanner: Scanner, element: bytes, codec: str) -> bytes:
    head, rest = parts
    empty_end = "/>".encode(codec)
    if head.endswith(empty_end):  # `<svg/>`; no other start tag ends so
        tag = head[scanner.root_start :].decode(codec, "replace")
        name = tag[1:].split(None, 1)[0].rstrip("/>")
        return head[: -len(empty_end)] + ">".encode(codec) + element + f"</{name}>".encode(codec) + rest
    return head + element + rest


def _element(statement: str, name: str) -> str:
    namespace = OLD_NAMESPACE if name == ASSERTION else NEW_NAMESPACE
    form = form_of(statement)
    verify, body = statement, ""
    if form is Form.JSON:
        verify, body = _hosted_at(statement) if name == ASSERTION else "", _cdata(statement)
    attribute = f" verify={_attribute(verify)}" if verify else ""
    return f'<openbadges:{name} xmlns:openbadges="{namespace}"{attribute}>{body}</openbadges:{name}>'


def _hosted_at(statement: str) -> str:
    """Return the URL of a hosted statement: `verify.url` where it has one, since it is what is fetched."""
    found = [url for url in addresses(statement) if form_of(url) is Form.URL]
    return found[-1] if found else ""


def _attribute(text: str) -> str:
    quoted = f'"{text.translate(_IN_ATTRIBUTE)}"'
    return "".join(c if c.isascii() else f"&#{ord(c)};" for c in quoted)


def _cdata(text: str) -> str:
    """Return CDATA that reads as exactly this text in any encoding.

    CDATA cannot hold `]]>`, a carriage return (XML 1.0 2.11 makes it a line feed) or what the file's encoding
    lacks, so those stand as references between two sections.
    """
    pieces = []
    for c in text.replace("]]>", "]]\0>"):
        if c == "\0":
            pieces.append("]]><![CDATA[")
        elif c == "\r" or not c.isascii():
            pieces.append(f"]]>&#{ord(c)};<![CDATA[")
        else:
            pieces.append(c)
    return f"<![CDATA[{''.join(pieces)}]]>"
