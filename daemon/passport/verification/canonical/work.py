"""What the proofs of one verification may cost together.

A credential may carry many proofs and endorsements, each of them made to be dear. So all of them draw on one account,
which `verify` opens; where there is none (a test of one algorithm), only that algorithm's own limit holds.
"""

from __future__ import annotations

from contextvars import ContextVar, Token

from passport.verification.canonical.refusals import TooHeavyError

TOTAL_STEPS = 100_000
"""Of some 8 µs each: under a second. A real badge of 25 kB takes 2,000; by PyLD 15,000."""


class _Account:
    """What is left."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps


_account: ContextVar[_Account | None] = ContextVar("the work of one verification", default=None)


class Limited:
    """Opens an account for all that is worked out within a `with`."""

    __slots__ = ("_steps", "_token")

    def __init__(self, steps: int = TOTAL_STEPS) -> None:
        self._steps = steps

    def __enter__(self) -> None:
        self._token: Token[_Account | None] = _account.set(_Account(self._steps))

    def __exit__(self, *_: object) -> None:
        _account.reset(self._token)


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
