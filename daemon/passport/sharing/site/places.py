"""From what the owner wrote to where the site goes: a folder, a git repository, a WebDAV folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from passport.errors import SharingError
from passport.fetching.addresses import is_near
from passport.fetching.uploading import Uploader, UploadError
from passport.sharing.site.addresses import is_address, is_remote, parts_of
from passport.sharing.site.git import GitRepository
from passport.sharing.site.plan import Plan
from passport.sharing.site.targets import Folder, Target
from passport.sharing.site.webdav import WebDav

GIT_HOSTS = frozenset({"github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht"})
_DAV = re.compile(r"(?:webdav\+|dav\+)?(https?)://(.*)|(dav|davs)://(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """How the owner signs in at a target."""

    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class InThread:
    """A target that waits for the disk or for git, made one that the loop can wait for."""

    target: Folder | GitRepository

    async def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would do."""
        return await asyncio.to_thread(self.target.plan, files)

    async def publish(self, files: Mapping[str, bytes], plan: Plan) -> None:
        """Do it."""
        await asyncio.to_thread(self.target.publish, files, plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Knows how to get to each kind of target."""

    clones: Path
    """Git clones of our own."""
    connect: Callable[[], Uploader]
    branch: Callable[[], str] = lambda: "gh-pages"

    async def find(self, target: str, key: Key) -> Target:
        """Return the target. Raise SharingError where it is none."""
        if is_address(target) and "@" in parts_of(target).netloc and not target.startswith("ssh://"):
            raise SharingError("A password does not belong in an address.", remedy="Give name and password apart.")
        if await self._is_webdav(target):
            refuse_open_password(folder_address(target), key)
            return WebDav(address=folder_address(target), connect=self.connect, user=key.user, password=key.password)
        if is_remote(target):
            name = "".join(c if c.isalnum() else "-" for c in target)[-80:]
            clone = self.clones / name
            return InThread(GitRepository(target, clone, self.branch(), user=key.user, password=key.password))
        return InThread(local_folder(target))

    async def _is_webdav(self, target: str) -> bool:
        """Whether an address is a WebDAV folder: by its first word, else by what its server says (RFC 4918, 10.1)."""
        if target.startswith(("webdav+", "dav+", "dav://", "davs://")):
            return True
        if not target.startswith(("https://", "http://")) or target.endswith(".git"):
            return False
        if parts_of(target).hostname in GIT_HOSTS:
            return False
        try:
            async with self.connect() as ask:
                answer = await ask("OPTIONS", folder_address(target), {})
        except UploadError as error:
            raise SharingError(f"The server cannot be reached: {error}", remedy="Try again later.") from error
        return "dav" in answer.headers or answer.status == 401 or "/remote.php/" in target


def refuse_open_password(address: str, key: Key) -> None:
    """Raise SharingError where a password would cross the internet for everybody to read."""
    name = (parts_of(address).hostname or "").rstrip(".")
    near = (
        is_near(name) or "." not in name or name.endswith((".localhost", ".local", ".lan", ".internal", ".home.arpa"))
    )
    if key.password and address.startswith("http://") and not near:
        raise SharingError("A password is sent over https alone.", remedy="Write the address with https.")


def local_folder(target: str) -> Folder:
    """Return a folder on this computer. Raise SharingError for what is none."""
    folder = Path(target).expanduser()
    if not folder.is_absolute():
        raise SharingError(
            f"{target!r} is neither a folder nor the address of a server.", remedy="Give the folder's whole path."
        )
    return Folder(folder)


def folder_address(target: str) -> str:
    """Return the address of a WebDAV folder with a slash at its end."""
    match = _DAV.fullmatch(target)
    if match is None:
        raise SharingError(f"{target!r} is not the address of a WebDAV folder.")
    scheme = match[1] or ("https" if match[3] == "davs" else "http")
    address = f"{scheme}://{match[2] if match[1] else match[4]}"
    if not parts_of(address).hostname or parts_of(address).query or parts_of(address).fragment:
        raise SharingError(f"{target!r} is not the address of a WebDAV folder.")
    return address if address.endswith("/") else address + "/"
