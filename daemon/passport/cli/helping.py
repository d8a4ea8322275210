"""`--help` and what is said of wrong usage, in the owner's language.

The help of a command is its docstring, that of an option its `help`; `scripts/translations` finds both. What click says
by itself is listed here.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from passport.cli.saying import English, Saying
from passport.look.words import noted

ONLY_HELP = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""A group that was typed alone (click 8.2); what it says is its help."""
BY_CLICK = (
    noted("Options"), noted("Commands"), noted("Show this message and exit."), noted("Show the version and exit."),
)  # fmt: skip
"""Headings and help that click writes."""
SENTENCES = (
    "Missing argument %(1)s.",
    "Missing argument %(1)s. Choose from: %(2)s",
    "Missing option %(1)s.",
    "No such option: %(1)s",
    "No such option %(1)s.",
    "No such option: %(1)s Did you mean %(2)s?",
    "No such option %(1)s. Did you mean %(2)s?",
    "No such option: %(1)s (Possible options: %(2)s)",
    "No such option %(1)s. (Possible options: %(2)s)",
    "No such command %(1)s.",
    "Invalid value for %(1)s: %(2)s",
    "%(1)s is not in the range %(2)s.",
    "%(1)s is not a valid integer.",
    "%(1)s is not a valid float.",
    "%(1)s is not a valid integer range.",
    "%(1)s is not a valid float range.",
    "%(1)s is not one of %(2)s.",
    "Option %(1)s requires an argument.",
    "Option %(1)s does not take a value.",
    "Got unexpected extra argument (%(1)s)",
    "Got unexpected extra arguments (%(1)s)",
    "Missing command.",
)
"""What click 8 says of wrong usage."""


class Formatter(click.HelpFormatter):
    """Writes help in a language."""

    def __init__(self, say: Saying, width: int | None, max_width: int | None) -> None:
        super().__init__(width=width, max_width=max_width)
        self._say = say

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(prog, args, prefix or f"{self._say('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        super().write_heading(self._say(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs, each of which is a text of the catalogue."""
        super().write_text("\n\n".join(self._say(paragraph) for paragraph in paragraphs(text)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names with their help; what click adds in brackets is kept."""
        super().write_dl([(name, self._help(text)) for name, text in rows], col_max, col_spacing)

    def _help(self, text: str) -> str:
        said, bracket, added = text.partition("  [")
        for word in (noted("required"), noted("default")):
            added = added.replace(word, self._say(word))
        return f"{self._say(said)}{bracket}{added}"


class Context(click.Context):
    """The context of a command; its `obj` is the language."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return what help is written with."""
        return Formatter(self.obj or English(), self.terminal_width, self.max_content_width)


class Command(click.Command):
    """A command that speaks."""

    context_class = Context


class Group(click.Group):
    """A group of commands that speak."""

    context_class = Context
    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with the first paragraph of its help."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, paragraphs(command.help or "")[0]) for name, command in found if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class GivenError(click.UsageError):
    """Wrong usage that lies in one thing that was given, such as a file: the thing, and a sentence about it."""

    def __init__(self, given: str, problem: str) -> None:
        super().__init__(f"{given}: {problem}")
        self.given = given
        self.problem = problem


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def tell_wrong_usage(error: click.ClickException, say: Saying) -> None:
    """Say on standard error what was typed wrong, and how it is typed."""
    if isinstance(error, ONLY_HELP):
        error.show()
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        command = f"{error.ctx.command_path} --help"
        click.echo(say("Try '%(command)s' for help.", command=command) + "\n", err=True)
    click.echo(say("Error: %(why)s", why=_why(error, say)), err=True)


def _why(error: click.ClickException, say: Saying) -> str:
    if isinstance(error, GivenError):  # what was given is no part of the sentence
        return f"{error.given}: {say.sentence(error.problem)}"
    return say.sentence(" ".join(error.format_message().split()))
