"""The engraved rosette behind a badge: a guilloche drawn from a hash of the issuer.

The same issuer has the same rosette everywhere. It is decoration: put `aria-hidden` around it and no text upon it.
A rosette is three woven bands. A band is one closed wave whose envelope has as many petals as the wave is turned
copies: since the numbers of waves and petals share no divisor, the turned copies weave evenly, as on a banknote.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

SIZE = 4000
"""Side of the view box; whole numbers keep the file small."""
INKS = 6
"""How many inks the style sheets know (`ink-0` …)."""
SEED_BYTES = 25
_NAME = re.compile(rf"[0-9a-f]{{{2 * SEED_BYTES}}}", re.ASCII)
_STEPS_PER_WAVE = 9
_MOTIFS = ((5, 3), (6, 5), (7, 4), (8, 5), (9, 4), (10, 3), (11, 5), (12, 5), (14, 5), (16, 5), (18, 7))
"""Petals of the envelope and waves of the line; without a common divisor."""
_OVERTONES = (0, 2, 2, 3)
"""How often the envelope ripples within one petal."""
_RIPPLE = 0.38


@dataclass(frozen=True, slots=True)
class Band:
    """One woven ring: `petals` turned copies of a wave between two radii."""

    petals: int
    waves: int
    radius: float
    """Of the middle line, as a part of half the side."""
    depth: float
    """How far the wave swings to each side."""
    swell: float
    """How far the envelope's petals reach out."""
    overtone: int
    phase: float
    fine: bool
    """Drawn in the second ink."""


def seed_of(issuer: str) -> bytes:
    """Return from what the rosette of an issuer grows. Its first byte says the ink, its hexadecimal is the name."""
    return hashlib.sha256(f"rosette\0{issuer}".encode("utf-8", "surrogatepass")).digest()[:SEED_BYTES]


def ink_of(seed: bytes) -> int:
    """Return which of the inks a seed has."""
    return seed[0] % INKS


@dataclass(frozen=True, slots=True)
class Rosette:
    """What the hash of an issuer gives."""

    ink: int
    """Which of the inks, 0 to INKS - 1."""
    bands: tuple[Band, ...]
    name: str
    """For addresses: the seed, in hexadecimal. It does not give the issuer away."""

    @classmethod
    def of(cls, issuer: str) -> Rosette:
        """Return the rosette of an issuer, by its id (or its name, where it has no id)."""
        return cls.grown(seed_of(issuer))

    @classmethod
    def named(cls, name: str) -> Rosette | None:
        """Return the rosette of that name; None: it is no name of a rosette."""
        return cls.grown(bytes.fromhex(name)) if _NAME.fullmatch(name) else None

    @classmethod
    def grown(cls, seed: bytes) -> Rosette:
        """Return what grows from a seed of SEED_BYTES."""
        parts = (seed[1:9], seed[9:17], seed[17:25])
        return cls(ink_of(seed), tuple(_band(part, place) for place, part in enumerate(parts)), seed.hex())


_PLACES = ((0.78, 0.155, 0.07), (0.52, 0.13, 0.05), (0.26, 0.10, 0.03))
_FULL = 0.98
"""No line reaches further."""


def _band(seed: bytes, place: int) -> Band:
    radius, depth, swell = _PLACES[place]
    petals, waves = _motif(seed[0], place)
    overtone = _OVERTONES[seed[5] % len(_OVERTONES)] if petals < 14 else 0
    depth *= 0.8 + 0.4 * seed[2] / 255
    swell *= 0.6 + seed[3] / 255
    reach = depth * (1 + _RIPPLE * (overtone > 0)) + swell
    return Band(
        petals=petals,
        waves=waves,
        radius=min(radius + (seed[1] / 255 - 0.5) * 0.03, _FULL - reach),
        depth=depth,
        swell=swell,
        overtone=overtone,
        phase=math.tau * seed[4] / 256,
        fine=place == 1,
    )


def _motif(number: int, place: int) -> tuple[int, int]:
    """The outer band needs petals enough to look woven; the middle one is lace, unless that would fill it with ink."""
    motifs = _MOTIFS[3:] if place == 0 else _MOTIFS
    petals, waves = motifs[number % len(motifs)]
    return petals, waves + petals if place == 1 and petals <= 12 else waves


def drawing(rosette: Rosette) -> str:
    """Return the SVG paths: first ink is `currentColor`, the second the inherited `stroke`."""
    return "".join(_paths(rosette))


def _paths(rosette: Rosette) -> Iterator[str]:
    for band in rosette.bands:
        ink = "" if band.fine else ' stroke="currentColor"'
        line = _wave(band)
        turns = (f"rotate({turn * 360 / band.petals:.3f} {SIZE // 2} {SIZE // 2})" for turn in range(band.petals))
        yield "".join(f'<path d="{line}"{ink} transform="{turn}"/>' for turn in turns)


def _wave(band: Band) -> str:
    """Return one closed wave as relative whole steps."""
    steps = max(_STEPS_PER_WAVE * max(band.waves, band.petals * max(band.overtone, 1)), 120)
    points = [_point(band, math.tau * step / steps) for step in range(steps)]
    moves = (f"{x - px} {y - py}" for (px, py), (x, y) in itertools.pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{' '.join(moves)}z"


def outlines(rosette: Rosette, side: float) -> Iterator[list[tuple[float, float]]]:
    """Yield each line of the rosette as points of a square of `side`, for those who draw pixels."""
    half, scale = SIZE / 2, side / SIZE
    for band in rosette.bands:
        steps = max(_STEPS_PER_WAVE * max(band.waves, band.petals * max(band.overtone, 1)), 120)
        wave = [_point(band, math.tau * step / steps) for step in range(steps)]
        for turn in range(band.petals):
            angle = math.tau * turn / band.petals
            cosine, sine = math.cos(angle), math.sin(angle)
            around = ((x - half, y - half) for x, y in wave)
            yield [((half + x * cosine - y * sine) * scale, (half + x * sine + y * cosine) * scale) for x, y in around]


def _point(band: Band, angle: float) -> tuple[int, int]:
    ripple = 1 + _RIPPLE * math.cos(band.overtone * band.petals * angle) if band.overtone else 1.0
    swing = band.depth * ripple * math.cos(band.waves * angle + band.phase)
    radius = band.radius + swing + band.swell * math.cos(band.petals * angle)
    half = SIZE / 2
    return round(half + half * radius * math.cos(angle)), round(half + half * radius * math.sin(angle))


def small_svg(rosette: Rosette, *, ink: str, second: str, width: int = 9) -> str:
    """Return a whole SVG file in a tenth of the bytes: each wave stands there once and is turned by reference."""
    parts = []
    for place, band in enumerate(rosette.bands):
        colour = "" if band.fine else ' stroke="currentColor"'
        parts.append(f'<g{colour}><path id="w{place}" d="{_wave(band)}"/>')
        turns = (f"rotate({turn * 360 / band.petals:.3f} {SIZE // 2} {SIZE // 2})" for turn in range(1, band.petals))
        parts += [f'<use href="#w{place}" transform="{turn}"/>' for turn in turns]
        parts.append("</g>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" color="{ink}" stroke="{second}" '
        f'fill="none" stroke-width="{width}" stroke-linejoin="round">{"".join(parts)}</svg>'
    )


def svg(rosette: Rosette, *, ink: str = "currentColor", second: str = "currentColor", width: int = 9) -> str:
    """Return a whole SVG file; its group `#r` can be used from a page, which then chooses the inks."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" color="{ink}" stroke="{second}">'
        f'<g id="r" fill="none" stroke-width="{width}" stroke-linejoin="round">{drawing(rosette)}</g></svg>'
    )
