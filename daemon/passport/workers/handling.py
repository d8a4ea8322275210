"""What a worker does for each job. What is heavy is imported by the job that needs it."""

# ruff: noqa: PLC0415 (a worker for pictures never pays for cryptography, nor the other way round)

from __future__ import annotations

import contextlib
from importlib import import_module

from passport.workers.jobs import Clean, Examine, Job, Open, Piece, Thumbnail, Unbake


def handle(job: Job) -> object:
    """Do one job and return its answer."""
    match job:
        case Examine():
            return _examine(job)
        case Unbake(file):
            from passport.badge.files import unbake

            return unbake(file)
        case Open():
            return _open(job)
        case Thumbnail(file, size):
            from passport.workers.pixels import thumbnail

            return thumbnail(file, size)
        case Clean(text):
            from passport.workers.markup import clean_markdown

            return clean_markdown(text)


def warm() -> None:
    """Load what the first verification would have to wait for.

    Not PyLD, which takes half a second and 30 MB: few badges need it, now that known contexts are compiled.
    """
    for name in ("passport.verification.files", "passport.verification.suites", "cbor2"):
        with contextlib.suppress(ImportError):  # a job that needs it will say what is wrong
            import_module(name)


def _examine(job: Examine) -> object:
    from passport.verification.documents import Documents
    from passport.verification.files import verify

    return verify(
        job.file,
        Documents.of(job.documents),
        identities=job.identities,
        known_issuers=job.known_issuers,
        now=job.now,
    )


def _open(job: Open) -> object:
    from passport.badge.containers import open_container

    found = open_container(job.file, job.name)
    pieces = [Piece(name=piece.name, file=piece.file, problem=piece.problem) for piece in found]
    return pieces or [Piece(name=job.name, file=job.file)]
