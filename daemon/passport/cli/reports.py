"""Reports for people: one clear line first, the checks below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from passport.cli.printing import console, plain, verdict_word

MARKS = {"passed": "[green]✓[/green]", "failed": "[red]✗[/red]", "unknown": "[yellow]?[/yellow]"}
HOW_KNOWN = {
    "domain": "the issuer's own domain vouches for the name",
    "known": "you marked this issuer as known",
    "self-asserted": "the name is the issuer's own claim",
}


def print_report(report: Mapping[str, Any], file: str | None = None) -> None:
    """Print a report."""
    out = console()
    where = f"  [dim]{escape(plain(file))}[/dim]" if file else ""
    out.print(f"[bold]{verdict_word(report['verdict'])}[/bold]: {_what(report)}{where}", soft_wrap=True)
    print_checks(report)


def _what(report: Mapping[str, Any]) -> str:
    credential = report["credential"]
    if credential is None:
        return "nothing that could be read as a badge"
    issuer = credential["issuer"]["name"] or credential["issuer"]["id"] or "an issuer without a name"
    known = HOW_KNOWN.get(report.get("issuerIdentity") or "")
    said = f"{escape(plain(credential['name'] or 'a badge without a name'))} from {escape(plain(issuer))}"
    return f"{said} ({known})" if known else said


def print_checks(report: Mapping[str, Any]) -> None:
    """Print each check with its answer."""
    out = console()
    for check in report["checks"]:
        explanation = escape(plain(check["explanation"], limit=2000))
        out.print(f"  {MARKS[check['outcome']]} {check['name']}: {explanation}", soft_wrap=True)
    if report["standard"]:
        out.print(f"  [dim]Open Badges {report['standard']}, {report['securing']}[/dim]", soft_wrap=True)


def print_badge(badge: Mapping[str, Any]) -> None:
    """Print an entry with its report."""
    out = console()
    print_report(badge["report"])
    for label, value in _facts(badge):
        if value:
            out.print(f"  [dim]{label}[/dim] {escape(plain(value, limit=2000))}", soft_wrap=True)


def _facts(badge: Mapping[str, Any]) -> list[tuple[str, Any]]:
    origin = badge["origin"]
    return [
        ("id", badge["id"]),
        ("about", badge["description"]),
        ("valid from", badge["validFrom"]),
        ("valid until", badge["validUntil"]),
        ("tags", ", ".join(badge["tags"])),
        ("note", badge["note"]),
        ("rating", "★" * badge["rating"]),
        ("visibility", badge["visibility"]),
        ("in the trash", "yes" if badge["trashed"] else ""),
        ("came from", f"{origin['kind']} {origin['detail']}, {badge['addedAt']}"),
        ("file", f"{badge['files'][0]['name']} (SHA-256 {badge['sha256']})" if badge["files"] else badge["sha256"]),
    ]
