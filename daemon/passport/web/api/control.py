"""The daemon itself: how it is, pausing, ending, opening the gallery, rebuilding."""

from __future__ import annotations

import asyncio
from datetime import datetime

from aiohttp import web

from passport import __version__
from passport.web.api import types
from passport.web.api.answers import answer, body_of, nothing
from passport.web.api.computers import how_far
from passport.web.api.connecting import API_VERSION
from passport.web.api.streams import progressing, stream_lines
from passport.web.live import Live
from passport.web.parts import PARTS, Parts
from passport.web.signing_in import launch_address
from passport.web.standing import problems


async def get_status(request: web.Request) -> web.Response:
    """Say how the daemon is."""
    return answer(await asyncio.to_thread(_status, request.app[PARTS]))


def _status(parts: Parts) -> types.Status:
    return types.Status(
        ready=True,
        version=__version__,
        api=API_VERSION,
        port=parts.port,
        paused=parts.control.paused,
        paused_until=zulu(parts.control.paused_until),
        badges=parts.vault.search("", limit=1).total,
        new=parts.vault.search("state:new", limit=1).total,
        watching=[str(folder) for folder in parts.control.watching],
        folders=[types.WatchedFolder(folder=f.folder, mode=f.mode, reason=f.reason) for f in parts.control.folders],
        scanned_at=zulu(parts.control.scanned_at),
        computers=parts.vault.computers.count(),
        taking_up=how_far(parts),
        problems=[types.Trouble(kind=p.kind, text=p.text, remedy=p.remedy) for p in problems(parts)],
        unusual_network=parts.settings.network.unusual,
        started_at=zulu(parts.started_at) or "",
        private=parts.private,
    )


def zulu(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


async def post_pause(request: web.Request) -> web.Response:
    """Let watching rest."""
    parts = request.app[PARTS]
    pause = await body_of(request, types.Pause)
    await parts.control.pause(pause.seconds)
    parts.changes.tell_all(Live("daemon", {"paused": True}))
    return nothing()


async def post_resume(request: web.Request) -> web.Response:
    """Watch again."""
    parts = request.app[PARTS]
    await parts.control.resume()
    parts.changes.tell_all(Live("daemon", {"paused": False}))
    return nothing()


async def post_shutdown(request: web.Request) -> web.Response:
    """End the daemon, after this answer."""
    asyncio.get_running_loop().call_later(0.05, request.app[PARTS].control.stop)
    return nothing()


async def post_launch(request: web.Request) -> web.Response:
    """Make an address that signs one browser in, once."""
    return answer(types.Launch(address=launch_address(request.app[PARTS])), status=201)


async def post_reindex(request: web.Request) -> web.StreamResponse:
    """Rebuild the index from the vault."""
    return await stream_lines(request, progressing(request.app[PARTS].vault.reindex))
