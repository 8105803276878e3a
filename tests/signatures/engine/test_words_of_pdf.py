"""The quick reading of names and numbers does what pyHanko's own does, on whatever input."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, misc

from signatures.engine import words_of_pdf

letters = st.lists(st.sampled_from([bytes([one]) for one in b"abZ09./#() <>[]{}%\r\n\t\x00\x7f\x80\xff"]), max_size=120)
CLASSES = [misc.PDF_WHITESPACE, misc.PDF_WHITESPACE + misc.PDF_DELIMITERS]


def outcome(read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except misc.PdfReadError as error:
        return str(error)


@given(letters, st.sampled_from(CLASSES), st.sampled_from([None, 1, 20]), st.integers(min_value=0, max_value=5))
def test_it_stops_where_the_other_stops(parts: list[bytes], until: bytes, most: int | None, start: int) -> None:
    quick, slow = BytesIO(b"".join(parts)), BytesIO(b"".join(parts))
    quick.seek(start)
    slow.seek(start)
    assert words_of_pdf.read_until(until, quick, most) == words_of_pdf.thorough_until(until, slow, most)
    assert quick.tell() == slow.tell()


@given(letters)
def test_it_understands_the_same_names(parts: list[bytes]) -> None:
    name = b"".join(parts)
    quick, slow = outcome(words_of_pdf.decode_name, name), outcome(words_of_pdf.thorough_name, name)
    assert (quick, type(quick)) == (slow, type(slow))


def test_it_is_in_place() -> None:
    assert misc._read_until_class is words_of_pdf.read_until
    assert generic._decode_name is words_of_pdf.decode_name
