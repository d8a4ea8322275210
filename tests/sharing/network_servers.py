"""A Mastodon and a Bluesky on loopback that take nothing that the networks' documentation does not describe.

`faults` says what becomes of the next requests to a path: a status (or that and a word for it), `hang`, `cut` (the
connection ends without an answer, nothing done), `cut-after` (what was asked is done, then the connection ends) or
`hang-after` (it is done, and no answer comes).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import html
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

TOKEN = "canary-token-of-mastodon"
APP_PASSWORD = "q2w3-e4r5-t6y7-u8i9"
DID = "did:plc:abcdefghijklmnopqrstuvwx"


class CutError(Exception):
    """End the connection."""


@dataclass
class Server:
    """What both have in common."""

    url: str = ""
    faults: dict[str, list[object]] = field(default_factory=lambda: defaultdict(list))
    asked: list[str] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    """From where each request came."""
    refused: list[str] = field(default_factory=list)
    """What the documentation does not allow; must stay empty."""
    reset_headers: dict[str, str] = field(default_factory=dict)

    @web.middleware
    async def misbehave(self, request: web.Request, handler) -> web.StreamResponse:
        path = request.path
        self.asked.append(f"{request.method} {path}")
        self.peers.append(str(request.transport.get_extra_info("peername")))
        if not request.headers.get("User-Agent", "").startswith("BadgePassport/"):
            self.refused.append(f"{path}: no User-Agent of ours")
        if "Cookie" in request.headers:
            self.refused.append(f"{path}: a cookie")
        fault = self.faults[path].pop(0) if self.faults[path] else None
        if fault == "hang":
            await asyncio.sleep(30)
        if fault == "cut":
            return self.cut(request)
        if isinstance(fault, int | tuple):
            status, error = fault if isinstance(fault, tuple) else (fault, "Trouble")
            return web.json_response(
                {"error": error, "message": "made by the test"}, status=status, headers=self.reset_headers
            )
        answer = await handler(request)
        if fault == "hang-after":
            await asyncio.sleep(600)
        return self.cut(request) if fault == "cut-after" else answer

    def cut(self, request: web.Request) -> web.Response:
        request.transport.abort()
        raise ConnectionResetError

    def demand(self, condition: object, what: str) -> None:
        if not condition:
            self.refused.append(what)
            raise web.HTTPBadRequest(text=json.dumps({"error": f"the test: {what}"}), content_type="application/json")


@dataclass
class MastodonServer(Server):
    max_characters: int = 500
    honours_key: bool = False
    token: str = TOKEN
    may_look: bool = True
    processing: int = 0
    shows_late: bool = False
    """Whether new posts are not listed yet: the server is slow to work them off."""
    statuses: list[dict] = field(default_factory=list)
    media: dict[str, dict] = field(default_factory=dict)
    apps: dict[str, dict] = field(default_factory=dict)
    codes: dict[str, dict] = field(default_factory=dict)
    keys: dict[str, dict] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)

    def routes(self) -> list:
        return [
            web.post("/api/v1/apps", self.post_apps),
            web.get("/oauth/authorize", self.authorize),
            web.post("/oauth/token", self.post_token),
            web.post("/oauth/revoke", self.post_revoke),
            web.get("/api/v1/accounts/verify_credentials", self.verify),
            web.get("/api/v2/instance", self.instance),
            web.post("/api/v2/media", self.post_media),
            web.get("/api/v1/media/{id}", self.get_media),
            web.get("/api/v1/accounts/{id}/statuses", self.list_statuses),
            web.post("/api/v1/statuses", self.post_status),
            web.get("/api/v1/statuses/{id}", self.get_status),
            web.delete("/api/v1/statuses/{id}", self.delete_status),
        ]

    def let_in(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise web.HTTPUnauthorized(text='{"error": "The access token is invalid"}', content_type="application/json")

    async def post_apps(self, request: web.Request) -> web.Response:
        self.demand(request.content_type == "application/x-www-form-urlencoded", "apps: not a form")
        form = await request.post()
        self.demand(set(form) == {"client_name", "redirect_uris", "scopes"}, f"apps: {sorted(form)}")
        app = {"client_id": f"client{len(self.apps)}", "client_secret": f"canary-secret{len(self.apps)}", **form}
        self.apps[app["client_id"]] = app
        return web.json_response(app)

    async def authorize(self, request: web.Request) -> web.Response:
        """Say yes at once."""
        query = request.query
        app = self.apps[query["client_id"]]
        self.demand(query["response_type"] == "code", "authorize: response_type")
        self.demand(query["redirect_uri"] == app["redirect_uris"], "authorize: redirect_uri")
        self.demand(set(query["scope"].split()) <= set(app["scopes"].split()), "authorize: scope")
        self.demand(query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43, "authorize: PKCE")
        self.demand(len(query["state"]) >= 32, "authorize: state")
        code = f"code{len(self.codes)}"
        self.codes[code] = dict(query)
        raise web.HTTPFound(f"{query['redirect_uri']}?code={code}&state={query['state']}")

    async def post_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(form["code"], None)
        self.demand(asked, "token: unknown code")
        app = self.apps[form["client_id"]]
        self.demand(form["client_secret"] == app["client_secret"], "token: secret")
        self.demand(form["grant_type"] == "authorization_code", "token: grant")
        self.demand(form["redirect_uri"] == asked["redirect_uri"], "token: redirect_uri")
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        self.demand(base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"], "token: PKCE")
        return web.json_response(
            {"access_token": self.token, "token_type": "Bearer", "scope": asked["scope"], "created_at": 1}
        )

    async def post_revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.demand({"client_id", "client_secret", "token"} == set(form), "revoke: fields")
        self.revoked.append(form["token"])
        return web.json_response({})

    async def verify(self, request: web.Request) -> web.Response:
        self.let_in(request)
        return web.json_response({"id": "7", "username": "ada", "acct": "ada", "display_name": "Ada <b>L</b>"})

    async def instance(self, request: web.Request) -> web.Response:
        configuration = {
            "statuses": {
                "max_characters": self.max_characters,
                "characters_reserved_per_url": 23,
                "max_media_attachments": 4,
            },
            "media_attachments": {"image_size_limit": 16_777_216, "description_limit": 1500},
        }
        return web.json_response({"domain": "m.example", "configuration": configuration})

    async def post_media(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.demand(request.content_type == "multipart/form-data", "media: not multipart")
        form = await request.post()
        self.demand(set(form) == {"file", "description"}, f"media: {sorted(form)}")
        file = form["file"]
        content = file.file.read()
        self.demand(
            content.startswith((b"\x89PNG", b"\xff\xd8")) and file.content_type.startswith("image/"), "media: picture"
        )
        self.demand(0 < len(form["description"]) <= 1500, "media: description")
        media = {
            "id": str(100 + len(self.media)),
            "type": "image",
            "url": None,
            "description": form["description"],
            "content": content,
        }
        self.media[media["id"]] = media
        shown = {name: value for name, value in media.items() if name != "content"}
        return web.json_response(shown, status=202 if self.processing else 200)

    async def get_media(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.processing -= 1
        return web.json_response({"id": request.match_info["id"]}, status=206 if self.processing > 0 else 200)

    async def list_statuses(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.demand(request.match_info["id"] == "7", "statuses: whose?")
        if not self.may_look:
            raise web.HTTPForbidden(
                text='{"error": "This action is outside the authorized scopes"}', content_type="application/json"
            )
        listed = self.statuses[: -1 if self.shows_late else None]
        found = [s for s in reversed(listed) if int(s["id"]) < int(request.query.get("max_id", "9" * 18))]
        return web.json_response(found[: int(request.query.get("limit", "20"))])

    async def post_status(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.demand(request.content_type == "application/json", "statuses: not JSON")
        key = request.headers.get("Idempotency-Key", "")
        self.demand(re.fullmatch(r"[0-9a-f]{32}", key), "statuses: Idempotency-Key")
        said = await request.json()
        self.demand(set(said) <= {"status", "media_ids", "visibility", "language"}, f"statuses: {sorted(said)}")
        self.demand(said["visibility"] == "public", "statuses: visibility")
        unknown = [one for one in said.get("media_ids", ()) if one not in self.media]
        if unknown:
            return web.json_response({"error": "Validation failed: Media attachments not found"}, status=422)
        if len(said["status"]) > self.max_characters + 200:
            return web.json_response({"error": "Validation failed: Text character limit exceeded"}, status=422)
        if self.honours_key and key in self.keys:
            return web.json_response(self.keys[key])
        attached = [{"id": one, "description": self.media[one]["description"]} for one in said.get("media_ids", ())]
        number = str(1000 + len(self.statuses))
        status = {
            "id": number,
            "url": f"https://m.example/@ada/{number}",
            "content": as_html(said["status"]),
            "text": said["status"],
            "media_attachments": attached,
            "language": said.get("language"),
        }
        self.statuses.append(status)
        self.keys[key] = status
        return web.json_response(status)

    async def get_status(self, request: web.Request) -> web.Response:
        found = [status for status in self.statuses if status["id"] == request.match_info["id"]]
        return web.json_response(found[0] if found else {"error": "Record not found"}, status=200 if found else 404)

    async def delete_status(self, request: web.Request) -> web.Response:
        self.let_in(request)
        before = len(self.statuses)
        self.statuses = [status for status in self.statuses if status["id"] != request.match_info["id"]]
        return web.json_response({}, status=200 if len(self.statuses) < before else 404)


def as_html(text: str) -> str:
    """Show a post as Mastodon does: links in pieces, hashtags and lines marked up."""
    shown = html.escape(text, quote=True)
    shown = re.sub(
        r"https://([^\s<]{1,20})([^\s<]*)",
        r'<a href="https://\1\2"><span class="invisible">https://</span><span class="ellipsis">\1</span>'
        r'<span class="invisible">\2</span></a>',
        shown,
    )
    shown = re.sub(r"#(\w+)", r'<a class="hashtag">#<span>\1</span></a>', shown)
    return "<p>" + shown.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"


@dataclass
class BlueskyServer(Server):
    password: str = APP_PASSWORD
    active: bool = True
    records: dict[str, dict] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    writes: list[tuple[str, str]] = field(default_factory=list)
    """Key and content of each write."""

    def routes(self) -> list:
        return [
            web.post("/xrpc/com.atproto.server.createSession", self.create_session),
            web.post("/xrpc/com.atproto.server.deleteSession", self.delete_session),
            web.post("/xrpc/com.atproto.repo.uploadBlob", self.upload_blob),
            web.post("/xrpc/com.atproto.repo.putRecord", self.put_record),
            web.post("/xrpc/com.atproto.repo.deleteRecord", self.delete_record),
        ]

    async def create_session(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.demand(set(said) == {"identifier", "password"}, "createSession: fields")
        if said["identifier"] not in {"ada.test", DID} or said["password"] != self.password:
            return web.json_response(
                {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, status=401
            )
        name = f"{len(self.sessions)}"
        self.sessions.add(name)
        return web.json_response(
            {
                "did": DID,
                "handle": "ada.test",
                "active": self.active,
                "accessJwt": f"canary-access{name}",
                "refreshJwt": f"canary-refresh{name}",
            }
        )

    async def delete_session(self, request: web.Request) -> web.Response:
        self.demand(
            request.headers.get("Authorization", "").startswith("Bearer canary-refresh"), "deleteSession: token"
        )
        self.demand(not request.body_exists, "deleteSession: a body")
        return web.Response()

    def let_in(self, request: web.Request) -> None:
        self.demand(request.headers.get("Authorization", "").startswith("Bearer canary-access"), "no access token")

    async def upload_blob(self, request: web.Request) -> web.Response:
        self.let_in(request)
        content = await request.read()
        self.demand(request.content_type in {"image/png", "image/jpeg"}, "uploadBlob: type")
        if len(content) > 1_000_000:
            return web.json_response({"error": "BlobTooLarge", "message": "too large"}, status=400)
        link = "bafkrei" + hashlib.sha256(content).hexdigest()[:52]
        self.blobs[link] = content
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": request.content_type, "size": len(content)}
        return web.json_response({"blob": blob})

    async def put_record(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.demand(request.content_type == "application/json", "putRecord: type")
        said = await request.json()
        self.demand(set(said) == {"repo", "collection", "rkey", "validate", "record"}, f"putRecord: {sorted(said)}")
        self.demand(said["repo"] == DID and said["collection"] == "app.bsky.feed.post", "putRecord: where")
        self.demand(
            re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", said["rkey"]), "putRecord: TID"
        )
        self.look_at(said["record"])
        self.writes.append((said["rkey"], json.dumps(said["record"])))
        self.records[said["rkey"]] = said["record"]
        cid = hashlib.sha256(repr(said["record"]).encode()).hexdigest()
        return web.json_response(
            {"uri": f"at://{DID}/app.bsky.feed.post/{said['rkey']}", "cid": cid, "validationStatus": "valid"}
        )

    def look_at(self, record: dict) -> None:
        self.demand(record["$type"] == "app.bsky.feed.post", "record: $type")
        self.demand(
            set(record) <= {"$type", "text", "createdAt", "langs", "facets", "embed"}, f"record: {sorted(record)}"
        )
        self.demand(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"]), "record: createdAt")
        self.demand(len(record["text"].encode()) <= 3000, "record: text")
        for facet in record.get("facets", ()):
            index, (feature,) = facet["index"], facet["features"]
            part = record["text"].encode()[index["byteStart"] : index["byteEnd"]].decode()
            wanted = feature.get("uri") or "#" + feature["tag"]
            self.demand(part == wanted, f"facet: {part!r} is not {wanted!r}")
        embed = record.get("embed")
        if embed and embed["$type"] == "app.bsky.embed.images":
            (image,) = embed["images"]
            self.demand(isinstance(image["alt"], str) and image["image"]["ref"]["$link"] in self.blobs, "embed: image")
            self.demand(all(isinstance(n, int) and n > 0 for n in image["aspectRatio"].values()), "embed: aspectRatio")
        elif embed:
            self.demand(embed["$type"] == "app.bsky.embed.external", "embed: $type")
            self.demand(set(embed["external"]) == {"uri", "title", "description"}, "embed: external")

    async def delete_record(self, request: web.Request) -> web.Response:
        self.let_in(request)
        said = await request.json()
        self.demand(set(said) == {"repo", "collection", "rkey"}, "deleteRecord: fields")
        self.records.pop(said["rkey"], None)
        return web.json_response({})


@contextlib.asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    """Serve on a free port of loopback."""
    app = web.Application(middlewares=[server.misbehave], client_max_size=20 << 20)
    app.add_routes(server.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
