"""From the words that were typed to an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from passport import __version__
from passport.errors import PassportError

USAGE = 64
"""EX_USAGE of sysexits.h; 2, click's own, means *unconfirmed* for `verify` (design: Contract)."""
INTERRUPTED = 130

COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("starting", "Run the daemon in the foreground, until SIGINT or SIGTERM."),
    "open": ("controlling", "Open the gallery in the browser."),
    "status": ("controlling", "Say whether the daemon runs, and how it is."),
    "stop": ("controlling", "End the running daemon."),
    "pause": ("controlling", "Let watching rest."),
    "resume": ("controlling", "Watch again."),
    "import": ("importing", "Take in files, folders and addresses."),
    "verify": ("verifying", "Verify without keeping."),
    "check": ("checking", "Ask issuers again whether badges still stand."),
    "list": ("badges", "List what the passport holds."),
    "show": ("badges", "Show one badge with its report."),
    "tag": ("deciding", "Put tags on a badge, or take them off."),
    "set": ("deciding", "Set visibility, note or rating of a badge."),
    "trash": ("deciding", "Put a badge into the trash."),
    "untrash": ("deciding", "Take a badge out of the trash."),
    "reindex": ("upkeep", "Rebuild the index from the vault."),
    "scrub": ("upkeep", "Re-hash everything in the vault."),
    "doctor": ("doctor", "Examine the installation."),
    "export": ("handing_over", "Hand over badges as plain files."),
    "backup": ("handing_over", "Write an encrypted backup."),
    "restore": ("handing_over", "Bring back a backup."),
    "vault": ("computers", "Share the passport with other computers, through a synced folder."),
    "share": ("sharing", "Post with your own account, or open the network's own composer."),
    "publish": ("sharing", "Build the page of your public badges and send it."),
    "cv": ("sharing", "Write a CV."),
    "autostart": ("doctor", "Start with the computer, or not any more."),
}
"""Name of the command: the module of this package that holds it (as `<name>_command`), and its help in a line."""


class Commands(click.Group):
    """Knows all commands and loads only the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the contract."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"passport.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(__version__, prog_name="badge-passport")
def root() -> None:
    """Keep, verify and show your Open Badges on your own computer."""


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status. Errors of ours are a sentence, not a traceback."""
    try:
        status = root.main(list(arguments), prog_name="badge-passport", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return 1
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except PassportError as error:
        print(error, file=sys.stderr)  # noqa: T201 (this is the command line)
        return 1
    except BrokenPipeError:
        return _quietly_closed()
    return status if isinstance(status, int) else 0


def _quietly_closed() -> int:
    """End without a word when nobody reads on (`… | head`)."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
