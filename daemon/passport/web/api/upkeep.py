"""Upkeep and hand-over: scrubbing, exporting, backups."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from passport.sharing.exporting import export_to
from passport.sharing.handing_over import presentation_of, table, write_originals
from passport.sharing.presentation import HolderKey, holder_key
from passport.sharing.writing import write_whole
from passport.vault.model import Progress
from passport.web.api.answers import body_of
from passport.web.api.streams import progressing, stream_lines
from passport.web.api.types import CheckRequest
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem

PathText = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Passphrase = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Told = Callable[[Progress], None]


class ExportRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to export where: a folder, or a file that ends in .zip."""

    target: PathText
    query: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    form: Literal["whole", "originals", "table", "presentation"] | None = None
    """Without it by the file's ending: `.csv` a table, `.json` a presentation, else everything."""
    challenge: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Of whoever asked for the presentation."""
    domain: Annotated[str, msgspec.Meta(max_length=500)] = ""


class BackupRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which file, and the passphrase."""

    file: PathText
    passphrase: Passphrase


async def post_scrub(request: web.Request) -> web.StreamResponse:
    """Read everything again and heal what can be healed."""
    vault = request.app[PARTS].vault
    return await stream_lines(request, progressing(lambda told: vault.scrub(told).to_json()))


async def post_check(request: web.Request) -> web.StreamResponse:
    """Ask issuers again; a line for each badge when what was found is durable."""
    wanted = await body_of(request, CheckRequest)
    return await stream_lines(request, _checks(request.app[PARTS], wanted.ids))


async def _checks(parts: Parts, ids: list[str] | None) -> AsyncIterator[dict[str, object]]:
    done, total = 0, parts.again.number() if ids is None else len(ids)
    async for checked in parts.again.check_all(ids):
        done += 1
        entry, trouble = checked.entry, checked.trouble
        item: dict[str, object] = {
            "id": entry.id,
            "name": entry.name,
            "verdict": entry.verdict,
            "before": checked.before,
            "verifiedAt": entry.verified_at,
            "trouble": {"state": trouble.state, "why": trouble.why, "url": trouble.url} if trouble else None,
        }
        yield {"kind": "item", "item": item}
        yield {"kind": "progress", "done": done, "total": total}
    yield {"kind": "done"}


async def post_export(request: web.Request) -> web.StreamResponse:
    """Write badges as plain files."""
    parts, wanted = request.app[PARTS], await body_of(request, ExportRequest)
    target = absolute(wanted.target)
    form = wanted.form or {".csv": "table", ".json": "presentation"}.get(target.suffix.lower(), "whole")
    if form == "whole":
        settings = parts.places.settings_file
        work = progressing(lambda told: {"files": export_to(parts.vault, target, wanted.query, told, settings)})
        return await stream_lines(request, work)
    key = await holder_key(parts.keychain) if form == "presentation" else None
    return await stream_lines(request, progressing(lambda _told: {"files": _handed_over(parts, wanted, target, key)}))


def _handed_over(parts: Parts, wanted: ExportRequest, target: Path, key: HolderKey | None) -> int:
    """Write the chosen badges in a form of their own; return the number of files. Raise PassportError."""
    entries = parts.vault.search(wanted.query, sort="date", limit=1_000_000).entries
    if key is not None:
        content = presentation_of(
            parts.vault, entries, key, parts.clock(), challenge=wanted.challenge, domain=wanted.domain
        )
        write_whole(target, content)
    elif target.suffix.lower() == ".csv" or wanted.form == "table":
        write_whole(target, table(entries))
    else:
        return write_originals(parts.vault, entries, target)
    return 1


async def post_backup(request: web.Request) -> web.StreamResponse:
    """Write an encrypted backup."""
    vault = request.app[PARTS].vault
    wanted = await body_of(request, BackupRequest)
    file = absolute(wanted.file)
    return await stream_lines(
        request, progressing(lambda told: {"files": vault.back_up(file, wanted.passphrase, told)})
    )


async def post_restore(request: web.Request) -> web.StreamResponse:
    """Bring back a backup."""
    vault = request.app[PARTS].vault
    wanted = await body_of(request, BackupRequest)
    file = absolute(wanted.file)

    def work(told: Told) -> dict[str, object]:
        return {"badges": [one.to_json() for one in vault.restore(file, wanted.passphrase, told)]}

    return await stream_lines(request, progressing(work))


def absolute(text: str) -> Path:
    """Return a path. Raise Problem (400) for one that is not absolute."""
    path = Path(text)
    if not path.is_absolute():
        raise Problem(400, "wrong-body", "Paths must be absolute.")
    return path
