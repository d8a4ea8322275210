"""Pictures and files: what issuers send never reaches the browser as a page."""

import io
import re

import pytest
from PIL import Image
from tests.web.pages_material import passport_in, png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><circle r="4"/></svg>'


async def test_a_picture_is_drawn_small_once_and_kept_for_ever(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        answer = await passport.get(f"/picture/{entry.sha256}/64")
        assert answer.headers["content-type"] == "image/png"
        assert "immutable" in answer.headers["cache-control"]
        assert max(Image.open(io.BytesIO(answer.body)).size) <= 64
        kept = list((tmp_path / "state" / "thumbnails").rglob("*.png"))
        assert [file.read_bytes() for file in kept] == [answer.body]
        kept[0].write_bytes(kept[0].read_bytes() + b"marked")
        assert (await passport.get(f"/picture/{entry.sha256}/64")).body.endswith(b"marked"), "it was drawn twice"


async def test_nothing_of_the_original_but_its_pixels_goes_out(tmp_path):
    picture = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("openbadges", '{"secret": "ann@example.org"}')
    Image.open(io.BytesIO(png(1))).save(picture, "PNG", pnginfo=info)
    async with passport_in(tmp_path) as passport:
        entry = passport.put(file=picture.getvalue())
        assert b"ann@example.org" not in (await passport.get(f"/picture/{entry.sha256}/256")).body


async def test_an_svg_goes_out_only_under_a_policy_that_binds_it(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(file=SVG, media="image/svg+xml")
        answer = await passport.get(f"/picture/{entry.sha256}/256")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        page = (await passport.get(f"/badge/{entry.id}")).body
        assert b"alert(1)</script><circle" not in page


@pytest.mark.parametrize(
    "file", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken", b"<html><script>alert(1)</script>", png(1)[:90]]
)
async def test_what_cannot_be_drawn_gets_a_plain_mark(tmp_path, file):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(file=file)
        answer = await passport.get(f"/picture/{entry.sha256}/256")
        assert answer.status == 200
        assert b"script" not in answer.body
        assert "immutable" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/picture/abc/256",
        "/picture/" + "0" * 64 + "/9999",
        "/picture/" + "G" * 64 + "/64",
        "/picture/..%2f..%2fetc%2fpasswd/64",
    ],
)
async def test_no_other_address_leads_to_a_picture(tmp_path, path):
    async with passport_in(tmp_path) as passport:
        assert (await passport.get(path)).status == 404


async def test_a_picture_inside_the_statement_is_shown(tmp_path):
    import base64

    from passport.badge.model import Image as Named

    uri = "data:image/png;base64," + base64.b64encode(png(3)).decode()
    async with passport_in(tmp_path) as passport:
        entry = passport.put(file=b"{}", media="application/json", achievement={"image": Named(id=uri)})
        if entry.image:
            answer = await passport.get(f"/picture/{entry.sha256}/128?of={entry.id}")
            assert answer.headers["content-type"] == "image/png"
        other = passport.put()
        assert (await passport.get(f"/picture/{entry.sha256}/128?of={other.id}")).status == 404


async def test_the_original_is_saved_byte_for_byte_and_never_shown(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(file=SVG, media="image/svg+xml", file_name='../"évil\r\nX: y".svg')
        answer = await passport.get(f"/original/{entry.id}/{entry.sha256}")
        assert answer.body == SVG
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "/" not in answer.headers["content-disposition"].replace("UTF-8''", "")
        assert "x" not in answer.headers or "y" not in answer.headers.get("x", "")


async def test_a_file_of_another_badge_is_not_handed_out_under_this_one(tmp_path):
    async with passport_in(tmp_path) as passport:
        one, other = passport.put(), passport.put(name="Other")
        assert (await passport.get(f"/original/{one.id}/{other.sha256}")).status == 404


async def test_rosettes_and_style_sheets_are_kept_for_ever(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put()
        page = (await passport.get("/")).body.decode()
        for address in re.findall(r'(?:href|src)="(/(?:static|rosette)/[^"#]+)', page):
            answer = await passport.get(address)
            assert answer.status == 200, address
            assert "immutable" in answer.headers["cache-control"]


async def test_a_rosette_is_engraved_once(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put()
        (address,) = set(re.findall(r'src="(/rosette/[^"]+)', (await passport.get("/")).body.decode()))
        first = await passport.get(address)
        (kept,) = (tmp_path / "state" / "thumbnails" / "rosettes").iterdir()
        assert kept.read_bytes() == first.body
        kept.write_bytes(b"")  # what is kept and broken is drawn again
        assert (await passport.get(address)).body == first.body


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/nope.css",
        "/rosette/abc.svg",
        "/rosette/abc/face.png",
        "/rosette/" + "a" * 50 + "/face9.png",
        "/rosette/" + "a" * 50 + "/..%2fface.png",
        "/rosette/" + "Z" * 50 + ".svg",
        "/static/../../../../etc/passwd",
    ],
)
async def test_nothing_else_is_served(tmp_path, path):
    async with passport_in(tmp_path) as passport:
        assert (await passport.get(path)).status == 404


async def test_style_sheets_without_a_version_serve_the_page_of_a_stranger(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.served.ask("GET", "/static/passport.css")
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-cache"
