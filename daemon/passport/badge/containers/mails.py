"""Mails (RFC 5322, MIME) and mailboxes (RFC 4155): Moodle and others send the baked picture as an attachment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice

from passport.badge.baking import MAX_FILE_BYTES
from passport.badge.containers.parts import Budget, Part, clean_name

_FIELD = re.compile(
    rb"^(?:return-path|received|delivered-to|message-id|mime-version|from|to|subject|date|dkim-signature|"
    rb"x-[a-z-]+|content-type|reply-to|list-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX_START = re.compile(rb"From \S+ +\w{3} \w{3} ")
_MBOX_BREAK = re.compile(rb"\r?\n\r?\n(?=From \S+ +\w{3} \w{3} )")
_FIRST_LINE = re.compile(rb"[!-9;-~]{1,60}:[ \t]|From \S+ ")
_MAX_MESSAGES = 5_000
_MAX_MIME_PARTS = 500
"""Of one message."""
_MAX_BOUNDARIES = 2_000
_MAX_HEADER_BYTES = 256 << 10
"""The parser of the standard library takes its time for each line of a header and each part."""
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


def is_mail(head: bytes) -> bool:
    """Return whether a file starts like a mail or a mailbox: a header field, and at least three known ones."""
    if not _FIRST_LINE.match(head):
        return False
    fields = {found.group().lower() for found in _FIELD.finditer(head[:4096])}
    return len(fields) >= 3


def parts(file: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the attachments, and what else in a mail has content of its own.

    Raises:
        LimitError: there are too many, or they decode to too much.
    """
    messages = _MBOX_BREAK.split(file, _MAX_MESSAGES) if _MBOX_START.match(file) else [file]
    for number, message in enumerate(messages, 1):
        for part in _message_parts(message, budget):
            yield part if len(messages) == 1 else Part(f"mail {number}/{part.name}", part.content, part.problem)


def _message_parts(raw: bytes, budget: Budget) -> Iterator[Part]:
    end = _END_OF_HEADER.search(raw)
    if raw.count(b"\n--") > _MAX_BOUNDARIES or (end.start() if end else len(raw)) > _MAX_HEADER_BYTES:
        yield Part("the mail", b"", "The mail has too many parts.")
        return
    try:
        # compat32 does not parse fields until asked, and the newer parser of fields is slow on hostile ones.
        message = BytesParser(policy=compat32).parsebytes(raw)
        leaves = [part for part in islice(message.walk(), _MAX_MIME_PARTS) if not part.is_multipart()]
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError):
        yield Part("the mail", b"", "The mail is broken.")
        return
    for number, leaf in enumerate(leaves, 1):
        content = _content(leaf)
        budget.spend(len(content))
        if content and len(content) <= MAX_FILE_BYTES:
            yield Part(_name(leaf, f"part {number}"), content)


def _content(leaf: Message) -> bytes:
    try:
        payload = leaf.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, TypeError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _name(leaf: Message, fallback: str) -> str:
    try:
        name = leaf.get_filename() or ""
        return clean_name(str(make_header(decode_header(name))), fallback)
    except (ValueError, LookupError, MessageError, TypeError, AttributeError):
        return fallback
