"""Which language the owner reads, where no browser says it: the tray, notices, the command line."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts (POSIX.1-2024, 8.2)."""
MAX_LENGTH = 40


def language_of(setting: str | None, environment: Mapping[str, str]) -> str | None:
    """Return the tag of the language that is set, else of the computer's; None: none is named, so English.

    `fi_FI.UTF-8` is `fi-FI`; `C` and `POSIX` name no language.
    """
    if setting:
        return setting
    found = next((value for name in VARIABLES if (value := environment.get(name, ""))), "")
    tag = found.partition(".")[0].partition("@")[0].replace("_", "-")
    return tag if tag not in {"", "C", "POSIX"} and len(tag) <= MAX_LENGTH else None
