"""open, status, stop, pause, resume: speaking with the running daemon."""

from __future__ import annotations

import time

import click

from passport.cli.connecting import running_daemon
from passport.cli.helping import Command
from passport.cli.printing import json_option, line, plain
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon, Json
from passport.errors import PassportError
from passport.settings import Places

STOP_PATIENCE_S = 20.0


@click.command("open", cls=Command)
@click.option("--print", "only_print", is_flag=True, help="Print an address that signs in once, instead of opening it.")
@click.pass_obj
def open_command(say: Voice, *, only_print: bool) -> None:
    """Open the gallery in the browser."""
    address = str(running_daemon().ask("POST", "/launch")["address"])
    if only_print:
        click.echo(address)
    else:
        show_in_browser(address, say)


def show_in_browser(address: str, say: Saying) -> None:
    """Open the address in the browser, or print it where there is none."""
    import webbrowser

    if not webbrowser.open(address):
        click.echo(say("Open this address in your browser; it works once:") + f"\n{address}")


@click.command("status", cls=Command)
@json_option
@click.pass_obj
def status_command(say: Voice, *, as_json: bool) -> int:
    """Say whether the daemon runs, and how it is. The exit status is 0 only while it is ready."""
    daemon = Daemon.find(Places.from_environment())
    if daemon is None:
        if as_json:
            line({"ready": False, "running": False})
        else:
            click.echo(say.sentence("Badge Passport is not running. Start it with `badge-passport start`."))
        return 1
    status = daemon.get("/status")
    if as_json:
        line({"running": True, "pid": daemon.pid, **status})
        return 0
    print_status(status, say)
    return 0


def print_status(status: Json, say: Saying) -> None:
    """Say how the daemon is."""
    address = f"http://127.0.0.1:{status['port']}"
    click.echo(say("Badge Passport %(version)s is ready at %(address)s", version=status["version"], address=address))
    badges, new = status["badges"], status["new"]
    click.echo(say.many("%(number)s badge, %(new)s new", "%(number)s badges, %(new)s new", badges, new=new))
    click.echo(_watching(status, say))
    if status["computers"] > 1:
        number, command = status["computers"], "badge-passport vault list"
        click.echo(say("Shared by %(number)s computers (%(command)s)", number=number, command=command))
    if status["takingUp"]:
        done, total = status["takingUp"]["done"], status["takingUp"]["total"]
        click.echo(say("Taking up %(done)s of %(total)s from the other computers", done=done, total=total))
    for problem in status["problems"]:
        text, remedy = say.sentence(problem["text"]), say.sentence(problem["remedy"])
        click.echo(f"! {plain(text, 500)} {plain(remedy, 500)}")


def _watching(status: Json, say: Saying) -> str:
    if status["pausedUntil"]:
        return say("Watching rests until %(when)s.", when=status["pausedUntil"])
    if status["paused"]:
        return say("Watching rests.")
    folders = ", ".join(status["watching"])
    return say("Watching %(folders)s", folders=folders) if folders else say("Watching nothing")


@click.command("stop", cls=Command)
@click.pass_obj
def stop_command(say: Voice) -> None:
    """End the running daemon; returns when it has ended."""
    daemon = running_daemon()
    daemon.ask("POST", "/shutdown")
    ends_at = time.monotonic() + STOP_PATIENCE_S
    while Places.from_environment().daemon_file.exists() or daemon.is_real():
        if time.monotonic() > ends_at:
            raise PassportError("The daemon was told to end, and has not yet.")
        time.sleep(0.05)
    click.echo(say("Stopped."))


@click.command("pause", cls=Command)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="For so long; else until resumed.")
@click.pass_obj
def pause_command(say: Voice, minutes: float | None) -> None:
    """Let watching rest."""
    running_daemon().ask("POST", "/pause", {"seconds": minutes * 60 if minutes else None})
    click.echo(say("Watching rests."))


@click.command("resume", cls=Command)
@click.pass_obj
def resume_command(say: Voice) -> None:
    """Watch again; what came meanwhile is taken in."""
    running_daemon().ask("POST", "/resume", {})
    click.echo(say("Watching."))
