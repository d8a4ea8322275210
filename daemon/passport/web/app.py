"""The app, and the one list of routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from passport.web import connect, gallery, openapi, signing_in
from passport.web.api import badges, captures, computers, connecting, control, posts, saving, sharing, types, upkeep
from passport.web.forms import FORM_TYPES
from passport.web.guard import add_headers, guard
from passport.web.pages import (
    accounts,
    adding,
    badge,
    calendar,
    collections,
    cvs,
    decisions,
    evidence,
    exporting,
    goals,
    inbox,
    notices,
    outbox,
    pictures,
    preferences,
    profile,
    published,
    remembering,
    serving,
    share,
    sharing_computers,
    skills,
    statistics,
    undoing,
    welcome,
)
from passport.web.pages.rendering import PAGES as SHARED
from passport.web.pages.rendering import Pages, end_runs
from passport.web.parts import PARTS, Parts
from passport.web.publishing import PUBLISHING, Publishing
from passport.web.routing import MAX_UPLOAD_BYTES, ROUTES, Handler, Operation, Route, Scope

PUBLIC, EXTENSION, GALLERY, OWNER = Scope.PUBLIC, Scope.EXTENSION, Scope.GALLERY, Scope.OWNER


def page(path: str, handler: Handler, scope: Scope = GALLERY, *, from_elsewhere: bool = False) -> Route:
    """List a page that people see."""
    return Route(method="GET", path=path, handler=handler, scope=scope, from_elsewhere=from_elsewhere)


def form(path: str, handler: Handler, *, max_body: int = 1 << 20) -> Route:
    """List what a form of our own pages is sent to."""
    return Route(method="POST", path=path, handler=handler, scope=GALLERY, types=FORM_TYPES, max_body=max_body)


def api(method: str, path: str, handler: Handler, scope: Scope, operation: Operation) -> Route:
    """List an operation of the API, with its description."""
    types = ("application/octet-stream",) if operation.upload else ("application/json",)
    max_body = MAX_UPLOAD_BYTES if operation.upload else 1 << 20
    path = f"/api/v1{path}"
    return Route(
        method=method, path=path, handler=handler, scope=scope, operation=operation, types=types, max_body=max_body
    )


PAGES: tuple[Route, ...] = (
    page("/open", signing_in.open_gallery, PUBLIC),
    page("/events", signing_in.show_events),
    page("/static/{path:.+}", serving.get_static, PUBLIC),
    page("/rosette/{name}.svg", serving.get_rosette),
    page("/rosette/{name}/{shape}.png", serving.get_engraved),
    page("/", gallery.show_gallery),
    page("/card/{id}", gallery.show_card),
    page("/picture/{sha256}/{size}", pictures.show_picture),
    page("/original/{id}/{sha256}", pictures.save_original),
    page("/badge/{id}", badge.show_badge),
    page("/connect", connect.show_connect),
    page("/connect/{file}", connect.get_package),
    form("/badge/{id}/check", badge.check_again),
    form("/badge/{id}/issuer", badge.know_issuer),
    form("/badge/{id}/evidence", evidence.post_evidence, max_body=MAX_UPLOAD_BYTES),
    page("/badge/{id}/evidence/{file}", evidence.save_evidence),
    page("/add", adding.show_add),
    form("/add", adding.post_add, max_body=MAX_UPLOAD_BYTES),
    page("/add/{run}", adding.show_run),
    page("/inbox", inbox.show_inbox),
    form("/inbox/accept", inbox.accept_verified),
    form("/inbox/claim", inbox.claim),
    page("/profile", profile.show_profile),
    form("/profile", profile.post_profile, max_body=MAX_UPLOAD_BYTES),
    page("/profile/picture/{digest}", profile.show_picture),
    page("/notices", notices.show_notices),
    form("/notices", notices.post_notices),
    form("/check", notices.check_everything),
    page("/settings", preferences.show_settings),
    form("/settings", preferences.post_settings),
    form("/disconnect", preferences.disconnect),
    page("/share/{id}", share.show_share),
    form("/share/{id}", share.post_share),
    form("/share/{id}/preview", share.post_preview),
    page("/share/{id}/picture/{kind}", share.show_picture),
    page("/outbox", outbox.show_outbox),
    form("/outbox", outbox.post_outbox),
    page("/accounts", accounts.show_accounts),
    page(accounts.BACK, accounts.come_back, PUBLIC, from_elsewhere=True),
    form("/accounts/mastodon", accounts.connect_mastodon),
    form("/accounts/bluesky", accounts.connect_bluesky),
    form("/accounts/one", accounts.post_account),
    page("/computers", sharing_computers.show_computers),
    form("/computers", sharing_computers.post_computers),
    page("/trash", remembering.show_trash),
    form("/trash", remembering.empty_trash),
    page("/activity", remembering.show_activity),
    page("/welcome", welcome.show_welcome),
    form("/welcome", welcome.post_welcome),
    form("/samples", welcome.put_samples),
    page("/collections", collections.show_collections),
    form("/collections", collections.make_collection),
    page("/collection/{key}", collections.show_collection),
    form("/collection/{key}", collections.change_collection),
    page("/skills", skills.show_skills),
    page("/skill", skills.show_skill),
    page("/skills.json", skills.export_skills),
    page("/goals", goals.show_goals),
    form("/goals", goals.post_goal),
    form("/goals/path", goals.take_path, max_body=MAX_UPLOAD_BYTES),
    page("/goal/{key}.json", goals.export_path),
    page("/statistics", statistics.show_statistics),
    page("/expiry.ics", calendar.export_calendar),
    page("/cv", cvs.show_cvs),
    form("/cv", cvs.make_cv, max_body=2 << 20),
    page("/cv/{name}", cvs.show_cv),
    form("/cv/{name}", cvs.change_cv),
    form("/cv/{name}/preview", cvs.preview_cv),
    page("/cv/{name}/saved", cvs.show_saved),
    page("/cv/{name}/file/{form}", cvs.save_cv),
    page("/page", published.show_page),
    form("/page", published.change_page),
    page("/page/preview/{path:.*}", published.show_preview),
    page("/design", remembering.show_design),
    form("/badges/decide", decisions.decide),
    form("/badges/export", exporting.export_selected),
    form("/undo", undoing.undo),
    form("/theme", serving.post_theme),
)

CONNECTING: tuple[Route, ...] = (
    api("GET", "/ping", connecting.get_ping, PUBLIC,
        Operation(id="ping", summary="Who is here", tag="connecting", answer=connecting.Ping)),
    api("GET", "/hello", connecting.get_hello, PUBLIC,
        Operation(id="hello", summary="Prove that you hold my key", tag="connecting",
                  query=connecting.HelloQuery, answer=connecting.Hello, problems=(400, 404))),
    api("GET", "/openapi.json", openapi.get_description, PUBLIC,
        Operation(id="describe", summary="This description", tag="connecting", answer=dict[str, Any])),
    api("POST", "/pair", connecting.post_pair, PUBLIC,
        Operation(id="pair", summary="Swap a code for a key", tag="connecting",
                  body=connecting.PairRequest, answer=connecting.Paired, status=201)),
    api("POST", "/codes", connecting.post_code, GALLERY,
        Operation(id="makeCode", summary="Make a code for connecting a browser", tag="connecting",
                  answer=connecting.Code, status=201)),
    api("GET", "/clients", connecting.get_clients, GALLERY,
        Operation(id="listClients", summary="List connected browsers", tag="connecting",
                  answer=connecting.ClientList)),
    api("DELETE", "/clients/{client}", connecting.delete_client, EXTENSION,
        Operation(id="disconnect", summary="Disconnect a browser (or `self`)", tag="connecting",
                  status=204, problems=(404,))),
)  # fmt: skip

BADGES: tuple[Route, ...] = (
    api("GET", "/badges", badges.list_badges, EXTENSION,
        Operation(id="listBadges", summary="List badges", tag="badges",
                  query=types.ListQuery, answer=types.BadgeList)),
    api("POST", "/badges", saving.save_file, EXTENSION,
        Operation(id="saveFile", summary="Take in a file", tag="badges", upload=True,
                  query=types.SaveQuery, answer=types.TakenList, problems=(422,))),
    api("POST", "/badges/address", saving.save_address, EXTENSION,
        Operation(id="saveAddress", summary="Take in what an address holds", tag="badges",
                  body=types.SaveAddress, answer=types.TakenList, problems=(422,))),
    api("POST", "/badges/lookup", badges.look_up, EXTENSION,
        Operation(id="lookUp", summary="Say what is in the passport already", tag="badges",
                  body=types.Lookup, answer=types.Found)),
    api("GET", "/badges/{id}", badges.show_badge, EXTENSION,
        Operation(id="showBadge", summary="Show a badge with its report", tag="badges",
                  answer=types.Badge, problems=(404,))),
    api("PATCH", "/badges/{id}", badges.decide, GALLERY,
        Operation(id="decide", summary="Decide of a badge: tags, note, rating, visibility, trash", tag="badges",
                  body=types.Decision, answer=types.Entry, problems=(404,))),
    api("GET", "/badges/{id}/file", badges.get_file, EXTENSION,
        Operation(id="getFile", summary="Get the original file", tag="badges",
                  answer=bytes, media_type="application/octet-stream", problems=(404,))),
    api("POST", "/import", saving.post_import, OWNER,
        Operation(id="importAll", summary="Take in files, folders and addresses", tag="badges",
                  body=types.Import, answer=types.Line, media_type="application/x-ndjson")),
)  # fmt: skip

CAPTURES: tuple[Route, ...] = (
    api("POST", "/captures/look", captures.post_look, EXTENSION,
        Operation(id="lookAtCandidates", summary="Say which badges of a page are in the passport", tag="capturing",
                  body=captures.LookBody, answer=captures.LookAnswer)),
    api("POST", "/captures/examine", captures.post_examine, EXTENSION,
        Operation(id="glanceAtPictures", summary="Say which addresses hold a badge, without keeping", tag="capturing",
                  body=captures.ExamineBody, answer=captures.ExamineAnswer)),
    replace(
        api("POST", "/captures", captures.post_capture, EXTENSION,
            Operation(id="capture", summary="Take in a badge of a page, by its bytes or its addresses", tag="capturing",
                      body=captures.CaptureBody, answer=captures.CaptureAnswer, problems=(422,))),
        max_body=captures.MAX_CAPTURE_BODY,
    ),
)  # fmt: skip

CONTROL: tuple[Route, ...] = (
    api("GET", "/status", control.get_status, EXTENSION,
        Operation(id="status", summary="How the daemon is", tag="daemon", answer=types.Status)),
    api("POST", "/launch", control.post_launch, OWNER,
        Operation(id="launch", summary="Make an address that signs a browser in, once", tag="daemon",
                  answer=types.Launch, status=201)),
    api("POST", "/pause", control.post_pause, GALLERY,
        Operation(id="pause", summary="Let watching rest", tag="daemon", body=types.Pause, status=204)),
    api("POST", "/resume", control.post_resume, GALLERY,
        Operation(id="resume", summary="Watch again", tag="daemon", status=204)),
    api("POST", "/shutdown", control.post_shutdown, OWNER,
        Operation(id="shutdown", summary="End the daemon", tag="daemon", status=204)),
    api("POST", "/reindex", control.post_reindex, GALLERY,
        Operation(id="reindex", summary="Rebuild the index from the vault", tag="daemon",
                  answer=types.Line, media_type="application/x-ndjson")),
)  # fmt: skip

SHARING: tuple[Route, ...] = (
    api("POST", "/badges/{id}/share", sharing.post_share, EXTENSION,
        Operation(id="prepareShare", summary="Prepare a post; nothing is sent", tag="sharing",
                  body=sharing.ShareRequest, answer=sharing.SharePost, problems=(404, 422))),
    api("POST", "/posts", posts.post_post, GALLERY,
        Operation(id="makePost", summary="Post with the owner's own account, now or at a time", tag="sharing",
                  body=posts.PostRequest, answer=posts.OutboxPost, status=201, problems=(404, 422))),
    api("GET", "/posts", posts.list_posts, GALLERY,
        Operation(id="listPosts", summary="List the outbox", tag="sharing", answer=posts.OutboxList)),
    api("DELETE", "/posts/{post}", posts.delete_post, GALLERY,
        Operation(id="deletePost", summary="Delete a post at its network, or throw it away", tag="sharing",
                  status=204, problems=(404, 422))),
    api("POST", "/cv", sharing.post_cv, GALLERY,
        Operation(id="writeCv", summary="Write a CV", tag="sharing", body=sharing.CvRequest,
                  answer=bytes, media_type="application/pdf",
                  further_types=("text/html", "application/json", "text/markdown"), problems=(404, 422))),
    api("POST", "/publish", sharing.post_publish, OWNER,
        Operation(id="publish", summary="Build the published passport and send it", tag="sharing",
                  body=sharing.PublishRequest, answer=sharing.PublishReport, problems=(422,))),
)  # fmt: skip

COMPUTERS: tuple[Route, ...] = (
    api("GET", "/computers", computers.get_computers, GALLERY,
        Operation(id="computers", summary="The computers that share this passport, and how that stands",
                  tag="computers", answer=computers.SharingStanding)),
    api("POST", "/computers/confirm", computers.post_confirm, GALLERY,
        Operation(id="confirmComputer", summary="Let in the computer that shows this code", tag="computers",
                  body=computers.Confirm, answer=computers.SharingStanding, problems=(422,))),
    api("PATCH", "/computers/{device}", computers.patch_computer, GALLERY,
        Operation(id="nameComputer", summary="Give a computer another name", tag="computers",
                  body=computers.Naming, answer=computers.SharingStanding, problems=(422,))),
    api("DELETE", "/computers/{device}", computers.delete_computer, GALLERY,
        Operation(id="revokeComputer", summary="Take a computer out", tag="computers", status=204, problems=(422,))),
    api("POST", "/computers/move", computers.post_move, OWNER,
        Operation(id="moveVault", summary="Move the vault into a synced folder; the daemon starts anew",
                  tag="computers", body=computers.Place, answer=computers.SharingStanding, status=202,
                  problems=(409, 422))),
    api("POST", "/computers/join", computers.post_join, OWNER,
        Operation(id="joinVault", summary="Ask to join the passport in a synced folder", tag="computers",
                  body=computers.Place, answer=computers.SharingStanding, status=202, problems=(409, 422))),
)  # fmt: skip

UPKEEP: tuple[Route, ...] = (
    api("POST", "/check", upkeep.post_check, GALLERY,
        Operation(id="checkAgain", summary="Ask issuers again whether badges still stand", tag="upkeep",
                  body=types.CheckRequest, answer=types.Line, media_type="application/x-ndjson")),
    api("POST", "/scrub", upkeep.post_scrub, GALLERY,
        Operation(id="scrub", summary="Read everything again and heal what can be healed", tag="upkeep",
                  answer=types.Line, media_type="application/x-ndjson")),
    api("POST", "/export", upkeep.post_export, OWNER,
        Operation(id="export", summary="Write badges as plain files", tag="upkeep", body=upkeep.ExportRequest,
                  answer=types.Line, media_type="application/x-ndjson")),
    api("POST", "/backup", upkeep.post_backup, OWNER,
        Operation(id="backup", summary="Write an encrypted backup", tag="upkeep", body=upkeep.BackupRequest,
                  answer=types.Line, media_type="application/x-ndjson")),
    api("POST", "/restore", upkeep.post_restore, OWNER,
        Operation(id="restore", summary="Bring back a backup", tag="upkeep", body=upkeep.BackupRequest,
                  answer=types.Line, media_type="application/x-ndjson")),
)  # fmt: skip

ALL_ROUTES: tuple[Route, ...] = (*PAGES, *CONNECTING, *BADGES, *CAPTURES, *CONTROL, *SHARING, *COMPUTERS, *UPKEEP)


def build_app(parts: Parts, routes: Sequence[Route] = ALL_ROUTES) -> web.Application:
    """Join the guard, the routes and what they work with."""
    app = web.Application(middlewares=[guard], client_max_size=MAX_UPLOAD_BYTES + 1)
    app[PARTS] = parts
    app[SHARED] = pages = Pages.build(parts)
    app[PUBLISHING] = publishing = Publishing.build(parts, lambda: pages.settings)
    app[ROUTES] = {app.router.add_route(route.method, route.path, route.handler): route for route in routes}
    app.on_startup.append(publishing.begin)
    app.on_cleanup.append(publishing.end)
    app.on_cleanup.append(end_runs)
    app.on_response_prepare.append(add_headers)
    return app
