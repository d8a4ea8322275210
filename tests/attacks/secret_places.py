"""A passport with a secret of every kind, in use: where each may lie, and everything it shows, writes and says."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from tests.issuer import Issuer

DAEMON = Path(__file__).resolve().parents[2] / "daemon"
LOUD = (
    "import logging, sys; logging.lastResort = None\n"
    "for name in ('passport', 'aiohttp', 'asyncio', 'PIL', 'watchdog', 'keyring'):\n"
    "    logging.getLogger(name).setLevel(logging.DEBUG)\n"
    "from passport.cli.running import run\n"
    "sys.exit(run(sys.argv[1:]))\n"
)
"""The program as it is, but for a log that says all it can."""
MASTODON, BLUESKY = "0123456789abcdef", "fedcba9876543210"
PUT = {
    "mastodon's token": "canaryMastodonToken0001",
    "mastodon's client secret": "canaryMastodonSecret0002",
    "bluesky's app password": "cnry-bsky-pass-0003",
    "password of a site": "canaryWebDavPassword0004",
    "password of a repository": "canaryGitPassword0005",
    "passphrase of a backup": "canary passphrase 0006",
    "typed app password": "cnry-type-pass-0007",
}
"""Put in by the test; the others are the program's own, and are looked up where they may lie."""


@dataclass
class Loaded:
    """The program with a home of its own, and all its secrets by name."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=lambda: dict(PUT))
    said: dict[str, bytes] = field(default_factory=dict)
    """Everything that the program said or showed, by where."""
    umask: int = 0o077

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def prepare(self) -> None:
        """Write what an owner would have by now."""
        state = self.home / "state"
        state.mkdir(parents=True, mode=0o700)
        (self.folder / "downloads").mkdir()
        (self.folder / "downloads" / "badge.png").write_bytes(Issuer().signed_badge())
        settings = 'identities = ["ann@example.org"]\n[secrets]\nkeep = "file"\n[publish]\nuser = "ann"\n'
        (self.home / "settings.toml").write_text(settings)
        accounts = [
            {"id": MASTODON, "network": "mastodon", "server": "https://m.invalid", "handle": "@ann@m.invalid"},
            {"id": BLUESKY, "network": "bluesky", "server": "https://b.invalid", "handle": "ann.b.invalid"},
        ]
        (state / "accounts.json").write_text(json.dumps({"version": 1, "accounts": accounts}))
        kept = {
            f"mastodon:{MASTODON}": json.dumps(
                {"token": PUT["mastodon's token"], "client_id": "x", "client_secret": PUT["mastodon's client secret"]}
            ),
            f"bluesky:{BLUESKY}": json.dumps({"password": PUT["bluesky's app password"]}),
        }
        secrets = {f"badge-passport/{name}": value for name, value in kept.items()}
        (state / "secrets.json").write_text(json.dumps({"version": 1, "secrets": secrets}))
        for file in (self.home, *self.home.rglob("*")):
            file.chmod(0o700 if file.is_dir() else 0o600)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "SYSTEMROOT") if key in os.environ}
        places = {"BADGE_PASSPORT_HOME": str(self.home), "PYTHONPATH": str(DAEMON), "HOME": str(self.folder)}
        return kept | places | more

    def begin(self) -> subprocess.Popen[bytes]:
        """Start the daemon and wait until it is ready."""
        line = [sys.executable, "-c", LOUD, "start", "--no-tray", "--no-browser", "--port", "0"]
        process = subprocess.Popen(
            [*line, "--watch", str(self.folder / "downloads")],
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, umask=self.umask,
        )  # fmt: skip
        until = time.monotonic() + 120
        while not (self.home / "state" / "daemon.json").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.1)
        return process

    def run(self, *arguments: str, **more: str) -> str:
        """Run a command; what it says is remembered."""
        done = subprocess.run(
            [sys.executable, "-c", LOUD, *arguments], env=self.environment(**more), capture_output=True,
            timeout=200, check=False, umask=self.umask, cwd=self.folder,
        )  # fmt: skip
        self.said[f"command {arguments[0]} {len(self.said)}"] = done.stdout + done.stderr
        return done.stdout.decode()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send a request as the owner's browser does; the answer is returned, and nothing of it remembered."""
        port = json.loads((self.home / "state" / "daemon.json").read_bytes())["port"]
        connection = HTTPConnection("127.0.0.1", port, timeout=100)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what a file says, also what it says in other words: ZIP, gzip, zlib within PNG and PDF, Base64."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from unpacked(archive.read(name))
    if content.startswith(b"\x1f\x8b"):
        yield from unpacked(gzip.decompress(content))
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content):
        try:
            yield zlib.decompressobj().decompress(content[match.start() :], 1 << 22)
        except zlib.error:
            continue
    for match in re.finditer(rb"[A-Za-z0-9+/_-]{40,}", content):
        text = match[0][: len(match[0]) // 4 * 4].replace(b"-", b"+").replace(b"_", b"/")
        yield base64.b64decode(text)


def spellings(secret: str) -> list[bytes]:
    """Return a secret as it stands, and as it looks in URLs, HTML and Base64."""
    from html import escape
    from urllib.parse import quote, quote_plus

    plain = secret.encode()
    words = {secret, escape(secret), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]}
    coded = {base64.b64encode(b"x" * shift + plain)[(shift * 8 + 5) // 6 : -4] for shift in range(3)}
    return [word.encode() for word in words] + sorted(coded)


def hits(content: bytes, secrets: dict[str, str]) -> list[str]:
    """Return the names of the secrets that a content gives away."""
    whole = b"\0".join(unpacked(content))
    return [name for name, secret in secrets.items() if any(word in whole for word in spellings(secret))]


def family_of(pid: int) -> list[int]:
    """Return a process and all its children (Linux)."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += family_of(int(child))
    return found


def told_by_the_system(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield command line and environment of a process and its children, as others of this user see them."""
    for member in family_of(pid):
        for name in ("cmdline", "environ"):
            try:
                yield f"/proc/{member}/{name}", Path(f"/proc/{member}/{name}").read_bytes()
            except OSError:
                continue
