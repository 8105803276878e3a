"""Scans into one PDF."""

import io
import struct
import zlib

import pikepdf
import pytest
from PIL import Image

from eoffice.documents.pdf.errors import BadPicture
from eoffice.documents.pdf.images import images_to_pdf
from tests.documents.pdf.reading import picture


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a hundred bytes that claims 40,000 × 40,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_each_picture_is_a_page_on_a4_upright_or_lying():
    data = images_to_pdf(
        [saved(Image.new("RGB", (800, 1100), "white")), saved(Image.new("L", (1100, 800), 200), "JPEG")]
    )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sizes = [tuple(round(float(v)) for v in page.mediabox[2:]) for page in pdf.pages]
    assert sizes == [(595, 842), (842, 595)]


def test_the_camera_s_rotation_is_applied():
    image = Image.new("RGB", (400, 300), "white")
    image.paste((255, 0, 0), (0, 0, 400, 60))  # red along the top …
    exif = Image.Exif()
    exif[0x0112] = 6  # … to be turned a quarter clockwise, so that it is seen at the right
    shown = picture(images_to_pdf([saved(image, "JPEG", exif=exif.tobytes(), quality=95)]))

    assert shown.height > shown.width
    red = shown.getpixel((shown.width - 40, shown.height // 2))
    assert red[0] > 200
    assert red[1] < 80


def test_transparency_becomes_white():
    image = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    data = images_to_pdf([saved(image)])
    assert picture(data).getpixel((300, 400)) == (255, 255, 255)


def test_every_page_of_a_tiff_is_taken():
    pages = [Image.new("1", (850, 1100), shade) for shade in (0, 1, 0)]
    data = images_to_pdf([saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 3


def test_no_page_is_finer_than_300_dpi():
    data = images_to_pdf([saved(Image.new("L", (5000, 7000), 255))])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn = next(iter(pdf.pages[0].get_images().values()))
        assert int(drawn.Width) <= 2481
        assert int(drawn.Height) <= 3508


def test_equal_pictures_give_equal_bytes():
    content = [saved(Image.new("RGB", (80, 110), "white"))]
    assert images_to_pdf(content) == images_to_pdf(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pixel_bomb(), "too_many_pixels"),
        (b"not a picture", "unreadable"),
        (b"", "unreadable"),
        (saved(Image.effect_noise((400, 400), 90), "JPEG")[:3000], "damaged"),
        (saved(Image.effect_noise((400, 400), 90))[:3000], "damaged"),
        (saved(Image.new("RGB", (10, 10)), "GIF"), "unreadable"),
    ],
    ids=["bomb", "text", "empty", "cut jpeg", "cut png", "gif"],
)
def test_what_is_no_whole_picture_is_refused(content, code):
    with pytest.raises(BadPicture) as caught:
        images_to_pdf([content])
    assert caught.value.code == code
