"""share, publish, cv: how badges go out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.printing import json_option, line, plain
from passport.cli.speaking import absolute, badge_path
from passport.errors import PassportError

FORMS = {".pdf": "pdf", ".html": "html", ".htm": "html", ".json": "json", ".md": "md"}


@click.command("share")
@click.argument("entry_id", metavar="ID")
@click.option("--to", required=True, metavar="NETWORK", help="linkedin, linkedin-profile, x, facebook, threads, …")
@click.option("--text", metavar="T", help="Your own words; else a sentence with name, issuer and link.")
@click.option("--print", "only_print", is_flag=True, help="Print the composer's address instead of opening it.")
def share_command(entry_id: str, to: str, text: str | None, *, only_print: bool) -> None:
    """Prepare a post and open the network's own composer with it. Nothing is sent without you."""
    with connected() as daemon:
        post = daemon.ask("POST", f"{badge_path(entry_id)}/share", {"to": to, "text": text})
    if post["problems"]:
        raise PassportError(" ".join(post["problems"]))
    if post["composer"] is None:
        raise PassportError(f"{to} has no composer that can be opened with an address.")
    if only_print:
        click.echo(post["composer"])
        return
    from passport.cli.controlling import show_in_browser  # noqa: PLC0415 (only here)

    show_in_browser(post["composer"])


@click.command("publish")
@click.argument("target", required=False)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Publish to this folder.")
@click.option("--base-url", metavar="URL", help="Under which address it is seen.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
def publish_command(
    target: str | None, out: Path | None, base_url: str | None, *, dry_run: bool, as_json: bool
) -> None:
    """Build the page of your public badges and send it to TARGET: a folder, or a git repository."""
    if target and out:
        raise click.UsageError("Give either TARGET or --out.")
    place = absolute(str(out)) if out else target
    if target and not is_remote(target):
        place = absolute(target)
    body = {"target": place, "baseUrl": base_url, "dryRun": dry_run}
    with connected() as daemon:
        report = daemon.ask("POST", "/publish", body)
    if as_json:
        line(report)
    else:
        print_published(report)


def is_remote(target: str) -> bool:
    """Whether a target is the address of a git repository."""
    return "://" in target or target.startswith("git@") or target.endswith(".git")


def print_published(report: dict[str, Any]) -> None:
    """Say what publishing did."""
    would = "Would publish" if report["dryRun"] else "Published"
    click.echo(f"{would} {report['badges']} badges to {plain(report['where'])}:")
    click.echo(f"  {len(report['written'])} files new or changed, {len(report['removed'])} removed")
    for held in report["withheld"]:
        click.echo(f"  original not shown: {plain(held['name'])} ({plain(held['reason'])})")
    if not report["badges"]:
        click.echo("  No badge is public yet: badge-passport set ID visibility=public")


@click.command("cv")
@click.argument("name", required=False)
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE.pdf|.html|.json|.md")
@click.option("--theme", type=click.Choice(["passport", "ledger", "plain", "night"]), help="How it looks.")
def cv_command(name: str | None, out: Path, theme: str | None) -> None:
    """Write a CV; without a NAME one of all public badges."""
    form = FORMS.get(out.suffix.lower())
    if form is None:
        raise click.UsageError(f"--out {out}: the name must end in .pdf, .html, .json or .md.")
    with connected() as daemon:
        content = daemon.content("POST", "/cv", {"format": form, "name": name, "theme": theme})
    write_whole(out, content)
    click.echo(f"Wrote {out}.")


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raise PassportError."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise PassportError(f"{file} cannot be written: {error.strerror}.") from error
