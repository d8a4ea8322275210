"""Handing over: badges as plain files that need no program, with a page to look at."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from passport.errors import VaultError
from passport.sharing.export_page import Gathered, Shown, names_of, page, rosettes_of
from passport.vault.model import Entry, Progress
from passport.vault.vault import Vault
from passport.verification.documents import Documents
from passport.verification.har import documents_to_har

MOST = 1_000_000
_PICTURES = {b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"<svg": "svg", b"<?xml": "svg"}
_ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "application/json": "json", "application/pdf": "pdf"}
Told = Callable[[Progress], None]


def exported(
    vault: Vault, query: str = "", told: Told = lambda _progress: None, settings: Path | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an export by its path: originals, documents, reports, decisions, and `index.html`.

    Where an original is missing or damaged, `MISSING.txt` says why in its place; the others come all the same. An
    export of everything (without a query) also has `passport.json` (profile, collections, goals) and the settings.
    """
    entries = vault.search(query, limit=MOST, include_trashed=False).entries
    if query.strip():
        yield from exported_entries(vault, entries, told)
        return
    yield from exported_entries(vault, entries, told, whole=True)
    yield "passport.json", _json(passport_of(vault))
    if settings is not None and settings.is_file():
        yield "settings.toml", settings.read_bytes()


def exported_entries(
    vault: Vault, entries: tuple[Entry, ...], told: Told = lambda _progress: None, *, whole: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an export of these badges, in this order; `whole`: with the owner's name and collections."""
    shown: list[Shown] = []
    for done, entry in enumerate(entries):
        told(Progress(done=done, total=len(entries)))
        kept = dict(_files_of(vault, entry))
        picture = _picture_in(kept, entry)
        yield from kept.items()
        shown.append(Shown(entry, f"badges/{folder_name(entry)}", original_name(entry), picture))
    yield from rosettes_of(entries)
    owner = names_of(vault.state("profile"), "") if whole else ""
    yield "index.html", page(shown, owner, _gathered(vault, shown) if whole else ()).encode("utf-8", "replace")
    told(Progress(done=len(entries), total=len(entries)))


def passport_of(vault: Vault) -> dict[str, object]:
    """Return what the owner said that is about no single badge."""
    return {
        "version": 1,
        "profile": vault.state("profile"),
        "collections": [{"id": name.partition(":")[2], **vault.state(name)} for name in vault.subjects("collection:")],
        "goals": [{"id": name.partition(":")[2], **vault.state(name)} for name in vault.subjects("goal:")],
        "issuers": [{"id": name.partition(":")[2], **vault.state(name)} for name in vault.subjects("issuer:")],
    }


def _gathered(vault: Vault, shown: list[Shown]) -> list[Gathered]:
    by_id = {one.entry.id: one for one in shown}
    found = []
    for subject in vault.subjects("collection:"):
        name, state = subject.partition(":")[2], vault.state(subject)
        if state and not state.get("trashed"):
            inside = vault.search(f'collection:"{name}"', sort=f"collection:{name}", limit=MOST).entries
            found.append(Gathered(names_of(state, name), [by_id[e.id] for e in inside if e.id in by_id]))
    return found


def _files_of(vault: Vault, entry: Entry) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one badge; what cannot be read is named instead."""
    folder = f"badges/{folder_name(entry)}"
    for number, kept in enumerate(entry.files):
        name = original_name(entry) if number == 0 else f"version-{number + 1}.{_ENDINGS.get(kept.media_type, 'bin')}"
        try:
            yield f"{folder}/{name}", vault.original(kept.sha256)
        except VaultError as error:
            yield f"{folder}/MISSING.txt", f"{name}: {error}\n".encode()
    try:
        documents = vault.documents(entry.id)
        yield f"{folder}/documents.har", documents_to_har(documents)
        yield from _kept_picture(entry, documents, folder)
        yield f"{folder}/report.json", _json(vault.report(entry.id).to_json())
    except VaultError as error:
        yield f"{folder}/MISSING-report.txt", f"{error}\n".encode()
    yield f"{folder}/badge.json", _json({**entry.to_json(), "said": vault.state(entry.subject)})


def _kept_picture(entry: Entry, documents: Documents, folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield the achievement's picture, where the badge itself is none and it was fetched."""
    found = documents.get(entry.image) if entry.image and not entry.media_type.startswith("image/") else None
    ending = next((e for start, e in _PICTURES.items() if found and found.ok and found.body.startswith(start)), None)
    if found and ending:
        yield f"{folder}/picture.{ending}", found.body


def _picture_in(kept: Mapping[str, bytes], entry: Entry) -> str | None:
    folder = f"badges/{folder_name(entry)}"
    if entry.media_type.startswith("image/"):
        return original_name(entry) if f"{folder}/{original_name(entry)}" in kept else None
    return next((path.rpartition("/")[2] for path in kept if path.startswith(f"{folder}/picture.")), None)


def folder_name(entry: Entry) -> str:
    """Return `YYYY-MM-DD-Name-id`, ASCII alone: it is good on every system."""
    plain = unicodedata.normalize("NFKD", entry.name).encode("ascii", "ignore").decode()
    name = "_".join(re.findall(r"[A-Za-z0-9]+", plain))[:60]
    day = (entry.valid_from or "")[:10] if re.match(r"\d{4}-\d\d-\d\d", entry.valid_from or "") else ""
    return "-".join(part for part in (day, name, entry.id[:6]) if part)


def original_name(entry: Entry) -> str:
    """Return the name of the original: `YYYY-MM-DD-Name.png`."""
    return f"{folder_name(entry).rpartition('-')[0] or 'badge'}.{_ENDINGS.get(entry.media_type, 'bin')}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def export_folder(
    vault: Vault, folder: Path, query: str = "", told: Told = lambda _progress: None, settings: Path | None = None
) -> int:
    """Write an export into a folder that is empty or not there yet; return the number of files. Raise VaultError."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise VaultError(f"{folder} is not empty.", remedy="Choose an empty folder, or a name ending in .zip.")
        count = 0
        for path, content in exported(vault, query, told, settings):
            count += 1
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise VaultError(f"{folder} cannot be written: {error.strerror}.") from error
    return count


def export_zip(
    vault: Vault, file: Path, query: str = "", told: Told = lambda _progress: None, settings: Path | None = None
) -> int:
    """Write an export as a ZIP, whole or not at all; return the number of files. Raise VaultError."""
    fresh = file.with_name(f".{file.name}.new")
    count = 0
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in exported(vault, query, told, settings):
                count += 1
                archive.writestr(path, content)
        fresh.replace(file)
    except OSError as error:
        raise VaultError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return count


def export_to(
    vault: Vault, target: Path, query: str = "", told: Told = lambda _progress: None, settings: Path | None = None
) -> int:
    """Write an export: a ZIP where the name ends so, else a folder."""
    return (export_zip if target.suffix.lower() == ".zip" else export_folder)(vault, target, query, told, settings)
