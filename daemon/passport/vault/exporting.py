"""Handing over: badges as plain files that need no program, with a page to look at."""

from __future__ import annotations

import html
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from passport.errors import VaultError
from passport.vault.model import Entry, Progress
from passport.vault.vault import Vault
from passport.verification.har import documents_to_har

MOST = 1_000_000
_ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "application/json": "json", "application/pdf": "pdf"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "body{background:#faf6ee;color:#1c2333}"
    "ul{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1rem}"
    "li{background:#fffdf8;border:1px solid #e4dccb;border-radius:12px;padding:1rem}img{max-width:100%;height:8rem}"
    "small{color:#646a78;display:block}a{color:#7a1f35}"
)

Told = Callable[[Progress], None]


def exported(vault: Vault, query: str = "", told: Told = lambda _progress: None) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an export by its path: originals, documents, reports, decisions, and `index.html`.

    Where an original is missing or damaged, `MISSING.txt` says why in its place; the others come all the same.
    """
    yield from exported_entries(vault, vault.search(query, limit=MOST, include_trashed=False).entries, told)


def exported_entries(
    vault: Vault, entries: tuple[Entry, ...], told: Told = lambda _progress: None
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an export of these badges, in this order."""
    for done, entry in enumerate(entries):
        told(Progress(done=done, total=len(entries)))
        yield from _files_of(vault, entry)
    yield "index.html", _page(entries).encode()
    told(Progress(done=len(entries), total=len(entries)))


def _files_of(vault: Vault, entry: Entry) -> Iterator[tuple[str, bytes]]:
    folder = f"badges/{folder_name(entry)}"
    for number, kept in enumerate(entry.files):
        name = original_name(entry) if number == 0 else f"version-{number + 1}.{_ENDINGS.get(kept.media_type, 'bin')}"
        try:
            yield f"{folder}/{name}", vault.original(kept.sha256)
        except VaultError as error:
            yield f"{folder}/MISSING.txt", f"{name}: {error}\n".encode()
    yield f"{folder}/documents.har", documents_to_har(vault.documents(entry.id))
    report = vault.report(entry.id).to_json()
    yield f"{folder}/report.json", _json(report)
    yield f"{folder}/badge.json", _json({**entry.to_json(), "said": vault.state(entry.subject)})


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


def _page(entries: tuple[Entry, ...]) -> str:
    cards = "".join(_card(entry) for entry in entries)
    policy = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Badges</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{_STYLE}</style>'
        f"<h1>{len(entries)} badges</h1><p>Each folder holds the original file, what the issuer answered "
        f"(documents.har), the report, and what was said of it.</p><ul>{cards}</ul></html>\n"
    )


def _card(entry: Entry) -> str:
    folder, name = folder_name(entry), original_name(entry)
    picture = f'<img src="badges/{folder}/{name}" alt="">' if entry.media_type == "image/png" else ""
    return (
        f'<li>{picture}<a href="badges/{folder}/{name}" dir="auto">{html.escape(entry.name)}</a>'
        f'<small dir="auto">{html.escape(entry.issuer)}</small><small>{html.escape((entry.valid_from or "")[:10])} '
        f"{html.escape(entry.verdict)}</small></li>"
    )


def export_folder(vault: Vault, folder: Path, query: str = "", told: Told = lambda _progress: None) -> int:
    """Write an export into a folder that is empty or not there yet; return the number of files. Raise VaultError."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise VaultError(f"{folder} is not empty.", remedy="Choose an empty folder, or a name ending in .zip.")
        count = 0
        for path, content in exported(vault, query, told):
            count += 1
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise VaultError(f"{folder} cannot be written: {error.strerror}.") from error
    return count


def export_zip(vault: Vault, file: Path, query: str = "", told: Told = lambda _progress: None) -> int:
    """Write an export as a ZIP, whole or not at all; return the number of files. Raise VaultError."""
    fresh = file.with_name(f".{file.name}.new")
    count = 0
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in exported(vault, query, told):
                count += 1
                archive.writestr(path, content)
        fresh.replace(file)
    except OSError as error:
        raise VaultError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return count


def export_to(vault: Vault, target: Path, query: str = "", told: Told = lambda _progress: None) -> int:
    """Write an export: a ZIP where the name ends so, else a folder."""
    return (export_zip if target.suffix.lower() == ".zip" else export_folder)(vault, target, query, told)
