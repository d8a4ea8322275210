"""From the tables of settings.toml to the settings; every wrong value is named."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from passport.errors import SettingsError
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
from passport.settings.table import Table

NOTIFY = ("all", "new", "problems", "none")
RECHECK = ("off", "gentle", "often")
KEEP = ("auto", "keyring", "file")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}")
_MAX_IDENTITY = 2048  # a did:jwk is the longest that is in use


def parse(data: Mapping[str, object], *, base: Path) -> Settings:
    """Build the settings; paths are relative to `base`. Raise SettingsError."""
    top = Table(upgrade(data), name="", base=base)
    notify = top.text("notify") or "all"
    if notify not in NOTIFY:
        raise top.wrong("notify", f"one of {', '.join(NOTIFY)}")
    recheck = top.text("recheck") or "gentle"
    if recheck not in RECHECK:
        raise top.wrong("recheck", f"one of {', '.join(RECHECK)}")
    days = top.wholes("expiry_days", (60, 30, 7), least=1, most=3650)
    if len(days) > 10:
        raise top.wrong("expiry_days", "a list of at most ten whole numbers")
    return Settings(
        identities=top.texts("identities", most=_MAX_IDENTITY),
        watch=_watch(top.table("watch")),
        network=_network(top.table("network")),
        publish=_publish(top.table("publish")),
        vault=VaultSettings(folder=top.table("vault").path("folder")),
        secrets=_secrets(top.table("secrets")),
        port=top.whole("port", DEFAULT_PORT, least=1024, most=65535),
        accept_automatically=top.flag("accept_automatically", default=True),
        notify=notify,
        recheck=recheck,
        expiry_days=tuple(sorted(set(days), reverse=True)),
        language=_language(top),
    )


def _language(table: Table) -> str | None:
    language = table.text("language")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise table.wrong("language", 'a language tag such as "de" or "pt-BR"')
    return language


def upgrade(data: Mapping[str, object]) -> Mapping[str, object]:
    """Return the data in the shape of SETTINGS_VERSION; a file without a version is of the first. Raise SettingsError.

    A later version adds its step here, one for each number; the file itself is changed only when the owner
    changes a setting.
    """
    version = data.get("version", SETTINGS_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SettingsError("In settings.toml, version should be a whole number.")
    if version > SETTINGS_VERSION:
        raise SettingsError(
            f"settings.toml is of version {version}, and this program knows versions up to {SETTINGS_VERSION}.",
            remedy="Update Badge Passport, or move settings.toml away.",
        )
    return data


def _watch(table: Table) -> WatchSettings:
    return WatchSettings(
        folders=table.paths("folders"),
        recursive=table.flag("recursive", default=True),
        ignore=table.texts("ignore"),
        rescan_s=table.number("rescan_s", 300.0, least=1, most=86_400),
    )


def _publish(table: Table) -> PublishSettings:
    address = table.text("base_url")
    if address is not None and not address.startswith(("https://", "http://")):
        raise table.wrong("base_url", "an address such as https://example.org/passport/")
    branch = table.text("branch") or "gh-pages"
    if not _BRANCH.fullmatch(branch):
        raise table.wrong("branch", "the name of a branch")
    return PublishSettings(
        target=table.text("target"),
        base_url=address,
        branch=branch,
        user=table.text("user", most=200),
        language=_language(table),
        automatic=table.flag("automatic", default=True),
        delay_s=table.number("delay_s", 30.0, least=0.1, most=86_400),
    )


def _secrets(table: Table) -> SecretsSettings:
    keep = table.text("keep") or "auto"
    if keep not in KEEP:
        raise table.wrong("keep", f"one of {', '.join(KEEP)}")
    return SecretsSettings(keep=keep)


def _network(table: Table) -> NetworkSettings:
    return NetworkSettings(
        allow_private_addresses=table.flag("allow_private_addresses", default=False),
        resolve=_resolve(table),
        extra_ca=table.path("extra_ca"),
        ports=table.wholes("ports", (80, 443), least=1, most=65535),
        timeout_s=table.number("timeout_s", 10.0, least=0.1, most=120),
        max_document_bytes=table.whole("max_document_bytes", 1 << 20, least=1024, most=64 << 20),
        max_image_bytes=table.whole("max_image_bytes", 10 << 20, least=1024, most=64 << 20),
    )


def _resolve(table: Table) -> dict[str, str]:
    found = {}
    for name, target in table.pairs("resolve").items():
        host, port = _host_and_port(table, name)
        address, to_port = _host_and_port(table, target)
        address = "127.0.0.1" if address == "localhost" else address
        try:
            ipaddress.ip_address(address)
        except ValueError as error:
            raise table.wrong("resolve", f"an address and a port behind {name}, not {target}") from error
        found[_joined(host, port)] = _joined(address, to_port)
    return found


def _host_and_port(table: Table, text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.path or parts.query or parts.username is not None:
        raise table.wrong(
            "resolve", f'a table such as {{ "host:443" = "127.0.0.1:8443" }}; "{text}" has no host and port'
        )
    return host, port


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
