"""CVs in every form: what is in, what is held back, and what hostile text can do (nothing)."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import pytest
from PIL import Image

from passport.errors import SharingError
from passport.sharing.cv.json_resume import to_json_resume
from passport.sharing.cv.markdown import to_markdown
from passport.sharing.cv.model import Cv, CvBadge, Position, Section, Theme
from passport.sharing.cv.page import site_html, to_html
from passport.sharing.cv.pdf import to_pdf
from passport.sharing.cv.resume_reading import Resume, read_json_resume
from passport.sharing.cv.stamping import pressed
from passport.sharing.site.build import FONTS

HOSTILE = '<img src=x onerror=alert(1)> #read("/etc/passwd") *b* _i_ [x](javascript:alert(1)) $x$ "quote" \\ @ref'


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(stream, "PNG")
    return stream.getvalue()


def badge(number: int = 1, **changes: object) -> CvBadge:
    given: dict[str, object] = {
        "id": f"entry{number:03}",
        "name": "Knot Master",
        "issuer": "Scouts",
        "issued": date(2026, 3, number),
        "link": f"https://ann.example/badges/{number}",
        "picture": png(),
        "original": png() + bytes([number]),
        "media_type": "image/png",
    }
    return CvBadge(**(given | changes))  # type: ignore[arg-type] # the fields are those of CvBadge


def cv(**changes: object) -> Cv:
    sections = (
        Section(
            title="Experience",
            kind="experience",
            positions=(Position(title="Coach", organisation="Sailing Club", start="2021", highlights=("Led six",)),),
        ),
        Section(title="Badges", badges=(badge(1), badge(2, name="First Aid", verdict="expired"))),
        Section(title="Languages", kind="languages", languages=(("Finnish", "native"),)),
    )
    given: dict[str, object] = {
        "name": "Ann Päivärinta",
        "made_on": date(2026, 6, 1),
        "email": "ann@example.org",
        "url": "https://ann.example/",
        "sections": sections,
    }
    return Cv(**(given | changes))  # type: ignore[arg-type] # the fields are those of Cv


def test_json_resume_has_certificates_and_nothing_empty() -> None:
    resume = json.loads(to_json_resume(cv()))
    assert resume["certificates"][0] == {
        "name": "Knot Master",
        "date": "2026-03-01",
        "issuer": "Scouts",
        "url": "https://ann.example/badges/1",
    }
    assert resume["work"] == [
        {"name": "Sailing Club", "position": "Coach", "startDate": "2021", "highlights": ["Led six"]}
    ]
    assert "education" not in resume
    assert "" not in resume["basics"].values()


def test_json_resume_goes_in_again() -> None:
    written = to_json_resume(cv(headline="Coach", about="Sails.", location="Turku"))
    resume = read_json_resume(written, lambda name, issuer: (name, issuer) == ("Knot Master", "Scouts"))
    assert (resume.person, resume.headline, resume.about) == ("Ann Päivärinta", "Coach", "Sails.")
    assert (resume.email, resume.location) == ("ann@example.org", "Turku")
    assert [section.kind for section in resume.sections] == ["experience", "certificates", "languages"]
    assert resume.sections[0].positions[0].title == "Coach"
    held = Position(title="First Aid", organisation="Scouts", start="2026-03-02", link="https://ann.example/badges/2")
    assert resume.sections[1].positions == (held,)  # the other one is a badge of the passport
    again = json.loads(to_json_resume(cv(sections=resume.sections)))["certificates"]
    assert again == [{"name": "First Aid", "date": "2026-03-02", "issuer": "Scouts", "url": held.link}]


def test_the_score_of_a_study_goes_in_and_out_again() -> None:
    study = {"institution": "Harbour School", "area": "Sailing", "score": "4.8 / 5", "courses": ["Knots"]}
    (read,) = read_json_resume(json.dumps({"education": [study]})).sections
    assert json.loads(to_json_resume(cv(sections=(read,))))["education"] == [study]


def test_nothing_of_a_json_resume_is_dropped_unsaid() -> None:
    resume = {
        "basics": {"name": "Ann", "location": {"city": "Turku", "countryCode": "FI"}},
        "volunteer": [{"position": "Bosun", "organization": "Harbour Club", "startDate": "2020"}],
        "skills": [{"name": "Sailing", "level": "Master", "keywords": ["night", "storm"]}],
        "awards": [{"title": "Cup", "date": "2024", "awarder": "Club"}],
        "publications": [{"name": "Knots", "publisher": "Press", "releaseDate": "2023"}],
        "projects": [{"name": "Boat", "description": "Built\none"}],
        "interests": [{"name": "Ropes"}],
        "references": [{"name": "Bo", "reference": "Good"}],
    }
    found = read_json_resume(json.dumps(resume))
    assert found.location == "Turku, FI"
    volunteer, *others = found.sections
    assert (volunteer.title, volunteer.positions[0].organisation) == ("Volunteering", "Harbour Club")
    assert [one.text for one in others] == [
        "Sailing – Master, night, storm", "Cup – Club, 2024", "Knots – Press, 2023", "Boat – Built one", "Ropes",
        "Bo – Good",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "[" * 100_000, "x" * (1 << 20 | 1)])
def test_what_is_no_json_resume_is_refused(text: str) -> None:
    with pytest.raises(SharingError):
        read_json_resume(text)


def test_a_json_resume_of_odd_shapes_loses_only_what_is_odd() -> None:
    odd = json.dumps({"work": [1, {"position": 7, "name": "Club", "url": "javascript:alert(1)"}], "languages": "many"})
    assert read_json_resume(odd).sections[0].positions == (Position(title="", organisation="Club"),)
    odd = json.dumps({"basics": [1], "certificates": [{"name": ["x"]}, 2, {"issuer": "B"}], "skills": {"a": 1}})
    assert read_json_resume(odd).sections == ()
    odd = json.dumps({"basics": {"name": 7, "location": "Turku", "summary": None}, "awards": [[], {"title": {}}]})
    assert read_json_resume(odd) == Resume()


@pytest.mark.parametrize(
    "resume",
    [
        '{"basics": {"name": "\\ud800"}}',
        '{"work": [{"position": "x\\u0000"}]}',
        '{"basics": {"name": "Ann"}, "basics": {"name": "Bo"}}',
        json.dumps({"work": [{"position": "x"}] * 201}),
        json.dumps({"work": [{"position": "x", "highlights": ["x"] * 201}]}),
        json.dumps({"work": [{"summary": "x" * 20_001}]}),
        json.dumps({"projects": [{"name": "x" * 200}] * 150}),
    ],
)
def test_a_json_resume_that_no_cv_can_keep_whole_is_refused(resume: str) -> None:
    with pytest.raises(SharingError):
        read_json_resume(resume)


def test_what_nobody_sees_is_left_out_of_a_json_resume() -> None:
    found = read_json_resume(json.dumps({"basics": {"name": "A\x1b[31mnn\x7f", "summary": "a\n\tb\x9b"}}))
    assert (found.person, found.about) == ("A[31mnn", "a\n\tb")


def test_markdown_shows_hostile_text_as_text() -> None:
    text = to_markdown(cv(name=HOSTILE, headline="x"))
    assert text.startswith("# \\<img src=x onerror=alert\\(1\\)\\>")
    assert "](javascript" not in text.replace("\\]\\(", "")
    assert "- [First Aid](<https://ann.example/badges/2>) – Scouts, 2 Mar 2026 (Expired)" in text


def test_markdown_says_the_verdict_and_that_a_name_is_unconfirmed() -> None:
    mine = Section(title="Badges", badges=(badge(1, issuer_identity="self-asserted"), badge(2, verdict="revoked")))
    first, second = [line for line in to_markdown(cv(sections=(mine,))).splitlines() if line.startswith("- [")]
    assert "(Verified, " in first
    assert second.endswith("(Withdrawn)")


def test_markdown_of_a_badge_of_which_little_is_known() -> None:
    little = badge(1, issuer="", issued=None, verdict="unconfirmed")
    text = to_markdown(cv(sections=(Section(title="Badges", badges=(little,)),)))
    assert "- [Knot Master](<https://ann.example/badges/1>) (Not checkable now)" in text


@pytest.mark.parametrize(("identity", "said"), [("domain", False), ("known", False), ("self-asserted", True), (None, True)])  # fmt: skip # noqa: E501 (a table reads best in one line)
def test_a_name_that_nothing_confirms_is_called_so(identity: str | None, *, said: bool) -> None:
    page = to_html(cv(sections=(Section(title="Badges", badges=(badge(issuer_identity=identity),)),)))
    assert ("Verified, name not confirmed" in page) is said


def test_html_needs_nothing_and_runs_nothing() -> None:
    link = "javascript:alert(1)"
    page = to_html(cv(name=HOSTILE, url=link, links=((HOSTILE, link),), sections=(Section(title=HOSTILE, badges=(badge(name=HOSTILE, issuer=HOSTILE, link=link),)),)))  # fmt: skip # noqa: E501 (a table reads best in one line) (one hostile page)
    assert "<img src=x" not in page
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert "default-src 'none'" in page


def test_badges_are_stamped_and_those_of_one_day_share_a_drawing() -> None:
    day, later = date(2026, 5, 1), date(2026, 5, 2)
    held = (
        badge(1, checked=day, issuer_identity="domain"),
        badge(2, checked=day, issuer_identity="domain"),
        badge(3, checked=later, issuer_identity="domain"),
        badge(4, verdict="revoked"),
    )
    page = to_html(cv(sections=(Section(title="Badges", badges=held),)))
    assert re.findall(r'<use href="#(stamp-\d)"', page) == ["stamp-0", "stamp-0", "stamp-1", "stamp-2"]
    assert re.findall(r'<svg id="(stamp-\d)" class="stamp stamp-(\w+)"', page) == [
        ("stamp-0", "full"), ("stamp-1", "full"), ("stamp-2", "hollow"),
    ]  # fmt: skip
    assert "1 MAY 2026" in page
    assert "2 MAY 2026" in page
    assert "stamp-0" not in to_html(cv(sections=()))


def test_a_page_has_our_fonts_within_or_those_of_the_site_and_no_others() -> None:
    alone = to_html(cv(name="Ann", sections=()))
    assert re.findall(r'src: url\("(.{22})', alone) == ["data:font/woff2;base64"] * 2
    assert "font-src data:;" in alone
    assert to_html(cv(name="Łucja", sections=())).count("data:font/woff2") == 4
    page = site_html(cv(name="Ann", sections=()), "../", {})
    assert "font-src &#39;self&#39;;" in page
    fonts = re.findall(r'src: url\("([^"]*)"', page)
    assert len(fonts) == 4
    assert {name.removeprefix("../assets/fonts/") for name in fonts} <= set(FONTS)


def test_a_name_that_looks_like_a_style_sheet_changes_nothing() -> None:
    page = to_html(cv(name="<style>\n</style>Ł", sections=()))
    assert page.index("&lt;style&gt;") < page.index("<style>\n@font-face")
    assert page.count("<style>") == 1


@pytest.mark.slow
@pytest.mark.parametrize("theme", list(Theme))
def test_pdf_carries_the_originals(theme: Theme) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(to_pdf(cv(theme=theme))))
    attached = {name: contents[0] for name, contents in reader.attachments.items()}
    assert sorted(attached.values()) == [png() + b"\x01", png() + b"\x02"]
    assert "2026-03-01-Knot_Master-entry0.png" in attached
    assert "Ann Päivärinta" in reader.pages[0].extract_text()


def test_pdf_has_the_stamps_of_its_page_as_pictures_and_not_as_text() -> None:
    from pypdf import PdfReader

    days = [date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 1), None]
    badges = tuple(badge(number + 1, checked=day) for number, day in enumerate(days))
    sheet = cv(sections=(Section(title="Badges", badges=badges),), language="fi")
    stamps = pressed(sheet)
    assert [stamps[one.id] for one in badges].count(stamps[badges[0].id]) == 2
    assert len(set(stamps.values())) == 3
    for stamp in stamps.values():
        with Image.open(io.BytesIO(stamp)) as opened:
            assert opened.convert("RGBA").getpixel((2, 2)) == (0, 0, 0, 0)  # what is under it shows
    (page,) = PdfReader(io.BytesIO(to_pdf(sheet))).pages
    assert "passport" not in page.extract_text().casefold()
    assert pressed(cv(theme=Theme.PLAIN)) == pressed(cv(sections=())) == {}


def test_pdf_holds_back_what_is_held_back() -> None:
    from pypdf import PdfReader

    made = to_pdf(cv(sections=(Section(title="Badges", badges=(badge(original=None),)),)))
    assert not PdfReader(io.BytesIO(made)).attachments


def test_pdf_shows_hostile_text_as_text() -> None:
    from pypdf import PdfReader

    made = to_pdf(cv(name=HOSTILE, headline=HOSTILE, about=HOSTILE, sections=(Section(title=HOSTILE, text=HOSTILE),)))
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert '#read("/etc/passwd")' in " ".join(text.split())


def test_characters_that_no_font_has_are_named() -> None:
    with pytest.raises(SharingError, match="No font on this computer can show"):
        to_pdf(cv(name="\U00010570"))
