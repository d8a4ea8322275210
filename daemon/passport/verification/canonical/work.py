"""What the proofs of one verification may cost together.

A credential may carry many proofs and endorsements, each of them made to be dear. So all of them draw on one account,
which `verify` opens; where there is none (a test of one algorithm), only that algorithm's own limit holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from passport.verification.canonical.refusals import TooHeavyError

TOTAL_STEPS = 100_000
"""Of some 8 µs each: under a second. A real badge of 25 kB takes 2,000; by PyLD 15,000."""


class _Account:
    """What is left."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps


_account: ContextVar[_Account | None] = ContextVar("the work of one verification", default=None)


@contextmanager
def limited(steps: int = TOTAL_STEPS) -> Iterator[None]:
    """Open an account for all that is worked out within."""
    token = _account.set(_Account(steps))
    try:
        yield
    finally:
        _account.reset(token)


def spend(steps: int) -> None:
    """Take steps off the account; raise TooHeavyError where that has no more."""
    account = _account.get()
    if account is None:
        return
    account.left -= steps
    if account.left < 0:
        raise TooHeavyError("Its proofs together would take long to check, longer than any honest badge does.")


def left(at_most: int) -> int:
    """Return how many steps are left, and no more than asked for."""
    account = _account.get()
    return at_most if account is None else max(0, min(at_most, account.left))
