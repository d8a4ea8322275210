"""A folder on a WebDAV server, such as Nextcloud (RFC 4918).

Files are PUT into a folder beside the site, and when all are there, each is MOVEd into its place.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from passport.errors import SharingError
from passport.fetching.uploading import MANNER, Answer, Uploader, UploadError
from passport.sharing.site.plan import (
    MANIFEST,
    STAGE,
    Plan,
    folders_of,
    manifest_of,
    plan_between,
    read_manifest,
    under_way,
    write_manifest,
)

DONE = frozenset({200, 201, 204})
MADE_OR_THERE = DONE | {405}
"""MKCOL on what is there already (RFC 4918, 9.3.1)."""
AGAIN = frozenset({408, 423, 425, 429, 500, 502, 503, 504})
"""Also where the server gave up waiting while we were slow (RFC 9110, 15.5.9)."""
TRIES = 4
LONGEST_PAUSE_S = 30.0
_PROPFIND = b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDav:
    """A folder on a WebDAV server."""

    address: str
    """Of the folder, with a slash at its end."""
    connect: Callable[[], Uploader]
    user: str = ""
    password: str = ""
    pause_s: float = 0.5
    """Before a request is tried again; then twice as long, and so on."""

    async def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would do. Raise SharingError."""
        async with self.connect() as ask:
            return plan_between(await self._before(ask), files)

    async def publish(self, files: Mapping[str, bytes], plan: Plan) -> None:
        """Send what differs, then remove what is no longer public. Raise SharingError; the old site is then whole."""
        async with self.connect() as ask:
            before = await self._before(ask)
            if not plan.write and not plan.remove and manifest_of(files) == before:
                return
            await self._make_root(ask)
            await self._tell(ask, "DELETE", STAGE + "/", good=DONE | {404})
            try:
                await self._change(ask, files, plan, before)
            finally:
                await self._clean_up(ask)

    async def _change(self, ask: Uploader, files: Mapping[str, bytes], plan: Plan, before: Mapping[str, str]) -> None:
        await self._tell(ask, "MKCOL", STAGE + "/", good=MADE_OR_THERE)
        names = {path: f"{STAGE}/{number}" for number, path in enumerate(plan.write)}
        await several(names.items(), lambda pair: self._tell(ask, "PUT", pair[1], body=files[pair[0]]))
        for folder in folders_of(plan.write):
            await self._tell(ask, "MKCOL", f"{folder}/", good=MADE_OR_THERE)
        await self._put_manifest(ask, under_way(before, plan))
        for path in plan.write:
            await self._move(ask, names[path], path)
        await several(plan.remove, lambda path: self._tell(ask, "DELETE", path, good=DONE | {404}))
        for folder in emptied(plan.remove, manifest_of(files)):
            await self._tell(ask, "DELETE", f"{folder}/", good=DONE | {404, 403, 409})
        await self._put_manifest(ask, write_manifest(manifest_of(files)))

    async def _clean_up(self, ask: Uploader) -> None:
        try:
            await self._once(ask, "DELETE", STAGE + "/")
        except UploadError:
            return  # the next publication begins with it

    async def _put_manifest(self, ask: Uploader, content: bytes) -> None:
        await self._tell(ask, "PUT", f"{STAGE}/manifest", body=content)
        await self._move(ask, f"{STAGE}/manifest", MANIFEST)

    async def _move(self, ask: Uploader, name: str, path: str) -> None:
        headers = {"Destination": self._url(path), "Overwrite": "T"}
        await self._tell(ask, "MOVE", name, headers=headers)

    async def _before(self, ask: Uploader) -> dict[str, str]:
        """Return what was published before. One that cannot be read is not "nothing": it could never be removed."""
        answer = await self._asked(ask, "GET", MANIFEST)
        if answer.status == 200 and (before := read_manifest(answer.body)):
            return before
        if answer.status not in {200, 404, 410}:
            raise self._refused("GET", answer)
        answer = await self._asked(ask, "PROPFIND", "", headers={"Depth": "1"}, body=_PROPFIND)
        if answer.status not in {207, 404}:
            raise self._refused("PROPFIND", answer)
        if answer.status == 207 and self._foreign(answer.body):
            raise SharingError(
                "This folder holds files that Badge Passport did not put there.", remedy="Choose an empty folder."
            )
        return {}

    def _foreign(self, body: bytes) -> bool:
        """Whether a folder without a manifest holds anything but what we left behind (RFC 4918, 9.1)."""
        try:
            found = ET.fromstring(body)  # noqa: S314 (expat of Python 3.11 has limits against expansion; the owner's own server)
            paths = {urlsplit(one.text or "").path.rstrip("/") for one in found.iter("{DAV:}href")}
        except (ET.ParseError, ValueError) as error:
            raise SharingError("The server's answer is no WebDAV.", remedy="Check the address.") from error
        own = urlsplit(self.address).path.rstrip("/")
        return bool({path for path in paths if path != own and not path.endswith(f"/{STAGE}")})

    async def _make_root(self, ask: Uploader) -> None:
        """Make the folder, and those above it that are missing."""
        missing: list[str] = []
        url = self.address
        while len(missing) < 16 and [part for part in urlsplit(url).path.split("/") if part]:
            answer = await self._sent(ask, "MKCOL", url)
            if answer.status in MADE_OR_THERE:
                break
            if answer.status != 409:
                raise self._refused("MKCOL", answer)
            missing.append(url)
            url = url.rstrip("/").rpartition("/")[0] + "/"
        for url in reversed(missing):
            answer = await self._sent(ask, "MKCOL", url)
            if answer.status not in MADE_OR_THERE:
                raise self._refused("MKCOL", answer)

    async def _tell(
        self,
        ask: Uploader,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        good: frozenset[int] = DONE,
    ) -> None:
        answer = await self._asked(ask, method, path, headers=headers, body=body)
        if answer.status not in good:
            raise self._refused(method, answer)

    async def _asked(
        self, ask: Uploader, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        return await self._sent(ask, method, self._url(path), headers=headers, body=body)

    async def _sent(
        self, ask: Uploader, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send, and again where the server is busy or the line broke: every request here may be sent twice."""
        whole = {**self._key(), **(headers or {})}
        for tried in range(TRIES):
            last = tried == TRIES - 1
            try:
                answer = await ask(method, url, whole, body)
            except UploadError as error:
                if last:
                    raise SharingError(f"The server cannot be reached: {error}", remedy="Try again later.") from error
                answer = None
            if answer is not None and (last or answer.status not in AGAIN):
                return self._arrived(answer, method, tried)
            await asyncio.sleep(self._pause(answer, tried))
        raise AssertionError("unreachable")

    @staticmethod
    def _arrived(answer: Answer, method: str, tried: int) -> Answer:
        """A MOVE or DELETE that had arrived before its answer got lost finds nothing the second time."""
        done_before = tried and method in {"MOVE", "DELETE"} and answer.status == 404
        return Answer(204, {}, b"") if done_before else answer

    def _pause(self, answer: Answer | None, tried: int) -> float:
        wished = answer.headers.get("retry-after", "") if answer else ""
        if wished.isascii() and wished.isdecimal():
            return min(float(wished), LONGEST_PAUSE_S)
        return min(self.pause_s * float(2**tried), LONGEST_PAUSE_S)

    async def _once(self, ask: Uploader, method: str, path: str) -> None:
        await ask(method, self._url(path), self._key())

    def _key(self) -> dict[str, str]:
        if not self.password:
            return {}
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _url(self, path: str) -> str:
        return self.address + quote(path)

    def _refused(self, method: str, answer: Answer) -> SharingError:
        status = answer.status
        if status in {401, 403}:
            return SharingError(
                f"The server does not let you in ({status}).", remedy="Check the name and the (app) password."
            )
        if status == 507:
            return SharingError("The server has no room left (507).", remedy="Make room there, or publish less.")
        if status in {301, 302, 307, 308}:
            place = answer.headers.get("location", "elsewhere")
            return SharingError(f"The server says that the folder is at {place[:200]}.", remedy="Use that address.")
        return SharingError(f"The server refuses {method} ({status}).", remedy="Check the address of the folder.")


def emptied(removed: Iterable[str], after: Mapping[str, str]) -> list[str]:
    """Return the folders that hold nothing of ours any more, deepest first."""
    kept = set(folders_of(after))
    return [folder for folder in reversed(folders_of(removed)) if folder not in kept]


async def several(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Do something with each item, a few at once; the first error ends it."""
    waiting = iter(items)

    async def one_after_the_other() -> None:
        for item in waiting:
            await work(item)

    tasks = [asyncio.ensure_future(one_after_the_other()) for _ in range(MANNER.at_once)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
