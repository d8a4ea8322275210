"""Speaking with a daemon over HTTP, by the standard library alone: aiohttp would cost each command 150 ms."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from passport.errors import PassportError
from passport.settings import Places

HELLO_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 600.0
"""For one answer, or one line of a stream."""
OWNER = "owner"

Json = dict[str, Any]


class RefusedError(PassportError):
    """The daemon answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"The daemon answered {status}.")
        self.remedy = problem.get("remedy")
        self.status = status
        self.code = str(problem.get("code", ""))


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon that can be asked."""

    port: int
    key: str
    pid: int = 0

    @classmethod
    def find(cls, places: Places) -> Daemon | None:
        """Return the running daemon, or None. It proves itself before it is told anything (security 2.2)."""
        try:
            said = json.loads(places.daemon_file.read_bytes())
            daemon = cls(int(said["port"]), str(said["key"]), int(said["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return daemon if daemon.is_real() else None

    def is_real(self) -> bool:
        """Whether who listens there holds the key (`web.pairing`, section 3)."""
        nonce = secrets.token_hex(16)
        wanted = hmac.new(self.key.encode(), f"server|{self.port}|{nonce}".encode(), hashlib.sha256).hexdigest()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=HELLO_TIMEOUT_S)
        try:
            connection.request("GET", f"/api/v1/hello?client={OWNER}&nonce={nonce}")
            proof = json.loads(connection.getresponse().read(10_000))["proof"]
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return False
        finally:
            connection.close()
        return isinstance(proof, str) and hmac.compare_digest(proof.encode(), wanted.encode())

    def get(self, path: str, **query: object) -> Json:
        """Ask for something."""
        return self.ask("GET", _with(path, query))

    def ask(self, method: str, path: str, body: object = None) -> Json:
        """Send a request and return the answer. Raise RefusedError."""
        with _Answer(self, method, path, body) as response:
            content = response.read()
        return json.loads(content) if content else {}

    def content(self, method: str, path: str, body: object = None) -> tuple[bytes, Mapping[str, str]]:
        """Send a request and return the answer's bytes and headers. Raise RefusedError."""
        with _Answer(self, method, path, body) as response:
            return response.read(), dict(response.headers)

    def lines(self, method: str, path: str, body: object = None) -> Iterator[Json]:
        """Send a request and yield the lines of the answer as they come. Raise PassportError on a line `problem`."""
        with _Answer(self, method, path, body) as response:
            ended = False
            while line := response.readline():
                said = json.loads(line)
                if said["kind"] == "problem":
                    raise PassportError(said.get("detail") or "It failed.", remedy=said.get("remedy"))
                ended = said["kind"] == "done"
                yield said
            if not ended:
                raise PassportError("The daemon ended before the work was done.")


class _Answer:
    """One request and its answer."""

    def __init__(self, daemon: Daemon, method: str, path: str, body: object) -> None:
        self._connection = HTTPConnection("127.0.0.1", daemon.port, timeout=ANSWER_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {daemon.key}", "Accept": "application/json"}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        self._request = (method, f"/api/v1{path}", content, headers)

    def __enter__(self) -> HTTPResponse:
        try:
            self._connection.request(*self._request)
            response = self._connection.getresponse()
        except (OSError, HTTPException) as error:
            raise PassportError(f"The daemon does not answer: {error}.") from error
        if response.status >= 400:
            raise RefusedError(response.status, _problem(response.read()))
        return response

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _problem(content: bytes) -> Mapping[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _with(path: str, query: Mapping[str, object]) -> str:
    said = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}
    return f"{path}?{urlencode(said)}" if said else path


def badge_path(entry_id: str) -> str:
    """Return the path of a badge, whatever was typed as its id."""
    return f"/badges/{quote(entry_id, safe='')}"


def absolute(path: str) -> str:
    """Return a path that means the same to the daemon."""
    return str(Path(path).expanduser().absolute())
