"""Badge Passport: keeps, verifies and shows Open Badges.

The core stands on its own: `from passport import verify, unbake, bake, Documents`.
What is heavy loads when first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passport.badge.files import bake, unbake
    from passport.verification.documents import Documents
    from passport.verification.files import verify

__version__ = "0.1.0"
__all__ = ["Documents", "__version__", "bake", "unbake", "verify"]

_HOMES = {
    "verify": "passport.verification.files",
    "Documents": "passport.verification.documents",
    "unbake": "passport.badge.files",
    "bake": "passport.badge.files",
}


def __getattr__(name: str) -> object:
    """Load a name of the library when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module  # noqa: PLC0415 (a cheap `import passport`)

    return getattr(import_module(_HOMES[name]), name)
