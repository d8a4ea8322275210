"""Every translation says what it says once: two sessions' words for one sentence were joined to one text before."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[2] / "daemon" / "passport" / "speech" / "locales"


def begins_again(text: str) -> bool:
    return len(text) > 40 and text[:20] in text[20:]


@pytest.mark.parametrize("file", sorted(LOCALES.glob("*.po")), ids=lambda file: file.stem)
def test_no_translation_begins_again(file: Path) -> None:
    with file.open("rb") as stream:
        said = [message.string for message in read_po(stream) if message.id and isinstance(message.string, str)]
    assert said
    assert [text for text in said if begins_again(text)] == []


def test_it_would_be_noticed() -> None:
    assert begins_again("Vanha kansio jää ennalleen.Vanha kansio jää ennalleen.")
