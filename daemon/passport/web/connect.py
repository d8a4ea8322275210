"""The page “Connect a browser”: a code for the extension's button, the extension itself, and who is connected.

The code stands in `<meta name="passport-pairing">`, is good once and for two minutes, and is renewed by a script while
the page is looked at (protocol: `pairing`). The page is never framed and never cached (`guard`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from passport.web.clients import Client
from passport.web.keeping import asked
from passport.web.packaging import CHROMIUM, FIREFOX, extension_folder, file_name, package, version_of
from passport.web.pages.rendering import render
from passport.web.parts import PARTS
from passport.web.problems import Problem

_TYPES = {CHROMIUM: "application/zip", FIREFOX: "application/octet-stream"}
"""Not Firefox's own type: it would try to install the unsigned file, and fail, instead of saving it."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How one kind of browser gets the extension."""

    browser: str
    names: str
    ours: bool
    """Whether the page is looked at with this kind of browser."""
    file: str


async def show_connect(request: web.Request) -> web.Response:
    """Show the page."""
    parts, folder = request.app[PARTS], extension_folder()
    clients = parts.clients.all()
    return render(
        request,
        "connect.html",
        code=parts.codes.issue(),
        clients=clients,
        keeping=await asked(parts),
        just_now=_just_connected(request, clients),
        steps=_steps(request.headers.get("User-Agent", "")),
        folder=str(folder),
        version=version_of(folder),
    )


def _just_connected(request: web.Request, clients: tuple[Client, ...]) -> Client | None:
    wanted = request.query.get("connected", "")
    return next((client for client in clients if client.id == wanted), None)


def _steps(agent: str) -> tuple[Steps, ...]:
    folder, is_firefox = extension_folder(), "firefox" in agent.lower()
    chromium = Steps(CHROMIUM, "Chrome, Chromium, Edge, Brave, Vivaldi", not is_firefox, file_name(folder, CHROMIUM))
    firefox = Steps(FIREFOX, "Firefox", is_firefox, file_name(folder, FIREFOX))
    return (firefox, chromium) if is_firefox else (chromium, firefox)


async def get_package(request: web.Request) -> web.Response:
    """Hand out the extension as a file."""
    folder, wanted = extension_folder(), request.match_info["file"]
    for browser in (CHROMIUM, FIREFOX):
        if wanted == file_name(folder, browser):
            headers = {"Content-Type": _TYPES[browser], "Content-Disposition": f'attachment; filename="{wanted}"'}
            return web.Response(body=package(folder, browser), headers=headers)
    raise Problem(404, "not-found", "There is no such file.")
