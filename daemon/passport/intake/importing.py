"""Many at once: files, folders with all that is below, addresses; with progress, each answer when it is durable."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from passport.badge.containers import looks_like_container
from passport.badge.sniffing import looks_like_badge
from passport.errors import VaultError
from passport.intake.opening import opened
from passport.intake.road import Intake
from passport.intake.taken import Progress, Taken, no_badge, refused

AT_ONCE = 6
"""Imports under way at the same time: one slow issuer does not hold up the rest."""


async def import_all(intake: Intake, paths: Sequence[Path], urls: Sequence[str]) -> AsyncIterator[Taken | Progress]:
    """Take in everything; yield each answer when it is durable, and how far it is."""
    files = await asyncio.to_thread(listed, paths)
    jobs: list[Callable[[], Awaitable[list[Taken]]]] = [lambda path=path: take_file(intake, path) for path in files]  # type: ignore[misc] # mypy does not see the default
    jobs += [lambda url=url: intake.take_url(url) for url in urls]  # type: ignore[misc] # likewise
    done = 0
    yield Progress(done=0, total=len(jobs))
    async for answers in in_order_of_ending(jobs):
        done += 1
        for taken in answers:
            yield taken
        yield Progress(done=done, total=len(jobs))


async def in_order_of_ending(jobs: Sequence[Callable[[], Awaitable[list[Taken]]]]) -> AsyncIterator[list[Taken]]:
    """Run a few at a time; yield each as it ends. Whoever stops listening stops what is under way."""
    waiting = iter(jobs)
    running: set[asyncio.Task[list[Taken]]] = set()
    try:
        while True:
            for job in waiting:
                running.add(asyncio.ensure_future(job()))
                if len(running) >= AT_ONCE:
                    break
            if not running:
                return
            ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*running, return_exceptions=True)


async def take_file(intake: Intake, path: Path) -> list[Taken]:
    """Take in one file, unless a look at its headers says that there is no badge in it."""
    try:
        worth_it = await asyncio.to_thread(may_hold_badges, path)
    except OSError as error:
        return [refused(str(path), f"It cannot be read: {error.strerror or error}.")]
    if not worth_it:
        return [no_badge(path.name)]
    try:
        return await intake.take_path(path)
    except VaultError as error:
        return [refused(path.name, str(error))]


def may_hold_badges(path: Path) -> bool:
    """Whether the file is worth the whole road. Raise OSError."""
    with opened(path) as (descriptor, found):

        def read_at(offset: int, count: int) -> bytes:
            return os.pread(descriptor, count, offset)

        size = found.st_size
        return looks_like_badge(read_at, size, thorough=True) or looks_like_container(read_at, size)


def listed(paths: Sequence[Path]) -> list[Path]:
    """Return all files, named ones and those below folders, sorted, each once; links are not followed."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        for root, folders, names in os.walk(path):
            folders.sort()
            found |= {Path(root) / name: None for name in sorted(names)}
    return list(found)
