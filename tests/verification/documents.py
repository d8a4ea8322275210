"""JSON-LD documents as strangers might write them, from the words of the shipped contexts. Most say something."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import strategies as st

from passport.verification.canonical.compiled.active import Active, Term
from passport.verification.canonical.compiled.unsure import UnsureError
from passport.verification.canonical.contexts import bundled

VC1, VC2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.{}.json"
OB0 = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
SUITE = "https://w3id.org/security/suites/ed25519-2020/v1"
INTEGRITY = "https://w3id.org/security/data-integrity/v{}"
STATUS = ("https://w3id.org/vc/status-list/2021/v1", "https://www.w3.org/ns/credentials/status/v1")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
URLS = list(bundled().texts)
USUAL: list[Any] = [
    [VC1, OB0],
    [VC1, OB.format(1), SUITE],
    [VC1, OB.format(3), INTEGRITY.format(1)],
    [VC1, OB0, STATUS[0], SUITE],
    [VC2, OB.format(3)],
    [VC2, OB.format(2)],
    [VC2, OB.format(3), EXTENSIONS],
    [VC2, OB.format(3), STATUS[1]],
    [VC2, OB.format(3), INTEGRITY.format(2)],
    VC2,
    [VC2],
    VC1,
]
AWARD = ["VerifiableCredential", "OpenBadgeCredential"]


def words() -> tuple[list[str], list[str]]:
    """The names of properties, and of types, that any shipped context defines."""
    properties, types = set(), set()

    def walk(value: Any) -> None:
        for name, entry in value.items() if isinstance(value, dict) else ():
            if name[:1] != "@":
                (types if name[:1].isupper() or name[:1].isdigit() else properties).add(name)
            walk(entry)

    for url in URLS:
        context = json.loads(bundled().texts[url])["@context"]
        for part in context if isinstance(context, list) else [context]:
            walk(part)
    return sorted(properties), sorted(types)


PROPERTIES, TYPES = words()
COMMON = [
    "name",
    "description",
    "achievement",
    "criteria",
    "narrative",
    "image",
    "issuer",
    "credentialSubject",
    "evidence",
    "result",
    "resultDescription",
    "achievedLevel",
    "alignment",
    "proof",
    "created",
    "proofValue",
    "proofPurpose",
    "verificationMethod",
    "validFrom",
    "issuanceDate",
    "endorsement",
    "endorsementJwt",
    "value",
    "allowedValue",
    "tag",
    "source",
    "creditsAvailable",
    "identifier",
    "hashed",
    "identityHash",
    "otherIdentifier",
    "address",
    "geo",
    "latitude",
    "parentOrg",
    "credentialStatus",
    "statusListIndex",
    "statusPurpose",
    "credentialSchema",
    "verifiableCredential",
    "refreshService",
    "termsOfUse",
    "digestSRI",
    "relatedResource",
    "cryptosuite",
    "rubricCriterionLevel",
    "valueMin",
    "official",
    "version",
    "inLanguage",
    "related",
    "caption",
    "previousProof",
    "domain",
    "expires",
    "achievementType",
    "jsonSchema",
]
ODD_NAMES = [
    "xsd:string",
    "@id",
    "@type",
    "@graph",
    "@list",
    "@set",
    "@value",
    "@nest",
    "@included",
    "",
    "foo",
    "a/b",
    "https://x/y",
    "@vocab",
    "@x",
]
ADDRESSES = [
    "https://example.org/a",
    "https://example.org/b",
    "urn:uuid:1",
    "did:key:z6Mk",
    "mailto:a@b.c",
    "https://example.org/root",
]
ODD_ADDRESSES = [
    "_:b0",
    "_:x",
    "relative",
    "",
    "#a",
    "xsd:date",
    "cred:x",
    "sec:y",
    "http:x",
    "@id",
    "@type",
    "@foo",
    "https://a b",
    "a:\u2028",
    "a:<",
    "a:>b",
    "name",
    "id",
    "type",
    "https:",
    ":",
    "did:",
    "_:",
    "//x",
    "https://x/\u00e9",
    "HTTPS://X",
    "a:\u00a0b",
    "1a:b",
    "a,b:c",
    "a:b\n",
    'a:"b',
]
TEXTS = [
    "",
    "plain",
    'a "quoted" \\ text\n\t',
    "ünï\u0000cødé",
    "2024-01-01T00:00:00Z",
    "true",
    "1",
    "1.0",
    "\u2028",
    "\ud7ff",
    "\U0001f600",
]
NUMBERS = [
    0,
    1,
    -1,
    1.0,
    1.5,
    0.1,
    -0.0,
    1e21,
    10**21,
    10**15,
    123456789012345680,
    1e-7,
    3.14159,
    2**53,
    1e300,
    True,
    False,
    -2.5,
]

PLAIN_NUMBERS = [number for number in NUMBERS if abs(number) < 10**15]


def odd(usual: st.SearchStrategy[Any], strange: st.SearchStrategy[Any], one_in: int = 12) -> st.SearchStrategy[Any]:
    """Something usual, and now and then something strange."""
    return st.sampled_from([*[False] * (one_in - 1), True]).flatmap(lambda is_strange: strange if is_strange else usual)


names = odd(st.sampled_from(COMMON), odd(st.sampled_from(PROPERTIES), st.sampled_from(ODD_NAMES + TYPES)), 6)
ids = odd(st.sampled_from(ADDRESSES), st.sampled_from(ODD_ADDRESSES))
kinds = odd(st.sampled_from(TYPES), st.sampled_from([*ODD_ADDRESSES, *ADDRESSES, 7, None, [], {}]), 20)
contexts = odd(st.sampled_from(USUAL), st.lists(st.sampled_from(URLS), max_size=4), 4)
strange_contexts = st.sampled_from(
    [None, [], {}, {"@vocab": "https://x/"}, "https://unknown.example/", [None], [VC2, {"a": "https://x/a"}], 7]
)
values_of_their_own = st.fixed_dictionaries(
    {"@value": st.sampled_from(["x", 1, None, True, ["x"]])},
    optional={
        "@language": st.sampled_from(["de", "EN", None, 7]),
        "@type": st.sampled_from(["xsd:date", "@json", None, "https://x/"]),
    },
)
scalars = st.one_of(
    st.sampled_from(ADDRESSES), st.sampled_from(TEXTS), odd(st.sampled_from(NUMBERS), st.sampled_from(ODD_ADDRESSES), 3)
)


def nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with something of the inner kind in their properties."""
    own = st.fixed_dictionaries(
        {},
        optional={
            "type": odd(st.lists(kinds, min_size=1, max_size=3), kinds, 3),
            "id": odd(ids, st.sampled_from([None, 7, [], {}])),
        },
    )
    context = odd(st.just({}), st.fixed_dictionaries({"@context": odd(contexts, strange_contexts, 4)}), 15)
    members = st.dictionaries(names, odd(inner, st.none()), max_size=4)
    return st.tuples(own, context, members).map(lambda parts: parts[0] | parts[1] | parts[2])


def several(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(odd(inner, st.one_of(st.none(), st.lists(inner, max_size=2))), max_size=3)


values = st.recursive(
    odd(scalars, values_of_their_own, 25),
    lambda inner: st.one_of(nodes(inner), nodes(inner), several(inner)),
    max_leaves=14,
)
documents = st.tuples(nodes(values), odd(contexts, strange_contexts, 20), odd(st.just(AWARD), st.none(), 4)).map(
    lambda parts: parts[0] | {"@context": parts[1]} | ({"type": parts[2]} if parts[2] else {})
)


class Writer:
    """Writes large documents by luck, of names that are defined where they stand; now and then something strange."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.strange = self.luck.choice([0.0, 0.0, 0.002, 0.02])

    def is_strange(self) -> bool:
        return self.luck.random() < self.strange

    def document(self) -> dict[str, Any]:
        urls = self.luck.choice(USUAL)
        active = Active({}).local(urls, bundled())
        types = [one for one in AWARD if one in active.definitions]
        written = {"@context": urls, "id": self.luck.choice(ADDRESSES), "type": types}
        return written | self.members(active.typed(types)[0], 0)

    def members(self, active: Active, depth: int) -> dict[str, Any]:
        known = [
            name
            for name, one in active.definitions.items()
            if one.id[:1] != "@" and (name[:1].islower() or self.is_strange())
        ]
        preferred = [name for name in COMMON if name in active.definitions]
        chosen = self.luck.sample(preferred, min(len(preferred), self.luck.randint(0, 4))) + self.luck.sample(
            known, min(len(known), 2)
        )
        if self.is_strange():
            chosen.append(self.luck.choice(ODD_NAMES + PROPERTIES))
        return {name: self.value(name, active, depth) for name in chosen}

    def value(self, name: str, active: Active, depth: int) -> Any:
        if self.is_strange():
            return self.luck.choice(
                [*NUMBERS, *ODD_ADDRESSES, None, {}, [], {"@value": "x"}, {"@id": "x"}, {"@list": ["x"]}]
            )
        try:
            term = active.term(name)
        except UnsureError:
            return self.luck.choice(["x", 7, {"id": "urn:x:y"}])
        if not term.predicate:
            return self.luck.choice([*ADDRESSES, *ODD_ADDRESSES, 7, None, ["Profile"], URLS])
        return self.several(term, depth) if self.luck.random() < 0.4 else self.single(term, depth)

    def several(self, term: Term, depth: int) -> list[Any]:
        items = [self.single(term, depth + 1) for _ in range(self.luck.randint(0, 3))]
        return [*items, *self.luck.choice([[], [], [None], [items[:1]], items[:1]])]

    def single(self, term: Term, depth: int) -> Any:
        assert term.scalars is not None
        assert term.objects is not None
        if term.is_graph and (depth >= 4 or self.luck.random() < 0.2):
            return {"type": "https://x.example/T"} if term.objects.type_key else None
        if depth < 4 and (term.is_graph or self.luck.random() < 0.5):
            return self.object(term.objects, depth + 1)
        if term.coercion:
            words = (
                [name for name, one in term.scalars.definitions.items() if one.id[:1] != "@"]
                if term.coercion == "@vocab"
                else []
            )
            return self.luck.choice(ADDRESSES + words[:9])
        return self.luck.choice([*TEXTS, *(PLAIN_NUMBERS if self.luck.random() < 0.3 else ADDRESSES)])

    def object(self, active: Active, depth: int) -> dict[str, Any]:
        written: dict[str, Any] = {}
        try:
            if self.luck.random() < 0.05:
                written["@context"] = self.luck.choice(USUAL)
                active = active.local(written["@context"], bundled())
            if self.luck.random() < 0.7:
                types = [
                    name for name, one in active.definitions.items() if name[:1].isupper() and one.id[:1] != "@"
                ] or ["https://x/T"]
                written["type"] = self.luck.choice(
                    [[self.luck.choice(types)], self.luck.choice(types), self.luck.sample(types, min(2, len(types)))]
                )
                active, _ = active.typed(written["type"])
        except UnsureError:
            return {}
        if self.luck.random() < 0.5:
            written["id"] = (
                f"urn:node:{self.luck.randint(0, 9)}"
                if not self.is_strange()
                else self.luck.choice(ADDRESSES + ODD_ADDRESSES)
            )
        return written | self.members(active, depth)


large = st.integers(0, 2**40).map(lambda seed: Writer(seed).document())
