"""The sanitised HTML of notes and letters, turned into blocks of text.

Known: ``p strong b em i u ol ul li br a span``. Emphasis in italics is drawn underlined, because
Devanagari has no italics (look/README.md). A link, a flag too, is printed as its words. Anything
else is refused, so that a table can't vanish from a letter that is then signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from eoffice.documents.pdf import layout, shaping
from eoffice.documents.pdf.errors import BadMarkup
from eoffice.documents.pdf.layout import Block, BlockStyle, Span, TextStyle
from eoffice.documents.pdf.sheet import MM

INLINE = {"strong", "b", "em", "i", "u", "a", "span"}
LISTS = {"ol", "ul"}
HINDI_LETTERS = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"
ENGLISH_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NUMBERED = re.compile(r"\s*[0-9]{1,3}[.)](\s|$)")
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    bold: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the source. ``depth`` counts the lists around it; ``marker`` is '' but for a list item's first."""

    runs: tuple[Run, ...]
    depth: int = 0
    marker: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class _List:
    ordered: bool
    lettered: bool
    count: int


def marker(number: int, *, lettered: bool, language: str) -> str:
    """'1.' or '(क)' / '(a)'; letters run out after the alphabet, then numbers in brackets follow."""
    if not lettered:
        return f"{number}."
    letters = HINDI_LETTERS if language == "hi" else ENGLISH_LETTERS
    return f"({letters[number - 1] if 0 < number <= len(letters) else number})"


class _Reader(HTMLParser):
    def __init__(self, *, language: str, place: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.place = language, place
        self.paragraphs: list[Paragraph] = []
        self._runs: list[Run] = []
        self._inline: list[str] = []
        self._lists: list[_List] = []
        self._marker = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._runs.append(Run("\n"))
        elif tag in INLINE:
            self._inline.append(tag)
        elif tag == "p":
            if self._runs:  # not before its first paragraph: the item's marker belongs to that one
                self._end_paragraph()
        elif tag in LISTS:
            self._end_paragraph()
            known = dict(attrs)
            start = known.get("start") or ""
            self._lists.append(
                _List(
                    ordered=tag == "ol",
                    lettered=len(self._lists) == 1 or known.get("type") == "a",
                    count=int(start) - 1 if start.isdecimal() else 0,
                )
            )
        elif tag == "li" and self._lists:
            self._end_paragraph()
            current = self._lists[-1]
            current.count += 1
            self._marker = (
                marker(current.count, lettered=current.lettered, language=self.language) if current.ordered else "•"
            )
        else:
            raise BadMarkup(tag=tag, place=self.place)

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE and tag in self._inline:
            del self._inline[len(self._inline) - 1 - self._inline[::-1].index(tag)]
        elif tag == "li" or (tag == "p" and self._runs):
            self._end_paragraph()
        elif tag in LISTS and self._lists:
            self._end_paragraph()
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        text = _SPACES.sub(" ", data)
        if text.strip(" ") or self._runs:
            self._runs.append(
                Run(
                    text,
                    bold=bool({"strong", "b"} & set(self._inline)),
                    underline=bool({"u", "em", "i"} & set(self._inline)),
                )
            )

    def close(self) -> None:
        super().close()
        self._end_paragraph()

    def _end_paragraph(self) -> None:
        runs, self._runs = self._runs, []
        while runs and not runs[-1].text.strip():
            runs.pop()
        if runs or self._marker:
            self.paragraphs.append(Paragraph(tuple(runs), len(self._lists), self._marker))
            self._marker = ""


def read(html: str, *, language: str, place: str) -> list[Paragraph]:
    """Paragraphs of the HTML. Refuses with ``BadMarkup`` and ``BadText``; ``place`` names the field."""
    reader = _Reader(language=language, place=place)
    reader.feed(html)
    reader.close()
    for number, paragraph in enumerate(reader.paragraphs, start=1):
        shaping.check_text(paragraph.text, f"{place}, paragraph {number}")
    return reader.paragraphs


@dataclass(frozen=True, slots=True)
class FlowStyle:
    """How a text is set. ``opening_indent`` is given to paragraphs that don't begin with a number of their own."""

    text: TextStyle
    leading: float
    after: float = 2.2 * MM
    opening_indent: float = 0.0
    list_left: float = 14 * MM
    list_step: float = 9 * MM
    item_after: float = 1 * MM


def spans_of(paragraph: Paragraph, style: TextStyle) -> list[Span]:
    return [
        Span(run.text, replace(style, bold=style.bold or run.bold, underline=style.underline or run.underline))
        for run in paragraph.runs
    ]


def blocks(paragraphs: Sequence[Paragraph], style: FlowStyle, width: float) -> list[Block]:
    """Justified blocks, list items with their markers hanging."""
    out = []
    for index, paragraph in enumerate(paragraphs):
        follows = paragraphs[index + 1].depth if index + 1 < len(paragraphs) else 0
        left = style.list_left + style.list_step * paragraph.depth if paragraph.depth else 0.0
        opening = style.opening_indent if not paragraph.depth and not _NUMBERED.match(paragraph.text) else 0.0
        block_style = BlockStyle(
            leading=style.leading,
            align="justify",
            left=left,
            first_indent=opening,
            after=style.item_after if paragraph.depth and follows else style.after,
            keep_next=paragraph.text.rstrip().endswith(":") and follows > paragraph.depth,
        )
        label = [Span(paragraph.marker, style.text)] if paragraph.marker else []
        out.append(
            layout.paragraph(
                spans_of(paragraph, style.text) or [Span("", style.text)],
                block_style,
                width,
                label=label,
                label_width=style.list_step,
            )
        )
    return out
