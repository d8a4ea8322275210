"""The age format with a passphrase (age-encryption.org/v1), written and read as a stream: C2SP, `age.md`.

The bindings at hand take and give whole files only when there is a passphrase, and a vault may be larger than memory.
Nothing here is an invention: scrypt, HKDF and ChaCha20-Poly1305 are the library's, and tests read what the Rust
implementation wrote and the other way round.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import io
import re
import secrets
from collections.abc import Callable
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from passport.errors import VaultError

WORK_FACTOR = 17
"""2^17 rounds of scrypt: 128 MiB and a third of a second for each guess (OWASP, Password Storage)."""
MAX_WORK_FACTOR = 20
"""More would take a gigabyte."""
_CHUNK = 64 << 10
_TAG = 16
_INTRO = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/scrypt"
_STANZA = re.compile(
    rb"-> scrypt (?P<salt>[A-Za-z0-9+/]{22}) (?P<factor>[1-9][0-9]?)\n(?P<body>[A-Za-z0-9+/]{43})\n---"
)
_MAX_HEADER = 4096


class LockedError(VaultError):
    """The passphrase is wrong, or the file is none of these."""


class Sealer:
    """Encrypts what is written, and hands it on in pieces of 64 KiB."""

    def __init__(self, write: Callable[[bytes], object], passphrase: str, work_factor: int = WORK_FACTOR) -> None:
        self._write = write
        file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
        body = ChaCha20Poly1305(_stretched(passphrase, salt, work_factor)).encrypt(bytes(12), file_key, None)
        header = _INTRO + b"-> scrypt %s %d\n%s\n---" % (_text(salt), work_factor, _text(body))
        write(header + b" " + _text(_mac(file_key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self._waiting = bytearray()
        self._count = 0

    def write(self, data: bytes) -> int:
        """Take in some bytes."""
        self._waiting += data
        while len(self._waiting) > _CHUNK:  # the last one, full or not, is for `finish`
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the end; without it the file is not whole, and readers say so."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._write(self._cipher.encrypt(_nonce(self._count, last=last), chunk, None))
        self._count += 1


class Opened(io.RawIOBase):
    """What such a file holds, to be read once from beginning to end; each piece is proved before it is given out."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Read the header. Raise LockedError."""
        self._file = file
        file_key = _file_key(file, passphrase)
        self._cipher = ChaCha20Poly1305(_derived(file_key, file.read(16), b"payload"))
        self._count = 0
        self._next = file.read(_CHUNK + _TAG)
        if not self._next:
            raise LockedError("The file is cut off.", remedy="Nothing was changed. Try another copy.")
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer. Raise LockedError where the file was changed or is cut off."""
        target = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer, by io's contract
        if not self._plain and self._next:
            self._plain = memoryview(self._open())
        count = min(len(target), len(self._plain))
        target[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def drain(self) -> None:
        """Read to the end, so that a file that is cut off is known as such."""
        while self.read(_CHUNK):
            pass

    def _open(self) -> bytes:
        sealed, self._next = self._next, self._file.read(_CHUNK + _TAG)
        try:
            plain = self._cipher.decrypt(_nonce(self._count, last=not self._next), sealed, None)
        except InvalidTag as error:
            raise LockedError(
                "The file is damaged or cut off.", remedy="Nothing was changed. Try another copy."
            ) from error
        self._count += 1
        return plain


def _file_key(file: BinaryIO, passphrase: str) -> bytes:
    """Return the key behind the header. Raise LockedError."""
    head = file.read(_MAX_HEADER)
    stanza = _STANZA.match(head, len(_INTRO)) if head.startswith(_INTRO) else None
    end = head.find(b"\n", stanza.end()) if stanza else -1
    if stanza is None or end < 0 or int(stanza["factor"]) > MAX_WORK_FACTOR:
        raise LockedError("It is not locked with a passphrase in the age format.")
    file.seek(end + 1)
    try:
        key = _stretched(passphrase, _bytes(stanza["salt"]), int(stanza["factor"]))
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), _bytes(stanza["body"]), None)
    except (InvalidTag, binascii.Error) as error:
        raise LockedError("The passphrase is wrong.") from error
    mac = b" " + _text(_mac(file_key, head[: stanza.end()]))
    if not hmac.compare_digest(head[stanza.end() : end], mac):
        raise LockedError("The head of the file was changed.")
    return file_key


def _stretched(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1).derive(passphrase.encode())


def _derived(key: bytes, salt: bytes | None, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=purpose).derive(key)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, None, b"header"), header, "sha256")


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
