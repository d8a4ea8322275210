"""The settings: read once, frozen, units in names."""

from passport.settings.languages import language_of
from passport.settings.model import (
    DEFAULT_PORT,
    SETTINGS_VERSION,
    NetworkSettings,
    PublishSettings,
    SecretsSettings,
    Settings,
    VaultSettings,
    WatchSettings,
)
from passport.settings.places import Places
from passport.settings.writing import write_settings

__all__ = [
    "DEFAULT_PORT",
    "SETTINGS_VERSION",
    "NetworkSettings",
    "Places",
    "PublishSettings",
    "SecretsSettings",
    "Settings",
    "VaultSettings",
    "WatchSettings",
    "language_of",
    "write_settings",
]
