"""export, backup, restore: hand-over and safety."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import json_option, line, plain
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import absolute
from passport.cli.upkeep import follow
from passport.errors import PassportError

VARIABLE = "BADGE_PASSPORT_PASSPHRASE"


@click.command("export", cls=Command)
@click.argument("target", metavar="DIR|FILE.zip|.csv|.json")
@click.argument("query", nargs=-1)
@click.option("--originals", is_flag=True, help="Only the badges' own files, as YYYY-MM-DD-Name.png.")
@click.option("--challenge", default="", help="For a presentation: what whoever asked for it sent along.")
@click.option("--domain", default="", help="For a presentation: whom it is for.")
@click.pass_obj
def export_command(
    say: Voice, target: str, query: tuple[str, ...], challenge: str, domain: str, *, originals: bool
) -> None:
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
        done = follow(daemon, "/export", say("Exporting"), body)
    text = say.many(
        "Wrote %(number)s file to %(target)s.", "Wrote %(number)s files to %(target)s.", number_of(done), target=target
    )
    click.echo(text)


@click.command("backup", cls=Command)
@click.argument("file", metavar="FILE")
@click.pass_obj
def backup_command(say: Voice, file: str) -> None:
    """Write an encrypted backup of everything (age format). Keep the passphrase: without it nobody can open it."""
    passphrase = asked(say, confirm=True)
    with connected() as daemon:
        done = follow(daemon, "/backup", say("Backing up"), {"file": absolute(file), "passphrase": passphrase})
    text = say.many(
        "Wrote %(file)s with %(number)s file.", "Wrote %(file)s with %(number)s files.", number_of(done), file=file
    )
    click.echo(text)


@click.command("restore", cls=Command)
@click.argument("file", metavar="FILE")
@json_option
@click.pass_obj
def restore_command(say: Voice, file: str, *, as_json: bool) -> int:
    """Bring back a backup: what is missing is added, nothing that is there is changed."""
    passphrase = asked(say, confirm=False)
    with connected() as daemon:
        done = follow(daemon, "/restore", say("Restoring"), {"file": absolute(file), "passphrase": passphrase})
    badges = done["badges"]
    if not isinstance(badges, list):
        raise PassportError("The daemon's answer cannot be understood.")
    for badge in badges:
        if as_json:
            line(badge)
        elif badge["result"] == "failed":
            why = plain(say.sentence(badge["reason"] or ""))
            click.echo(say("Failed: %(name)s: %(why)s", name=plain(badge["name"] or badge["id"]), why=why))
    counted = {result: sum(b["result"] == result for b in badges) for result in ("added", "already-there", "failed")}
    if not as_json:
        there, failed = counted["already-there"], counted["failed"]
        text = say(
            "%(added)s added, %(there)s already there, %(failed)s failed.",
            added=counted["added"], there=there, failed=failed,
        )  # fmt: skip
        click.echo(text)
    return 1 if counted["failed"] else 0


def number_of(done: Mapping[str, object]) -> int:
    """Return how many files were written."""
    return int(str(done["files"]))


def asked(say: Saying, *, confirm: bool) -> str:
    """Return the passphrase, from the environment or the terminal; with `confirm`, typed twice alike."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    while True:
        typed = str(click.prompt(say("Passphrase"), hide_input=True, err=True))
        if not confirm or typed == str(click.prompt(say("The same once more"), hide_input=True, err=True)):
            return typed
        click.echo(say("Those are two different ones. Type it again."), err=True)
