"""Publishing to a folder and to a git repository: only what differs, and never a half site."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from passport.errors import SharingError
from passport.sharing.site.git import GitRepository
from passport.sharing.site.plan import MANIFEST, order, plan_between, read_manifest
from passport.sharing.site.targets import Folder

FIRST = {"index.html": b"one", "badges/a/index.html": b"a", "badges/a/card.png": b"p", "assets/site.css": b"c"}
SECOND = {"index.html": b"two", "badges/b/index.html": b"b", "assets/site.css": b"c"}


def content(root: Path) -> dict[str, bytes]:
    files = [file for file in root.rglob("*") if file.is_file() and ".git" not in file.parts]
    return {str(file.relative_to(root)): file.read_bytes() for file in files if file.name != MANIFEST}


def test_a_folder_gets_what_differs_and_loses_what_is_no_longer_public(tmp_path: Path) -> None:
    target = Folder(tmp_path / "site")
    assert target.publish(FIRST).write == ("assets/site.css", "badges/a/card.png", "badges/a/index.html", "index.html")
    plan = target.publish(SECOND)
    assert plan.write == ("badges/b/index.html", "index.html")
    assert plan.remove == ("badges/a/card.png", "badges/a/index.html")
    assert content(tmp_path / "site") == SECOND
    assert not (tmp_path / "site" / "badges" / "a").exists()
    assert target.publish(SECOND).write == ()


def test_planning_changes_nothing(tmp_path: Path) -> None:
    target = Folder(tmp_path / "site")
    target.publish(FIRST)
    target.plan(SECOND)
    assert content(tmp_path / "site") == FIRST


def test_a_folder_with_foreign_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SharingError, match="did not put there"):
        Folder(tmp_path).publish(FIRST)
    assert content(tmp_path) == {"thesis.txt": b"years of work"}


def test_what_others_put_beside_it_later_is_left_alone(tmp_path: Path) -> None:
    target = Folder(tmp_path / "site")
    target.publish(FIRST)
    (tmp_path / "site" / "CNAME").write_text("ann.example")
    target.publish(SECOND)
    assert (tmp_path / "site" / "CNAME").exists()


def test_the_old_site_stays_whole_when_writing_fails(tmp_path: Path) -> None:
    target = Folder(tmp_path / "site")
    target.publish(FIRST)
    (tmp_path / "site" / "badges" / "b").write_text("a file where a folder should be")
    with pytest.raises(SharingError, match="cannot be written"):
        target.publish(SECOND)
    assert FIRST.items() <= content(tmp_path / "site").items()


@pytest.mark.parametrize("path", ["../../outside", "/etc/passwd", "a/../../b", "a\\..\\b", ".git/config", "a/.GIT/x"])
def test_a_forged_manifest_cannot_remove_what_is_outside(path: str) -> None:
    assert plan_between({path: "x"}, {}).remove == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"files": 7}', "[" * 100_000])
def test_a_manifest_that_cannot_be_read_is_none(text: str) -> None:
    assert read_manifest(text) == {}


def test_the_first_page_goes_last() -> None:
    assert max(FIRST, key=order) == "index.html"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote.git")], check=True)
    return tmp_path / "remote.git"


def checkout(remote: Path, folder: Path) -> dict[str, bytes]:
    line = ["git", "clone", "--quiet", "--branch", "gh-pages", str(remote), str(folder)]
    subprocess.run(line, check=True, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"})
    return content(folder)


def test_a_git_repository_gets_the_site(remote: Path, tmp_path: Path) -> None:
    target = GitRepository(str(remote), tmp_path / "work")
    target.publish(FIRST)
    assert checkout(remote, tmp_path / "one") == FIRST
    assert target.publish(SECOND).remove == ("badges/a/card.png", "badges/a/index.html")
    assert checkout(remote, tmp_path / "two") == SECOND
    assert target.publish(SECOND).write == ()


def test_a_remote_that_moved_on_is_no_obstacle(remote: Path, tmp_path: Path) -> None:
    GitRepository(str(remote), tmp_path / "work").publish(FIRST)
    GitRepository(str(remote), tmp_path / "other").publish(SECOND)
    GitRepository(str(remote), tmp_path / "work").publish(FIRST)
    assert checkout(remote, tmp_path / "one") == FIRST


@pytest.mark.parametrize("address", ["--upload-pack=touch /tmp/x", "ext::sh -c 'touch x'", "/nowhere/at/all.git"])
def test_what_is_no_repository_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SharingError):
        GitRepository(address, tmp_path / "work").publish(FIRST)


def test_a_branch_with_foreign_pages_is_refused(remote: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "--quiet", str(remote), str(other)], check=True)
    (other / "index.html").write_text("years of work")
    who = ["-c", "user.name=x", "-c", "user.email=x@x.example"]
    for line in (["checkout", "-qb", "gh-pages"], ["add", "."], [*who, "commit", "-qm", "x"], ["push", "-q", "origin", "gh-pages"]):  # fmt: skip # noqa: E501 (one list)
        subprocess.run(["git", *line], cwd=other, check=True)
    with pytest.raises(SharingError, match="did not put there"):
        GitRepository(str(remote), tmp_path / "work").publish(FIRST)
    assert checkout(remote, tmp_path / "one") == {"index.html": b"years of work"}


def test_a_remote_that_refuses_keeps_the_old_site(remote: Path, tmp_path: Path) -> None:
    target = GitRepository(str(remote), tmp_path / "work")
    target.publish(FIRST)
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho quota exceeded >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SharingError, match="git push failed"):
        target.publish(SECOND)
    assert checkout(remote, tmp_path / "one") == FIRST
    hook.unlink()
    (tmp_path / "work" / ".git" / "index.lock").write_text("left behind by a git that was killed")
    target.publish(SECOND)
    assert checkout(remote, tmp_path / "two") == SECOND


def test_what_an_interruption_left_behind_is_removed(tmp_path: Path) -> None:
    from passport.sharing.site.plan import STAGE, under_way

    target = Folder(tmp_path / "site")
    target.publish(FIRST)
    plan = target.plan({**SECOND, "badges/secret/index.html": b"not public any more"})
    (tmp_path / "site" / MANIFEST).write_bytes(
        under_way(read_manifest((tmp_path / "site" / MANIFEST).read_bytes()), plan)
    )
    (tmp_path / "site" / "badges" / "secret").mkdir()
    (tmp_path / "site" / "badges" / "secret" / "index.html").write_bytes(b"not public any more")
    (tmp_path / "site" / STAGE).mkdir()
    target.publish(SECOND)
    assert content(tmp_path / "site") == SECOND
    assert not (tmp_path / "site" / STAGE).exists()


def pushed_link(remote: Path, work: Path, name: str, to: Path) -> None:
    """Put a symbolic link into the branch, as anybody may who can push there."""
    line = ["git", "clone", "--quiet", "--branch", "gh-pages", str(remote), str(work)]
    subprocess.run(line, check=True)
    (work / name).unlink(missing_ok=True)
    (work / name).symlink_to(to)
    for command in (
        ["add", "--all"],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"],
        ["push", "-q"],
    ):
        subprocess.run(["git", *command], cwd=work, check=True)


@pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")
@pytest.mark.parametrize("name", ["index.html", "badges-of-all", MANIFEST])
def test_links_in_the_branch_lead_nowhere(remote: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private").write_text("mine")
    target = GitRepository(str(remote), tmp_path / "work")
    target.publish(FIRST)
    pushed_link(remote, tmp_path / "theirs", name, outside / "private" if name != "badges-of-all" else outside)
    for change in (target.plan, target.publish):
        with pytest.raises(SharingError, match="symbolic link"):
            change(SECOND)
    assert content(outside) == {"private": b"mine"}


@pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")
def test_links_in_the_folder_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private").write_text("mine")
    root = tmp_path / "site"
    Folder(root).publish(FIRST)
    manifest = json.loads((root / MANIFEST).read_text())
    manifest["files"]["more/private"] = "x"
    (root / MANIFEST).write_text(json.dumps(manifest))
    (root / "more").symlink_to(outside)
    with pytest.raises(SharingError, match="is a link"):
        Folder(root).publish(SECOND)
    assert content(outside) == {"private": b"mine"}
