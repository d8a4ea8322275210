"""reindex and scrub."""

from __future__ import annotations

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import console, json_option, line, plain
from passport.cli.saying import Voice
from passport.cli.speaking import Daemon
from passport.look.words import noted

KINDS = {
    "damaged": noted("damaged"),
    "healed": noted("healed"),
    "journal": noted("journal"),
    "missing": noted("missing"),
    "set-aside": noted("set aside"),
}
SOUND = noted("Read %(number)s files again: all sound.")
WRONG = noted("Read %(number)s files again: something is wrong.")


@click.command("reindex", cls=Command)
@click.pass_obj
def reindex_command(say: Voice) -> None:
    """Rebuild the index from the vault."""
    with connected() as daemon:
        follow(daemon, "/reindex", say("Rebuilding the index"))
    click.echo(say("The index is rebuilt."))


@click.command("scrub", cls=Command)
@json_option
@click.pass_obj
def scrub_command(say: Voice, *, as_json: bool) -> int:
    """Re-hash everything in the vault, and heal what can be healed. Not 0 when something is wrong."""
    with connected() as daemon:
        found = follow(daemon, "/scrub", say("Reading everything again"))
    if as_json:
        line(found)
    else:
        for finding in found["findings"]:  # type: ignore[attr-defined] # a list, by the API's description
            kind, why = say(KINDS.get(finding["kind"], finding["kind"])), say.sentence(finding["explanation"])
            click.echo(f"{kind}: {plain(finding['path'])}: {plain(why, 500)}")
        click.echo(say(SOUND if found["sound"] else WRONG, number=found["checked"]))
    return 0 if found["sound"] else 1


def follow(daemon: Daemon, path: str, what: str, body: object = None) -> dict[str, object]:
    """Show a progress bar until the work is done, and return what it answered."""
    from rich.progress import Progress

    answer: dict[str, object] = {}
    with Progress(console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        for said in daemon.lines("POST", path, body):
            if said["kind"] == "progress":
                progress.update(task, completed=said["done"], total=said["total"])
            elif said["kind"] == "done":
                answer = said.get("item") or {}
    return answer
