"""Documents as HTTP Archive: what a verification used can be kept, and used again at any later time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.verification.asking import NOW, ask

from passport.errors import ParseError
from passport.verification.documents import Documents, RemoteDocument, says_the_same

DOCUMENTS = st.builds(
    RemoteDocument,
    url=st.from_regex(r"https://[a-z]{1,8}\.example/[a-z]{0,5}", fullmatch=True),
    fetched_at=st.just("2026-06-01T12:00:00Z"),
    status=st.sampled_from([200, 404, 410, 500]),
    content_type=st.sampled_from(["application/json", "image/png", ""]),
    body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
    final_url=st.none() | st.just("https://other.example/x"),
    headers=st.just(()) | st.just((("ETag", '"1"'), ("Date", "now"))),
    problem=st.none() | st.just("The answer was too large."),
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_documents_come_back(documents: list[RemoteDocument]) -> None:
    original = Documents.of(documents)
    assert Documents.from_har(original.to_har()) == original
    assert original.to_har() == Documents.of(reversed(list(original.values()))).to_har()


def test_no_answer_comes_back_as_none() -> None:
    document = RemoteDocument(url="https://a.example/", fetched_at="", problem="The site did not answer.")
    assert not Documents.from_har(Documents.of([document]).to_har())["https://a.example/"].ok


def test_a_verification_can_be_made_again_from_the_archive_alone() -> None:
    issuer = Issuer()
    for file in (issuer.hosted_badge(), issuer.jws_badge(), issuer.jwt_badge(), issuer.signed_badge()):
        kept = Documents.from_har(issuer.documents().to_har())
        assert ask(file, kept).to_json() == ask(file, issuer).to_json()
        assert ask(file, kept) == ask(file, kept), "the same question has the same answer"


def entry(url: str, status: int = 200, **response: Any) -> dict[str, Any]:
    request = {"method": response.pop("method", "GET"), "url": url}
    return {"request": request, "response": {"status": status, "content": {"text": "{}"}} | response}


def har(*entries: Any) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode()


def test_redirects_that_stand_as_entries_of_their_own_are_followed() -> None:
    archive = har(
        entry("https://a.example/1", 302, redirectURL="/2"),
        entry("https://a.example/2", 301, redirectURL="https://b.example/3"),
        entry("https://b.example/3"),
    )
    document = Documents.from_har(archive)["https://a.example/1"]
    assert (document.ok, document.final_url) == (True, "https://b.example/3")


def test_redirects_into_nothing_or_in_circles_are_no_answer() -> None:
    archive = har(
        entry("https://a.example/1", 302, redirectURL="/2"),
        entry("https://a.example/2", 302, redirectURL="/1"),
        entry("https://a.example/3", 302, redirectURL="https://nowhere.example/"),
    )
    documents = Documents.from_har(archive)
    assert not any(documents[url].ok for url in documents)


def test_an_archive_has_what_har_1_2_demands() -> None:
    """http://www.softwareishard.com/blog/har-12-spec/: all members that are not optional, so that others read it."""
    document = RemoteDocument(
        url="https://a.example/ü",
        fetched_at="2026-06-01T12:00:00Z",
        status=200,
        content_type="application/json",
        body="ü".encode(),
        final_url="https://b.example/",
        headers=(("ETag", '"1"'),),
    )
    failure = RemoteDocument(url="https://b.example/", fetched_at="", problem="Nobody answered.")
    log = json.loads(Documents.of([failure, document]).to_har())["log"]
    assert (log["version"], set(log["creator"])) == ("1.2", {"name", "version"})
    first, second = log["entries"]
    assert first == {
        "startedDateTime": "2026-06-01T12:00:00Z",
        "time": 0,
        "request": {
            "method": "GET",
            "url": "https://a.example/ü",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "ETag", "value": '"1"'}],
            "content": {"size": 2, "mimeType": "application/json", "text": "ü"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 2,
            "_finalUrl": "https://b.example/",
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }
    assert (second["response"]["status"], second["response"]["_problem"]) == (0, "Nobody answered.")


@pytest.mark.parametrize("name", ["ETag", "last-modified", "Date", "EXPIRES", "Cache-Control", "Retry-After"])
def test_headers_that_later_questions_need_are_kept_and_no_others(name: str) -> None:
    headers = [{"name": name, "value": "x"}, {"name": "Set-Cookie", "value": "secret"}, {"name": 7}, 7]
    for kept, written in (((), 7), ((), None), (((name, "x"),), headers)):
        (document,) = Documents.from_har(har(entry("https://a.example/", headers=written))).values()
        assert document.headers == kept


@pytest.mark.parametrize("status", [200, 299, 300, 302, 399, 400, 500])
def test_only_a_redirect_leads_elsewhere(status: int) -> None:
    url = "https://a.example/1"
    documents = Documents.from_har(har(entry(url, status, redirectURL="/2#part"), entry("https://a.example/2")))
    leads = 300 <= status < 400
    assert documents[url].final_url == ("https://a.example/2" if leads else None)
    assert documents[url].ok == (leads or 200 <= status < 300)


def test_a_chain_of_five_redirects_is_followed_and_one_of_six_is_not() -> None:
    chain = [entry(f"https://a.example/{n}", 302, redirectURL=f"/{n + 1}") for n in range(6)]
    documents = Documents.from_har(har(*chain, entry("https://a.example/6")))
    assert documents["https://a.example/1"].ok
    assert "too often" in str(documents["https://a.example/0"].problem)
    for target in ("/7", "http://["):
        lost = Documents.from_har(har(entry("https://a.example/x", 302, redirectURL=target)))["https://a.example/x"]
        assert "does not hold" in str(lost.problem)
        assert not lost.ok


def test_documents_that_say_the_same_are_told_from_those_that_say_more() -> None:
    first = RemoteDocument(url="https://a.example/", fetched_at="2026-01-01T00:00:00Z", status=200, body=b"{}")
    kept = Documents.of([first])
    for date, same in (("2026-03-31T23:59:59Z", True), ("2026-04-01T00:00:00Z", False), ("", False), ("x", False)):
        assert says_the_same(kept, Documents.of([replace(first, fetched_at=date)])) == same, date
    undated = Documents.of([replace(first, fetched_at="once")])
    assert says_the_same(undated, undated)
    changes: list[dict[str, Any]] = [
        {"status": 410}, {"body": b"[]"}, {"content_type": "text/html"}, {"final_url": "https://b.example/"},
        {"problem": "It was too large."}, {"url": "https://a.example/2"},
    ]  # fmt: skip
    for change in changes:
        assert not says_the_same(kept, Documents.of([replace(first, **change)])), change
    assert not says_the_same(kept, Documents())
    assert not says_the_same(kept, kept | Documents.of([replace(first, url="https://a.example/2")]))
    assert (len(kept), len(Documents())) == (1, 0)


def test_what_browsers_write() -> None:
    archive = har(
        entry("https://a.example/1", 0, _error="net::ERR_NAME_NOT_RESOLVED"),
        entry("https://a.example/2", content={"text": "AAEC", "encoding": "base64", "mimeType": "image/png"}),
        entry("https://a.example/3", method="POST"),
        entry("https://a.example/4#part"),
        entry("https://a.example/5", content={}),
        entry("https://a.example/6", content={"text": "!!!!", "encoding": "base64"}),
        {"request": 7},
        7,
    )
    documents = Documents.from_har(archive)
    assert documents["https://a.example/1"].problem == "net::ERR_NAME_NOT_RESOLVED"
    assert documents["https://a.example/2"].body == b"\0\1\2"
    assert "https://a.example/3" not in documents
    assert documents["https://a.example/4"].ok
    assert documents["https://a.example/5"].body == documents["https://a.example/6"].body == b""


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"log": {}}', b'{"log": {"entries": 7}}', b"\xff", b"[" * 9999]
)
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        Documents.from_har(data)


def test_the_moment_is_said() -> None:
    assert ask(Issuer().jwt()).verified_at == NOW.isoformat().replace("+00:00", "Z")
