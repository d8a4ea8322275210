"""Real servers on loopback, plain and with TLS, and the certificate authority that vouches for them."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Authority:
    """A certificate authority in a folder; `ca` is the file that `extra_ca` names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority for tests")])
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self._sign(self._name, self._key.public_key(), ca=True, names=[]))

    def server(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """Return the TLS context of a server that proves to be these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        file = self._folder / f"{names[0]}{days}.pem"
        file.write_bytes(
            self._sign(subject, key.public_key(), ca=False, names=list(names), days=days)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _sign(self, subject, key, *, ca: bool, names: list[str], days: int = 1) -> bytes:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=3))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM)


@asynccontextmanager
async def serving(*routes: tuple[str, Handler], tls: ssl.SSLContext | None = None) -> AsyncIterator[TestServer]:
    """Serve handlers by path."""
    app = web.Application()
    app.add_routes([web.get(path, handler) for path, handler in routes])
    server = TestServer(app)
    await server.start_server(ssl=tls)
    try:
        yield server
    finally:
        await server.close()
