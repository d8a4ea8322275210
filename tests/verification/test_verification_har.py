"""Documents as HTTP Archive: what a verification used can be kept, and used again at any later time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.verification.asking import NOW, ask

from passport.errors import ParseError
from passport.verification.documents import Documents, RemoteDocument

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
