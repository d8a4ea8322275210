"""JSON Canonicalization Scheme (RFC 8785)."""

from __future__ import annotations

from passport.verification.canonical.refusals import DocumentRefusedError


def canonicalize(document: object) -> bytes:
    """Return the canonical bytes; refuse what RFC 8785 cannot write (integers beyond 2^53, lone surrogates)."""
    import rfc8785  # noqa: PLC0415  # loaded when first needed

    try:
        return rfc8785.dumps(document)  # type: ignore[arg-type]  # checked by the library
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise DocumentRefusedError(f"The document has no canonical JSON form (RFC 8785): {error}.") from error
