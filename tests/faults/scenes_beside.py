"""What is kept beside the vault, as scenes and as facts: posts, accounts, secrets, connected browsers, known computers.

| fact | means |
|---|---|
| `{"post": id, "at_least": n}` | the outbox has it, with a text of that number or a later one, and its picture |
| `{"unposted": id}` | it was removed from the outbox |
| `{"account": id}` | the account is on the list |
| `{"secret": name, "at_least": n}` | the file with secrets has it, of that number or a later one |
| `{"browser": id}` | the browser is connected |
| `{"computer": id, "at_least": n}` | the computer's word of that number or a later one is known |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from passport.disk import Disk
from passport.errors import PassportError
from passport.keychain.backends import FileBackend
from passport.sharing.accounts.model import Account, AccountBook
from passport.sharing.outbox.model import Item, State
from passport.sharing.outbox.store import OutboxStore
from passport.vault.disk import told_to_owner
from passport.vault.trust import Peer, Trust
from passport.web.clients import Clients

Fact = dict[str, object]
Say = Callable[[Fact], None]
SERVICE = "Badge Passport"


def outbox_of(home: Path, disk: Disk | None = None) -> OutboxStore:
    return OutboxStore(home / "beside" / "outbox", disk)


def accounts_of(home: Path, disk: Disk | None = None) -> AccountBook:
    return AccountBook(home / "beside" / "accounts.json", disk)


def secrets_of(home: Path, disk: Disk | None = None) -> FileBackend:
    return FileBackend(home / "beside" / "secrets.json", disk or Disk())


def browsers_of(home: Path, disk: Disk | None = None) -> Clients:
    return Clients(home / "beside" / "clients.json", lambda: datetime(2026, 1, 1, tzinfo=UTC), disk=disk)


def computers_of(home: Path, disk: Disk | None = None) -> Trust:
    return Trust(disk or Disk(), home / "beside", "v")


def item(number: int, version: int) -> Item:
    return Item(
        id=f"{number:016x}",
        network="mastodon",
        account="a" * 16,
        entry="e",
        text=f"{version:06d}",
        picture="image/png" if number % 2 else "",
        state=State.WAITING,
        created_at="2026-01-01T00:00:00Z",
        key=f"k{number}",
    )


def keep_post(store: OutboxStore, number: int, version: int) -> Fact:
    picture = b"\x89PNG" + bytes([number]) * 1500
    store.keep(item(number, version), picture if number % 2 and version == 1 else None)
    return {"post": f"{number:016x}", "at_least": version}


def some_posts(home: Path) -> list[Fact]:
    accounts_of(home).keep(Account(id="a" * 16, network="mastodon", server="https://m.example", handle="@a@m.example"))
    return [keep_post(outbox_of(home), 1, 1), {"account": "a" * 16}]


def posting(home: Path, disk: Disk, say: Say) -> None:
    store, book = outbox_of(home, disk), accounts_of(home, disk)
    for number in (2, 3):
        say(keep_post(store, number, 1))
        say(keep_post(store, number, 2))
    store.remove(f"{2:016x}")
    say({"unposted": f"{2:016x}"})
    for number in range(3):
        name = f"{number:016x}"
        book.keep(Account(id=name, network="bluesky", server="https://b.example", handle=f"{number}.b.example"))
        say({"account": name})


def first_connections(home: Path) -> list[Fact]:
    secrets_of(home).set_password(SERVICE, "one", "000001")
    computers_of(home).share("v", [Peer(id="d1", name="one", key="k", at="000001")])
    browser = browsers_of(home).add(label="one", browser="Firefox", origin="moz-extension://1")
    return [{"secret": "one", "at_least": 1}, {"computer": "d1", "at_least": 1}, {"browser": browser.id}]


def connecting(home: Path, disk: Disk, say: Say) -> None:
    secrets, browsers, computers = secrets_of(home, disk), browsers_of(home, disk), computers_of(home, disk)
    for number in range(2, 5):
        secrets.set_password(SERVICE, "one", f"{number:06d}")
        say({"secret": "one", "at_least": number})
        secrets.set_password(SERVICE, f"n{number}", "000001")
        say({"secret": f"n{number}", "at_least": 1})
        with told_to_owner(home):  # as its callers in the vault do
            computers.know(Peer(id="d1", name="one", key="k", at=f"{number:06d}"))
        say({"computer": "d1", "at_least": number})
        say({"browser": browsers.add(label="x", browser="Chromium", origin=f"chrome-extension://{number}").id})


def complaint(fact: Fact, home: Path) -> str | None:
    """Return what is wrong with a fact; raise KeyError for one of another kind."""
    kind = next(iter(fact))
    name, least = str(fact[kind]), int(str(fact.get("at_least", 0)))
    try:
        holds = _HOLDS[kind](home, name, least)
    except PassportError as error:
        return f"{fact}: {error}"
    return None if holds else f"{fact} is not so"


def _posted(home: Path, name: str, least: int) -> bool:
    store = outbox_of(home)
    found = store.find(name)
    if store.unreadable or found is None or int(found.text) < least:
        return name == f"{2:016x}" and found is None and not store.unreadable  # it is removed in the end
    return not found.picture or store.picture(found).endswith(bytes([int(name, 16)]) * 1500)


def _at(home: Path, device: str) -> int:
    peer = computers_of(home).peer(device)
    return int(peer.at) if peer else 0


_HOLDS: dict[str, Callable[[Path, str, int], bool]] = {
    "post": _posted,
    "unposted": lambda home, name, _: outbox_of(home).find(name) is None,
    "account": lambda home, name, _: accounts_of(home).find(name) is not None,
    "secret": lambda home, name, least: int(secrets_of(home).get_password(SERVICE, name) or 0) >= least,
    "browser": lambda home, name, _: browsers_of(home).find(name) is not None,
    "computer": lambda home, name, least: _at(home, name) >= least,
}
