"""`unbake` and `bake` for those who use the core as a library."""

from __future__ import annotations

from passport.badge import baking
from passport.badge.detection import is_badge_text
from passport.errors import BakingError


def unbake(file: bytes) -> list[str]:
    """Return the statements that a file carries, as text; none is an empty list.

    Raises:
        BakingError: what it carries is ambiguous, broken or hostile; says why.
    """
    found = baking.unbake(file)
    if found.problem:
        raise BakingError(found.problem)
    texts = [statement.text for statement in found.statements]
    return [text for text in texts if is_badge_text(text)] if found.kind == "json" else texts


def bake(picture: bytes, statement: str) -> bytes:
    """Return the picture with the statement in it, not a pixel touched.

    Raises:
        BakingError: not a PNG or SVG, a broken one, or nothing that can be baked.
    """
    return baking.bake(picture, statement)
