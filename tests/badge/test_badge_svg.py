"""SVG: both elements, attribute and text, any prefix and encoding; nothing that could expand or be read two ways."""

import json
import time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.badge.pictures import (
    ASSERTION,
    CREDENTIAL,
    JWS,
    OTHER_ASSERTION,
    URL,
    cdata,
    new_element,
    old_element,
    svg,
)
from tests.badge.samples import jwt

from passport.badge.baking import bake, unbake
from passport.badge.svg import NEW_NAMESPACE, OLD_NAMESPACE
from passport.errors import BakingError


def texts(file):
    return [statement.text for statement in unbake(file).statements]


OWN_JWT = jwt(json.loads(CREDENTIAL) | {"iss": "did:example:club", "nbf": 1709287200})
OWN_VC_JWT = jwt({"vc": json.loads(CREDENTIAL), "iss": "did:example:club"})
ESCAPED = ASSERTION.replace('"', "&quot;").replace("{", "&#123;").replace("}", "&#x7d;")
FOUND = {
    "CDATA": (svg(old_element(cdata(ASSERTION))), ASSERTION),
    "escaped text": (svg(old_element(ESCAPED)), ASSERTION),
    "text with white space around": (svg(old_element(f"\n  {ASSERTION}\n ")), ASSERTION),
    "CDATA with white space around": (svg(old_element(f"\n  {cdata(ASSERTION)}\n ")), ASSERTION),
    "CDATA in two": (svg(old_element(cdata(ASSERTION[:40]) + cdata(ASSERTION[40:]))), ASSERTION),
    "attribute with a URL": (svg(old_element("", URL)), URL),
    "attribute with a JWS": (svg(old_element("", JWS)), JWS),
    "empty CDATA and a URL": (svg(old_element(cdata(""), URL)), URL),
    "a JWT and its own credential": (svg(new_element(cdata(CREDENTIAL), OWN_JWT)), OWN_JWT),
    "a JWT with a vc claim and its own credential": (svg(new_element(cdata(CREDENTIAL), OWN_VC_JWT)), OWN_VC_JWT),
    "CDATA and its own URL": (svg(old_element(cdata(ASSERTION), URL)), ASSERTION),
    "credential": (svg(new_element(cdata(CREDENTIAL))), CREDENTIAL),
    "credential as JWT": (svg(new_element("", JWS)), JWS),
    "another prefix": (svg(new_element(cdata(CREDENTIAL), prefix="x")), CREDENTIAL),
    "old name in the new namespace": (
        svg(old_element(cdata(ASSERTION)).replace("http://openbadges.org", "https://purl.imsglobal.org/ob/v3p0")),
        ASSERTION,
    ),
    "new name in the old namespace": (
        svg(new_element(cdata(CREDENTIAL)).replace("https://purl.imsglobal.org/ob/v3p0", "http://openbadges.org")),
        CREDENTIAL,
    ),
    "within metadata": (svg(f"<metadata><g>{new_element(cdata(CREDENTIAL))}</g></metadata>"), CREDENTIAL),
    "a bare DOCTYPE": (
        svg(
            old_element(cdata(ASSERTION)),
            head='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        ),
        ASSERTION,
    ),
    "a declaration and a comment": (
        svg(old_element(cdata(ASSERTION)), head='<?xml version="1.0"?><!-- made by hand -->\n'),
        ASSERTION,
    ),
    "the same twice": (svg(old_element(cdata(ASSERTION)) * 2), ASSERTION),
    "a prefix for svg": (
        f'<s:svg xmlns:s="http://www.w3.org/2000/svg">{old_element(cdata(ASSERTION))}</s:svg>'.encode(),
        ASSERTION,
    ),
    "no namespace for svg": (svg(old_element(cdata(ASSERTION)), root=""), ASSERTION),
    "Latin-1": (
        svg(new_element(cdata(CREDENTIAL.replace("–", "-").replace("⚓", ""))))
        .decode()
        .replace("<svg", '<?xml version="1.0" encoding="ISO-8859-1"?><svg', 1)
        .encode("latin-1"),
        CREDENTIAL.replace("–", "-").replace("⚓", ""),
    ),
    "UTF-16, little end first": (
        b"\xff\xfe" + svg(new_element(cdata(CREDENTIAL))).decode().encode("utf-16-le"),
        CREDENTIAL,
    ),
    "UTF-16, big end first": (
        b"\xfe\xff" + svg(new_element(cdata(CREDENTIAL))).decode().encode("utf-16-be"),
        CREDENTIAL,
    ),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + svg(new_element(cdata(CREDENTIAL))), CREDENTIAL),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name):
    file, text = FOUND[name]
    found = unbake(file)
    assert [statement.text for statement in found.statements] == [text]
    assert (found.kind, found.problem) == ("svg", None)
    assert bool(found.notes) == (name == "the same twice")


def test_both_generations_are_two_badges():
    assert texts(svg(new_element(cdata(CREDENTIAL)) + old_element("", URL))) == [URL, CREDENTIAL]
    assert unbake(svg(new_element(cdata(CREDENTIAL)) + old_element("", URL))).notes == ()


def test_limits_are_kept_to_the_last():
    badge = old_element(cdata(ASSERTION))
    assert texts(svg("<g>" * 254 + badge + "</g>" * 254)) == [ASSERTION]
    assert unbake(svg("<g>" * 255 + badge + "</g>" * 255)).problem
    assert texts(svg("<g/>" * 49_997 + badge)) == [ASSERTION]
    assert unbake(svg("<g/>" * 49_998 + badge)).problem
    for count, statements in ((256, 1), (257, 0)):
        many = "<g " + " ".join(f"a{n}='x'" for n in range(count)) + "/>"
        assert len(unbake(svg(many + badge)).statements) == statements
    size = len(svg(badge))
    assert texts(svg(badge + " " * ((5 << 20) - size))) == [ASSERTION]
    assert unbake(svg(badge + " " * ((5 << 20) - size + 1))).problem


REFUSED = {
    "two that differ": svg(old_element(cdata(ASSERTION)) + old_element(cdata(OTHER_ASSERTION))),
    "attribute and text that differ": svg(old_element(cdata(ASSERTION), URL + "x")),
    "a JWT and a document that says more": svg(
        new_element(cdata(CREDENTIAL.replace('"urn:uuid:1"', '"urn:uuid:9"')), OWN_JWT)
    ),
    "a JWS and another document": svg(new_element(cdata(CREDENTIAL), JWS)),
    "a URL in front of a document that lives elsewhere": svg(old_element(cdata(OTHER_ASSERTION), URL)),
    "nothing in it": svg(old_element()),
    "only white space": svg(old_element(" \n ", " ")),
    "an internal subset": svg(old_element(cdata(ASSERTION)), head="<!DOCTYPE svg [ ]>"),
    "an entity": svg(old_element("&b;"), head='<!DOCTYPE svg [<!ENTITY b "x">]>'),
    "an external entity": svg(old_element("&b;"), head='<!DOCTYPE svg [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    "a parameter entity": svg(old_element("x"), head='<!DOCTYPE svg [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]>'),
    "an unknown entity under a bare DOCTYPE": svg(
        old_element("&b;"), head='<!DOCTYPE svg SYSTEM "http://x.example/y.dtd">'
    ),
    "an unknown entity in the attribute": svg(
        old_element("", "&b;"), head='<!DOCTYPE svg SYSTEM "http://x.example/y.dtd">'
    ),
    "a comment in the text": svg(old_element(ESCAPED[:60] + "<!-- x -->" + ESCAPED[60:])),
    "a processing instruction in the text": svg(old_element(ESCAPED[:60] + "<?x y?>" + ESCAPED[60:])),
    "an element in the text": svg(old_element(f"<b>{ESCAPED}</b>")),
    "one in another": svg(old_element(new_element(cdata(CREDENTIAL)))),
    "not closed": svg(old_element(cdata(ASSERTION))).replace(b"</svg>", b""),
    "an undeclared prefix": svg(f"<openbadges:assertion>{cdata(ASSERTION)}</openbadges:assertion>"),
    "two attributes of one name": svg(old_element("", URL).replace("verify=", f'verify="{JWS}" verify=')),
    "too deep": svg("<g>" * 300 + old_element(cdata(ASSERTION)) + "</g>" * 300),
    "too many elements": svg("<g/>" * 60_000 + old_element(cdata(ASSERTION))),
    "too many attributes": svg(
        "<g " + " ".join(f"a{n}='x'" for n in range(300)) + "/>" + old_element(cdata(ASSERTION))
    ),
    "too much text": svg(old_element("x" * ((1 << 20) + 1))),
    "too large": svg(old_element(cdata(ASSERTION)) + " " * (5 << 20)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name):
    found = unbake(REFUSED[name])
    assert found.problem
    assert found.problem.endswith(".")


NO_BADGE = {
    "a plain picture": svg(),
    "Illustrator's entities": svg(head='<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'),
    "broken": b"<svg><g></svg>",
    "a page": b"<!DOCTYPE html><html><body><svg></svg></body></html>",
    "a page about badges": b"<!DOCTYPE html><html><head><meta name=openbadges><body>",
    "other XML": f"<rdf>{old_element(cdata(ASSERTION))}</rdf>".encode(),
    "another namespace": svg(old_element(cdata(ASSERTION)).replace("http://openbadges.org", "http://other.example")),
    "the wrong name": svg(old_element(cdata(ASSERTION)).replace(":assertion", ":badge")),
    "nearly nothing": b"<",
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><svg/>',
}


@pytest.mark.parametrize("name", NO_BADGE)
def test_no_badge(name):
    found = unbake(NO_BADGE[name])
    assert found.statements == ()
    assert name == "another namespace" or found.problem is None


def test_entities_cost_nothing():
    lol = '<!ENTITY a0 "lol">' + "".join(
        f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};'>" for n in range(1, 20)
    )
    started = time.process_time()
    assert unbake(svg(old_element("&a19;"), head=f"<!DOCTYPE svg [{lol}]>")).problem
    assert unbake(svg(f'<g a="{"x" * (4 << 20)}"/>' + old_element("", URL))).statements
    assert time.process_time() - started < 4


# Baking -------------------------------------------------------------------------------------------------------------

ODD = ['{"a": "]]>"}', '{"a": "]]&gt;<![CDATA["}', '{"a":\r\n"x"}\r', '\n{"a": "ä⚓😀"}\t', " " + ASSERTION + " "]


@pytest.mark.parametrize("text", [ASSERTION, CREDENTIAL, JWS, URL, JWS + "\n", "\t" + URL, *ODD])
@pytest.mark.parametrize(
    "picture",
    [
        svg(),
        b"<svg/>",
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg" />',
        b'<svg a=">"></svg>',
        b'\n<?xml version="1.0"?><svg/>'.strip(),
        b"<svg><!-- x --></svg>",
        b"<svg><![CDATA[x]]></svg>",
        b"<svg><?x y?></svg>\n<!-- y -->\n",
        b"\xff\xfe" + svg().decode().encode("utf-16-le"),
        b"\xfe\xff" + "<svg/>".encode("utf-16-be"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?><svg><title>\xfc</title></svg>',
        svg(head='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">'),
    ],
)
def test_unbaked_is_what_was_baked(picture, text):
    baked = bake(picture, text)
    assert texts(baked) == [text]
    assert bake(baked, text) == baked
    assert unbake(baked).problem is None


@pytest.mark.parametrize(
    "old",
    [
        old_element(cdata(OTHER_ASSERTION), URL),
        new_element("", JWS),
        new_element("", JWS).replace("></openbadges:credential>", "/>"),
    ],
)
def test_an_earlier_statement_is_replaced_and_the_rest_stays(old):
    assert bake(svg(f"<g/>{old}<g/>"), CREDENTIAL) == bake(svg("<g/><g/>"), CREDENTIAL)
    assert bake(svg(old + old), ASSERTION) == bake(svg(), ASSERTION)


def test_taking_the_badge_out_again_gives_the_picture():
    baked = bake(svg("<g/>"), CREDENTIAL)
    start = baked.index(b"<openbadges:")
    end = baked.index(b"</openbadges:credential>") + len(b"</openbadges:credential>")
    assert baked[:start] + baked[end:] == svg("<g/>")


def test_a_hosted_statement_says_in_the_attribute_where():
    assert f'verify="{URL}"'.encode() in bake(svg(), ASSERTION)


@pytest.mark.parametrize(
    "picture",
    [b"<html/>", b"<svg>", b"<svg><g></svg>", b"<", svg(head="<!DOCTYPE svg [<!ENTITY a 'b'>]>"), svg(" " * (5 << 20))],
)
def test_what_is_no_safe_svg_is_not_baked(picture):
    with pytest.raises(BakingError):
        bake(picture, ASSERTION)


_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@settings(max_examples=150)
@given(_text, st.sampled_from([svg(), b"<svg/>", b"\xff\xfe" + "<svg/>".encode("utf-16-le")]))
def test_any_text_survives(value, picture):
    statement = '{"name": "' + value.replace("\\", "").replace('"', "") + '"}'
    assert texts(bake(picture, statement)) == [statement]


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_picture_never_raises(data):
    file = bytearray(
        data.draw(
            st.sampled_from(
                [FOUND["CDATA and its own URL"][0], FOUND["UTF-16, big end first"][0], FOUND["a bare DOCTYPE"][0]]
            )
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    found = unbake(bytes(file))
    assert all(statement.text.strip() for statement in found.statements)


# Against another reader ---------------------------------------------------------------------------------------------

_pieces = st.lists(
    st.sampled_from(
        [
            old_element(cdata(ASSERTION)),
            old_element(ESCAPED),
            old_element(cdata(ASSERTION), URL),
            old_element("", JWS),
            old_element(cdata(ASSERTION[:50]) + "\n" + ESCAPED),
            new_element(cdata(CREDENTIAL)),
            new_element(f"<b>{cdata(CREDENTIAL)}</b>"),
            new_element(f"<!-- x -->{cdata(CREDENTIAL)}"),
            "<g>&lt;openbadges:assertion/&gt;</g>",
            "<metadata><x:assertion xmlns:x='http://other.example' verify='y'>z</x:assertion></metadata>",
        ]
    ),
    max_size=3,
)


@settings(max_examples=200)
@given(_pieces)
def test_elementtree_sees_the_same_or_we_refuse(pieces):
    file = svg("".join(pieces))
    found = unbake(file)
    if found.problem:
        return
    theirs = set()
    for element in ET.fromstring(file.decode()).iter():
        if element.tag in {f"{{{OLD_NAMESPACE}}}assertion", f"{{{NEW_NAMESPACE}}}credential"}:
            theirs.add((element.text or "").strip() or element.get("verify"))
    assert {text.strip() for text in texts(file)} == theirs
