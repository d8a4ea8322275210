"""What an owner may write as the target of a publication. Light: the command line asks, too."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from passport.errors import SharingError


def is_address(target: str) -> bool:
    """Whether a target is an address rather than a folder."""
    return "://" in target


def is_remote(target: str) -> bool:
    """Whether a target is not on this computer's disks (or is reached by git)."""
    return is_address(target) or target.startswith("git@") or target.endswith(".git")


def key_name(target: str) -> str:
    """Return the name under which the keyring holds the password of a target."""
    if not is_address(target):
        return f"publish:{target}"
    parts = parts_of(target)
    return f"publish:{parts.hostname}:{parts.port or ''}"


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address. Raise SharingError where its host or its port is none (`http://[`, `:x`)."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise SharingError(f"{address!r} is no address.", remedy="Look at the part behind “://”.") from error
    return parts
