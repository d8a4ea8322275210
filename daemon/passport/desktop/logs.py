"""The log: a file that rotates, readable by the owner alone, without secrets."""

from __future__ import annotations

import logging
import os
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 1 << 20
FILES = 5
SECRET = re.compile(
    r"(?P<name>\b(?:Authorization|Cookie|Set-Cookie|token|code|ticket|key|password|passphrase|secret)\b\"?'?\s*[:=]\s*[\"']?)"
    r"(?P<value>(?:Bearer |Passport |Basic )?[^\s,;&\"']+)",
    re.IGNORECASE,
)
QUERY = re.compile(r"(?P<address>https?://[^\s?#\"']+)[?#][^\s\"']*")
ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")


def redacted(text: str) -> str:
    """Return text without secrets, queries of URLs and e-mail addresses."""
    text = QUERY.sub(r"\g<address>?…", text)
    text = SECRET.sub(r"\g<name>…", text)
    return ADDRESS.sub("…@…", text)


class Redacting(logging.Formatter):
    """Formats a record, traceback included, and takes out what must not be kept."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        return redacted(super().format(record))


class PrivateFile(RotatingFileHandler):
    """A rotating file that only the owner can read."""

    def _open(self):  # type: ignore[no-untyped-def] # noqa: ANN202 (the type differs between versions of Python)
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def keep_log(file: Path, level: int = logging.INFO) -> logging.Handler:
    """Send the program's log to the file; return the handler. A file that cannot be written is said and no more."""
    root = logging.getLogger()
    root.setLevel(level)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler: logging.Handler = PrivateFile(file, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8")
    except OSError as error:
        handler = logging.StreamHandler()
        logging.getLogger(__name__).warning("The log %s cannot be written: %s", file, error)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    return handler
