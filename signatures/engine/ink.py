"""Whether a later signature's picture lies over something that was on the signed page, seen as a reader sees it.

A later signature may bring a picture of its own. Laid over text, that picture is the attack "sneaky signature"
(signing.md section 6), and no comparison of objects can tell it from an honest stamp in a free place: only the drawn
page can. One that takes a third of the page is no stamp, whatever lies under it. Pictures of earlier signatures count
as text, unless the same person signs again.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

Box = tuple[int, int, int, int]

_LONGEST: Final = 1000
_CONTRAST: Final = 60
_PIXELS: Final = 60
_LARGE: Final = 1 / 3


def pages_with_covered_ink(old: bytes, new: bytes, *, over_signatures: bool = False) -> list[int] | None:
    """Numbers (from 1) of the pages on which a new signature's picture meets ink; None when it can't be found out."""
    try:
        before, after = pypdfium2.PdfDocument(old), pypdfium2.PdfDocument(new)
        try:
            before.init_forms()
            after.init_forms()
            if len(before) != len(after):
                return None
            return [number + 1 for number in range(len(before)) if _is_covered(before, after, number, over_signatures)]
        finally:
            before.close()
            after.close()
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return None


def _is_covered(before: Any, after: Any, number: int, over_signatures: bool) -> bool:  # noqa: FBT001 - private
    page, later = before[number], after[number]
    earlier = _signatures(before, page)
    added = list((Counter(_signatures(after, later)) - Counter(earlier)).elements())
    if not added:
        return False
    picture = _drawn(page)
    if any((box[2] - box[0]) * (box[3] - box[1]) > _LARGE * picture.width * picture.height for box in added):
        return True
    paper = max(enumerate(picture.histogram()), key=lambda entry: entry[1])[0]
    plain = Image.new("L", picture.size, paper)
    for left, top, right, bottom in earlier if over_signatures else ():
        # With its border, which may lie half outside.
        ImageDraw.Draw(picture).rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=paper)
    ink = ImageChops.difference(picture, plain).point(lambda value: 255 if value > _CONTRAST else 0)
    mask = Image.new("L", picture.size, 0)
    for box in added:
        ImageDraw.Draw(mask).rectangle(box, fill=255)
    return ImageChops.darker(ink, mask).histogram()[255] > _PIXELS


def _scale(page: Any) -> float:
    return float(min(1.0, _LONGEST / max(page.get_width(), page.get_height(), 1.0)))


def _drawn(page: Any) -> Image.Image:
    picture: Image.Image = page.render(scale=_scale(page), may_draw_forms=True).to_pil().convert("L")
    return picture


def _signatures(document: Any, page: Any) -> list[Box]:
    """Where the page's signature widgets lie on its picture."""
    scale = _scale(page)
    width, height = max(1, round(page.get_width() * scale)), max(1, round(page.get_height() * scale))
    boxes: list[Box] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), 5000)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET and (
            pdfium.FPDFAnnot_GetFormFieldType(document.formenv.raw, annotation) == pdfium.FPDF_FORMFIELD_SIGNATURE
        ):
            rectangle = pdfium.FS_RECTF()
            pdfium.FPDFAnnot_GetRect(annotation, rectangle)
            corners = [
                _on_picture(page, width, height, x, y)
                for x, y in ((rectangle.left, rectangle.bottom), (rectangle.right, rectangle.top))
            ]
            xs, ys = sorted(x for x, _y in corners), sorted(y for _x, y in corners)
            boxes.append((max(xs[0], 0), max(ys[0], 0), min(xs[1], width), min(ys[1], height)))
        pdfium.FPDFPage_CloseAnnot(annotation)
    # Thinner than a dot of the picture is a line all the same.
    return [(*box[:2], max(box[2], box[0] + 1), max(box[3], box[1] + 1)) for box in boxes if _has_room(box)]


def _has_room(box: Box) -> bool:
    return box[2] >= box[0] and box[3] >= box[1] and box[:2] != box[2:]


def _on_picture(page: Any, width: int, height: int, x: float, y: float) -> tuple[int, int]:
    left, top = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, left, top)
    return left.value, top.value
