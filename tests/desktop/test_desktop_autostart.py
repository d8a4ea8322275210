"""Autostart goes on and off, and what it wrote reads back the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from passport.desktop.autostart import (
    Autostart,
    AutostartError,
    DesktopEntry,
    LaunchAgent,
    RunKey,
    SystemdUnit,
    of_this_computer,
    own_command,
)

AWKWARD = ['/opt/my programs/badge $passport`"\\', "start", "--watch", "/home/ann/100% done"]


class Registry:
    """The part of `winreg` that is used, in memory."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, str]] = {}

    @contextmanager
    def OpenKey(self, _root: str, path: str, _reserved: int = 0, _access: int = 1) -> Iterator[dict[str, str]]:
        if path not in self.keys:
            raise FileNotFoundError(path)
        yield self.keys[path]

    @contextmanager
    def CreateKey(self, _root: str, path: str) -> Iterator[dict[str, str]]:
        yield self.keys.setdefault(path, {})

    def QueryValueEx(self, key: dict[str, str], name: str) -> tuple[str, int]:
        if name not in key:
            raise FileNotFoundError(name)
        return key[name], self.REG_SZ

    def SetValueEx(self, key: dict[str, str], name: str, _reserved: int, _kind: int, value: str) -> None:
        key[name] = value

    def DeleteValue(self, key: dict[str, str], name: str) -> None:
        if name not in key:
            raise FileNotFoundError(name)
        del key[name]


@pytest.mark.parametrize(
    "command",
    [
        [r"C:\Program Files\Badge Passport\badge-passport.exe", "start", "--no-browser"],
        ["C:\\x.exe", "--watch", "D:\\"],
        ["C:\\x.exe", 'say "hello"', "a\\\\b", '\\"', ""],
    ],
)
def test_the_run_key_of_windows_round_trips(command: list[str]) -> None:
    registry = Registry()
    key = RunKey(load=lambda: registry)
    assert key.command() is None
    key.disable()
    key.enable(command)
    key.enable(command)
    assert key.command() == command
    assert list(registry.keys) == [r"Software\Microsoft\Windows\CurrentVersion\Run"]
    key.disable()
    key.disable()
    assert key.command() is None
    assert registry.keys[key.path] == {}


def all_kinds(tmp_path: Path) -> list[Autostart]:
    return [
        DesktopEntry(tmp_path / "a.desktop"),
        SystemdUnit(tmp_path / "b.service"),
        LaunchAgent(tmp_path / "c.plist"),
    ]


@pytest.mark.parametrize("kind", range(3))
def test_on_and_off_round_trip(tmp_path: Path, kind: int) -> None:
    autostart = all_kinds(tmp_path)[kind]
    assert autostart.command() is None
    autostart.enable(AWKWARD)
    autostart.enable(AWKWARD)
    found = autostart.command()
    assert found is not None
    assert found[: len(AWKWARD)] == AWKWARD
    autostart.disable()
    autostart.disable()
    assert autostart.command() is None
    assert not [file for file in tmp_path.rglob("*") if file.is_file() or file.is_symlink()]


@pytest.mark.parametrize("kind", range(3))
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, kind: int) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    autostart = all_kinds(tmp_path / "blocked")[kind]
    with pytest.raises(AutostartError, match="cannot be written"):
        autostart.enable(["x"])


def test_hidden_means_off(tmp_path: Path) -> None:
    entry = DesktopEntry(tmp_path / "a.desktop")
    entry.enable(["badge-passport", "start"])
    entry.file.write_text(entry.file.read_text() + "Hidden=true\n")
    assert entry.command() is None


def test_the_headless_unit_starts_without_a_tray(tmp_path: Path) -> None:
    unit = SystemdUnit(tmp_path / "b.service")
    unit.enable(["badge-passport", "start"])
    assert unit.command() == ["badge-passport", "start", "--no-tray"]


def test_a_broken_property_list_is_named(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path / "c.plist")
    agent.file.write_text("<plist><dict>")
    with pytest.raises(AutostartError, match="property list"):
        agent.command()


def test_each_system_has_its_way(tmp_path: Path) -> None:
    assert "autostart" in of_this_computer("linux", {}, tmp_path).where
    assert (
        str(tmp_path / "cfg") in of_this_computer("linux", {"XDG_CONFIG_HOME": str(tmp_path / "cfg")}, tmp_path).where
    )
    assert of_this_computer("linux", {}, tmp_path, systemd=True).where.endswith(".service")
    assert of_this_computer("darwin", {}, tmp_path).where.endswith(".plist")
    assert "HKEY_CURRENT_USER" in of_this_computer("win32", {}, tmp_path).where


def test_the_command_starts_this_program() -> None:
    command = own_command()
    assert Path(command[0]).exists()
    assert command[-2:] == ["start", "--no-browser"]
    assert command[0] != sys.executable or command[1:3] == ["-m", "passport"]
