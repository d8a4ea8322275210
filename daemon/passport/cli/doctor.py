"""doctor: examines the installation and says how to mend it; autostart: with the computer, or not."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from passport.cli.printing import console, json_option, line, plain
from passport.desktop import examination
from passport.desktop.autostart import Autostart, of_this_computer, own_command
from passport.desktop.examination import Finding
from passport.intake.mounts import watch_limits
from passport.settings import Places, Settings


@click.command("doctor")
@json_option
@click.option("--bundle", type=click.Path(path_type=Path), metavar="FILE.zip", help="Write a support bundle, redacted.")
def doctor_command(*, as_json: bool, bundle: Path | None) -> int:
    """Examine the installation. The exit status is not 0 when something wants mending."""
    places = Places.from_environment()
    findings = list(examine(places))
    for finding in findings:
        if as_json:
            line(finding.to_json())
        else:
            show(finding)
    if bundle:
        from passport.cli.sharing import write_whole  # noqa: PLC0415 (rare)
        from passport.desktop.support import support_bundle  # noqa: PLC0415

        write_whole(bundle, support_bundle(places, findings))
        click.echo(f"Wrote {bundle}.", err=as_json)
    return 0 if all(finding.ok for finding in findings) else 1


def examine(places: Places) -> Iterator[Finding]:
    """Yield what was found. Changes nothing, and asks neither the network nor the keyring's owner."""
    yield examination.versions()
    settings_found = examination.settings_can_be_read(places)
    yield settings_found
    yield examination.folders_are_private(places)
    yield examination.vault_has_room(places)
    yield examination.left_over(places)
    yield daemon_found(places)
    settings = Settings() if not settings_readable(places) else Settings.load(places.settings_file)
    folders = watched(settings)
    yield from examination.watched_folders(folders, by_default=not settings.watch.folders)
    yield examination.inotify_limits(watch_limits(), count_folders(folders))
    yield examination.clock_is_right(datetime.now(UTC), newest(places))
    yield keyring_found()
    yield tray_found()
    autostart = this_autostart()
    yield examination.autostart_is_sound(autostart.where, autostart.command())


def settings_readable(places: Places) -> bool:
    """Whether the settings can be read at all."""
    from passport.errors import SettingsError  # noqa: PLC0415 (only here)

    try:
        Settings.load(places.settings_file)
    except SettingsError:
        return False
    return True


def watched(settings: Settings) -> list[Path]:
    """Return the folders that are watched."""
    from passport.cli.steering import folders  # noqa: PLC0415 (loads the watcher)

    return list(folders(settings))


def daemon_found(places: Places) -> Finding:
    """Whether a daemon runs."""
    from passport.cli.speaking import Daemon  # noqa: PLC0415 (only here)

    daemon = Daemon.find(places)
    if daemon is None:
        return examination.good("daemon", "Badge Passport does not run at the moment.", "badge-passport start")
    return examination.good("daemon", f"Badge Passport runs at http://127.0.0.1:{daemon.port}/.")


def keyring_found() -> Finding:
    """Whether there is a keyring for accounts' tokens."""
    from passport.keychain import KeychainTroubleError, class_name, computers_keyring  # noqa: PLC0415 (slow to load)

    try:
        backend = computers_keyring()
    except KeychainTroubleError as error:
        return examination.good("keyring", error.problem, error.remedy)
    except Exception as error:  # noqa: BLE001 (keyrings fail in many ways; none of them is our end)
        return examination.bad("keyring", f"The computer's keyring failed: {error}.", "Unlock or repair it.")
    return examination.good("keyring", f"Secrets are kept in {class_name(backend)}.")


def tray_found() -> Finding:
    """Whether there can be an icon in the tray, with a menu."""
    from passport.desktop.tray import NoTrayError, advice, load_backend, why_not  # noqa: PLC0415 (touches the display)

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


def newest(places: Places) -> datetime | None:
    """Return when the vault was last written to, by its own files."""
    journals = places.vault / "journal"
    times = [file.stat().st_mtime for file in journals.glob("*")] if journals.is_dir() else []
    return datetime.fromtimestamp(max(times), UTC) if times else None


def show(finding: Finding) -> None:
    """Print a finding for people."""
    from rich.markup import escape  # noqa: PLC0415 (people only)

    mark = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
    console().print(f"{mark} [bold]{finding.name}[/bold]: {escape(plain(finding.explanation, 500))}", soft_wrap=True)
    if finding.remedy:
        console().print(f"    [dim]{escape(plain(finding.remedy, 500))}[/dim]", soft_wrap=True)


@click.command("autostart")
@click.argument("what", type=click.Choice(["on", "off", "status"]))
@click.option("--systemd", is_flag=True, help="On Linux: as a systemd user unit, for computers without a desktop.")
def autostart_command(what: str, *, systemd: bool) -> int:
    """Start with the computer, or not any more."""
    autostart = this_autostart(systemd=systemd)
    if what == "on":
        autostart.enable(own_command())
    elif what == "off":
        autostart.disable()
    on = autostart.command() is not None
    click.echo(f"Starts with the computer ({autostart.where})." if on else "Does not start with the computer.")
    return 0 if what != "status" or on else 1
