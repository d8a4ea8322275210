"""What the running daemon does by itself of a shared passport."""

from __future__ import annotations

from pathlib import Path

from tests.vault.computers_material import acquainted

from passport.cli.taking_up import RENEW_AGAIN_S, TakingUp
from passport.keychain import Keychain
from passport.keychain.backends import FileBackend
from passport.vault.journal import encode_line
from passport.vault.vault import Vault

AT = "1772366500000-00001-"


def write_in_its_name(vault: Vault, folder: Path) -> None:
    device = vault.computers.device
    line = encode_line(AT + device, [("badge:x", {"visibility": "public"})])
    (folder / "journal" / f"{device}.000777.jrnl").write_bytes(line)


async def test_a_stranger_who_writes_in_its_name_does_not_have_it_take_another_again_and_again(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    vault = anna.vault
    assert vault is not None
    backend = FileBackend(tmp_path / "secrets.json")
    taking_up = TakingUp(vault, Keychain(load=lambda: backend, record=tmp_path / "keys.json"))
    devices = {vault.computers.device}
    for second in range(5):
        write_in_its_name(vault, anna.folder)
        await taking_up._once(float(second))
        devices.add(vault.computers.device)
    assert len(devices) == 2
    await taking_up._once(RENEW_AGAIN_S + 1)
    assert vault.computers.device not in devices  # a true clone of the new one is noticed, too
    for one in (anna, berta):
        one.close()
