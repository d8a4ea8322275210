"""share, publish, cv: how badges go out."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import json_option, line, plain
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import absolute, badge_path
from passport.errors import PassportError
from passport.look.words import noted_many
from passport.sharing.site.addresses import is_remote
from passport.sharing.writing import write_whole

VARIABLE = "BADGE_PASSPORT_PUBLISH_PASSWORD"
FORMS = {".pdf": "pdf", ".html": "html", ".htm": "html", ".json": "json", ".md": "md"}


WOULD = noted_many("Would publish %(number)s badge to %(where)s:", "Would publish %(number)s badges to %(where)s:")
DID = noted_many("Published %(number)s badge to %(where)s:", "Published %(number)s badges to %(where)s:")
API_NETWORKS = ("mastodon", "bluesky")
"""Posted with the owner's own account; all others open their own composer."""
ALSO_CALLED = {"email": "mail", "e-mail": "mail"}


@click.command("share", cls=Command)
@click.argument("entry_id", metavar="ID")
@click.option("--to", required=True, metavar="NETWORK", help="mastodon, bluesky, linkedin, linkedin-profile, x, …")
@click.option("--text", metavar="T", help="Your own words; else a sentence with name, issuer and link.")
@click.option("--at", metavar="RFC3339", help="When to post it (mastodon, bluesky); else now.")
@click.option("--account", metavar="HANDLE", help="Which account, where several are connected.")
@click.option("--picture", type=click.Choice(["card", "badge", "none"]), default="card", help="What goes along.")
@click.option("--print", "only_print", is_flag=True, help="Print the composer's address instead of opening it.")
@json_option
@click.pass_obj
def share_command(  # noqa: PLR0913 (click hands over one argument for each option)
    say: Voice,
    entry_id: str,
    to: str,
    text: str | None,
    at: str | None,
    account: str | None,
    picture: str,
    *,
    only_print: bool,
    as_json: bool,
) -> int:
    """Post with your own account (mastodon, bluesky), or open the network's own composer, filled."""
    to = ALSO_CALLED.get(to, to)
    if to in API_NETWORKS and not only_print:
        body = {"badge": entry_id, "to": to, "text": text, "at": at, "account": account, "picture": picture}
        return post_it(body, None if as_json else say)
    if at:
        raise PassportError(f"{to} is posted by hand, so it cannot be scheduled.")
    with connected() as daemon:
        post = daemon.ask("POST", f"{badge_path(entry_id)}/share", {"to": to, "text": text})
    if post["problems"]:
        raise PassportError(" ".join(post["problems"]))
    if post["composer"] is None:
        raise PassportError(f"{to.title()} has no composer that can be opened with an address.")
    if as_json:
        line(post)
    elif only_print:
        click.echo(post["composer"])
    else:
        from passport.cli.controlling import show_in_browser

        show_in_browser(post["composer"], say)
    return 0


def post_it(body: dict[str, Any], say: Saying | None) -> int:
    """Put a post into the outbox and say what became of it, or print JSON. Return the exit status."""
    with connected() as daemon:
        post = daemon.ask("POST", "/posts", body | {"wish": secrets.token_hex(16)})
    if say is None:
        line(post)
    elif post["state"] == "sent":
        click.echo(plain(post["url"]) or say("Posted."))
    elif post["state"] == "waiting" and post["dueAt"] and not post["problem"]:
        click.echo(say("It goes out at %(when)s, if Badge Passport is running then.", when=post["dueAt"]))
    elif post["state"] == "waiting":
        text = say("In the outbox; it is tried again by itself.")
        click.echo(plain(f"{text} {say.sentence(post['problem'])}", 600))
    else:
        why, remedy = say.sentence(post["problem"]), say.sentence(post["remedy"])
        click.echo(plain(f"{say('Not posted.')} {why} {remedy}".strip(), 600), err=True)
    return 0 if post["state"] in {"sent", "waiting"} else 1


@click.command("publish", cls=Command)
@click.argument("target", required=False)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Publish to this folder.")
@click.option("--base-url", metavar="URL", help="Under which address it is seen.")
@click.option("--user", metavar="NAME", help="Your name there; the password is asked for once and kept in the keyring.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
@click.pass_obj
def publish_command(
    say: Voice,
    target: str | None,
    out: Path | None,
    base_url: str | None,
    user: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Build the page of your public badges and send it to TARGET: a folder, a git repository or a WebDAV folder."""
    if target and out:
        raise click.UsageError("Give either TARGET or --out.")
    place = absolute(str(out)) if out else target
    if target and not is_remote(target):
        place = absolute(target)
    body = {"target": place, "baseUrl": base_url, "dryRun": dry_run, "user": user, "password": password_of(user, say)}
    with connected() as daemon:
        report = daemon.ask("POST", "/publish", body)
    if as_json:
        line(report)
    else:
        print_published(report, say)


def password_of(user: str | None, say: Saying) -> str | None:
    """Return the password for a name, from the environment or the terminal; None without a name."""
    if user is None:
        return None
    return os.environ.get(VARIABLE) or str(
        click.prompt(say("Password of %(user)s", user=user), hide_input=True, err=True)
    )


def print_published(report: dict[str, Any], say: Saying) -> None:
    """Say what publishing did."""
    badges, where = report["badges"], plain(report["where"])
    click.echo(say.many(*(WOULD if report["dryRun"] else DID), badges, where=where))
    written, removed = len(report["written"]), len(report["removed"])
    click.echo("  " + say("%(written)s files new or changed, %(removed)s removed", written=written, removed=removed))
    for held in report["withheld"]:
        name, why = plain(held["name"]), plain(say.sentence(held["reason"]))
        click.echo("  " + say("original not shown: %(name)s (%(why)s)", name=name, why=why))
    if not badges:
        command = "badge-passport set ID visibility=public"
        click.echo("  " + say("No badge is public yet: %(command)s", command=command))


@click.command("cv", cls=Command)
@click.argument("name", required=False)
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE.pdf|.html|.json|.md")
@click.option("--theme", type=click.Choice(["passport", "ledger", "plain", "night"]), help="How it looks.")
@click.pass_obj
def cv_command(say: Voice, name: str | None, out: Path, theme: str | None) -> None:
    """Write a CV; without a NAME one of all public badges."""
    form = FORMS.get(out.suffix.lower())
    if form is None:
        raise click.UsageError(f"--out {out}: the name must end in .pdf, .html, .json or .md.")
    with connected() as daemon:
        content, headers = daemon.content("POST", "/cv", {"format": form, "name": name, "theme": theme})
    write_whole(out, content)
    click.echo(say("Wrote %(file)s.", file=out))
    if headers.get("CV-Nameless") == "yes":
        click.echo(say("It has no name yet, and says so: write yours in your profile in the gallery."), err=True)
