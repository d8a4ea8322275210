"""A password for a git server reaches that server, and nothing that can be looked at from outside."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from passport.errors import SharingError
from passport.sharing.site.git import GitRepository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


class Asking(BaseHTTPRequestHandler):
    """Wants to know who asks, and then has nothing."""

    def do_GET(self) -> None:
        given = self.headers.get("Authorization")
        self.server.given.append(given)  # type: ignore[attr-defined] # the test's
        self.send_response(404 if given else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Asking)
    server.given = []  # type: ignore[attr-defined] # as above
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_name_and_password_reach_the_server(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{server.server_port}/passport.git"
    password = "p w$`\\'\"é%"
    repository = GitRepository(address, tmp_path / "clone", user="ann", password=password)
    with pytest.raises(SharingError, match="git"):
        repository.plan({"index.html": b"x"})
    given = [one for one in server.given if one]  # type: ignore[attr-defined] # as above
    assert given, "git did not say who asks"
    assert {base64.b64decode(one.removeprefix("Basic ")).decode() for one in given} == {f"ann:{password}"}


def test_without_a_password_none_is_sent(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    repository = GitRepository(f"http://127.0.0.1:{server.server_port}/passport.git", tmp_path / "clone")
    with pytest.raises(SharingError):
        repository.plan({"index.html": b"x"})
    assert set(server.given) == {None}  # type: ignore[attr-defined] # as above
