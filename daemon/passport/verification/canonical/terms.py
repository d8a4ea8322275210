"""RDF terms as N-Quads writes them in canonical form (RDF 1.1 N-Quads; RDF Dataset Canonicalization 1.0, section 5)."""

from __future__ import annotations

import re

from passport.verification.canonical.refusals import DocumentRefusedError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = f"<{RDF}type>"
RDF_FIRST = f"<{RDF}first>"
RDF_REST = f"<{RDF}rest>"
RDF_NIL = f"<{RDF}nil>"

ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+\-.]*:[^\s<>\"\x00-\x20\x7f]*", re.ASCII)
"""What may stand between < and >. White space and brackets would let one address be read as several statements."""
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", re.ASCII)
"""BCP 47, as N-Quads admits it."""

_NEEDS_ESCAPE = re.compile(r"[\x00-\x1f\x7f\"\\]")
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def iri(value: str) -> str:
    """Return an IRI in brackets; refuse what is no absolute IRI."""
    if not ABSOLUTE_IRI.fullmatch(value):
        raise DocumentRefusedError(f"{value[:80]!r} is no absolute address, so the proof cannot cover it.")
    return f"<{value}>"


def literal(value: str, datatype: str = "", language: str = "") -> str:
    """Return a literal: plain, with a language, or with a datatype other than xsd:string."""
    quoted = f'"{_NEEDS_ESCAPE.sub(_escape, value)}"'
    if language:
        if not LANGUAGE.fullmatch(language):
            raise DocumentRefusedError(f"{language[:40]!r} is no language tag.")
        return f"{quoted}@{language}"
    return f"{quoted}^^{iri(datatype)}" if datatype and datatype != f"{XSD}string" else quoted


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"
