"""What a connected browser may ask of the daemon; and every line of the extension's threat table, refused."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.web.pages_material import Intake, Passport, passport_in

from passport.look.words import VERDICTS, word_for
from passport.speech import Speech
from passport.web.pairing import Signed, hello_proof

ORIGIN = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
JSON = {"Content-Type": "application/json"}
CAPTURES = "/api/v1/captures"


@dataclass
class Browser:
    """A browser with the extension, speaking the protocol by hand."""

    passport: Passport
    client: str
    key: bytes

    def header(self, method: str, target: str, body: bytes, changes: dict | None = None) -> dict[str, str]:
        now = int(self.passport.clock().timestamp() * 1000)
        signed = Signed(
            method=method, port=self.passport.served.port, target=target, body=body, time_ms=now,
            nonce=secrets.token_hex(16),
        )  # fmt: skip
        signed = replace(signed, **(changes or {}))
        signature = signed.signature(self.key)
        return {"Authorization": f"Passport {self.client}:{signed.time_ms}:{signed.nonce}:{signature}"}

    async def ask(self, method: str, target: str, value: object = None, /, language: str = "", **changes):
        body = b"" if value is None else json.dumps(value).encode()
        headers = {"Origin": ORIGIN, **self.header(method, target, body, changes), **(JSON if body else {})}
        headers |= {"Accept-Language": language} if language else {}
        return await self.passport.served.ask(method, target, headers, body)


async def pair(passport: Passport, code: str | None = None, origin: str = ORIGIN):
    code = code or passport.served.parts.codes.issue().code
    body = json.dumps({"code": code, "label": "Chromium on Linux", "browser": "Chromium"}).encode()
    return await passport.served.ask("POST", "/api/v1/pair", {"Origin": origin, **JSON}, body)


async def connected(passport: Passport) -> Browser:
    answer = await pair(passport)
    assert answer.status == 201
    return Browser(passport, answer.json["client"], bytes.fromhex(answer.json["key"]))


@pytest.fixture
async def passport(tmp_path):
    async with passport_in(tmp_path) as running:
        yield running


@pytest.fixture
async def browser(passport):
    return await connected(passport)


def candidate(**changes) -> dict[str, object]:
    return {
        "page": {"address": "https://issuer.example/me", "title": "Me"},
        "name": "Baker",
        "addresses": ["https://issuer.example/a/1.json"],
        **changes,
    }


async def test_a_capture_goes_down_the_road(passport, browser):
    file = base64.b64encode(b"\x89PNG baked").decode()
    answer = await browser.ask("POST", CAPTURES, candidate(file=file))
    assert answer.status == 200
    assert answer.json == {"result": "no-badge", "reason": None, "entry": None}
    (take, (taken, origin, name)), (take_url, (address, _)) = passport.served.parts.intake.asked
    assert (take, taken, name) == ("take", b"\x89PNG baked", "Baker")
    assert (origin.kind, origin.detail) == ("page", "https://issuer.example/me")
    assert (take_url, address) == ("take_url", "https://issuer.example/a/1.json")


class Unreachable(Intake):
    """Nobody answers it."""

    async def take_url(self, url, origin):
        return [SimpleNamespace(result="refused", entry=None, reason="The server does not answer.", name="x")]


@pytest.mark.parametrize(
    ("language", "reason", "detail"),
    [
        ("fi-FI,fi;q=0.9", "Palvelin ei vastaa.", "Ei ole tiedostoa eikä osoitetta."),
        ("de", "The server does not answer.", "There is neither a file nor an address."),
        ("", "The server does not answer.", "There is neither a file nor an address."),
    ],
)
async def test_why_not_is_said_in_the_language_of_the_browser(tmp_path, language, reason, detail):
    assert Speech.asked(None, language)  # its texts are read now, not while the browser waits
    async with passport_in(tmp_path, intake=lambda vault, *_: Unreachable(vault)) as passport:
        browser = await connected(passport)
        answer = await browser.ask("POST", CAPTURES, candidate(), language=language)
        assert (answer.json["result"], answer.json["reason"]) == ("refused", reason)
        answer = await browser.ask("POST", CAPTURES, candidate(addresses=[]), language=language)
        assert answer.json["detail"] == detail


@pytest.mark.parametrize("language", ["en", "fi"])
def test_the_extension_has_the_same_words_for_verdicts_as_the_pages(language):
    file = Path(__file__).parents[2] / "extension" / "_locales" / language / "messages.json"
    messages, say = json.loads(file.read_text(encoding="utf-8")), Speech.of([language])
    for verdict in VERDICTS:
        assert messages[f"verdict_{verdict.replace('-', '_')}"]["message"] == say(word_for(verdict).word)


async def test_what_is_there_is_recognised_by_its_id(passport, browser):
    entry = passport.put(number=7)
    items = [
        {"key": "a", "names": ["https://nowhere.example/", "https://aalto.example/badges/7"]},
        {"key": "b", "names": ["https://aalto.example/badges/8"]},
        {"key": "c", "names": ["/home/ann/Downloads/badge.png"]},
    ]
    answer = await browser.ask("POST", f"{CAPTURES}/look", {"items": items})
    found = {item["key"]: item["entry"] for item in answer.json["items"]}
    assert found["a"] == {"id": entry.id, "name": "Student Tutor", "verdict": "verified"}
    assert found["b"] is None
    assert found["c"] is None


async def test_a_glance_says_what_it_could_not_fetch(browser):
    answer = await browser.ask("POST", f"{CAPTURES}/examine", {"addresses": ["https://issuer.example/x.png"]})
    assert answer.json["items"] == [
        {"address": "https://issuer.example/x.png", "badge": False, "name": "", "issuer": "", "id": ""}
    ]


WRONG_BODIES = {
    "nothing": {},
    "no page": {"addresses": ["https://a.example/"]},
    "neither file nor address": candidate(addresses=[]),
    "a file address": candidate(addresses=["file:///etc/passwd"]),
    "a script address": candidate(addresses=["javascript:alert(1)"]),
    "a data address": candidate(addresses=["data:text/html,x"]),
    "too many addresses": candidate(addresses=["https://a.example/"] * 7),
    "a long address": candidate(addresses=["https://a.example/" + "x" * 5000]),
    "a page that is none": candidate(page={"address": "javascript:alert(1)"}),
    "no Base64": candidate(file="!!!"),
    "an empty file": candidate(file=""),
    "more than is asked for": candidate(trash=True),
    "a long name": candidate(name="x" * 301),
    "a list": [1],
}


@pytest.mark.parametrize("what", WRONG_BODIES)
async def test_a_wrong_body_is_refused_with_a_sentence(passport, browser, what):
    answer = await browser.ask("POST", CAPTURES, WRONG_BODIES[what])
    assert (answer.status, answer.code) == (400, "wrong-body")
    assert answer.json["detail"]
    assert passport.served.parts.intake.asked == []


async def test_a_file_that_is_too_large_is_refused(browser):
    file = base64.b64encode(bytes((10 << 20) + 1)).decode()
    answer = await browser.ask("POST", CAPTURES, candidate(file=file))
    assert (answer.status, answer.code) == (413, "too-large")


# --- the threat table of extension/README.md, line by line ------------------------------------------------------------


@pytest.mark.parametrize("route", [CAPTURES, f"{CAPTURES}/look", f"{CAPTURES}/examine", "/api/v1/pair"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost.evil.example"}, 421),
    ],
)
async def test_a_page_and_dns_rebinding_get_nowhere(passport, route, headers, status):
    body = json.dumps(candidate()).encode()
    answer = await passport.served.ask("POST", route, {**JSON, **headers}, body)
    assert answer.status == status
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_is_not_json(browser, kind):
    body = json.dumps(candidate()).encode()
    headers = {"Origin": ORIGIN, "Content-Type": kind, **browser.header("POST", CAPTURES, body)}
    answer = await browser.passport.served.ask("POST", CAPTURES, headers, body)
    assert answer.status == 415


async def test_a_preflight_is_never_answered(passport):
    answer = await passport.served.ask("OPTIONS", CAPTURES, {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_extension_without_a_key_gets_nothing(passport):
    body = json.dumps(candidate()).encode()
    answer = await passport.served.ask("POST", CAPTURES, {"Origin": ORIGIN, **JSON}, body)
    assert answer.status == 401


async def test_the_gallerys_cookie_does_not_help_an_extension(passport):
    body = json.dumps(candidate()).encode()
    headers = {"Origin": ORIGIN, **JSON, **passport.headers}
    answer = await passport.served.ask("POST", CAPTURES, headers, body)
    assert answer.status == 401


async def test_another_extension_cannot_use_a_stolen_key(browser):
    body = json.dumps(candidate()).encode()
    headers = {"Origin": "moz-extension://other", **JSON, **browser.header("POST", CAPTURES, body)}
    answer = await browser.passport.served.ask("POST", CAPTURES, headers, body)
    assert (answer.status, answer.code) == (403, "forbidden-origin")


CHANGES = {
    "another method": {"method": "GET"},
    "another address": {"target": "/api/v1/badges"},
    "another body": {"body": b"{}"},
    "another port": {"port": 1},
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_signature_fits_only_what_was_signed(browser, what):
    answer = await browser.ask("POST", CAPTURES, candidate(), **CHANGES[what])
    assert (answer.status, answer.code) == (401, "wrong-signature")


@pytest.mark.parametrize("seconds", [-120, 120])
async def test_an_old_request_is_not_taken(browser, seconds):
    then = int((browser.passport.clock().timestamp() + seconds) * 1000)
    answer = await browser.ask("POST", CAPTURES, candidate(), time_ms=then)
    assert (answer.status, answer.code) == (401, "old-request")


async def test_a_recorded_request_is_taken_once(browser):
    once = secrets.token_hex(16)
    first = await browser.ask("POST", CAPTURES, candidate(), nonce=once)
    again = await browser.ask("POST", CAPTURES, candidate(), nonce=once)
    assert first.status == 200
    assert (again.status, again.code) == (401, "used-nonce")


async def test_a_code_is_good_once_and_for_two_minutes(passport):
    code = passport.served.parts.codes.issue().code
    assert (await pair(passport, code)).status == 201
    assert (await pair(passport, code)).code == "wrong-code"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
async def test_a_page_cannot_use_a_code(passport, origin):
    assert (await pair(passport, origin=origin)).status == 403


async def test_guessing_codes_is_slowed(passport):
    answers = [await pair(passport, f"AAAA-AAA{number}") for number in range(2, 9)]
    answers += [await pair(passport, f"BBBB-BBB{number}") for number in range(2, 9)]
    assert {answer.status for answer in answers} == {403, 429}
    assert [answer.status for answer in answers].count(403) <= 10


async def test_the_daemon_proves_itself_for_its_own_port_only(passport, browser):
    nonce = secrets.token_hex(16)
    answer = await passport.served.ask("GET", f"/api/v1/hello?client={browser.client}&nonce={nonce}")
    assert answer.json["proof"] == hello_proof(browser.key, passport.served.port, nonce)
    assert answer.json["proof"] != hello_proof(browser.key, passport.served.port + 1, nonce)


BEYOND = [
    ("POST", "/api/v1/shutdown"),
    ("POST", "/api/v1/launch"),
    ("POST", "/api/v1/import"),
    ("POST", "/api/v1/codes"),
    ("GET", "/api/v1/clients"),
    ("POST", "/api/v1/publish"),
    ("POST", "/api/v1/cv"),
    ("PATCH", "/api/v1/badges/aaaaaaaaaaaaaaaa"),
    ("GET", "/connect"),
    ("GET", "/"),
]


@pytest.mark.parametrize(("method", "target"), BEYOND)
async def test_an_extension_may_list_save_and_prepare_only(browser, method, target):
    answer = await browser.ask(method, target, None if method == "GET" else {})
    assert answer.status == 403


async def test_after_revoking_nothing_works(passport, browser):
    passport.served.parts.clients.revoke(browser.client)
    answer = await browser.ask("POST", CAPTURES, candidate())
    assert (answer.status, answer.code) == (401, "unknown-client")
    nonce = secrets.token_hex(16)
    hello = await passport.served.ask("GET", f"/api/v1/hello?client={browser.client}&nonce={nonce}")
    assert (hello.status, hello.code) == (404, "unknown-client")


async def test_a_browser_disconnects_only_itself(passport, browser):
    other = await connected(passport)
    assert (await browser.ask("DELETE", f"/api/v1/clients/{other.client}")).status == 403
    assert (await browser.ask("DELETE", "/api/v1/clients/self")).status == 204
    assert passport.served.parts.clients.find(other.client) is not None


async def test_the_hash_of_the_body_is_of_its_bytes(browser):
    body = json.dumps(candidate(name="Käse")).encode()
    header = browser.header("POST", CAPTURES, body)
    answer = await browser.passport.served.ask("POST", CAPTURES, {"Origin": ORIGIN, **JSON, **header}, body)
    assert answer.status == 200
    assert hashlib.sha256(body).hexdigest() != hashlib.sha256(b"").hexdigest()
