"""The support bundle: what helps others to help, and nothing that is nobody's business.

A ZIP with what the doctor found, the settings and the log, all without secrets, addresses, queries of URLs, names of
badges and the owner's folders.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from passport.desktop.examination import Finding
from passport.desktop.logs import redacted
from passport.settings import Places

MAX_LOG_BYTES = 512 << 10
MAX_SETTINGS_BYTES = 64 << 10
QUOTED = re.compile(r"'…[/\\][^'\n]*'")
BELOW = re.compile(r"…[/\\][^\s\"',;:)]*")
ADDRESS = re.compile(r"(?P<host>https?://[^\s/\"'<>?#]+)/[^\s\"'<>]*")


def support_bundle(places: Places, findings: Sequence[Finding], hide: Iterable[str] = ()) -> bytes:
    """Return the bundle as a ZIP.

    Args:
        places: where settings and log are.
        findings: of the doctor.
        hide: further texts that must not be in it: identities, names of the owner, folders.
    """
    words = sorted(
        {str(Path.home()), *map(str, (places.config, places.vault, places.state)), *hide}, key=len, reverse=True
    )

    def clean(text: str) -> str:
        for word in words:
            text = text.replace(word, "…") if len(word) > 2 else text
        return nameless(redacted(text))

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        said = "\n".join(json.dumps(finding.to_json(), ensure_ascii=False) for finding in findings)
        bundle.writestr("doctor.jsonl", clean(said) + "\n")
        bundle.writestr("settings.toml", clean(tail(places.settings_file, MAX_SETTINGS_BYTES)))
        bundle.writestr("log.txt", clean(tail(places.log, MAX_LOG_BYTES)))
    return stream.getvalue()


def nameless(text: str) -> str:
    """Return text without what stands below a hidden folder, and with no more than the host of addresses."""
    text = QUOTED.sub("'…'", text)
    text = BELOW.sub("…", text)
    return ADDRESS.sub(r"\g<host>/…", text)


def tail(file: Path, most: int) -> str:
    """Return the end of a text file; why not, where it cannot be read."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - most))
            return stream.read(most).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
