from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from signatures.engine import hex_strings

PIECES = st.sampled_from([b"<", b">", b"0", b"a", b"F", b"41", b" ", b"\n", b"\x00", b"%", b"\r", b"g", b"(", b"FEFF"])
DIGITS = st.binary(max_size=3000).map(lambda data: b"<" + data.hex().encode() + b">")


def outcome(read: object, data: bytes) -> object:
    stream = BytesIO(data)
    try:
        value = read(stream)  # type: ignore[operator]
    except PdfReadError as error:
        return type(error), str(error)
    return type(value), value, stream.tell()


@given(st.one_of(st.lists(PIECES, max_size=40).map(b"".join), DIGITS, st.binary(max_size=60)).map(lambda b: b"<" + b))
@example(b"<" + b"0" * 32768 + b">/Next")
@example(b"<41424>")
@example(b"<41 42>")
@example(b"<41%>\n42>")
@example(b"<4142")
@example(b"<>")
def test_the_quick_reader_reads_refuses_and_stops_where_pyhankos_does(data: bytes) -> None:
    assert outcome(hex_strings.read_hex_string, data) == outcome(hex_strings.thorough, data)


def test_it_is_the_one_that_pyhanko_uses() -> None:
    assert generic.read_hex_string_from_stream is hex_strings.read_hex_string
    assert str(generic.read_object(BytesIO(b"<414243>"), generic.Reference(1, 0, None))) == "ABC"


@pytest.mark.parametrize("size", [63, 64, 65, 4159, 4160, 4161])
def test_the_edges_of_what_is_read_at_once(size: int) -> None:
    data = b"<" + b"7" * size + b"> endobj"
    assert outcome(hex_strings.read_hex_string, data) == outcome(hex_strings.thorough, data)
