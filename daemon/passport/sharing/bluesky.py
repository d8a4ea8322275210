"""Bluesky's API (AT Protocol, XRPC), as far as posting needs it.

Source: atproto.com, Specs: XRPC, TID, Record Key; lexicons com.atproto.server.createSession,
com.atproto.repo.uploadBlob and putRecord, app.bsky.feed.post, app.bsky.richtext.facet, app.bsky.embed.images, external.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from passport.sharing.api import Api, DeclinedError, FaultyError, Json, TokenError

POSTS = "app.bsky.feed.post"
PUBLIC_SERVER = "https://bsky.social"
APP_PASSWORD = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
"""As every server makes them; the account's own password has no business here."""
URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
TAG = re.compile(r"(?<![\w#])[#＃]((?!\d+(?:\W|$))\w{1,64})")
TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
MAX_TITLE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that lasts for one post."""

    did: str
    handle: str
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Bluesky:
    """One server (PDS)."""

    api: Api

    async def sign_in(self, identifier: str, password: str) -> Session:
        """Open a session (com.atproto.server.createSession). Raise TokenError when it is not let in."""
        wanted = {"identifier": identifier, "password": password}
        try:
            answer = await self.api.call("POST", "/xrpc/com.atproto.server.createSession", json=wanted)
        except TokenError as error:
            remedy = "Make a new app password at Bluesky (Settings, Privacy and security) and connect again."
            raise TokenError(
                f"{self.api.host} does not accept the app password of {identifier}.", remedy=remedy
            ) from error
        if answer.fields.get("active") is False:
            raise TokenError(f"The account {identifier} is not active at {self.api.host}.")
        return Session(
            did=answer.text("did"),
            handle=answer.text("handle"),
            access=answer.text("accessJwt"),
            refresh=answer.text("refreshJwt"),
        )

    async def sign_out(self, session: Session) -> None:
        """End the session (com.atproto.server.deleteSession)."""
        await self.api.call("POST", "/xrpc/com.atproto.server.deleteSession", token=session.refresh)

    async def upload(self, session: Session, picture: bytes, media_type: str) -> object:
        """Upload a picture (com.atproto.repo.uploadBlob); the same bytes give the same blob. Return its reference."""
        answer = await self.api.call(
            "POST",
            "/xrpc/com.atproto.repo.uploadBlob",
            token=session.access,
            body=picture,
            headers={"Content-Type": media_type},
        )
        blob = answer.fields.get("blob")
        if not isinstance(blob, dict):
            raise FaultyError(f"{self.api.host} does not say where the picture is.")
        return blob

    async def put(self, session: Session, rkey: str, record: Json) -> str:
        """Write a post under a key chosen beforehand (com.atproto.repo.putRecord): twice is as good as once."""
        body = {"repo": session.did, "collection": POSTS, "rkey": rkey, "validate": True, "record": record}
        answer = await self.api.call("POST", "/xrpc/com.atproto.repo.putRecord", token=session.access, json=body)
        return answer.text("uri")

    async def delete(self, session: Session, rkey: str) -> None:
        """Delete a post; one that is gone already is no trouble (com.atproto.repo.deleteRecord)."""
        body = {"repo": session.did, "collection": POSTS, "rkey": rkey}
        try:
            await self.api.call("POST", "/xrpc/com.atproto.repo.deleteRecord", token=session.access, json=body)
        except DeclinedError as error:
            if error.code != "RecordNotFound":
                raise


def facets(text: str) -> list[dict[str, object]]:
    """Mark links and hashtags, by offsets in UTF-8 bytes (app.bsky.richtext.facet)."""

    def marked(found: re.Match[str], feature: Mapping[str, str]) -> dict[str, object]:
        start = len(text[: found.start()].encode())
        index = {"byteStart": start, "byteEnd": start + len(found[0].encode())}
        return {"index": index, "features": [dict(feature)]}

    links = list(URL.finditer(text))
    covered = [range(*found.span()) for found in links]
    tags = [found for found in TAG.finditer(text) if not any(found.start() in span for span in covered)]
    return [
        *(marked(found, {"$type": "app.bsky.richtext.facet#link", "uri": found[0]}) for found in links),
        *(marked(found, {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]}) for found in tags),
    ]


def new_tid(now: datetime) -> str:
    """Return a record key that sorts by time: 53 bits of microseconds, 10 of chance (atproto.com/specs/tid)."""
    micros = int(now.timestamp() * 1_000_000) & ((1 << 53) - 1)
    number = micros << 10 | secrets.randbits(10)
    return "".join(TID_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def images(blob: object, alt: str, width: int, height: int) -> Json:
    """Return the picture as part of a post (app.bsky.embed.images)."""
    shape = {"aspectRatio": {"width": width, "height": height}} if width and height else {}
    return {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": alt, **shape}]}


def external(link: str, title: str, description: str) -> Json:
    """Return a link as a card (app.bsky.embed.external)."""
    card = {"uri": link, "title": title[:MAX_TITLE], "description": description[:MAX_TITLE]}
    return {"$type": "app.bsky.embed.external", "external": card}


def record(text: str, at: str, language: str, embed: Json | None) -> Json:
    """Return a post (app.bsky.feed.post)."""
    found = facets(text)
    return {
        "$type": POSTS,
        "text": text,
        "createdAt": at,
        **({"langs": [language]} if language else {}),
        **({"facets": found} if found else {}),
        **({"embed": embed} if embed else {}),
    }


def post_address(handle: str, rkey: str) -> str:
    """Return where people see the post."""
    return f"https://bsky.app/profile/{handle}/post/{rkey}"


def timestamp(moment: datetime) -> str:
    """Return a time as records carry it (RFC 3339, milliseconds, Z)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
