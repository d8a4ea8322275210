"""ZIP archives, as mail programs, browsers and other backpacks make them (APPNOTE 6.3)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from passport.badge.baking import MAX_FILE_BYTES
from passport.badge.containers.parts import MAX_PARTS, Budget, LimitError, Part, clean_name

MAGIC = b"PK\x03\x04"
_END = b"PK\x05\x06"
_MAX_DIRECTORY_BYTES = 4 << 20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others are rare, and LZMA may ask for gigabytes of memory."""
_ENCRYPTED = 0x1
# zipfile raises all of these for bytes that are not what they claim to be (RuntimeError: NotImplementedError too).
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error, OverflowError)
_DOCUMENTS = (
    b"[Content_Types].xml",
    b"mimetype",
    b"META-INF/",
    b"AndroidManifest.xml",
    b"_rels/",
    b"word/",
    b"xl/",
    b"ppt/",
)
"""First names in ZIPs that are a document or a program (OOXML, ODF, EPUB, JAR, APK): no folder of badges."""


def is_archive(head: bytes) -> bool:
    """Return whether a file is a ZIP that people would open as a folder."""
    return head.startswith(MAGIC) and not head[30:].startswith(_DOCUMENTS)


def parts(file: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the files in an archive.

    Raises:
        LimitError: there are too many, or they inflate to too much.
    """
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(io.BytesIO(file))
        members = archive.infolist()
    except _BROKEN:
        yield Part("the archive", b"", "The ZIP archive is broken.")
        return
    for member in members:
        if not member.filename.endswith("/") and not member.filename.startswith("__MACOSX/"):  # `is_dir` wants a name
            yield _part(archive, member, budget)


def _check_directory(file: bytes) -> None:
    """Refuse a directory of a million entries before it is read: the count stands at the end of the file."""
    end = file.rfind(_END, max(0, len(file) - 65_557))
    if end < 0 or end + 22 > len(file):
        return  # broken; said by who reads it
    count, size = struct.unpack_from("<HI", file, end + 10)
    if count > MAX_PARTS or size > _MAX_DIRECTORY_BYTES:
        raise LimitError(f"It holds more than {MAX_PARTS:,} files and was not opened.")


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Part:
    name = clean_name(member.filename, "a file without a name")
    if member.flag_bits & _ENCRYPTED:
        return Part(name, b"", "It is locked with a password.")
    if member.compress_type not in _METHODS:
        return Part(name, b"", "It is compressed in an unusual way.")
    try:
        with archive.open(member) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)  # what the archive says of sizes is not believed
    except _BROKEN:
        budget.spend(0)
        return Part(name, b"", "It is broken.")
    budget.spend(len(content))
    return Part(name, content) if len(content) <= MAX_FILE_BYTES else Part(name, b"", "It is larger than 20 MiB.")
