"""wsgidav on a loopback port, in a thread; what it is asked can be made to fail."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("wsgidav", reason="wsgidav is not installed")

from cheroot import wsgi
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

USER, PASSWORD = "ann", "correct horse"


@dataclass
class Dav:
    """A running server."""

    address: str
    root: Path
    asked: list[tuple[str, str]] = field(default_factory=list)
    answer: Callable[[str, str, int], str | None] = lambda _method, _path, _count: None
    """Returns a status line instead of doing what is asked; None: do it."""


@contextlib.contextmanager
def running(root: Path, *, locked: bool = False, idle_s: float = 10.0) -> Iterator[Dav]:
    """Serve a folder; `locked`: only to USER with PASSWORD. `idle_s`: then connections are closed without a word."""
    root.mkdir(parents=True, exist_ok=True)
    people = {"*": {USER: {"password": PASSWORD}}} if locked else {"*": True}
    config = {
        "provider_mapping": {"/": FilesystemProvider(str(root))},
        "simple_dc": {"user_mapping": people},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "verbose": 0,
        "logging": {"enable": False},
    }
    inner, dav = WsgiDAVApp(config), Dav("", root)

    def outer(environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        dav.asked.append((method, path))
        status = dav.answer(method, path, len(dav.asked))
        if status is not None:
            start_response(status, [("Content-Length", "0"), ("Retry-After", "0")])
            return [b""]
        return inner(environ, start_response)

    server = wsgi.Server(("127.0.0.1", 0), outer, numthreads=8, timeout=idle_s)
    server.expiration_interval = min(idle_s, 0.5)
    server.prepare()
    dav.address = f"http://127.0.0.1:{server.bind_addr[1]}/site/"
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield dav
    finally:
        server.stop()
