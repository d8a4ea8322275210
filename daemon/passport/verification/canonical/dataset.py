"""From a document to the statements that its proof covers, the fast way where it is known, else by PyLD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from passport.verification.canonical.compiled.active import Active
from passport.verification.canonical.compiled.statements import statements
from passport.verification.canonical.compiled.unsure import UnsureError
from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.plain import refuse_disguises
from passport.verification.canonical.rdfc10 import Quad


def quads_of(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the statements of a document; DocumentRefusedError or NotSupportedError where that cannot be."""
    try:
        return statements(document, contexts, _start(contexts))
    except UnsureError:
        return quads_by_pyld(document, contexts)


def quads_by_pyld(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the same the slow way, for any document."""
    from passport.verification.canonical import jsonld  # noqa: PLC0415  # 0.4 s to load

    refuse_disguises(document, contexts)
    return jsonld.quads(document, contexts)


@lru_cache(maxsize=8)
def _start(_contexts: Contexts) -> Active:
    """Return the active context without terms, with which all begins; one for each set of contexts."""
    return Active({})
