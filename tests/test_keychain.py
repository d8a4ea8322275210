"""The keyring as it is met: locked, missing, null, hanging, forgetful; and one that works."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from tests.keyrings import Failing, Hanging, KeyringLocked, Memory, Null

from passport.keychain import FileBackend, Keychain, KeychainTroubleError, Trouble, chosen_backend
from passport.settings import Settings


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


async def test_secrets_in_a_file_only_when_the_owner_asked(tmp_path: Path) -> None:
    file = tmp_path / "state" / "secrets.json"
    assert Settings.from_toml("", base=tmp_path).secrets.keep == "auto"
    asked = Settings.from_toml('[secrets]\nkeep = "file"', base=tmp_path)
    keys = Keychain(load=lambda: chosen_backend(asked.secrets.keep, file), record=tmp_path / "keychain.json")
    assert await keys.get("mastodon") is None
    assert not file.exists()
    await keys.set("mastodon", "s3cret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await keys.get("mastodon") == "s3cret"
    assert (await keys.examine()).endswith("FileBackend")
    await keys.delete("mastodon")
    assert "s3cret" not in file.read_text()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secrets": 3}', "\x00"])
async def test_a_damaged_file_of_secrets_is_said_and_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(content)
    file.chmod(0o600)
    keys = Keychain(load=lambda: FileBackend(file), record=tmp_path / "keychain.json")
    for ask in (keys.get("mastodon"), keys.set("mastodon", "s3cret")):
        with pytest.raises(KeychainTroubleError) as error:
            await ask
        assert error.value.trouble is Trouble.BROKEN
    assert file.read_text() == content


async def test_a_file_of_secrets_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    FileBackend(file).set_password("badge-passport", "mastodon", "s3cret")
    file.chmod(0o644)
    keys = Keychain(load=lambda: FileBackend(file), record=tmp_path / "keychain.json")
    with pytest.raises(KeychainTroubleError, match="Others may read"):
        await keys.get("mastodon")


async def test_after_another_choice_the_other_place_is_asked(tmp_path: Path) -> None:
    places = [Failing(KeyringLocked("x")), Memory()]
    keys = Keychain(load=lambda: places.pop(0), record=tmp_path / "keychain.json")
    with pytest.raises(KeychainTroubleError):
        await keys.set("mastodon", "s3cret")
    keys.look_anew()
    await keys.set("mastodon", "s3cret")
    assert keys.knows("mastodon")
    assert not keys.knows("other")
