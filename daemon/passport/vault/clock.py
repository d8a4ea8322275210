"""A hybrid logical clock: stamps that order the events of all devices, even where a clock goes back.

Kulkarni et al., *Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases* (2014).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
MAX_AHEAD_MS = 24 * 3600 * 1000
"""An event further in the future is held back, or one wrong clock would win for ever."""
_DAY_IS_WRONG = "9999-12-31T23:59:59Z"


def stamp_ms(stamp: str) -> int:
    """Return the milliseconds since 1970 of a stamp; raise ValueError for what is none."""
    ms, count, device = stamp.split("-", 2)
    digits = ms + count
    if len(ms) != 13 or len(count) != 5 or not device or not (digits.isascii() and digits.isdecimal()):
        raise ValueError(stamp)
    return int(ms)


def stamp_device(stamp: str) -> str:
    """Return the device that made the stamp."""
    return stamp.split("-", 2)[2]


def rfc3339(ms: int) -> str:
    """Return the moment as text, in UTC, to the second."""
    try:
        moment = datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return _DAY_IS_WRONG
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class HybridClock:
    """Makes stamps `milliseconds-count-device` (13 and 5 digits): sortable as text, never going back."""

    def __init__(self, device: str, clock: Clock) -> None:
        self.device = device
        self._clock = clock
        self._last = (0, 0)

    def of_device(self, device: str) -> HybridClock:
        """Return a clock of another device that goes on where this one is."""
        clock = HybridClock(device, self._clock)
        clock._last = self._last
        return clock

    def now_ms(self) -> int:
        """Return the computer's time in milliseconds since 1970."""
        return int(self._clock().timestamp() * 1000)

    def tick(self, *, after: str = "") -> str:
        """Return the next stamp, later than all seen and than `after`."""
        newest = max(self._last, _parts(after))
        now = self.now_ms()
        ms, count = (now, 0) if now > newest[0] else (newest[0], newest[1] + 1)
        if count > 99_999:
            ms, count = ms + 1, 0
        if ms <= now + MAX_AHEAD_MS:  # a moment of a wrong clock must not drag all later ones along
            self._last = (ms, count)
        return f"{ms:013d}-{count:05d}-{self.device}"

    def is_ahead(self, stamp: str) -> bool:
        """Return whether the stamp is so far in the future that its clock must have been wrong."""
        return stamp_ms(stamp) > self.now_ms() + MAX_AHEAD_MS

    def saw(self, stamp: str) -> None:
        """Make later stamps greater than this one."""
        if not self.is_ahead(stamp):
            self._last = max(self._last, _parts(stamp))


def _parts(stamp: str) -> tuple[int, int]:
    if not stamp:
        return (0, 0)
    ms, count, _ = stamp.split("-", 2)
    return int(ms), int(count)
