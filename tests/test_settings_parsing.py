"""settings.toml: what is right is read, what is wrong is named, and nothing the owner wrote is lost."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from passport.errors import SettingsError
from passport.settings import NetworkSettings, Places, PublishSettings, Settings, write_settings

BASE = Path("/somewhere/config")


def parse(text: str) -> Settings:
    return Settings.parse(tomllib.loads(text), base=BASE)


def test_nothing_is_the_defaults():
    assert parse("") == Settings()


def test_everything_is_read():
    settings = parse("""
        version = 1
        identities = ["  ada@example.org ", "did:key:z6Mk", "ada@example.org"]
        port = 23000
        accept_automatically = false
        notify = "problems"
        language = "pt-BR"
        later = "a key of a later version"
        [watch]
        folders = ["/downloads", "relative", "/downloads"]
        recursive = false
        ignore = ["*.iso"]
        rescan_s = 60
        [network]
        allow_private_addresses = true
        extra_ca = "ca.pem"
        timeout_s = 2.5
        max_document_bytes = 2048
        ports = [80, 443, 8080]
        [publish]
        target = "/srv/site"
        base_url = "https://ann.example/p/"
        branch = "pages"
        [network.resolve]
        "WWW.credly.com:443" = "127.0.0.1:8443"
        "six.example:80" = "[::1]:8080"
        "l.example:1" = "localhost:2"
    """)
    assert settings.identities == ("ada@example.org", "did:key:z6Mk")
    assert (settings.port, settings.notify, settings.language) == (23000, "problems", "pt-BR")
    assert not settings.accept_automatically
    assert settings.publish == PublishSettings(target="/srv/site", base_url="https://ann.example/p/", branch="pages")
    assert settings.watch.folders == (Path("/downloads"), BASE / "relative")
    assert not settings.watch.recursive
    assert settings.watch.rescan_s == 60
    assert settings.network.extra_ca == BASE / "ca.pem"
    assert settings.network.ports == (80, 443, 8080)
    assert settings.network.unusual
    assert settings.network.resolve == {
        "www.credly.com:443": "127.0.0.1:8443",
        "six.example:80": "[::1]:8080",
        "l.example:1": "127.0.0.1:2",
    }


def test_the_settings_of_the_contract():
    """The very line of the design's Contract."""
    network = parse("""
        [network]
        allow_private_addresses = true
        resolve = {"www.credly.com:443" = "127.0.0.1:8443"}
        extra_ca = "file.pem"
    """).network
    assert network.resolve == {"www.credly.com:443": "127.0.0.1:8443"}
    assert network == NetworkSettings(
        allow_private_addresses=True, resolve={"www.credly.com:443": "127.0.0.1:8443"}, extra_ca=BASE / "file.pem"
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("version = 0", "version"),
        ("version = true", "version"),
        ('version = "1"', "version"),
        ("version = 99", "version 99"),
        ('identities = "ada@example.org"', "identities"),
        ("identities = [1]", "identities"),
        ('identities = [""]', "identities"),
        (f'identities = ["{"x" * 3000}"]', "identities"),
        ("port = 80", "port"),
        ("port = 70000", "port"),
        ("port = true", "port"),
        ("port = 22343.0", "port"),
        ('notify = "loud"', "notify"),
        ("notify = 3", "notify"),
        ('language = "../../etc"', "language"),
        ("accept_automatically = 1", "accept_automatically"),
        ("watch = 3", "watch"),
        ("[watch]\nfolders = [3]", "watch.folders"),
        ("[watch]\nrescan_s = 0", "watch.rescan_s"),
        ("[watch]\nrescan_s = nan", "watch.rescan_s"),
        ("[watch]\nrescan_s = inf", "watch.rescan_s"),
        ('[network]\nallow_private_addresses = "yes"', "network.allow_private_addresses"),
        ("[network]\ntimeout_s = -1", "network.timeout_s"),
        ("[network]\nmax_document_bytes = 1", "network.max_document_bytes"),
        ("[network]\nports = [0]", "network.ports"),
        ("[network]\nports = 443", "network.ports"),
        ('[network]\nextra_ca = ""', "network.extra_ca"),
        ('[network]\nresolve = "x"', "network.resolve"),
        ('[network]\nresolve = {"a.example" = "127.0.0.1:1"}', "network.resolve"),
        ('[network]\nresolve = {"a.example:443" = "127.0.0.1"}', "network.resolve"),
        ('[network]\nresolve = {"a.example:443" = "b.example:443"}', "network.resolve"),
        ('[network]\nresolve = {"a.example:99999" = "127.0.0.1:1"}', "network.resolve"),
        ('[network]\nresolve = {"u@a.example:443" = "127.0.0.1:1"}', "network.resolve"),
        ('[network]\nresolve = {"a.example:443/x" = "127.0.0.1:1"}', "network.resolve"),
        ('[network]\nresolve = {"a.example:443" = 1}', "network.resolve"),
    ],
)
def test_what_is_wrong_is_named(text, key):
    with pytest.raises(SettingsError, match=key):
        parse(text)


def test_a_file_that_is_not_there_gives_the_defaults(tmp_path):
    assert Settings.load(tmp_path / "settings.toml") == Settings()


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2"])
def test_a_file_that_cannot_be_read_says_so(tmp_path, content):
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="settings"):
        Settings.load(file)
    with pytest.raises(SettingsError):
        write_settings(home(tmp_path), {"port": 5000})
    assert file.read_bytes() == content


def home(folder: Path) -> Places:
    return Places.from_environment({"BADGE_PASSPORT_HOME": str(folder)})


OWNERS = """\
# written by me
[watch]
folders = ["a"] # my downloads

[network]
timeout_s = 5

[future]
flux = "kept"
"""


def test_writing_keeps_comments_and_unknown_keys(tmp_path):
    places = home(tmp_path)
    places.settings_file.write_text(OWNERS)
    settings = write_settings(
        places,
        {
            "identities": ["ada@example.org"],
            "watch.folders": [tmp_path / "b"],
            "network.timeout_s": None,
            "network.resolve": {"x.example:443": "127.0.0.1:8443"},
        },
    )
    text = places.settings_file.read_text()
    for kept in ("# written by me", "# my downloads", 'flux = "kept"', "version = 1"):
        assert kept in text
    assert settings == Settings.load(places.settings_file)
    assert settings.identities == ("ada@example.org",)
    assert settings.watch.folders == (tmp_path / "b",)
    assert settings.network.timeout_s == 10
    assert settings.network.resolve == {"x.example:443": "127.0.0.1:8443"}


def test_writing_starts_a_file_that_only_its_owner_reads(tmp_path):
    places = home(tmp_path / "new")
    old = os.umask(0)
    try:
        write_settings(places, {"watch.recursive": False})
    finally:
        os.umask(old)
    assert stat.S_IMODE(places.settings_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(places.config.stat().st_mode) == 0o700
    assert [file.name for file in places.config.iterdir()] == ["settings.toml"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "dotfiles").mkdir()
    places = home(tmp_path / "home")
    places.config.mkdir()
    real = tmp_path / "dotfiles" / "passport.toml"
    real.write_text("port = 5000\n")
    places.settings_file.symlink_to(real)
    write_settings(places, {"port": 6000})
    assert places.settings_file.is_symlink()
    assert Settings.load(real).port == 6000


@pytest.mark.parametrize("changes", [{"port": "x"}, {"notify": "loud"}, {"port.x": 1}, {"watch": 3}])
def test_a_wrong_value_is_never_written(tmp_path, changes):
    places = home(tmp_path)
    places.settings_file.write_text("port = 5000\n")
    with pytest.raises(SettingsError):
        write_settings(places, changes)
    assert places.settings_file.read_text() == "port = 5000\n"
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="cannot be written"):
        write_settings(home(tmp_path), {"port": 5000})
