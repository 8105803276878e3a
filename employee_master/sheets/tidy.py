"""What stands in a cell as text: without what pasting leaves behind, numbers and dates as a person would type them."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import category, normalize

from employee_master.sheets.cell import Cell, CellError

_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_DROPPED = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufffc]")
# Joiner and non-joiner shape letters of Indian scripts; elsewhere they are left over from pasting.
_JOINERS = re.compile("(?<![\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0900-\u0dff])")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"'})
# Digits of Devanagari, of the scripts beside it, and wide ones.
_HINDI_DIGITS = {start + digit: str(digit) for start in (0x966, 0x9E6, 0xA66, 0xAE6, 0xFF10) for digit in range(10)}
_MOJIBAKE = re.compile("à[¤¥][\u0080-\u00bf\u0152-\u2122]")
# What makes text of a number or a formula; our own sheets and many exports put it there.
# Before other letters it is a letter itself, in Kruti Dev.
_GUARD = re.compile(r"^'(?=[=+\-@\t]|[A-Z/-]{0,8}[0-9०-९][\w/.: -]*$)")
_LOST = re.compile(r"\?{3,}|\?[\s?]+\?")

BYTE = 255
WHOLE = 1e15  # beyond it a number in a sheet has lost digits


# Most cells: printable, single spaces, composed. The letters left out are those that may need composing.
_TIDY = re.compile("[!-&(-~][ -~]*|[ -~\u0900-\u0928\u092a-\u0930\u0932\u0933\u0935-\u093b\u093d-\u0957\u0960-\u097f]*")


def tidy(text: str) -> str:
    """Text without invisible signs, with plain quotes and single spaces; line breaks stay."""
    if _TIDY.fullmatch(text) and "  " not in text and text.strip() == text and not text.startswith("'"):
        return text
    text = repaired(text) if "à" in text else text
    text = normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    text = _JOINERS.sub("", _DROPPED.sub("", text)).translate(_QUOTES)
    text = "".join(c for c in text if c in "\n\t" or category(c) not in {"Cc", "Cs", "Co", "Cn"})
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _GUARD.sub("", "\n".join(line for line in lines if line))


def one_line(text: str) -> str:
    return " ".join(tidy(text).split())


def digits(text: str) -> str:
    """With 0-9 for Hindi digits."""
    return text.translate(_HINDI_DIGITS)


def repaired(text: str) -> str:
    """Hindi that was read as Western letters ("à¤°à¤¾à¤®") as it was; other text unchanged."""
    if not _MOJIBAKE.search(text):
        return text
    data = bytearray()
    for c in text:
        try:
            data += c.encode("cp1252")
        except UnicodeEncodeError:
            if ord(c) > BYTE:
                return text
            data.append(ord(c))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return text


def letters_lost(text: str) -> bool:
    """Question marks where Hindi stood: the sheet was saved in an encoding without Hindi."""
    if "??" not in text and "? " not in text:
        return False
    bare = text.replace("?", "").strip(" .-/()")
    return bool(_LOST.search(text)) and not any(c.isalpha() for c in bare)


def shown(cell: Cell) -> str:
    """A cell of a `Sheet` (which is tidy) as one line of text: 9876543210.0 as 9876543210, a date as 12-06-1980."""
    if isinstance(cell, str):
        return " ".join(cell.split()) if "\n" in cell else cell
    if isinstance(cell, CellError):
        return cell.shown
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, date):
        return cell.strftime("%d-%m-%Y")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < WHOLE else repr(cell)
    return str(cell)
