"""What holds several badges: ZIP, mail, PDF, presentations, learner records, exports of other backpacks."""

from __future__ import annotations

from passport.badge.containers.opening import Contained, looks_like_container, open_container

__all__ = ["Contained", "looks_like_container", "open_container"]
