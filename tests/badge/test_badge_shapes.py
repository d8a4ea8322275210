"""Shapes that issuers send (issuers.md 0, rule 6) are read; what cannot be is left out and noted."""

import pytest
from tests.badge.samples import OB20, changed, loaded

from passport.badge.model import Securing


@pytest.mark.parametrize(
    ("path", "value", "seen"),
    [
        (
            ["badge"],
            "https://example.org/class",
            lambda c: (c.subject.achievement.id, c.issuer.id) == ("https://example.org/class", None),
        ),
        (["badge", "issuer"], "https://example.org/i", lambda c: c.issuer.id == "https://example.org/i"),
        (
            ["badge", "image"],
            {"id": "https://example.org/i.png", "author": "x"},
            lambda c: c.subject.achievement.image.id == "https://example.org/i.png",
        ),
        (["badge", "image"], ..., lambda c: c.subject.achievement.image is None),
        (
            ["badge", "criteria"],
            "https://example.org/c",
            lambda c: c.subject.achievement.criteria.id == "https://example.org/c",
        ),
        (["badge", "criteria"], "Do it.", lambda c: c.subject.achievement.criteria.narrative == "Do it."),
        (
            ["badge", "alignments"],
            [{"name": "N", "url": "https://example.org/n"}],
            lambda c: len(c.subject.achievement.alignments) == 1,
        ),
        (["badge", "name"], {"@value": "Robotik", "@language": "de"}, lambda c: c.title == "Robotik"),
        (
            ["badge", "name"],
            {"fi": "Robotti", "en": "Robotics", "de": "Robotik"},
            lambda c: c.title == "Robotics" and len(c.subject.achievement.translations) == 3,
        ),
        (
            ["badge", "name"],
            [{"@value": "Robotti", "@language": "fi"}, {"@value": "Robotik", "@language": "de"}],
            lambda c: c.title == "Robotti",
        ),
        (["badge", "version"], "", lambda c: c.subject.achievement.version is None),
        (["badge", "@language"], "fi", lambda c: c.subject.achievement.language == "fi"),
        (["evidence"], "https://example.org/badges/badge.php?hash=1", lambda c: c.evidence[0].id.endswith("hash=1")),
        (
            ["evidence"],
            ["https://example.org/1", {"id": "https://example.org/2"}, "words", 3, None],
            lambda c: len(c.evidence) == 3,
        ),
        (["evidence"], [], lambda c: c.evidence == ()),
        (["verification"], {"type": "hosted"}, lambda c: c.securing is Securing.HOSTED),
        (["verification"], {"type": ["HostedBadge", "Extension"]}, lambda c: c.securing is Securing.HOSTED),
        (["verification"], "hosted", lambda c: c.securing is Securing.HOSTED),
        (
            ["recipient", "hashed"],
            True,
            lambda c: not c.subject.identifiers[0].hashed and c.oddities[0].where == "recipient.hashed",
        ),
        (["recipient", "hashed"], "false", lambda c: not c.subject.identifiers[0].hashed),
        (["recipient", "identity"], "sha256$aa", lambda c: c.subject.identifiers[0].hashed),
        (
            ["recipient"],
            {"identity": "foo$bar", "hashed": True, "type": "email"},
            lambda c: c.subject.identifiers[0].hashed,
        ),
        (["recipient"], "ann@example.org", lambda c: c.subject.identifiers[0].identity == "ann@example.org"),
        (["recipient"], ["ann@example.org"], lambda c: c.subject.identifiers[0].identity == "ann@example.org"),
        (["recipient"], ..., lambda c: c.subject.identifiers == ()),
        (["badge"], 7, lambda c: c.oddities[0].where == "badge"),
        (["badge"], ..., lambda c: c.subject.achievement.id is None),
        (["badge", "name"], ["a", {"x": 1}], lambda c: c.title == "a"),
        (["badge", "name"], True, lambda c: c.title is None and c.oddities[0].where == "badge.name"),
        (["expires"], None, lambda c: c.valid_until is None),
        (["image"], 5, lambda c: c.image is None),
    ],
)
def test_tolerated_shapes(path, value, seen):
    assert seen(loaded(changed(OB20, path, value)))


def test_translations_keep_names_and_descriptions_together():
    achievement = loaded(
        changed(
            changed(OB20, ["badge", "name"], {"fi": "Robotti", "en": "Robot"}),
            ["badge", "description"],
            {"fi": "Kuvaus"},
        )
    ).subject.achievement
    assert achievement.translations == (("fi", "Robotti", "Kuvaus"), ("en", "Robot", None))
    assert achievement.description == "Kuvaus"
