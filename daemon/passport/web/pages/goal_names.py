"""What achievements are called that a goal names by their address: asked of the address itself, when the goal is saved.

Only what the owner wrote is asked; a path file that somebody shared brings names along, or shows its addresses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from passport.badge.strict_json import loads
from passport.errors import ParseError
from passport.verification.documents import RemoteDocument
from passport.web.pages.formats import is_web, tidy

MAX_ASKED = 12
"""Addresses for one press of the button; the others are asked when it is pressed again."""
PATIENCE_S = 8.0
MAX_NAME = 120


async def names_of(
    wanted: Iterable[str],
    known: Mapping[str, str],
    fetch: Callable[[str], Awaitable[RemoteDocument]],
    patience_s: float = PATIENCE_S,
) -> dict[str, str]:
    """Return names by address, for those addresses that have one; what is known is not asked again."""
    addresses = [address for address in wanted if is_web(address)]
    found = {address: known[address] for address in addresses if known.get(address)}
    asked = [address for address in addresses if address not in found][:MAX_ASKED]

    async def ask(address: str) -> None:
        if name := name_in(await fetch(address)):
            found[address] = name

    try:
        async with asyncio.timeout(patience_s):
            await asyncio.gather(*(ask(address) for address in asked))
    except TimeoutError:
        pass  # the goal is kept all the same, and shows the address
    return found


def name_in(document: RemoteDocument) -> str:
    """Return the name of an achievement (OB 2.0 BadgeClass, OB 3.0 Achievement or a credential of it); else nothing."""
    if not document.ok:
        return ""
    try:
        content = loads(document.body.decode("utf-8-sig"))
    except (ParseError, UnicodeDecodeError):
        return ""
    subject = content.get("credentialSubject") if isinstance(content, dict) else None
    achievement = subject.get("achievement") if isinstance(subject, dict) else content
    name = achievement.get("name") if isinstance(achievement, dict) else None
    return tidy(name, MAX_NAME) if isinstance(name, str) else ""


def kept_names(state: Mapping[str, object]) -> dict[str, str]:
    """Return the names that a goal keeps."""
    names = state.get("names")
    pairs = names.items() if isinstance(names, dict) else ()
    return {str(address): tidy(name, MAX_NAME) for address, name in pairs if isinstance(name, str)}
