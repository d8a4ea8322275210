"""The templates of one published passport. Everything of others is escaped; no page needs a script to be read."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import cache, partial
from importlib import resources
from types import CodeType
from typing import TYPE_CHECKING

from passport import __version__
from passport.look.stamp import Stamp, mark
from passport.look.stamp import svg as stamp_svg
from passport.look.words import CHECKS, OUTCOMES, means, word_for
from passport.sharing.cv.markdown import plain
from passport.sharing.cv.saying import stated
from passport.sharing.posts import Award, description
from passport.sharing.site.checking import LOADED, carried
from passport.sharing.site.machine import CARD, PORTRAIT, json_ld, person_ld
from passport.sharing.site.model import Site, SiteBadge, SiteCard, SiteCollection, speech_of
from passport.sharing.site.skills import ON_HOME, skills_of
from passport.speech import Speech

if TYPE_CHECKING:
    from jinja2 import Environment, Template

ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "application/json": "json", "application/pdf": "pdf"}
NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters: no page may hold them (HTML, 13.2.3.5)."""


def original_name(badge: SiteBadge) -> str:
    """Return the name of the original for those who download it."""
    if badge.media_type == "image/svg+xml":
        return "original.svg"
    issued = f"{badge.issued.isoformat()}-" if badge.issued else ""
    return f"{issued}{badge.slug}.{ENDINGS.get(badge.media_type, 'bin')}"


def credential_name(badge: SiteBadge) -> str:
    """Return the name of the statement's file."""
    return "credential.json" if (badge.credential or "").lstrip().startswith("{") else "credential.jwt"


def stamp_of(badge: SiteBadge, say: Speech) -> Stamp:
    """Return the stamp of a badge's page."""
    word = word_for(badge.verdict, badge.issuer_identity)
    when = say.date(badge.verified_at) if badge.verified_at else ""
    return Stamp(form=word.form, word=say(word.word), date=when)


def pictured(badge: SiteCard, say: Speech) -> str:
    """Return a share picture in words."""
    award = Award(name=badge.name, issuer=badge.issuer, issuer_identity=badge.issuer_identity)
    return description(award, say)


def shown(value: object) -> object:
    """Return a value for a page, without what no page may hold."""
    return type(value)(NOT_SHOWN.sub("", value)) if isinstance(value, str) and NOT_SHOWN.search(value) else value


def web_address(address: str | None) -> str | None:
    """Return an address that may stand in a link; None for anything but the web."""
    return address if address and address.startswith(("https://", "http://")) else None


@cache
def read(name: str) -> bytes:
    """Return a file of the templates."""
    return (resources.files("passport.sharing.site") / "templates" / name).read_bytes()


def environment() -> Environment:
    """Return what templates are read and compiled by; what they call is each site's own."""
    from jinja2 import BaseLoader, Environment, StrictUndefined  # noqa: PLC0415 (heavy)

    class Shipped(BaseLoader):
        """Takes templates out of the package; each is compiled once, and not once for each publication."""

        def load(
            self,
            environment: Environment,
            name: str,
            globals: MutableMapping[str, object] | None = None,  # noqa: A002 (Jinja's word)
        ) -> Template:
            return environment.template_class.from_code(environment, compiled(name), globals or {})

    return Environment(
        loader=Shipped(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )


@cache
def compiled(name: str) -> CodeType:
    """Return a template's code: the same for every site."""

    def not_yet(*_: object) -> object:
        """Keep Jinja from working out a filter when it compiles: what it gives is another in each language."""
        raise NotImplementedError

    bare = environment()
    bare.filters |= dict.fromkeys(FILTERS, not_yet)
    bare.tests["web_link"] = not_yet
    return bare.compile(read(name).decode(), name=name, filename=name)


FILTERS = ("day", "sentence", "web", "cleaned", "markdown")
"""Those of `Pages`; beside them it has one test, `web_link`."""


class Pages:
    """The pages of one site."""

    def __init__(self, site: Site) -> None:
        from markupsafe import Markup  # noqa: PLC0415 (heavy)

        self.site = site
        self.skills = skills_of(site.badges)
        say = speech_of(site)
        self._environment = environment()
        self._environment.filters |= {
            "day": partial(say.date, whole=True),
            "sentence": say.sentence,
            "web": web_address,
            "cleaned": Markup,
            "markdown": plain,
        }
        self._environment.tests["web_link"] = lambda address: web_address(address) is not None
        self._environment.globals |= {
            "site": site,
            "say": say,
            "_": say.markup,
            "ngettext": say.many,
            "stated": lambda word: stated(word, say),
            "version": __version__,
            "word": word_for,
            "means": lambda word, badge: means(word, ((c.name, c.outcome, c.explanation) for c in badge.checks)),
            "mark": cache(lambda form: Markup(mark(form))),  # noqa: S704 (our own drawing)
            "stamp": lambda badge: Markup(stamp_svg(stamp_of(badge, say))),  # noqa: S704 (our own drawing)
            "pictured": lambda badge: pictured(badge, say),
            "original_name": original_name,
            "credential_name": credential_name,
            "card": CARD,
            "checks": CHECKS,
            "outcomes": OUTCOMES,
            "loaded": LOADED,
        }

    def home(self) -> bytes:
        """Return the first page."""
        skills, portrait = self.skills[:ON_HOME], PORTRAIT if self.site.portrait else ""
        return self._render("home.html", root="", path="", data=person_ld(self.site), skills=skills, portrait=portrait)

    def all_skills(self) -> bytes:
        """Return the page of all skills, each with the badges that back it."""
        return self._render("skills.html", root="../", path="skills/", skills=self.skills)

    def badge(self, badge: SiteBadge) -> bytes:
        """Return the page of a badge."""
        path = f"badges/{badge.slug}/"
        return self._render(
            "badge.html",
            root="../../",
            path=path,
            badge=badge,
            data=json_ld(self.site, badge),
            carried=self._carried(badge),
        )

    def embed(self, badge: SiteBadge) -> bytes:
        """Return the badge as a card for frames on other sites."""
        path = f"badges/{badge.slug}/"
        return self._render("embed.html", root="../../", path=path, badge=badge)

    def collection(self, collection: SiteCollection) -> bytes:
        """Return the page of a collection."""
        path = f"collections/{collection.slug}/"
        badges = self.site.collected(collection)
        return self._render("collection.html", root="../../", path=path, collection=collection, badges=badges)

    @staticmethod
    def _carried(badge: SiteBadge) -> str:
        if not badge.checkable or badge.credential is None:
            return ""
        status = badge.verified_at.isoformat() if badge.verified_at else ""
        file = credential_name(badge)
        return carried(badge.credential, badge.copies, file=file, status=status, hosted=badge.hosted_url)

    def _render(self, name: str, **values: object) -> bytes:
        return self._environment.get_template(name).render(**values).encode()
