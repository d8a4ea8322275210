"""Sets of row numbers as whole numbers: one bit a row, so that ten thousand are joined and counted in microseconds."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator


def bit(number: int) -> int:
    """Return the set of one number."""
    return 1 << number


def bitmap_of(numbers: Iterable[int], size: int) -> int:
    """Return the set of the numbers, all below `size`."""
    bits = bytearray(size // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def numbers_in(bitmap: int) -> Iterator[int]:
    """Iterate over the numbers of a small set, ascending."""
    while bitmap:
        lowest = bitmap & -bitmap
        yield lowest.bit_length() - 1
        bitmap ^= lowest


class Membership:
    """Quick answers to "is this number in the set?"."""

    def __init__(self, bitmap: int) -> None:
        self._bits = bitmap.to_bytes(bitmap.bit_length() // 8 + 1, "little")
        self._size = len(self._bits) * 8

    def __contains__(self, number: int) -> bool:
        """Tell whether the number is in."""
        return number < self._size and bool(self._bits[number >> 3] >> (number & 7) & 1)


class Words:
    """Which rows have which word; found by the beginning of a word."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}
        self._sorted: list[str] | None = None
        self._size = 0

    def add(self, number: int, words: Iterable[str]) -> None:
        """Enter a row under words that it is not under yet."""
        self._size = max(self._size, number + 1)
        for word in words:
            rows = self._rows.get(word)
            if rows is None:
                self._rows[word] = [number]
                if self._sorted is not None:
                    insort(self._sorted, word)
            else:
                rows.append(number)

    def remove(self, number: int, words: Iterable[str]) -> None:
        """Take a row off words that it is under."""
        for word in words:
            rows = self._rows[word]
            rows.remove(number)
            if not rows:
                del self._rows[word]
                self._sorted = None

    def beginning_with(self, prefix: str) -> int:
        """Return the rows with a word that begins so."""
        if self._sorted is None:
            self._sorted = sorted(self._rows)
        found = self._sorted
        start = bisect_left(found, prefix)
        end = bisect_left(found, prefix + "\U0010ffff", start)
        return bitmap_of((n for word in found[start:end] for n in self._rows[word]), self._size)


class Values:
    """Which rows have which value of one field, such as its tags."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        """Bitmaps by value."""

    def add(self, number: int, values: Iterable[str]) -> None:
        """Enter a row under values."""
        for value in values:
            self.rows[value] = self.rows.get(value, 0) | bit(number)

    def remove(self, number: int, values: Iterable[str]) -> None:
        """Take a row off values."""
        for value in values:
            rest = self.rows.get(value, 0) & ~bit(number)
            if rest:
                self.rows[value] = rest
            else:
                self.rows.pop(value, None)
