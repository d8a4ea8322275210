"""tag, set, trash, untrash: the owner's decisions."""

from __future__ import annotations

from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import plain
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon, badge_path


def decide(daemon: Daemon, entry_id: str, decision: dict[str, object]) -> dict[str, Any]:
    """Write a decision down; durable on return."""
    return daemon.ask("PATCH", badge_path(entry_id), decision)


@click.command("tag", cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("entry_id", metavar="ID")
@click.argument("changes", nargs=-1, metavar="[+TAG|-TAG]...", type=click.UNPROCESSED)
@click.pass_obj
def tag_command(say: Voice, entry_id: str, changes: tuple[str, ...]) -> None:
    """Put tags on a badge (+TAG), or take them off (-TAG). Prints the tags it has then."""
    for change in changes:
        if change[:1] not in {"+", "-"} or len(change) < 2:
            raise click.UsageError(f"{change!r} is neither +TAG nor -TAG.")
    decision: dict[str, object] = {
        "addTags": [change[1:] for change in changes if change[0] == "+"],
        "removeTags": [change[1:] for change in changes if change[0] == "-"],
    }
    with connected() as daemon:
        entry = decide(daemon, entry_id, decision)
    click.echo(" ".join(f"+{plain(tag)}" for tag in entry["tags"]) or say("No tags."))


@click.command("set", cls=Command)
@click.argument("entry_id", metavar="ID")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.pass_obj
def set_command(say: Voice, entry_id: str, pairs: tuple[str, ...]) -> None:
    """Set visibility=private|public, note=TEXT or rating=0…5 of a badge."""
    decision = dict(_parsed(pair) for pair in pairs)
    with connected() as daemon:
        entry = decide(daemon, entry_id, decision)
    click.echo("  ".join(f"{key}={plain(entry[key])}" for key in decision))


def _parsed(pair: str) -> tuple[str, object]:
    key, equals, value = pair.partition("=")
    if not equals or key not in {"visibility", "note", "rating"}:
        raise click.UsageError(f"{pair!r} is none of visibility=…, note=…, rating=….")
    if key == "visibility" and value not in {"private", "public"}:
        raise click.UsageError("The visibility is private or public.")
    if key == "rating":
        if value not in {"0", "1", "2", "3", "4", "5"}:
            raise click.UsageError("The rating is 0 (none) to 5.")
        return key, int(value)
    return key, value


@click.command("trash", cls=Command)
@click.argument("entry_ids", nargs=-1, required=True, metavar="ID...")
@click.pass_obj
def trash_command(say: Voice, entry_ids: tuple[str, ...]) -> None:
    """Put badges into the trash."""
    _trash(entry_ids, say, trashed=True)


@click.command("untrash", cls=Command)
@click.argument("entry_ids", nargs=-1, required=True, metavar="ID...")
@click.pass_obj
def untrash_command(say: Voice, entry_ids: tuple[str, ...]) -> None:
    """Take badges out of the trash."""
    _trash(entry_ids, say, trashed=False)


def _trash(entry_ids: tuple[str, ...], say: Saying, *, trashed: bool) -> None:
    with connected() as daemon:
        for entry_id in entry_ids:
            entry = decide(daemon, entry_id, {"trashed": trashed})
            where = say("in the trash") if trashed else say("back in the passport")
            click.echo(f"{plain(entry['name'])}: {where}")
