"""Hosted badges, OB 0.5-2.1: the issuer's own site is asked, and only what it answers counts.

"The input data should only be trusted to identify the URI" (OB 2.0, Verification). 404 is no revocation; 410 and
`revoked: true` are (OB 2.0, Assertion, revoked; Implementation, Revoking).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from passport.badge.model import AchievementCredential
from passport.verification.addresses import begins_with, parse_address, same_origin, without_fragment
from passport.verification.answers import failed, passed, unknown
from passport.verification.comparing import (
    contradictions,
    embedded_contradictions,
    same_address,
    small_differences,
)
from passport.verification.documents import Documents
from passport.verification.graph import Graph, as_credential, assemble
from passport.verification.remote import Reading, State, read_object
from passport.verification.report import Check, IssuerIdentity, Verdict


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the issuer's site says of a badge."""

    checks: tuple[Check, ...]
    credential: AchievementCredential
    """What the site says; while it says nothing, the copy in the file."""
    graph: Graph | None = None
    """None: nothing was fetched that could be looked at."""
    revoked: bool = False
    identity: IssuerIdentity | None = None


def check_hosting(credential: AchievementCredential, documents: Documents) -> Hosting:
    """Ask the site (that is: the documents) whether it vouches for a hosted badge."""
    url = credential.hosted_url
    if not url:
        text = "It does not say where it is hosted, and nothing else proves it."
        return Hosting((unknown("hosting", text),), credential)
    if parse_address(url.partition("#")[0]) is None:
        text = f"The address at which it claims to be hosted ({url[:120]}) is made to be mistaken for another."
        return Hosting((failed("hosting", text),), credential)
    reading = read_object(documents, url)
    if reading.state is State.GONE:
        return _gone(credential)
    if reading.value is None:
        text = f"Whether the issuer's site still vouches for it could not be checked: {reading.why}."
        return Hosting((unknown("hosting", text, needs=reading.needs),), credential)
    if reading.value.get("revoked") in (True, "true", "True"):
        return _revoked(credential, reading.value)
    return _served(credential, reading.value, url, documents)


def scope_problem(url: str, graph: Graph) -> str | None:
    """Return why an address is not the issuer's to vouch for (OB 2.0, VerificationObject); None: it is."""
    issuer = graph.issuer.value or {}
    if graph.issuer.url is None:
        origin = issuer.get("origin") or issuer.get("id") or issuer.get("url")
        if isinstance(origin, str) and same_origin(url, origin):
            return None
        return f"it is hosted at {_host(url)}, and the issuer's site is {_host(origin) or 'not named'}"
    policy = issuer.get("verification")
    starts, hosts = (_texts(policy, "startsWith"), _texts(policy, "allowedOrigins")) if policy else ([], [])
    if starts and not any(begins_with(url, start) for start in starts):
        return "the issuer vouches only for other addresses (verification.startsWith)"
    if hosts and not any(_is_host(url, host) for host in hosts):
        return f"the issuer does not vouch for {_host(url)} (verification.allowedOrigins)"
    if not starts and not hosts and not same_origin(url, graph.issuer.url):
        return f"it is hosted at {_host(url)}, and the issuer's site is {_host(graph.issuer.url)}"
    return None


def issuer_identity(graph: Graph) -> IssuerIdentity:
    """Return how the issuer of a graph is known: by its own site, or by its own word."""
    if graph.issuer.url and graph.issuer.value is not None:
        return IssuerIdentity.DOMAIN
    return IssuerIdentity.DOMAIN if (graph.issuer.value or {}).get("origin") else IssuerIdentity.SELF_ASSERTED


def unread_part(reading: Reading) -> Check:
    """Return what it means that a class or issuer could not be read."""
    text = f"The badge's description or issuer could not be read: {reading.why}."
    return unknown("hosting", text, needs=reading.needs)


def _gone(credential: AchievementCredential) -> Hosting:
    text = "The issuer's site says that this badge is gone for good (410), which is how badges are revoked."
    check = failed("status", text, verdict=Verdict.REVOKED)
    return Hosting((check,), credential, revoked=True)


def _revoked(credential: AchievementCredential, answer: Mapping[str, object]) -> Hosting:
    reason = answer.get("revocationReason")
    because = f' The reason given: "{reason[:200]}"' if isinstance(reason, str) and reason else ""
    text = f"The issuer has revoked it (revoked: true).{because}"
    return Hosting((failed("status", text, verdict=Verdict.REVOKED),), credential, revoked=True)


def _served(
    credential: AchievementCredential, assertion: Mapping[str, object], url: str, documents: Documents
) -> Hosting:
    graph = assemble(assertion, documents)
    told = as_credential(graph, credential)
    if told is None:
        text = f"The address at which it claims to be hosted ({url[:120]}) answers something that is no badge."
        return Hosting((failed("hosting", text),), credential)
    if told.hosted_url != url:
        told = replace(told, hosted_url=url)
    problem = _problem(credential, told, graph, url)
    if problem:
        return Hosting((failed("hosting", problem),), told, graph)
    if graph.is_read:
        return Hosting((_confirmed(credential, assertion, url),), told, graph, identity=issuer_identity(graph))
    return Hosting(tuple(unread_part(reading) for reading in graph.unread), told, graph)


def _problem(credential: AchievementCredential, told: AchievementCredential, graph: Graph, url: str) -> str | None:
    wrong_id = _wrong_id(told, graph.assertion, url)
    if wrong_id:
        return f"{url[:120]} answers another badge than was asked for ({wrong_id[:120]})."
    if graph.issuer.value is not None or (graph.issuer.url is None and graph.badge.value is not None):
        out = scope_problem(url, graph)
        if out:
            return f"It is not the issuer who vouches for it: {out}."
    differences = contradictions(credential.document, told, graph) + embedded_contradictions(graph)
    if differences:
        told_apart = ", ".join(dict.fromkeys(differences))
        return f"The file and the issuer's site contradict each other about {told_apart}: the file was changed."
    return None


def _wrong_id(told: AchievementCredential, assertion: Mapping[str, object], url: str) -> str | None:
    """Return the id that it has, when that is not its address (OB 2.0, Assertion, id; OB 1.1, verify.url)."""
    name = assertion.get("id")
    if told.standard in ("1.0", "1.1") and not name:
        verify = assertion.get("verify")
        name = verify.get("url") if isinstance(verify, dict) else None
    return None if name is None or name == url or same_address(name, url) else str(name)


def _confirmed(credential: AchievementCredential, assertion: Mapping[str, object], url: str) -> Check:
    address = parse_address(without_fragment(url))
    if address is None:
        return _vouches("", secure=False, also="")
    differences = small_differences(credential.document, assertion)
    also = f" The file differs in {', '.join(differences)}; shown is what the site says." if differences else ""
    return _vouches(address.host, secure=address.scheme == "https", also=also)


@lru_cache(maxsize=256)
def _vouches(host: str, *, secure: bool, also: str) -> Check:
    unprotected = "" if secure else " (over an unprotected connection)"
    return passed("hosting", f"The issuer's own site, {host}, vouches for it{unprotected}.{also}")


def _texts(policy: object, name: str) -> list[str]:
    value = policy.get(name) if isinstance(policy, dict) else None
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _is_host(url: str, allowed: str) -> bool:
    """Whether a URL is of an allowed origin: a host's name, never a part of one, nor with a path."""
    address = parse_address(url)
    origin = parse_address(allowed if "://" in allowed else f"https://{allowed}")
    if address is None or origin is None or origin.rest != "/":
        return False
    return address.same_origin(origin) if "://" in allowed or ":" in allowed else address.host == origin.host


def _host(url: object) -> str:
    address = parse_address(url.partition("#")[0]) if isinstance(url, str) else None
    return address.host if address else ""
