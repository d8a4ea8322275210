"""From a document to the statements that its proof covers, the fast way where it is known, else by PyLD."""

from __future__ import annotations

from collections.abc import Mapping

from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.plain import refuse_disguises
from passport.verification.canonical.rdfc10 import Quad


def quads_of(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the statements of a document; DocumentRefusedError or NotSupportedError where that cannot be."""
    from passport.verification.canonical import jsonld  # noqa: PLC0415

    refuse_disguises(document, contexts)
    return jsonld.quads(document, contexts)
