"""Containers: every badge in them with a name of its own; bombs, locks and nonsense cost nothing and lose nothing."""

import io
import json
import time
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.badge.pictures import ASSERTION, CREDENTIAL, png, svg
from tests.badge.samples import jwt

from passport.badge.baking import bake, unbake
from passport.badge.containers import looks_like_container, open_container

BADGE = bake(png(), ASSERTION)
CREDENTIAL_JWT = jwt(json.loads(CREDENTIAL))


def zipped(files, **choices):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **choices) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mail(*attachments):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "moodle@school.example", "ann@example.org", "You have a badge"
    message["Date"], message["Message-ID"] = "Fri, 01 Mar 2024 10:00:00 +0000", "<1@school.example>"
    message.set_content("See https://school.example/badges/badge.php?hash=1")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def names(file, name="x"):
    return [one.name for one in open_container(file, name)]


def files(file):
    found = open_container(file, "x")
    assert [one.problem for one in found] == [None] * len(found)
    return [one.file for one in found]


# ZIP ----------------------------------------------------------------------------------------------------------------


def test_an_archive_gives_its_badges_and_leaves_the_rest():
    archive = zipped(
        {
            "a/badge.png": BADGE,
            "photo.png": png(),
            "notes.txt": b"https://x.example",
            "b.svg": bake(svg(), CREDENTIAL),
            "c.json": ASSERTION,
            "package.json": '{"name": "x"}',
            "__MACOSX/a/badge.png": BADGE,
            "empty/": b"",
        }
    )
    assert names(archive, "my.zip") == ["my.zip/a/badge.png", "my.zip/b.svg", "my.zip/c.json"]
    assert files(archive)[0] == BADGE


def test_archives_in_mails_in_archives():
    inner = zipped({"badge.png": BADGE})
    outer = zipped({"mail.eml": mail(("inner.zip", inner), ("second.png", bake(png(), CREDENTIAL)))})
    assert names(outer, "o.zip") == ["o.zip/mail.eml/inner.zip/badge.png", "o.zip/mail.eml/second.png"]
    for _ in range(5):
        inner = zipped({"deeper.zip": inner})
    assert "too deep" in open_container(inner, "x")[-1].problem


@pytest.mark.parametrize("first", ["[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype", "word/document.xml"])
def test_documents_and_programs_are_no_folders(first):
    assert open_container(zipped({first: b"x", "badge.png": BADGE}), "x") == ()


def test_names_lead_nowhere():
    found = names(
        zipped({"../../etc/passwd.png": BADGE, "/home/x.png": BADGE, "c:\\y\u202e.png": BADGE, "n" * 900: BADGE})
    )
    assert found[:3] == ["x/etc/passwd.png", "x/home/x.png", "x/c:/y.png"]
    assert len(found[3]) < 250


def test_a_bomb_is_stopped():
    zeros = zipped({f"{n}.bin": b"\0" * (21 << 20) for n in range(15)})
    started = time.process_time()
    found = open_container(zeros, "x")
    assert "256 MiB" in found[-1].problem
    assert all(one.problem for one in found)
    assert time.process_time() - started < 5


def test_too_many_files_are_not_even_listed():
    many = zipped({f"{n}": b"" for n in range(5_001)})
    assert [one.problem for one in open_container(many, "x")] == ["It holds more than 5,000 files and was not opened."]


def test_overlapping_entries_are_counted_each_time_they_are_read():
    archive = bytearray(zipped({"0.bin": b"\0" * (19 << 20)}))
    start = archive.index(b"PK\x01\x02")
    entry, end = bytes(archive[start:-22]), archive[-22:]
    end[8:12], end[12:16] = (200).to_bytes(2, "little") * 2, (200 * len(entry)).to_bytes(4, "little")
    found = open_container(bytes(archive[:start]) + entry * 200 + bytes(end), "x")
    assert "256 MiB" in found[-1].problem or all(one.problem for one in found)


@pytest.mark.parametrize(
    "change", [(b"PK\x01\x02", b"PK\x09\x09"), (b"PK\x05\x06", b"PK\x09\x09"), (BADGE[60:70], b"0123456789")]
)
def test_a_broken_archive_says_so(change):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("badge.png", BADGE)
    found = open_container(stored.getvalue().replace(*change), "x")
    assert [one.file for one in found] == [b""]
    assert "broken" in found[0].problem


def test_a_locked_member_says_so():
    locked = bytearray(zipped({"badge.png": BADGE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    assert "password" in open_container(bytes(locked), "x")[0].problem


def test_odd_compression_is_left_alone():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("badge.png", BADGE)
    assert "unusual" in open_container(buffer.getvalue(), "x")[0].problem


# Mail ---------------------------------------------------------------------------------------------------------------


def test_a_mail_gives_its_attachments_byte_by_byte():
    found = open_container(mail(("bádge.png", BADGE), ("logo.png", png()), ("c.json", CREDENTIAL.encode())), "m.eml")
    assert [(one.name, one.file) for one in found] == [
        ("m.eml/bádge.png", BADGE),
        ("m.eml/c.json", CREDENTIAL.encode()),
    ]


def test_a_mail_in_a_mail():
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@x.example", "b@x.example", "Fwd"
    outer.set_content("see below")
    inner = EmailMessage()
    inner["Subject"] = "badge"
    inner.set_content("x")
    inner.add_attachment(BADGE, maintype="image", subtype="png", filename="badge.png")
    outer.add_attachment(inner)
    assert files(outer.as_bytes()) == [BADGE]


def test_a_mailbox_gives_those_of_every_mail():
    start = b"From moodle@school.example Fri Mar  1 10:00:00 2024\n"
    box = (
        start
        + mail(("a.png", BADGE))
        + b"\n\n"
        + start
        + mail()
        + b"\n\n"
        + start
        + mail(("b.png", bake(png(), CREDENTIAL)))
    )
    assert names(box, "box") == ["box/mail 1/a.png", "box/mail 3/b.png"]


@pytest.mark.parametrize(
    "text",
    [b"To: be or not to be", b"From here: on", b"hello", b"# Heading\nFrom: x\nTo: y\nDate: z", b"", b"a" * 5000],
)
def test_texts_are_no_mails(text):
    assert open_container(text, "x") == ()
    assert not looks_like_container(lambda offset, count: text[offset : offset + count], len(text))


def test_hostile_mails_do_not_raise():
    head = b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    for nasty in (
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)),
        b"Content-Type: multipart/mixed; boundary=" + b"x" * 100_000 + b"\n\n",
        b"Content-Transfer-Encoding: base64\n\n" + b"!" * 100_000,
        b"Content-Type: image/png; name==?utf-8?b?////?=\n\n" + BADGE,
        b"Content-Type: text/plain; charset=klingon\n\nx",
        b"Content-Disposition: attachment; filename*=klingon''%ff%fe\nContent-Transfer-Encoding: x-uuencode\n\nbegin",
    ):
        assert all(one.name for one in open_container(head + nasty, "x"))


def test_mails_of_a_million_parts_or_fields_are_not_taken_apart():
    head = b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    started = time.process_time()
    for nasty in (
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 1_000_000,
        b"X: y\n" * 1_000_000 + b"\n",
        b"X: " + b"y" * 1_000_000,
    ):
        assert "too many" in open_container(head + nasty, "x")[0].problem
    assert time.process_time() - started < 6


# PDF ----------------------------------------------------------------------------------------------------------------


def pdf(attachments=(), information=None, xmp=None, password=None):
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in attachments:
        writer.add_attachment(name, content)
    if information:
        writer.add_metadata(information)
    if xmp:
        stream = DecodedStreamObject()
        stream.set_data(xmp)
        stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    if password:
        writer.encrypt(password)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


XMP = (
    '<?xpacket begin="" id="x"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:openbadges="http://openbadges.org">'
    '<openbadges:assertion verify="{}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


@pytest.mark.parametrize("text", [ASSERTION, CREDENTIAL_JWT, "https://club.example/a/1.json"])
def test_a_pdf_with_the_statement_in_its_information(text):
    found = unbake(pdf(information={"/openbadges": text}))
    assert ([one.text for one in found.statements], found.kind, found.problem) == ([text], "pdf", None)


def test_a_pdf_with_the_statement_in_its_metadata():
    url = "https://club.example/a/1.json"
    found = unbake(pdf(xmp=XMP.format(url).encode()))
    assert ([one.text for one in found.statements], found.problem) == ([url], None)
    assert [
        one.text for one in unbake(pdf(xmp=XMP.format(url).encode(), information={"/openbadges": ASSERTION})).statements
    ] == [ASSERTION]


def test_a_pdf_that_says_two_things_is_refused():
    file = pdf(xmp=XMP.format("https://club.example/other.json").encode(), information={"/openbadges": ASSERTION})
    assert "different" in unbake(file).problem


def test_a_pdf_with_attached_badges():
    file = pdf(
        attachments=[("a.png", BADGE), ("b.json", CREDENTIAL.encode()), ("invoice.json", b"{}"), ("logo.png", png())]
    )
    assert names(file, "d.pdf") == ["d.pdf/a.png", "d.pdf/b.json"]
    assert [one.text for one in unbake(file).statements] == [ASSERTION, CREDENTIAL]


def test_a_pdf_that_is_itself_the_badge_is_no_container():
    assert open_container(pdf(attachments=[("a.png", BADGE)], information={"/openbadges": ASSERTION}), "x") == ()


@pytest.mark.parametrize(
    "file", [pdf(), b"%PDF-1.4", b"%PDF-1.4\n" + b"\xff" * 5000, pdf(password="x"), pdf()[:200], pdf() * 3]
)
def test_a_pdf_without_badge(file):
    found = unbake(file)
    assert (found.statements, found.problem) == ((), None)
    assert open_container(file, "x") == ()


@settings(max_examples=150)
@given(st.data())
def test_mutated_containers_never_raise(data):
    base = data.draw(
        st.sampled_from(
            [
                zipped({"a.png": BADGE, "b.json": ASSERTION}),
                mail(("a.png", BADGE)),
                b'[{"assertion_url": "https://x.example/1"}, ' + CREDENTIAL.encode() + b"]",
            ]
        )
    )
    file = bytearray(base)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert all(one.file or one.problem for one in open_container(bytes(file), "x"))
