"""Whatever comes in, nothing but ParseError comes out."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.badge.pictures import ASSERTION, CREDENTIAL, JWS, URL
from tests.badge.samples import OB05, OB10, OB11, OB20, changed, jwt

from passport.badge.model import AchievementCredential
from passport.badge.parsing import parse
from passport.errors import ParseError


def _parses_or_says_why(text):
    """Any other exception fails the test by itself."""
    try:
        outcome = parse(text)
    except ParseError as error:
        outcome = error
    assert isinstance(outcome, AchievementCredential) or (outcome.where and outcome.problem)


_leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "https://example.org/a",
            "Assertion",
            "hosted",
            "OpenBadgeCredential",
            "2024-01-01",
            "sha256$ab",
            "eyJ.eyJ.x",
            "@value",
        ]
    )
)
_names = st.sampled_from(
    [
        "@context",
        "id",
        "@id",
        "type",
        "badge",
        "issuer",
        "recipient",
        "verify",
        "verification",
        "credentialSubject",
        "achievement",
        "name",
        "image",
        "criteria",
        "evidence",
        "identifier",
        "result",
        "endorsement",
        "endorsementJwt",
        "alignment",
        "@value",
        "@language",
        "en",
        "vc",
        "proof",
        "uid",
        "hashed",
        "salt",
        "identity",
        "tag",
        "creator",
        "parentOrg",
        "resultDescription",
        "related",
        "otherIdentifier",
        "termsOfUse",
        "expires",
        "issuedOn",
    ]
)
_values = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=400)
@given(st.dictionaries(_names, _values, max_size=8))
def test_random_documents_raise_nothing_else(document):
    for text in (json.dumps(document), jwt(document)):
        _parses_or_says_why(text)


def _places(value, path=()):
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*path, index))


@settings(max_examples=400)
@given(st.data())
def test_one_changed_place_raises_nothing_else(data):
    document = data.draw(st.sampled_from([OB05, OB10, OB11, OB20, json.loads(CREDENTIAL)]))
    path = data.draw(st.sampled_from([path for path in _places(document) if path]))
    value = data.draw(_values)
    _parses_or_says_why(json.dumps(changed(document, path, value)))


@given(st.text(), st.data())
def test_random_and_mutated_text_raises_nothing_else(noise, data):
    base = data.draw(st.sampled_from([ASSERTION, CREDENTIAL, JWS, URL, jwt(OB20), jwt(OB20) + "~WyJhIiwgImIiLCAxXQ~"]))
    at = data.draw(st.integers(0, len(base)))
    for text in (noise, base[:at] + noise + base[at:], base[:at]):
        _parses_or_says_why(text)
