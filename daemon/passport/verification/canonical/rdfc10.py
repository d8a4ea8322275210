"""RDF Dataset Canonicalization 1.0 (W3C Recommendation), with SHA-256 or SHA-384 and a limit to the work.

A quad is four strings in N-Quads syntax: subject, predicate, object, graph (empty: the default graph). Blank nodes
start with `_:`, and nothing else does. What is hashed is made directly from them, never by way of an N-Quads reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations

from passport.verification.canonical.refusals import TooHeavyError
from passport.verification.canonical.work import left, spend

Quad = tuple[str, str, str, str]

WORK_LIMIT = 40_000
"""Steps through related blank nodes; some 0.3 s. Section 7.1 (Dataset Poisoning) demands a limit."""


QUADS_A_STEP = 2
"""Statements that are expanded, sorted and hashed in the time of a step."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical form of a dataset."""

    lines: tuple[str, ...]
    """Canonical N-Quads in code point order, each with its line feed."""
    identifiers: dict[str, str]
    """The issued identifiers map: blank node as it came in, to `_:c14n…`."""

    @property
    def text(self) -> str:
        """Return the canonical document."""
        return "".join(self.lines)


def canonicalize(quads: Iterable[Quad], *, hash_name: str = "sha256", work_limit: int = WORK_LIMIT) -> Canonical:
    """Return the canonical form (section 4.4.3); TooHeavyError when it takes more than `work_limit` steps."""
    dataset = list(dict.fromkeys(quads))
    spend(len(dataset) // QUADS_A_STEP)
    allowed = left(work_limit)
    run = _Run(hash_name, allowed)
    quads_of = run.quads_of
    for quad in dataset:
        subject, _, object_, graph = quad
        if subject[:2] == "_:":
            quads_of.setdefault(subject, []).append(quad)
        if object_[:2] == "_:" and object_ != subject:
            quads_of.setdefault(object_, []).append(quad)
        if graph[:2] == "_:" and graph not in (subject, object_):
            quads_of.setdefault(graph, []).append(quad)
    issued = run.label()
    spend(allowed - run.work_left)
    return Canonical(tuple(sorted(_line(quad, issued) for quad in dataset)), issued)


def relabelled(quads: Iterable[Quad], labels: dict[str, str]) -> list[str]:
    """Return the statements with other names for their blank nodes, each once, in code point order."""
    return sorted({_line(quad, labels) for quad in quads})


def _line(quad: Quad, issued: dict[str, str]) -> str:
    subject, predicate, object_, graph = quad
    subject, object_ = issued.get(subject, subject), issued.get(object_, object_)
    if graph:
        return f"{subject} {predicate} {object_} {issued.get(graph, graph)} .\n"
    return f"{subject} {predicate} {object_} .\n"


_DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


@dataclass(slots=True)
class _Run:
    """The canonicalisation state of one dataset (section 4.3)."""

    hash_name: str
    allowed: int
    """Steps that it may take."""
    quads_of: dict[str, list[Quad]] = field(default_factory=dict)
    first_degree: dict[str, str] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    work_left: int = 0

    def __post_init__(self) -> None:
        self.work_left = self.allowed

    def label(self) -> dict[str, str]:
        """Issue canonical identifiers to all blank nodes (section 4.4.3, steps 3 to 5)."""
        by_hash: dict[str, list[str]] = {}
        for node in self.quads_of:
            self.first_degree[node] = digest = self.hash_first_degree(node)
            by_hash.setdefault(digest, []).append(node)
        shared = []
        for _, nodes in sorted(by_hash.items()):
            if len(nodes) == 1:
                _issue(self.issued, nodes[0], "_:c14n")
            else:
                shared.append(nodes)
        for nodes in shared:
            self.label_alike(nodes)
        return self.issued

    def label_alike(self, nodes: list[str]) -> None:
        """Issue identifiers to nodes that the first degree does not tell apart (step 5)."""
        paths = []
        for node in nodes:
            if node not in self.issued:
                temporary: dict[str, str] = {}
                _issue(temporary, node, "_:b")
                paths.append(self.hash_n_degree(node, temporary))
        for _, issuer in sorted(paths, key=lambda path: path[0]):
            for node in issuer:
                _issue(self.issued, node, "_:c14n")

    def hash(self, text: str) -> str:
        """Return the hexadecimal digest."""
        return _DIGESTS[self.hash_name](text.encode()).hexdigest()

    def hash_first_degree(self, node: str) -> str:
        """Hash First Degree Quads (section 4.6.3)."""
        lines = []
        for subject, predicate, object_, graph in self.quads_of[node]:
            s = subject if subject[:2] != "_:" else "_:a" if subject == node else "_:z"
            o = object_ if object_[:2] != "_:" else "_:a" if object_ == node else "_:z"
            g = graph if graph[:2] != "_:" else "_:a" if graph == node else "_:z"
            lines.append(f"{s} {predicate} {o} {g} .\n" if g else f"{s} {predicate} {o} .\n")
        lines.sort()
        return self.hash("".join(lines))

    def hash_related(self, node: str, quad: Quad, issuer: dict[str, str], position: str) -> str:
        """Hash Related Blank Node (section 4.7.3)."""
        name = self.issued.get(node) or issuer.get(node) or self.first_degree[node]
        return self.hash(f"{position}{name}" if position == "g" else f"{position}{quad[1]}{name}")

    def related(self, node: str, issuer: dict[str, str]) -> dict[str, list[str]]:
        """Return the blank nodes beside a node by the hash of their relation (section 4.8.3, steps 2 and 3)."""
        by_hash: dict[str, list[str]] = {}
        for quad in self.quads_of[node]:
            self.spend(1)
            for position, other in (("s", quad[0]), ("o", quad[2]), ("g", quad[3])):
                if other[:2] == "_:" and other != node:
                    by_hash.setdefault(self.hash_related(other, quad, issuer, position), []).append(other)
        return by_hash

    def hash_n_degree(self, node: str, issuer: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Hash N-Degree Quads (section 4.8.3)."""
        data = []
        for digest, nodes in sorted(self.related(node, issuer).items()):
            data.append(digest)
            chosen, chosen_issuer = "", issuer
            for permutation in orders(nodes):
                found = self.path(permutation, issuer, chosen)
                if found and (not chosen or found[0] < chosen):
                    chosen, chosen_issuer = found
            data.append(chosen)
            issuer = chosen_issuer
        return self.hash("".join(data)), issuer

    def path(self, nodes: tuple[str, ...], issuer: dict[str, str], best: str) -> tuple[str, dict[str, str]] | None:
        """Return the path through nodes in this order, or None as soon as it cannot be the least (step 5.4)."""
        issuer = dict(issuer)
        path, recursion = "", []
        for node in nodes:
            self.spend(1)
            if node in self.issued:
                path += self.issued[node]
            else:
                if node not in issuer:
                    recursion.append(node)
                path += _issue(issuer, node, "_:b")
            if best and len(path) >= len(best) and path > best:
                return None
        for node in recursion:
            digest, deeper = self.hash_n_degree(node, issuer)
            path += f"{_issue(issuer, node, '_:b')}<{digest}>"
            issuer = deeper
            if best and len(path) >= len(best) and path > best:
                return None
        return path, issuer

    def spend(self, steps: int) -> None:
        """Count work, and give up where it is too much."""
        self.work_left -= steps
        if self.work_left < 0:
            spend(self.allowed)
            raise TooHeavyError("The credential's nodes are entangled so much that it would take minutes to check.")


def orders(nodes: list[str]) -> Iterator[tuple[str, ...]]:
    """Iterate over the orders of nodes, equal ones once: a graph's node stands as often as its graph has statements."""
    distinct = list(dict.fromkeys(nodes))
    if len(distinct) == len(nodes):
        yield from permutations(nodes)
        return
    ranks = sorted(distinct.index(node) for node in nodes)
    while True:
        yield tuple(distinct[rank] for rank in ranks)
        rise = next((i for i in range(len(ranks) - 2, -1, -1) if ranks[i] < ranks[i + 1]), None)
        if rise is None:
            return
        larger = next(i for i in range(len(ranks) - 1, rise, -1) if ranks[i] > ranks[rise])
        ranks[rise], ranks[larger] = ranks[larger], ranks[rise]
        ranks[rise + 1 :] = ranks[:rise:-1]


def _issue(issuer: dict[str, str], node: str, prefix: str) -> str:
    """Return the identifier of a node, issuing the next one where it has none (section 4.5.2)."""
    return issuer.setdefault(node, f"{prefix}{len(issuer)}")
