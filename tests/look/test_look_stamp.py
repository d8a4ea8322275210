"""Each verdict has its own form, and only a verified badge of a known issuer the full stamp."""

from xml.etree import ElementTree as ET

import pytest

from passport.look.stamp import Stamp, mark, svg
from passport.look.words import CHECKS, ISSUER_IDENTITY, OUTCOMES, VERDICTS, Form, means, word_for
from passport.verification.report import IssuerIdentity, Outcome, Verdict


@pytest.mark.parametrize("identity", ["domain", "known"])
def test_a_known_issuer_gets_the_full_stamp(identity):
    assert word_for("verified", identity).form is Form.FULL


@pytest.mark.parametrize("identity", ["self-asserted", None, "", "nonsense"])
def test_a_name_that_nothing_confirms_never_gets_the_full_stamp(identity):
    word = word_for("verified", identity)
    assert word.form is Form.PLAIN
    assert "own claim" in word.means


@pytest.mark.parametrize("verdict", [v.value for v in Verdict if v is not Verdict.VERIFIED])
@pytest.mark.parametrize("identity", ["domain", "known", "self-asserted", None])
def test_no_other_verdict_gets_a_full_or_plain_stamp(verdict, identity):
    assert word_for(verdict, identity).form not in {Form.FULL, Form.PLAIN}


def test_an_unknown_verdict_is_not_checkable():
    assert word_for("splendid").verdict == "unconfirmed"


def test_every_word_of_the_verification_has_words_for_people():
    assert set(VERDICTS) == {v.value for v in Verdict}
    assert set(OUTCOMES) == {o.value for o in Outcome}
    assert set(ISSUER_IDENTITY) == {i.value for i in IssuerIdentity}
    assert {"baking", "structure", "hosting", "signature", "proof", "key", "issuer"} <= set(CHECKS)
    assert {"status", "expiry", "recipient", "endorsement", "refresh"} <= set(CHECKS)


def test_words_are_short_and_each_sentence_is_one_sentence():
    for verdict in VERDICTS:
        word = word_for(verdict, "domain")
        assert len(word.word) <= 20
        assert word.means.endswith(".")
        assert word.do.endswith(".")


@pytest.mark.parametrize("form", list(Form))
def test_each_form_is_drawn_differently_and_hidden_from_screen_readers(form):
    drawn = svg(Stamp(form=form, word="Verified", date="12 Mar 2026", below="Signed", uid="s"))
    ET.fromstring(drawn)
    assert 'aria-hidden="true"' in drawn
    others = [mark(other) for other in Form if other is not form]
    assert mark(form) not in others
    assert "style=" not in drawn, "the policy of the pages forbids style attributes"


def test_what_is_written_on_it_is_escaped():
    drawn = svg(Stamp(form=Form.FULL, word="<b>", date="&", below='"><script>', uid="s"))
    assert "<b>" not in drawn.replace("<body", "")
    assert "<script" not in drawn
    ET.fromstring(drawn)


def test_expired_says_whether_it_is_over_or_has_not_begun():
    word = word_for("expired")
    begins = "It is not valid before 1 May 2027."
    assert means(word, [("key", "failed", "x"), ("expiry", "failed", begins)]) == ("", begins)
    assert means(word, [("proof", "failed", "Its proof was valid until then.")]) == (
        "",
        "Its proof was valid until then.",
    )
    over, nothing = means(word, [("expiry", "passed", "It is in force.")])  # as of the check; since then the day passed
    assert over.endswith("is over.")
    assert nothing == ""
    assert means(word_for("revoked"), [("expiry", "failed", begins)]) == (word_for("revoked").means, "")
