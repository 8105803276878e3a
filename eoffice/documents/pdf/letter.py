"""The letter (R10, R11): letterhead, number and date, text, closing, endorsement, the block on every page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from eoffice.documents.pdf import block as sigblock
from eoffice.documents.pdf import flow, images, layout, shaping
from eoffice.documents.pdf.block import DrawnBlock, SignatureBlock
from eoffice.documents.pdf.layout import Block, BlockStyle, Frame, Span, TextStyle
from eoffice.documents.pdf.sheet import A4, MM, Description, Sheet
from eoffice.documents.pdf.words import DRAFT_MARK, Language, Words, words_for

LEFT, RIGHT, TOP, BOTTOM = 24 * MM, 19 * MM, 16 * MM, 12 * MM
WIDTH = A4[0] - LEFT - RIGHT
FOOT = 7 * MM
NAVY = (0.063, 0.137, 0.247)
GREY = (0.27, 0.27, 0.27)
PALE = (0.6, 0.6, 0.6)
TEXT = TextStyle(11.5)
STRONG = TextStyle(11.5, bold=True)
SMALL = TextStyle(8.5, color=(0.2, 0.2, 0.2))
FOOT_TEXT = TextStyle(8, color=GREY)
LEADING = 21.3
TIGHT = 19.6
BODY = flow.FlowStyle(TEXT, LEADING, opening_indent=14 * MM)
SIGN_WIDTH = 76 * MM
KEPT_WITH_SIGNATURE = 4  # blocks at most; a long list of enclosures may be parted


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    designation: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """``name`` is the government or instance, ``office`` the office and section.

    ``…_other`` is the same in the other script. ``logo`` is the instance's own picture (PNG or JPEG); without it
    the neutral mark is drawn.
    """

    name: str
    office: str
    lines: tuple[str, ...] = ()
    name_other: str = ""
    office_other: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Endorsement:
    """'Copy to …' with its own number and signatory.

    ``block`` only if someone else signs it; else the letter's block is drawn again (R11).
    """

    number: str | None
    copies: tuple[str, ...]
    signatory: Person
    date_text: str = ""
    intro: str = ""
    closing: str = ""
    block: SignatureBlock | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything on the letter.

    Without ``block`` it is a draft and says so; without ``number`` or ``date_text`` their place says that they are
    drawn at signing. ``made_at`` goes into the metadata, as do ``extra`` facts.
    """

    language: Language
    letterhead: Letterhead
    number: str | None
    date_text: str | None
    sender: Person
    addressee: tuple[str, ...]
    subject: str
    salutation: str
    body_html: str
    signatory: Person
    made_at: datetime
    enclosures: tuple[str, ...] = ()
    closing: str = ""
    endorsement: Endorsement | None = None
    block: SignatureBlock | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def draw_letter(letter: Letter) -> bytes:
    """The letter as PDF/A-2b, the same for the same input.

    Refuses with ``BadText`` (a character that can't be printed, with its place), ``BadMarkup`` (an element the
    text may not have) and ``BadPicture`` (the logo).
    """
    return _Drawing(letter).draw()


def _check(letter: Letter) -> None:
    head, end = letter.letterhead, letter.endorsement
    texts = [
        ("letterhead", f"{head.name} {head.office} {head.name_other} {head.office_other}"),
        ("letter number", letter.number or ""),
        ("date", letter.date_text or ""),
        ("sender", f"{letter.sender.name} {letter.sender.designation}"),
        ("subject", letter.subject),
        ("salutation", letter.salutation),
        ("closing", letter.closing),
        ("signatory", f"{letter.signatory.name} {letter.signatory.designation}"),
        *((f"letterhead, line {n}", line) for n, line in enumerate(head.lines, 1)),
        *((f"addressee, line {n}", line) for n, line in enumerate(letter.addressee, 1)),
        *((f"enclosure {n}", line) for n, line in enumerate(letter.enclosures, 1)),
    ]
    if end is not None:
        texts += [
            ("endorsement number", end.number or ""),
            ("endorsement", f"{end.date_text} {end.intro} {end.closing}"),
            ("endorsement, signatory", f"{end.signatory.name} {end.signatory.designation}"),
            *((f"endorsement, copy {n}", line) for n, line in enumerate(end.copies, 1)),
        ]
    for place, text in texts:
        shaping.check_text(text, place)
    for place, block in (("signature block", letter.block), ("endorsement block", end.block if end else None)):
        if block is not None:
            sigblock.check(block, place)


def _line(text: str, style: TextStyle = TEXT, *, width: float = WIDTH, block: BlockStyle | None = None) -> Block:
    return layout.paragraph([Span(text, style)], block or BlockStyle(leading=TIGHT), width)


class _Drawing:
    def __init__(self, letter: Letter) -> None:
        _check(letter)
        self.letter = letter
        self.words: Words = words_for(letter.language)
        self.foot_block = self._drawn_block(letter.block)

    def _drawn_block(self, block: SignatureBlock | None) -> DrawnBlock:
        if block is None:
            return sigblock.placeholder(self.letter.language)
        return sigblock.signature_block(block, self.letter.language)

    def draw(self) -> bytes:
        letter = self.letter
        body = flow.blocks(flow.read(letter.body_html, language=letter.language, place="body"), BODY, WIDTH)
        pages = layout.paginate([*self._opening(), *self._closing(body), *self._endorsement()], self._frame)
        sheet = Sheet(
            Description(
                title=letter.subject,
                author=letter.sender.name,
                language=letter.language,
                made_at=letter.made_at,
                subject=f"{self.words.number} {letter.number}" if letter.number else self.words.draft_foot,
                extra=letter.extra,
                part=2,  # nothing is ever attached to what leaves the office
            )
        )
        for number, page in enumerate(pages, start=1):
            if number > 1:
                sheet.next_page()
            if letter.block is None:
                sheet.watermark(layout.pieces_of(DRAFT_MARK, TextStyle(64, bold=True, color=(0.92, 0.92, 0.92))))
            if number > 1:
                self._head(sheet)
            for placed in page:
                placed.row.paint(sheet, LEFT, placed.top)
            self._foot(sheet, number, len(pages))
        return sheet.finish()

    # Around the text

    def _frame(self, page: int) -> Frame:
        bottom = BOTTOM + FOOT + self.foot_block.height + 5 * MM
        return Frame(A4[1] - TOP - (0 if page == 1 else 13 * MM), bottom)

    def _number(self) -> str:
        return self.letter.number or f"[{self.words.at_signing}]"

    def _date(self) -> str:
        return self.letter.date_text or f"[{self.words.at_signing}]"

    def _head(self, sheet: Sheet) -> None:
        style = TextStyle(9, color=(0.2, 0.2, 0.2))
        top = A4[1] - TOP
        left = _line(f"{self.words.number}: {self._number()}", style, width=WIDTH * 0.62, block=BlockStyle(14))
        right = _line(
            f"{self.words.date}: {self._date()}", style, width=WIDTH * 0.36, block=BlockStyle(14, align="right")
        )
        left.chunks[0][0].paint(sheet, LEFT, top)
        right.chunks[0][0].paint(sheet, LEFT + WIDTH * 0.64, top)
        sheet.rule(LEFT, top - 14 - 1.5 * MM, WIDTH, thick=0.5, color=PALE)

    def _foot(self, sheet: Sheet, page: int, pages: int) -> None:
        letter, words = self.letter, self.words
        rule = BOTTOM + FOOT
        self.foot_block.paint(sheet, A4[0] - RIGHT - sigblock.WIDTH, rule + 3 * MM + self.foot_block.height)
        sheet.rule(LEFT, rule, WIDTH, thick=0.5, color=PALE)
        check = words.draft_foot
        if letter.block is not None:
            check = f"{words.check}: {letter.block.verify_url.partition('://')[2] or letter.block.verify_url}"
        number = f"{words.number} {letter.number}" if letter.number else ""
        texts = (check, number, f"{words.page} {page} / {pages}")
        first = min(max(layout.text_width(check, FOOT_TEXT) + 3 * MM, WIDTH * 0.25), WIDTH * 0.5)
        last = layout.text_width(texts[2], FOOT_TEXT) + 3 * MM
        places = (
            (0.0, first, BlockStyle(9.5)),
            (first, WIDTH - first - last, BlockStyle(9.5, align="center")),
            (WIDTH - last, last, BlockStyle(9.5, align="right")),
        )
        for text, (left, width, style) in zip(texts, places, strict=True):
            y = rule - 1.5 * MM
            for row in (row for chunk in _line(text, FOOT_TEXT, width=width, block=style).chunks for row in chunk):
                row.paint(sheet, LEFT + left, y)
                y -= row.height

    # The text

    def _letterhead(self) -> list[Block]:
        head = self.letter.letterhead
        right = 58 * MM
        middle = WIDTH - 21 * MM - right - 4 * MM
        names = [
            _line(head.name, TextStyle(15, bold=True), width=middle, block=BlockStyle(22)),
            _line(head.office, TextStyle(10.5), width=middle, block=BlockStyle(16)),
        ]
        other = " · ".join(text for text in (head.name_other, head.office_other) if text)
        if other:
            names.append(_line(other, SMALL, width=middle, block=BlockStyle(13)))
        lines = [_line(text, SMALL, width=right, block=BlockStyle(13.6, align="right")) for text in head.lines]
        name_stack = layout.stack(names)
        line_stack = layout.stack(lines) if lines else layout.drawn(0, lambda *_: None)
        height = max(name_stack.height, line_stack.height, 15 * MM)

        def paint(sheet: Sheet, x: float, top: float) -> None:
            self._mark(sheet, x, top - height / 2 - 7.5 * MM)
            for block, left in ((name_stack, 21 * MM), (line_stack, WIDTH - right)):
                y = top - (height - block.height) / 2
                for row in block.chunks[0]:
                    row.paint(sheet, x + left, y)
                    y -= row.height
            sheet.rule(x, top - height - 3 * MM, WIDTH, thick=1.2, color=NAVY)

        return [layout.drawn(height + 3 * MM, paint, after=4 * MM)]

    def _mark(self, sheet: Sheet, x: float, y: float) -> None:
        logo = self.letter.letterhead.logo
        size = 15 * MM
        if logo is None:
            sheet.mark(x, y, size, NAVY)
            return
        with images.opened(logo) as picture:
            flat = images.flattened(picture)
        scale = size / max(flat.size)
        width, height = flat.width * scale, flat.height * scale
        sheet.picture(x + (size - width) / 2, y + (size - height) / 2, width, height, flat)

    def _numbered(self, label: str, number: str, right: list[Span], *, after: float) -> Block:
        spans = [Span(f"{label}: ", TEXT), Span(number, STRONG)]
        right_width = min(sum(layout.text_width(s.text, s.style) for s in right) + 2 * MM, WIDTH * 0.4)
        left_width = WIDTH - right_width - 8 * MM
        return layout.columns(
            [
                (0.0, layout.paragraph(spans, BlockStyle(TIGHT), left_width)),
                (WIDTH - right_width, layout.paragraph(right, BlockStyle(TIGHT, align="right"), right_width)),
            ],
            after=after,
        )

    def _address(self, label: str, lines: list[str]) -> Block:
        style = BlockStyle(TIGHT, left=20 * MM)
        rows = [_line(line, block=style) for line in lines]
        stacked = layout.stack([_line(label), *rows])
        return Block(stacked.chunks, after=2.5 * MM)

    def _opening(self) -> list[Block]:
        letter, words = self.letter, self.words
        date = [Span(f"{words.date}: ", TEXT), Span(self._date(), STRONG)]
        subject_left = (14 if letter.language == "hi" else 18) * MM
        return [
            *self._letterhead(),
            self._numbered(words.number, self._number(), date, after=2 * MM),
            self._address(words.sender, [f"{letter.sender.name},", self._ended(letter.sender.designation)]),
            self._address(words.addressee, self._addressee()),
            layout.paragraph(
                [Span(letter.subject, STRONG)],
                BlockStyle(20.1, left=subject_left, before=2.5 * MM, after=3 * MM, keep_next=True),
                WIDTH,
                label=[Span(words.subject, STRONG)],
                label_width=subject_left,
            ),
            layout.paragraph(
                [Span(letter.salutation, TEXT)], BlockStyle(LEADING, after=2.2 * MM, keep_next=True), WIDTH
            ),
        ]

    def _addressee(self) -> list[str]:
        lines = [line.rstrip(" ,।.") for line in self.letter.addressee if line.strip()]
        return [*(f"{line}," for line in lines[:-1]), *(self._ended(line) for line in lines[-1:])]

    def _ended(self, text: str) -> str:
        return text if text.endswith(("।", ".")) else text + self.words.full_stop

    def _signature(self, closing: str, person: Person, *, before: float) -> Block:
        centred = BlockStyle(19, align="center", left=WIDTH - SIGN_WIDTH)
        stacked = layout.stack(
            [
                _line(closing, block=centred),
                _line(f"({person.name})", STRONG, block=centred),
                _line(self._ended(person.designation), block=centred),
            ]
        )
        return Block(stacked.chunks, before=before)

    def _closing(self, body: list[Block]) -> list[Block]:
        """Text, enclosures, signature. The signature never stands alone on a page: the last lines go with it."""
        letter, words = self.letter, self.words
        end: list[Block] = list(body)
        if len(letter.enclosures) == 1:
            end.append(_line(f"{words.enclosure} {self._ended(letter.enclosures[0])}", block=BlockStyle(LEADING)))
        elif letter.enclosures:
            end.append(_line(words.enclosures, block=BlockStyle(LEADING, keep_next=True)))
            end += self._list(letter.enclosures)
        tail = min(len(end) - len(body) + 1, len(end), KEPT_WITH_SIGNATURE)
        for index in range(len(end) - tail, len(end)):
            end[index] = replace(end[index], keep_next=True)
        end.append(self._signature(letter.closing or words.closing, letter.signatory, before=3 * MM))
        return end

    def _list(self, items: tuple[str, ...]) -> list[Block]:
        style = BlockStyle(LEADING - 1, left=10 * MM)
        return [
            layout.paragraph(
                [Span(self._ended(item), TEXT)], style, WIDTH, label=[Span(f"{n}.", TEXT)], label_width=6.5 * MM
            )
            for n, item in enumerate(items, start=1)
        ]

    def _endorsement(self) -> list[Block]:
        end, words = self.letter.endorsement, self.words
        if end is None:
            return []
        date = [Span(end.date_text or words.even_date, TEXT)]
        number = end.number or f"[{words.at_signing}]"
        rule = layout.drawn(
            0.5, lambda sheet, x, top: sheet.rule(x, top, WIDTH, thick=0.5, color=PALE), before=7 * MM, after=5 * MM
        )
        opening = layout.stack(
            [
                rule,
                self._numbered(words.endorsement_number, number, date, after=2 * MM),
                _line(end.intro or words.copy_to, block=BlockStyle(LEADING, after=1.5 * MM)),
            ]
        )
        copies = self._list(end.copies)
        if copies:
            copies[-1] = replace(copies[-1], keep_next=True)
        signature = self._signature(end.closing or words.by_order, end.signatory, before=3 * MM)
        drawn = self._drawn_block(end.block or self.letter.block)
        again = sigblock.in_flow(drawn, WIDTH, before=3 * MM)
        return [
            replace(opening, keep_next=True),
            *copies,
            replace(signature, keep_next=True),
            again,
        ]
