"""RDF Dataset Canonicalization against the tests of the W3C, and poison."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.nquads import read

from passport.verification.canonical.rdfc10 import canonicalize, orders
from passport.verification.canonical.refusals import TooHeavyError

SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "rdfc10"
here = pytest.mark.skipif(not SUITE.exists(), reason="the vectors are not here")


def entries(kind):
    manifest = json.loads((SUITE / "manifest.jsonld").read_text()) if SUITE.exists() else {"entries": []}
    return [pytest.param(entry, id=entry["id"]) for entry in manifest["entries"] if entry["type"] == f"rdfc:{kind}"]


def run(entry, **limits):
    hash_name = {"SHA384": "sha384"}.get(entry.get("hashAlgorithm"), "sha256")
    return canonicalize(read((SUITE / entry["action"]).read_text()), hash_name=hash_name, **limits)


def test_the_manifest_holds_the_kinds_of_tests_that_are_run_here():
    if SUITE.exists():
        manifest = json.loads((SUITE / "manifest.jsonld").read_text())
        kinds = {entry["type"] for entry in manifest["entries"]}
        assert kinds == {"rdfc:RDFC10EvalTest", "rdfc:RDFC10MapTest", "rdfc:RDFC10NegativeEvalTest"}


@here
@pytest.mark.parametrize("entry", entries("RDFC10EvalTest"))
def test_the_canonical_document_is_that_of_the_w3c(entry):
    assert run(entry).text == (SUITE / entry["result"]).read_bytes().decode()


@here
@pytest.mark.parametrize("entry", entries("RDFC10MapTest"))
def test_the_issued_identifiers_are_those_of_the_w3c(entry):
    expected = json.loads((SUITE / entry["result"]).read_text())
    assert {name[2:]: label[2:] for name, label in run(entry).identifiers.items()} == expected


@here
@pytest.mark.parametrize("entry", entries("RDFC10NegativeEvalTest"))
def test_poison_is_given_up(entry):
    with pytest.raises(TooHeavyError):
        run(entry)


def clique(nodes):
    return [(f"_:n{a}", "<urn:p>", f"_:n{b}", "") for a in range(nodes) for b in range(nodes) if a != b]


@pytest.mark.parametrize("nodes", [8, 12, 30, 150])
def test_nodes_that_are_all_linked_are_given_up(nodes):
    with pytest.raises(TooHeavyError):
        canonicalize(clique(nodes))


def test_many_equal_neighbours_are_given_up():
    star = [("_:hub", "<urn:p>", f"_:leaf{i}", "") for i in range(2000)]
    with pytest.raises(TooHeavyError):
        canonicalize([*star, *(("_:hub2", p, o, g) for _, p, o, g in star)])


def test_line_ends_of_unicode_are_no_line_ends():
    quads = [("_:a", "<urn:p>", f'"x{end}y"', "") for end in "\x0b\x85\u2028\u2029"]
    assert len(canonicalize(quads).lines) == 4


def test_what_stands_twice_counts_once():
    quad = ("_:a", "<urn:p>", "_:b", "")
    assert len(canonicalize([quad, quad]).lines) == 1


NODE = st.sampled_from(["_:a", "_:b", "_:c", "_:d"])
PREDICATE = st.sampled_from(["<urn:p>", "<urn:q>"])
QUAD = st.tuples(NODE | st.just("<urn:s>"), PREDICATE, NODE | st.just('"x"'), NODE | st.just(""))
QUADS = st.lists(QUAD, min_size=1, max_size=6)


@given(QUADS, st.sampled_from(list(permutations(["_:a", "_:b", "_:c", "_:d"]))), st.randoms())
def test_names_of_blank_nodes_and_order_do_not_matter(quads, names, random):
    renamed = dict(zip(["_:a", "_:b", "_:c", "_:d"], names, strict=True))
    other = [(renamed.get(s, s), p, renamed.get(o, o), renamed.get(g, g)) for s, p, o, g in quads]
    random.shuffle(other)
    assert canonicalize(quads).text == canonicalize(other).text


@given(st.lists(st.sampled_from("abc"), max_size=6))
def test_each_order_comes_once(nodes):
    found = list(orders(nodes))
    assert len(found) == len(set(found))
    assert set(found) == set(permutations(nodes))


def test_a_graph_with_many_statements_of_one_node_is_light_work():
    quads = [(f"_:{n}", f"<urn:p{i}>", f'"{i}"', f"_:g{n}") for n in "ab" for i in range(30)]
    assert len(canonicalize(quads).lines) == 60
