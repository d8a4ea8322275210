"""`data:` URIs."""

from __future__ import annotations

import pytest

from passport.badge.data_uris import data_of


@pytest.mark.parametrize(
    ("uri", "data"),
    [
        ("data:,", b""),
        ("data:text/plain,a%20b,c", b"a b,c"),
        ("data:text/plain;charset=utf-8,ä", "ä".encode()),
        ("data:image/png;base64,AAEC", b"\0\1\2"),
        ("data:image/png;base64,AA%3D%3D", b"\0"),
        ("data:image/png;base64,AA\r\n E C", b"\0\1\2"),
        ("data:image/png;base64,AA", b"\0"),
    ],
)
def test_what_stands_in_the_address_is_read(uri: str, data: bytes) -> None:
    assert data_of(uri) == data


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "data:",
        "data:image/png;base64",
        "https://issuer.example/a,b",
        "data:image/png;base64,%%%",
        "data:image/png;base64,A",
        "data:image/png;base64,AAEC<svg>",
        "data:image/png;base64,ä",
        "data:,\ud800",
    ],
)
def test_what_holds_nothing_is_none(uri: str) -> None:
    assert data_of(uri) is None
