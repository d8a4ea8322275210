"""Where the keys of connected browsers lie: in the keyring; else said, and put there as soon as it lets us."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.keyrings import Failing, Hanging, KeyringLocked, Lockable, Memory, NoKeyringError, Null
from tests.web.served import Clock

from passport.errors import PassportError
from passport.keychain import Backend, Keychain, KeychainTroubleError, Trouble
from passport.web.clients import Client, Clients, Where, write_private

ORIGIN = "moz-extension://x"


def keychain(tmp_path: Path, backend: Backend) -> Keychain:
    return Keychain(load=lambda: backend, record=tmp_path / "keychain.json", timeout_s=0.2)


def clients(tmp_path: Path, backend: Backend, clock: Clock | None = None, *, in_file: bool = True) -> Clients:
    return Clients(tmp_path / "clients.json", clock or Clock(), keychain(tmp_path, backend), in_file=in_file)


async def connect(found: Clients) -> Client:
    client = found.add(label="Firefox", browser="firefox", origin=ORIGIN)
    await found.put_away()
    return client


def written(tmp_path: Path) -> str:
    return (tmp_path / "clients.json").read_text()


async def test_a_key_lies_in_the_keyring_and_nowhere_else(tmp_path: Path) -> None:
    backend = Memory()
    client = await connect(clients(tmp_path, backend))
    assert client.key is not None
    for text in (client.key.hex(), msgspec.json.encode(client.key).decode().strip('"')):
        assert text not in written(tmp_path)
    again = clients(tmp_path, backend)
    found = again.find(client.id)
    assert found is not None
    assert found.key is None
    assert await again.key_of(found) == client.key
    assert again.outside == ()


async def test_disconnecting_takes_the_key_out_of_the_keyring(tmp_path: Path) -> None:
    backend = Memory()
    found = clients(tmp_path, backend)
    client = await connect(found)
    assert backend.secrets
    assert found.revoke(client.id)
    await found.put_away()
    assert not backend.secrets
    assert not found.revoke(client.id)


async def test_a_locked_keyring_keeps_the_key_of_a_disconnected_browser_only_until_it_opens(tmp_path: Path) -> None:
    backend = Lockable(locked=False)
    found = clients(tmp_path, backend)
    client = await connect(found)
    found.revoke(client.id)
    backend.locked = True
    await found.put_away()
    backend.locked = False
    again = clients(tmp_path, backend)
    assert again.find(client.id) is None
    await again.put_away()
    assert not backend.secrets


async def test_the_keys_of_the_old_file_are_moved_into_the_keyring(tmp_path: Path) -> None:
    clock, backend = Clock(), Memory()
    old = {"id": "0" * 16, "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "label": "Old", "browser": "firefox",
           "origin": ORIGIN, "paired_at": "2026-01-01T00:00:00Z", "used_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    (tmp_path / "clients.json").write_text(json.dumps([old]))
    found = clients(tmp_path, backend, clock)
    await found.put_away()
    assert old["key"] not in written(tmp_path)
    again = clients(tmp_path, backend, clock)
    assert await again.key_of(again.all()[0]) == bytes(range(32))


async def test_the_keys_of_the_old_file_stay_where_no_keyring_takes_them(tmp_path: Path) -> None:
    about = '"id":"0000000000000000","key":"AAEC","label":"Old","origin":"x"'
    old = f'[{{{about},"paired_at":"2026-01-01T00:00:00Z","used_at":"2026-01-01T00:00:00Z"}}]'
    (tmp_path / "clients.json").write_text(old)
    found = clients(tmp_path, Failing(NoKeyringError("none")))
    await found.put_away()
    assert found.trouble is not None
    again = clients(tmp_path, Failing(NoKeyringError("none")))
    assert await again.key_of(again.all()[0]) == bytes([0, 1, 2])
    assert len(again.outside) == 1


async def test_without_a_keyring_the_key_lies_in_the_private_file_and_this_can_be_said(tmp_path: Path) -> None:
    found = clients(tmp_path, Failing(NoKeyringError("none")))
    client = await connect(found)
    assert [c.kept for c in found.outside] == [Where.FILE]
    assert found.trouble is not None
    assert found.trouble.trouble is Trouble.MISSING
    again = clients(tmp_path, Failing(NoKeyringError("none")))
    assert await again.key_of(again.all()[0]) == client.key


@pytest.mark.parametrize(
    "backend", [Failing(NoKeyringError("none")), Failing(KeyringLocked("x")), Failing(EOFError("stdin")), Null()]
)
async def test_where_the_owner_forbids_a_file_the_key_is_never_written(tmp_path: Path, backend: Backend) -> None:
    found = clients(tmp_path, backend, in_file=False)
    client = await connect(found)
    assert [c.kept for c in found.outside] == [Where.MEMORY]
    assert await found.key_of(found.all()[0]) == client.key
    assert '"key":null' in written(tmp_path)
    assert clients(tmp_path, backend, in_file=False).all() == ()


async def test_a_locked_keyring_does_not_make_the_key_a_file(tmp_path: Path) -> None:
    found = clients(tmp_path, Failing(KeyringLocked("x")))
    await connect(found)
    assert [c.kept for c in found.outside] == [Where.MEMORY]
    assert '"key":null' in written(tmp_path)


async def test_a_keyring_that_is_unlocked_later_gets_the_key_after_half_a_minute(tmp_path: Path) -> None:
    clock, backend = Clock(), Lockable()
    found = clients(tmp_path, backend, clock)
    client = await connect(found)
    backend.locked = False
    await found.key_of(found.all()[0])
    await asyncio.sleep(0.1)
    assert not backend.secrets  # not asked at each request
    clock.now += timedelta(seconds=31)
    await found.key_of(found.all()[0])
    for _ in range(100):
        if not found.outside:  # which is said a moment after the keyring has it
            break
        await asyncio.sleep(0.05)
    assert list(backend.secrets.values()) == [(client.key or b"").hex()]
    assert found.outside == ()


async def test_while_the_keyring_is_locked_a_key_is_not_taken_for_lost(tmp_path: Path) -> None:
    backend = Lockable(locked=False)
    client = await connect(clients(tmp_path, backend))
    backend.locked = True
    again = clients(tmp_path, backend)
    with pytest.raises(KeychainTroubleError) as error:
        await again.key_of(again.all()[0])
    assert error.value.trouble is Trouble.LOCKED
    backend.locked = False
    assert await again.key_of(again.all()[0]) == client.key


async def test_a_key_that_has_gone_from_the_keyring_disconnects(tmp_path: Path) -> None:
    backend = Memory()
    await connect(clients(tmp_path, backend))
    again = clients(tmp_path, Memory())
    assert await again.key_of(again.all()[0]) is None


async def test_a_keyring_that_never_had_the_key_disconnects(tmp_path: Path) -> None:
    await connect(clients(tmp_path, Memory()))
    (tmp_path / "keychain.json").unlink()
    again = clients(tmp_path, Memory())
    assert await again.key_of(again.all()[0]) is None


async def test_a_keyring_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    backend = Hanging()
    found = Clients(tmp_path / "clients.json", Clock(), keychain(tmp_path, backend))
    client = found.add(label="Firefox", browser="firefox", origin=ORIGIN)
    found.begin_putting_away()
    assert await asyncio.wait_for(found.key_of(client), 1) == client.key
    backend.release.set()


@pytest.mark.parametrize("content", ["{", "[1]", '{"version": 3, "clients": []}', '{"clients": 1}', ""])
def test_a_file_that_cannot_be_read_is_said_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "clients.json").write_text(content)
    with pytest.raises(PassportError, match="connected browsers"):
        clients(tmp_path, Memory())
    assert written(tmp_path) == content


def used(found: Clients) -> list[float]:
    return [(client.used_at - Clock().now).total_seconds() for client in found.all()]


async def test_the_last_use_is_noted_once_a_minute(tmp_path: Path) -> None:
    clock, backend = Clock(), Memory()
    found = clients(tmp_path, backend, clock)
    client = await connect(found)
    for forward, noted in ((59, 0), (1, 60), (59, 60), (-118, 60), (-1, 0)):
        clock.forward(forward)
        found.note_use(client.id)
        assert used(found) == [noted], clock.now
        assert used(clients(tmp_path, backend)) == [noted]


async def test_the_newest_browser_is_listed_first(tmp_path: Path) -> None:
    clock = Clock()
    found = clients(tmp_path, Memory(), clock)
    for label in ("first", "second", "third"):
        clock.forward(1)
        found.add(label=label, browser="", origin=ORIGIN)
    assert [client.label for client in found.all()] == ["third", "second", "first"]


async def test_a_list_that_cannot_be_written_connects_nobody_and_is_said(tmp_path: Path) -> None:
    found = Clients(tmp_path / "state" / "clients.json", Clock())
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(PassportError, match="cannot be written"):
        found.add(label="Firefox", browser="firefox", origin=ORIGIN)
    assert found.all() == ()


async def test_a_key_that_waited_is_put_away_at_the_first_need(tmp_path: Path) -> None:
    backend = Memory()
    found = clients(tmp_path, backend)
    client = found.add(label="Firefox", browser="firefox", origin=ORIGIN)
    assert await found.key_of(client) == client.key
    for _ in range(600):
        if found.outside == ():
            break
        await asyncio.sleep(0.05)
    assert list(backend.secrets.values()) == [(client.key or b"").hex()]


def test_a_private_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.json" / "inner").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        write_private(tmp_path / "taken.json", b"secret")
    assert [one.name for one in tmp_path.iterdir()] == ["taken.json"]


class Meanwhile(Memory):
    """A keyring that takes so long that something else happens meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.happens = lambda: None

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self.happens()


async def test_a_browser_that_is_disconnected_while_its_key_is_put_away_leaves_none(tmp_path: Path) -> None:
    backend = Meanwhile()
    found = clients(tmp_path, backend)
    client = found.add(label="Firefox", browser="firefox", origin=ORIGIN)
    backend.happens = lambda: found.revoke(client.id)
    await found.put_away()
    assert (found.all(), backend.secrets) == ((), {})
