"""Mastodon's API, as far as posting needs it; any server that speaks it will do.

Source: docs.joinmastodon.org, Methods: apps, oauth, accounts, instance, media, statuses. Scopes are the least that is
needed: `read:accounts` to know whose account it is, `read:statuses` to see whether a post is there already,
`write:media` and `write:statuses` to post.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from passport.sharing.api import Answered, Api, DeclinedError, FaultyError, Json, TokenError

SCOPES = "read:accounts read:statuses write:media write:statuses"
CLIENT_NAME = "Badge Passport"
MEDIA_POLLS = 20
MEDIA_POLL_S = 1.0
RECENT = 40
"""Statuses in one answer (the API's own most)."""
MAX_PAGES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Our registration at a server: made anew for each account, because the way back names the daemon's port."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server says that it takes; None: it does not say."""

    max_text: int | None = None
    url_length: int | None = None
    max_alt: int | None = None
    max_image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A post that is there."""

    id: str
    url: str
    content: str
    """HTML."""
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mastodon:
    """One server."""

    api: Api
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def register(self, redirect: str) -> App:
        """Make ourselves known (POST /api/v1/apps)."""
        form = {"client_name": CLIENT_NAME, "redirect_uris": redirect, "scopes": SCOPES}
        answer = await self.api.call("POST", "/api/v1/apps", form=form)
        return App(client_id=answer.text("client_id"), client_secret=answer.text("client_secret"))

    def authorize_address(self, app: App, *, redirect: str, state: str, challenge: str) -> str:
        """Return where the owner says yes (GET /oauth/authorize; RFC 7636 for the challenge)."""
        fields = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.api.server}/oauth/authorize?{urlencode(fields, quote_via=quote)}"

    async def exchange(self, app: App, *, code: str, redirect: str, verifier: str) -> str:
        """Swap the code for a token (POST /oauth/token). Raise TokenError when it may not post."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "code_verifier": verifier,
        }
        answer = await self.api.call("POST", "/oauth/token", form=form)
        token = answer.text("access_token")
        granted = answer.fields.get("scope")
        if isinstance(granted, str) and granted and not {"write", "write:statuses"} & set(granted.split()):
            raise TokenError(f"{self.api.host} does not allow posting.", remedy="Connect again, and allow it.")
        return token

    async def revoke(self, app: App, token: str) -> None:
        """Give the token back (POST /oauth/revoke)."""
        form = {"client_id": app.client_id, "client_secret": app.client_secret, "token": token}
        await self.api.call("POST", "/oauth/revoke", form=form)

    async def whose(self, token: str) -> tuple[str, str, str]:
        """Return id, handle and name of the account (GET /api/v1/accounts/verify_credentials)."""
        answer = await self.api.call("GET", "/api/v1/accounts/verify_credentials", token=token)
        name = answer.fields.get("display_name")
        handle = f"@{answer.text('acct').partition('@')[0]}@{self.api.host}"
        return answer.text("id"), handle, name[:200] if isinstance(name, str) else ""

    async def limits(self) -> Limits:
        """Return what the server takes (GET /api/v2/instance); nothing is known of one that does not say."""
        try:
            answer = await self.api.call("GET", "/api/v2/instance")
        except (DeclinedError, FaultyError):
            return Limits()
        configuration = inner(answer.fields, "configuration")
        statuses, media = inner(configuration, "statuses"), inner(configuration, "media_attachments")
        return Limits(
            max_text=number(statuses, "max_characters"),
            url_length=number(statuses, "characters_reserved_per_url"),
            max_alt=number(media, "description_limit"),
            max_image=number(media, "image_size_limit"),
        )

    async def upload(self, token: str, picture: bytes, media_type: str, alt: str) -> str:
        """Upload a picture with its description and wait until it is ready (POST /api/v2/media; 202: not yet)."""
        boundary = f"passport-{secrets.token_hex(16)}"
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        body = multipart(boundary, picture, media_type, alt)
        answer = await self.api.call("POST", "/api/v2/media", token=token, body=body, headers=headers)
        media_id = answer.text("id")
        for _ in range(MEDIA_POLLS):
            if answer.status not in {202, 206}:
                return media_id
            await self.rest(MEDIA_POLL_S)
            answer = await self.api.call("GET", f"/api/v1/media/{quote(media_id, safe='')}", token=token)
        raise FaultyError(f"{self.api.host} is still busy with the picture.")

    async def recent(self, token: str, account_id: str, before: str = "") -> Sequence[Status]:
        """Return the account's newest posts, or those before one (GET /api/v1/accounts/:id/statuses)."""
        fields = {"limit": str(RECENT)} | ({"max_id": before} if before else {})
        path = f"/api/v1/accounts/{quote(account_id, safe='')}/statuses?{urlencode(fields)}"
        return statuses_of(await self.api.call("GET", path, token=token))

    async def since(self, token: str, account_id: str, seen: Collection[str]) -> list[Status]:
        """Return the account's posts that are newer than those seen. `since_id` is not trusted: not all honour it."""
        found: dict[str, Status] = {}
        before = ""
        for _ in range(MAX_PAGES):
            page = await self.recent(token, account_id, before)
            fresh = {status.id: status for status in page if status.id not in seen and status.id not in found}
            found |= fresh
            if len(fresh) < len(page) or len(page) < RECENT:
                break
            before = page[-1].id
        return list(found.values())

    async def post(self, token: str, key: str, status: Json) -> Status:
        """Post (POST /api/v1/statuses). The key is the server's own guard against posting twice, where it has one."""
        answer = await self.api.call(
            "POST", "/api/v1/statuses", token=token, json=status, headers={"Idempotency-Key": key}
        )
        answer.text("id")
        return status_of(answer.fields)

    async def delete(self, token: str, status_id: str) -> None:
        """Delete a post and look that it is gone; one that was already is no trouble (DELETE /api/v1/statuses/:id)."""
        path = f"/api/v1/statuses/{quote(status_id, safe='')}"
        for method in ("DELETE", "GET"):
            try:
                await self.api.call(method, path, token=token)
            except DeclinedError as error:
                if error.status not in {404, 410}:
                    raise
                if method == "GET":
                    return
        raise DeclinedError(
            f"{self.api.host} still shows the post.", status=200, remedy="Delete it at the network itself."
        )


def multipart(boundary: str, picture: bytes, media_type: str, alt: str) -> bytes:
    """Return the form with a picture and its description (RFC 7578)."""
    ending = media_type.rpartition("/")[2]
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{alt}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="badge.{ending}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n".encode(),
        picture,
        f"\r\n--{boundary}--\r\n".encode(),
    )
    return b"".join(parts)


def inner(fields: Mapping[str, object], name: str) -> Json:
    """Return an object inside an object; empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def number(fields: Mapping[str, object], name: str) -> int | None:
    """Return a number that makes sense as a limit."""
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def statuses_of(answer: Answered) -> list[Status]:
    """Return the posts of an answer."""
    items = answer.body if isinstance(answer.body, list) else []
    return [status_of(item) for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]


def status_of(fields: Json) -> Status:
    """Read one post."""
    url, content, media = fields.get("url"), fields.get("content"), fields.get("media_attachments")
    attached = [item.get("id") for item in media if isinstance(item, dict)] if isinstance(media, list) else []
    return Status(
        id=str(fields.get("id")),
        url=url if isinstance(url, str) and url.startswith(("https://", "http://")) else "",
        content=content if isinstance(content, str) else "",
        media=tuple(str(item) for item in attached),
    )


def new_verifier() -> tuple[str, str]:
    """Return a fresh verifier and its challenge (RFC 7636, S256)."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
