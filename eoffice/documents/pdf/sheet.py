"""The paper: ReportLab draws, pikepdf closes the file as PDF/A-2b or PDF/A-3b (ISO 19005-2 and -3, decision 0020).

ReportLab's canvas writes lines, shapes, pictures and pages; text goes in as operators of our own,
because its fonts can't carry shaped Devanagari. Each glyph-with-its-text has an own code (CID), so the
ToUnicode map gives the right letters even to a reader that ignores /ActualText, which stands around
every Devanagari word (ISO 32000-1, 14.9.4).
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

import pikepdf
import segno
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from eoffice.documents.pdf import metadata, shaping

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
PDF_VERSION = (1, 7)  # PDF/A-2 and PDF/A-3 are 1.7, and signing leaves it so (decision 0020)
CMAP_ROWS = 100  # one bfchar section holds no more (Adobe technical note 5411)
# Their names in a page's resources.
FONT_NAMES = {
    (shaping.MAIN, False): "NotoR",
    (shaping.MAIN, True): "NotoB",
    ("NotoSans", False): "NotoSR",
    ("NotoSans", True): "NotoSB",
    ("NotoSansMath", False): "NotoMR",
    ("NotoSansMath", True): "NotoMB",
}

rl_config.useA85 = 0  # binary streams; base 85 makes files a quarter larger for nothing

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A shaped run of one font and one script; never broken."""

    text: str
    glyphs: tuple[shaping.Glyph, ...]
    family: str
    bold: bool
    size: float
    underline: bool
    color: Color
    width: float
    spoken: bool  # needs /ActualText


@dataclass(frozen=True, slots=True)
class Description:
    """What stands in the file's metadata. Equal input gives equal bytes, so the time comes from the caller.

    ``extra`` holds short facts for machines, for example ``{"manifest_hash": "…"}``. ``part`` is the part of ISO 19005
    that the file claims: 2 for what never has an attachment, 3 for what may (PDF/A-2 allows only PDF/A inside).
    """

    title: str
    author: str
    language: str
    made_at: datetime
    subject: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    part: Literal[2, 3] = 3


class _Font:
    """One font in one document: which codes were used, and the PDF objects for them."""

    def __init__(self, *, bold: bool, family: str) -> None:
        self.face = shaping.face(bold=bold, family=family)
        self.space = shaping.space(bold=bold, family=family)
        self._codes: dict[tuple[int, str], int] = {}

    def code(self, glyph: shaping.Glyph) -> int:
        return self._codes.setdefault((glyph.gid, glyph.text), len(self._codes) + 1)

    @property
    def is_used(self) -> bool:
        return bool(self._codes)

    def natural_width(self, gid: int) -> int:
        """The width the font file gives: PDF/A wants /W to agree with it; kerning goes into TJ."""
        return int(self.face.hb_font.get_glyph_h_advance(gid))

    def operators(self, piece: Piece) -> str:
        """The TJ operators of a piece, glyph by glyph where HarfBuzz put them."""
        out: list[str] = []
        row: list[str] = []
        pen = at = 0
        for glyph in piece.glyphs:
            if target := pen + glyph.x_offset - at:
                row.append(f"{-target}")
                at += target
            code = f"<{self.code(glyph):04X}>"
            if glyph.y_offset:
                if row:
                    out.append(f"[{''.join(row)}] TJ")
                    row = []
                out.append(f"{_number(glyph.y_offset * piece.size / 1000)} Ts {code} Tj 0 Ts")
            else:
                row.append(code)
            at += self.natural_width(glyph.gid)
            pen += glyph.advance
        if row:
            out.append(f"[{''.join(row)}] TJ")
        return " ".join(out)

    def objects(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The Type 0 font with its subset (ISO 32000-1, 9.7)."""
        name = f"{self._tag()}+{self.face.family}-{'Bold' if self.face.bold else 'Regular'}"
        program = pdf.make_stream(self._subset())
        program.Length1 = len(program.read_raw_bytes())
        box = (-600, -450, 2000, 1150)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + name),
            Flags=4,
            FontBBox=Array(box),
            ItalicAngle=0,
            Ascent=self.face.ascent,
            Descent=self.face.descent,
            CapHeight=622,
            StemV=140 if self.face.bold else 80,
            FontFile2=program,
        )
        by_code = {code: gid for (gid, _), code in self._codes.items()}
        widths = [self.natural_width(by_code[code]) for code in sorted(by_code)]
        to_glyph = b"\0\0" + b"".join(by_code[code].to_bytes(2, "big") for code in sorted(by_code))
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + name),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=0,
            W=Array([1, Array(widths)]),
            CIDToGIDMap=pdf.make_stream(to_glyph),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + name),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )

    def _tag(self) -> str:
        """Six capitals that depend on the subset only (ISO 32000-1, 9.6.4)."""
        number = metadata.digest_number(repr(sorted(self._codes)).encode())
        return "".join(chr(65 + number // 26**place % 26) for place in range(6))

    def _subset(self) -> bytes:
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update({gid for gid, _ in self._codes})
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
            {int.from_bytes(tag, "big") for tag in (b"GSUB", b"GPOS", b"GDEF")}
        )
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NOTDEF_OUTLINE
        return bytes(hb.subset(self.face.hb_face, wanted).blob.data)

    def _to_unicode(self) -> bytes:
        rows = [
            f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
            for (_, text), code in sorted(self._codes.items(), key=lambda item: item[1])
            if text
        ]
        sections = []
        for start in range(0, len(rows), CMAP_ROWS):
            part = rows[start : start + CMAP_ROWS]
            sections += [f"{len(part)} beginbfchar", *part, "endbfchar"]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin",
                "12 dict begin",
                "begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def",
                "/CMapType 2 def",
                "1 begincodespacerange",
                "<0000> <FFFF>",
                "endcodespacerange",
                *sections,
                "endcmap",
                "CMapName currentdict /CMap defineresource pop",
                "end",
                "end",
            ]
        ).encode("ascii")


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-0", "0" if round(value, 3) == 0 else "-0")


def _color(color: Color) -> str:
    return " ".join(_number(part) for part in color)


class Sheet:
    """A document being drawn, A4, origin at the lower left, lengths in points."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._canvas = Canvas(io.BytesIO(), pagesize=A4, pageCompression=1, invariant=1, pdfVersion=PDF_VERSION)
        self._canvas._preamble = "1 0 0 1 0 0 cm"  # noqa: SLF001 - stock: selects Helvetica, which would not be embedded
        self._fonts = {(family, bold): _Font(family=family, bold=bold) for family, bold in FONT_NAMES}

    def next_page(self) -> None:
        self._canvas.showPage()

    def text_line(self, x: float, baseline: float, words: Sequence[Sequence[Piece]], *, gap: float) -> None:
        """Words from ``x`` on, ``gap`` apart, with a real space between them for those who copy the text."""
        ops = ["q BT"]
        lines: list[tuple[float, float, Piece]] = []
        for index, word in enumerate(words):
            for first, piece in enumerate(word):
                font = self._fonts[piece.family, piece.bold]
                ops.append(f"/{FONT_NAMES[piece.family, piece.bold]} {_number(piece.size)} Tf {_color(piece.color)} rg")
                ops.append(f"1 0 0 1 {_number(x)} {_number(baseline)} Tm")
                shown, spoken = font.operators(piece), piece.text
                if first == len(word) - 1 and index < len(words) - 1:
                    # The space belongs to the word's own span: PDFium loses it behind a vowel sign otherwise.
                    shown += f" <{font.code(font.space):04X}> Tj"
                    spoken += " "
                if piece.spoken:
                    shown = f"/Span <</ActualText <FEFF{spoken.encode('utf-16-be').hex().upper()}>>> BDC {shown} EMC"
                ops.append(shown)
                if piece.underline:
                    joins = bool(lines) and lines[-1][2].underline and (first > 0 or self._underlined(words, index - 1))
                    lines.append((lines[-1][1] if joins else x, x + piece.width, piece))
                x += piece.width
            x += gap
        ops.append("ET Q")
        self._canvas._code.append(" ".join(ops))  # noqa: SLF001 - the canvas has no public way for own operators
        for start, end, piece in lines:
            self.fill(start, baseline - piece.size * 0.16, end - start, piece.size * 0.055, piece.color)

    @staticmethod
    def _underlined(words: Sequence[Sequence[Piece]], index: int) -> bool:
        return index >= 0 and bool(words[index]) and words[index][-1].underline

    def fill(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        self._canvas.setFillColorRGB(*color)
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)

    def rule(self, x: float, y: float, length: float, *, thick: float, color: Color) -> None:
        self.fill(x, y - thick / 2, length, thick, color)

    def box(self, x: float, y: float, width: float, height: float, *, thick: float, color: Color) -> None:
        self._canvas.setStrokeColorRGB(*color)
        self._canvas.setLineWidth(thick)
        self._canvas.rect(x, y, width, height, stroke=1, fill=0)

    def qr(self, x: float, y: float, size: float, text: str) -> None:
        """A QR code of ``text`` in a square of ``size`` with its quiet zone, as filled squares, lower left at x, y."""
        # In one string and not as a path of the canvas, which takes ten times as long.
        modules, path = _qr_path(text)
        side = f"{size / modules:.6f}"
        self._canvas._code.append(f"q {side} 0 0 {side} {_number(x)} {_number(y)} cm 0 0 0 rg {path} f Q")  # noqa: SLF001

    def mark(self, x: float, y: float, size: float, color: Color) -> None:
        """The neutral mark, a sheet with a seal: state emblems are protected by law (design, section 11)."""
        c = self._canvas
        c.saveState()
        c.translate(x, y + size)
        c.scale(size / 32, -size / 32)
        c.setStrokeColorRGB(*color)
        c.setLineWidth(1.5)
        for points in (
            [(8, 4.5), (19, 4.5), (25, 10.5), (25, 27.5), (8, 27.5), (8, 4.5)],
            [(19, 4.5), (19, 10.5), (25, 10.5)],
            [(12, 15.5), (21, 15.5)],
            [(12, 19.5), (21, 19.5)],
        ):
            path = c.beginPath()
            path.moveTo(*points[0])
            for point in points[1:]:
                path.lineTo(*point)
            c.drawPath(path, stroke=1, fill=0)
        c.setFillColorRGB(1, 1, 1)
        c.circle(8, 24, 3, stroke=1, fill=1)
        c.restoreState()

    def watermark(self, pieces: Sequence[Piece]) -> None:
        """A pale word across the page; draw it first, it lies under the text (PDF/A: no transparency needed)."""
        width = sum(piece.width for piece in pieces)
        self._canvas.saveState()
        self._canvas.translate(A4[0] / 2, A4[1] / 2)
        self._canvas.rotate(52)
        self.text_line(-width / 2, 0, [pieces], gap=0)
        self._canvas.restoreState()

    def picture(self, x: float, y: float, width: float, height: float, image: Image.Image) -> None:
        """An RGB picture stretched into the rectangle."""
        self._canvas.drawImage(ImageReader(image), x, y, width, height)

    def finish(self) -> bytes:
        """The file. The sheet can't be drawn on afterwards."""
        self._canvas.showPage()
        with pikepdf.open(io.BytesIO(self._canvas.getpdfdata())) as pdf:
            self._close(pdf)
            out = io.BytesIO()
            pdf.save(
                out,
                deterministic_id=True,
                force_version="1.7",
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                preserve_pdfa=True,
            )
        return out.getvalue()

    def _close(self, pdf: pikepdf.Pdf) -> None:
        fonts = Dictionary()
        for (family, bold), font in self._fonts.items():
            if font.is_used or family == shaping.MAIN:
                fonts[f"/{FONT_NAMES[family, bold]}"] = font.objects(pdf)
        shared = pdf.make_indirect(fonts)
        seed = b""
        for page in pdf.pages:
            page.obj.Resources.Font = shared
            if "/Trans" in page.obj:  # ReportLab writes an empty one; a page for keeping has no effects
                del page.obj.Trans
            seed += page.obj.Contents.read_bytes()
        about = self._description
        pdf.Root.Lang = String("hi-IN" if about.language == "hi" else "en-IN")
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        profile = pdf.make_stream(metadata.srgb_profile(), N=3)
        pdf.Root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                    Info=String("sRGB IEC61966-2.1"),
                    DestOutputProfile=profile,
                )
            ]
        )
        made = about.made_at.astimezone(UTC)
        packet = metadata.xmp(
            title=about.title,
            author=about.author,
            subject=about.subject,
            language=about.language,
            made_at=made,
            extra=about.extra,
            seed=seed,
            part=about.part,
        )
        pdf.Root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
        stamp = String(made.strftime("D:%Y%m%d%H%M%S+00'00'"))
        info = {
            "/Title": String(about.title),
            "/Author": String(about.author),
            "/Creator": String(metadata.CREATOR),
            "/Producer": String(metadata.PRODUCER),
            "/CreationDate": stamp,
            "/ModDate": stamp,
        }
        if about.subject:
            info["/Subject"] = String(about.subject)
        for key, value in sorted(about.extra.items()):
            info[f"/{metadata.info_key(key)}"] = String(value)
        pdf.trailer.Info = pdf.make_indirect(Dictionary(info))


@lru_cache(maxsize=64)
def _qr_path(text: str) -> tuple[int, str]:
    """Modules a side, and black rectangles in modules from the origin on; the same ones stand on every page."""
    matrix = qr_matrix(text)
    ops = []
    for row, cells in enumerate(matrix):
        bottom = len(matrix) - row - 1
        line = "".join("1" if cell else "0" for cell in cells)
        ops += [f"{run.start()} {bottom} {run.end() - run.start()} 1 re" for run in _BLACK.finditer(line)]
    return len(matrix), " ".join(ops)


_BLACK = re.compile("1+")


@lru_cache(maxsize=64)
def qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of the code, quiet zone of four included, row by row."""
    code = segno.make_qr(text, error="m")
    return tuple(tuple(bool(cell) for cell in row) for row in code.matrix_iter(scale=1, border=4))
