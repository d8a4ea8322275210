"""Every route of the router x header cases: who is refused, with what, and that nothing changes (security 2.1, 2.2)."""

from __future__ import annotations

import hashlib
import re

import pytest

from passport.web.routing import ROUTES, Scope

EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
STREAMS = {"/events"}
"""Never end by themselves."""


def routes_of(served):
    return [route for route in served.app[ROUTES].values() if route.path not in STREAMS]


def target_of(route):
    """Return a target that the router finds: what stands in braces there matches no braces."""
    fillings = {"{id}": "a" * 16, "{client}": "0" * 16, "{path:.+}": "css/passport.css", "{key}": "abc"}
    fillings |= {"{sha256}": "a" * 64, "{size}": "64"}
    return re.sub(r"{[^}]*}", lambda name: fillings.get(name[0], "a"), route.path)


def state_of(home):
    """A hash of everything in the home, but what a read may touch."""
    digest = hashlib.sha256()
    for file in sorted(home.rglob("*")):
        if file.is_file() and file.suffix != ".log":
            digest.update(str(file).encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def foreign_cases(port):
    """Headers that no page or program of ours sends, each with the refusal. `None` as host: none is sent."""
    host = f"127.0.0.1:{port}"
    own = f"http://127.0.0.1:{port}"
    wrong_hosts = [
        "evil.example", f"evil.example:{port}", "127.0.0.1", "localhost", "[::1]", f"127.0.0.1:{port + 1}",
        f"127.0.0.2:{port}", f"127.1:{port}", f"2130706433:{port}", f"0x7f.1:{port}", f"0.0.0.0:{port}",
        f"127.0.0.1.:{port}", f"localhost.:{port}", f"LOCALHOST:{port}", f"127.0.0.1:0{port}",
        f"127.0.0.1:{port}.evil.example", f"evil.example@127.0.0.1:{port}",
        f"[::ffff:127.0.0.1]:{port}", f"127.0.0.1.evil.example:{port}", f"localhost.evil.example:{port}",
    ]  # fmt: skip
    for wrong in wrong_hosts:
        yield {"Host": wrong}, 421
    wrong_origins = [
        "null", "http://evil.example", f"http://127.0.0.1:{port}.evil.example", f"http://127.0.0.1:{port + 1}",
        f"https://127.0.0.1:{port}", "http://127.0.0.1", f"http://evil.example:{port}", f"http://127.0.0.1:{port}/",
        f"{own} {own}", "file://", f"http://127.0.0.1.evil.example:{port}", f"HTTP://127.0.0.1:{port}", "about:blank",
        "chrome-extension://", "chrome-extension://a/../b", f"http://chrome-extension://abc.{port}", "resource://x",
        "moz-extension://abc.evil.example", "chrome-extension://abc@evil",
    ]  # fmt: skip
    for wrong in wrong_origins:
        yield {"Host": host, "Origin": wrong}, 403
    for site in ("cross-site", "same-site", "CROSS-SITE", "none, cross-site", "", "unknown"):
        yield {"Host": host, "Sec-Fetch-Site": site}, 403
    yield (
        {"Host": host, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        403,
    )
    yield {"Host": host, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403
    yield [("Host", host), ("Origin", own), ("Origin", "http://evil.example")], 403
    yield [("Host", host), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], 403
    yield {}, 400  # no Host at all: aiohttp
    yield [("Host", host), ("Host", "evil.example")], 400


async def test_what_comes_from_elsewhere_is_refused_everywhere_even_with_the_key(served, tmp_path):
    before = state_of(tmp_path)
    cases = list(foreign_cases(served.port))
    assert len(cases) >= 40
    tried = 0
    for route in routes_of(served):
        if route.from_elsewhere:
            continue
        body = b"{}" if route.method != "GET" else b""
        for headers, status in cases:
            pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
            pairs += [*served.owner.items(), ("Content-Type", route.types[0])]
            answer = await served.ask(route.method, target_of(route), pairs, body, host=False)
            # without a (single) Host aiohttp itself may have refused
            assert answer.status in ({400, 421} if status == 400 else {status}), (route.method, route.path, headers)
            tried += 1
    assert tried >= 40 * 15
    assert state_of(tmp_path) == before


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example{path}",
        "https://127.0.0.1:{port}{path}",
        "http://127.0.0.1:{port}{path}",
        "evil.example:80",
        "*",
    ],
)
async def test_targets_that_are_no_path_are_refused(served, target):
    for route in routes_of(served):
        shown = target.format(path=target_of(route), port=served.port)
        answer = await served.ask(route.method, shown, served.owner)
        assert answer.status in {400, 404, 405, 421}, shown
        assert answer.status != 200


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "CONNECT", "PUT", "BREW", "PROPFIND"])
async def test_other_methods_are_refused_and_no_preflight_is_answered(served, method):
    preflight = {"Origin": EXTENSION, "Access-Control-Request-Method": "POST", **served.owner}
    for route in routes_of(served):
        answer = await served.ask(method, target_of(route), preflight)
        assert answer.status in {400, 403, 404, 405}, (method, route.path)
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_without_a_key_everything_under_api_but_the_public_answers_401_or_403(served, tmp_path):
    before = state_of(tmp_path)
    public = set()
    for route in routes_of(served):
        body = b"{}" if route.method != "GET" else b""
        answer = await served.ask(route.method, target_of(route), {"Content-Type": route.types[0]}, body)
        if route.scope is Scope.PUBLIC:
            public.add(route.path)
        else:
            assert answer.status in {401, 403}, (route.method, route.path)
            assert "application/problem+json" in answer.headers["content-type"] or not route.path.startswith("/api/")
    api = {path for path in public if path.startswith("/api/")}
    assert api == {"/api/v1/ping", "/api/v1/openapi.json", "/api/v1/hello", "/api/v1/pair"}
    assert state_of(tmp_path) == before


WRONG_KEYS = [
    "Bearer wrong", "Bearer ", "Bearer", "bearer owner-key-of-the-test-0123456789abcdef", "Basic b3duZXI6",
    "owner-key-of-the-test-0123456789abcdef", "Bearer owner-key-of-the-test-0123456789abcde", "Passport x",
    "Bearer owner-key-of-the-test-0123456789abcdef ,x", "Passport 0000000000000000:1:00:00", "Bearer \xff",
]  # fmt: skip


@pytest.mark.parametrize("key", WRONG_KEYS)
async def test_a_wrong_key_is_refused_everywhere(served, key):
    for route in routes_of(served):
        answer = await served.ask(route.method, target_of(route), {"Authorization": key})
        assert answer.status in {401, 429}, (route.path, answer.status)


async def test_two_keys_are_refused_even_if_one_is_right(served):
    pairs = [*served.owner.items(), ("Authorization", "Bearer x")]
    assert (await served.ask("GET", "/api/v1/status", pairs)).status in {400, 401}


FORM_TYPES = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "text/plain;application/json", "", None, "application/json5", "application/octet-streams", "*/*",
]  # fmt: skip


@pytest.mark.parametrize("kind", FORM_TYPES)
async def test_what_a_form_can_send_never_reaches_the_api(served, kind, tmp_path):
    before = state_of(tmp_path)
    signed_in = await served.sign_in()
    for route in routes_of(served):
        if route.method == "GET" or not route.path.startswith("/api/"):
            continue
        for who in (served.owner, signed_in):
            if route.scope is Scope.OWNER and who is signed_in:
                continue
            headers = who if kind is None else {**who, "Content-Type": kind}
            answer = await served.ask(route.method, target_of(route), headers, b'{"a":1}')
            assert answer.status == 415, (route.path, kind)
    assert state_of(tmp_path) == before


async def test_a_session_needs_its_token_for_whatever_changes_something(served, tmp_path):
    before = state_of(tmp_path)
    signed_in = await served.sign_in()
    other = await served.sign_in()
    wrong = [
        None,
        "",
        "x",
        other["X-CSRF-Token"],
        signed_in["X-CSRF-Token"][:-1],
        signed_in["X-CSRF-Token"] + "x",
        "\xff",
    ]
    for route in routes_of(served):
        if route.method == "GET" or route.scope is Scope.OWNER:
            continue
        for token in wrong:
            headers = {"Cookie": signed_in["Cookie"], "Content-Type": route.types[0]}
            if token is not None:
                headers["X-CSRF-Token"] = token
            answer = await served.ask(route.method, target_of(route), headers, b"{}")
            assert answer.status == 403, (route.path, token)
            assert "too old" in answer.body.decode()
            assert not route.path.startswith("/api/") or answer.code == "wrong-csrf-token"
    assert state_of(tmp_path) == before


async def test_a_session_may_not_do_what_only_the_owners_key_may(served):
    signed_in = await served.sign_in()
    for route in routes_of(served):
        if route.scope is not Scope.OWNER:
            continue
        answer = await served.ask(route.method, target_of(route), {**signed_in, "Content-Type": route.types[0]}, b"{}")
        assert (answer.status, answer.code) == (403, "out-of-scope"), route.path


async def test_the_gallerys_cookie_is_worth_nothing_in_the_hands_of_an_extension(served):
    signed_in = await served.sign_in()
    for route in routes_of(served):
        if route.scope is Scope.PUBLIC or not route.path.startswith("/api/"):
            continue
        headers = {**signed_in, "Origin": EXTENSION, "Content-Type": route.types[0]}
        answer = await served.ask(route.method, target_of(route), headers, b"{}")
        assert answer.status == 401, route.path


async def test_cookies_of_other_ports_and_sessions_are_none(served):
    signed_in = await served.sign_in()
    value = signed_in["Cookie"].split("=", 1)[1]
    name = f"badge-passport-{served.port}"
    cookies = [f"badge-passport-{served.port + 1}={value}", f"badge-passport={value}", f"{name}=", f"{name}={value}x"]
    for cookie in [*cookies, f"{name}=%00", name]:
        assert (await served.ask("GET", "/api/v1/badges", {"Cookie": cookie})).status == 401, cookie


async def test_every_answer_carries_the_protecting_headers(served):
    signed_in = await served.sign_in()
    targets = [
        "/",
        "/nothing",
        "/api/v1/ping",
        "/api/v1/nothing",
        "/api/v1/badges",
        "/open?ticket=x",
        "/api/v1/badges/" + "a" * 16,
    ]
    for target in targets:
        for who in ({}, served.owner, signed_in, {"Origin": "null"}, {"Host": "evil.example"}):
            headers = (await served.ask("GET", target, who)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"], target
            assert "unsafe" not in headers["content-security-policy"].split("style-src")[0]
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] in {"no-referrer", "same-origin"}  # forms need the latter
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert not [name for name in headers if name.startswith("access-control")]
            assert "aiohttp" not in headers["server"].lower()
            assert "python" not in headers["server"].lower()


async def test_unknown_addresses_look_like_known_ones_to_strangers(served):
    known = await served.ask("GET", "/api/v1/badges")
    unknown = await served.ask("GET", "/api/v1/nothing")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert (await served.ask("GET", "/api/v1/nothing", served.owner)).status == 404


async def test_bodies_are_limited_and_must_tell_their_length(served):
    json = {**served.owner, "Content-Type": "application/json"}
    target = "/api/v1/badges/lookup"
    too_large = await served.ask("POST", target, json, b" " * ((1 << 20) + 1))
    assert (too_large.status, too_large.code) == (413, "too-large")
    assert (await served.ask("POST", target, json, b" " * (1 << 20))).status == 400  # just fits, and is no JSON
    assert (await served.ask("POST", target, {**json, "Content-Length": "999999999"}, b"{}")).status == 413
    assert (
        await served.ask("POST", target, {**json, "Transfer-Encoding": "chunked"}, b"2\r\n{}\r\n0\r\n\r\n")
    ).status == 411


WRONG_BODIES = [
    b"", b"[]", b"{", b"null", b'{"sha256":[1]}', b'{"x":1}', b"\xff", b'{"sha256":' + b"[" * 5000, b"[" * 100_000,
    b'{"addresses":["\\ud800"]}',
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG_BODIES)
async def test_bodies_that_are_not_as_described_are_refused(served, body):
    headers = {**served.owner, "Content-Type": "application/json"}
    answer = await served.ask("POST", "/api/v1/badges/lookup", headers, body)
    assert (answer.status, answer.code) == (400, "wrong-body")


async def test_those_without_a_key_are_slowed_and_those_with_one_are_not(served):
    statuses = [(await served.ask("GET", "/api/v1/badges")).status for _ in range(320)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert (await served.ask("GET", "/api/v1/badges")).headers["retry-after"] == "10"
    assert (await served.ask("GET", "/api/v1/badges", served.owner)).status == 200


async def test_a_page_without_a_session_says_how_to_open_the_gallery(served):
    answer = await served.ask("GET", "/")
    assert answer.status == 401
    assert "text/html" in answer.headers["content-type"]
    assert b"badge-passport open" in answer.body


async def test_our_own_pages_and_programs_are_let_in(served):
    signed_in = await served.sign_in()
    for host in ("127.0.0.1", "localhost", "[::1]"):
        name = f"{host}:{served.port}"
        headers = {**signed_in, "Host": name, "Origin": f"http://{name}", "Sec-Fetch-Site": "same-origin"}
        assert (await served.ask("GET", "/api/v1/badges", headers)).status == 200
    assert (await served.ask("GET", "/api/v1/badges", served.owner)).status == 200
    assert (await served.ask("GET", "/", {**signed_in, "Sec-Fetch-Site": "none"})).status == 200


async def test_the_api_describes_itself_to_anyone_and_leaves_no_operation_out(served):
    answer = await served.ask("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    described = {(method.upper(), path) for path, methods in answer.json["paths"].items() for method in methods}
    assert described == {(r.method, r.path) for r in routes_of(served) if r.operation is not None}
