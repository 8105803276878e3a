"""The visible signature block (R10): facts about a signature, as page content.

It never says 'valid': only a verifier may, at the moment of asking (design, section 6).
"""

from collections.abc import Callable
from dataclasses import dataclass

from eoffice.documents.pdf import layout, shaping
from eoffice.documents.pdf.layout import Block, BlockStyle, Span, TextStyle
from eoffice.documents.pdf.sheet import MM, Sheet
from eoffice.documents.pdf.words import BLOCK_HEADING, Language, words_for

WIDTH = 102 * MM
QR = 23 * MM
PAD_LEFT, PAD_RIGHT, PAD_Y, GAP = 2 * MM, 3 * MM, 2 * MM, 3.5 * MM
GREY = (0.2, 0.2, 0.2)
LABEL = TextStyle(8, color=GREY)
FACT = TextStyle(8, bold=True)
HEADING = TextStyle(8.5, bold=True)
LEADING = 12.0
INSET = PAD_LEFT + QR + GAP
INNER = WIDTH - INSET - PAD_RIGHT


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """What the block states. ``signed_at`` reads 'dd-mm-yyyy, HH:MM:SS IST'; ``verify_url`` goes into the QR code."""

    reference_number: str
    name: str
    designation: str
    signed_at: str
    reason: str
    verify_url: str


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    height: float
    paint: Callable[[Sheet, float, float], None]  # sheet, left, top


def check(block: SignatureBlock, place: str) -> None:
    for name, text in (
        ("reference number", block.reference_number),
        ("name", block.name),
        ("designation", block.designation),
        ("date", block.signed_at),
        ("reason", block.reason),
        ("verify address", block.verify_url),
    ):
        shaping.check_text(text, f"{place}, {name}")


def signature_block(block: SignatureBlock, language: Language) -> DrawnBlock:
    """The block, as tall as its facts need: long names wrap, nothing is cut."""
    words = words_for(language)
    facts = (
        (words.block_number, block.reference_number),
        (words.block_name, block.name),
        (words.block_designation, block.designation),
        (words.block_date, block.signed_at),
        (words.block_reason, block.reason),
    )
    label_width = max(layout.text_width(label, LABEL) for label, _ in facts) + 2 * MM
    style = BlockStyle(leading=LEADING, left=label_width)
    rows = [
        layout.paragraph([Span(fact, FACT)], style, INNER, label=[Span(label, LABEL)], label_width=label_width)
        for label, fact in facts
    ]
    heading = layout.paragraph([Span(BLOCK_HEADING, HEADING)], BlockStyle(leading=LEADING + 1), INNER)
    text = layout.stack([heading, *rows])
    height = max(text.height, QR) + 2 * PAD_Y

    def paint(sheet: Sheet, left: float, top: float) -> None:
        sheet.fill(left, top - height, WIDTH, height, (1, 1, 1))
        sheet.box(left, top - height, WIDTH, height, thick=0.6, color=(0.27, 0.27, 0.27))
        sheet.qr(left + PAD_LEFT, top - height / 2 - QR / 2, QR, block.verify_url)
        y = top - (height - text.height) / 2
        for row in text.chunks[0]:
            row.paint(sheet, left + INSET, y)
            y -= row.height

    return DrawnBlock(height, paint)


def placeholder(language: Language) -> DrawnBlock:
    """The same room on a draft, so that signing does not move a line."""
    height = 6 * LEADING + 1 + 2 * PAD_Y
    grey = TextStyle(8, color=(0.45, 0.45, 0.45))
    text = layout.paragraph(
        [Span(words_for(language).block_at_signing, grey)], BlockStyle(leading=LEADING, align="center"), WIDTH
    )

    def paint(sheet: Sheet, left: float, top: float) -> None:
        sheet.box(left, top - height, WIDTH, height, thick=0.4, color=(0.7, 0.7, 0.7))
        text.chunks[0][0].paint(sheet, left, top - height / 2 + LEADING / 2)

    return DrawnBlock(height, paint)


def in_flow(drawn: DrawnBlock, width: float, *, before: float) -> Block:
    """The block as part of the text, at the right edge."""
    return layout.drawn(drawn.height, lambda sheet, x, top: drawn.paint(sheet, x + width - WIDTH, top), before=before)
