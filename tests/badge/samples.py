"""Badges of all generations, and ways to change them."""

import base64
import copy
import json

from passport.badge.parsing import parse

OB05 = {
    "recipient": "sha256$c7ef86405ba71b85acd8e2e95166c4b111448089f2e1599f42fe1bba46e865c5",
    "salt": "deadsea",
    "evidence": "https://example.org/work",
    "expires": "2013-06-01",
    "issued_on": "2011-06-01",
    "badge": {
        "version": "0.5.0",
        "name": "HTML5",
        "image": "/img/html5.png",
        "description": "Knows HTML5.",
        "criteria": "https://example.org/html5",
        "issuer": {"origin": "https://p2pu.example", "name": "P2PU", "org": "School", "contact": "a@p2pu.example"},
    },
}
OB10 = {
    "uid": "f2c2",
    "recipient": {"type": "email", "hashed": True, "salt": "deadsea", "identity": "sha256$c7ef"},
    "image": "https://example.org/b.png",
    "evidence": ["https://example.org/1", "some words"],
    "issuedOn": 1359217910,
    "badge": "https://example.org/robotics.json",
    "verify": {"type": "hosted", "url": "https://example.org/beths.json"},
}
OB11 = {
    "@context": "https://w3id.org/openbadges/v1",
    "type": "Assertion",
    "id": "https://example.org/beths.json",
    **OB10,
}
OB20 = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://example.org/a/1",
    "recipient": {"type": "email", "hashed": False, "identity": "ann@example.org"},
    "image": {"id": "https://example.org/b.png", "caption": "Ann's badge"},
    "evidence": {
        "id": "https://example.org/1",
        "name": "Film",
        "narrative": "See it.",
        "genre": "Video",
        "audience": "all",
    },
    "narrative": "She did it well.",
    "issuedOn": "2016-12-31T23:59:59Z",
    "expires": "2017-06-30T23:59:59Z",
    "verification": {"type": "HostedBadge"},
    "extensions:recipientProfile": {"type": ["Extension", "extensions:RecipientProfile"], "name": "Ann"},
    "badge": {
        "type": "BadgeClass",
        "id": "https://example.org/class",
        "name": "Robotics",
        "description": "Builds robots.",
        "image": "data:image/png;base64,iVBORw0KGgo=",
        "criteria": {"id": "https://example.org/criteria", "narrative": "Build one."},
        "tags": ["robots", "robots", "", 3],
        "alignment": [{"targetName": "CCSS", "targetUrl": "https://example.org/ccss", "targetCode": "L.9-10.1"}],
        "issuer": {
            "type": "Issuer",
            "id": "https://example.org/issuer",
            "name": "Club",
            "url": "https://example.org",
            "email": "c@example.org",
        },
    },
}


def loaded(document):
    return parse(json.dumps(document))


def changed(document, path, value):
    """The document with one place set, or taken away (value `...`)."""
    copied = copy.deepcopy(document)
    place = copied
    for name in path[:-1]:
        place = place[name]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copied


def jwt(payload, header=None):
    parts = [header or {"alg": "EdDSA", "typ": "JWT"}, payload]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
    encoded = [base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in texts]
    return ".".join([*encoded, "c2ln"])
