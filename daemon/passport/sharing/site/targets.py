"""A folder on this computer as the place where the site goes; a git repository in `git`, a WebDAV server in `webdav`.

Each target compares with what it published before and sends only what differs. New files wait in a folder beside the
site until all of them are there; pictures and pages of badges are put in place before the first page, removals come
last: the old site stays whole until the new one is.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from passport.disk import Disk
from passport.errors import SharingError
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

MOST_SINGLY = 64
"""So many files are written to the disk one by one; more of them at once with everything else."""
PUBLIC_MODE = 0o644
"""A web server, which is another user, reads them."""
PUBLIC_FOLDER_MODE = 0o755
"""It goes into them, too; everything else the daemon writes for its owner alone (umask 077)."""


class Target(Protocol):
    """Where a site goes. Both raise SharingError; the old site is then whole."""

    async def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would do."""

    async def publish(self, files: Mapping[str, bytes], plan: Plan) -> None:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this computer."""

    root: Path
    disk: Disk = field(default_factory=Disk)

    def plan(self, files: Mapping[str, bytes]) -> Plan:
        """Return what `publish` would do. Raise SharingError where the folder belongs to something else."""
        before = self._before()
        try:
            foreign = not before and self.root.exists() and any(one.name != STAGE for one in self.root.iterdir())
        except OSError as error:
            raise self._refused(error) from error
        if foreign:
            raise SharingError(
                f"{self.root} holds files that Badge Passport did not put there.", remedy="Choose an empty folder."
            )
        return plan_between(before, files)

    def publish(self, files: Mapping[str, bytes], plan: Plan | None = None) -> Plan:
        """Write what differs, then remove what is no longer public. Raise SharingError; the old site is then whole."""
        plan = plan or self.plan(files)
        try:
            self._change(files, plan)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            shutil.rmtree(self.root / STAGE, ignore_errors=True)
        return plan

    def _change(self, files: Mapping[str, bytes], plan: Plan) -> None:
        before, names = self._before(), {path: f"{number}" for number, path in enumerate(plan.write)}
        if not plan.write and not plan.remove and manifest_of(files) == before:
            return
        self._refuse_links([*plan.write, *plan.remove])
        shutil.rmtree(self.root / STAGE, ignore_errors=True)
        self._make_public(self.root)
        (self.root / STAGE).mkdir()
        one_by_one = len(names) <= MOST_SINGLY
        for path, name in names.items():
            self._write(self.root / STAGE / name, files[path], sync=one_by_one)
        if not one_by_one:
            self.disk.sync_all()
        for folder in {(self.root / path).parent: None for path in plan.write}:
            self._make_public(folder)
        self._put(MANIFEST, under_way(before, plan))
        for path, name in names.items():
            self.disk.rename(self.root / STAGE / name, self.root / path)
        for path in plan.remove:
            self.disk.unlink(self.root / path)
        self._sync_names([*plan.write, *plan.remove])
        for path in plan.remove:
            self._remove_empty((self.root / path).parent)
        self._put(MANIFEST, write_manifest(manifest_of(files)))

    def _make_public(self, folder: Path) -> None:
        made = list(takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
        folder.mkdir(parents=True, exist_ok=True)
        for one in made:
            one.chmod(PUBLIC_FOLDER_MODE)

    def _refuse_links(self, paths: Iterable[str]) -> None:
        """Refuse folders of the site that are links: what we write and remove would be somewhere else."""
        link = next((folder for folder in self._folders(paths) if folder.is_symlink()), None)
        if link is not None:
            raise SharingError(f"{link} is a link to another folder.", remedy="Remove it; the site makes its own.")

    def _folders(self, paths: Iterable[str]) -> list[Path]:
        """Return the folders of files below the site's own, those above first."""
        return [self.root / folder for folder in folders_of(paths)]

    def _before(self) -> dict[str, str]:
        try:
            return read_manifest((self.root / MANIFEST).read_bytes())
        except OSError:
            return {}

    def _put(self, path: str, content: bytes) -> None:
        """Put a file in place, durably: what comes after may rely on it, whenever the power fails."""
        staged = self.root / STAGE / "manifest"
        self.disk.unlink(staged)
        self._write(staged, content, sync=True)
        self.disk.rename(staged, self.root / path)
        self.disk.sync_folder(self.root)

    def _write(self, file: Path, content: bytes, *, sync: bool) -> None:
        descriptor = self.disk.open_new(file)
        try:
            self.disk.write(descriptor, content)
            if sync:
                self.disk.sync(descriptor)
        finally:
            self.disk.close(descriptor)
        file.chmod(PUBLIC_MODE)

    def _sync_names(self, paths: Collection[str]) -> None:
        """Bring the names to the disk before the manifest says that they are there, or gone."""
        folders = self._folders(paths)
        if len(folders) > MOST_SINGLY:
            self.disk.sync_all()
            return
        for folder in (one for one in (self.root, *folders) if one.is_dir()):
            self.disk.sync_folder(folder)

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.root and self.root in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _refused(self, error: OSError) -> SharingError:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        remedy = "Make room there." if full else "Choose another folder, or make this one writable."
        return SharingError(f"{self.root} cannot be written: {error.strerror or error}.", remedy=remedy)
