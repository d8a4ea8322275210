"""Errors that carry a sentence for the owner.

*A bad badge is an answer, not an error*: exceptions are for what cannot be done.
"""

from __future__ import annotations


class PassportError(Exception):
    """The base of all errors of the program; shown without a traceback."""

    def __init__(self, problem: str, *, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        """What went wrong: one sentence for the owner."""
        self.remedy = remedy
        """The next step, where there is one."""

    def __str__(self) -> str:
        """Return the problem and, where there is one, the remedy."""
        return f"{self.problem} {self.remedy}" if self.remedy else self.problem


class ParseError(PassportError):
    """A statement is not a badge that can be read; says where and what."""

    def __init__(self, where: str, problem: str, *, standard: str | None = None) -> None:
        super().__init__(problem)
        self.where = where
        """The place: a JSON path (`credentialSubject.achievement.name`), `line 3`, or `the statement`."""
        self.standard = standard
        """The version of Open Badges, where it can be told although the rest cannot be read."""

    def __str__(self) -> str:
        """Return the place and the problem."""
        return f"{self.where}: {self.problem}"


class NotABadgeError(ParseError):
    """What was read is no badge at all: nothing to verify, rather than a broken badge."""


class BakingError(PassportError):
    """A picture cannot be baked, or what it carries cannot be taken out."""


class SettingsError(PassportError):
    """The settings file cannot be read or holds a wrong value."""


class VaultError(PassportError):
    """The vault cannot do what was asked (not there, locked, full, read-only, damaged)."""


class WorkerError(PassportError):
    """Work in the worker process was stopped by a limit or failed."""


class IntakeError(PassportError):
    """What was handed in cannot be taken (unreadable, too large)."""


class KeychainError(PassportError):
    """The computer's keyring is locked, missing, or does not answer."""


class SharingError(PassportError):
    """A post, page or CV cannot be made or sent."""
