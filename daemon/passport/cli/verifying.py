"""verify: checks without keeping. Touches neither the passport's home nor a running daemon."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passport.cli.helping import Command, GivenError
from passport.cli.importing import is_address
from passport.cli.printing import json_option, line
from passport.cli.saying import Voice
from passport.errors import IntakeError, ParseError, PassportError, WorkerError
from passport.verification.documents import Documents
from passport.verification.report import Verdict, VerificationReport

if TYPE_CHECKING:
    from passport.intake.investigate import Fetch
    from passport.workers import Workers

WRONG = frozenset({Verdict.INVALID, Verdict.REVOKED, Verdict.EXPIRED, Verdict.NOT_YOURS})
MAX_HAR_BYTES = 256 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How to verify."""

    documents: Documents
    offline: bool
    identities: tuple[str, ...]
    now: datetime


@click.command("verify", cls=Command)
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--documents", type=click.Path(path_type=Path), metavar="FILE.har", help="What the network answered.")
@click.option("--offline", is_flag=True, help="Ask nobody; what is missing stays unknown.")
@click.option("--identity", "identities", multiple=True, metavar="ID", help="By what the owner is known (several).")
@click.option("--at", metavar="RFC3339", help="Verify for this moment instead of now.")
@json_option
@click.pass_obj
def verify_command(
    say: Voice,
    sources: tuple[str, ...],
    documents: Path | None,
    identities: tuple[str, ...],
    at: str | None,
    *,
    offline: bool,
    as_json: bool,
) -> int:
    """Verify badges without keeping them.

    Ends with 0 when all are verified, 1 when one is altered, withdrawn, expired or not yours, 2 when one could not be
    confirmed, 3 when no badge was found, 64 for wrong usage.
    """
    question = Question(
        documents=read_documents(documents),
        offline=offline,
        identities=identities,
        now=moment(at),
    )
    verdicts = asyncio.run(verify_all(sources, question, None if as_json else say))
    return status_of(verdicts)


def status_of(verdicts: Sequence[Verdict]) -> int:
    """Return the exit status (design: Contract, A report)."""
    if any(verdict in WRONG for verdict in verdicts):
        return 1
    if Verdict.UNCONFIRMED in verdicts:
        return 2
    return 0 if Verdict.VERIFIED in verdicts and Verdict.NO_BADGE not in verdicts else 3


def read_documents(file: Path | None) -> Documents:
    """Read the HAR file. Raise UsageError."""
    if file is None:
        return Documents()
    try:
        if file.stat().st_size > MAX_HAR_BYTES:
            raise click.UsageError(f"{file} is too large for an HTTP Archive.")
        return Documents.from_har(file.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except (ParseError, ValueError) as error:
        raise click.UsageError(f"{file} is no HTTP Archive: {error}") from error


def moment(text: str | None) -> datetime:
    """Return the moment to verify for. Raise UsageError."""
    if text is None:
        return datetime.now(UTC)
    from passport.badge.dates import parse_instant

    try:
        return parse_instant(text).utc
    except ParseError as error:
        raise GivenError(f"--at {text}", error.problem) from error


async def verify_all(sources: Sequence[str], question: Question, say: Voice | None) -> list[Verdict]:
    """Verify each source; print each report as it is there: in a language, or as JSON."""
    verdicts = []
    async for source, report in reports(sources, question):
        verdicts.append(report.verdict)
        said = {"file": source, **report.to_json()}
        if say is None:
            line(said)
        else:
            from passport.cli.reports import print_report

            if verdicts[:-1]:
                click.echo()
            print_report(said, say, source)
    return verdicts


async def reports(sources: Sequence[str], question: Question) -> AsyncIterator[tuple[str, VerificationReport]]:
    """Yield every report, with the file or address it is of."""
    from passport.fetching import Fetcher
    from passport.settings import NetworkSettings, Places, Settings
    from passport.workers import Workers

    home = Places.from_environment().settings_file
    network = NetworkSettings() if question.offline else Settings.load(home).network
    async with Workers() as workers, Fetcher(network, lambda: datetime.now(UTC)) as fetch:
        for source in sources:
            if is_address(source):
                document = question.documents.get(source)
                if document is None and not question.offline:
                    document = await fetch(source)
                if document is None or not document.ok:
                    why = document.problem if document and document.problem else "it could not be asked"
                    raise PassportError(f"{source} cannot be read: {why}")
                files = [(source, document.body)]
            else:
                files = [(path, read(path)) for path in below(source)]
            for name, file in files:
                asked = None if question.offline else fetch
                for report in await examined(workers, file, asked, question):
                    yield name, report


async def examined(
    workers: Workers, file: bytes, fetch: Fetch | None, question: Question
) -> Sequence[VerificationReport]:
    """Return the reports of a file; what is too much for the worker is *invalid*."""
    from passport.intake.examining import examine_file, too_much

    documents, now = question.documents, question.now
    try:
        found = await examine_file(workers, file, fetch, documents, identities=question.identities, now=now)
    except WorkerError as error:
        return [too_much(error, now)]
    return found.reports


def below(source: str) -> list[str]:
    """Return the file, or all files below the folder."""
    if not os.path.isdir(source):  # noqa: PTH112 (the argument stays as it was typed)
        return [source]
    walked = sorted(str(Path(root) / name) for root, _, names in os.walk(source) for name in names)
    return walked or [source]


def read(path: str) -> bytes:
    """Read a file; what cannot be read is wrong usage."""
    from passport.intake.opening import read_file

    try:
        return read_file(Path(path))
    except IntakeError as error:
        raise GivenError(path, error.problem) from error
