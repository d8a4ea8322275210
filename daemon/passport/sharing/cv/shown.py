"""CVs as pages of the published passport: those that the owner made public, else one of all public badges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from passport.sharing.cv.gathering import SUBJECT, CvGatherer
from passport.sharing.cv.kept import KeptCv, read_cv
from passport.sharing.cv.page import site_html
from passport.sharing.gathering import Gatherer
from passport.sharing.site.model import SiteCv, slug


def cv_names(gatherer: Gatherer) -> list[SiteCv]:
    """Return titles and paths of the pages that `public_cvs` makes: every page links to them."""
    found = [SiteCv(title=kept.title or name, path=_path(name), html="") for name, kept in _public(gatherer)]
    return found or [SiteCv(title="CV", path="cv/", html="")]


def public_cvs(gatherer: Gatherer, faces: Mapping[str, str | None]) -> list[SiteCv]:
    """Return the pages; `faces` says which badges are on the site, and which file of each is its picture."""
    cvs = CvGatherer(gatherer=gatherer)
    found = [_page(cvs, kept, kept.title or name, _path(name), "../../", faces) for name, kept in _public(gatherer)]
    return found or [_page(cvs, KeptCv(), "CV", "cv/", "../", faces)]


def _public(gatherer: Gatherer) -> Iterator[tuple[str, KeptCv]]:
    for subject in gatherer.vault.subjects(SUBJECT):
        state = gatherer.vault.state(subject)
        kept = read_cv(state)
        if kept.public and state.get("trashed") is not True:
            yield subject.removeprefix(SUBJECT), kept


def _path(name: str) -> str:
    return f"cv/{slug(name) or sha256(name.encode()).hexdigest()[:8]}/"


def _page(cvs: CvGatherer, kept: KeptCv, title: str, path: str, root: str, faces: Mapping[str, str | None]) -> SiteCv:
    return SiteCv(title=title, path=path, html=site_html(cvs.on_site(kept), root, faces))
