"""Starting with the computer, and not any more: one file or value for each system, written only when asked.

XDG autostart is the default on Linux: there the display, D-Bus and the unlocked keyring are at hand. A systemd user
unit is for computers without a desktop.
"""

from __future__ import annotations

import importlib
import plistlib
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from passport.errors import PassportError

NAME = "badge-passport"
LABEL = "org.badge-passport.daemon"


class AutostartError(PassportError):
    """Autostart cannot be switched on or off."""


class Autostart(Protocol):
    """One system's way of starting a program with the computer."""

    @property
    def where(self) -> str:
        """The file or value, for people."""

    def command(self) -> list[str] | None:
        """Return the command that will be started; None: off."""

    def enable(self, command: Sequence[str]) -> None:
        """Start this command with the computer. Raise AutostartError."""

    def disable(self) -> None:
        """Do not start any more; nothing there is fine. Raise AutostartError."""


def own_command() -> list[str]:
    """Return the command that starts this installation with the tray and without opening the gallery."""
    beside = shutil.which(NAME, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(NAME)
    if found is None:
        return [sys.executable, "-m", "passport", "start", "--no-browser"]
    return [found, "start", "--no-browser"]


def of_this_computer(platform: str, environment: Mapping[str, str], home: Path, *, systemd: bool = False) -> Autostart:
    """Return the way of this system; `systemd` asks for the user unit on Linux."""
    if platform == "win32":
        return RunKey()
    if platform == "darwin":
        return LaunchAgent(home / "Library" / "LaunchAgents" / f"{LABEL}.plist")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    if systemd:
        return SystemdUnit(config / "systemd" / "user" / f"{NAME}.service")
    return DesktopEntry(config / "autostart" / f"{NAME}.desktop")


@dataclass(frozen=True, slots=True)
class DesktopEntry:
    """XDG autostart (Desktop Application Autostart Specification 0.5)."""

    file: Path

    @property
    def where(self) -> str:
        """The file."""
        return str(self.file)

    def command(self) -> list[str] | None:
        """Return the command of `Exec=`."""
        lines = read(self.file).splitlines()
        if "Hidden=true" in lines:
            return None
        found = [line.removeprefix("Exec=") for line in lines if line.startswith("Exec=")]
        return unquoted(found[0]) if found else None

    def enable(self, command: Sequence[str]) -> None:
        """Write the entry."""
        entry = [
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.5",
            "Name=Badge Passport",
            "Comment=Keeps and verifies your Open Badges",
            f"Exec={quoted(command, percent='%%')}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        write(self.file, "\n".join(entry) + "\n")

    def disable(self) -> None:
        """Remove the entry."""
        remove(self.file)


@dataclass(frozen=True, slots=True)
class SystemdUnit:
    """A systemd user unit (systemd.service(5)); `systemctl --user enable` is a link into default.target.wants."""

    file: Path

    @property
    def where(self) -> str:
        """The file."""
        return str(self.file)

    @property
    def link(self) -> Path:
        """What makes it start with the session."""
        return self.file.parent / "default.target.wants" / self.file.name

    def command(self) -> list[str] | None:
        """Return the command of `ExecStart=`, if the unit is enabled."""
        if not self.link.is_symlink():
            return None
        found = [line for line in read(self.file).splitlines() if line.startswith("ExecStart=")]
        return unquoted(found[0].removeprefix("ExecStart=")) if found else None

    def enable(self, command: Sequence[str]) -> None:
        """Write the unit and link it."""
        unit = [
            "[Unit]",
            "Description=Badge Passport",
            "",
            "[Service]",
            f"ExecStart={quoted([*command, '--no-tray'], percent='%%')}",
            "Restart=on-failure",
            "RestartSec=10",
            "",
            "[Install]",
            "WantedBy=default.target",
        ]
        write(self.file, "\n".join(unit) + "\n")
        try:
            self.link.parent.mkdir(parents=True, exist_ok=True)
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(self.file)
        except OSError as error:
            raise AutostartError(f"The link {self.link} cannot be made: {error.strerror}.") from error

    def disable(self) -> None:
        """Remove the link and the unit."""
        remove(self.link)
        remove(self.file)


@dataclass(frozen=True, slots=True)
class LaunchAgent:
    """A LaunchAgent of macOS (launchd.plist(5))."""

    file: Path

    @property
    def where(self) -> str:
        """The file."""
        return str(self.file)

    def command(self) -> list[str] | None:
        """Return ProgramArguments."""
        content = read(self.file)
        if not content:
            return None
        try:
            found = plistlib.loads(content.encode()).get("ProgramArguments")
        except (plistlib.InvalidFileException, ExpatError, ValueError) as error:
            raise AutostartError(
                f"{self.file} is not a property list.", remedy="Switch autostart off and on."
            ) from error
        return [str(part) for part in found] if found else None

    def enable(self, command: Sequence[str]) -> None:
        """Write the property list."""
        agent = {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        write(self.file, plistlib.dumps(agent).decode())

    def disable(self) -> None:
        """Remove the property list."""
        remove(self.file)


@dataclass(frozen=True, slots=True)
class RunKey:
    """The Run key of the current user in the Windows registry."""

    path: str = r"Software\Microsoft\Windows\CurrentVersion\Run"
    load: Callable[[], Any] = lambda: importlib.import_module("winreg")
    """Gives the module `winreg`, which other systems do not have."""

    @property
    def where(self) -> str:
        """The value."""
        return rf"HKEY_CURRENT_USER\{self.path}\{NAME}"

    def command(self) -> list[str] | None:
        """Return the command of the value."""
        registry = self.load()
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, self.path) as key:
                return windows_arguments(str(registry.QueryValueEx(key, NAME)[0]))
        except FileNotFoundError:
            return None

    def enable(self, command: Sequence[str]) -> None:
        """Write the value."""
        registry = self.load()
        line = " ".join(windows_quoted(part) for part in command)
        with registry.CreateKey(registry.HKEY_CURRENT_USER, self.path) as key:
            registry.SetValueEx(key, NAME, 0, registry.REG_SZ, line)

    def disable(self) -> None:
        """Remove the value."""
        registry = self.load()
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, self.path, 0, registry.KEY_SET_VALUE) as key:
                registry.DeleteValue(key, NAME)
        except FileNotFoundError:
            return


def quoted(command: Sequence[str], *, percent: str) -> str:
    """Return a command line in double quotes (Desktop Entry Specification, The Exec key; systemd.syntax(7))."""
    return " ".join(f'"{escaped(part, percent)}"' for part in command)


def escaped(part: str, percent: str) -> str:
    """Return one argument with what is special inside double quotes escaped."""
    for character in ("\\", '"', "`", "$"):
        part = part.replace(character, "\\" + character)
    return part.replace("%", percent)


def unquoted(line: str) -> list[str]:
    """Return the arguments of a line that `quoted` wrote."""
    parts: list[str] = []
    current, escape = "", False
    inside = False
    for character in line:
        if escape:
            current, escape = current + character, False
        elif character == "\\" and inside:
            escape = True
        elif character == '"':
            if inside:
                parts.append(current.replace("%%", "%"))
                current = ""
            inside = not inside
        elif inside:
            current += character
    return parts


def windows_quoted(part: str) -> str:
    """Return an argument in quotes, by the rules of CommandLineToArgvW: backslashes count only before a quote."""
    escaped_part = re.sub(r'(\\*)"', r'\1\1\\"', part)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped_part) + '"'


def windows_arguments(line: str) -> list[str]:
    """Return the arguments of a line that `windows_quoted` wrote."""
    parts: list[str] = []
    current: str | None = None
    slashes = 0
    for character in line:
        if character == "\\":
            slashes += 1
            continue
        if current is not None:
            closing = character == '"'
            current += "\\" * (slashes // 2 if closing else slashes)
            if closing and slashes % 2 == 0:
                parts.append(current)
                current = None
            else:
                current += character
        elif character == '"':
            current = ""
        slashes = 0
    return parts


def read(file: Path) -> str:
    """Return the file's text; empty when it is not there."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise AutostartError(f"{file} cannot be read: {error}.") from error


def write(file: Path, text: str) -> None:
    """Write the file whole or not at all."""
    fresh = file.with_name(f".{file.name}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise AutostartError(f"{file} cannot be written: {error.strerror}.") from error


def remove(file: Path) -> None:
    """Remove the file; nothing there is fine."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise AutostartError(f"{file} cannot be removed: {error.strerror}.") from error
