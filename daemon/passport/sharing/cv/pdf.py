"""A CV as PDF by Typst, with the badges' originals attached, so that a reader's passport can take them out.

Typst reads only the files put beside the CV in a temporary folder; all text reaches it as data, never as markup.
"""

from __future__ import annotations

import io
import json
import tempfile
import unicodedata
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from passport.errors import SharingError
from passport.look.rosette import Rosette, svg
from passport.look.words import word_for
from passport.sharing.cv.glyphs import named_in
from passport.sharing.cv.model import Cv, CvBadge, Position, Section
from passport.sharing.cv.saying import period, stated
from passport.sharing.cv.stamping import pressed
from passport.speech import Speech

INK, FINE = "#cbbfa6", "#dccfb6"
ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "application/json": "json"}


def to_pdf(cv: Cv) -> bytes:
    """Return the CV as a PDF (PDF/A-3u). Raise SharingError when it cannot be set."""
    import typst  # noqa: PLC0415 (heavy)

    with tempfile.TemporaryDirectory(prefix="badge-passport-cv-") as folder:
        root = Path(folder)
        source = resources.files("passport.sharing.cv") / "themes" / "cv.typ"
        (root / "cv.typ").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        try:
            data = json.dumps(document(cv, root), ensure_ascii=False)
            made = typst.compile(
                str(root / "cv.typ"), root=folder, format="pdf", sys_inputs={"cv": data}, pdf_standards=["a-3u"]
            )
        except Exception as error:  # Typst raises its own class, RuntimeError before 0.14
            raise understood(error) from error
    if not isinstance(made, bytes):
        raise SharingError("The CV could not be set: no PDF came back.")
    return made


def understood(error: Exception) -> SharingError:
    """Return Typst's error in the words of the owner: a missing glyph is named with what helps."""
    if glyphs := named_in(error):
        named = ", ".join(f"“{glyph}”" for glyph in glyphs[:20])
        return SharingError(
            f"No font on this computer can show {named}.",
            remedy="Install one for this script (on Debian: fonts-noto-cjk, fonts-noto-core), "
            "or leave these characters out.",
        )
    return SharingError(f"The CV could not be set: {error}")


def document(cv: Cv, root: Path) -> dict[str, object]:
    """Return what the template shows; pictures and attachments are written beside it."""
    attached = [attachment(badge, root) for badge in cv.badges if badge.original is not None]
    withheld = [badge.name for badge in cv.badges if badge.withheld is not None and badge.original is None]
    say = cv.say
    note = say("The original badges are attached to this PDF and can be verified with any Open Badges verifier.")
    stamps = pressed(cv)
    links = [(label or bare(address), address) for label, address in (("", cv.url or ""), *cv.links)]
    return {
        "theme": cv.theme.value,
        "title": f"CV {cv.name}",
        "name": cv.name,
        "headline": cv.headline,
        "email": cv.email,
        "location": cv.location,
        "about": cv.about,
        "language": say.locale.language,
        "direction": say.direction,
        "year": cv.made_on.year,
        "month": cv.made_on.month,
        "day": cv.made_on.day,
        "links": [{"label": label, "address": address} for label, address in links if web_address(address)],
        "sections": [section(part, root, say, stamps) for part in cv.sections],
        "attachments": attached,
        "note": note if attached and not withheld else "",
    }


def section(part: Section, root: Path, say: Speech, stamps: Mapping[str, bytes]) -> dict[str, object]:
    """Return one section."""
    return {
        "title": part.title,
        "text": part.text,
        "badges": [badge_of(badge, root, say, stamps) for badge in part.badges],
        "positions": [position(p, say) for p in part.positions],
        "languages": [{"name": name, "fluency": fluency} for name, fluency in part.languages],
    }


def position(p: Position, say: Speech) -> dict[str, object]:
    """Return a job or course."""
    return {
        "title": p.title,
        "organisation": p.organisation,
        "dates": period(p, say),
        "summary": p.summary,
        "highlights": list(p.highlights),
        "link": web_address(p.link),
    }


def badge_of(badge: CvBadge, root: Path, say: Speech, stamps: Mapping[str, bytes]) -> dict[str, object]:
    """Return one badge; its picture and QR code are written beside the CV."""
    word = word_for(badge.verdict, badge.issuer_identity)
    rosette = Rosette.of(badge.issuer_id or badge.issuer)
    link = web_address(badge.link)
    return {
        "name": badge.name,
        "issuer": badge.issuer,
        "date": say.date(badge.issued) if badge.issued else "",
        "link": link,
        "verdict": badge.verdict,
        "word": stated(word, say),
        "form": word.form.value,
        "rosette": beside(root, f"rosette-{rosette.name}.svg", svg(rosette, ink=INK, second=FINE).encode()),
        "stamp": beside(root, f"stamp-{badge.id}.png", stamps.get(badge.id)),
        "picture": beside(root, f"picture-{badge.id}.png", badge.picture),
        "qr_alt": say("QR code to the page of this badge"),
        "qr": beside(root, f"qr-{badge.id}.svg", qr_code(link) if link else None),
    }


def attachment(badge: CvBadge, root: Path) -> dict[str, object]:
    """Write an original beside the CV and return what the template attaches."""
    ending = ENDINGS.get(badge.media_type, "bin")
    issued = f"{badge.issued.isoformat()}-" if badge.issued else ""
    name = f"{issued}{ascii_name(badge.name) or badge.id}-{badge.id[:6]}.{ending}"
    beside(root, name, badge.original)
    kind = badge.media_type or "application/octet-stream"
    return {"file": name, "type": kind, "description": f"Open Badge: {badge.name}, {badge.issuer}"}


def beside(root: Path, name: str, content: bytes | None) -> str | None:
    """Write a file beside the CV; return its name."""
    if content is None:
        return None
    (root / name).write_bytes(content)
    return name


def qr_code(address: str) -> bytes:
    """Return a QR code as SVG."""
    import segno  # noqa: PLC0415 (only for CVs and pages)

    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind="svg", border=0)
    return stream.getvalue()


def ascii_name(text: str) -> str:
    """Return text as a file's name: ASCII letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "_".join("".join(c if c.isalnum() else " " for c in plain).split())[:60]


def bare(address: str) -> str:
    """Return an address as people write it."""
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def web_address(address: str | None) -> str | None:
    """Return an address that may stand in a link; None for anything but the web and mail."""
    return address if address and address.startswith(("https://", "http://", "mailto:")) else None
