"""Waiting for what comes from elsewhere: another process, a sync program, a desktop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(what: Callable[[], Found], seconds: float = 180) -> Found:
    """Return what is there at last; a busy machine is given the time it needs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")
