"""One table of settings.toml, whose values are read by type with an error that names the key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from passport.errors import SettingsError


class Table:
    """Typed access to the values of one table. Every method raises SettingsError naming the key."""

    def __init__(self, values: Mapping[str, object], *, name: str, base: Path) -> None:
        self._values = values
        self._name = name
        self._base = base

    def wrong(self, key: str, should: str) -> SettingsError:
        """Return the error that says what a key should be."""
        shown = f"{self._name}.{key}" if self._name else key
        return SettingsError(f"In settings.toml, {shown} should be {should}.")

    def table(self, key: str) -> Table:
        """Return a table within this one; one that is not there is empty."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong(key, "a table")
        return Table(value, name=key, base=self._base)

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number in a range."""
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least} to {most}")
        return value

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """Return a number in a range (which NaN and infinity are not in)."""
        value = self._values.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def text(self, key: str, *, most: int = 4096) -> str | None:
        """Return a text that is not empty, or None when there is no such key."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or len(value) > most or "\0" in value:
            raise self.wrong(key, "a text that is not empty")
        return value.strip()

    def texts(self, key: str, *, most: int = 4096) -> tuple[str, ...]:
        """Return a list of texts, each once, in order."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, "a list of texts")
        if any(len(item) > most or "\0" in item for item in value):
            raise self.wrong(key, f"a list of texts of at most {most} characters")
        return tuple(dict.fromkeys(item.strip() for item in value))

    def wholes(self, key: str, default: tuple[int, ...], *, least: int, most: int) -> tuple[int, ...]:
        """Return a list of whole numbers in a range."""
        value = self._values.get(key, list(default))
        if not isinstance(value, list):
            raise self.wrong(key, "a list of whole numbers")
        return tuple(
            Table({key: item}, name=self._name, base=self._base).whole(key, 0, least=least, most=most) for item in value
        )

    def path(self, key: str) -> Path | None:
        """Return a path, relative to the settings' folder; `~` is the home folder."""
        value = self.text(key)
        return None if value is None else self._base / _home(value)

    def paths(self, key: str) -> tuple[Path, ...]:
        """Return a list of paths."""
        return tuple(dict.fromkeys(self._base / _home(item) for item in self.texts(key)))

    def pairs(self, key: str) -> dict[str, str]:
        """Return a table of texts."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(key, 'a table such as { "host:port" = "address:port" }')
        return {str(name): str(item) for name, item in value.items()}


def _home(value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:  # no home folder for that user
        return Path(value)
