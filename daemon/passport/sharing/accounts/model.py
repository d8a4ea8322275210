"""An account, and the file that lists them. Secrets are not in it: they are in the computer's keyring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import SharingError
from passport.sharing.networks import MASTODON_URL_LENGTH, NETWORKS, Network, count_mastodon

VERSION = 1
BLUESKY_IMAGE = 1_000_000
"""Bytes; the smaller of the two limits that are in use (lexicon app.bsky.embed.images)."""


class Account(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One account at one server."""

    id: str
    """16 hex digits; ours."""
    network: str
    """`mastodon` or `bluesky`."""
    server: str
    """`https://host`."""
    handle: str
    """As people write it: `@ada@mastodon.example`, `ada.bsky.social`."""
    name: str = ""
    """The name that the account shows; the network's own text."""
    remote_id: str = ""
    """The network's: Mastodon's account id, Bluesky's DID."""
    connected_at: str = ""
    """RFC 3339, UTC."""
    max_text: int | None = None
    """Of this server, where it says so; else the network's."""
    url_length: int = MASTODON_URL_LENGTH
    max_alt: int | None = None
    max_image: int = BLUESKY_IMAGE
    """Bytes."""
    trouble: str = ""
    """Why it cannot be used until it is connected again; empty: it can."""

    @property
    def secret_name(self) -> str:
        """Under which the keyring keeps its secret."""
        return f"{self.network}:{self.id}"

    @property
    def limits(self) -> Network:
        """The network, with what this server says of itself."""
        network = NETWORKS[self.network]
        if self.network != "mastodon":
            return network
        return replace(
            network,
            max_text=self.max_text or network.max_text,
            max_alt=self.max_alt or network.max_alt,
            count=partial(count_mastodon, url_length=self.url_length),
        )


class _Book(msgspec.Struct, kw_only=True):
    version: int = VERSION
    accounts: list[Account] = []


class AccountBook:
    """All accounts of this computer; every change is durable on return."""

    def __init__(self, file: Path, disk: Disk | None = None) -> None:
        """Nothing is read before it is asked for: a damaged list must not keep the program from starting."""
        self._file = file
        self._disk = disk or Disk()
        self._accounts: dict[str, Account] | None = None

    def _known(self) -> dict[str, Account]:
        if self._accounts is None:
            self._accounts = {account.id: account for account in _read(self._file)}
        return self._accounts

    def all(self) -> Sequence[Account]:
        """Return them in the order in which they were connected. Raise SharingError for a list that cannot be read."""
        return tuple(self._known().values())

    def find(self, account_id: str) -> Account | None:
        """Return one."""
        return self._known().get(account_id)

    def keep(self, account: Account) -> None:
        """Add an account or change it. Raise SharingError; then the old list stands."""
        self._write({**self._known(), account.id: account})

    def remove(self, account_id: str) -> None:
        """Forget an account. Raise SharingError; then the old list stands."""
        self._write({key: account for key, account in self._known().items() if key != account_id})

    def chosen(self, network: str, handle: str | None = None) -> Account:
        """Return the account that is meant. Raise SharingError when that is not clear."""
        found = [account for account in self.all() if account.network == network]
        title = NETWORKS[network].title
        if handle:
            found = [a for a in found if handle.lstrip("@").casefold() == a.handle.lstrip("@").casefold()]
        if not found:
            text = f"No {title} account {handle} is connected." if handle else f"No {title} account is connected."
            raise SharingError(text, remedy="Connect it on the page “Accounts” of your gallery.")
        if len(found) > 1:
            names = ", ".join(account.handle for account in found)
            raise SharingError(f"There are several {title} accounts: {names}.", remedy="Say which one (--account).")
        return found[0]

    def _write(self, accounts: dict[str, Account]) -> None:
        book = _Book(accounts=list(accounts.values()))
        try:
            make_folders(self._disk, self._file.parent)
            write_whole(self._disk, self._file, msgspec.json.encode(book), aside=self._file.with_suffix(".new"))
        except OSError as error:
            raise SharingError(
                f"The list of accounts in {self._file} cannot be written: {error.strerror or error}.",
                remedy="Make room on the disk, and the folder writable for yourself.",
            ) from error
        self._accounts = accounts


def _read(file: Path) -> list[Account]:
    try:
        book = msgspec.json.decode(file.read_bytes(), type=_Book)
    except FileNotFoundError:
        return []
    except (msgspec.MsgspecError, OSError, RecursionError, UnicodeDecodeError) as error:
        raise SharingError(
            f"The list of accounts in {file} cannot be read.", remedy="Remove the file and connect them again."
        ) from error
    if book.version != VERSION:
        raise SharingError(f"The list of accounts in {file} was written by a later version of Badge Passport.")
    return book.accounts
