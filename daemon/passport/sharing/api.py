"""What the networks' APIs have in common: JSON in and out, and a kind of error for each thing that one can do next."""

from __future__ import annotations

import json as encoding
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from passport.errors import SharingError
from passport.fetching.posting import NotReachedError, Reply, Send, Sending, UnansweredError

Json = Mapping[str, object]
MAX_WAIT_S = 86_400.0
"""No server makes us wait for longer than a day."""
MAX_QUOTED = 200
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class OfflineError(SharingError):
    """Nothing was sent; it can be tried again at any time."""


class UnansweredPostError(SharingError):
    """It was sent, and nobody knows whether it was taken."""


class FaultyError(SharingError):
    """The server failed (5xx): it may have been taken all the same."""


class LaterError(SharingError):
    """The server asks for patience (429); it took nothing."""

    def __init__(self, problem: str, *, after_s: float | None = None) -> None:
        super().__init__(problem)
        self.after_s = after_s
        """Seconds; None: it did not say."""


class TokenError(SharingError):
    """The account's token does not count any more (or never did)."""


class DeclinedError(SharingError):
    """The server will never take it like this."""

    def __init__(self, problem: str, *, status: int, code: str = "", remedy: str | None = None) -> None:
        super().__init__(problem, remedy=remedy)
        self.status = status
        self.code = code
        """The server's own word for it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A good answer."""

    status: int
    body: object
    headers: Mapping[str, str]

    @property
    def fields(self) -> Json:
        """The body as an object; empty where it is something else."""
        return self.body if isinstance(self.body, dict) else {}

    def text(self, name: str) -> str:
        """Return a text field. Raise FaultyError where it is missing: then this is not the API it should be."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value:
            raise FaultyError(f"The server's answer lacks {name}.")
        return value


@dataclass(frozen=True, slots=True)
class Api:
    """One server."""

    send: Send
    server: str
    """`https://host`, without a slash at its end."""
    clock: Callable[[], datetime]

    @property
    def host(self) -> str:
        """The server's name, for sentences."""
        return self.server.partition("://")[2]

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Ask once. Raise one of the errors above."""
        wanted = {"Accept": JSON, **(headers or {})}
        if token:
            wanted["Authorization"] = f"Bearer {token}"
        if json is not None:
            wanted["Content-Type"], body = JSON, encoding.dumps(json, ensure_ascii=False).encode()
        elif form is not None:
            wanted["Content-Type"], body = FORM, urlencode(form).encode()
        return self._judged(
            await self._sent(Sending(method=method, url=f"{self.server}{path}", headers=wanted, body=body))
        )

    async def _sent(self, sending: Sending) -> Reply:
        try:
            return await self.send(sending)
        except NotReachedError as error:
            raise OfflineError(f"{self.host} could not be asked: {error}") from error
        except UnansweredError as error:
            raise UnansweredPostError(f"{self.host} could not be asked: {error}") from error

    def _judged(self, reply: Reply) -> Answered:
        if reply.status < 300:
            return Answered(reply.status, reply.said, reply.headers)
        said, code = complaint(reply.said), complaint_code(reply.said)
        tail = f": {said}" if said else "."
        if reply.status == 429 or code == "RateLimitExceeded":
            raise LaterError(f"{self.host} asks to wait before the next post.", after_s=patience(reply, self.clock()))
        if reply.status == 401 or code in {"ExpiredToken", "InvalidToken", "AccountTakedown"}:
            raise TokenError(
                f"{self.host} does not let this account in any more{tail}", remedy="Connect the account again."
            )
        if reply.status >= 500 or reply.status == 408:
            raise FaultyError(f"{self.host} failed ({reply.status}); it is tried again.")
        if reply.status < 400:
            raise DeclinedError(
                f"{self.host} leads elsewhere, which is not followed with a token.", status=reply.status
            )
        raise DeclinedError(f"{self.host} does not take it ({reply.status}){tail}", status=reply.status, code=code)


def complaint(said: object) -> str:
    """Return what the server complains of, short and in one line (Mastodon: `error`; XRPC: `message`)."""
    fields = said if isinstance(said, dict) else {}
    value = fields.get("message") or fields.get("error_description") or fields.get("error")
    text = value if isinstance(value, str) else ""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.split())[:MAX_QUOTED]


def complaint_code(said: object) -> str:
    """Return the server's own word for the trouble (XRPC, OAuth: `error`)."""
    value = said.get("error") if isinstance(said, dict) else None
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z_]{1,60}", value) else ""


def patience(reply: Reply, now: datetime) -> float | None:
    """Return how many seconds to wait: Retry-After (RFC 9110, 10.2.3), X-RateLimit-Reset, RateLimit-Reset."""
    after = reply.headers.get("retry-after", "").strip()
    if after.isascii() and after.isdecimal():
        return bounded(float(after[:9]))
    for moment in (
        http_date(after),
        iso_date(reply.headers.get("x-ratelimit-reset", "")),
        unix_date(reply.headers.get("ratelimit-reset", "")),
    ):
        if moment is not None:
            return bounded((moment - now).total_seconds())
    return None


def bounded(seconds: float) -> float:
    """Return a wait that is neither nothing nor for ever."""
    return min(max(seconds, 1.0), MAX_WAIT_S)


def http_date(text: str) -> datetime | None:
    """Read a date as HTTP writes it."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def iso_date(text: str) -> datetime | None:
    """Read a date as Mastodon writes it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def unix_date(text: str) -> datetime | None:
    """Read a date as Bluesky writes it: seconds since 1970."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
