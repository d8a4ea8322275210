"""Every secret stays where it belongs, and nobody else on the computer reads a thing (2.2, 2.5; goal G7)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.attacks.secret_places import Loaded, hits, told_by_the_system

from passport.web.app import ALL_ROUTES
from passport.web.routing import Scope

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]
HOMES_OF_SECRETS = {
    "state/secrets.json": "where the owner asked for a file instead of the keyring (0600)",
    "state/daemon.json": "the owner's key, for the command line (0600), while the daemon runs",
}
KNOWN_FILES = re.compile(
    r"settings\.toml|vault/(vault\.json|objects/.*|documents/.*|journal/.*|devices/.*|evidence/.*)|"
    r"state/(lock|daemon\.json|secrets\.json|keychain\.json|device\.json|devices\.json|clients\.json|accounts\.json|"
    r"again\.json|quiet\.json|known|activity\.jsonl|index/.*|log/.*|outbox/.*|thumbnails/.*|publish.*|site.*)"
)
FILLINGS = {"{path:.+}": "css/passport.css", "{path:.*}": "index.html", "{name}": "a", "{size}": "64", "{kind}": "card"}


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    """A daemon that has done everything once; what it said, wrote and showed is kept.

    Not below pytest's own folder, to which no other user has a way.
    """
    with tempfile.TemporaryDirectory() as folder:
        passport = Loaded(Path(folder), umask=0)
        passport.prepare()
        process = passport.begin()
        try:
            use_everything(passport, process.pid)
            yield passport
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=60)
            finally:
                process.kill()


def use_everything(passport: Loaded, pid: int) -> None:
    session = sign_in(passport)
    pair(passport, session)
    own = json.loads((passport.home / "state" / "daemon.json").read_bytes())["key"]
    passport.secrets["the owner's key"] = own
    watch = Watching(passport, pid)
    with watch:
        commands(passport)
        forms(passport, session)
        pages(passport, session)
    passport.said |= watch.seen
    kept = json.loads((passport.home / "state" / "secrets.json").read_bytes())["secrets"]
    names = {name.partition("/")[2]: value for name, value in kept.items()}
    passport.secrets["the holder's key"] = names["holder:ed25519"]
    for name, value in names.items():
        if name.startswith(("device:", "browser:")):
            passport.secrets[name.partition(":")[0]] = value


class Watching:
    """Looks at the processes again and again while they work."""

    def __init__(self, passport: Loaded, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: dict[str, bytes] = {}
        self._passport = passport

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.seen |= dict(told_by_the_system(self._pid))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def sign_in(passport: Loaded) -> dict[str, str]:
    address = passport.run("open", "--print").strip()
    del passport.said[list(passport.said)[-1]]  # this is what it is for
    passport.secrets["a launch ticket"] = address.partition("ticket=")[2]
    status, headers, _ = passport.ask("GET", "/" + address.split("/", 3)[3])
    assert status == 303
    assert passport.ask("GET", "/" + address.split("/", 3)[3])[0] == 403, "it works once"
    cookie = headers["set-cookie"].partition(";")[0]
    passport.secrets["the session's cookie"] = cookie.partition("=")[2]
    _, _, page = passport.ask("GET", "/settings", Cookie=cookie)
    token = re.search(rb'name="csrf" value="([^"]+)"', page)
    assert token
    return {"Cookie": cookie, "X-CSRF-Token": token[1].decode()}


def pair(passport: Loaded, session: dict[str, str]) -> None:
    status, _, body = passport.ask("POST", "/api/v1/codes", b"{}", **session, **JSON)
    assert status == 201, body
    code = json.loads(body)["code"]
    asked = json.dumps({"code": code, "label": "Firefox"}).encode()
    status, _, body = passport.ask("POST", "/api/v1/pair", asked, Origin="moz-extension://abc", **JSON)
    assert status == 201, body
    passport.secrets["a pairing code"] = code
    passport.secrets["a browser's key"] = json.loads(body)["key"]


JSON = {"Content-Type": "application/json"}


def commands(passport: Loaded) -> None:
    """Everything that the command line can say and write, with a badge that was taken in."""
    folder = passport.folder
    passphrase = {"BADGE_PASSPORT_PASSPHRASE": passport.secrets["passphrase of a backup"]}
    entry = json.loads(passport.run("import", str(folder / "downloads" / "badge.png"), "--json").splitlines()[0])["id"]
    passport.run("set", entry, "visibility=public")
    passport.run("show", entry, "--json")
    passport.run("status", "--json")
    passport.run("backup", str(folder / "backup.age"), **passphrase)
    passport.run("restore", str(folder / "backup.age"), "--json", BADGE_PASSPORT_PASSPHRASE="another one")
    passport.run("export", str(folder / "presentation.json"))
    passport.run("export", str(folder / "export.zip"))
    passport.run("cv", "--out", str(folder / "cv.html"))
    passport.run("publish", "--out", str(folder / "site"))
    for target, name in (
        ("webdav+http://127.0.0.1:9/x", "password of a site"),
        ("http://127.0.0.1:9/x.git", "password of a repository"),
    ):
        secret = {"BADGE_PASSPORT_PUBLISH_PASSWORD": passport.secrets[name]}
        passport.run("publish", target, "--user", "ann", "--json", **secret)
    for network in ("mastodon", "bluesky"):
        passport.run("share", entry, "--to", network, "--text", "hello")
    passport.run("doctor", "--json", "--bundle", str(folder / "support.zip"))


def forms(passport: Loaded, session: dict[str, str]) -> None:
    """What is typed into pages, and fails."""
    token = {"csrf": session["X-CSRF-Token"]}
    sent = {**session, "Content-Type": "application/x-www-form-urlencoded"}
    typed = {
        **token,
        "handle": "ann.invalid",
        "server": "https://b.invalid",
        "password": passport.secrets["typed app password"],
    }
    for path, fields in (
        ("/accounts/bluesky", typed),
        ("/accounts/bluesky", typed | {"handle": "http://["}),
        ("/accounts/mastodon", {**token, "server": "m.invalid"}),
        ("/accounts/one", {**token, "account": "0123456789abcdef", "do": "check"}),
        (
            "/page",
            {
                **token,
                "do": "target",
                "target": "http://[",
                "user": "ann",
                "password": passport.secrets["password of a site"],
            },
        ),
    ):
        status, _, body = passport.ask("POST", path, urlencode(fields).encode(), **sent)
        assert status < 500, (path, status)
        passport.said[f"{path} {len(passport.said)}"] = body


def pages(passport: Loaded, session: dict[str, str]) -> None:
    """Everything that can be read over HTTP, by the router's own list; and what a refusal says."""
    entry = json.loads(passport.run("list", "--json").splitlines()[0])["id"]
    for route in ALL_ROUTES:
        if route.method != "GET" or route.path in {"/events", "/open"}:
            continue
        path = route.path.replace("{id}", entry)
        for name, value in FILLINGS.items():
            path = path.replace(name, value)
        path = re.sub(r"\{[a-z0-9]+\}", "a", path)
        for who in (session, {}, {"Cookie": session["Cookie"] + "x"}, {"Authorization": "Bearer x"}):
            status, headers, body = passport.ask("GET", path, **who)
            assert status < 500, (path, status)
            shown = "\n".join(f"{name}: {value}" for name, value in headers.items()).encode() + b"\n\n" + body
            passport.said[f"GET {path} {sorted(who)}"] = shown
            if route.scope is Scope.PUBLIC:
                break


def files_of(passport: Loaded) -> Iterator[tuple[str, Path]]:
    for file in sorted(passport.folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(passport.folder).as_posix(), file


def test_every_secret_was_in_use(loaded: Loaded) -> None:
    kinds = {
        "the holder's key",
        "a browser's key",
        "the session's cookie",
        "a launch ticket",
        "a pairing code",
        "the owner's key",
    }
    assert kinds < set(loaded.secrets)
    assert all(len(secret) > 5 for secret in loaded.secrets.values())
    kept = (loaded.home / "state" / "secrets.json").read_text()
    for name in ("mastodon's token", "bluesky's app password", "a browser's key", "the holder's key"):
        assert loaded.secrets[name] in kept, name
    assert (loaded.folder / "backup.age").stat().st_size > 1000
    assert (loaded.folder / "site" / "index.html").exists()
    assert any("environ" in where for where in loaded.said)
    assert len([where for where in loaded.said if where.startswith("GET ")]) > 100


def test_no_secret_is_said_or_shown(loaded: Loaded) -> None:
    """Standard output and error of each command, pages, API, description, arguments and environments of processes."""
    public = {"a pairing code"}  # shown on the page that shows it; burnt since
    secrets = {name: secret for name, secret in loaded.secrets.items() if name not in public}
    found = {where: hits(content, secrets) for where, content in loaded.said.items()}
    assert {where: names for where, names in found.items() if names} == {}


def test_no_secret_is_written_but_where_it_belongs(loaded: Loaded) -> None:
    """Home, log, exports, support bundle, published site, backup: all that was written."""
    found = {}
    for name, file in files_of(loaded):
        if name.removeprefix("home/") not in HOMES_OF_SECRETS and (names := hits(file.read_bytes(), loaded.secrets)):
            found[name] = names
    assert found == {}
    log = (loaded.home / "state" / "log" / "badge-passport.log").read_text()
    assert " DEBUG " in log, "else it would not be the log that says all it can"


def test_each_file_is_known(loaded: Loaded) -> None:
    """A file that is new belongs into this list, with the thought whether a secret may be in it."""
    names = [name.removeprefix("home/") for name, _ in files_of(loaded) if name.startswith("home/")]
    unknown = {re.sub("[0-9a-f]{8,}", "…", name) for name in names if not KNOWN_FILES.fullmatch(name)}
    assert unknown == set()


def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    import base64
    import gzip

    secret = {"x": "canary & 0001"}
    said = [b"a canary & 0001 b", b"q=canary+%26+0001", b"canary &amp; 0001", gzip.compress(b"canary & 0001")]
    said += [b"." * 40 + base64.b64encode(b"12345" * 6 + b"canary & 0001" + b"6" * 20)]
    assert [hits(one, secret) for one in said] == [["x"]] * len(said)
    assert hits(b"canary 0001", secret) == []


def test_whatever_the_umask_files_are_the_owners_alone(loaded: Loaded) -> None:
    """The daemon was started with umask 000."""
    assert loaded.umask == 0
    for path in loaded.home.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode & 0o077 == 0, (path, oct(mode))
    for name in ("backup.age", "support.zip"):
        assert stat.S_IMODE((loaded.folder / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_home_made_by_a_command_is_the_owners_alone(tmp_path: Path, umask: int) -> None:
    """Without a daemon, without a home: the command makes it."""
    passport = Loaded(tmp_path, umask=umask)
    (tmp_path / "badge.png").write_bytes(b"no badge")
    passport.run("import", str(tmp_path / "badge.png"), "--json")
    assert (passport.home / "vault" / "vault.json").exists()
    for path in [passport.home, *passport.home.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode & 0o077 == 0, (path, oct(mode))


READ_ALL = """
import os, sys
from pathlib import Path
read = []
for top in sys.argv[2:]:
    for folder, names, files in os.walk(top):
        read += [str(Path(folder) / name) for name in names]
    for path in Path(top).parent.glob('*'):
        pass
for name in sys.stdin.read().splitlines():
    try:
        os.open(name, os.O_RDONLY)
        read.append(name)
    except OSError:
        pass
import http.client
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
connection.request('GET', '/api/v1/badges')
print(connection.getresponse().status, len(read), read[:3])
"""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be another user")
def test_another_user_reads_nothing(loaded: Loaded) -> None:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not there")
    port = json.loads((loaded.home / "state" / "daemon.json").read_bytes())["port"]
    loaded.folder.chmod(0o755)  # the way there is open, so that it is the home that refuses
    control = loaded.folder / "for-all.txt"
    control.touch(0o644)
    control.chmod(0o644)
    names = "\n".join(str(path) for path in [loaded.home, *loaded.home.rglob("*"), control])
    other_user = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*other_user, sys.executable, "-I", "-c", READ_ALL, str(port), str(loaded.home)],
        input=names, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if "Permission denied" in done.stderr and "python" in done.stderr:
        pytest.skip("another user may not even run this Python")
    assert done.stdout.strip() == f"401 1 ['{control}']", done.stderr
