"""A report of the employee master to be signed by one or more officers: facts, tables, a box per signer.

The words come from the caller, who knows the language; nothing is left out, long texts wrap. The boxes name who is to
sign; that somebody did stands in the signatures themselves, because a page that is signed can't be drawn on any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from eoffice.documents.pdf import layout, shaping
from eoffice.documents.pdf.layout import Block, BlockStyle, Frame, Span, TextStyle
from eoffice.documents.pdf.sheet import A4, MM, Description, Sheet
from eoffice.documents.pdf.words import Language, words_for

LEFT, RIGHT, TOP, BOTTOM = 20 * MM, 17 * MM, 15 * MM, 11 * MM
WIDTH = A4[0] - LEFT - RIGHT
FOOT = 7 * MM
GREY, PALE = (0.27, 0.27, 0.27), (0.7, 0.7, 0.7)
TITLE, HEADING = TextStyle(15, bold=True), TextStyle(11, bold=True)
TEXT, STRONG = TextStyle(10), TextStyle(10, bold=True)
LABEL, CELL = TextStyle(10, color=GREY), TextStyle(9)
HEAD, SMALL = TextStyle(8.5, bold=True, color=GREY), TextStyle(8, color=GREY)
LEADING, CELL_LEADING = 16.5, 14.0
LABEL_WIDTH, CELL_GAP = 46 * MM, 3 * MM


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; ``widths`` are shares of the page's width. Without rows, ``empty`` says so."""

    heading: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who is to sign: ``role`` ('Relieved officer'), name, post and what the box says of the signature."""

    role: str
    name: str
    post: str
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """``number`` stands in the head of each page, ``facts`` as (label, text) below the title."""

    language: Language
    office: str
    number: str
    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    signers: tuple[Signer, ...]
    made_at: datetime
    author: str
    closing: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def draw_report(report: Report) -> bytes:
    """The report as PDF/A-3b, the same for the same input. ``BadText`` for what can't be drawn."""
    for place, text in _texts(report):
        shaping.check_text(text, place)
    blocks = [*_opening(report)]
    for table in report.tables:
        blocks += _table(table)
    blocks += [_paragraph(text, before=3 * MM) for text in report.closing]
    if report.signers:
        blocks.append(_signers(report.signers))
    pages = layout.paginate(blocks, lambda _page: Frame(A4[1] - TOP - 10 * MM, BOTTOM + FOOT + 3 * MM))
    sheet = Sheet(
        Description(
            title=f"{report.title}: {report.number}",
            author=report.author,
            language=report.language,
            made_at=report.made_at,
            subject=report.title,
            extra=report.extra,
        )
    )
    for number, page in enumerate(pages, start=1):
        if number > 1:
            sheet.next_page()
        for placed in page:
            placed.row.paint(sheet, LEFT, placed.top)
        _around(sheet, report, number, len(pages))
    return sheet.finish()


def _texts(report: Report) -> list[tuple[str, str]]:
    texts = [
        ("office", report.office),
        ("number", report.number),
        ("title", report.title),
        ("author", report.author),
        *((f"fact {label}", f"{label} {text}") for label, text in report.facts),
        *((f"closing {place}", text) for place, text in enumerate(report.closing, start=1)),
        *((f"signer {one.role}", f"{one.role} {one.name} {one.post} {one.words}") for one in report.signers),
    ]
    for table in report.tables:
        texts.append((table.heading, f"{table.heading} {table.empty} {' '.join(table.columns)}"))
        for place, row in enumerate(table.rows, start=1):
            texts += [(f"{table.heading}, row {place}", cell) for cell in row]
    return texts


def _paragraph(text: str, *, before: float = 0.0) -> Block:
    return layout.paragraph([Span(text, TEXT)], BlockStyle(LEADING, before=before), WIDTH)


def _rule(thick: float, *, before: float = 0.0, after: float = 0.0) -> Block:
    return layout.drawn(
        thick,
        lambda sheet, x, top: sheet.rule(x, top, WIDTH, thick=thick, color=PALE),
        before=before,
        after=after,
    )


def _opening(report: Report) -> list[Block]:
    title = layout.paragraph([Span(report.title, TITLE)], BlockStyle(24, after=1 * MM, keep_next=True), WIDTH)
    facts = [
        layout.paragraph(
            [Span(text, STRONG)],
            BlockStyle(LEADING, left=LABEL_WIDTH, after=0.6 * MM),
            WIDTH,
            label=[Span(label, LABEL)],
            label_width=LABEL_WIDTH,
        )
        for label, text in report.facts
    ]
    return [title, *facts, _rule(0.5, before=2 * MM, after=2 * MM)]


def _table(table: Table) -> list[Block]:
    heading = layout.paragraph(
        [Span(table.heading, HEADING)], BlockStyle(18, before=4 * MM, after=0.5 * MM, keep_next=True), WIDTH
    )
    if not table.rows:
        return [heading, _paragraph(table.empty)]
    out = [heading, replace(_cells(table.columns, table.widths, HEAD), keep_next=True), _glued_rule()]
    for row in table.rows:
        out += [_cells(row, table.widths, CELL), _rule(0.3, after=0.6 * MM)]
    return out


def _glued_rule() -> Block:
    return replace(_rule(0.6, after=0.6 * MM), keep_next=True)


def _cells(texts: Sequence[str], widths: Sequence[float], style: TextStyle) -> Block:
    """One row; its cells wrap and stay together. A row of many lines may be cut where a page ends."""
    parts: list[tuple[float, Block]] = []
    left, whole = 0.0, sum(widths)
    for text, share in zip(texts, widths, strict=True):
        width = WIDTH * share / whole
        parts.append((left, layout.paragraph([Span(text, style)], BlockStyle(CELL_LEADING), width - CELL_GAP)))
        left += width
    row = layout.columns(parts)
    # The rule below belongs to the row.
    return replace(row, keep_next=True)


def _signers(signers: Sequence[Signer]) -> Block:
    """The boxes side by side, kept together."""
    gap = 6 * MM
    width = (WIDTH - gap * (len(signers) - 1)) / len(signers)
    pad = 3 * MM
    stacks = [
        layout.stack(
            [
                layout.paragraph([Span(one.role, HEAD)], BlockStyle(13, after=1 * MM), width - 2 * pad),
                layout.paragraph([Span(one.name, STRONG)], BlockStyle(LEADING), width - 2 * pad),
                layout.paragraph([Span(one.post, TEXT)], BlockStyle(LEADING, after=1.5 * MM), width - 2 * pad),
                layout.paragraph([Span(one.words, SMALL)], BlockStyle(12), width - 2 * pad),
            ]
        )
        for one in signers
    ]
    height = max(one.height for one in stacks) + 2 * pad

    def paint(sheet: Sheet, x: float, top: float) -> None:
        for place, one in enumerate(stacks):
            at = x + place * (width + gap)
            sheet.box(at, top - height, width, height, thick=0.6, color=GREY)
            y = top - pad
            for chunk in one.chunks:
                for row in chunk:
                    row.paint(sheet, at + pad, y)
                    y -= row.height

    return layout.drawn(height, paint, before=8 * MM)


def _around(sheet: Sheet, report: Report, page: int, pages: int) -> None:
    top, rule = A4[1] - TOP, BOTTOM + FOOT
    _half(sheet, report.office, top, align="left")
    _half(sheet, report.number, top, align="right")
    sheet.rule(LEFT, top - 14 - 1.5 * MM, WIDTH, thick=0.5, color=PALE)
    sheet.rule(LEFT, rule, WIDTH, thick=0.5, color=PALE)
    _half(sheet, report.title, rule - 1.5 * MM, align="left")
    _half(sheet, f"{words_for(report.language).page} {page} / {pages}", rule - 1.5 * MM, align="right")


def _half(sheet: Sheet, text: str, top: float, *, align: layout.Align) -> None:
    half = WIDTH * 0.49
    block = layout.paragraph([Span(text, SMALL)], BlockStyle(11, align=align), half)
    x = LEFT if align == "left" else LEFT + WIDTH - half
    for row in (row for chunk in block.chunks for row in chunk):
        row.paint(sheet, x, top)
        top -= row.height
