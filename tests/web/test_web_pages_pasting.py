"""What is pasted on the page for adding badges: addresses, JSON, JWTs; and what is none of these."""

import asyncio
import json

import pytest
from tests.web.pages_material import passport_in
from tests.web.test_web_pages_more import multipart

from passport.speech import Speech
from passport.web.pages.pasting import pasted

SAY = Speech.of(["en"])
JWT = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJkaWQ6a2V5OnoxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "name", "file"),
    [
        ("https://issuer.example/a", "https://issuer.example/a", None),
        (JWT, "pasted.jwt", JWT.encode()),
        (f"  {JWT[:30]}\r\n{JWT[30:]}\n", "pasted.jwt", JWT.encode()),
        (f"{JWT}~WyJhIl0~", "pasted.jwt", f"{JWT}~WyJhIl0~".encode()),
        ('{"type": "Assertion"}', "pasted.json", b'{"type": "Assertion"}'),
        ("\ufeff[{}]", "pasted.json", b"[{}]"),
        ('{"a": 1, "a": 2}', "pasted.json", b'{"a": 1, "a": 2}'),
        ('{"a": ' + "9" * 5000 + "}", "pasted.json", b'{"a": ' + b"9" * 5000 + b"}"),
        ('<?xml version="1.0"?><svg></svg>', "pasted.svg", b'<?xml version="1.0"?><svg></svg>'),
    ],
)
def test_what_can_be_taken(text, name, file):
    (wanted,) = pasted(text, SAY)
    assert (wanted.name, wanted.file, wanted.problem) == (name, file, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Assert', "line 1, column 10"),
        ("{'a': 1}", "no whole JSON text"),
        ("{" * 100_000, "no whole JSON text"),
        ("[" * 200_000, "nested too deeply"),
        ("<html><body>Well done!</body></html>", "source of a page"),
        ("javascript:alert(1)", "neither a web address"),
        ("file:///etc/passwd", "neither a web address"),
        ("eyJhbGciOi", "neither a web address"),
        (JWT.rpartition(".")[0], "neither a web address"),
        ("a.b.c", "neither a web address"),
        ("http://", "neither a web address"),
    ],
)
def test_what_cannot_is_said(text, said):
    wanted = pasted(text, SAY)
    assert said in (wanted[0].problem or "")
    assert all(one.file is None and len(one.name) <= 200 for one in wanted)


def test_several_are_told_apart_and_not_too_many():
    found = pasted(f"https://a.example/1 nonsense\n{JWT}\nhttps://a.example/2", SAY)
    assert [(bool(one.problem), one.file is None) for one in found] == [
        (False, True), (True, True), (False, False), (False, True),
    ]  # fmt: skip
    assert len(pasted("https://a.example/ " * 5000, SAY)) == 200
    assert pasted(" \r\n", SAY) == []


async def test_a_pasted_statement_is_handed_to_the_intake(tmp_path):
    async with passport_in(tmp_path) as passport:
        token = passport.headers["X-CSRF-Token"].encode()
        text = json.dumps({"type": "Assertion"})
        kind, body = multipart(("csrf", None, token), ("addresses", None, text.encode()))
        answer = await passport.post("/add", body, token=False, kind=kind)
        assert answer.status == 303
        for _ in range(200):
            if "data-running" not in (await passport.get(answer.headers["location"])).body.decode():
                break
            await asyncio.sleep(0.02)
        ((what, (file, origin, name)),) = passport.served.parts.intake.asked
        assert (what, file, origin.detail, name) == ("take", text.encode(), "pasted.json", "pasted.json")
