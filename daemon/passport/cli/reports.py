"""Reports for people: one clear line first, then what it means, the checks below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from passport.cli.printing import console, plain, verdict_word
from passport.cli.saying import Saying
from passport.look.words import CHECKS, STANDINGS, means, noted, word_for

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"failed": "[red]✗[/red]", "unknown": "[yellow]?[/yellow]", "passed": "[green]✓[/green]"}
"""In the order in which checks are shown: what decides comes first."""
HOW_KNOWN = {
    "domain": noted("the issuer's own domain vouches for the name"),
    "known": noted("you marked this issuer as known"),
    "self-asserted": noted("the name is the issuer's own claim"),
}
MAX_HISTORY = 20


def print_report(report: Mapping[str, Any], say: Saying, file: str | None = None) -> None:
    """Print a report."""
    out = console()
    where = f"  [dim]{escape(plain(file))}[/dim]" if file else ""
    out.print(f"[bold]{verdict_word(report['verdict'], say)}[/bold]: {_what(report, say)}{where}", soft_wrap=True)
    checks = ((check["name"], check["outcome"], check["explanation"]) for check in report["checks"])
    ours, found = means(word_for(report["verdict"], report.get("issuerIdentity")), checks)
    out.print(f"  {escape(say(ours) if ours else plain(say.sentence(found), limit=2000))}", soft_wrap=True)
    print_checks(report, say)


def _what(report: Mapping[str, Any], say: Saying) -> str:
    credential = report["credential"]
    if credential is None:
        return escape(say("nothing that could be read as a badge"))
    issuer = credential["issuer"]["name"] or credential["issuer"]["id"]
    known = HOW_KNOWN.get(report.get("issuerIdentity") or "")
    said = _named(credential["name"], credential["id"], say)
    if issuer:
        said = say("%(badge)s from %(issuer)s", badge=said, issuer=plain(issuer))
    if report["verdict"] == "invalid":
        return escape(say("it claims to be %(badge)s", badge=said))
    return escape(f"{said} ({say(known)})" if known and issuer else said)


def _named(name: str | None, address: str | None, say: Saying) -> str:
    if name:
        return plain(name)
    return say("the badge at %(address)s", address=plain(address)) if address else say("a badge, unnamed")


def print_checks(report: Mapping[str, Any], say: Saying) -> None:
    """Print each check with its answer: failed ones first, then those that could not be made."""
    order = tuple(MARKS)
    checks = sorted(report["checks"], key=lambda check: order.index(check["outcome"]))
    rows = [
        (
            MARKS[check["outcome"]],
            say(CHECKS.get(check["name"], check["name"])),
            plain(say.sentence(check["explanation"]), limit=2000),
        )
        for check in checks
    ]
    _rows(console(), rows)
    if report["standard"]:
        kind = escape(plain(f"{report['standard']}, {report['securing']}"))  # a proof names its cryptosuite itself
        console().print(f"  [dim]Open Badges {kind}[/dim]", soft_wrap=True)


def _rows(out: Console, rows: Sequence[tuple[str, str, str]]) -> None:
    """Print rows of mark, label and text: in columns where somebody reads, each on one line where a program does."""
    if not out.is_terminal or out.width < 60:
        for mark, label, text in rows:
            out.print(f"  {mark} {label}: {escape(text)}", soft_wrap=True)
        return
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for mark, label, text in rows:
        table.add_row(mark, label, escape(text))
    out.print(table)


def print_badge(badge: Mapping[str, Any], say: Saying) -> None:
    """Print an entry with its report and its history."""
    out = console()
    print_report(badge["report"], say)
    standing = badge.get("standing")
    if standing:
        why = escape(plain(say.sentence(standing["why"]), limit=1000))
        text = say(
            "%(words)s since %(since)s; what it said on %(when)s is kept and counts.",
            words=f"[yellow]{say(STANDINGS.get(standing['state'], ''))}[/yellow]",
            since=plain(standing["since"])[:10],
            when=plain(badge["verifiedAt"] or "")[:10],
        )
        out.print(f"  {text}", soft_wrap=True)
        out.print(f"    [dim]{why}[/dim]", soft_wrap=True)
    for label, value in _facts(badge, say):
        if value:
            out.print(f"  [dim]{escape(label)}[/dim] {escape(plain(value, limit=2000))}", soft_wrap=True)
    _print_history(badge.get("history", ()), say)


def _print_history(history: Sequence[Mapping[str, Any]], say: Saying) -> None:
    if not history:
        return
    out = console()
    out.print(f"  [dim]{say('what was found over time')}[/dim]")
    for judged in history[-MAX_HISTORY:]:
        when = plain(judged["at"])[:10]
        until = plain(judged["until"])[:10]
        standing = say(STANDINGS.get(judged["standing"] or "", ""))
        what = verdict_word(judged["verdict"], say) if judged["verdict"] else standing
        out.print(f"    {when}{f' – {until}' if until != when else ''}  {what}", soft_wrap=True)
        for reason in judged["reasons"]:
            out.print(f"      [dim]{escape(plain(say.sentence(reason), limit=1000))}[/dim]", soft_wrap=True)


def _facts(badge: Mapping[str, Any], say: Saying) -> Iterator[tuple[str, Any]]:
    origin, files = badge["origin"], badge["files"]
    yield say("id"), badge["id"]
    yield say("about"), badge["description"]
    yield say("valid from"), badge["validFrom"]
    yield say("valid until"), badge["validUntil"]
    yield say("last checked"), badge["verifiedAt"]
    yield say("tags"), ", ".join(badge["tags"])
    yield say("note"), badge["note"]
    yield say("rating"), "★" * badge["rating"]
    yield say("visibility"), badge["visibility"]
    yield say("in the trash"), say("yes") if badge["trashed"] else ""
    yield say("came from"), f"{origin['kind']} {origin['detail']}, {badge['addedAt']}"
    yield say("file"), f"{files[0]['name']} (SHA-256 {badge['sha256']})" if files else badge["sha256"]
