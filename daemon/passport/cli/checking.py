"""check: asking issuers again whether kept badges still stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.printing import console, json_option, line, plain, verdict_word
from passport.cli.speaking import badge_path

KEPT = {
    "gone": "the issuer has no such page any more",
    "moved": "the issuer's page leads to another site",
    "unreachable": "the issuer could not be reached",
    "later": "the issuer was not asked",
}


@click.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All badges outside the trash.")
@json_option
def check_command(ids: tuple[str, ...], *, everything: bool, as_json: bool) -> int:
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
                _print(item)
    return 0 if answered else 2


def _items(lines: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (said["item"] for said in lines if said["kind"] == "item")


def _print(item: Mapping[str, Any]) -> None:
    from rich.markup import escape

    out, trouble = console(), item["trouble"]
    changed = f" [dim](before: {verdict_word(item['before'])})[/dim]" if item["before"] != item["verdict"] else ""
    out.print(f"{verdict_word(item['verdict'])}  {escape(plain(item['name']))}{changed}", soft_wrap=True)
    if trouble:
        when = (
            f"; what it said on {plain(item['verifiedAt'] or '')[:10]} counts"
            if item["verdict"] != "unconfirmed"
            else ""
        )
        why = escape(plain(trouble["why"], limit=1000))
        out.print(f"    [yellow]?[/yellow] {KEPT[trouble['state']]}{when}. [dim]{why}[/dim]", soft_wrap=True)
