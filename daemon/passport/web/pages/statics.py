"""Style sheets, scripts and fonts: read once, served under an address that changes with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

SHEETS = (
    "tokens",
    "base",
    "layout",
    "controls",
    "components",
    "finding",
    "gallery",
    "welcome",
    "badge",
    "connect",
    "more",
    "achieving",
    "design",
    "share",
    "cv",
    "notices",
    "print",
)
"""In the order in which they are joined into `passport.css`."""
FOREVER = "public, max-age=31536000, immutable"
_NOT_SERVED = frozenset({"jsconfig.json"})
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Static:
    """One file."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Statics:
    """All files, by path."""

    by_path: Mapping[str, Static]
    version: str

    @classmethod
    def load(cls) -> Statics:
        """Read them from the package."""
        found = {path: Static(body, _type(path)) for path, body in _walk(files("passport.web") / "static", "")}
        sheets = b"\n".join(found[f"css/{name}.css"].body for name in SHEETS)
        found["passport.css"] = Static(sheets.replace(b'url("../', b'url("'), "text/css")
        digest = hashlib.sha256(b"\0".join(path.encode() + found[path].body for path in sorted(found)))
        return cls(found, digest.hexdigest()[:12])

    def address(self, path: str) -> str:
        """Return the address of a file. Raise KeyError for one that does not exist."""
        self.by_path[path]
        return f"/static/{self.version}/{path}"

    def find(self, asked: str) -> tuple[Static, bool] | None:
        """Return a file, and whether it was asked for by its version (and may be kept for ever)."""
        version, _, path = asked.partition("/")
        if version == self.version and path in self.by_path:
            return self.by_path[path], True
        return (self.by_path[asked], False) if asked in self.by_path else None


def _walk(folder: Traversable, before: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.name in _NOT_SERVED:
            continue
        path = f"{before}{item.name}"
        found.extend(_walk(item, f"{path}/") if item.is_dir() else [(path, item.read_bytes())])
    return found


def _type(path: str) -> str:
    ending = path[path.rfind(".") :]
    return _TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
