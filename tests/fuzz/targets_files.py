"""The program's own files, the folder that several computers share, and the settings: damaged, or a stranger's."""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from tests.fuzz.model import Target
from tests.issuer import Issuer

from passport.disk import Disk
from passport.errors import PassportError, SettingsError, VaultError
from passport.intake.again.memory import MemoryFile
from passport.intake.noticing.book import notice_of
from passport.intake.noticing.quiet import Quiet
from passport.settings import Settings
from passport.settings.writing import edited
from passport.sharing.accounts.model import AccountBook
from passport.sharing.cv.kept import read_cv
from passport.sharing.outbox.store import OutboxStore
from passport.sharing.site.plan import plan_between, read_manifest
from passport.vault.age import LockedError, Opened, Sealer
from passport.vault.collecting import Collection
from passport.vault.joining import requests_in
from passport.vault.journal import encode_line, read_lines
from passport.vault.marker import known_vaults, read_device, read_marker
from passport.vault.reports import decode_report, encode_report
from passport.vault.restoring import _checked, _contents
from passport.vault.signing import DeviceKey, fits
from passport.vault.snapshots import _changes, _unframed
from passport.vault.trust import Trust
from passport.verification.files import verify
from passport.web.clients import Clients

NOW = datetime(2026, 6, 1, tzinfo=UTC)
STAMP = "2024-03-01T10:00:00.000Z-000000-0a0a0a0a0a0a"


def targets(folder: Path) -> list[Target]:
    """Return them; files are written into the folder."""
    files = Written(folder)
    return [
        Target(name="journal", run=_journal, seeds=_lines(), words=(b'{"at":', b'"of":[[', b'"sig":', b"\n")),
        Target(name="journal-values", run=_values, seeds=_states(), structured=True),
        Target(name="report", run=_report, seeds=_reports(), structured=True),
        Target(name="vault-files", run=files.vault, seeds=_vault_files(), structured=True),
        Target(name="state-files", run=files.state, seeds=_state_files(), structured=True),
        Target(name="index-lines", run=_index, seeds=[_framed({"t": [1, {}]}), b""]),
        Target(name="backup-head", run=_head, seeds=[_sealed()], words=(b"-> scrypt ", b"---", b"\n"), max_bytes=4096),
        Target(name="backup-archive", run=_archive, seeds=[_tar()], words=(b"ustar", b"../", b"\0" * 8)),
        Target(name="device-key", run=_device_key, seeds=[DeviceKey.generate().to_text().encode()]),
        Target(
            name="settings",
            run=_settings,
            seeds=_settings_texts(),
            words=(b"[network]\n", b"[watch]\n", b"resolve = ", b'"', b"=", b"true"),
        ),
        Target(
            name="site-manifest",
            run=_manifest,
            seeds=[b'{"version":1,"files":{"index.html":"ab","a/b.png":"cd"}}'],
            structured=True,
        ),
    ]


def _journal(data: bytes) -> None:
    for line in read_lines(data):
        assert line.damaged or line.stamp
    body = data.partition(b"\n")[0]
    list(read_lines(b"%08x %s\n" % (zlib.crc32(body), body)))  # as by one who knows how to make a checksum


def _values(data: bytes) -> None:
    """What a line says, by one whose lines count: any JSON where the program would put its own."""
    try:
        state = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(state, dict):
        return
    notice_of("x", state)
    read_cv(state)
    keys = {str(key): (STAMP, value) for key, value in state.items()}
    with suppress(VaultError):
        Collection.from_row({"id": "collection:x", "keys": keys})
        encode_line(STAMP, [("badge:x", state)])


def _report(data: bytes) -> None:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return
    try:
        report = decode_report(value)
    except VaultError:
        return
    json.dumps(report.to_json())


class Written:
    """Readers that want a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _each(self, data: bytes, names: Sequence[str], read: Callable[[Path], object]) -> None:
        for name in names:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        with suppress(PassportError):
            read(self._folder)
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def vault(self, data: bytes) -> None:
        """Of the folder that several computers share."""
        self._each(data, ["vault.json"], read_marker)
        self._each(data, ["devices/0a0a0a0a0a0a.request"], lambda folder: requests_in(folder, NOW))

    def state(self, data: bytes) -> None:
        """Of this computer."""
        self._each(data, ["device.json"], lambda folder: read_device(Disk(), folder, "x"))
        self._each(data, ["device.json"], known_vaults)
        self._each(data, ["devices.json"], lambda folder: Trust(Disk(), folder).peers())
        self._each(data, ["clients.json"], lambda folder: Clients(folder / "clients.json", lambda: NOW).all())
        self._each(data, ["again.json"], lambda folder: MemoryFile(folder / "again.json").load())
        self._each(data, ["quiet.json"], lambda folder: Quiet(folder / "quiet.json").until(NOW))
        self._each(data, ["accounts.json"], lambda folder: AccountBook(folder / "accounts.json").all())
        self._each(data, ["0123456789abcdef.json"], lambda folder: OutboxStore(folder).all())


def _index(data: bytes) -> None:
    list(_changes(data))
    with suppress(ValueError):
        _unframed(data)


def _head(data: bytes) -> None:
    if any(data.find(b" %d\n" % factor) >= 0 for factor in range(7, 30)):
        return  # work that the owner's passphrase is worth; its limit has a test of its own
    with suppress(LockedError):
        Opened(io.BytesIO(data), "a passphrase").drain()


def _archive(data: bytes) -> None:
    with (
        suppress(tarfile.TarError, ValueError, EOFError, OSError),
        tarfile.open(fileobj=io.BytesIO(data), mode="r|") as archive,
    ):
        for name, content in _contents(archive):
            assert isinstance(name, str)
            with suppress(VaultError):
                _checked(content)


def _device_key(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(ValueError, VaultError):
        DeviceKey.from_text(text)
    assert not fits(text, text, data)


def _settings(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(SettingsError):
        Settings.from_toml(text, base=Path("/base"))
        again = edited(text, {"notify": "none", "watch": {"recursive": False}})
        assert Settings.from_toml(again, base=Path("/base")).notify == "none"


def _manifest(data: bytes) -> None:
    plan = plan_between(read_manifest(data), {"index.html": b"x"})
    assert not any(path.startswith("/") or ".." in path.split("/") for path in plan.remove)


def _lines() -> list[bytes]:
    said = [("badge:x", {"tag:knots": True, "note": "é"})]
    return [
        encode_line(STAMP, said),
        encode_line(STAMP, said) * 2,
        b'{"at":"%s","of":[["x",{"a":1}]],"by":"b","sig":"s"}' % STAMP.encode(),
    ]


def _states() -> list[bytes]:
    notice = {
        "kind": "expiring",
        "mark": "x",
        "at": "2024-01-01T00:00:00Z",
        "detail": {"name": "x"},
        "about:1": True,
        "read": True,
    }
    position = {"title": "x", "highlights": ["y"], "link": "https://x.example"}
    cv = {
        "version": 1,
        "title": "x",
        "theme": "passport",
        "sections": [{"kind": "badges", "positions": [position], "languages": [{"name": "de"}], "badges": ["1"]}],
    }
    collection = {"name": "x", "rule": "tag:x", "member:1": 2, "trashed": None}
    return [json.dumps(each).encode() for each in (notice, cv, collection)]


def _reports() -> list[bytes]:
    issuer = Issuer()
    files = [
        json.dumps(issuer.prove(issuer.credential())).encode(),
        issuer.jwt().encode(),
        json.dumps(issuer.assertion()).encode(),
    ]
    return [
        msgspec.json.encode(encode_report(report))
        for file in files
        for report in verify(file, issuer.documents(), now=NOW)
    ]


def _vault_files() -> list[bytes]:
    request = {"id": "0a0a0a0a0a0a", "name": "x", "key": "k", "at": "2026-06-01T00:00:00Z", "salt": "s", "proof": "p"}
    return [json.dumps(each).encode() for each in ({"id": "ab", "format": 3, "program": "badge-passport"}, request)]


def _state_files() -> list[bytes]:
    peer = {"id": "0a0a0a0a0a0a", "name": "x", "key": "k", "at": STAMP, "revoked": False}
    client = {
        "id": "0" * 16,
        "key": "a2V5",
        "kept": "file",
        "label": "x",
        "origin": "moz-extension://x",
        "paired_at": "2026-06-01T00:00:00Z",
        "used_at": "2026-06-01T00:00:00Z",
    }
    note = {"failures": 1, "since": "x", "not_before": "2026-06-01T00:00:00Z", "state": "gone", "why": "x"}
    item = {
        "id": "0123456789abcdef",
        "network": "mastodon",
        "account": "a",
        "entry": "e",
        "text": "t",
        "createdAt": "2026-06-01T00:00:00Z",
        "key": "k",
        "dueAt": "",
        "state": "waiting",
    }
    account = {
        "id": "a",
        "network": "mastodon",
        "server": "https://m.example",
        "handle": "@a@m.example",
        "maxText": 500,
    }
    files = [
        {"id": "0a0a0a0a0a0a", "fingerprint": "x", "vaults": {"/v": "ab"}},
        {"version": 1, "vault": "ab", "shared": True, "peers": [peer], "unsigned": []},
        {"version": 2, "clients": [client], "gone": []},
        {"version": 1, "day": "2026-06-01", "asked": 1, "hosts": {"h": note}, "badges": {"b": note | {"hosts": ["h"]}}},
        {"version": 1, "until": "2026-06-02T00:00:00Z"},
        {"version": 1, "accounts": [account]},
        item,
    ]
    return [json.dumps(each).encode() for each in files]


def _framed(value: object) -> bytes:
    body = msgspec.json.encode(value)
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _sealed() -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out.write, "a passphrase", work_factor=1)
    sealer.write(b"content")
    sealer.finish()
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in {"about.json": b'{"version":1,"files":1}', "objects/ab": b"x"}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _settings_texts() -> list[bytes]:
    return [SETTINGS, b"[watch]\nfolders=[]\n"]


SETTINGS = b"""version = 1
identities = ["a@b.example"]
port = 22343
language = "de"
expiry_days = [30, 7]
# mine
[watch]
folders = ["~/Downloads"]
rescan_s = 300
[network]
resolve = { "a.example:443" = "127.0.0.1:8443" }
ports = [80, 443]
[publish]
target = "/x"
base_url = "https://a.example/"
branch = "gh-pages"
"""
