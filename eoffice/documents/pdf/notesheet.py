"""The note sheet, and the decision record that an officer signs (design, section 6).

The record says in words what was decided; the manifest (JSON) is attached by the signing room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from eoffice.documents.pdf import block as sigblock
from eoffice.documents.pdf import flow, layout, shaping
from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.layout import Block, BlockStyle, Frame, Span, TextStyle
from eoffice.documents.pdf.sheet import A4, MM, Description, Sheet
from eoffice.documents.pdf.words import Language, words_for

LEFT, RIGHT, TOP, BOTTOM = 24 * MM, 19 * MM, 16 * MM, 12 * MM
WIDTH = A4[0] - LEFT - RIGHT
FOOT = 7 * MM
GREY = (0.27, 0.27, 0.27)
PALE = (0.7, 0.7, 0.7)
TEXT = TextStyle(11)
STRONG = TextStyle(11, bold=True)
TITLE = TextStyle(15, bold=True)
SMALL = TextStyle(8.5, color=GREY)
SMALL_STRONG = TextStyle(8.5, bold=True, color=GREY)
LEADING = 19.8
BODY = flow.FlowStyle(TEXT, LEADING, list_left=4 * MM)
LABEL_WIDTH = 44 * MM


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A submitted note. ``time_text`` and ``state_text`` ('Signed with own key, time-stamped') come in words."""

    number: str
    html: str
    author: str
    post: str
    time_text: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision page. ``act`` is what was done ('Approve'), ``meaning`` what that does ('The letter … is issued').

    ``facts`` says what was decided, as (label, text): draft version, papers, hashes, what was on the screen.
    """

    act: str
    meaning: str
    line_html: str
    officer: str
    post: str
    time_text: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NoteSheet:
    """Notes of a file for printing, or with ``decision`` the record to sign; ``block`` as on a letter.

    ``decides_nothing``: the record is of a note alone; ``decision.act`` names the note then, ``meaning`` where it went.
    """

    language: Language
    office: str
    file_number: str
    subject: str
    notes: tuple[NoteEntry, ...]
    made_at: datetime
    author: str
    decision: Decision | None = None
    block: SignatureBlock | None = None
    printed_text: str = ""
    decides_nothing: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


def draw_notesheet(sheet: NoteSheet) -> bytes:
    """The note sheet as PDF/A-3b, the same for the same input. Refuses as ``draw_letter`` does."""
    return _Drawing(sheet).draw()


def _check(sheet: NoteSheet) -> None:
    texts = [
        ("office", sheet.office),
        ("file number", sheet.file_number),
        ("subject", sheet.subject),
        ("author", sheet.author),
        ("printed", sheet.printed_text),
    ]
    for note in sheet.notes:
        place = f"note {note.number}"
        texts += [
            (f"{place}, number", note.number),
            (f"{place}, author", note.author),
            (f"{place}, post", note.post),
            (f"{place}, time", note.time_text),
            (f"{place}, state", note.state_text),
        ]
    if (decision := sheet.decision) is not None:
        texts += [
            ("decision, act", decision.act),
            ("decision, meaning", decision.meaning),
            ("decision, officer", decision.officer),
            ("decision, post", decision.post),
            ("decision, time", decision.time_text),
            *((f"decision, fact {n}", f"{label} {text}") for n, (label, text) in enumerate(decision.facts, 1)),
        ]
    for place, text in texts:
        shaping.check_text(text, place)
    if sheet.block is not None:
        sigblock.check(sheet.block, "signature block")


class _Drawing:
    def __init__(self, sheet: NoteSheet) -> None:
        _check(sheet)
        self.source = sheet
        self.words = words_for(sheet.language)
        self.title = self.words.note_sheet
        if sheet.decision is not None:
            self.title = self.words.note_record if sheet.decides_nothing else self.words.decision_record
        self.foot_block = sigblock.signature_block(sheet.block, sheet.language) if sheet.block else None

    def draw(self) -> bytes:
        source = self.source
        blocks = [*self._opening()]
        for note in source.notes:
            blocks += self._note(note)
        if source.decision is not None:
            blocks += self._decision(source.decision)
        pages = layout.paginate(blocks, self._frame)
        sheet = Sheet(
            Description(
                title=f"{self.title}: {source.file_number}",
                author=source.author,
                language=source.language,
                made_at=source.made_at,
                subject=source.subject,
                extra=source.extra,
            )
        )
        for number, page in enumerate(pages, start=1):
            if number > 1:
                sheet.next_page()
            for placed in page:
                placed.row.paint(sheet, LEFT, placed.top)
            self._around(sheet, number, len(pages))
        return sheet.finish()

    def _frame(self, _page: int) -> Frame:
        block = self.foot_block.height + 5 * MM if self.foot_block else 3 * MM
        return Frame(A4[1] - TOP - 11 * MM, BOTTOM + FOOT + block)

    def _around(self, sheet: Sheet, page: int, pages: int) -> None:
        source, words, top = self.source, self.words, A4[1] - TOP
        style = TextStyle(9, color=GREY)
        self._text(sheet, source.office, style, top, align="left")
        self._text(sheet, f"{words.file_number}: {source.file_number}", style, top, align="right")
        sheet.rule(LEFT, top - 14 - 1.5 * MM, WIDTH, thick=0.5, color=PALE)
        rule = BOTTOM + FOOT
        if self.foot_block is not None:
            self.foot_block.paint(sheet, A4[0] - RIGHT - sigblock.WIDTH, rule + 3 * MM + self.foot_block.height)
        sheet.rule(LEFT, rule, WIDTH, thick=0.5, color=PALE)
        foot = TextStyle(8, color=GREY)
        left = source.printed_text
        if source.block is not None:
            left = f"{words.check}: {source.block.verify_url.partition('://')[2] or source.block.verify_url}"
        self._text(sheet, left, foot, rule - 1.5 * MM, align="left")
        self._text(sheet, f"{words.page} {page} / {pages}", foot, rule - 1.5 * MM, align="right")

    @staticmethod
    def _text(sheet: Sheet, text: str, style: TextStyle, top: float, *, align: layout.Align) -> None:
        half = WIDTH * 0.49
        block = layout.paragraph([Span(text, style)], BlockStyle(style.size + 3, align=align), half)
        x = LEFT if align == "left" else LEFT + WIDTH - half
        for row in (row for chunk in block.chunks for row in chunk):
            row.paint(sheet, x, top)
            top -= row.height

    def _opening(self) -> list[Block]:
        source = self.source
        return [
            layout.paragraph([Span(self.title, TITLE)], BlockStyle(24, after=1 * MM, keep_next=True), WIDTH),
            self._fact(self.words.file_number, source.file_number, strong=True),
            self._fact(self.words.subject.rstrip(":"), source.subject, strong=True),
            self._rule(before=2 * MM, after=4 * MM),
        ]

    def _rule(self, *, before: float, after: float) -> Block:
        return layout.drawn(
            0.5, lambda sheet, x, top: sheet.rule(x, top, WIDTH, thick=0.5, color=PALE), before=before, after=after
        )

    def _fact(self, label: str, text: str, *, strong: bool = False) -> Block:
        return layout.paragraph(
            [Span(text, STRONG if strong else TEXT)],
            BlockStyle(LEADING, left=LABEL_WIDTH, after=1 * MM),
            WIDTH,
            label=[Span(label, replace(TEXT, color=GREY))],
            label_width=LABEL_WIDTH,
        )

    def _note(self, note: NoteEntry) -> list[Block]:
        """Text first, then one line: number, name, post, time, state of the signature."""
        text = flow.read(note.html, language=self.source.language, place=f"note {note.number}")
        body = flow.blocks(text, BODY, WIDTH)
        if body:
            body[-1] = replace(body[-1], keep_next=True, after=1 * MM)
        who = [Span(f"{self.words.note} {note.number} · {note.author}", SMALL_STRONG)]
        rest = " · ".join(part for part in (note.post, note.time_text, note.state_text) if part)
        line = layout.paragraph(
            [*who, Span(f" · {rest}", SMALL)], BlockStyle(14, align="right", keep_next=True, keep_whole=True), WIDTH
        )
        return [*body, line, self._rule(before=2 * MM, after=4 * MM)]

    def _decision(self, decision: Decision) -> list[Block]:
        words = self.words
        line = flow.blocks(
            flow.read(decision.line_html, language=self.source.language, place="decision, line"),
            replace(BODY, text=TextStyle(12)),
            WIDTH,
        )
        title, rows = words.decision, [(words.act, decision.act, True), (words.decided, decision.meaning, False)]
        if self.source.decides_nothing:
            title, rows = decision.act, [(words.act, decision.meaning, False)]
        heading = layout.paragraph([Span(title, TITLE)], BlockStyle(24, after=2 * MM, keep_next=True), WIDTH)
        facts = [self._fact(label, text) for label, text in decision.facts]
        who = [_line_of(decision.officer, STRONG), _line_of(decision.post, TEXT), _line_of(decision.time_text, TEXT)]
        return [
            replace(heading, new_page=bool(self.source.notes)),
            *(self._fact(label, text, strong=strong) for label, text, strong in rows),
            self._rule(before=2 * MM, after=3 * MM),
            *line,
            self._rule(before=2 * MM, after=3 * MM),
            *facts,
            replace(layout.stack(who), before=6 * MM),
        ]


def _line_of(text: str, style: TextStyle) -> Block:
    return layout.paragraph([Span(text, style)], BlockStyle(17, align="right"), WIDTH)
