"""list and show: what the passport holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import console, json_option, line, plain, verdict_word
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon, badge_path

PART = 500


@click.command("list", cls=Command)
@click.argument("query", nargs=-1)
@json_option
@click.option(
    "--sort", default="-added", show_default=True, help="added, date, name, issuer, expiry or rating; - turns."
)
@click.option("--trashed", is_flag=True, help="Those in the trash too.")
@click.pass_obj
def list_command(say: Voice, query: tuple[str, ...], sort: str, *, as_json: bool, trashed: bool) -> None:
    """List the badges that QUERY finds (words, and filters such as tag:python or verdict:expired), or all."""
    with connected() as daemon:
        found = every(daemon, " ".join(query), sort=sort, trashed=trashed)
        if as_json:
            for entry in found:
                line(entry)
        else:
            _print_table(found, say)


def every(daemon: Daemon, query: str, *, sort: str = "-added", trashed: bool = False) -> Iterator[Mapping[str, Any]]:
    """Yield all entries that a query finds."""
    offset = 0
    while True:
        page = daemon.get("/badges", q=query, sort=sort, offset=offset, limit=PART, trashed=trashed)
        yield from page["entries"]
        offset += PART
        if offset >= page["total"]:
            return


def _print_table(found: Iterator[Mapping[str, Any]], say: Saying) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(say("Id"), no_wrap=True, overflow="fold")
    for heading in (say("Badge"), say("Issuer"), say("Date"), say("Verdict"), say("Tags")):
        table.add_column(heading, overflow="fold")
    for entry in found:
        table.add_row(
            entry["id"],
            escape(plain(entry["name"])),
            escape(plain(entry["issuer"]["name"] or "")),
            escape(plain((entry["validFrom"] or "")[:10])),
            verdict_word(entry["verdict"], say),
            escape(plain(", ".join(entry["tags"]))),
        )
    if table.row_count:
        console().print(table)
    else:
        click.echo(say("Nothing found."))


@click.command("show", cls=Command)
@click.argument("entry_id", metavar="ID")
@json_option
@click.pass_obj
def show_command(say: Voice, entry_id: str, *, as_json: bool) -> None:
    """Show one badge with its report."""
    with connected() as daemon:
        badge = daemon.get(badge_path(entry_id))
    if as_json:
        line(badge)
        return
    from passport.cli.reports import print_badge

    print_badge(badge, say)
