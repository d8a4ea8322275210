"""The settings: read once, frozen, units in names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from passport.errors import SettingsError

DEFAULT_PORT = 22343
SETTINGS_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things live. Nothing is written anywhere else, but what the owner asks for."""

    config: Path
    """settings.toml"""
    vault: Path
    """The truth: objects, documents, journals."""
    state: Path
    """Index, thumbnails, log, lock, device id, and daemon.json (port and key of the running daemon)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Places:
        """Return the folder named by BADGE_PASSPORT_HOME, else the platform's own."""
        home = environment.get("BADGE_PASSPORT_HOME")
        if home:
            root = Path(home).expanduser().absolute()
            return cls(config=root, vault=root / "vault", state=root / "state")
        dirs = platformdirs.PlatformDirs("badge-passport", appauthor=False)
        return cls(
            config=Path(dirs.user_config_dir),
            vault=Path(dirs.user_data_dir) / "vault",
            state=Path(dirs.user_state_dir),
        )

    @property
    def settings_file(self) -> Path:
        """The owner's settings."""
        return self.config / "settings.toml"

    @property
    def daemon_file(self) -> Path:
        """Port and key of the running daemon (0600)."""
        return self.state / "daemon.json"

    @property
    def lock_file(self) -> Path:
        """Held by whoever may write."""
        return self.state / "lock"

    @property
    def index(self) -> Path:
        """The derived index."""
        return self.state / "index"

    @property
    def log(self) -> Path:
        """The log file; it rotates."""
        return self.state / "log" / "badge-passport.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """`[network]`: for closed networks and tests; the gallery shows a banner while any of the first three is set."""

    allow_private_addresses: bool = False
    resolve: Mapping[str, str] = field(default_factory=dict)
    """`"host:port" = "address:port"`: where to connect instead; the name in TLS and Host stays."""
    extra_ca: Path | None = None
    """A PEM file with further certificate authorities."""
    timeout_s: float = 10.0
    """For one document, redirects included."""
    max_document_bytes: int = 1 << 20
    max_image_bytes: int = 10 << 20

    @property
    def unusual(self) -> bool:
        """Whether a setting is on that weakens the protection."""
        return self.allow_private_addresses or bool(self.resolve) or self.extra_ca is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """`[watch]`."""

    folders: tuple[Path, ...] = ()
    """Empty: the computer's download folder."""
    recursive: bool = True
    ignore: tuple[str, ...] = ()
    """Shell patterns of file names."""
    rescan_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in settings.toml."""

    version: int = SETTINGS_VERSION
    identities: tuple[str, ...] = ()
    """E-mail addresses, URLs, telephone numbers and DIDs by which the owner is known."""
    watch: WatchSettings = field(default_factory=WatchSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    port: int = DEFAULT_PORT
    accept_automatically: bool = True
    """Verified badges issued to one of the identities need no look."""
    notify: str = "all"
    """all, new, problems or none."""
    language: str | None = None

    @classmethod
    def load(cls, file: Path) -> Settings:
        """Read the file; a file that is not there gives the defaults. Raise SettingsError."""
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings in {file} cannot be read: {error}.") from error
        try:
            return cls.parse(tomllib.loads(text), base=file.parent)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"The settings in {file} are not valid TOML: {error}.") from error

    @classmethod
    def parse(cls, data: Mapping[str, object], *, base: Path) -> Settings:
        """Build from the tables of the file; paths are relative to `base`. Raise SettingsError. To be filled."""
        raise NotImplementedError
