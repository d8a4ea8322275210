"""CVs as pages of the published passport: those that the owner made public, else one of all public badges."""

from __future__ import annotations

from collections.abc import Mapping

from passport.sharing.cv.gathering import SUBJECT, CvGatherer
from passport.sharing.cv.kept import KeptCv, read_cv
from passport.sharing.cv.page import site_html
from passport.sharing.gathering import Gatherer
from passport.sharing.site.model import SiteCv, slug


def public_cvs(gatherer: Gatherer, faces: Mapping[str, str | None]) -> list[SiteCv]:
    """Return the pages; `faces` says which badges are on the site, and which file of each is its picture."""
    cvs = CvGatherer(gatherer=gatherer)
    found = []
    for subject in gatherer.vault.subjects(SUBJECT):
        state = gatherer.vault.state(subject)
        kept = read_cv(state)
        if kept.public and state.get("trashed") is not True:
            name = subject.removeprefix(SUBJECT)
            found.append(_page(cvs, kept, kept.title or name, f"cv/{slug(name) or 'cv'}/", "../../", faces))
    return found or [_page(cvs, KeptCv(), "CV", "cv/", "../", faces)]


def _page(cvs: CvGatherer, kept: KeptCv, title: str, path: str, root: str, faces: Mapping[str, str | None]) -> SiteCv:
    return SiteCv(title=title, path=path, html=site_html(cvs.on_site(kept), root, faces))
