"""Names and hosts that are made to be mistaken for others (Unicode Technical Standard 39, small).

Not the whole table of confusable characters, but those of the scripts that tricks are made of; enough to point at a
name, never to refuse one: many honest names are written in other scripts than Latin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_TWINS = {
    twin: latin
    for twins, latins in (
        ("аеорсухіјѕԁԛԝһӏё", "aeopcyxijsdqwhle"),
        ("АВЕКМНОРСТХІЈЅҮ", "ABEKMHOPCTXIJSY"),
        ("αορνικτχυ", "aopviktxy"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("օսցյ", "ougj"),
    )
    for twin, latin in zip(twins, latins, strict=True)
}
_SEQUENCES = (("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("rn", "m"), ("vv", "w"), ("cl", "d"))
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_WORD = re.compile(r"\w+")
_HOST = re.compile(r"\b(?:[a-z0-9-]{1,63}\.)+(?:com|org|net|edu|gov|mil|int|eu|[a-z]{2})\b", re.IGNORECASE)
_TOGETHER = ({"HIRAGANA", "KATAKANA", "CJK", "LATIN"}, {"HANGUL", "CJK", "LATIN"}, {"BOPOMOFO", "CJK", "LATIN"})
MAX_CHARACTERS = 500


def skeleton(text: str) -> str:
    """Return how a text looks: two texts with the same skeleton can be mistaken for each other (UTS 39, 4)."""
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text[:MAX_CHARACTERS]))
    plain = "".join(_TWINS.get(character, character) for character in seen if not unicodedata.combining(character))
    folded = plain.casefold()
    for sequence, look in _SEQUENCES:
        folded = folded.replace(sequence, look)
    return folded


def oddities(name: str) -> list[str]:
    """Return what is suspicious about a name, as parts of a sentence (`it …`)."""
    text = name[:MAX_CHARACTERS]
    if text.isascii():
        return []
    found = []
    if _INVISIBLE.search(text):
        found.append("holds invisible characters or ones that turn the direction of writing")
    for word in _WORD.findall(text):
        scripts = _scripts(word)
        if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
            found.append(f"mixes {_listed(scripts)} letters in one word ({word[:40]})")
        elif _is_disguised(word, scripts):
            found.append(f"is written in {_listed(scripts)} letters that all look like Latin ones ({word[:40]})")
    return found[:3]


def host_oddities(host: str) -> list[str]:
    """Return what is suspicious about a host's name (lower case, A-labels), as parts of a sentence (`it …`)."""
    if "xn--" not in host:
        return []
    found = []
    for label in host.split("."):
        if label.startswith("xn--"):
            shown = _decoded(label)
            found.append(f"is written {shown!r} and could be mistaken for another")
            found += oddities(shown)
    return found[:3]


def mistaken_for(host: str, known: Iterable[str]) -> str | None:
    """Return the known host that another host merely looks like."""
    others = [other for other in known if other != host]
    if not others:
        return None
    look = skeleton(".".join(_decoded(label) for label in host.split(".")))
    return next((other for other in others if skeleton(other) == look), None)


def named_hosts(name: str) -> list[str]:
    """Return hosts that stand in a name (`Harvard (harvard.edu)`)."""
    if name.isascii() and "." not in name:
        return []
    return [match.lower() for match in _HOST.findall(unicodedata.normalize("NFKC", name[:MAX_CHARACTERS]))]


def _is_disguised(word: str, scripts: set[str]) -> bool:
    """Whether a word in another script reads as a Latin one; words in capitals do so by chance (МОСКВА)."""
    foreign = bool(scripts) and "LATIN" not in scripts and len(word) > 2 and not word.isupper()
    return foreign and all(character in _TWINS for character in word if character.isalpha())


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(character, "").split(" ")[0] for character in word if character.isalpha())
    return {"LATIN" if name in ("FULLWIDTH", "FEMININE", "MASCULINE") else name for name in names if name}


def _listed(scripts: set[str]) -> str:
    return " and ".join(sorted(script.capitalize() for script in scripts))


def _decoded(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label
