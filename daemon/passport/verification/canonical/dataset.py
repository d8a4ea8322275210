"""From a document to the statements that its proof covers, the fast way where it is known, else by PyLD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from passport.verification.canonical.compiled.active import Active
from passport.verification.canonical.compiled.statements import statements
from passport.verification.canonical.compiled.unsure import UndefinedError, UnsureError
from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.plain import refuse_disguises, undefined
from passport.verification.canonical.rdfc10 import Quad
from passport.verification.canonical.refusals import DocumentRefusedError, TooHeavyError
from passport.verification.canonical.work import spend

MAX_VALUES = 3_000
"""Of a document that PyLD is given."""
STEPS_A_VALUE = 15
"""What PyLD costs, in the steps of `canonical.work`."""
COMPARISONS_A_STEP = 20
"""PyLD compares each value of a property with each other: 3,000 tags take it seconds."""


def quads_of(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the statements of a document; DocumentRefusedError or NotSupportedError where that cannot be."""
    unknown = ""
    try:
        return statements(document, contexts, _start(contexts))
    except UndefinedError as error:
        unknown = error.name
    except UnsureError:
        pass
    refuse_disguises(document, contexts)
    try:
        spend(_cost_of(document))
    except TooHeavyError:
        if unknown:
            raise DocumentRefusedError(undefined(unknown)) from None
        raise
    return quads_by_pyld(document, contexts)


def quads_by_pyld(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the same the slow way, for any document that is not too large."""
    from passport.verification.canonical import jsonld  # noqa: PLC0415  # 0.4 s to load

    refuse_disguises(document, contexts)
    return jsonld.quads(document, contexts)


def _cost_of(document: Mapping[str, object]) -> int:
    """Return what PyLD will cost, in steps; TooHeavyError for more values than it is ever given."""
    values = comparisons = 0
    pending: list[object] = [document]
    while pending:
        one = pending.pop()
        values += 1
        if isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            comparisons += len(one) ** 2
            pending.extend(one)
        if values > MAX_VALUES:
            raise TooHeavyError("It is too large for what it holds, and would take long to check.")
    return values * STEPS_A_VALUE + comparisons // COMPARISONS_A_STEP


@lru_cache(maxsize=8)
def _start(_contexts: Contexts) -> Active:
    """Return the active context without terms, with which all begins; one for each set of contexts."""
    return Active({})
