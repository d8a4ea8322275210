"""Every parser of the program: what comes from strangers, from shared folders, from forms and from the program's files.

A parser that is new belongs here; `test_every_parser_is_fuzzed` finds functions that are called like one.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from tests.fuzz import targets_badge, targets_files, targets_pages, targets_verification
from tests.fuzz.model import Target

CORPUS = Path(__file__).parent / "corpus"
"""For each parser a small file: inputs that once went wrong, or that lead somewhere. One a line, in Base64."""


def all_targets(folder: Path) -> list[Target]:
    """Return all of them; those that read files get a folder of their own to write into."""
    found = [
        *targets_badge.targets(),
        *targets_verification.targets(),
        *targets_files.targets(folder),
        *targets_pages.targets(),
    ]
    return [replace(target, seeds=[*target.seeds, *corpus_of(target.name)]) for target in found]


def corpus_of(name: str) -> list[bytes]:
    """Return the kept inputs of a parser; lines that begin with `#` say what they are."""
    file = CORPUS / f"{name}.txt"
    lines = file.read_text(encoding="ascii").splitlines() if file.is_file() else []
    return [base64.b64decode(line, validate=True) for line in lines if not line.startswith("#")]
