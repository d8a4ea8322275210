"""From what the owner wants posted to letters for the outbox: one way, whether a page, the API or a command asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passport.errors import SharingError
from passport.sharing.accounts.model import Account
from passport.sharing.gathering import Gatherer, text
from passport.sharing.outbox.outbox import Letter
from passport.sharing.pictures import CARD, picture_of
from passport.sharing.posting import SUBJECT
from passport.sharing.posts import compose
from passport.speech import Speech
from passport.vault.model import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the owner said of a post; None: as usual."""

    text: str | None = None
    link: str | None = None
    """An address; empty: none; None: the best there is."""
    alt: str | None = None
    picture: str = CARD
    """One of `pictures.KINDS`."""
    due: datetime | None = None
    draft: bool = False
    key: str = ""
    """The same for the same press of a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes letters in the owner's language."""

    gatherer: Gatherer
    say: Speech

    async def write(self, entry: Entry, accounts: Sequence[Account], wish: Wish) -> list[tuple[Letter, Account]]:
        """Return a letter for each account. What a network would refuse stands in its post's `problems`.

        Raises:
            SharingError: no account is chosen.
            VaultError: the badge cannot be read.
        """
        if not accounts:
            raise SharingError("No account is chosen.", remedy="Tick the accounts that shall post it.")
        award = await asyncio.to_thread(self.gatherer.award, entry)
        template = text(self.gatherer.vault.state(SUBJECT), "template")
        picture = await picture_of(self.gatherer, entry, wish.picture, self.say)
        letters = []
        for account in accounts:
            post = compose(
                account.limits, award, text=wish.text, template=template, link=wish.link, alt=wish.alt, say=self.say
            )
            letter = Letter(
                entry=entry.id,
                post=post,
                picture=picture,
                language=self.say.locale.language,
                due=wish.due,
                draft=wish.draft,
                wish=wish.key,
            )
            letters.append((letter, account))
        return letters
