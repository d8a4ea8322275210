"""vault: the same passport on several computers, through a folder that a sync program keeps."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passport.cli.connecting import connected
from passport.cli.helping import Group
from passport.cli.printing import json_option, line, plain
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon, absolute
from passport.errors import PassportError
from passport.settings import Places, Settings

if TYPE_CHECKING:
    from passport.keychain import Keychain

PATIENCE_S = 1800.0
ANEW_S = 600.0


@click.group("vault", cls=Group)
def vault_command() -> None:
    """Share the passport with other computers, through a synced folder."""


@vault_command.command("move")
@click.argument("folder", metavar="DIR")
@click.pass_obj
def move_command(say: Voice, folder: str) -> None:
    """Move the vault into a synced folder and share it. The old folder is left as it was."""
    target, before = Path(absolute(folder)), Places.from_environment().vault
    _carry("move", target, say)
    click.echo(say("The passport is in %(folder)s now, and signed.", folder=target))
    if before != target:
        click.echo(say("The old folder, %(folder)s, is left as it was.", folder=before))
    command = "badge-passport vault join DIR"
    click.echo(say("On the other computer, when the folder has arrived there: %(command)s", command=command))


@vault_command.command("join")
@click.argument("folder", metavar="DIR")
@click.pass_obj
def join_command(say: Voice, folder: str) -> None:
    """Join the passport that the sync program brought; shows a code to be typed on a computer that has it."""
    target = Path(absolute(folder))
    _carry("join", target, say)
    click.echo(say("This computer shares the passport in %(folder)s now.", folder=target))


def _carry(what: str, target: Path, say: Saying) -> None:
    """Move or join: by the running daemon, or where there is none, here."""
    places = Places.from_environment()
    daemon = Daemon.find(places)
    if daemon:
        _carried_by(daemon, f"/computers/{what}", target, say)
    else:
        asyncio.run(_carried_here(places, what, target, say))


async def _carried_here(places: Places, what: str, target: Path, say: Saying) -> None:
    from passport.cli.assembly import now
    from passport.cli.carrying import Carrying, last_problem

    ready: asyncio.Future[Callable[[], None]] = asyncio.get_running_loop().create_future()
    carrying = Carrying(places, _keychain(places), now, ready.set_result)
    try:
        if what == "move":
            await carrying.move(target)
        else:
            _show_code(await carrying.join(target), say)
        while not ready.done() and not carrying.problem:  # noqa: ASYNC110 (the other computer answers by a file)
            await asyncio.sleep(0.1)
        if ready.done():
            await asyncio.to_thread(ready.result())
    finally:
        await carrying.give_up()
    problem = carrying.problem or last_problem(places)
    if problem:
        raise PassportError(problem)


def _keychain(places: Places) -> Keychain:
    from passport.cli.assembly import Plan, keychain_of

    return keychain_of(Plan(places=places, settings=Settings.load(places.settings_file), port=0))


def _show_code(code: str, say: Saying) -> None:
    click.echo(say("Type this code on a computer that has the passport, on its page “Computers”, or there:"))
    click.echo(f"\n    badge-passport vault confirm {code}\n")
    sys.stdout.flush()


def _carried_by(daemon: Daemon, path: str, target: Path, say: Saying) -> None:
    """Let the running daemon do it, and wait until it has started anew."""
    standing = daemon.ask("POST", path, {"folder": str(target)})
    if standing["code"]:
        _show_code(standing["code"], say)
    ends_at = time.monotonic() + (PATIENCE_S if standing["code"] else ANEW_S)
    while time.monotonic() < ends_at:
        time.sleep(0.3)
        again = Daemon.find(Places.from_environment())
        try:
            now = again.get("/computers") if again else None
        except PassportError:
            continue  # it is ending at the moment
        if now and now["problem"]:
            raise PassportError(now["problem"])
        if now and now["shared"] and Path(now["folder"]) == target:
            return
    raise PassportError("It has not happened yet.", remedy="Look at the page “Computers” in the gallery.")


@vault_command.command("confirm")
@click.argument("code")
@click.pass_obj
def confirm_command(say: Voice, code: str) -> None:
    """Let the computer in that shows this code."""
    with connected() as daemon:
        before = {c["id"] for c in daemon.get("/computers")["computers"] if not c["revoked"]}
        found = daemon.ask("POST", "/computers/confirm", {"code": code})["computers"]
    names = ", ".join(plain(c["name"]) for c in found if c["id"] not in before)
    click.echo(say("%(name)s shares this passport now.", name=names) if names else say("It shares this passport now."))


@vault_command.command("list")
@json_option
@click.pass_obj
def list_command(say: Voice, *, as_json: bool) -> None:
    """List the computers, and how sharing stands."""
    with connected() as daemon:
        standing = daemon.get("/computers")
    if as_json:
        line(standing)
        return
    folder = standing["folder"]
    if standing["stranger"]:
        click.echo(
            say("The passport in %(folder)s is shared, and the others do not know this computer.", folder=folder)
        )
        click.echo("! " + say("Join it: %(command)s", command=f"badge-passport vault join {folder}"))
        return
    if not standing["shared"]:
        click.echo(say("The passport is on this computer alone, in %(folder)s.", folder=folder))
        return
    click.echo(say("The passport in %(folder)s is shared by:", folder=folder))
    for one in standing["computers"]:
        click.echo(f"  {one['id']}  {plain(one['name'])}{_marks(one, say)}")
    if standing["healed"] or standing["conflicts"]:
        journals, files = standing["conflicts"], standing["healed"]
        click.echo(say("Copies of journals that the sync program made, which are read: %(number)s", number=journals))
        click.echo(say("Copies of files that the sync program made, folded back: %(number)s", number=files))
    for text in said_of(standing):
        click.echo(f"! {say.sentence(text)}")


def _marks(one: Mapping[str, object], say: Saying) -> str:
    """Return what is said behind a computer's name."""
    marks = [text for text, said in ((say("this one"), one["this"]), (say("taken out"), one["revoked"])) if said]
    seen = ", " + say("last heard of %(when)s", when=one["seenAt"]) if one["seenAt"] else ""
    return (f" ({', '.join(marks)})" if marks else "") + seen


def said_of(standing: dict[str, object]) -> list[str]:
    """Return what wants a look, in sentences."""
    waiting = standing["waiting"] if isinstance(standing["waiting"], dict) else {}
    strange = sum(int(waiting.get(why, 0)) for why in ("forged", "unsigned", "unknown"))
    taking = standing["taking"] if isinstance(standing["taking"], dict) else None
    found = [
        (strange, f"{strange} lines in the folder are not signed by one of your computers; they count for nothing."),
        (waiting.get("ahead"), f"{waiting.get('ahead')} decisions wait: a clock was more than a day ahead."),
        (standing["wentBack"], "The folder was put back to an older state; what this computer knew still counts."),
        (standing["locked"], "This computer's key is locked away; what is said here reaches the others later."),
        (standing["swapped"], f"{standing['swapped']} files in the folder are not what they were; they are not used."),
        (standing["missing"], f"Files of {standing['missing']} badges are not here (yet)."),
        (taking, f"Taking up {taking['done']} of {taking['total']}." if taking else ""),
        (standing["damaged"], f"{standing['damaged']} lines of the journals cannot be read (badge-passport scrub)."),
    ]
    return [text for there, text in found if there]


@vault_command.command("revoke")
@click.argument("device", metavar="ID")
@click.pass_obj
def revoke_command(say: Voice, device: str) -> None:
    """Take a computer out: what it says from now on counts for nothing."""
    with connected() as daemon:
        daemon.ask("DELETE", f"/computers/{device}")
    click.echo(say("Taken out. Take it out of the sync program too."))


@vault_command.command("rename")
@click.argument("device", metavar="ID")
@click.argument("name")
@click.pass_obj
def rename_command(say: Voice, device: str, name: str) -> None:
    """Give a computer another name."""
    with connected() as daemon:
        daemon.ask("PATCH", f"/computers/{device}", {"name": name})
    click.echo(say("%(name)s it is.", name=json.dumps(name, ensure_ascii=False)))
