"""JSON-LD 1.1 by PyLD, in safe mode: any document over any shipped context, slowly.

Safe mode: what a proof would silently leave out is refused (VC Data Integrity 1.0, "Securing Data Losslessly").
PyLD's processor keeps caches that are not safe for threads: call this from one thread of a process at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from passport.verification.canonical import terms
from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.plain import SECOND_HOME, undefined
from passport.verification.canonical.rdfc10 import Quad
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError

CACHED_CONTEXTS = 1000
"""Scoped contexts fill PyLD's own cache of 100 with a single credential."""


def quads(document: Mapping[str, object], contexts: Contexts) -> list[Quad]:
    """Return the statements of a document; refuse what is lost on the way."""
    from pyld.jsonld import JsonLdError, JsonLdProcessor  # noqa: PLC0415  # 0.4 s; only where the compiled way does not know

    dropped: list[object] = []
    options = {"contextResolver": _resolver(contexts), "documentLoader": _refuse_to_load, "base": None}
    try:
        expanded = JsonLdProcessor(on_property_dropped=dropped.append).expand(dict(document), options)
        if dropped:
            raise DocumentRefusedError(undefined(dropped[0]))
        refuse_relative(expanded)
        if expanded and len(list(_homes(expanded[0].get("@id"), expanded))) > 1:
            raise NotSupportedError(SECOND_HOME)
        return list(_from_dataset(JsonLdProcessor().to_rdf(expanded, options)))
    except JsonLdError as error:
        raise _explained(error) from error
    except RecursionError as error:
        raise NotSupportedError("The document is nested too deeply.") from error


def refuse_relative(expanded: object) -> None:
    """Refuse relative `@id` and `@type`, which PyLD drops when it makes statements."""
    if isinstance(expanded, list):
        for item in expanded:
            refuse_relative(item)
    elif isinstance(expanded, Mapping) and "@value" not in expanded:
        for key in ("@id", "@type"):
            values = expanded.get(key, [])
            for value in values if isinstance(values, list) else [values]:
                if not str(value).startswith("_:"):
                    terms.iri(str(value))
        for key, value in expanded.items():
            if key not in ("@id", "@type"):
                refuse_relative(value)


def _homes(id_: object, expanded: object) -> Iterator[Mapping[str, object]]:
    """Iterate over the objects of the default graph that say something of `id_`."""
    if isinstance(expanded, list):
        for item in expanded:
            yield from _homes(id_, item)
    elif isinstance(expanded, Mapping):
        if id_ is not None and expanded.get("@id") == id_ and not expanded.keys() <= {"@id", "@type"}:
            yield expanded
        for key, value in expanded.items():
            if key != "@graph":
                yield from _homes(id_, value)


@lru_cache(maxsize=8)
def _resolver(contexts: Contexts) -> Any:  # noqa: ANN401  # PyLD has no types
    from cachetools import LRUCache  # noqa: PLC0415 (only where the compiled way does not know)
    from pyld.context_resolver import ContextResolver  # noqa: PLC0415 (as above)

    def load(url: str, _options: object) -> dict[str, object]:
        if url not in contexts:
            raise NotSupportedError(f"The context {url} is not known here, so the proof cannot be checked.")
        document = {"@context": contexts.load(url)}
        return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}

    return ContextResolver(LRUCache(maxsize=CACHED_CONTEXTS), load)


def _refuse_to_load(url: str, _options: object) -> dict[str, object]:
    raise NotSupportedError(f"{url} would have to be fetched.")


def _explained(error: BaseException) -> DocumentRefusedError | NotSupportedError:
    """Return the refusal within a PyLD error, or one that says PyLD's reason."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, DocumentRefusedError | NotSupportedError):
            return cause
        error, cause = cause, cause.__cause__
    return DocumentRefusedError(f"The document is no JSON-LD: {str(error).split(chr(10), maxsplit=1)[0][:200]}")


def _from_dataset(dataset: Mapping[str, Any]) -> Iterator[Quad]:
    for name, triples in dataset.items():
        graph = "" if name == "@default" else name if name.startswith("_:") else terms.iri(name)
        for triple in triples:
            yield _term(triple["subject"]), _term(triple["predicate"]), _term(triple["object"]), graph


def _term(term: Mapping[str, str]) -> str:
    if term["type"] == "IRI":
        return terms.iri(term["value"])
    if term["type"] == "blank node":  # no sentence
        return term["value"]
    return terms.literal(term["value"], term["datatype"], term.get("language", ""))
