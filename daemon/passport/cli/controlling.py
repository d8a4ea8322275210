"""open, status, stop, pause, resume: speaking with the running daemon."""

from __future__ import annotations

import time

import click

from passport.cli.connecting import running_daemon
from passport.cli.printing import json_option, line, plain
from passport.cli.speaking import Daemon
from passport.errors import PassportError
from passport.settings import Places

STOP_PATIENCE_S = 20.0


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print an address that signs in once, instead of opening it.")
def open_command(*, only_print: bool) -> None:
    """Open the gallery in the browser."""
    address = str(running_daemon().ask("POST", "/launch")["address"])
    if only_print:
        click.echo(address)
    else:
        show_in_browser(address)


def show_in_browser(address: str) -> None:
    """Open the address in the browser, or print it where there is none."""
    import webbrowser

    if not webbrowser.open(address):
        click.echo(f"Open this address in your browser; it works once:\n{address}")


@click.command("status")
@json_option
def status_command(*, as_json: bool) -> int:
    """Say whether the daemon runs, and how it is. The exit status is 0 only while it is ready."""
    daemon = Daemon.find(Places.from_environment())
    if daemon is None:
        if as_json:
            line({"ready": False, "running": False})
        else:
            click.echo("Badge Passport is not running. Start it with `badge-passport start`.")
        return 1
    status = daemon.get("/status")
    if as_json:
        line({"running": True, "pid": daemon.pid, **status})
        return 0
    click.echo(f"Badge Passport {status['version']} is ready at http://127.0.0.1:{status['port']}")
    click.echo(f"{status['badges']} badges, {status['new']} new")
    until = f" until {status['pausedUntil']}" if status["pausedUntil"] else ""
    click.echo(
        f"Watching rests{until}." if status["paused"] else f"Watching {', '.join(status['watching']) or 'nothing'}"
    )
    if status["computers"] > 1:
        click.echo(f"Shared by {status['computers']} computers (badge-passport vault list)")
    if status["takingUp"]:
        click.echo(f"Taking up {status['takingUp']['done']} of {status['takingUp']['total']} from the other computers")
    for problem in status["problems"]:
        click.echo(f"! {plain(problem['text'], 500)} {plain(problem['remedy'], 500)}")
    return 0


@click.command("stop")
def stop_command() -> None:
    """End the running daemon; returns when it has ended."""
    daemon = running_daemon()
    daemon.ask("POST", "/shutdown")
    ends_at = time.monotonic() + STOP_PATIENCE_S
    while Places.from_environment().daemon_file.exists() or daemon.is_real():
        if time.monotonic() > ends_at:
            raise PassportError("The daemon was told to end, and has not yet.")
        time.sleep(0.05)
    click.echo("Stopped.")


@click.command("pause")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="For so long; else until resumed.")
def pause_command(minutes: float | None) -> None:
    """Let watching rest."""
    running_daemon().ask("POST", "/pause", {"seconds": minutes * 60 if minutes else None})
    click.echo("Watching rests.")


@click.command("resume")
def resume_command() -> None:
    """Watch again; what came meanwhile is taken in."""
    running_daemon().ask("POST", "/resume", {})
    click.echo("Watching.")
