"""Three badges to play with, made and signed by the program itself, and saying so.

Their key is no secret (it grows from the words below), so anybody could make such badges: the passport shows them as
`self-asserted`. One is in order, one is past its date, and one was altered on purpose after it was signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.badge.baking import bake

_SEED = hashlib.sha256(b"Badge Passport: the key of the samples is no secret").digest()
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_CODEC = b"\xed\x01"
"""Multicodec of an Ed25519 public key (did:key method, section "Signature Method Creation Algorithm")."""
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
STRANGER = "urn:uuid:5a3f1a5e-0b0e-4a54-8a70-000000000000"
"""To whom they are given where the owner has named no address yet."""


def sample_badges(now: datetime, recipient: str | None = None) -> list[tuple[str, bytes]]:
    """Return file names and baked pictures; `recipient` is an e-mail address of the owner."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = _signed(_credential("first-steps", *_FIRST_STEPS, day, recipient))
    past = _credential("past-its-date", *_PAST, day - timedelta(days=400), recipient)
    past["validUntil"] = _written(day - timedelta(days=35))
    whole = _signed(_credential("altered", *_ALTERED, day, recipient))
    return [
        _baked("first-steps", first),
        _baked("past-its-date", _signed(past)),
        _baked("altered", _altered(whole)),
    ]


_FIRST_STEPS = (
    "First Steps",
    "Opened a passport for badges. A sample: Badge Passport made it itself, and it proves nothing about anybody.",
    "* Open the passport\n* Look at a **badge page**, its stamp and what was checked\n* Throw the samples away",
)
_PAST = (
    "Past Its Date",
    "A sample that was good for a year and is not any more: this is how an expired badge looks.",
    "Let a year go by.",
)
_ALTERED = (
    "Altered on Purpose",
    "A sample in which one word was changed after it was signed: this is how the passport shows a forged badge.",
    "Change one word, and be found out.",
)


def _credential(
    key: str, name: str, description: str, criteria: str, day: datetime, recipient: str | None
) -> dict[str, object]:
    subject: dict[str, object] = {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": f"urn:badge-passport:sample:{key}",
            "type": ["Achievement"],
            "name": name,
            "description": description,
            "criteria": {"narrative": criteria},
            "tag": ["sample"],
        },
    }
    if recipient and "@" in recipient:
        identity = {
            "type": "IdentityObject",
            "hashed": False,
            "identityType": "emailAddress",
            "identityHash": recipient,
        }
        subject["identifier"] = [identity]
    else:
        subject["id"] = STRANGER
    return {
        "@context": CONTEXTS,
        "id": f"urn:badge-passport:sample:{key}:{day:%Y%m%d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": {"id": issuer_did(), "type": ["Profile"], "name": "Badge Passport (samples)"},
        "validFrom": _written(day),
        "credentialSubject": subject,
    }


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_SEED)


def issuer_did() -> str:
    """Return the did:key of the samples' issuer."""
    number = int.from_bytes(_ED25519_CODEC + _key().public_key().public_bytes_raw())
    digits = ""
    while number:
        number, place = divmod(number, 58)
        digits = _BASE58[place] + digits
    return f"did:key:z{digits}"


def _signed(credential: dict[str, object]) -> str:
    """Return the credential as VC-JWT (OB 3.0, 8.2.1)."""
    did = issuer_did()
    header = {"alg": "EdDSA", "typ": "JWT", "kid": f"{did}#{did.removeprefix('did:key:')}"}
    claims: dict[str, object] = {
        **credential,
        "iss": did,
        "jti": credential["id"],
        "nbf": _seconds(credential["validFrom"]),
    }
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    subject = credential["credentialSubject"]
    if isinstance(subject, dict) and "id" in subject:
        claims["sub"] = subject["id"]
    signed = f"{_encoded(header)}.{_encoded(claims)}"
    return f"{signed}.{_base64(_key().sign(signed.encode()))}"


def _altered(jws: str) -> str:
    """Change a word of what was signed and leave the signature."""
    header, payload, signature = jws.split(".")
    text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    changed = text.replace("one word was changed", "nothing was changed")
    return f"{header}.{_base64(changed.encode())}.{signature}"


def _baked(name: str, statement: str) -> tuple[str, bytes]:
    picture = (files("passport.web.samples") / f"{name}.png").read_bytes()
    return f"sample-{name}.png", bake(picture, statement)


def _encoded(value: object) -> str:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(written: object) -> int:
    return int(datetime.fromisoformat(str(written)).timestamp())
