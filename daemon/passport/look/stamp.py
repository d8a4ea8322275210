"""The stamp: the verdict as an SVG, one form for each; and its small mark for lists.

Drawn in `currentColor`. The stamp says nothing that does not stand beside it as text: put `aria-hidden` around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from passport.look.words import Form

_C = 120.0
"""Centre of the view box of 240 by 240."""
_BAND = 27.0
"""Half the height of the band in which the word stands."""
_ROOM = {Form.DIAMOND: 166, Form.HOLLOW: 170, Form.SQUARE: 158}
"""How wide the word may be where it is less than the whole band."""
_TURN = {Form.DIAMOND: -7, Form.HOLLOW: -7, Form.SQUARE: -8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What is written on a stamp. All of it is the program's own text."""

    form: Form
    word: str
    date: str
    """When it was checked, as people write it."""
    above: str = "Badge Passport"
    below: str = ""
    """What was checked."""
    uid: str = "stamp"
    """Begins the ids within the SVG: unique on its page."""


def svg(stamp: Stamp) -> str:
    """Return the stamp."""
    return (
        f'<svg class="stamp stamp-{stamp.form}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" '
        f'fill="none" stroke="currentColor" aria-hidden="true" focusable="false">{_ink(stamp.uid)}'
        f'<g transform="{_turned(stamp)}" filter="url(#{stamp.uid}-ink)">{_body(stamp)}</g></svg>'
    )


def printed(stamp: Stamp, *, tone: str, paper: str, letters: str) -> str:
    """Return the stamp as a file of its own, for print: its ink is even, since a filter would be set in pixels.

    `tone` and `paper` are colours, `letters` is a family of fonts.
    """
    style = (
        f".stamp-ground {{ fill: {paper}; fill-opacity: 0.88 }} text {{ font-family: {letters}; font-weight: 700 }} "
        ".stamp-ring, .stamp-date { letter-spacing: 0.13em }"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240" viewBox="0 0 240 240" fill="none" '
        f'color="{tone}" stroke="currentColor"><style>{style}</style>'
        f'<g transform="{_turned(stamp)}">{_body(stamp)}</g></svg>'
    )


def _body(stamp: Stamp) -> str:
    return _GROUNDS.get(stamp.form, _ROUND) + _RINGS[stamp.form](stamp) + _word(stamp)


def _turned(stamp: Stamp) -> str:
    return f"rotate({_TURN.get(stamp.form, -11)} {_C:g} {_C:g})"


def _ink(uid: str) -> str:
    """A rubber stamp never prints evenly: its edge trembles, and some paper shows through."""
    return (
        f'<defs><filter id="{uid}-ink" x="-5%" y="-5%" width="110%" height="110%">'
        '<feTurbulence type="fractalNoise" baseFrequency="0.035" numOctaves="3" seed="7" result="n"/>'
        '<feDisplacementMap in="SourceGraphic" in2="n" scale="1.8" result="d"/>'
        '<feTurbulence type="fractalNoise" baseFrequency="0.55" numOctaves="2" seed="3"/>'
        '<feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 -5 4.2"/>'
        '<feComposite in="d" operator="in"/></filter></defs>'
    )


def _word(stamp: Stamp) -> str:
    """The word between two lines, and the date under it."""
    lines = _broken(stamp.word.upper())
    size = min(34.0, _ROOM.get(stamp.form, 204) / (max(map(len, lines)) * 0.78)) if len(lines) == 1 else 21.0
    step = size * 1.04
    top = _C + size * 0.35 - step * (len(lines) - 1) / 2
    texts = "".join(_text(line, top + step * place, size, "stamp-word") for place, line in enumerate(lines))
    date = _text(stamp.date.upper(), _C + _BAND + 19, 12.5, "stamp-date")
    return texts + date


def _broken(word: str) -> list[str]:
    """Break a long word before its last space but one, so that it fits the band."""
    if len(word) <= 12 or " " not in word:
        return [word]
    middle = min(
        (place for place, sign in enumerate(word) if sign == " "), key=lambda place: abs(place - len(word) / 2)
    )
    return [word[:middle], word[middle + 1 :]]


def _text(text: str, y: float, size: float, style: str) -> str:
    return (
        f'<text class="{style}" x="{_C:g}" y="{y:.1f}" font-size="{size:.1f}" text-anchor="middle" '
        f'fill="currentColor" stroke="none">{escape(text)}</text>'
    )


def _lines(half: float) -> str:
    """The two lines of the band, from edge to edge."""
    return "".join(
        f'<path d="M{_C - half:.1f} {y:.1f}H{_C + half:.1f}" stroke-width="3.2"/>' for y in (_C - _BAND, _C + _BAND)
    )


def _cap(radius: float, width: float, dash: str = "") -> str:
    """A circle without the part where the band is."""
    reach = math.sqrt(max(radius**2 - _BAND**2, 0.0))
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    arcs = "".join(
        _arc((_C - reach, _C + side * _BAND), (_C + reach, _C + side * _BAND), radius, sweep)
        for side, sweep in ((-1, 1), (1, 0))
    )
    return f'<path d="{arcs}" stroke-width="{width:g}"{dashes}/>'


def _arc(start: tuple[float, float], end: tuple[float, float], radius: float, sweep: int, *, large: int = 0) -> str:
    return f"M{start[0]:.1f} {start[1]:.1f}A{radius:g} {radius:g} 0 {large} {sweep} {end[0]:.1f} {end[1]:.1f}"


def _curved(stamp: Stamp, radius: float) -> str:
    """The program's name along the upper ring and what was checked along the lower one."""
    low = radius + 9.5
    over, under = (_arc((_C - r, _C), (_C + r, _C), r, sweep) for r, sweep in ((radius, 1), (low, 0)))
    paths = f'<path id="{stamp.uid}-a" d="{over}" stroke="none"/><path id="{stamp.uid}-b" d="{under}" stroke="none"/>'
    return paths + _along(f"{stamp.uid}-a", stamp.above, radius) + _along(f"{stamp.uid}-b", stamp.below, low)


def _along(path: str, text: str, radius: float) -> str:
    """Text that never outgrows the arc above the band."""
    room = radius * (math.pi - 2 * math.asin(min(1.0, _BAND / radius))) * 0.93
    natural = len(text) * 10.4
    squeeze = f' textLength="{room:.0f}" lengthAdjust="spacingAndGlyphs"' if natural > room else ""
    return (
        f'<text class="stamp-ring" font-size="12.5" text-anchor="middle" fill="currentColor" stroke="none"{squeeze}>'
        f'<textPath href="#{path}" startOffset="50%">{escape(text.upper())}</textPath></text>'
    )


def _flourish(y: float) -> str:
    """A small engraved eye above the word: petals of a rosette."""
    petals = "".join(
        f'<ellipse cx="{_C:g}" cy="{y - 7.5:g}" rx="3.1" ry="7.5" transform="rotate({turn} {_C:g} {y:g})"/>'
        for turn in range(0, 360, 30)
    )
    return f'<g stroke-width="1">{petals}</g>'


def _full(stamp: Stamp) -> str:
    rings = _cap(114, 4.6) + _cap(107.5, 1.4) + _cap(80, 1.4) + _cap(75.5, 2.6, "0.1 6.2")
    rings = rings.replace('stroke-width="2.6"', 'stroke-width="2.6" stroke-linecap="round"')
    return rings + _lines(119) + _curved(stamp, 88.5) + _flourish(_C - 50)


def _plain(stamp: Stamp) -> str:
    return _cap(112, 2.2) + _lines(115) + _curved(stamp, 93)


def _open(stamp: Stamp) -> str:
    """Unfinished: the ring stops, and its end is still a row of dots."""
    start, end = ((_C + 112 * math.cos(a), _C + 112 * math.sin(a)) for a in (math.radians(-20), math.radians(-310)))
    ring = f'<path d="{_arc(start, end, 112, 0, large=1)}" stroke-width="4"/>'
    dots = 'stroke-width="3" stroke-dasharray="0.1 11" stroke-linecap="round"'
    rest = f'<path d="{_arc(end, start, 112, 0)}" {dots}/>'
    return ring + rest + _curved(stamp, 93)


def _square(stamp: Stamp) -> str:
    frames = (
        '<rect x="26" y="26" width="188" height="188" rx="10" stroke-width="4.4"/>'
        '<rect x="33" y="33" width="174" height="174" rx="5" stroke-width="1.3"/>'
    )
    return frames + _lines(87) + _straight(stamp.above, 66) + _straight(stamp.below, 190, 158)


def _straight(text: str, y: float, room: float = 150) -> str:
    squeeze = f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"' if len(text) * 9.6 > room else ""
    return (
        f'<text class="stamp-ring" x="{_C:g}" y="{y:g}" font-size="12" text-anchor="middle" fill="currentColor" '
        f'stroke="none"{squeeze}>{escape(text.upper())}</text>'
    )


def _diamond(stamp: Stamp) -> str:
    frame = (
        '<path d="M120 3L237 120L120 237L3 120Z" stroke-width="4.6" stroke-linejoin="round"/>'
        '<path d="M120 14L226 120L120 226L14 120Z" stroke-width="1.3" stroke-linejoin="round"/>'
    )
    strike = '<path d="M38 196L202 44M46 204L210 52" stroke-width="3" opacity=".5"/>'
    inner = '<path d="M45 93H195M45 147H195" stroke-width="2"/>'
    return frame + strike + inner + _straight(stamp.above, 80, 92) + _straight(stamp.below, 184, 66)


def _octagon(stamp: Stamp) -> str:
    points = " ".join(
        f"{_C + 114 * math.cos(math.radians(a)):.1f},{_C + 114 * math.sin(math.radians(a)):.1f}"
        for a in range(22, 382, 45)
    )
    return (
        f'<polygon points="{points}" stroke-width="3.4" stroke-linejoin="round"/>'
        + _straight(stamp.above, 66)
        + _straight(stamp.below, 190, 120)
    )


_GROUND = 'class="stamp-ground" stroke="none"'
"""Some paper under the ink, where the style sheet gives it a colour: the picture must not drown the words."""
_ROUND = f'<circle cx="120" cy="120" r="112" {_GROUND}/>'
_GROUNDS = {
    Form.SQUARE: f'<rect x="28" y="28" width="184" height="184" rx="9" {_GROUND}/>',
    Form.DIAMOND: f'<path d="M120 5L235 120L120 235L5 120Z" {_GROUND}/>',
    Form.HOLLOW: f'<path d="M120 5L235 120L120 235L5 120Z" {_GROUND}/>',
}
_RINGS = {
    Form.FULL: _full,
    Form.PLAIN: _plain,
    Form.OPEN: _open,
    Form.SQUARE: _square,
    Form.DIAMOND: _diamond,
    Form.HOLLOW: _diamond,
    Form.OCTAGON: _octagon,
}

_MARKS = {
    Form.FULL: '<circle cx="8" cy="8" r="6.5" fill="currentColor" stroke="none"/>'
    '<path d="M5 8.3l2.1 2.1L11.2 6" class="mark-tick" fill="none" stroke-width="1.6"/>',
    Form.PLAIN: '<circle cx="8" cy="8" r="5.8"/><path d="M5.4 8.2l1.9 1.9 3.5-3.9"/>',
    Form.OPEN: '<path d="M12.6 4.7A5.7 5.7 0 1 0 13.7 8" stroke-width="2"/>',
    Form.SQUARE: '<rect x="2.6" y="2.6" width="10.8" height="10.8" rx="2" fill="currentColor" stroke="none"/>',
    Form.DIAMOND: '<path d="M8 .8L15.2 8 8 15.2.8 8z" fill="currentColor" stroke="none"/>',
    Form.HOLLOW: '<path d="M8 1.8L14.2 8 8 14.2 1.8 8z"/><path d="M4.4 11.6l7.2-7.2"/>',
    Form.OCTAGON: '<path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z"/><path d="M5.2 8h5.6"/>',
}


def mark(form: Form) -> str:
    """Return the small mark of a verdict, 16 by 16."""
    return (
        f'<svg class="mark" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.7" '
        f'aria-hidden="true" focusable="false">{_MARKS[form]}</svg>'
    )
