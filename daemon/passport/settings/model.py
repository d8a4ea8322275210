"""What settings.toml says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from passport.errors import SettingsError

DEFAULT_PORT = 22343
SETTINGS_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """`[network]`: for closed networks and tests; the gallery shows a banner while any of the first three is set."""

    allow_private_addresses: bool = False
    resolve: Mapping[str, str] = field(default_factory=dict)
    """`"host:port" = "address:port"`: where to connect instead; the name in TLS and Host stays."""
    extra_ca: Path | None = None
    """A PEM file with further certificate authorities."""
    ports: tuple[int, ...] = (80, 443)
    """Ports of strangers that may be asked; those of `resolve` always may, and all with private addresses allowed."""
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
    """Shell patterns of file names, or, with a slash, of paths below the folder."""
    rescan_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """`[publish]`: the owner's page."""

    target: str | None = None
    """A folder, or the address of a git repository or WebDAV folder; None: nowhere yet."""
    base_url: str | None = None
    """The address under which the page is seen."""
    branch: str = "gh-pages"
    """Of the git repository."""
    user: str | None = None
    """The name at a WebDAV or git server; the password is in the keyring."""
    language: str | None = None
    """A language tag (BCP 47) of the page; None: the owner's own language."""
    automatic: bool = True
    """Whether the page is published again by itself when something changes, after it was published once by hand."""
    delay_s: float = 30.0
    """How long to wait for further changes before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSettings:
    """`[vault]`: where the badges are, where that is not the usual folder."""

    folder: Path | None = None
    """Written by `badge-passport vault move` and `vault join`; read before everything else (`places`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSettings:
    """`[secrets]`: where tokens and keys are kept."""

    keep: str = "auto"
    """`auto`: the computer's keyring; where there is none, keys of connected browsers lie in a file that only the owner
    can read, which is said, and nothing else is kept. `keyring`: never in a file. `file`: all of them in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in settings.toml."""

    version: int = SETTINGS_VERSION
    identities: tuple[str, ...] = ()
    """E-mail addresses, URLs, telephone numbers and DIDs by which the owner is known."""
    watch: WatchSettings = field(default_factory=WatchSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    publish: PublishSettings = field(default_factory=PublishSettings)
    vault: VaultSettings = field(default_factory=VaultSettings)
    secrets: SecretsSettings = field(default_factory=SecretsSettings)
    port: int = DEFAULT_PORT
    accept_automatically: bool = True
    """Verified badges issued to one of the identities need no look."""
    notify: str = "all"
    """all, new, problems or none."""
    recheck: str = "gentle"
    """How often issuers are asked again whether badges still stand: off, gentle or often."""
    expiry_days: tuple[int, ...] = (60, 30, 7)
    """So many days before a badge expires there is a notice."""
    language: str | None = None
    """A language tag (BCP 47); None: the computer's."""

    @classmethod
    def load(cls, file: Path) -> Settings:
        """Read the file; a file that is not there gives the defaults. Raise SettingsError."""
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings in {file} cannot be read: {error}.") from error
        return cls.from_toml(text, base=file.parent)

    @classmethod
    def from_toml(cls, text: str, *, base: Path) -> Settings:
        """Build from the text of the file. Raise SettingsError."""
        try:
            return cls.parse(tomllib.loads(text), base=base)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"settings.toml is not valid TOML: {error}.") from error

    @classmethod
    def parse(cls, data: Mapping[str, object], *, base: Path) -> Settings:
        """Build from the tables of the file; paths are relative to `base`. Raise SettingsError.

        Keys that this version does not know are left alone: they may be a later version's.
        """
        from passport.settings.parsing import parse  # noqa: PLC0415 (parsing imports this model)

        return parse(data, base=base)
