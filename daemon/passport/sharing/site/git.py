"""A branch of a git repository (GitHub or GitLab Pages, one's own server); needs `git` and a way to sign in there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from passport.errors import SharingError
from passport.sharing.site.plan import MANIFEST, Plan, manifest_of, plan_between, read_manifest, write_manifest

TIMEOUT_S = 120
TRIES = 3
"""Somebody may push at the same moment; then we begin again from where the branch stands."""
_MOVED_ON = (
    "rejected",
    "fetch first",
    "non-fast-forward",
    "failed to update ref",
    "cannot lock ref",
    "remote rejected",
)
_BY_PIPE = '!f() { test "$1" = get && cat /dev/fd/%d; }; f'
"""The password reaches git by a pipe: what stands in a command line or an environment can be seen from outside."""
_BY_ENVIRONMENT = '!f() { echo "username=$BADGE_PASSPORT_GIT_USER"; echo "password=$BADGE_PASSPORT_GIT_PASSWORD"; }; f'
"""On Windows, where a process cannot be handed a pipe beside the three usual ones."""


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A branch of a repository."""

    remote: str
    work: Path
    """A clone of our own, kept between publications."""
    branch: str = "gh-pages"
    author: str = "Badge Passport <badge-passport@localhost>"
    user: str = ""
    password: str = ""
    timeout_s: float = TIMEOUT_S
    """Of one call of git."""

    def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would push. Raise SharingError."""
        self._update()
        return self._plan(files)

    def publish(self, files: Mapping[str, bytes], plan: Plan | None = None) -> Plan:
        """Commit and push; the remote changes at once or not at all. Raise SharingError."""
        del plan  # the branch may have moved on since
        for left in range(TRIES - 1, -1, -1):
            self._update()
            found = self._plan(files)
            self._write(files, found)
            if not self._git("status", "--porcelain"):
                return found
            self._commit()
            try:
                self._git("push", "origin", f"HEAD:refs/heads/{self.branch}")
            except SharingError as error:
                if not left or not any(word in error.problem for word in _MOVED_ON):
                    raise
            else:
                return found
        raise AssertionError("unreachable")

    def _plan(self, files: Mapping[str, bytes]) -> Plan:
        manifest = self.work / MANIFEST
        before = read_manifest(manifest.read_bytes()) if manifest.is_file() else {}
        if not before and any((self.work / path).exists() for path in files):
            raise SharingError(
                f"The branch {self.branch} holds pages that Badge Passport did not put there.",
                remedy="Set another [publish] branch, or an empty repository.",
            )
        return plan_between(before, files)

    def _write(self, files: Mapping[str, bytes], plan: Plan) -> None:
        try:
            for path in plan.write:
                target = self.work / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files[path])
            for path in plan.remove:
                (self.work / path).unlink(missing_ok=True)
            (self.work / MANIFEST).write_bytes(write_manifest(manifest_of(files)))
        except OSError as error:
            raise SharingError(f"{self.work} cannot be written: {error.strerror}.", remedy="Make room.") from error
        self._git("add", "--all", "--force", ".")

    def _commit(self) -> None:
        name, _, mail = self.author.partition(" <")
        who = ("-c", f"user.name={name}", "-c", f"user.email={mail.rstrip('>')}", "-c", "commit.gpgsign=false")
        self._git(*who, "commit", "--quiet", "-m", "Publish the passport")

    def _update(self) -> None:
        """Bring our clone to where the remote stands: somebody may have pushed since."""
        if self.remote.startswith("-") or "\n" in self.remote or self.remote.startswith("ext::"):
            raise SharingError(f"{self.remote!r} is not the address of a git repository.")
        if not (self.work / ".git").is_dir():
            self.work.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--initial-branch", self.branch)
            self._git("remote", "add", "origin", self.remote)
        for lock in (self.work / ".git").glob("*.lock"):
            lock.unlink(missing_ok=True)  # of a git that was interrupted; nobody else works in this clone
        self._git("remote", "set-url", "origin", self.remote)
        if self._git("ls-remote", "--heads", "origin", f"refs/heads/{self.branch}"):
            self._git("fetch", "--quiet", "--depth", "1", "origin", f"refs/heads/{self.branch}")
            self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
            self._git("clean", "-fdxq")
            self._refuse_links()
        else:
            self._begin_anew()

    def _refuse_links(self) -> None:
        """Refuse a branch with symbolic links: whoever may push could lead what we write and remove to other files."""
        entries = self._git("ls-files", "--stage", "-z").split("\0")
        link = next((entry.partition("\t")[2] for entry in entries if entry.startswith("120000 ")), None)
        if link is not None:
            raise SharingError(
                f"The branch {self.branch} holds a symbolic link ({link[:200]}).",
                remedy="Remove it there, or set another [publish] branch.",
            )

    def _begin_anew(self) -> None:
        """The branch is not there (any more): what our clone had is no history of it."""
        self._git("symbolic-ref", "HEAD", f"refs/heads/{self.branch}")
        self._git("update-ref", "-d", "HEAD")
        self._git("rm", "-r", "-f", "-q", "--cached", "--ignore-unmatch", ".")
        self._git("clean", "-fdxq")

    def _git(self, *arguments: str) -> str:
        command = which("git")
        if command is None:
            raise SharingError("git is not installed.", remedy="Install it, or publish to a folder.")
        settings = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "gc.auto=0"]
        settings += ["-c", "core.symlinks=false"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BADGE_PASSPORT_")}
        environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
        try:
            with self._password() as (helping, told, pipes):
                done = subprocess.run(  # noqa: S603 (no shell; the address cannot begin with a dash)
                    [command, *settings, *helping, *arguments],
                    cwd=self.work, env=environment | told, capture_output=True, text=True, timeout=self.timeout_s,
                    check=False, pass_fds=pipes,
                )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise SharingError("The git server does not answer.", remedy="Try again later.") from error
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [""]
            telling = next((one for one in lines if any(word in one for word in _MOVED_ON)), lines[-1])
            verb = next(one for one in arguments if not one.startswith("-") and "=" not in one)
            raise SharingError(
                f"git {verb} failed: {telling.strip() or 'no reason given'}",
                remedy="Check the address and your rights there.",
            )
        return done.stdout.strip()

    @contextmanager
    def _password(self) -> Iterator[tuple[list[str], dict[str, str], tuple[int, ...]]]:
        """Give git's settings, environment and pipes by which it learns name and password."""
        if not self.password:
            yield [], {}, ()
            return
        helping = ["-c", "credential.helper=", "-c"]
        if os.name == "nt":
            told = {"BADGE_PASSPORT_GIT_USER": self.user, "BADGE_PASSPORT_GIT_PASSWORD": self.password}
            yield [*helping, f"credential.helper={_BY_ENVIRONMENT}"], told, ()
            return
        reading, writing = os.pipe()
        try:
            with os.fdopen(writing, "wb") as stream:  # far less than a pipe holds, so nobody waits
                stream.write(f"username={self.user}\npassword={self.password}\n".encode())
            yield [*helping, f"credential.helper={_BY_PIPE % reading}"], {}, (reading,)
        finally:
            os.close(reading)
