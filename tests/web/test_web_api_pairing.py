"""Connecting a browser, and each line of the threat table of extension.md 4.4 that the daemon can answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import stat

import pytest
from tests.web.served import Clock

from passport.web.clients import MAX_CLIENTS, Clients
from passport.web.pairing import CODE_LIFE, MAX_CODES, PairingCodes
from passport.web.routing import ROUTES, Scope

FIREFOX = "moz-extension://0f2b6f5e-52a0-4a3e-9d8e-3a8f0d7f6c11"
CHROMIUM = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"


def mac(key: str, text: str) -> str:
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


async def pair(served, code: str, origin: str | None = FIREFOX, **changes):
    body = {"code": code, "label": "Firefox on Linux", "browser": "firefox", **changes}
    headers = {"Content-Type": "application/json"} | ({"Origin": origin} if origin is not None else {})
    return await served.ask("POST", "/api/v1/pair", headers, json.dumps(body).encode())


async def paired(served) -> dict[str, str]:
    return (await pair(served, served.parts.codes.issue().code)).json


def signed(served, client, method, target, body=b"", *, time_ms=None, nonce=None, key=None, port=None):
    time_ms = int(served.parts.clock().timestamp() * 1000) if time_ms is None else time_ms
    nonce = nonce or secrets.token_hex(16)
    digest = hashlib.sha256(body).hexdigest()
    text = f"{method}|{port or served.port}|{target}|{digest}|{time_ms}|{nonce}"
    return {"Authorization": f"Passport {client['client']}:{time_ms}:{nonce}:{mac(key or client['key'], text)}"}


async def test_button_and_typed_code_connect(served):
    code = served.parts.codes.issue()
    first = await pair(served, code.code)
    assert first.status == 201
    assert len(bytes.fromhex(first.json["key"])) == 32
    typed = served.parts.codes.issue().typed
    second = await pair(served, f" {typed.lower().replace('-', ' ')} ", CHROMIUM)
    assert second.status == 201
    assert first.json["key"] != second.json["key"]
    assert first.json["client"] != second.json["client"]


async def test_the_daemon_proves_itself_with_its_port(served):
    client = await paired(served)
    nonce = secrets.token_hex(16)
    answer = await served.ask("GET", f"/api/v1/hello?client={client['client']}&nonce={nonce}")
    assert answer.json["proof"] == mac(client["key"], f"server|{served.port}|{nonce}")


async def test_a_signed_request_is_answered(served):
    client = await paired(served)
    target = "/api/v1/badges?limit=1&q=a%20b%7Cc"
    assert (await served.ask("GET", target, signed(served, client, "GET", target))).status == 200
    body = json.dumps({"addresses": ["https://issuer.example/1"]}).encode()
    target = "/api/v1/badges/lookup"
    headers = {**signed(served, client, "POST", target, body), "Content-Type": "application/json", "Origin": FIREFOX}
    assert (await served.ask("POST", target, headers, body)).status == 200


async def test_a_code_is_good_once_in_both_its_forms(served):
    code = served.parts.codes.issue()
    assert (await pair(served, code.code)).status == 201
    for used in (code.code, code.typed):
        answer = await pair(served, used)
        assert (answer.status, answer.code) == (403, "wrong-code")


async def test_a_code_grows_old(served, clock):
    code = served.parts.codes.issue()
    clock.forward(CODE_LIFE.total_seconds() + 1)
    assert (await pair(served, code.code)).status == 403


PAGES = ["null", "http://evil.example", "http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "file://"]


@pytest.mark.parametrize("origin", [None, "chrome-extension://", *PAGES])
async def test_no_page_can_pair_not_even_ours(served, origin):
    origin = origin and origin.format(port=served.port)
    answer = await pair(served, served.parts.codes.issue().code, origin)
    assert (answer.status, answer.code) == (403, "forbidden-origin")
    assert served.parts.clients.all() == ()


async def test_guessing_is_slowed(served, clock):
    code = served.parts.codes.issue()
    answers = [await pair(served, f"AAAA-AAA{letter}") for letter in "BCDEFGHJKMN"]
    assert [answer.status for answer in answers] == [403] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await pair(served, code.code)).status == 429
    clock.forward(60)
    assert (await pair(served, code.code)).status == 201


WRONG = [
    {"code": ""},
    {"code": 1},
    {"label": ""},
    {"label": "x" * 81},
    {"browser": "x" * 41},
    {"extra": 1},
    {"label": 0},
]


@pytest.mark.parametrize("changes", WRONG)
async def test_wrong_bodies_do_not_pair(served, changes):
    code = served.parts.codes.issue()
    answer = await pair(served, **{"code": code.code, **changes})
    assert (answer.status, answer.code) == (400, "wrong-body")
    assert served.parts.clients.all() == ()


async def test_replayed_changed_old_and_forged_requests_are_refused(served, clock):
    client = await paired(served)
    target, now_ms = "/api/v1/badges", int(clock().timestamp() * 1000)
    good = signed(served, client, "GET", target)
    assert (await served.ask("GET", target, good)).status == 200

    async def code_of(headers, target=target, method="GET", body=b""):
        answer = await served.ask(method, target, headers, body)
        assert answer.status == 401
        return answer.code

    assert await code_of(good) == "used-nonce"
    assert await code_of(signed(served, client, "GET", target, time_ms=now_ms - 61_000)) == "old-request"
    assert await code_of(signed(served, client, "GET", target, time_ms=now_ms + 61_000)) == "old-request"
    assert await code_of(signed(served, client, "GET", target), target + "?limit=1") == "wrong-signature"
    assert await code_of(signed(served, client, "POST", target)) == "wrong-signature"
    assert await code_of(signed(served, client, "GET", target, port=served.port + 1)) == "wrong-signature"
    assert await code_of(signed(served, client, "GET", target, key="00" * 32)) == "wrong-signature"
    other = {**client, "client": "0" * 16}
    assert await code_of(signed(served, other, "GET", target)) == "unknown-client"
    body = b'{"sha256":[]}'
    headers = {**signed(served, client, "POST", "/api/v1/badges/lookup", body), "Content-Type": "application/json"}
    assert await code_of(headers, "/api/v1/badges/lookup", "POST", b'{"sha256":[ ]}') == "wrong-signature"


async def test_a_refused_request_does_not_use_up_its_nonce_for_others(served):
    client = await paired(served)
    nonce = secrets.token_hex(16)
    forged = signed(served, client, "GET", "/api/v1/badges", nonce=nonce, key="11" * 32)
    assert (await served.ask("GET", "/api/v1/badges", forged)).status == 401
    good = signed(served, client, "GET", "/api/v1/badges", nonce=nonce)
    assert (await served.ask("GET", "/api/v1/badges", good)).status == 200


async def test_nonces_are_forgotten_only_when_their_time_is_over(served, clock):
    client = await paired(served)
    target = "/api/v1/badges"
    good = signed(served, client, "GET", target)
    assert (await served.ask("GET", target, good)).status == 200
    clock.forward(59)
    assert (await served.ask("GET", target, good)).code == "used-nonce"
    clock.forward(200)
    assert (await served.ask("GET", target, good)).code == "old-request"


async def test_another_extension_with_the_key_of_this_one_is_noticed(served):
    client = await paired(served)
    body, target = b"{}", "/api/v1/badges/lookup"
    headers = {**signed(served, client, "POST", target, body), "Content-Type": "application/json", "Origin": CHROMIUM}
    answer = await served.ask("POST", target, headers, body)
    assert (answer.status, answer.code) == (403, "forbidden-origin")


async def test_an_extension_may_do_what_its_scope_says_on_every_route(served):
    client = await paired(served)
    for route in list(served.app[ROUTES].values()):
        target = route.path.replace("{id}", "a" * 16).replace("{client}", "0" * 16)
        if "{" in target or target == "/events":
            continue
        body = b"{}" if route.method != "GET" else b""
        headers = {**signed(served, client, route.method, target, body), "Content-Type": route.types[0]}
        answer = await served.ask(route.method, target, headers, body)
        if route.scope > Scope.EXTENSION:
            assert answer.status == 403, route.path
            assert b"not allowed from here" in answer.body or b"gallery" in answer.body
        else:
            assert answer.status != 401, route.path


async def test_who_is_revoked_is_out_at_once_and_says_hello_no_more(served):
    client = await paired(served)
    answer = await served.ask("DELETE", f"/api/v1/clients/{client['client']}", served.owner)
    assert answer.status == 204
    assert (
        await served.ask("GET", "/api/v1/badges", signed(served, client, "GET", "/api/v1/badges"))
    ).code == "unknown-client"
    hello = await served.ask("GET", f"/api/v1/hello?client={client['client']}&nonce={'0' * 32}")
    assert (hello.status, hello.code) == (404, "unknown-client")


async def test_a_browser_disconnects_itself_and_nobody_else(served):
    one, two = await paired(served), await paired(served)
    target = f"/api/v1/clients/{two['client']}"
    assert (await served.ask("DELETE", target, signed(served, one, "DELETE", target))).status == 403
    target = "/api/v1/clients/self"
    assert (await served.ask("DELETE", target, signed(served, one, "DELETE", target))).status == 204
    assert [client.id for client in served.parts.clients.all()] == [two["client"]]


async def test_the_list_of_browsers_shows_no_key(served):
    client = await paired(served)
    answer = await served.ask("GET", "/api/v1/clients", served.owner)
    assert [shown["label"] for shown in answer.json["clients"]] == ["Firefox on Linux"]
    assert client["key"] not in answer.body.decode()


@pytest.mark.parametrize(
    "query",
    ["", "client=owner", "client=owner&nonce=1", f"client=x&nonce={'0' * 32}", f"client=owner&nonce={'G' * 32}"],
)
async def test_a_hello_without_its_words_is_refused(served, query):
    answer = await served.ask("GET", f"/api/v1/hello?{query}")
    assert (answer.status, answer.code) == (400, "wrong-query")


async def test_connected_browsers_survive_a_restart_in_a_file_of_the_owners_alone(served, tmp_path):
    client = await paired(served)
    file = served.parts.places.state / "clients.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = Clients(file, Clock())
    assert again.find(client["client"]).key.hex() == client["key"]


def test_there_is_an_end_to_codes_and_clients(tmp_path):
    codes = PairingCodes(Clock())
    issued = [codes.issue() for _ in range(MAX_CODES + 1)]
    assert not codes.burn(issued[0].code)
    assert codes.burn(issued[1].code)
    clients = Clients(tmp_path / "clients.json", Clock())
    for _ in range(MAX_CLIENTS):
        clients.add(label="x", browser="", origin=FIREFOX)
    with pytest.raises(Exception, match="Too many"):
        clients.add(label="x", browser="", origin=FIREFOX)


def test_codes_are_not_kept_readable():
    codes = PairingCodes(Clock())
    code = codes.issue()
    assert code.code not in repr(codes)
    assert code.typed.replace("-", "") not in repr(codes)
