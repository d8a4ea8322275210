"""What the pages say of where browsers' keys and accounts' tokens lie, when that is not the computer's keyring."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from passport.keychain import KeychainTroubleError, Trouble
from passport.web.clients import Where
from passport.web.parts import Parts

PATIENCE_S = 1.0
"""How long a page waits for the keyring before it is shown."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where keys lie, for a page."""

    keep: str
    """`[secrets] keep`."""
    problem: str = ""
    """Why the keyring is not used; empty: it is."""
    remedy: str = ""
    in_file: int = 0
    """How many browsers' keys lie in a file."""
    in_memory: int = 0
    """How many are lost when the program ends."""

    @property
    def wanted(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.problem or self.in_file or self.in_memory)

    @property
    def goes_to_file(self) -> bool:
        """Whether the key of a browser that is connected now will lie in a file."""
        return self.keep == "file" or (bool(self.problem) and self.keep == "auto" and not self.in_memory)


def kept(parts: Parts, trouble: KeychainTroubleError | None = None) -> Keeping:
    """Say where keys lie, by what is known already."""
    found = [client.kept for client in parts.clients.outside]
    trouble = trouble or (parts.clients.trouble if found else None)
    return Keeping(
        keep=parts.settings.secrets.keep,
        problem=trouble.problem if trouble else "",
        remedy=(trouble.remedy or "") if trouble else "",
        in_file=found.count(Where.FILE),
        in_memory=found.count(Where.MEMORY),
    )


async def asked(parts: Parts) -> Keeping:
    """Say where keys lie, after asking the keyring; one that takes long is not waited for."""
    asking = asyncio.ensure_future(parts.keychain.examine())
    asking.add_done_callback(lambda done: done.cancelled() or done.exception())  # fetched: it may fail later
    try:
        await asyncio.wait_for(asyncio.shield(asking), PATIENCE_S)
    except KeychainTroubleError as error:
        return kept(parts, error)
    except TimeoutError:
        silent = KeychainTroubleError(Trouble.SILENT, "The computer's keyring does not answer at once.", "Unlock it.")
        return kept(parts, silent)
    return kept(parts)
