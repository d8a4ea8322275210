"""Where the site goes: a folder or a git repository here, a WebDAV server in `webdav`.

Each compares with what it published before and sends only what differs. Pictures and pages of badges come before the
first page, removals come last, so that the old site stays whole until the new one is.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import which

from passport.errors import SharingError

MANIFEST = ".badge-passport.json"
MANIFEST_VERSION = 1
GIT_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What publishing would do."""

    write: tuple[str, ...]
    """Paths that are new or differ, in the order in which they go."""
    remove: tuple[str, ...]
    """Paths that we published before and are no longer part of it."""
    same: int

    def to_json(self) -> dict[str, object]:
        """Return it as `publish --json` shows it."""
        return {"written": list(self.write), "removed": list(self.remove), "unchanged": self.same}


def manifest_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file by its path."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def plan_between(before: Mapping[str, str], files: Mapping[str, bytes]) -> Plan:
    """Compare with what was published before."""
    after = manifest_of(files)
    write = sorted((path for path in after if before.get(path) != after[path]), key=order)
    remove = sorted(path for path in before if path not in after and is_inside(path))
    return Plan(write=tuple(write), remove=tuple(remove), same=len(after) - len(write))


def order(path: str) -> tuple[int, str]:
    """What others point to goes first, the first page last."""
    rank = 0 if path.startswith("assets/") else 2 if path.endswith("index.html") else 1
    return (3 if path in {"index.html", "feed.xml", "sitemap.xml"} else rank, path)


def is_inside(path: str) -> bool:
    """Whether a path of a manifest stays inside the site: manifests lie where others may write."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\\" not in path and "\0" not in path


def read_manifest(text: str | bytes | None) -> dict[str, str]:
    """Return what was published before; nothing when there is no manifest or it cannot be read."""
    try:
        content = json.loads(text or "{}")
        files = content.get("files", {})
        return {str(path): str(digest) for path, digest in files.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def write_manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest."""
    content = {"version": MANIFEST_VERSION, "files": manifest_of(files)}
    return (json.dumps(content, indent=0, sort_keys=True) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this computer."""

    root: Path

    def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would do. Raise SharingError where the folder belongs to something else."""
        manifest = self.root / MANIFEST
        before = read_manifest(manifest.read_bytes() if manifest.is_file() else None)
        if not before and self.root.is_dir() and any(self.root.iterdir()):
            raise SharingError(
                f"{self.root} holds files that Badge Passport did not put there.", remedy="Choose an empty folder."
            )
        return plan_between(before, files)

    def publish(self, files: Mapping[str, bytes]) -> Plan:
        """Write what differs, then remove what is no longer public. Raise SharingError; the old site is then whole."""
        plan = self.plan(files)
        try:
            fresh = [self._stage(path, files[path]) for path in plan.write]
            for staged, target in fresh:
                staged.replace(target)
            for path in plan.remove:
                self._remove(path)
            staged, target = self._stage(MANIFEST, write_manifest(files))
            staged.replace(target)
        except OSError as error:
            raise SharingError(
                f"{self.root} cannot be written: {error.strerror}.", remedy="Make room or choose another."
            ) from error
        return plan

    def _stage(self, path: str, content: bytes) -> tuple[Path, Path]:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = target.with_name(f".{target.name}.new")
        with staged.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        return staged, target

    def _remove(self, path: str) -> None:
        target = self.root / path
        target.unlink(missing_ok=True)
        folder = target.parent
        while folder != self.root and self.root in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A branch of a git repository (GitHub or GitLab Pages, one's own server); needs `git` and its credentials."""

    remote: str
    work: Path
    """A clone of our own, kept between publications."""
    branch: str = "gh-pages"
    author: str = "Badge Passport <badge-passport@localhost>"

    def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would push. Raise SharingError."""
        self._update()
        return Folder(self.work / "site").plan(files) if self._is_empty() else plan_between(self._before(), files)

    def publish(self, files: Mapping[str, bytes]) -> Plan:
        """Commit and push; the remote changes at once or not at all. Raise SharingError."""
        plan = self.plan(files)
        for path in plan.write:
            target = self.work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path])
        for path in plan.remove:
            (self.work / path).unlink(missing_ok=True)
        (self.work / MANIFEST).write_bytes(write_manifest(files))
        self._git("add", "--all", "--force", ".")
        if self._git("status", "--porcelain"):
            self._git(
                "-c",
                f"user.name={self._name}",
                "-c",
                f"user.email={self._mail}",
                "commit",
                "-m",
                "Publish the passport",
            )
        self._git("push", "origin", f"HEAD:refs/heads/{self.branch}")
        return plan

    @property
    def _name(self) -> str:
        return self.author.partition(" <")[0]

    @property
    def _mail(self) -> str:
        return self.author.partition("<")[2].rstrip(">")

    def _before(self) -> dict[str, str]:
        manifest = self.work / MANIFEST
        return read_manifest(manifest.read_bytes() if manifest.is_file() else None)

    def _is_empty(self) -> bool:
        return not [file for file in self.work.iterdir() if file.name != ".git"]

    def _update(self) -> None:
        """Bring our clone to where the remote stands: somebody may have pushed since."""
        if self.remote.startswith("-") or "\n" in self.remote or self.remote.startswith("ext::"):
            raise SharingError(f"{self.remote!r} is not the address of a git repository.")
        if not (self.work / ".git").is_dir():
            self.work.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--initial-branch", self.branch)
            self._git("remote", "add", "origin", self.remote)
        self._git("remote", "set-url", "origin", self.remote)
        known = self._git("ls-remote", "--heads", "origin", self.branch)
        if known:
            self._git("fetch", "--quiet", "--depth", "1", "origin", f"refs/heads/{self.branch}")
            self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
            self._git("clean", "-fdxq")

    def _git(self, *arguments: str) -> str:
        command = which("git")
        if command is None:
            raise SharingError("git is not installed.", remedy="Install it, or publish to a folder.")
        line: Sequence[str] = [command, "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", *arguments]
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 (no shell; the address cannot begin with a dash)
                line, cwd=self.work, env=environment, capture_output=True, text=True, timeout=GIT_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SharingError("The git server does not answer.", remedy="Try again later.") from error
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            raise SharingError(
                f"git {arguments[0]} failed: {lines[-1]}", remedy="Check the address and your rights there."
            )
        return done.stdout.strip()
