"""Spans of text into lines, lines into blocks, blocks onto pages. Lengths are points.

A **block** is a list of **chunks**; a chunk is a list of rows that stay on one page (the first two and the
last two lines of a paragraph, a whole signature). ``paginate`` decides the pages before anything is
drawn, so "page 1 / 3" is known on page 1.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from eoffice.documents.pdf import shaping
from eoffice.documents.pdf.sheet import Color, Piece, Sheet

Align = Literal["left", "right", "center", "justify"]
BLACK: Color = (0.0, 0.0, 0.0)
TOLERANCE = 0.01  # of a point, for sums of floats
LONE_LINES = 2  # a paragraph leaves no fewer lines than this on a page


@dataclass(frozen=True, slots=True)
class TextStyle:
    size: float
    bold: bool = False
    underline: bool = False
    color: Color = BLACK


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style; a line end in it is a forced one, other white space is one space."""

    text: str
    style: TextStyle


@dataclass(frozen=True, slots=True)
class BlockStyle:
    leading: float
    align: Align = "left"
    left: float = 0.0
    right: float = 0.0
    first_indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    keep_next: bool = False
    keep_whole: bool = False


Paint = Callable[[Sheet, float, float], None]  # the sheet, left edge, top edge


@dataclass(frozen=True, slots=True)
class Row:
    height: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Block:
    chunks: tuple[tuple[Row, ...], ...]
    before: float = 0.0
    after: float = 0.0
    keep_next: bool = False
    new_page: bool = False

    @property
    def height(self) -> float:
        return sum(row.height for chunk in self.chunks for row in chunk)


@dataclass(frozen=True, slots=True)
class Word:
    pieces: tuple[Piece, ...]
    width: float
    units: tuple[tuple[str, TextStyle], ...]  # syllables; where a word too long for the line may be cut
    breaks_after: bool = False  # a forced line end follows
    cut: bool = False  # the word goes on in the next line


@dataclass(slots=True)
class Line:
    words: list[Word] = field(default_factory=list)
    ends_paragraph: bool = False


def pieces_of(text: str, style: TextStyle) -> tuple[Piece, ...]:
    """A text that is never broken, one piece per script and font."""
    return _remembered(text, style) if len(text) <= shaping.REMEMBERED else _pieces(text, style)


def _pieces(text: str, style: TextStyle) -> tuple[Piece, ...]:
    pieces = []
    for run, script, family in shaping.itemise(text):
        glyphs = shaping.shape(run, bold=style.bold)
        pieces.append(
            Piece(
                text=run,
                glyphs=glyphs,
                family=family,
                bold=style.bold,
                size=style.size,
                underline=style.underline,
                color=style.color,
                width=shaping.width_of(glyphs, style.size),
                spoken=script == "Deva" or any(len(g.text) != 1 for g in glyphs),
            )
        )
    return tuple(pieces)


_remembered = lru_cache(maxsize=20_000)(_pieces)  # words recur, on each page and in each letter of a batch


def text_width(text: str, style: TextStyle) -> float:
    return sum(piece.width for piece in pieces_of(text, style))


def _word(units: Sequence[tuple[str, TextStyle]], *, breaks_after: bool = False, cut: bool = False) -> Word:
    pieces = tuple(
        piece
        for style, group in itertools.groupby(units, key=lambda unit: unit[1])
        for piece in pieces_of("".join(text for text, _ in group), style)
    )
    return Word(pieces, sum(p.width for p in pieces), tuple(units), breaks_after, cut)


def words_of(spans: Iterable[Span]) -> list[Word]:
    """Words of the spans.

    A syllable whose letters differ in style takes the style of its first letter: half a conjunct can't be
    bold, and its parts shaped apart would print a broken form.
    """
    words: list[Word] = []
    units: list[tuple[str, TextStyle]] = []
    before = ""
    for span in spans:
        for char in span.text:
            if shaping.is_space(char):
                if units or char == "\n":
                    words.append(_word(units, breaks_after=char == "\n"))
                    units = []
                elif words and char == "\n":
                    words[-1] = replace(words[-1], breaks_after=True)
                before = ""
                continue
            if before and shaping.continues_cluster(before, char):
                text, style = units[-1]
                units[-1] = (text + char, style)
            else:
                units.append((char, span.style))
            before = char
    if units:
        words.append(_word(units))
    return words


GOOD_CUTS = "/-.,:;@_)"


def _parts(word: Word, *, room: float, width: float, at_signs: bool) -> list[Word]:
    """A word wider than a line, cut for it: after a sign if there is one in reach, else between syllables.

    The first part fits in ``room``, each other in ``width``. With ``at_signs`` the first cut must be at a sign;
    without one the list is empty.
    """
    cuts: list[int] = []
    widths = [shaping.width_of(shaping.shape(text, bold=style.bold), style.size) for text, style in word.units]
    used, start, sign = 0.0, 0, 0
    for index, (text, _style) in enumerate(word.units):
        if used + widths[index] > (width if cuts else room) and (index > start or at_signs):
            if sign <= start and at_signs and not cuts:
                return []
            start = sign if sign > start else index
            cuts.append(start)
            used = sum(widths[start:index])
        used += widths[index]
        if text[-1] in GOOD_CUTS:
            sign = index + 1
    edges = [0, *cuts, len(word.units)]
    parts = [_word(word.units[low:high], cut=True) for low, high in itertools.pairwise(edges)]
    parts[-1] = replace(parts[-1], cut=False, breaks_after=word.breaks_after)
    return parts


def space_width(style: TextStyle) -> float:
    return text_width(" ", style)


def break_lines(words: Iterable[Word], *, width: float, first_width: float, gap: float) -> list[Line]:
    """Fill lines greedily. A word wider than a whole line is cut between syllables, never dropped or overprinted."""
    lines = [Line()]
    used = 0.0
    waiting = list(words)[::-1]
    while waiting:
        word = waiting.pop()
        lead = gap if lines[-1].words else 0.0
        room = (first_width if len(lines) == 1 else width) - used - lead
        if word.width > room + TOLERANCE:
            parts: list[Word] = []
            if word.width > width and len(word.units) > 1 and not word.cut:
                parts = _parts(word, room=room, width=width, at_signs=bool(lines[-1].words))
            if parts:
                waiting += parts[::-1]
                word = waiting.pop()
            elif lines[-1].words:
                waiting.append(word)
                lines.append(Line())
                used = 0.0
                continue
        used += word.width + lead
        lines[-1].words.append(word)
        if word.breaks_after or word.cut:
            lines[-1].ends_paragraph = word.breaks_after
            lines.append(Line())
            used = 0.0
    if not lines[-1].words and len(lines) > 1:
        lines.pop()
    lines[-1].ends_paragraph = True
    return lines


def _paint_line(line: Line, *, width: float, indent: float, style: BlockStyle, gap: float) -> Paint:
    natural = sum(w.width for w in line.words) + gap * max(len(line.words) - 1, 0)
    slack = width - indent - natural
    start = indent
    if style.align == "justify" and not line.ends_paragraph and len(line.words) > 1:
        gap += slack / (len(line.words) - 1)
    elif style.align == "right":
        start += slack
    elif style.align == "center":
        start += slack / 2
    words = [word.pieces for word in line.words if word.pieces]

    def paint(sheet: Sheet, x: float, top: float) -> None:
        size = max((p.size for word in words for p in word), default=0.0)
        baseline = top - style.leading / 2 - size * 0.30
        sheet.text_line(x + style.left + start, baseline, words, gap=gap)

    return paint


def paragraph(
    spans: Sequence[Span], style: BlockStyle, width: float, *, label: Sequence[Span] = (), label_width: float = 0.0
) -> Block:
    """A paragraph set in ``width``. ``label`` ("1.", "(क)", "Subject:") stands in ``label_width`` left of it."""
    inner = width - style.left - style.right
    words = words_of(spans)
    gap = max((space_width(span.style) for span in spans), default=0.0)
    lines = break_lines(words, width=inner, first_width=inner - style.first_indent, gap=gap)
    rows = []
    for index, line in enumerate(lines):
        indent = style.first_indent if index == 0 else 0.0
        rows.append(Row(style.leading, _paint_line(line, width=inner, indent=indent, style=style, gap=gap)))
    if label:
        rows[0] = _labelled(rows[0], label, style, label_width)
    return Block(_chunks(rows, whole=style.keep_whole), style.before, style.after, style.keep_next)


def _labelled(row: Row, label: Sequence[Span], style: BlockStyle, label_width: float) -> Row:
    shift = replace(style, left=style.left - label_width, align="left")
    gap = space_width(label[0].style)
    line = Line(words_of(label), ends_paragraph=True)
    paint_label = _paint_line(line, width=label_width, indent=0.0, style=shift, gap=gap)

    def paint(sheet: Sheet, x: float, top: float) -> None:
        paint_label(sheet, x, top)
        row.paint(sheet, x, top)

    return Row(row.height, paint)


def _chunks(rows: Sequence[Row], *, whole: bool) -> tuple[tuple[Row, ...], ...]:
    if whole or len(rows) < 2 * LONE_LINES:
        return (tuple(rows),)
    first, middle, last = rows[:LONE_LINES], rows[LONE_LINES:-LONE_LINES], rows[-LONE_LINES:]
    return (tuple(first), *((row,) for row in middle), tuple(last))


def columns(parts: Sequence[tuple[float, Block]], *, before: float = 0.0, after: float = 0.0) -> Block:
    """Blocks side by side, each at its own left edge; they stay together."""
    height = max(block.height for _, block in parts)

    def paint(sheet: Sheet, x: float, top: float) -> None:
        for left, block in parts:
            y = top
            for row in itertools.chain.from_iterable(block.chunks):
                row.paint(sheet, x + left, y)
                y -= row.height

    return Block(((Row(height, paint),),), before, after)


def stack(blocks: Sequence[Block]) -> Block:
    """Blocks one below the other that stay on one page."""
    rows: list[Row] = []
    for index, block in enumerate(blocks):
        if index and (gap := max(block.before, blocks[index - 1].after)):
            rows.append(blank(gap))
        rows += itertools.chain.from_iterable(block.chunks)
    return Block((tuple(rows),), blocks[0].before, blocks[-1].after)


def blank(height: float) -> Row:
    return Row(height, lambda _sheet, _x, _top: None)


def drawn(height: float, paint: Paint, *, before: float = 0.0, after: float = 0.0) -> Block:
    return Block(((Row(height, paint),),), before, after)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where text may stand on a page."""

    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Placed:
    top: float
    row: Row


NEW_PAGE = float("inf")  # as the space above: begins a page


def _glued(blocks: Sequence[Block]) -> list[tuple[float, tuple[Row, ...]]]:
    """(space above, rows that stay together), in order."""
    out: list[tuple[float, tuple[Row, ...]]] = []
    after, glue = 0.0, False
    for block in blocks:
        for index, chunk in enumerate(block.chunks):
            space = max(after, block.before) if index == 0 else 0.0
            if block.new_page and index == 0:
                out.append((NEW_PAGE, chunk))
            elif glue and index == 0 and out:
                above, rows = out[-1]
                out[-1] = (above, (*rows, blank(space), *chunk))
            else:
                out.append((space, chunk))
        after, glue = block.after, block.keep_next
    return out


def paginate(blocks: Sequence[Block], frame_of: Callable[[int], Frame]) -> list[list[Placed]]:
    """Rows on pages. What must stay together moves to the next page together, unless it is taller than a page."""
    pages: list[list[Placed]] = [[]]
    frame = frame_of(1)
    y = frame.top
    for space, rows in _glued(blocks):
        need = sum(row.height for row in rows)
        if pages[-1] and y - space - need < frame.bottom - 0.01:
            pages.append([])
            frame = frame_of(len(pages))
            y = frame.top
        if pages[-1]:
            y -= space
        for row in rows:
            if pages[-1] and y - row.height < frame.bottom - 0.01:  # taller than a page: cut where it must be
                pages.append([])
                frame = frame_of(len(pages))
                y = frame.top
            pages[-1].append(Placed(y, row))
            y -= row.height
    return pages
