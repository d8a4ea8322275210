"""A Verifiable Presentation of the owner's badges, signed with a key of the owner's own (VC Data Model 2.0, 4.13).

The key stands behind a `did:key` and lives in the keyring. The proof is `eddsa-jcs-2022`: it covers every credential as
it stands, whatever contexts each one names. Signed texts go in enveloped (VC Data Model 2.0, 4.12.2).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from passport.badge.model import Securing
from passport.errors import SharingError
from passport.keychain import Keychain
from passport.verification.canonical import jcs
from passport.verification.canonical.refusals import DocumentRefusedError
from passport.verification.multibase import encode_base58
from passport.verification.report import VerificationReport

KEY_NAME = "holder:ed25519"
CONTEXT = "https://www.w3.org/ns/credentials/v2"
ENVELOPES = {Securing.VC_JWT: "application/vc+jwt", Securing.SD_JWT: "application/vc+sd-jwt"}
_ED25519 = b"\xed\x01"
"""Multicodec of a public key (did:key method)."""


@dataclass(frozen=True, slots=True)
class HolderKey:
    """The owner's key, by its 32 secret bytes."""

    seed: bytes

    @property
    def multikey(self) -> str:
        """The public key as Multikey."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (heavy)

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return f"z{encode_base58(_ED25519 + public)}"

    @property
    def did(self) -> str:
        """Who it is."""
        return f"did:key:{self.multikey}"

    def sign(self, data: bytes) -> bytes:
        """Return the signature over data."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (heavy)

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)


async def holder_key(keychain: Keychain) -> HolderKey:
    """Return the owner's key; the first time it is made and put into the keyring. Raise KeychainError."""
    kept = await keychain.get(KEY_NAME)
    if kept is not None:
        try:
            return HolderKey(base64.b64decode(kept, validate=True)[:32])
        except ValueError as error:
            raise SharingError("The key in the keyring cannot be read.", remedy="Remove it there.") from error
    seed = secrets.token_bytes(32)
    await keychain.set(KEY_NAME, base64.b64encode(seed).decode())
    return HolderKey(seed)


def presentable(report: VerificationReport) -> dict[str, object] | None:
    """Return a badge as a presentation holds it; None for badges that are no verifiable credentials (OB 1 and 2)."""
    credential = report.credential
    if credential is None or credential.standard != "3.0":
        return None
    media_type = ENVELOPES.get(credential.securing)
    if media_type is not None:
        data = f"data:{media_type},{credential.source.strip()}"
        return {"@context": CONTEXT, "type": "EnvelopedVerifiableCredential", "id": data}
    return dict(credential.document) if credential.securing is Securing.DATA_INTEGRITY else None


def present(
    credentials: Sequence[dict[str, object]], key: HolderKey, now: datetime, *, challenge: str = "", domain: str = ""
) -> dict[str, object]:
    """Return a signed presentation; `challenge` and `domain` are those of whoever asked for it. Raise SharingError."""
    if not credentials:
        raise SharingError(
            "None of these badges can go into a presentation.",
            remedy="Only signed badges of Open Badges 3.0 can: hand the others over as files.",
        )
    document: dict[str, object] = {
        "@context": [CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": key.did,
        "verifiableCredential": list(credentials),
    }
    proof: dict[str, object] = {
        "@context": [CONTEXT],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "verificationMethod": f"{key.did}#{key.multikey}",
        "proofPurpose": "authentication",
        **({"challenge": challenge} if challenge else {}),
        **({"domain": domain} if domain else {}),
    }
    try:
        parts = [hashlib.sha256(jcs.canonicalize(part)).digest() for part in (proof, document)]
    except DocumentRefusedError as error:
        raise SharingError(f"A badge cannot go into a presentation: {error}") from error
    return {**document, "proof": {**proof, "proofValue": f"z{encode_base58(key.sign(b''.join(parts)))}"}}


def presentation_file(presentation: dict[str, object]) -> bytes:
    """Return a presentation as a file."""
    return (json.dumps(presentation, ensure_ascii=False, indent=1) + "\n").encode()
