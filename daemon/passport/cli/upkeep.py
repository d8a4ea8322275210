"""reindex and scrub."""

from __future__ import annotations

import click

from passport.cli.connecting import connected
from passport.cli.printing import console, json_option, line, plain
from passport.cli.speaking import Daemon


@click.command("reindex")
def reindex_command() -> None:
    """Rebuild the index from the vault."""
    with connected() as daemon:
        follow(daemon, "/reindex", "Rebuilding the index")
    click.echo("The index is rebuilt.")


@click.command("scrub")
@json_option
def scrub_command(*, as_json: bool) -> int:
    """Re-hash everything in the vault, and heal what can be healed. Not 0 when something is wrong."""
    with connected() as daemon:
        found = follow(daemon, "/scrub", "Reading everything again")
    if as_json:
        line(found)
    else:
        for finding in found["findings"]:  # type: ignore[attr-defined] # a list, by the API's description
            click.echo(f"{finding['kind']}: {plain(finding['path'])}: {plain(finding['explanation'], 500)}")
        click.echo(f"Read {found['checked']} files again: {'all sound.' if found['sound'] else 'something is wrong.'}")
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
