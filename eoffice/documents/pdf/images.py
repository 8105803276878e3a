"""Pictures: opened with caps, turned upright, made into a PDF page by page."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import img2pdf
from PIL import Image, ImageOps, UnidentifiedImageError

from eoffice.documents.pdf.errors import BadPicture

FORMATS = ("JPEG", "PNG", "TIFF")
MAX_PIXELS = 60_000_000  # A3 at 600 dpi is 70 million bytes of grey, A4 at 600 dpi 35 million pixels
MAX_FRAMES = 500
DPI = 300
A4_POINTS = (595.2756, 841.8898)
JPEG_QUALITY = 88


@contextmanager
def opened(content: bytes, *, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """A JPEG, PNG or TIFF. Its size is looked at before a pixel is decoded; ``BadPicture`` otherwise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise BadPicture("too_many_pixels", "the picture has too many pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadPicture("unreadable", "the picture can't be read") from error
    with picture:
        if picture.width * picture.height > max_pixels:
            raise BadPicture("too_many_pixels", f"the picture has {picture.width} x {picture.height} pixels")
        yield picture


def flattened(picture: Image.Image) -> Image.Image:
    """Upright, on white, grey or RGB; a damaged picture is refused rather than half shown."""
    try:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture("damaged", "the picture is damaged or cut off") from error
    if upright.mode in ("1", "L"):
        return upright.convert("L")
    if upright.mode.startswith("I"):  # 16 bits of grey: scale, do not clip
        return upright.point(lambda value: value / 256).convert("L")
    if upright.mode in ("LA", "PA", "RGBA", "P") and ("transparency" in upright.info or upright.mode != "P"):
        layer = upright.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return upright.convert("RGB")


def frames(content: bytes, *, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """Every page of the picture (a TIFF may hold many), upright and flat."""
    with opened(content, max_pixels=max_pixels) as picture:
        count = getattr(picture, "n_frames", 1)
        if count > MAX_FRAMES:
            raise BadPicture("too_many_pages", f"the picture has {count} pages")
        for number in range(count):
            try:
                picture.seek(number)
            except (EOFError, OSError, ValueError, SyntaxError) as error:
                raise BadPicture("damaged", "the picture is damaged or cut off") from error
            if picture.width * picture.height > max_pixels:
                raise BadPicture("too_many_pixels", f"the picture has {picture.width} x {picture.height} pixels")
            yield flattened(picture)


def images_to_pdf(pictures: Sequence[bytes], *, max_pixels: int = MAX_PIXELS) -> bytes:
    """One PDF, a page for each picture, fitted on A4 upright or lying, at most 300 dpi.

    Equal pictures give equal bytes. The originals stay what they are; this is a copy for reading.
    ``BadPicture`` on the first one that cannot be read.
    """
    if not pictures:
        raise BadPicture("no_pictures", "there is no picture")
    pages: list[bytes] = []
    for content in pictures:
        for frame in frames(content, max_pixels=max_pixels):
            pages.append(_encoded(frame))
            if len(pages) > MAX_FRAMES:
                raise BadPicture("too_many_pages", "the pictures make too many pages")
    shape = img2pdf.get_layout_fun(A4_POINTS, fit=img2pdf.FitMode.into, auto_orient=True)
    made = img2pdf.convert(pages, layout_fun=shape, nodate=True, engine=img2pdf.Engine.internal)
    return bytes(made)


def _encoded(frame: Image.Image) -> bytes:
    """As JPEG, not finer than 300 dpi on A4."""
    inches = [points / 72 for points in A4_POINTS]
    short, long = sorted(round(side * DPI) for side in inches)
    limit = (long, short) if frame.width > frame.height else (short, long)
    frame.thumbnail(limit, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=JPEG_QUALITY, dpi=(DPI, DPI))
    return out.getvalue()
