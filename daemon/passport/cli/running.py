"""From the words that were typed to an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from passport import __version__
from passport.cli.helping import Group, tell_wrong_usage
from passport.cli.saying import Voice
from passport.errors import PassportError
from passport.look.words import noted

USAGE = 64
"""EX_USAGE of sysexits.h; 2, click's own, means *unconfirmed* for `verify` (design: Contract)."""
INTERRUPTED = 130

COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("starting", noted("Run the daemon in the foreground, until SIGINT or SIGTERM.")),
    "open": ("controlling", noted("Open the gallery in the browser.")),
    "status": ("controlling", noted("Say whether the daemon runs, and how it is.")),
    "stop": ("controlling", noted("End the running daemon.")),
    "pause": ("controlling", noted("Let watching rest.")),
    "resume": ("controlling", noted("Watch again.")),
    "import": ("importing", noted("Take in files, folders and addresses.")),
    "verify": ("verifying", noted("Verify without keeping.")),
    "check": ("checking", noted("Ask issuers again whether badges still stand.")),
    "list": ("badges", noted("List what the passport holds.")),
    "show": ("badges", noted("Show one badge with its report.")),
    "tag": ("deciding", noted("Put tags on a badge, or take them off.")),
    "set": ("deciding", noted("Set visibility, note or rating of a badge.")),
    "trash": ("deciding", noted("Put a badge into the trash.")),
    "untrash": ("deciding", noted("Take a badge out of the trash.")),
    "reindex": ("upkeep", noted("Rebuild the index from the vault.")),
    "scrub": ("upkeep", noted("Re-hash everything in the vault.")),
    "doctor": ("doctor", noted("Examine the installation.")),
    "export": ("handing_over", noted("Hand over badges as plain files.")),
    "backup": ("handing_over", noted("Write an encrypted backup.")),
    "restore": ("handing_over", noted("Bring back a backup.")),
    "vault": ("computers", noted("Share the passport with other computers, through a synced folder.")),
    "share": ("sharing", noted("Post with your own account, or open the network's own composer.")),
    "publish": ("sharing", noted("Build the page of your public badges and send it.")),
    "cv": ("sharing", noted("Write a CV.")),
    "autostart": ("doctor", noted("Start with the computer, or not any more.")),
}
"""Name of the command: the module of this package that holds it (as `<name>_command`), and its help in a line."""


class Commands(Group):
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
    say = Voice(os.environ)
    try:
        status = root.main(list(arguments), prog_name="badge-passport", standalone_mode=False, obj=say)
    except click.ClickException as error:
        tell_wrong_usage(error, say)
        return USAGE if isinstance(error, click.UsageError) else 1
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except PassportError as error:
        click.echo(say.error(error), err=True)
        return 1
    except BrokenPipeError:
        return _quietly_closed()
    return status if isinstance(status, int) else 0


def _quietly_closed() -> int:
    """End without a word when nobody reads on (`… | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
