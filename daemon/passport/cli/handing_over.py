"""export, backup, restore: hand-over and safety."""

from __future__ import annotations

import os

import click

from passport.cli.connecting import connected
from passport.cli.printing import json_option, line, plain
from passport.cli.speaking import absolute
from passport.cli.upkeep import follow
from passport.errors import PassportError

VARIABLE = "BADGE_PASSPORT_PASSPHRASE"


@click.command("export")
@click.argument("target", metavar="DIR|FILE.zip|.csv|.json")
@click.argument("query", nargs=-1)
@click.option("--originals", is_flag=True, help="Only the badges' own files, as YYYY-MM-DD-Name.png.")
@click.option("--challenge", default="", help="For a presentation: what whoever asked for it sent along.")
@click.option("--domain", default="", help="For a presentation: whom it is for.")
def export_command(target: str, query: tuple[str, ...], challenge: str, domain: str, *, originals: bool) -> None:
    """Write originals, documents, reports and decisions as plain files, with a page to look at.

    A TARGET that ends in .csv gets a table; one in .json a Verifiable Presentation, signed with your own key.
    """
    body = {
        "target": absolute(target),
        "query": " ".join(query),
        "form": "originals" if originals else None,
        "challenge": challenge,
        "domain": domain,
    }
    with connected() as daemon:
        done = follow(daemon, "/export", "Exporting", body)
    click.echo(f"Wrote {done['files']} {'file' if done['files'] == 1 else 'files'} to {target}.")


@click.command("backup")
@click.argument("file", metavar="FILE")
def backup_command(file: str) -> None:
    """Write an encrypted backup of everything (age format). Keep the passphrase: without it nobody can open it."""
    passphrase = asked(confirm=True)
    with connected() as daemon:
        done = follow(daemon, "/backup", "Backing up", {"file": absolute(file), "passphrase": passphrase})
    click.echo(f"Wrote {file} with {done['files']} files.")


@click.command("restore")
@click.argument("file", metavar="FILE")
@json_option
def restore_command(file: str, *, as_json: bool) -> int:
    """Bring back a backup: what is missing is added, nothing that is there is changed."""
    passphrase = asked(confirm=False)
    with connected() as daemon:
        done = follow(daemon, "/restore", "Restoring", {"file": absolute(file), "passphrase": passphrase})
    badges = done["badges"]
    if not isinstance(badges, list):
        raise PassportError("The daemon's answer cannot be understood.")
    for badge in badges:
        if as_json:
            line(badge)
        elif badge["result"] == "failed":
            click.echo(f"Failed: {plain(badge['name'] or badge['id'])}: {plain(badge['reason'] or '')}")
    counted = {result: sum(b["result"] == result for b in badges) for result in ("added", "already-there", "failed")}
    if not as_json:
        click.echo(f"{counted['added']} added, {counted['already-there']} already there, {counted['failed']} failed.")
    return 1 if counted["failed"] else 0


def asked(*, confirm: bool) -> str:
    """Return the passphrase, from the environment or the terminal."""
    given = os.environ.get(VARIABLE)
    return given or str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
