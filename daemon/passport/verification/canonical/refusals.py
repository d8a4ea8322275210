"""Why a document has no canonical form here."""

from __future__ import annotations

from passport.errors import PassportError


class DocumentRefusedError(PassportError):
    """The document breaks a rule of the standard: no proof can cover what it shows. The answer is *failed*."""


class NotSupportedError(PassportError):
    """The document may be right, and this program cannot tell. The answer is *unknown*."""


class TooHeavyError(NotSupportedError):
    """Canonicalisation was given up at its work limit (RDF Dataset Canonicalization 1.0, section 7.1)."""
