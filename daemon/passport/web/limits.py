"""Rate limits: so many at once, so many a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Bucket:
    """A token bucket: `burst` at once, refilled at `per_minute`."""

    clock: Callable[[], datetime]
    burst: int
    per_minute: float
    _level: float = field(init=False)
    _at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._level = self.burst
        self._at = self.clock()

    def take(self) -> bool:
        """Take one; False: there is none left. A clock that jumps back refills nothing and blocks nothing for ever."""
        now = self.clock()
        passed_s = max(0.0, (now - self._at).total_seconds())
        self._at = now
        self._level = min(self.burst, self._level + passed_s * self.per_minute / 60)
        if self._level < 1:
            return False
        self._level -= 1
        return True
