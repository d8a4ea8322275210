"""Builds every object once, joins them, and takes them apart again in the opposite order."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from passport import __version__
from passport.cli.carrying import Carrying, key_where_shared
from passport.cli.steering import Steering
from passport.cli.taking_up import TakingUp
from passport.fetching import Fetcher
from passport.fetching.posting import Poster, observed
from passport.intake.again.checking import Checker
from passport.intake.again.memory import MemoryFile
from passport.intake.again.scheduler import Again, has_route
from passport.intake.diary import Diary
from passport.intake.noticing.book import NoticeBook
from passport.intake.noticing.noticing import Noticing
from passport.intake.noticing.quiet import Quiet
from passport.intake.recipes import RecipeBook
from passport.intake.road import Intake
from passport.keychain import Keychain, chosen_backend
from passport.settings import Places, Settings
from passport.sharing.posting import Posting
from passport.vault.vault import Vault
from passport.web.app import build_app
from passport.web.clients import Clients, write_private
from passport.web.listening import bind, listening
from passport.web.live import Changes
from passport.web.packaging import extension_folder
from passport.web.pairing import PairingCodes
from passport.web.parts import Limits, Parts
from passport.web.session import Sessions
from passport.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What kind of daemon is wanted."""

    places: Places
    settings: Settings
    port: int
    """0: any."""
    private: bool = False
    """For one command: nothing is watched and nobody else is told of it."""
    sessions: Sessions | None = None
    """Of the daemon before, where it starts anew with another vault: who is signed in stays so."""


def now() -> datetime:
    """Return the time: the program's only clock on the wall."""
    return datetime.now(UTC)


@asynccontextmanager
async def assembled(
    plan: Plan, stop: Callable[[], None], anew: Callable[[Callable[[], None]], None] | None = None
) -> AsyncIterator[Parts]:
    """Yield the parts of a daemon that is ready. Raise PassportError when something is in the way.

    `anew` lets the daemon end, do something, and start again; without it that cannot be asked for.
    """
    async with AsyncExitStack() as stack:
        keychain = keychain_of(plan)
        vault = await opened(plan, keychain)
        stack.callback(vault.close)
        listener = stack.enter_context(closing(bind(plan.port)))
        port: int = listener.getsockname()[1]
        changes = Changes(asyncio.get_running_loop())
        stack.callback(vault.subscribe(changes.tell))
        workers = await stack.enter_async_context(Workers())
        diary = Diary(plan.places.state / "activity.jsonl", now)
        fetch = await stack.enter_async_context(fetcher(plan, port, diary))
        intake = Intake(vault, workers, fetch, plan.settings, now, recipe_book(), diary)
        posting = await stack.enter_async_context(posted(plan, vault, keychain, port, diary))
        clients = Clients(
            plan.places.state / "clients.json", now, keychain, in_file=plan.settings.secrets.keep != "keyring"
        )
        steering = Steering(intake, plan.places, stop)
        checker = Checker(vault, workers, lambda: intake.settings, now)
        again = Again(
            vault,
            checker,
            fetch,
            MemoryFile(plan.places.state / "again.json"),
            level=lambda: intake.settings.recheck,
            clock=now,
            paused=lambda: steering.paused,
            online=lambda: intake.settings.network.unusual or has_route(),
        )
        parts = Parts(
            port=port,
            owner_key=secrets.token_urlsafe(32),
            places=plan.places,
            settings=plan.settings,
            clock=now,
            vault=vault,
            intake=intake,
            workers=workers,
            fetch=fetch,
            posting=posting,
            control=steering,
            sessions=plan.sessions or Sessions(now),
            carrying=Carrying(plan.places, keychain, now, anew) if anew else None,
            codes=PairingCodes(now),
            clients=clients,
            keychain=keychain,
            changes=changes,
            limits=Limits.of(now),
            started_at=now(),
            again=again,
            diary=diary,
            quiet=Quiet(plan.places.state / "quiet.json"),
            private=plan.private,
        )
        await stack.enter_async_context(listening(build_app(parts), listener))
        stack.callback(changes.close)
        if not plan.private:
            stack.push_async_callback(steering.end)
            await steering.start()
            steering.changed = again.wake
            noticing = Noticing(vault, NoticeBook(vault), now, lambda: intake.settings.expiry_days)
            stack.callback(vault.subscribe(noticing.changed))
            for name, work in (
                ("again", again.run()),
                ("noticing", noticing.run()),
                ("computers", TakingUp(vault, keychain).run()),
            ):
                task = asyncio.get_running_loop().create_task(work, name=name)
                stack.push_async_callback(ended, task)
            announce(parts)
            stack.callback(withdraw, parts)
            clients.begin_putting_away()
            await workers.start()
            stack.push_async_callback(ended, asyncio.create_task(posting.outbox.run()))
        yield parts


async def opened(plan: Plan, keychain: Keychain) -> Vault:
    """Open the vault, with this computer's key where the passport is shared. Raise VaultError."""
    key = await key_where_shared(plan.places, keychain)
    return await asyncio.to_thread(Vault.open, plan.places, clock=now, key=key)


def fetcher(plan: Plan, port: int, diary: Diary) -> Fetcher:
    """Return the one door to the network; each request is noted."""
    return Fetcher(plan.settings.network, now, own_ports=lambda: {port}, observe=diary.asked)


@asynccontextmanager
async def posted(plan: Plan, vault: Vault, keychain: Keychain, port: int, diary: Diary) -> AsyncIterator[Posting]:
    """Yield what posts are written with; its connections are closed at the end."""
    network = plan.settings.network
    async with Poster(network, own_ports=lambda: {port}) as send:
        yield Posting.build(
            plan.places.state,
            keychain=keychain,
            send=observed(send, diary.asked, now),
            clock=now,
            vault=vault,
            plain_http=network.allow_private_addresses,
        )


def recipe_book() -> RecipeBook:
    """Read what is known of issuers' addresses: one file, which the extension reads too."""
    return RecipeBook.parse((extension_folder() / "recipes.json").read_bytes())


def keychain_of(plan: Plan) -> Keychain:
    """Return the door to the keyring; nothing is asked of it yet."""
    keep, file = plan.settings.secrets.keep, plan.places.secrets_file
    return Keychain(load=lambda: chosen_backend(keep, file), record=plan.places.secrets_record)


async def ended(task: asyncio.Task[None]) -> None:
    """Stop what runs for as long as the daemon does."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def announce(parts: Parts) -> None:
    """Tell commands of the same owner where the daemon is, and the key (0600)."""
    content = {
        "port": parts.port,
        "key": parts.owner_key,
        "pid": os.getpid(),
        "version": __version__,
        "startedAt": parts.started_at,
    }
    write_private(parts.places.daemon_file, msgspec.json.encode(content))


def withdraw(parts: Parts) -> None:
    """Take the file away again."""
    parts.places.daemon_file.unlink(missing_ok=True)
