"""Where the outbox is kept: one small JSON file for each post, its picture beside it.

Every change is durable on return.

`<id>.json` (version 1: see `model.Item`) and `<id>.picture`. A file that cannot be read, or of a later version, is left
as it is and named; the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import SharingError
from passport.sharing.outbox.model import VERSION, Item, moment
from passport.vault.disk import explain

NAME = re.compile(r"[0-9a-f]{16}")


class OutboxStore:
    """All posts of this computer. Not for two programs at once: the vault's lock is held by whoever has one."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk()
        self._items: dict[str, Item] | None = None
        self._unreadable: tuple[str, ...] = ()

    def all(self) -> Sequence[Item]:
        """Return them, the newest first."""
        return sorted(self._known().values(), key=lambda item: (item.created_at, item.id), reverse=True)

    def find(self, item_id: str) -> Item | None:
        """Return one."""
        return self._known().get(item_id)

    @property
    def unreadable(self) -> Sequence[str]:
        """Names of files that cannot be read."""
        self._known()
        return self._unreadable

    def keep(self, item: Item, picture: bytes | None = None) -> Item:
        """Add a post or change it. Raise SharingError; then the old one stands."""
        known = self._known()
        try:
            make_folders(self._disk, self._folder)
            if picture is not None:  # first: a post never names a picture that is not there
                write_whole(self._disk, self._picture(item.id), picture, aside=self._folder / f"{item.id}.new")
            content = msgspec.json.format(msgspec.json.encode(item))
            write_whole(self._disk, self._file(item.id), content, aside=self._folder / f"{item.id}.new")
        except OSError as error:
            raise SharingError(str(explain(error, self._folder))) from error
        known[item.id] = item
        return item

    def remove(self, item_id: str) -> None:
        """Forget a post: for good, so that a power cut does not bring back what would then be sent."""
        try:
            self._disk.unlink(self._file(item_id))
            self._disk.unlink(self._picture(item_id))
            if self._folder.is_dir():
                self._disk.sync_folder(self._folder)
        except OSError as error:
            raise SharingError(str(explain(error, self._folder))) from error
        self._known().pop(item_id, None)

    def picture(self, item: Item) -> bytes:
        """Return a post's picture. Raise SharingError when it is gone."""
        try:
            return self._picture(item.id).read_bytes()
        except OSError as error:
            raise SharingError("The picture of this post is gone.", remedy="Write the post again.") from error

    def drop_picture(self, item: Item) -> None:
        """Free the picture's space: the post is out."""
        self._disk.unlink(self._picture(item.id))

    def _file(self, item_id: str) -> Path:
        return self._folder / f"{item_id}.json"

    def _picture(self, item_id: str) -> Path:
        return self._folder / f"{item_id}.picture"

    def _known(self) -> dict[str, Item]:
        if self._items is None:
            files = sorted(path for path in self._folder.glob("*.json") if NAME.fullmatch(path.stem))
            read = {path: _read(path) for path in files}
            self._items = {item.id: item for item in read.values() if item is not None}
            self._unreadable = tuple(path.name for path, item in read.items() if item is None)
        return self._items


def _read(path: Path) -> Item | None:
    try:
        item = msgspec.json.decode(path.read_bytes(), type=Item)
        moment(item.due_at), moment(item.next_try)
    except (msgspec.MsgspecError, OSError, RecursionError, ValueError):
        return None
    return item if item.version == VERSION and item.id == path.stem else None
