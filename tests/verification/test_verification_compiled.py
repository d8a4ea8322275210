"""The fast way from JSON-LD to statements: never another answer than PyLD, for any document over shipped contexts."""

from __future__ import annotations

import copy
import json
from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld.jsonld import JsonLdError, JsonLdProcessor
from tests.verification.documents import OB, OB0, TYPES, URLS, USUAL, VC1, VC2, documents, large
from tests.verification.test_verification_suites import VECTORS, all_contexts

from passport.verification.canonical import jsonld
from passport.verification.canonical.compiled.active import Active
from passport.verification.canonical.compiled.statements import DOUBLE, MAX_DEPTH, statements
from passport.verification.canonical.compiled.unsure import UnsureError
from passport.verification.canonical.contexts import Contexts, bundled, older_copies
from passport.verification.canonical.dataset import quads_by_pyld, quads_of
from passport.verification.canonical.rdfc10 import canonicalize
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError, TooHeavyError

OPTIONS = {"processingMode": "json-ld-1.1", "base": ""}
GOOD = {
    "@context": [VC2, OB.format(3)],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "id": "urn:uuid:1",
    "issuer": {"type": "Profile", "id": "did:key:z6Mk"},
    "credentialSubject": {
        "type": "AchievementSubject",
        "achievement": {"type": "Achievement", "id": "urn:uuid:2", "name": "N"},
    },
}


def fast(document: Any, contexts: Contexts) -> Any:
    try:
        return statements(document, contexts, Active({}))
    except UnsureError:
        return None


def compare(document: Any, contexts: Contexts, counter: Counter[str] | None = None) -> None:
    quads = fast(document, contexts)
    if counter is not None:
        counter["fast" if quads is not None else "slow"] += 1
    if quads is None:
        return
    try:
        slow = quads_by_pyld(copy.deepcopy(document), contexts)
    except (DocumentRefusedError, NotSupportedError) as error:
        raise AssertionError(f"PyLD refuses what the fast way takes: {error}\n{json.dumps(document)}") from error
    assert form(quads) == form(slow), json.dumps(document)


def form(quads: Any) -> str:
    try:
        return canonicalize(quads).text
    except TooHeavyError:
        return "too heavy"


def in_files() -> list[Any]:
    """Every object with contexts in the vectors, with and without its proof."""
    found: dict[str, Any] = {}
    files = [*VECTORS.glob("*/*/badge.json"), *VECTORS.glob("proofs/**/*.json"), *VECTORS.glob("*/*/*.har")]
    for file in sorted(files):
        try:
            pending = [json.loads(file.read_text(encoding="utf-8"))]
        except (ValueError, RecursionError):
            continue
        while pending:
            value = pending.pop()
            if isinstance(value, str) and value.startswith("{") and "@context" in value:
                value = json.loads(value)
            if isinstance(value, list):
                pending += value
            elif isinstance(value, dict):
                pending += value.values()
                if "@context" in value:
                    found[json.dumps(value)] = value
                    found[json.dumps(value) + "-"] = {name: one for name, one in value.items() if name != "proof"}
    return list(found.values())


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not here")
def test_all_documents_of_the_vectors_say_the_same_both_ways():
    counter: Counter[str] = Counter()
    contexts = all_contexts()
    for document in in_files():
        compare(document, contexts, counter)
        for older in older_copies():
            if any(url in str(document) for url in older.changed):
                compare(document, older, counter)
    assert counter["fast"] > 300, counter


STRATEGY = st.one_of(documents, large, large)


@given(STRATEGY)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_says_the_same_both_ways(document):
    compare(document, bundled())


@pytest.mark.long
@given(STRATEGY)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_of_very_many_documents_says_the_same_both_ways(document):
    compare(document, bundled())


def test_generated_documents_often_go_the_fast_way():
    counter: Counter[str] = Counter()

    @given(STRATEGY)
    @settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def count(document: Any) -> None:
        counter["fast" if fast(document, bundled()) is not None else "slow"] += 1

    count()
    assert counter["fast"] > 60, counter


def set_at(path: str, value: Any) -> Any:
    document: Any = copy.deepcopy(GOOD)
    *steps, last = path.split("/")
    place = document
    for step in steps:
        place = place[step]
    place[last] = value
    return document


SUBJECT = "credentialSubject/achievement"
REFUSED = [
    ("undefined", "x"),
    ("issuer/undefined", None),
    ("issuer/type", "Unknown"),
    ("issuer/id", "relative"),
    ("@context", {"@vocab": "https://x/"}),
    ("@context", [VC2, "https://unknown.example/"]),
    ("@context", None),
    ("validFrom", {"@value": "x", "undefined": 1}),
    ("issuer/id", 7),
    ("type", None),
    ("type", [7]),
    ("issuer/schema:name", "x"),
    (f"{SUBJECT}/@type", "Profile"),
    (f"{SUBJECT}/@id", "urn:x:y"),
    ("evidence", {"id": "urn:uuid:1", "name": "moved"}),
    (f"{SUBJECT}/image", "relative.png"),
    (f"{SUBJECT}/tag", {"a": 1}),
    ("issuer/id", "https://a b"),
    ("proof", "x"),
    ("proof", ["x"]),
]


@pytest.mark.parametrize(("path", "value"), REFUSED)
def test_what_safe_mode_refuses_is_never_taken_by_the_fast_way(path, value):
    document = set_at(path, value)
    assert fast(document, bundled()) is None
    with pytest.raises((DocumentRefusedError, NotSupportedError)):
        quads_by_pyld(document, bundled())


TAKEN = [
    (f"{SUBJECT}/name", None),
    (f"{SUBJECT}/tag", []),
    (f"{SUBJECT}/tag", ["a", "b", "a"]),
    (f"{SUBJECT}/tag", [["a"], [["b"]]]),
    (f"{SUBJECT}/image", {}),
    (f"{SUBJECT}/criteria", {"narrative": "x"}),
    (f"{SUBJECT}/creditsAvailable", 1.5),
    (f"{SUBJECT}/creditsAvailable", 3),
    (f"{SUBJECT}/creditsAvailable", "3"),
    ("issuer/official", True),
    ("issuer", "did:key:z6Mk"),
    ("evidence", [{"id": "https://x/", "type": "Evidence"}, {"type": "Evidence"}]),
    ("proof", {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod", "created": "2024-01-01T00:00:00Z"}),
    ("evidence", [None, {}]),
    ("proof", [{"type": "DataIntegrityProof"}, {"type": "DataIntegrityProof"}]),
    ("endorsement", [{**GOOD, "id": "urn:uuid:3"}]),
    (
        f"{SUBJECT}/resultDescription",
        [{"type": "ResultDescription", "allowedValue": ["b", "a", "b"], "id": "urn:uuid:9"}],
    ),
    (f"{SUBJECT}/resultDescription", {"type": ["ResultDescription"], "allowedValue": []}),
    (f"{SUBJECT}/creator", {"id": "https://x/", "type": "Profile"}),
    ("evidence", {"id": "urn:uuid:1"}),
    ("evidence", {"id": "urn:uuid:1", "type": "Evidence"}),
    ("issuer/name", 'a\u2028\u0000"\\\n'),
]


@pytest.mark.parametrize(("path", "value"), TAKEN)
def test_what_badges_say_goes_the_fast_way_and_says_the_same(path, value):
    document = set_at(path, value)
    assert fast(document, bundled()) is not None
    compare(document, bundled())


def definition_of(mapping: Any) -> tuple[Any, ...]:
    context = mapping.get("@context", "none")
    container = tuple(mapping.get("@container", ()))
    return (
        mapping["@id"],
        mapping["_prefix"],
        mapping["protected"],
        mapping.get("@type"),
        container,
        None if context is False else context,
    )


def in_pyld(active: Any) -> dict[str, Any]:
    return {term: definition_of(mapping) for term, mapping in active["mappings"].items()}


def in_ours(active: Active) -> dict[str, Any]:
    return {
        term: (
            one.id,
            one.is_prefix,
            one.protected,
            one.type,
            one.container,
            one.context if one.has_context else "none",
        )
        for term, one in active.definitions.items()
    }


def processed(active: Any, context: Any, **rules: Any) -> Any:
    options = {**OPTIONS, "contextResolver": jsonld._resolver(bundled())}
    try:
        return JsonLdProcessor()._process_context(active, context, options, **rules)
    except JsonLdError:
        return None


def ours(make: Any) -> Any:
    try:
        return make()
    except UnsureError:
        return None


def start() -> Any:
    return JsonLdProcessor()._get_initial_context(OPTIONS)


def test_every_pair_of_shipped_contexts_means_the_same():
    both = 0
    for first, second in product(URLS, URLS):
        expected = processed(start(), [first, second])
        mine = ours(lambda pair=[first, second]: Active({}).local(pair, bundled()))
        assert mine is None or expected is not None, (first, second)
        if mine is not None:
            both += 1
            assert in_ours(mine) == in_pyld(expected), (first, second)
    assert both > 100


@pytest.mark.parametrize("urls", [one for one in USUAL if one != [VC2]], ids=str)
def test_every_scoped_context_means_the_same(urls):
    theirs, mine = processed(start(), urls), Active({}).local(urls, bundled())
    for name, mapping in theirs["mappings"].items():
        if "@context" not in mapping:
            continue
        context = mapping["@context"]
        property_scoped = processed(theirs, None if context is False else context, override_protected=True)
        assert in_ours(mine.scoped(mine.definitions[name])) == in_pyld(property_scoped), name
        type_scoped = ours(lambda name=name: mine.typed(name)[0])
        if type_scoped is not None and context is not False:
            expected = processed(theirs, context, propagate=False)
            assert in_ours(type_scoped) == in_pyld(expected), name
            assert in_ours(type_scoped.previous) == in_pyld(expected["previousContext"])


def test_types_beside_each_other_mean_the_same():
    urls = [VC2, OB.format(3)]
    for pair in product(
        ["VerifiableCredential", "OpenBadgeCredential", "Profile", "Achievement", "DataIntegrityProof"], TYPES[:200:3]
    ):
        compare({"@context": urls, "type": list(pair), "id": "urn:x:y", "name": "N", "description": "D"}, bundled())


def test_what_strangers_write_does_not_fill_the_memory():
    active = Active({}).local([VC1, OB0], bundled())
    for number in range(1_000):
        active.typed(f"https://example.org/{number}")
    assert len(active._typed) <= 200


def test_a_context_beyond_what_is_known_is_left_to_pyld():
    for context in (
        {"@vocab": "https://x/"},
        {"@protected": "yes"},
        {"@protected": False},
        {"@version": 1.0},
        {"a": None},
        {"a": 7},
        {"a": "@graph"},
        {"a": "relative"},
        {"a": "b:x", "b": "a:y"},
        {"a:b": "https://x/a"},
        *(
            {"a": {"@id": "https://x/a", name: value}}
            for name, value in (
                ("@id", None), ("@id", "a"), ("@reverse", "https://x/a"), ("@language", "de"), ("@protected", "yes"),
                ("@type", "@none"), ("@type", 7), ("@type", "relative"), ("@type", "@json"), ("@type", DOUBLE[3:-1]),
                ("@container", "@language"), ("@container", ["@set", "@list"]), ("@container", [7]),
                ("@context", "https://c.example/"), ("@context", {"b": 7}),
            )
        ),
    ):  # fmt: skip
        assert fast(own({"a": "x"}), own_context(**context)) is None, context
    assert fast(own({"a": "x"}), own_context(a={"@id": "https://x/a", "@protected": True})) is not None


def own_context(**terms: Any) -> Contexts:
    return Contexts({"https://c.example/": json.dumps({"@context": {"id": "@id", "type": "@type", **terms}})})


def own(document: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://c.example/", "id": "urn:x:y", **document}


def test_where_names_mean_something_else_within_pyld_tells() -> None:
    known = own_context(a="https://x/a", T={"@id": "https://x/T", "@context": {"name": "@id"}})
    assert fast(own({"a": "x"}), known) is not None
    assert fast(own({"type": "T", "a": "x"}), known) is None, "a second name for ids"
    assert fast(own({"a": {"type": "T"}}), known) is None
    assert fast({"id": "urn:x:y", "a": "x"}, known) is None, "no context"
    assert fast(own({}), known) is None, "it says nothing"
    graph = own_context(g={"@id": "https://x/g", "@container": "@graph", "@type": "@id"}, a="https://x/a")
    assert fast(own({"g": {"a": "x"}}), graph) is not None
    assert fast(own({"g": "https://x/y"}), graph) is None, "a graph that is no object"


def test_a_context_within_a_context_counts_for_objects() -> None:
    inner = {"@id": "https://x/a", "@context": {"b": "https://x/b"}}
    known = own_context(a={"@id": "https://x/a", "@context": {"a": inner}})
    assert fast(own({"a": {"b": "x"}}), known) is not None
    compare(own({"a": {"b": "x"}}), known)


def test_a_type_that_clears_all_terms_clears_none_as_pyld_has_it() -> None:
    known = own_context(a="https://x/a", T={"@id": "https://x/T", "@context": None})
    assert fast(own({"type": "T", "a": "x"}), known) is not None
    compare(own({"type": "T", "a": "x"}), known)


def test_prefixes_and_numbers_mean_what_pyld_says() -> None:
    known = own_context(
        p="https://x/", q={"@id": "https://x/q"}, a="p:a", b={"@id": "p:b", "@type": "@id"}, c="p://c", d="p:d",
        n={"@id": "p:n", "@type": "p:kind"}, f={"@id": "p:f", "@type": DOUBLE[3:-1]},
    )  # fmt: skip
    for members in ({"a": "x", "n": 7}, {"b": "https://y/z"}, {"c": "x"}, {"d": [1.5, 0.0, -0.25, True, 10**14]}):
        assert fast(own(members), known) is not None, members
        compare(own(members), known)
    for members in ({"b": "p:z"}, {"f": 1}, {"f": 1.5}, {"f": "1.5"}, {"d": 10**15}, {"d": 10**21}, {"b": 7}):
        assert fast(own(members), known) is None, members
    assert fast(own({"a": "x"}), own_context(q={"@id": "https://x/q/"}, a="q:a")) is not None, (
        "q: is no prefix, but a scheme"
    )
    compare(own({"a": "x"}), own_context(q={"@id": "https://x/q/"}, a="q:a"))


def test_what_is_nested_deeply_is_left_to_pyld() -> None:
    known = own_context(a="https://x/a")
    for depth, taken in ((MAX_DEPTH - 1, True), (MAX_DEPTH, True), (MAX_DEPTH + 1, False), (5_000, False)):
        value: Any = {"a": "x"}
        for _ in range(depth - 1):
            value = {"a": value}
        assert (fast(own({"a": value}), known) is not None) == taken, depth


def alignments(**each: Any) -> Any:
    return set_at(f"{SUBJECT}/alignment", [{"type": ["Alignment"], "targetName": "x", **each}] * 4_000)


def test_a_large_document_is_never_left_to_pyld():
    """It compares each value with each other: four thousand objects took it minutes (design: none takes over 2 s)."""
    assert len(quads_of(alignments(), bundled())) > 8_000
    with pytest.raises(TooHeavyError):
        quads_of(alignments(targetDescription={"@value": "x", "@language": "de"}), bundled())
    with pytest.raises(DocumentRefusedError, match="undefinedTerm"):
        quads_of(alignments(undefinedTerm=1), bundled())
    with pytest.raises(NotSupportedError, match="plain name"):
        quads_of(alignments(**{"https://x.example/y": 1}), bundled())
