"""Statements in SVG pictures: one shot of expat with handlers, and nothing that could expand.

Open Badges Baking 2.0 (`openbadges:assertion`, namespace http://openbadges.org) and 3.0 section 5.3.2
(`openbadges:credential`, namespace https://purl.imsglobal.org/ob/v3p0). A bare DOCTYPE is skipped; an internal
subset or an entity is refused. One shot, because expat before 2.6 is quadratic in pieces (security.md 0, 12).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from passport.badge.statements import MAX_STATEMENT_BYTES, Form, Statement, Unbaked, addresses, form_of, settle

MAX_BYTES = 5 << 20
MAX_DEPTH = 256
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 256
"""These four: security.md 2.3, XML entities, depth, attributes, giant token."""

OLD_NAMESPACE = "http://openbadges.org"
NEW_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
ASSERTION = "assertion"
CREDENTIAL = "credential"
_NAMESPACES = frozenset(
    {OLD_NAMESPACE, NEW_NAMESPACE, OLD_NAMESPACE + "/", NEW_NAMESPACE + "/", "https://openbadges.org"}
)
_MARKERS = ("openbadges", "imsglobal.org/ob/")


class NotSvgError(Exception):
    """The XML is something else."""


class RefusedError(Exception):
    """The SVG is broken or holds what is not allowed; the message is a sentence for people."""


@dataclass(slots=True)
class Element:
    """One of our elements."""

    name: str
    """`assertion` or `credential`."""
    depth: int
    start: int
    """Byte index of its `<`."""
    verify: str | None
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    """Texts, each with whether it stood in CDATA."""
    end: int = 0
    """Byte index behind its end tag."""

    @property
    def body(self) -> str:
        """The text; white space outside CDATA is layout and left off at both ends, inside it belongs to the text."""
        pieces = list(self.pieces)
        if not any(cdata for _, cdata in pieces):
            return "".join(text for text, _ in pieces).strip()
        while pieces and not pieces[0][1] and not pieces[0][0].strip():
            pieces.pop(0)
        while pieces and not pieces[-1][1] and not pieces[-1][0].strip():
            pieces.pop()
        return "".join(text for text, _ in pieces)


class Scanner:
    """One pass over one SVG."""

    def __init__(self, file: bytes, *, roots: frozenset[str] = frozenset({"svg"})) -> None:
        self.file = file
        self._roots = roots
        self.elements: list[Element] = []
        self.root_start = -1
        self.root_content = -1
        """Byte index behind the start tag of the root."""
        self._depth = 0
        self._count = 0
        self._in_cdata = False
        self._text_length = 0
        self._waiting: list[Element] = []
        self._open: Element | None = None
        self._parser = self._make_parser()

    def scan(self) -> None:
        """Read it all.

        Raises:
            NotSvgError: the root is no `svg`.
            RefusedError: see there.
        """
        if len(self.file) > MAX_BYTES:
            raise RefusedError("The SVG is larger than 5 MiB.")
        try:
            self._parser.Parse(self.file, True)
        except expat.ExpatError as error:
            if self.root_start < 0:
                raise NotSvgError from error
            raise RefusedError(f"The SVG is not well-formed (line {error.lineno}).") from error
        except (LookupError, ValueError, UnicodeError) as error:
            raise NotSvgError from error

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = False  # so that CDATA and text around it come apart
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.ExternalEntityRefHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._comment
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        return parser

    def _note_position(self) -> None:
        """Note where the tag before this event ended."""
        here = self._parser.CurrentByteIndex
        if self.root_start >= 0 and self.root_content < 0:
            self.root_content = here
        while self._waiting:
            self._waiting.pop().end = here

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise RefusedError("The SVG declares things of its own in its DOCTYPE, which is refused.")

    def _entity(self, *_: object) -> NoReturn:
        raise RefusedError("The SVG uses entities of its own, which is refused.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._note_position()
        self._depth += 1
        self._count += 1
        self._check_limits(len(attributes))
        namespace, _, local = name.rpartition(" ")
        if self._depth == 1:
            self._root(local)
        if self._open is not None:
            raise RefusedError("There is markup inside the badge's element; readers would disagree about its text.")
        if namespace in _NAMESPACES and local in {ASSERTION, CREDENTIAL}:
            verify = attributes.get("verify", attributes.get(f"{namespace} verify"))
            self._open = Element(local, self._depth, self._parser.CurrentByteIndex, verify)
            self.elements.append(self._open)
            self._text_length = 0

    def _root(self, local: str) -> None:
        if local not in self._roots:
            raise NotSvgError
        self.root_start = self._parser.CurrentByteIndex

    def _check_limits(self, attributes: int) -> None:
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS or attributes > MAX_ATTRIBUTES:
            raise RefusedError("The SVG has too many elements or attributes, or is nested too deep.")

    def _end(self, _name: str) -> None:
        self._note_position()
        if self._open is not None and self._open.depth == self._depth:
            self._waiting.append(self._open)
            self._open = None
        self._depth -= 1

    def _text(self, text: str) -> None:
        self._note_position()
        if self._open is None:
            return
        self._text_length += len(text)
        if self._text_length > MAX_STATEMENT_BYTES:
            raise RefusedError("The badge's element holds more than 1 MiB of text.")
        self._open.pieces.append((text, self._in_cdata))

    def _comment(self, *_: object) -> None:
        self._note_position()
        if self._open is not None:
            # Readers differ on text that a comment cuts in two (CVE-2018-0489 and its kin).
            raise RefusedError("There is a comment inside the badge's element; readers would disagree about its text.")

    def _start_cdata(self) -> None:
        self._note_position()
        self._in_cdata = True
        if self._open is not None:
            self._open.pieces.append(("", True))

    def _end_cdata(self) -> None:
        self._in_cdata = False


def unbake(file: bytes) -> Unbaked:
    """Return what an SVG carries; kind `other` when the file is none."""
    scanner = Scanner(file)
    try:
        scanner.scan()
    except NotSvgError:
        return Unbaked("other")
    except RefusedError as error:
        # A picture that never had a badge is no bad badge, whatever else is wrong with it.
        return Unbaked("svg", problem=str(error) if names_badges(file) else None)
    return _settled(scanner.elements)


def names_badges(file: bytes) -> bool:
    """Return whether one of our namespaces stands in the file, in UTF-8 or UTF-16."""
    encodings = ("ascii", "utf-16-le", "utf-16-be")
    return any(marker.encode(encoding) in file for marker in _MARKERS for encoding in encodings)


def _settled(elements: list[Element]) -> Unbaked:
    kept: list[Statement] = []
    problems: list[str] = []
    notes: list[str] = []
    for name in (ASSERTION, CREDENTIAL):
        found = [statement for element in elements if element.name == name for statement in statements_of(element)]
        one, problem = settle(found)
        kept += one
        problems += [problem] if problem else []
    if elements and not kept:
        problems.append("The badge's element is empty.")
    if len(elements) > len(kept) and not problems:
        notes.append("The same statement stands in the picture more than once.")
    return Unbaked("svg", tuple(kept), tuple(notes), " ".join(problems) or None)


def statements_of(element: Element) -> list[Statement]:
    """Return the body and the `verify` attribute; a signature in the attribute stands above its own payload."""
    where = f"<openbadges:{element.name}>"
    body, verify = element.body, element.verify or ""
    found = []
    if body.strip():
        found.append(Statement(body, where))
    if verify.strip():
        found.append(Statement(verify, f"{where} verify"))
    if len(found) == 2 and form_of(body) is Form.JSON and form_of(verify) is Form.URL:
        return _hosted(found[0], found[1])
    return found


def _hosted(body: Statement, verify: Statement) -> list[Statement]:
    """A JSON body that does not say where it is hosted (OB 0.5) is hosted where the attribute says."""
    return [body, verify] if addresses(body.text) else [verify]
