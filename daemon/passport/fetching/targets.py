"""Which URLs may be asked for, before any name is looked up."""

from __future__ import annotations

from yarl import URL

from passport.settings import NetworkSettings

MAX_URL = 4096
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home.arpa", "onion", "invalid")
"""Names that lead to no public server (RFC 6761, 6762, 7686, 8375); asking for them would only tell the network."""


class RefusedError(OSError):
    """A URL or address that must not be connected to; the message is a sentence for the owner.

    An OSError, because that is what aiohttp lets through from a resolver and a socket factory.
    """


def checked(text: str | URL, network: NetworkSettings) -> URL:
    """Return the URL without its fragment, or raise RefusedError."""
    if len(str(text)) > MAX_URL:
        raise RefusedError(f"The address is longer than {MAX_URL} characters.")
    try:
        url = URL(text).with_fragment(None)
        host, port = url.host, url.port
    except ValueError as error:
        raise RefusedError("This is not a web address.") from error
    if url.scheme not in ("http", "https"):
        raise RefusedError("Only http and https addresses are asked for.")
    if not host or not port:
        raise RefusedError("The address names no server.")
    if url.user is not None or url.password is not None:
        raise RefusedError("An address with a user name in it is not asked for.")
    _check_port(host, port, network)
    _check_name(host, port, network)
    return url


def mapping_key(host: str, port: int) -> str:
    """Return the key of `[network] resolve` for a server."""
    return f"[{host}]:{port}" if ":" in host else f"{host.rstrip('.').lower()}:{port}"


def _check_port(host: str, port: int, network: NetworkSettings) -> None:
    if network.allow_private_addresses or port in network.ports or mapping_key(host, port) in network.resolve:
        return
    raise RefusedError(f"Port {port} is not one that is asked ([network] ports in settings.toml).")


def _check_name(host: str, port: int, network: NetworkSettings) -> None:
    if network.allow_private_addresses or mapping_key(host, port) in network.resolve:
        return
    name = host.rstrip(".").lower()
    if any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES):
        raise RefusedError(f"{name} is a name of the local network; private addresses are not asked.")
