"""The owner's language, under the name by which the pages know it."""

from __future__ import annotations

from passport.speech import Speech, point

__all__ = ["Speech", "point"]
