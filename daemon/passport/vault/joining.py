"""How a computer joins a shared passport: it shows a short code, and the owner types that on a computer that has it.

Both sides have to know that the other is the owner's, although all they have in common is a folder that a stranger may
write into. The new computer makes a code at random and leaves a request that is authenticated with a key derived from
the code (scrypt, RFC 7914); who types the code on the first computer lets that check the request, and answer with a
list of all computers' keys, authenticated the same way. The code is never in the folder, and no longer good when
somebody could have tried all codes: requests end after half an hour (8 of 30 characters, some 39 bits, at 32 MiB and a
tenth of a second each).

`devices/<id>.request` and `devices/<id>.welcome` in the vault's folder hold them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import VaultError
from passport.vault.ordinary import ordinary_bytes
from passport.vault.signing import encoded
from passport.vault.trust import Peer

FOLDER = "devices"
LASTS = timedelta(minutes=30)
MAX_REQUESTS = 20
MAX_BYTES = 64 << 10
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_DEVICE = re.compile(r"[0-9a-f]{12}")
_COST = 2**15
_T = TypeVar("_T", bound=msgspec.Struct)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a new computer leaves in the folder."""

    id: str
    name: str
    key: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    salt: str
    proof: str = ""


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the first computer answers."""

    to: str
    peers: list[Peer]
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of this computer, with its code."""

    code: str
    request: Request
    folder: Path
    vault: str


def new_code() -> str:
    """Return a code for people to type: `ABCD-EFGH`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def ask(disk: Disk, folder: Path, vault: str, peer: Peer, at: datetime) -> Asked:
    """Leave a request in the vault's folder. Raises OSError."""
    code = new_code()
    request = Request(id=peer.id, name=peer.name, key=peer.key, at=at, salt=secrets.token_hex(16))
    request = msgspec.structs.replace(request, proof=_proof(code, vault, request))
    _write(disk, folder / FOLDER / f"{peer.id}.request", request)
    (folder / FOLDER / f"{peer.id}.welcome").unlink(missing_ok=True)
    return Asked(code, request, folder, vault)


def answer_to(asked: Asked, now: datetime) -> list[Peer] | None:
    """Return the computers that share the passport once the first one has answered; None: not yet.

    Raise VaultError where the time is over, or where somebody answered who does not know the code.
    """
    if now - asked.request.at > LASTS:
        raise VaultError("Nobody typed the code in time.", remedy="Join again; a new code is made.")
    welcome = _read(asked.folder / FOLDER / f"{asked.request.id}.welcome", Welcome)
    if welcome is None:
        return None
    wanted = _proof(asked.code, asked.vault, asked.request, welcome)
    if welcome.to != asked.request.id or not hmac.compare_digest(wanted, welcome.proof):
        raise VaultError(
            "Somebody answered who does not know the code. This computer did not join.",
            remedy="See who else may write into that folder, then join again.",
        )
    return welcome.peers


def withdraw(asked: Asked) -> None:
    """Take the request and the answer away."""
    for name in ("request", "welcome"):
        (asked.folder / FOLDER / f"{asked.request.id}.{name}").unlink(missing_ok=True)


def requests_in(folder: Path, now: datetime) -> list[Request]:
    """Return who asks at the moment; anybody who may write into the folder can.

    Of very many some only: who may lay a thousand requests there to hide one may as well remove that one.
    """
    paths = sorted((folder / FOLDER).glob("*.request"))[:MAX_REQUESTS]
    found = (_read(path, Request) for path in paths)
    return [r for r in found if r and _DEVICE.fullmatch(r.id) and abs(now - r.at) <= LASTS]


def request_of(folder: Path, vault: str, code: str, now: datetime) -> Request:
    """Return the request that was made with this code. Raise VaultError."""
    typed = re.sub(r"[^A-Z0-9]", "", code.upper())
    code = f"{typed[:4]}-{typed[4:]}"
    for request in requests_in(folder, now):
        if hmac.compare_digest(_proof(code, vault, request), request.proof):
            return request
    raise VaultError(
        "No computer asks to join with this code.",
        remedy="Type it as the other computer shows it; or wait until the sync program has brought its request.",
    )


def welcome(disk: Disk, folder: Path, vault: str, code: str, request: Request, peers: Sequence[Peer]) -> None:
    """Answer a request whose code was typed. Raises OSError."""
    typed = re.sub(r"[^A-Z0-9]", "", code.upper())
    answer = Welcome(to=request.id, peers=list(peers))
    proof = _proof(f"{typed[:4]}-{typed[4:]}", vault, request, answer)
    _write(disk, folder / FOLDER / f"{request.id}.welcome", msgspec.structs.replace(answer, proof=proof))
    (folder / FOLDER / f"{request.id}.request").unlink(missing_ok=True)


def _proof(code: str, vault: str, request: Request, answer: Welcome | None = None) -> str:
    """Return what only somebody who knows the code can make, over all that the two sides say."""
    salt = request.salt.encode()
    key = hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=8, p=1, maxmem=64 << 20, dklen=32)
    said: list[object] = ["badge-passport join 1", vault, msgspec.structs.replace(request, proof="")]  # no sentence
    if answer:
        said.append(msgspec.structs.replace(answer, proof=""))
    return encoded(hmac.new(key, msgspec.json.encode(said), hashlib.sha256).digest())


def _write(disk: Disk, path: Path, value: msgspec.Struct) -> None:
    make_folders(disk, path.parent)
    write_whole(disk, path, msgspec.json.encode(value), aside=path.with_name(f".{path.name}.tmp"))


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(ordinary_bytes(path, MAX_BYTES), type=kind)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
