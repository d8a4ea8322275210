"""doctor: examines the installation and says how to mend it; autostart: with the computer, or not."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from passport.cli.helping import Command
from passport.cli.printing import console, json_option, line, plain
from passport.cli.privacy import be_private
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon
from passport.desktop import examination, examining_vault
from passport.desktop.autostart import Autostart, of_this_computer, own_command
from passport.desktop.examination import Finding
from passport.errors import PassportError, SettingsError
from passport.intake.mounts import watch_limits
from passport.look.words import noted
from passport.settings import Places, Settings

NAMES = {
    "autostart": noted("autostart"),
    "browsers": noted("browsers"),
    "clock": noted("clock"),
    "clock of a device": noted("clock of a device"),
    "computers": noted("computers"),
    "copies": noted("copies"),
    "daemon": noted("daemon"),
    "journals": noted("journals"),
    "keyring": noted("keyring"),
    "last scan": noted("last scan"),
    "lock": noted("lock"),
    "privacy": noted("privacy"),
    "secrets": noted("secrets"),
    "settings": noted("settings"),
    "sync": noted("sync"),
    "tray": noted("tray"),
    "vault": noted("vault"),
    "vault marker": noted("vault marker"),
    "versions": noted("versions"),
    "watch limits": noted("watch limits"),
    "watcher": noted("watcher"),
    "watching": noted("watching"),
}
"""What is examined, as it is called in `--json`: for people."""


@click.command("doctor", cls=Command)
@json_option
@click.option("--bundle", type=click.Path(path_type=Path), metavar="FILE.zip", help="Write a support bundle, redacted.")
@click.pass_obj
def doctor_command(say: Voice, *, as_json: bool, bundle: Path | None) -> int:
    """Examine the installation. The exit status is not 0 when something wants mending."""
    places = Places.from_environment()
    findings = list(examine(places))
    for finding in findings:
        if as_json:
            line(finding.to_json())
        else:
            show(finding, say)
    if bundle:
        be_private()
        from passport.desktop.support import support_bundle
        from passport.sharing.writing import write_whole

        write_whole(bundle, support_bundle(places, findings, private_words(places)))
        click.echo(say("Wrote %(file)s.", file=bundle), err=as_json)
    return 0 if all(finding.ok for finding in findings) else 1


def examine(places: Places) -> Iterator[Finding]:
    """Yield what was found. Changes nothing, and asks nothing of the network."""
    yield examination.versions()
    yield examination.settings_can_be_read(places)
    settings = Settings() if not settings_readable(places) else Settings.load(places.settings_file)
    yield examination.folders_are_private(places)
    daemon = Daemon.find(places)
    yield from examine_vault(places, daemon=daemon is not None)
    yield daemon_found(daemon)
    folders = watched(settings)
    yield from examination.watched_folders(folders, by_default=not settings.watch.folders)
    yield from examining_vault.folders_as_watched(status_of(daemon))
    yield examination.inotify_limits(watch_limits(), count_folders(folders))
    yield keyring_found(places, settings)
    yield from browsers_keys(places)
    yield examining_vault.secrets_file(places.secrets_file, asked=settings.secrets.keep == "file")
    yield tray_found()
    autostart = this_autostart()
    yield examination.autostart_is_sound(autostart.where, autostart.command())


def private_words(places: Places) -> list[str]:
    """Return what is nobody's business: the owner's addresses, folders, and the names that the passport holds."""
    from passport.vault.names import names_in

    settings = Settings.load(places.settings_file) if settings_readable(places) else Settings()
    folders = [str(folder) for folder in (*settings.watch.folders, *watched(settings))]
    publish = [text for text in (settings.publish.target, settings.publish.base_url) if text]
    return [*settings.identities, *folders, *publish, *names_in(places.vault)]


def examine_vault(places: Places, *, daemon: bool) -> Iterator[Finding]:
    """Yield what was found of the vault."""
    yield examining_vault.vault_is_there(places)
    yield examination.vault_has_room(places)
    yield examining_vault.lock_is_free(places, daemon=daemon)
    yield examination.left_over(places)
    yield from examining_vault.computers_are_known(places)
    yield from examining_vault.journals_are_sound(places, datetime.now(UTC))


def status_of(daemon: Daemon | None) -> dict[str, object] | None:
    """Return what the running daemon says of itself."""
    try:
        return daemon.get("/status") if daemon else None
    except PassportError:
        return None


def settings_readable(places: Places) -> bool:
    """Whether the settings can be read at all."""
    try:
        Settings.load(places.settings_file)
    except SettingsError:
        return False
    return True


def watched(settings: Settings) -> list[Path]:
    """Return the folders that are watched."""
    from passport.cli.steering import folders

    return list(folders(settings))


def daemon_found(daemon: Daemon | None) -> Finding:
    """Whether a daemon runs."""
    if daemon is None:
        return examination.good("daemon", "Badge Passport does not run at the moment.", "badge-passport start")
    return examination.good("daemon", f"Badge Passport runs at http://127.0.0.1:{daemon.port}/.")


def keyring_found(places: Places, settings: Settings) -> Finding:
    """Whether there is a keyring for accounts' tokens, and whether it answers."""
    from passport.keychain import Keychain, KeychainTroubleError, Trouble, chosen_backend

    keep, file = settings.secrets.keep, places.secrets_file
    keys = Keychain(load=lambda: chosen_backend(keep, file), record=places.secrets_record)
    try:
        name = asyncio.run(keys.examine())
    except KeychainTroubleError as error:
        if error.trouble is Trouble.MISSING and not places.secrets_record.exists():
            return examination.good("keyring", error.problem, error.remedy)
        return examination.bad("keyring", error.problem, error.remedy or "Unlock or repair it.")
    return examination.good("keyring", f"Secrets are kept in {name}.")


def browsers_keys(places: Places) -> Iterator[Finding]:
    """Say where the keys of connected browsers lie, where that is not the keyring."""
    from passport.web.clients import Clients

    try:
        outside = Clients(places.state / "clients.json", lambda: datetime.now(UTC)).outside
    except PassportError as error:
        yield examination.bad("browsers", error.problem, error.remedy or "Remove the file.")
        return
    if outside:
        yield examination.good(
            "browsers",
            f"The keys of {len(outside)} connected browsers lie in a file which only you can read, not in a keyring.",
            'Start a keyring; then they are moved by themselves. [secrets] keep = "keyring" forbids the file.',
        )


def tray_found() -> Finding:
    """Whether there can be an icon in the tray, with a menu."""
    from passport.desktop.tray import NoTrayError, advice, load_backend, why_not

    reason = why_not(sys.platform, os.environ)
    has_menu: bool | None = None
    if reason is None:
        try:
            has_menu = bool(load_backend().Icon.HAS_MENU)
        except NoTrayError as error:
            reason = str(error)
    return examination.tray_is_possible(reason, has_menu=has_menu, advice=advice())


def this_autostart(*, systemd: bool = False) -> Autostart:
    """Return this computer's way of starting programs."""
    return of_this_computer(sys.platform, os.environ, Path.home(), systemd=systemd)


def count_folders(folders: list[Path]) -> int:
    """Return how many folders need a watch."""
    return sum(1 for folder in folders for _ in os.walk(folder))


def show(finding: Finding, say: Saying) -> None:
    """Print a finding for people: a tick, a cross, or a dot for what is no fault and could be better."""
    from rich.markup import escape

    mark = "[red]✗[/red]" if not finding.ok else "[yellow]•[/yellow]" if finding.remedy else "[green]✓[/green]"
    name, text = say(NAMES.get(finding.name, finding.name)), say.sentence(finding.explanation)
    console().print(f"{mark} [bold]{escape(name)}[/bold]: {escape(plain(text, 500))}", soft_wrap=True)
    if finding.remedy:
        remedy = say.sentence(finding.remedy)
        console().print(f"    [dim]{escape(plain(remedy, 500))}[/dim]", soft_wrap=True)


@click.command("autostart", cls=Command)
@click.argument("what", type=click.Choice(["on", "off", "status"]))
@click.option("--systemd", is_flag=True, help="On Linux: as a systemd user unit, for computers without a desktop.")
@click.pass_obj
def autostart_command(say: Voice, what: str, *, systemd: bool) -> int:
    """Start with the computer, or not any more."""
    autostart = this_autostart(systemd=systemd)
    if what == "on":
        autostart.enable(own_command())
    elif what == "off":
        autostart.disable()
    on = autostart.command() is not None
    where = autostart.where
    click.echo(
        say("Starts with the computer (%(where)s).", where=where) if on else say("Does not start with the computer.")
    )
    return 0 if what != "status" or on else 1
