"""The extension as each browser wants it: the same files, with the manifest's other browser's lines left out.

Only the standard library: `scripts/package-extension` uses it before anything is installed.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

CHROMIUM, FIREFOX = "chromium", "firefox"
LEFT_OUT = frozenset({"jsconfig.json", "types.d.ts", "README.md"})
"""For developers; the rest is what runs."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same files give the same archive, byte for byte: a store's copy can be compared with the source."""


def extension_folder() -> Path:
    """Return where the extension lies: beside this module when installed, else in the source."""
    installed = Path(__file__).parent / "extension"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "extension"


def package(folder: Path, browser: str) -> bytes:
    """Return the archive that the browser's store takes (ZIP; Firefox calls it XPI)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(folder):
            name = file.relative_to(folder).as_posix()
            content = manifest_for(file.read_bytes(), browser) if name == "manifest.json" else file.read_bytes()
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def manifest_for(manifest: bytes, browser: str) -> bytes:
    """Leave out what only other browsers read."""
    read = json.loads(manifest)
    if browser == CHROMIUM:
        del read["browser_specific_settings"], read["background"]["scripts"]
    else:
        del read["minimum_chrome_version"], read["background"]["service_worker"]
    return json.dumps(read, indent=2).encode() + b"\n"


def version_of(folder: Path) -> str:
    """Return the extension's version."""
    return str(json.loads((folder / "manifest.json").read_bytes())["version"])


def file_name(folder: Path, browser: str) -> str:
    """Return the archive's name."""
    return f"badge-passport-{browser}-{version_of(folder)}.{'xpi' if browser == FIREFOX else 'zip'}"


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden and file.name not in LEFT_OUT:
            yield file
