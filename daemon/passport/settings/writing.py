"""Changing settings.toml without losing what the owner wrote in it: comments, order, unknown keys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from passport.disk import Disk, make_folders, write_whole
from passport.errors import SettingsError
from passport.settings.model import SETTINGS_VERSION, Settings
from passport.settings.places import Places


def write_settings(places: Places, changes: Mapping[str, object], disk: Disk | None = None) -> Settings:
    """Change keys (`identities`, `watch.folders`…; None removes one) and return the new settings. Raise SettingsError.

    The file is replaced at once or not at all, is the owner's alone (0600), and is never left with a wrong value.
    """
    file = places.settings_file
    before = _text(file)
    Settings.from_toml(before, base=file.parent)  # a broken file is the owner's to mend, not ours to overwrite
    text = edited(before, changes)
    settings = Settings.from_toml(text, base=file.parent)
    try:
        _replace(disk or Disk(), file.resolve(), text)  # a file that is a link (dotfiles) stays one
    except OSError as error:
        raise SettingsError(f"The settings in {file} cannot be written: {error}.") from error
    return settings


def edited(text: str, changes: Mapping[str, object]) -> str:
    """Return the text of a settings file with keys changed and everything else as it was."""
    import tomlkit  # noqa: PLC0415 (20 ms that only the one who writes needs to pay)

    document = tomlkit.parse(text)
    if "version" not in document:
        document.add("version", tomlkit.item(SETTINGS_VERSION))
    for key, value in changes.items():
        *tables, name = key.split(".")
        place: object = document
        for table in tables:
            if not isinstance(place, dict):
                raise SettingsError(f"In settings.toml, {key} has no place.")
            place = place.setdefault(table, tomlkit.table())
        if not isinstance(place, dict):
            raise SettingsError(f"In settings.toml, {key} has no place.")
        if value is None:
            place.pop(name, None)
        else:
            place[name] = _plain(value)
    return tomlkit.dumps(document)


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings in {file} cannot be read: {error}.") from error


def _replace(disk: Disk, file: Path, text: str) -> None:
    make_folders(disk, file.parent)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")  # two windows may save at the same moment
    try:
        write_whole(disk, file, text.encode("utf-8"), aside=aside)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
