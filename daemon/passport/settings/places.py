"""Where things live."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs


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
            return cls(config=root, vault=root / "vault", state=root / "state").as_set()
        dirs = platformdirs.PlatformDirs("badge-passport", appauthor=False)
        return cls(
            config=Path(dirs.user_config_dir),
            vault=Path(dirs.user_data_dir) / "vault",
            state=Path(dirs.user_state_dir),
        ).as_set()

    def as_set(self) -> Places:
        """Return the places with the vault where `[vault] folder` of the settings says.

        Settings that cannot be read are told of by whoever reads all of them; nothing is opened before that.
        """
        try:
            said = tomllib.loads(self.settings_file.read_text(encoding="utf-8")).get("vault")
        except (OSError, ValueError):
            return self
        folder = said.get("folder") if isinstance(said, dict) else None
        if not isinstance(folder, str) or not folder.strip():
            return self
        return replace(self, vault=self.config / Path(folder.strip()).expanduser())

    @property
    def settings_file(self) -> Path:
        """The owner's settings."""
        return self.config / "settings.toml"

    @property
    def daemon_file(self) -> Path:
        """Port and key of the running daemon (0600)."""
        return self.state / "daemon.json"

    @property
    def secrets_file(self) -> Path:
        """Secrets in plain text (0600), where the owner asked for that; else it is not there."""
        return self.state / "secrets.json"

    @property
    def secrets_record(self) -> Path:
        """Which keyring holds which secret: fingerprints alone."""
        return self.state / "keychain.json"

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
