"""A badge as a card of the gallery shows it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from passport.look.rosette import ink_of, seed_of
from passport.look.words import Form, Word, word_for
from passport.vault.model import Entry
from passport.web.pages.formats import host, initial, tidy
from passport.web.pages.speech import point

PICTURES = frozenset({"image/png", "image/svg+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a template needs of an entry; every text is still the issuer's own, and hostile until escaped."""

    id: str
    name: str
    issuer: str
    host: str
    word: Word
    date: str | None
    year: str
    expires: str | None
    is_new: bool
    rosette: str
    ink: int
    picture: str | None
    picture_of: str
    initial: str
    tags: tuple[str, ...]
    rating: int
    public: bool

    @property
    def own_claim(self) -> bool:
        """Whether the issuer's name is its own claim."""
        return self.word.form is Form.PLAIN

    @classmethod
    def of(cls, entry: Entry) -> Card:
        """Return the card of an entry."""
        name = tidy(entry.name) or "—"
        seed = seed_of(entry.issuer_id or entry.issuer)
        picture, of = picture_of(entry)
        found = point(entry.valid_from)
        return cls(
            id=entry.id,
            name=name,
            issuer=tidy(entry.issuer, 160),
            host=host(entry.issuer_id),
            word=word_for(entry.verdict, entry.issuer_identity),
            date=entry.valid_from,
            year=str(found.year) if found else "",
            expires=entry.valid_until,
            is_new=entry.state == "new",
            rosette=seed.hex(),
            ink=ink_of(seed),
            picture=picture,
            picture_of=of,
            initial=initial(name),
            tags=entry.tags,
            rating=entry.rating,
            public=entry.visibility == "public",
        )


def picture_of(entry: Entry) -> tuple[str | None, str]:
    """Return where the picture is: the file itself, else what the achievement names; None: there is none."""
    if entry.media_type in PICTURES:
        return f"/picture/{entry.sha256}", ""
    if entry.image:
        return f"/picture/{entry.sha256}", f"?of={quote(entry.id)}"
    return None, ""
