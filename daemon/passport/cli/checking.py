"""check: asking issuers again whether kept badges still stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import console, json_option, line, plain, verdict_word
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import badge_path
from passport.look.words import noted

KEPT = {
    "gone": noted("the issuer has no such page any more"),
    "moved": noted("the issuer's page leads to another site"),
    "unreachable": noted("the issuer could not be reached"),
    "later": noted("the issuer was not asked"),
}


@click.command("check", cls=Command)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All badges outside the trash.")
@json_option
@click.pass_obj
def check_command(say: Voice, ids: tuple[str, ...], *, everything: bool, as_json: bool) -> int:
    """Ask issuers again whether kept badges still stand.

    What an issuer said before stays where it does not answer now. Ends with 0 when all that was asked was answered.
    """
    if bool(ids) == everything:
        raise click.UsageError("Name badges by their ids, or say --all.")
    answered = True
    with connected() as daemon:
        for entry_id in ids:
            daemon.get(badge_path(entry_id))  # says so where there is none
        for item in _items(daemon.lines("POST", "/check", {"ids": None if everything else list(ids)})):
            answered = answered and item["trouble"] is None
            if as_json:
                line(item)
            else:
                _print(item, say)
    return 0 if answered else 2


def _items(lines: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (said["item"] for said in lines if said["kind"] == "item")


def _print(item: Mapping[str, Any], say: Saying) -> None:
    from rich.markup import escape

    out, trouble = console(), item["trouble"]
    changed = ""
    if item["before"] != item["verdict"]:
        changed = f" [dim]{say('(before: %(verdict)s)', verdict=verdict_word(item['before'], say))}[/dim]"
    out.print(f"{verdict_word(item['verdict'], say)}  {escape(plain(item['name']))}{changed}", soft_wrap=True)
    if trouble:
        state, when = say(KEPT[trouble["state"]]), plain(item["verifiedAt"] or "")[:10]
        if item["verdict"] != "unconfirmed":
            state = say("%(state)s; what it said on %(when)s counts", state=state, when=when)
        why = escape(plain(say.sentence(trouble["why"]), limit=1000))
        out.print(f"    [yellow]?[/yellow] {escape(state)}. [dim]{why}[/dim]", soft_wrap=True)
