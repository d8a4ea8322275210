"""Posts for an app of the tests: a keyring in memory, and no network unless the test brings one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from passport.fetching.posting import NotReachedError, Reply, Send, Sending
from passport.keychain import Keychain
from passport.sharing.posting import Diary, Posting


class Memory:
    """A keyring in memory; `trouble` is raised instead of an answer."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.trouble: Exception | None = None

    def _open(self) -> dict[str, str]:
        if self.trouble:
            raise self.trouble
        return self.secrets

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._open()[username]


async def no_network(sending: Sending) -> Reply:
    raise NotReachedError("The server does not answer.")


def posting_in(
    folder: Path, vault: Diary, clock: Callable[[], datetime], *, send: Send = no_network, memory: Memory | None = None
) -> Posting:
    """Return the accounts and the outbox of a folder."""
    kept = memory or Memory()
    return Posting.build(
        folder,
        keychain=Keychain(load=lambda: kept, record=folder / "secrets.json"),
        send=send,
        clock=clock,
        vault=vault,
        plain_http=True,
    )
