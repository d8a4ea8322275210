"""What each network takes: its limits, and the way it counts.

Sources are named beside each figure; where a network publishes none, the figure is what its own composer shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

URL = re.compile(r"https?://[^\s<>\"]+")
X_URL_LENGTH = 23
"""docs.x.com, Counting characters: each URL counts 23, whatever its length."""
MASTODON_URL_LENGTH = 23
"""Mastodon's StatusLengthValidator: the same."""
X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""docs.x.com, Counting characters (twitter-text configuration v3): these code points weigh 1, all others 2."""


class Way(StrEnum):
    """How a post gets there."""

    COMPOSER = "composer"
    """The network's own composer opens, filled; the person presses its button."""
    API = "api"
    """With the owner's own account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One place to share to."""

    name: str
    """As in the contract's `--to`."""
    title: str
    ways: tuple[Way, ...]
    max_text: int | None = None
    """In the network's own counting; None: no limit that is known."""
    max_bytes: int | None = None
    """Of the text in UTF-8, where that is limited besides."""
    max_alt: int = 1000
    count: Callable[[str], int]
    needs_link: bool = False
    """Whether its composer takes a link and nothing else."""


def count_characters(text: str) -> int:
    """Count code points after composition (NFC)."""
    return len(unicodedata.normalize("NFC", text))


def count_x(text: str) -> int:
    """Count as X does: URLs 23, light code points 1, others 2, an emoji sequence 2."""
    text = unicodedata.normalize("NFC", text)
    without = URL.sub("", text)
    total = X_URL_LENGTH * len(URL.findall(text))
    for cluster in graphemes(without):
        if len(cluster) > 1 and is_emoji(cluster):
            total += 2
        else:
            total += sum(1 if any(low <= ord(c) <= high for low, high in X_LIGHT) else 2 for c in cluster)
    return total


def count_mastodon(text: str, url_length: int = MASTODON_URL_LENGTH) -> int:
    """Count as Mastodon does: graphemes, URLs 23 (or what the server says), of a mention only the name."""
    text = URL.sub("x" * url_length, text)
    text = re.sub(r"(?<!\w)(@\w+)@[\w.-]+\w", r"\1", text)
    return len(graphemes(text))


def count_graphemes(text: str) -> int:
    """Count as Bluesky does (lexicon app.bsky.feed.post: maxGraphemes 300)."""
    return len(graphemes(text))


def count_threads(text: str) -> int:
    """Count as Threads does: code points, emoji as their UTF-8 bytes (Threads API, Posts)."""
    return sum(len(c.encode()) if is_emoji(c) else 1 for c in unicodedata.normalize("NFC", text))


def is_emoji(text: str) -> bool:
    """Whether a character or cluster is a pictograph."""
    first = ord(text[0])
    return 0x1F000 <= first <= 0x1FAFF or 0x2600 <= first <= 0x27BF or "\ufe0f" in text or "\u20e3" in text


def graphemes(text: str) -> list[str]:
    """Return the user-perceived characters (UAX 29, the rules that matter in posts)."""
    clusters: list[str] = []
    for character in text:
        if clusters and joins(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def joins(cluster: str, character: str) -> bool:
    """Whether the character belongs to the cluster before it (UAX 29: GB3, GB9, GB9a, GB11, GB12)."""
    if cluster == "\r" and character == "\n":
        return True
    if unicodedata.category(character) in {"Mn", "Me", "Mc"} or character in "\u200d\ufe0f":
        return cluster not in "\r\n"
    if cluster.endswith("\u200d"):
        return is_emoji(character)
    if 0x1F3FB <= ord(character) <= 0x1F3FF or 0xE0020 <= ord(character) <= 0xE007F:
        return is_emoji(cluster)
    regional = [c for c in cluster if 0x1F1E6 <= ord(c) <= 0x1F1FF]
    return 0x1F1E6 <= ord(character) <= 0x1F1FF and len(regional) == len(cluster) == 1


COMPOSER, API = (Way.COMPOSER,), (Way.API, Way.COMPOSER)
NETWORKS: dict[str, Network] = {
    network.name: network
    for network in (
        Network(
            name="linkedin", title="LinkedIn", ways=COMPOSER, max_text=3000, count=count_characters, needs_link=True
        ),
        Network(name="linkedin-profile", title="LinkedIn profile", ways=COMPOSER, count=count_characters),
        Network(name="x", title="X", ways=COMPOSER, max_text=280, count=count_x),
        Network(name="facebook", title="Facebook", ways=COMPOSER, count=count_characters, needs_link=True),
        Network(name="threads", title="Threads", ways=COMPOSER, max_text=500, count=count_threads),
        Network(name="reddit", title="Reddit", ways=COMPOSER, max_text=300, count=count_characters),
        Network(name="whatsapp", title="WhatsApp", ways=COMPOSER, count=count_characters),
        Network(name="telegram", title="Telegram", ways=COMPOSER, max_text=4096, count=count_characters),
        Network(name="mail", title="E-mail", ways=COMPOSER, count=count_characters),
        Network(name="mastodon", title="Mastodon", ways=API, max_text=500, max_alt=1500, count=count_mastodon),
        Network(
            name="bluesky",
            title="Bluesky",
            ways=API,
            max_text=300,
            max_bytes=3000,  # the same lexicon: maxLength
            max_alt=2000,
            count=count_graphemes,
        ),
    )
}
