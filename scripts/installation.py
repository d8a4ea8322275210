"""What `start` and `test` share: the virtual environment at the project's root. Standard library alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def binary(name: str) -> Path:
    """Return the path of a command inside the environment."""
    if os.name == "nt":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def install(extra: str | None = None) -> None:
    """Make `.venv` and install the program into it; quick when nothing has changed."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(f"Badge Passport needs Python 3.11 or newer; this is {have}. Run this with a newer one.")
    stamp = VENV / f".installed-{extra or 'program'}"
    wanted = fingerprint(extra)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and binary("python").exists():
        return
    if not works(binary("python")):
        say("Making the environment in .venv ...")
        make_environment()
    say("Installing Badge Passport and what it needs (a minute or two the first time) ...")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    run([binary("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", target])
    link_system_pygobject()
    stamp.write_text(wanted, encoding="utf-8")


def link_system_pygobject() -> None:
    """Let the tray use the system's PyGObject, which has no wheel: the tray's menu needs it on Linux.

    Only where the system's was built for this very version of Python; elsewhere `doctor` names what helps.
    """
    abi = f"cpython-{sys.version_info[0]}{sys.version_info[1]}"
    for packages in (Path("/usr/lib/python3/dist-packages"), *Path("/usr").glob("lib*/python3.*/site-packages")):
        if list((packages / "gi").glob(f"_gi.{abi}-*.so")):
            link = next((VENV / "lib").glob("python3.*")) / "site-packages" / "gi"
            if not link.exists() and not link.is_symlink():
                link.symlink_to(packages / "gi")
            return


def fingerprint(extra: str | None) -> str:
    """Return what decides whether the installation is still the right one."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest} {sys.version_info[0]}.{sys.version_info[1]} {extra or ''} {ROOT}"


def works(python: Path) -> bool:
    """Whether the environment's Python runs and has pip (a moved or half-made one does not)."""
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """Make `.venv`; where Python's venv is missing, install it as root on Debian, else name the line that does."""
    if VENV.exists():
        shutil.rmtree(VENV)
    if subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, check=False).returncode == 0:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not install_debian_packages([package]):
        line = f"sudo apt install {package}" if shutil.which("apt") else "the package of your system for Python's venv"
        raise SetupError(f"Python's venv module is missing. Install it with:\n\n    {line}\n\nand run this again.")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV])


def install_debian_packages(packages: list[str]) -> bool:
    """Install packages as root on Debian; return False where that is not what we are."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"Installing Debian packages: {' '.join(packages)} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install_line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install_line):
        if subprocess.run(command, env=environment, capture_output=True, check=False).returncode != 0:
            return False
    return True


def run(command: list[str | Path]) -> None:
    """Run a command; raise SetupError with its last lines when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise SetupError(f"This did not work: {' '.join(map(str, command))}\n{tail}")


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, file=sys.stderr, flush=True)
