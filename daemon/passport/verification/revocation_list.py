"""The revocation list of signed badges, OB 1.0-2.1: the issuer's profile names it, and it names what was taken back.

OB 2.0 RevocationList (`revokedAssertions`: ids as text, or objects with `id` or `uid`); OB 1.x an object of uids.
"""

from __future__ import annotations

from collections.abc import Mapping

from passport.verification.answers import failed, passed, unknown
from passport.verification.comparing import same_address
from passport.verification.documents import Documents
from passport.verification.graph import Graph
from passport.verification.remote import read_object
from passport.verification.report import Check, Verdict

_NO_UIDS = frozenset({"@context", "id", "type", "issuer", "revokedAssertions"})


def check_revocation_list(graph: Graph, documents: Documents) -> Check | None:
    """Return whether a signed assertion was revoked; None: its issuer keeps no list."""
    named = (graph.issuer.value or {}).get("revocationList")
    url = named.get("id") if isinstance(named, dict) else named
    if url is None:
        return None
    if not isinstance(url, str):
        return unknown("status", "The issuer's list of revoked badges is named by something that is no address.")
    reading = read_object(documents, url)
    if reading.value is None:
        text = f"Whether it was revoked could not be checked: {reading.why}."
        return unknown("status", text, needs=reading.needs)
    return _on_list(graph, reading.value)


def _on_list(graph: Graph, answer: Mapping[str, object]) -> Check:
    owner = answer.get("issuer")
    owner = owner.get("id") if isinstance(owner, dict) else owner
    if owner is not None and not same_address(owner, graph.issuer_id):
        return unknown("status", "The list of revoked badges is that of another issuer, so it tells nothing.")
    own = (graph.assertion.get("id"), graph.assertion.get("uid"))
    names = {name for name in own if isinstance(name, str)}
    revoked = answer.get("revokedAssertions")
    if isinstance(revoked, list):
        return _among(names, revoked)
    if revoked is not None or "RevocationList" in str(answer.get("type")):
        return unknown("status", "The issuer's list of revoked badges has another form than the standard says.")
    for name in names:
        if name in answer and name not in _NO_UIDS:
            return _revoked(answer[name])
    return passed("status", "It is not on the issuer's list of revoked badges.")


def _among(names: set[str], revoked: list[object]) -> Check:
    for item in revoked:
        if isinstance(item, str) and item in names:
            return _revoked(None)
        if isinstance(item, dict) and any(
            item.get(name) in names for name in ("id", "uid") if _is_text(item.get(name))
        ):
            return _revoked(item.get("revocationReason"))
    return passed("status", "It is not on the issuer's list of revoked badges.")


def _revoked(reason: object) -> Check:
    because = f' The reason given: "{reason[:200]}"' if isinstance(reason, str) and reason else ""
    text = f"The issuer has revoked it (revocationList).{because}"
    return failed("status", text, verdict=Verdict.REVOKED)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
