"""A credential whose parts are read later is, for everybody, one that was read at once."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import msgspec
import pytest
from tests.issuer import Issuer

from passport.badge.model import AchievementCredential, Profile
from passport.badge.parsing import parse


def statements() -> dict[str, str]:
    issuer = Issuer()
    return {"3.0": json.dumps(issuer.credential()), "2.0": json.dumps(issuer.assertion()), "jwt": issuer.jwt()}


@pytest.mark.parametrize("kind", ["3.0", "2.0", "jwt"])
def test_it_is_the_same_whenever_it_is_read(kind):
    text = statements()[kind]
    early, late = parse(text), parse(text)
    for part in fields(AchievementCredential):
        getattr(early, part.name)
    assert early == late
    assert repr(early) == repr(parse(text))


@pytest.mark.parametrize("kind", ["3.0", "2.0", "jwt"])
def test_it_goes_over_the_wire_whole_though_nobody_read_it(kind):
    credential = parse(statements()[kind])
    sent = msgspec.msgpack.encode(credential)
    assert msgspec.msgpack.decode(sent, type=AchievementCredential) == credential
    assert set(msgspec.msgpack.decode(sent)) == {part.name for part in fields(AchievementCredential)}


def test_a_copy_with_changes_has_all_the_rest():
    credential = parse(statements()["3.0"])
    copy = replace(credential, source="")
    assert copy.subject == credential.subject
    assert copy.issuer == credential.issuer


@pytest.mark.parametrize("thing", [parse('{"type": "Assertion", "badge": "https://a.example/b"}'), Profile(id="x")])
def test_names_that_no_class_has_are_refused(thing):
    for name in ("subjects", "_reader_", "__wrapped__"):
        with pytest.raises(AttributeError):
            getattr(thing, name)


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        parse(statements()["3.0"]).subject = None


def test_oddities_are_those_of_all_parts_whatever_was_read_before():
    document = Issuer().credential()
    document["issuer"] = {"id": "https://a.example", "name": "A", "description": {"not": 7}, "image": [7]}
    document["credentialSubject"]["achievement"]["criteria"] = 7
    document["credentialSubject"]["role"] = {"x": 1}
    text = json.dumps(document)
    early, late = parse(text), parse(text)
    assert early.subject.role is None
    assert early.issuer.description is None
    assert early.oddities == late.oddities
    assert {oddity.where for oddity in late.oddities} >= {"issuer.description", "credentialSubject.role"}
