"""Files that hold several badges: one report for each, and nothing that stands around them counts for or against."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from email.message import EmailMessage

import pytest
from pypdf import PdfWriter
from tests.issuer import Issuer
from tests.issuer_keys import compact, make_key
from tests.verification.asking import NOW

from passport import verify
from passport.verification.report import Verdict

VC2 = "https://www.w3.org/ns/credentials/v2"


@pytest.fixture
def issuer():
    return Issuer()


def good(issuer, **changes):
    return issuer.prove(issuer.credential(**changes))


def forged(issuer):
    return good(issuer) | {"name": "Grand Master"}


def said(file, documents=None):
    return [report.verdict for report in verify(file, documents, now=NOW)]


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def presentation(*credentials):
    return {"@context": [VC2], "type": ["VerifiablePresentation"], "verifiableCredential": list(credentials)}


def test_a_zip_gives_a_report_for_each_badge_in_it(issuer):
    file = zipped(**{
        "a.png": issuer.baked(json.dumps(good(issuer))),
        "b.json": json.dumps(forged(issuer)),
        "readme.txt": "no badge",
        "c.png": issuer.hosted_badge(),
    })  # fmt: skip
    assert said(file, issuer.documents()) == [Verdict.VERIFIED, Verdict.INVALID, Verdict.VERIFIED]


def test_a_zip_without_a_badge_holds_none():
    assert said(zipped(**{"readme.txt": "no badge"})) == [Verdict.NO_BADGE]


def test_a_zip_that_cannot_be_opened_further_says_so(issuer):
    inner = zipped(**{"a.json": json.dumps(good(issuer))})
    for _ in range(8):
        inner = zipped(**{"inner.zip": inner})
    assert Verdict.VERIFIED not in said(inner)


@pytest.mark.parametrize("change", [{}, {"proof": {"type": "DataIntegrityProof", "proofValue": "z1"}}, {"holder": "x"}])
def test_a_presentation_gives_a_report_for_each_badge_by_its_own_proof(issuer, change):
    file = json.dumps(presentation(good(issuer), forged(issuer), issuer.jwt()) | change).encode()
    assert said(file) == [Verdict.VERIFIED, Verdict.INVALID, Verdict.VERIFIED]


def test_a_badge_in_a_presentation_needs_a_proof_of_its_own(issuer):
    signed = issuer.prove({**presentation(issuer.credential()), "issuer": issuer.did})
    assert said(json.dumps(signed).encode()) == [Verdict.INVALID]


def test_a_presentation_as_jwt_is_opened(issuer):
    token = compact({"alg": "EdDSA", "typ": "JWT"}, {"vp": presentation(good(issuer), issuer.jwt())}, issuer.key)
    assert said(token.encode()) == [Verdict.VERIFIED, Verdict.VERIFIED]


def test_an_enveloped_credential_is_opened(issuer):
    wrapped = {
        "@context": VC2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{issuer.jwt()}",
    }
    assert said(json.dumps(presentation(wrapped, wrapped | {"id": "data:,x"})).encode()) == [Verdict.VERIFIED]


def test_a_learner_record_gives_a_report_for_each_badge_in_it(issuer):
    record = issuer.credential() | {
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [good(issuer), forged(issuer)]},
    }
    assert said(json.dumps(issuer.prove(record)).encode()) == [Verdict.VERIFIED, Verdict.INVALID]
    assert said(json.dumps(record).encode()) == [Verdict.VERIFIED, Verdict.INVALID]


def test_a_list_of_badges_is_opened(issuer):
    assert said(json.dumps([good(issuer), good(issuer)]).encode()) == [Verdict.VERIFIED, Verdict.VERIFIED]
    assert said(b"[]") == said(b"{}") == [Verdict.NO_BADGE]


def test_a_mail_with_badges_is_opened(issuer):
    mail = EmailMessage()
    mail["From"] = "club@example.org"
    mail.set_content("Here they are.")
    for number in (1, 2):
        mail.add_attachment(
            issuer.baked(json.dumps(good(issuer))), maintype="image", subtype="png", filename=f"{number}.png"
        )
    assert said(mail.as_bytes()) == [Verdict.VERIFIED, Verdict.VERIFIED]


def test_a_pdf_with_several_badges_gives_a_report_for_each(issuer):
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_attachment("a.png", issuer.baked(json.dumps(good(issuer))))
    writer.add_attachment("b.json", json.dumps(forged(issuer)).encode())
    buffer = io.BytesIO()
    writer.write(buffer)
    assert sorted(said(buffer.getvalue())) == [Verdict.INVALID, Verdict.VERIFIED]


def test_a_pdf_with_a_presentation_is_opened(issuer):
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_attachment("vp.json", json.dumps(presentation(good(issuer), good(issuer))).encode())
    buffer = io.BytesIO()
    writer.write(buffer)
    assert said(buffer.getvalue()) == [Verdict.VERIFIED, Verdict.VERIFIED]


def test_a_second_credential_inside_a_badge_is_no_second_badge(issuer):
    """Wrapped in a property that says nothing, another's badge does not get the tick of the outer one, nor its own."""
    outer = issuer.credential() | {"relatedResource": good(Issuer())}
    assert len(verify(json.dumps(issuer.prove(outer, "eddsa-jcs-2022")).encode(), now=NOW)) == 1


def test_the_presentation_of_another_key_changes_nothing(issuer):
    stranger = make_key()
    token = compact({"alg": "EdDSA"}, {"vp": presentation(forged(issuer))}, stranger)
    assert said(token.encode()) == [Verdict.INVALID]


def test_hostile_containers_end_soon():
    many = json.dumps(presentation(*[{"type": ["OpenBadgeCredential"]}] * 3_000)).encode()
    assert set(said(many)) <= {Verdict.INVALID, Verdict.UNCONFIRMED}
    deep = "e30." + base64.urlsafe_b64encode(b'{"vp":{"verifiableCredential":["e30.e30.x"]}}').decode() + ".x"
    assert said(deep.encode()) == [Verdict.NO_BADGE]
