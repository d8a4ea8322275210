"""The README is held to the program: every command and every setting stands in it, and its settings can be read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from passport.cli.running import COMMANDS
from passport.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)[0]


def settings_of(kind: Any, before: str = "") -> Iterator[str]:
    """Yield every setting as it is written, `table.key`."""
    for each in fields(kind):
        value = getattr(kind, each.name)
        if is_dataclass(value):
            yield from settings_of(value, f"{each.name}.")
        elif each.name != "version":
            yield before + each.name


def written(tables: dict[str, object]) -> Iterator[str]:
    """Yield what the README's example sets."""
    for key, value in tables.items():
        if isinstance(value, dict) and key != "resolve":
            yield from (f"{key}.{name}" for name in value)
        else:
            yield key


def test_every_setting_stands_in_the_readme_and_none_that_is_not() -> None:
    assert sorted(written(tomllib.loads(SETTINGS))) == sorted(settings_of(Settings()))


def test_the_example_is_accepted(tmp_path: Path) -> None:
    assert Settings.from_toml(SETTINGS, base=tmp_path).port == 22343


@pytest.mark.parametrize("key", ["accept_automatically", "notify", "expiry_days", "recheck", "port"])
def test_the_example_shows_the_defaults(key: str, tmp_path: Path) -> None:
    assert getattr(Settings.from_toml(SETTINGS, base=tmp_path), key) == getattr(Settings(), key)


@pytest.mark.parametrize("table", ["watch", "publish", "network", "secrets"])
def test_what_is_not_an_example_is_the_default(table: str, tmp_path: Path) -> None:
    """Paths, names and addresses are examples; numbers and switches are the defaults."""
    shown, usual = getattr(Settings.from_toml(SETTINGS, base=tmp_path), table), getattr(Settings(), table)
    for each in fields(usual):
        if isinstance(getattr(usual, each.name), bool | int | float):
            assert getattr(shown, each.name) == getattr(usual, each.name), each.name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"(badge-passport |`){name}\b", README)
