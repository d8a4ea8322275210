"""A parser as the fuzzer sees it, and what it may find there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Run = Callable[[bytes], None]
"""Parses; lets through only what the parser does not declare, and raises AssertionError for a broken promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One parser."""

    name: str
    run: Run
    seeds: Sequence[bytes]
    """Inputs that it takes, made by us: what is mutated."""
    structured: bool = False
    """Its inputs are JSON, so they are also changed as such."""
    words: Sequence[bytes] = ()
    """What this format is made of."""
    max_bytes: int = 16 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one run."""

    target: str
    inputs: int
    seconds: float
    """Of the processor: a busy machine takes nothing away."""
    slowest_s: float
    """Processor time of the slowest input."""
    finding: str = ""
    """A traceback, `slow`, or `large`; empty: nothing was found."""
    data: bytes = b""
    """The input that does it."""
