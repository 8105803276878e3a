"""What two independent readers find in a PDF: poppler and PDFium."""

import re
import subprocess
import unicodedata
from pathlib import Path

import pypdfium2


def flat(text: str) -> str:
    """Text for comparing: NFC, white space as one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def poppler(data: bytes, folder: Path, *options: str) -> str:
    path = folder / "read.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", *options, str(path), "-"], capture_output=True, check=True)
    return flat(done.stdout.decode())


def pdfium(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
            page.close()
        return flat(" ".join(texts).replace("\ufffe", ""))
    finally:
        document.close()


def picture(data: bytes, page: int = 0, scale: float = 1.0):
    document = pypdfium2.PdfDocument(data)
    try:
        leaf = document[page]
        image = leaf.render(scale=scale).to_pil().convert("RGB")
        leaf.close()
        return image
    finally:
        document.close()


def glyphs(data: bytes) -> list[int]:
    """Glyph ids in the order in which the content streams show them, through each font's code-to-glyph map."""
    import pikepdf  # noqa: PLC0415

    shown: list[int] = []
    with pikepdf.open(__import__("io").BytesIO(data)) as pdf:
        for page in pdf.pages:
            maps = {
                name: font.DescendantFonts[0].CIDToGIDMap.read_bytes() for name, font in page.obj.Resources.Font.items()
            }
            current = b""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = maps[str(operands[0])]
                strings = []
                if str(operator) == "Tj":
                    strings = [operands[0]]
                elif str(operator) == "TJ":
                    strings = [part for part in operands[0] if isinstance(part, pikepdf.String)]
                for string in strings:
                    codes = bytes(string)
                    for at in range(0, len(codes), 2):
                        code = int.from_bytes(codes[at : at + 2], "big")
                        shown.append(int.from_bytes(current[2 * code : 2 * code + 2], "big"))
    return shown
