"""Letters that come to the demo's registry: drawn as a sender would write them, some as scans."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime

import pypdfium2
from PIL import Image, ImageFilter

from eoffice.demo.dak import Incoming
from eoffice.documents.pdf import flow, layout
from eoffice.documents.pdf.layout import BlockStyle, Frame, Span, TextStyle
from eoffice.documents.pdf.sheet import A4, MM, Description, Sheet

LEFT, RIGHT, TOP, BOTTOM = 25 * MM, 22 * MM, 20 * MM, 20 * MM
WIDTH = A4[0] - LEFT - RIGHT
TEXT, BOLD, HEAD = TextStyle(11.5), TextStyle(11.5, bold=True), TextStyle(14, bold=True)
LEADING = 20.0
SCAN_DPI = 130


def pdf_of(letter: Incoming) -> bytes:
    """The letter as a PDF that was born digital; the same bytes for the same letter."""
    hindi = letter.language == "hi"

    def line(text: str, style: TextStyle = TEXT, **how: object) -> layout.Block:
        return layout.paragraph([Span(text, style)], BlockStyle(LEADING, **how), WIDTH)  # type: ignore[arg-type]

    number, date = ("संख्या:", "दिनांक:") if hindi else ("No.", "Date:")
    blocks = [
        line(letter.organisation, HEAD, align="center"),
        line(letter.address, TEXT, align="center", after=6 * MM),
        line(f"{number} {letter.number}", BOLD),
        line(f"{date} {letter.dated:%d-%m-%Y}", BOLD, after=4 * MM),
        *[line(text) for text in letter.to],
        line(f"{'विषय:' if hindi else 'Subject:'} {letter.subject}", BOLD, before=5 * MM, after=4 * MM),
        line("महोदय," if hindi else "Sir,", after=2 * MM),
        *flow.blocks(
            flow.read(letter.body, language=letter.language, place="letter"),
            flow.FlowStyle(TEXT, LEADING, opening_indent=12 * MM),
            WIDTH,
        ),
        line("भवदीय," if hindi else "Yours faithfully,", align="right", before=10 * MM, after=12 * MM),
        line(f"({letter.name})", BOLD, align="right"),
        line(letter.designation, align="right"),
    ]
    sheet = Sheet(
        Description(
            title=letter.subject,
            author=letter.organisation,
            language=letter.language,
            made_at=datetime.combine(letter.dated, datetime.min.time(), UTC),
            subject=letter.number,
        )
    )
    for page, rows in enumerate(layout.paginate(blocks, lambda _page: Frame(A4[1] - TOP, BOTTOM))):
        if page:
            sheet.next_page()
        for placed in rows:
            placed.row.paint(sheet, LEFT, placed.top)
    return sheet.finish()


def scan_of(letter: Incoming) -> bytes:
    """The letter as a picture from a scanner: a little crooked, grey, without any text in it (JPEG)."""
    page = pypdfium2.PdfDocument(pdf_of(letter))[0].render(scale=SCAN_DPI / 72).to_pil().convert("L")
    chance = random.Random(letter.number)  # noqa: S311 - the same crookedness each time
    turned = page.rotate(chance.uniform(-0.9, 0.9), resample=Image.Resampling.BICUBIC, fillcolor=252)
    soft = turned.filter(ImageFilter.GaussianBlur(0.5)).point(lambda grey: min(255, int(grey * 0.96) + 6))
    out = io.BytesIO()
    soft.save(out, "JPEG", quality=72)
    return out.getvalue()
