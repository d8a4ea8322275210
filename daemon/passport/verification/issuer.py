"""Who is the issuer? What is known of the name that a badge shows; information, and a finger pointed at look-alikes.

"evil.org says it is Harvard": the name is the badge's claim, so the site or key that vouches for it is told beside it
(security.md 1.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from passport.badge.model import AchievementCredential
from passport.verification.addresses import parse_address
from passport.verification.answers import failed, passed
from passport.verification.keys import did_web_url
from passport.verification.lookalikes import host_oddities, mistaken_for, named_hosts, oddities
from passport.verification.report import Check, IssuerIdentity


def check_issuer(
    credential: AchievementCredential, identity: IssuerIdentity | None, known_issuers: Sequence[str] = ()
) -> list[Check]:
    """Return what is known of the issuer. Nothing here changes the verdict."""
    issuer = credential.issuer
    if identity is None and not issuer.name:
        return []
    checks = _said(identity, issuer.id or issuer.url or "", issuer.name or "")
    if not known_issuers:
        return list(checks)
    host = host_of(issuer.id or issuer.url or "")
    twin = mistaken_for(host, filter(None, map(host_of, known_issuers))) if host else None
    if twin is None:
        return list(checks)
    text = f"Look twice: the issuer's site {host} looks like {twin}, which you know, and is another."
    return [*checks, failed("issuer", text, matters=False)]


@lru_cache(maxsize=256)
def _said(identity: IssuerIdentity | None, address: str, name: str) -> tuple[Check, ...]:
    """Return what is known of an issuer by itself: it stands behind many badges."""
    host = host_of(address)
    known = (passed("issuer", _known_by(identity, host), matters=False),) if identity else ()
    return (*known, *(failed("issuer", text, matters=False) for text in _suspicions(name, host)))


def host_of(issuer_id: str) -> str:
    """Return the host that an issuer's id names (https or did:web); empty when it names none."""
    address = parse_address((did_web_url(issuer_id.partition("#")[0]) or issuer_id).partition("#")[0])
    return address.host if address else ""


def _known_by(identity: IssuerIdentity | None, host: str) -> str:
    if identity is IssuerIdentity.DOMAIN:
        return f"The issuer is known by its own site{f', {host}' if host else ''}."
    if identity is IssuerIdentity.KNOWN:
        return "The issuer is one that you marked as known."
    return "The issuer's name is its own claim: the badge is intact, but nobody else vouches for who made it."


def _suspicions(name: str, host: str) -> Iterator[str]:
    for oddity in oddities(name):
        yield f"Look twice: the issuer's name {oddity}."
    for oddity in host_oddities(host):
        yield f"Look twice: the issuer's site {host} {oddity}."
    for named in named_hosts(name):
        if named != host and not host.endswith(f".{named}"):
            yield f"Look twice: the issuer calls itself {named}, and nothing shows that it is."
