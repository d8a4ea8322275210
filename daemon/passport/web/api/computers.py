"""Several computers, one passport: who they are, letting one in, taking one out, moving the vault, joining."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from passport.errors import PassportError
from passport.web.api.answers import answer, body_of, nothing
from passport.web.api.types import HowFar
from passport.web.parts import PARTS, CarryingPart, Parts
from passport.web.problems import Problem

T = TypeVar("T")


class Confirm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The code that the other computer shows."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Naming(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A computer's name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Place(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A folder, by its whole path."""

    folder: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class ComputerBody(msgspec.Struct, kw_only=True, rename="camel"):
    """One of the computers."""

    id: str
    name: str
    fingerprint: str
    """Of its key, short."""
    this: bool
    revoked: bool
    seen_at: str | None
    """When it last said something that has arrived here."""


class Asking(msgspec.Struct, kw_only=True):
    """A computer that asks to join; believed only with its code."""

    id: str
    name: str
    at: datetime


class SharingStanding(msgspec.Struct, kw_only=True, rename="camel"):
    """How sharing stands."""

    shared: bool
    folder: str
    computers: list[ComputerBody]
    asking: list[Asking]
    waiting: dict[str, int]
    """How many lines do not count (yet), by reason: `ahead`, `unsigned`, `unknown`, `forged`, `revoked`."""
    went_back: int
    """Of how many things the folder knew less than this computer."""
    conflicts: int
    """Journals of which a sync program made two; both are read."""
    damaged: int
    """Lines of journals that cannot be read."""
    locked: bool
    """Whether this computer's key cannot be had; what is said here is signed later."""
    stranger: bool
    """Whether the others do not know this computer: it did not join, or was taken out."""
    healed: int
    """Copies of files that a sync program made, and that were folded back."""
    swapped: int
    """Files in the folder that are not what they were."""
    missing: int
    """Badges of which a file is not here (yet)."""
    taking: HowFar | None
    """How far taking up what arrived is; null: all of it is taken up."""
    code: str | None
    """What is to be typed on the first computer, while this one asks to join."""
    busy: bool
    """Whether the daemon is about to start anew."""
    problem: str | None
    """Why moving or joining failed the last time."""


def standing(parts: Parts) -> SharingStanding:
    """Say how sharing stands."""
    found = parts.vault.computers.standing()
    return SharingStanding(
        shared=found.shared,
        folder=found.folder,
        computers=[
            ComputerBody(
                id=c.id, name=c.name, fingerprint=c.fingerprint, this=c.this, revoked=c.revoked, seen_at=c.seen_at
            )
            for c in found.computers
        ],
        asking=[Asking(id=r.id, name=r.name[:80], at=r.at) for r in found.requests],
        waiting=dict(found.waiting or {}),
        went_back=found.went_back,
        conflicts=found.conflicts,
        damaged=found.damaged,
        locked=found.locked,
        stranger=found.stranger,
        healed=found.healed,
        swapped=found.swapped,
        missing=found.missing,
        taking=how_far(parts),
        code=parts.carrying.code if parts.carrying else None,
        busy=parts.carrying.busy if parts.carrying else False,
        problem=parts.carrying.problem if parts.carrying else None,
    )


def how_far(parts: Parts) -> HowFar | None:
    """Say how far taking up what arrived is."""
    taking = parts.vault.computers.taking
    return HowFar(done=taking.done, total=taking.total) if taking else None


async def get_computers(request: web.Request) -> web.Response:
    """Say how sharing stands."""
    return answer(await asyncio.to_thread(standing, request.app[PARTS]))


async def post_confirm(request: web.Request) -> web.Response:
    """Let in the computer that shows this code."""
    parts = request.app[PARTS]
    wanted = await body_of(request, Confirm)
    await told(lambda: parts.vault.computers.confirm(wanted.code))
    return await get_computers(request)


async def patch_computer(request: web.Request) -> web.Response:
    """Give a computer another name."""
    parts, device = request.app[PARTS], request.match_info["device"]
    wanted = await body_of(request, Naming)
    await told(lambda: parts.vault.computers.rename(device, wanted.name))
    return await get_computers(request)


async def delete_computer(request: web.Request) -> web.Response:
    """Take a computer out."""
    parts, device = request.app[PARTS], request.match_info["device"]
    await told(lambda: parts.vault.computers.revoke(device))
    return nothing()


async def post_move(request: web.Request) -> web.Response:
    """Move the vault into a synced folder."""
    parts = request.app[PARTS]
    wanted = await body_of(request, Place)
    try:
        await carrying(parts).move(Path(wanted.folder))
    except PassportError as error:
        raise refused(error) from error
    return answer(await asyncio.to_thread(standing, parts), status=202)


async def post_join(request: web.Request) -> web.Response:
    """Ask to join the passport in a synced folder."""
    parts = request.app[PARTS]
    wanted = await body_of(request, Place)
    try:
        await carrying(parts).join(Path(wanted.folder))
    except PassportError as error:
        raise refused(error) from error
    return answer(await asyncio.to_thread(standing, parts), status=202)


def carrying(parts: Parts) -> CarryingPart:
    """Return what moves the vault. Raise Problem where this daemon cannot."""
    if parts.carrying is None:
        raise Problem(409, "not-here", "This daemon lives only as long as one command.")
    return parts.carrying


async def told(work: Callable[[], T]) -> T:
    """Do it in a thread. Raise Problem with the sentence of what refused it."""
    try:
        return await asyncio.to_thread(work)
    except PassportError as error:
        raise refused(error) from error


def refused(error: PassportError) -> Problem:
    """Return the answer to something that cannot be done as things stand."""
    return Problem(422, "refused", error.problem, remedy=error.remedy)
