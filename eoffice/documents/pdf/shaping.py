"""Text into placed glyphs: Devanagari and Latin, shaped by HarfBuzz, each glyph knowing its text.

ReportLab's own text is wrong for Hindi twice (unshaped by default, unsearchable once shaped), so
shaping happens here and ``sheet`` writes the glyphs. Nothing of ReportLab is patched and nothing
is global but read-only caches: several threads may draw at once.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

from eoffice.documents.pdf.errors import BadText

FONT_FOLDER = Path(__file__).parent / "fonts"
# By family and weight (True: bold). The first family draws all that it can; the others stand in for signs that it
# lacks: fractions and Latin of other languages, then mathematical signs and arrows, which have one weight only.
MAIN = "NotoSansDevanagari"
FONT_FILES = {
    (MAIN, False): "NotoSansDevanagari-Regular.ttf",
    (MAIN, True): "NotoSansDevanagari-Bold.ttf",
    ("NotoSans", False): "NotoSans-Regular.subset.ttf",
    ("NotoSans", True): "NotoSans-Bold.subset.ttf",
    ("NotoSansMath", False): "NotoSansMath-Regular.subset.ttf",
    ("NotoSansMath", True): "NotoSansMath-Regular.subset.ttf",
}
FAMILIES = tuple(dict.fromkeys(family for family, _bold in FONT_FILES))

UNITS = 1000  # per em
DEVANAGARI = (range(0x0900, 0x0980), range(0x1CD0, 0x1D00), range(0xA8E0, 0xA900))
REMEMBERED = 60  # characters; words recur, longer texts do not
DANDAS = "।॥"
VIRAMA = "\u094d"
JOINERS = "\u200c\u200d"
# Hints for line breaking that print nothing; pasted text is full of them.
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
# Drawn with the glyph of another character that looks the same; extraction gives back the original.
DRAWN_AS = {"\u2011": "-", "\u2010": "-", "\u2212": "–"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a shaped text; lengths in thousandths of the font size."""

    gid: int
    text: str  # the characters it stands for, in reading order; may be empty
    advance: int
    x_offset: int
    y_offset: int


@dataclass(frozen=True)
class Face:
    """A font file opened for shaping."""

    family: str
    bold: bool
    data: bytes
    hb_face: hb.Face
    hb_font: hb.Font
    ascent: int
    descent: int


@cache
def face(*, bold: bool, family: str = MAIN) -> Face:
    data = (FONT_FOLDER / FONT_FILES[family, bold]).read_bytes()
    hb_face = hb.Face(data)
    if hb_face.upem != UNITS:  # the vendored files have it; everything below counts on it
        raise ValueError("the font must have 1000 units per em")
    return Face(family, bold, data, hb_face, hb.Font(hb_face), ascent=896, descent=-408)


@cache
def _drawable(family: str) -> frozenset[int]:
    """Code points that both weights of the family can draw."""
    regular, heavy = (frozenset(face(bold=b, family=family).hb_face.unicodes) for b in (False, True))
    return regular & heavy


@lru_cache(maxsize=4000)
def family_of(char: str) -> str:
    """The first family that has the character; `MAIN` for what none has, which `check_text` refuses."""
    if char in DRAWN_AS or char in INVISIBLE or char in JOINERS or unicodedata.category(char) == "Zs":
        return MAIN
    return next((family for family in FAMILIES if ord(char) in _drawable(family)), MAIN)


def _is_drawable(char: str) -> bool:
    if char in DRAWN_AS or char in INVISIBLE or char in JOINERS:
        return True
    category = unicodedata.category(char)
    if category == "Zs":
        return True
    # Cc, Cf (among them the right-to-left overrides that make a page lie), Cs, Co, Cn
    return not category.startswith("C") and any(ord(char) in _drawable(family) for family in FAMILIES)


def check_text(text: str, place: str) -> str:
    """The text itself, or ``BadText`` naming the first character that can't be printed and where.

    Spaces, tabs and line ends are welcome; other control characters, bidirectional overrides,
    emoji and other scripts are refused. No font here has them, and a box on a signed letter is a lie.
    """
    for at, char in enumerate(text):
        if char not in "\n\r\t" and not _is_drawable(char):
            raise BadText(character=char, place=place, position=at + 1, text=text)
    return text


def is_space(char: str) -> bool:
    """A place where the line may break; the no-break space is none."""
    return char in " \n\r\t" or (unicodedata.category(char) == "Zs" and char not in "\u00a0\u202f")


def continues_cluster(before: str, char: str) -> bool:
    """Whether ``char`` may not be parted from ``before``: neither by a line end nor by a change of font."""
    if char in JOINERS or unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    return before in (VIRAMA, *JOINERS) and script_of(char) == "Deva"


def clusters(text: str) -> Iterator[str]:
    """The text cut where a reader would cut it: syllables stay whole."""
    start = 0
    for at in range(1, len(text)):
        if not continues_cluster(text[at - 1], text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def script_of(char: str) -> str | None:
    """'Deva', 'Latn', or None for digits, marks and signs both scripts share."""
    point = ord(char)
    if char in DANDAS or char in JOINERS:
        return None
    if any(point in block for block in DEVANAGARI):
        return "Deva"
    return "Latn" if char.isalpha() else None


def itemise(text: str) -> tuple[tuple[str, str, str], ...]:
    """Runs of one script in one family; shared signs go with what stands before them, if its font has them."""
    return _items(text) if len(text) <= REMEMBERED else tuple(_itemised(text))


def _itemised(text: str) -> list[tuple[str, str, str]]:
    runs: list[tuple[str, str, str]] = []
    start, current, family = 0, None, family_of(text[:1]) if text else MAIN
    for at, char in enumerate(text):
        script, own = script_of(char), family_of(char)
        if own != family:
            if at > start:
                runs.append((text[start:at], current or "Latn", family))
            start, current, family = at, script, own
        elif script is not None and script != current:
            if current is not None:
                runs.append((text[start:at], current, family))
                start = at
            current = script
    if text:
        runs.append((text[start:], current or "Latn", family))
    return runs


@lru_cache(maxsize=20_000)
def _items(text: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(_itemised(text))


def shape(text: str, *, bold: bool) -> tuple[Glyph, ...]:
    """Glyphs of a text without line ends, left to right, in one weight."""
    return _remembered(text, bold) if len(text) <= REMEMBERED else _shaped(text, bold)


def _shaped(text: str, bold: bool) -> tuple[Glyph, ...]:  # noqa: FBT001 - the key of a cache
    glyphs: list[Glyph] = []
    for run, script, family in itemise(text):
        glyphs += _shape_run(run, script, face(bold=bold, family=family))
    return tuple(glyphs)


_remembered = lru_cache(maxsize=20_000)(_shaped)


def _shape_run(text: str, script: str, font: Face) -> list[Glyph]:
    shown = "".join(" " if unicodedata.category(c) == "Zs" else DRAWN_AS.get(c, c) for c in text)
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(c) for c in shown])
    buffer.direction, buffer.script = "ltr", script
    buffer.language = "hi" if script == "Deva" else "en"
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    hb.shape(font.hb_font, buffer)
    infos, places = buffer.glyph_infos, buffer.glyph_positions
    if not infos:  # nothing but invisible hints
        return []

    starts = sorted({info.cluster for info in infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    members: dict[int, list[int]] = {}
    for index, info in enumerate(infos):
        members.setdefault(info.cluster, []).append(index)
    texts = [""] * len(infos)
    for start, indices in members.items():
        # Hand the cluster's characters out over its glyphs in reading order, so that even a reader
        # that ignores /ActualText finds the word; the last glyph takes what is left.
        first = 0 if start == starts[0] else start
        own = text[first : ends[start]]
        for count, index in enumerate(indices):
            texts[index] = own[count:] if count == len(indices) - 1 else own[count : count + 1]
    return [
        Glyph(info.codepoint, told, at.x_advance, at.x_offset, at.y_offset)
        for info, at, told in zip(infos, places, texts, strict=True)
    ]


def space(*, bold: bool, family: str) -> Glyph:
    """The space of one font; the shaping of a lone space always takes that of `MAIN`."""
    (glyph,) = _shape_run(" ", "Latn", face(bold=bold, family=family))
    return glyph


def width_of(glyphs: tuple[Glyph, ...], size: float) -> float:
    return sum(g.advance for g in glyphs) * size / UNITS
