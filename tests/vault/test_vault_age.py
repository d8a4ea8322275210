"""Our age against the Rust implementation, both ways; and what was changed or cut off is never taken for whole."""

from __future__ import annotations

import io
import random

import pyrage
import pytest

from passport.vault.age import LockedError, Opened, Sealer

CHUNK = 64 << 10
PASSPHRASE = "pässword für's Boot"


def sealed(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out.write, passphrase, work_factor=8)
    for start in range(0, len(data), 5000):
        sealer.write(data[start : start + 5000])
    sealer.finish()
    return out.getvalue()


def opened(file: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return Opened(io.BytesIO(file), passphrase).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_the_rust_implementation_reads_what_we_write(size):
    data = random.Random(size).randbytes(size)
    assert pyrage.passphrase.decrypt(sealed(data), PASSPHRASE) == data
    assert opened(sealed(data)) == data


def test_we_read_what_the_rust_implementation_writes():
    data = random.Random(1).randbytes(CHUNK + 1)
    assert opened(pyrage.passphrase.encrypt(data, PASSPHRASE)) == data


@pytest.mark.parametrize("passphrase", ["", "wrong", PASSPHRASE + " "])
def test_another_passphrase_opens_nothing(passphrase):
    with pytest.raises(LockedError, match="wrong"):
        opened(sealed(b"secret"), passphrase)


def test_a_file_that_is_cut_off_anywhere_is_not_whole():
    file = sealed(random.Random(2).randbytes(2 * CHUNK))
    header = len(file) - 2 * (CHUNK + 16) - 16
    cuts = [*range(0, header + 40, 7), header + 16, header + 16 + CHUNK + 16, len(file) - 1, len(file) - 16]
    for cut in cuts:
        with pytest.raises(LockedError):
            opened(file[:cut])


def test_a_byte_that_was_changed_anywhere_is_noticed():
    file = sealed(b"x" * 200)
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(LockedError):
            opened(bytes(changed))


@pytest.mark.parametrize("swap", [(0, 1), (1, 0)])
def test_pieces_cannot_change_places(swap):
    file = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    body = len(file) - 2 * (CHUNK + 16) - 17
    pieces = [file[body + n * (CHUNK + 16) : body + (n + 1) * (CHUNK + 16)] for n in range(2)]
    with pytest.raises(LockedError):
        opened(file[:body] + pieces[swap[1]] + pieces[swap[1]] + file[body + 2 * (CHUNK + 16) :])


@pytest.mark.parametrize(
    "file", [b"", b"hello", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> X25519 a\n\n---"]
)
def test_what_is_none_is_refused(file):
    with pytest.raises(LockedError):
        opened(file)


def test_a_file_that_asks_for_gigabytes_is_refused():
    assert b" 8\n" in sealed(b"x")
    with pytest.raises(LockedError, match="not locked"):
        opened(sealed(b"x").replace(b" 8\n", b" 29\n", 1))
