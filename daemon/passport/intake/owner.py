"""What the owner said that bears on verifying: by what the owner is known, and which issuers the owner knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from passport.settings import Settings

IDENTITY = "identity:"
"""Keys of the subject `profile`: `identity:<address>` = true."""


class Said(Protocol):
    """The part of the vault that is asked."""

    def state(self, subject: str) -> Mapping[str, object]:
        """Return what counts of a subject."""

    def subjects(self, prefix: str) -> Sequence[str]:
        """Return all subjects of a kind."""


def owner_identities(settings: Settings, vault: Said) -> tuple[str, ...]:
    """Return the owner's identities: those of the settings and those that were added in the gallery."""
    added = (
        key.removeprefix(IDENTITY) for key, on in vault.state("profile").items() if key.startswith(IDENTITY) and on
    )
    return tuple(dict.fromkeys((*settings.identities, *sorted(added))))


def known_issuers(vault: Said) -> tuple[str, ...]:
    """Return the ids of the issuers that the owner marked as known."""
    return tuple(known(vault, vault.subjects("issuer:")))


def known(vault: Said, subjects: Iterable[str]) -> Iterable[str]:
    """Yield the ids of the subjects that are marked."""
    for subject in subjects:
        if vault.state(subject).get("known") is True:
            yield subject.removeprefix("issuer:")
