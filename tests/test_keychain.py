"""The keyring as it is met: locked, missing, null, hanging, forgetful; and one that works."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from passport.keychain import Keychain, KeychainTroubleError, Trouble


class Memory:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


class Null(Memory):
    """Takes everything and keeps nothing (keyring.backends.null)."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class KeyringLocked(Exception):  # noqa: N818 (the name that keyring gives it)
    """As keyring.errors.KeyringLocked."""


class Failing(Memory):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class Hanging(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.release.wait(20)
        return super().get_password(service, username)


def keychain(tmp_path: Path, backend: Memory, timeout_s: float = 2.0) -> Keychain:
    return Keychain(load=lambda: backend, record=tmp_path / "keychain.json", timeout_s=timeout_s)


async def test_a_secret_comes_back_and_goes(tmp_path: Path) -> None:
    keys = keychain(tmp_path, Memory())
    assert await keys.get("mastodon") is None
    await keys.set("mastodon", "s3cret")
    assert await keys.get("mastodon") == "s3cret"
    await keys.delete("mastodon")
    await keys.delete("mastodon")
    assert await keys.get("mastodon") is None


async def test_the_record_holds_no_secret_and_is_private(tmp_path: Path) -> None:
    await keychain(tmp_path, Memory()).set("device", "canary-value")
    record = tmp_path / "keychain.json"
    assert "canary-value" not in record.read_text()
    assert json.loads(record.read_text())["version"] == 1
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


async def test_another_keyring_is_not_taken_for_no_key(tmp_path: Path) -> None:
    await keychain(tmp_path, Memory()).set("device", "one")
    with pytest.raises(KeychainTroubleError, match="has gone from the keyring") as error:
        await keychain(tmp_path, Memory()).get("device")
    assert error.value.trouble is Trouble.LOST


async def test_a_null_keyring_is_found_out(tmp_path: Path) -> None:
    keys = keychain(tmp_path, Null())
    with pytest.raises(KeychainTroubleError) as error:
        await keys.set("device", "one")
    assert error.value.trouble is Trouble.BROKEN
    assert not (tmp_path / "keychain.json").exists()


@pytest.mark.parametrize(
    ("raised", "trouble"),
    [
        (KeyringLocked("x"), Trouble.LOCKED),
        (EOFError("EOF when reading a line"), Trouble.MISSING),
        (RuntimeError("dbus is gone"), Trouble.BROKEN),
    ],
)
async def test_each_failure_has_its_sentence(tmp_path: Path, raised: Exception, trouble: Trouble) -> None:
    keys = keychain(tmp_path, Failing(raised))
    with pytest.raises(KeychainTroubleError) as error:
        await keys.get("device")
    assert error.value.trouble is trouble
    assert error.value.remedy


async def test_a_hanging_keyring_is_left_and_not_asked_without_end(tmp_path: Path) -> None:
    backend = Hanging()
    keys = keychain(tmp_path, backend, timeout_s=0.05)
    threads = threading.active_count()
    for _ in range(6):
        with pytest.raises(KeychainTroubleError) as error:
            await keys.get("device")
        assert error.value.trouble is Trouble.SILENT
    assert threading.active_count() <= threads + 3
    backend.release.set()
