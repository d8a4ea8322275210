"""What others say of a badge: endorsements are credentials of their own (OB 3.0, 8.3; OB 2.0, Endorsement)."""

from __future__ import annotations

from datetime import datetime

from passport.badge.model import AchievementCredential
from passport.verification.documents import Documents
from passport.verification.report import Check


def check_endorsements(credential: AchievementCredential, documents: Documents, now: datetime) -> list[Check]:
    """Return an answer for each endorsement. To be widened."""
    del credential, documents, now
    return []
