"""Reports for people: one clear line first, then what it means, the checks below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from passport.cli.printing import console, plain, verdict_word
from passport.look.words import CHECKS, STANDINGS, word_for

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"failed": "[red]✗[/red]", "unknown": "[yellow]?[/yellow]", "passed": "[green]✓[/green]"}
"""In the order in which checks are shown: what decides comes first."""
HOW_KNOWN = {
    "domain": "the issuer's own domain vouches for the name",
    "known": "you marked this issuer as known",
    "self-asserted": "the name is the issuer's own claim",
}
MAX_HISTORY = 20


def print_report(report: Mapping[str, Any], file: str | None = None) -> None:
    """Print a report."""
    out = console()
    where = f"  [dim]{escape(plain(file))}[/dim]" if file else ""
    out.print(f"[bold]{verdict_word(report['verdict'])}[/bold]: {_what(report)}{where}", soft_wrap=True)
    out.print(f"  {word_for(report['verdict'], report.get('issuerIdentity')).means}", soft_wrap=True)
    print_checks(report)


def _what(report: Mapping[str, Any]) -> str:
    credential = report["credential"]
    if credential is None:
        return "nothing that could be read as a badge"
    issuer = credential["issuer"]["name"] or credential["issuer"]["id"]
    known = HOW_KNOWN.get(report.get("issuerIdentity") or "")
    name, address = credential["name"], credential["id"]
    said = escape(plain(name)) if name else f"the badge at {escape(plain(address))}" if address else "a badge, unnamed"
    if issuer:
        said += f" from {escape(plain(issuer))}"
    if report["verdict"] == "invalid":
        return f"it claims to be {said}"
    return f"{said} ({known})" if known and issuer else said


def print_checks(report: Mapping[str, Any]) -> None:
    """Print each check with its answer: failed ones first, then those that could not be made."""
    order = tuple(MARKS)
    checks = sorted(report["checks"], key=lambda check: order.index(check["outcome"]))
    rows = [
        (MARKS[check["outcome"]], CHECKS.get(check["name"], check["name"]), plain(check["explanation"], limit=2000))
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


def print_badge(badge: Mapping[str, Any]) -> None:
    """Print an entry with its report and its history."""
    out = console()
    print_report(badge["report"])
    standing = badge.get("standing")
    if standing:
        words, why = STANDINGS.get(standing["state"], ""), escape(plain(standing["why"], limit=1000))
        counts = f"what it said on {plain(badge['verifiedAt'] or '')[:10]} is kept and counts"
        out.print(f"  [yellow]{words}[/yellow] since {plain(standing['since'])[:10]}; {counts}.", soft_wrap=True)
        out.print(f"    [dim]{why}[/dim]", soft_wrap=True)
    for label, value in _facts(badge):
        if value:
            out.print(f"  [dim]{label}[/dim] {escape(plain(value, limit=2000))}", soft_wrap=True)
    _print_history(badge.get("history", ()))


def _print_history(history: Sequence[Mapping[str, Any]]) -> None:
    if not history:
        return
    out = console()
    out.print("  [dim]what was found over time[/dim]")
    for judged in history[-MAX_HISTORY:]:
        when = plain(judged["at"])[:10]
        until = plain(judged["until"])[:10]
        what = verdict_word(judged["verdict"]) if judged["verdict"] else STANDINGS.get(judged["standing"], "")
        out.print(f"    {when}{f' – {until}' if until != when else ''}  {what}", soft_wrap=True)
        for reason in judged["reasons"]:
            out.print(f"      [dim]{escape(plain(reason, limit=1000))}[/dim]", soft_wrap=True)


def _facts(badge: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    origin = badge["origin"]
    yield "id", badge["id"]
    yield "about", badge["description"]
    yield "valid from", badge["validFrom"]
    yield "valid until", badge["validUntil"]
    yield "last checked", badge["verifiedAt"]
    yield "tags", ", ".join(badge["tags"])
    yield "note", badge["note"]
    yield "rating", "★" * badge["rating"]
    yield "visibility", badge["visibility"]
    yield "in the trash", "yes" if badge["trashed"] else ""
    yield "came from", f"{origin['kind']} {origin['detail']}, {badge['addedAt']}"
    yield "file", f"{badge['files'][0]['name']} (SHA-256 {badge['sha256']})" if badge["files"] else badge["sha256"]
