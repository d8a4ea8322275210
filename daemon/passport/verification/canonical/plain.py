"""JSON that says in plain names what its statements say.

A proof over RDF covers statements, and the same statements can be written in many ways: `validUntil` under its full
address, or moved to another object with the credential's id, is covered as before, and a reader of JSON no longer sees
it. VC Data Integrity 1.0 ("Context Validation", "Transformations") leaves this to the application. What is written in a
disguise is therefore called neither verified nor forged: *unknown*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError

IN_VALUES = frozenset({"@value", "@type", "@language", "@direction"})
MAX_CONTEXTS = 12
"""Of one object; honest badges have two to five."""


def refuse_disguises(document: Mapping[str, object], contexts: Contexts) -> None:
    """Refuse unknown and inline contexts, and keywords and addresses as names."""
    for element in _objects(document):
        for name in element:
            if name == "@context":
                context_urls(element[name], contexts)
            elif ":" in name or (name[:1] == "@" and not _is_value(element)):
                raise NotSupportedError(
                    f"It writes {name[:80]!r} where a plain name belongs, so it may read otherwise than it was signed."
                )


SECOND_HOME = "Two of its objects have the credential's own id, so it may read otherwise than it was signed."
"""Said where properties of the credential could have been moved to another object (in the same graph)."""


def undefined(term: object) -> str:
    """Return what is said of a term that no context defines."""
    return f"No context defines {str(term)[:80]!r}, so the proof does not cover it (VC Data Integrity 1.0, safe mode)."


def context_urls(context: object, contexts: Contexts) -> list[str]:
    """Return the addresses of an `@context`; refuse inline ones and those that are not shipped."""
    listed = context if isinstance(context, list) else [context]
    if len(listed) > MAX_CONTEXTS:
        raise DocumentRefusedError(f"It names {len(listed)} contexts, more than any badge needs (@context).")
    urls: list[str] = []
    for url in listed:
        if not isinstance(url, str):
            raise NotSupportedError(
                "It brings definitions of its own (an inline @context), which could change what its words mean."
            )
        if url not in contexts:
            raise NotSupportedError(f"The context {url[:200]} is not known here, so its proof cannot be checked.")
        urls.append(url)
    return urls


def _is_value(element: Mapping[str, object]) -> bool:
    return "@value" in element and IN_VALUES.issuperset(element)


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            yield one
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
