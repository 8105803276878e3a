"""Objects inside object streams: the stream stands where it stood, and is read differently all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from signatures.engine.examine import examine
from signatures.engine.facts import Report, WholeState
from signatures.engine.trust import Trust
from tests.signatures.engine import foreign

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<<>>>>"
_HEAD = b"3 0 "
_SECOND = len(_HEAD) + len(_PAGE % 10) + 10


def look(pdf: bytes) -> Report:
    return examine(pdf, trust=Trust(), at=datetime.now(UTC))


def row(kind: int, place: int) -> bytes:
    return bytes([kind]) + place.to_bytes(3, "big") + b"\x00"


def table(number: int, rows: bytes, extra: bytes, at: int) -> bytes:
    head = b"%d 0 obj\n<</Type/XRef/W[1 3 1]/Root 1 0 R%s/Length %d>>stream\n" % (number, extra, len(rows))
    return head + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at


def two_pages_in_one() -> bytes:
    """Where the first object of the stream begins is said by object 12; behind it lies another page."""
    data = _HEAD + _PAGE % 10 + b" " * 10 + _PAGE % 11
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        5: b"<</Type/ObjStm/N 1/First 12 0 R/Length %d>>stream\n" % len(data) + data + b"\nendstream",
        10: b"<</Length 24>>stream\n0 0 1 rg 72 700 90 9 re f\nendstream",
        11: b"<</Length 24>>stream\n1 0 0 rg 72 100 90 9 re f\nendstream",
        12: b"%d" % len(_HEAD),
    }
    pdf, rows = b"%PDF-1.5\n", dict.fromkeys(range(14), row(0, 0)) | {3: row(2, 5)}
    for number, body in objects.items():
        rows[number] = row(1, len(pdf))
        pdf += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows[13] = row(1, len(pdf))
    return pdf + table(13, b"".join(rows.values()), b"/Size 14", len(pdf))


def shifted(pdf: bytes) -> bytes:
    previous = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    size = int(pdf[pdf.rindex(b"/Size") :].split()[1])
    body = b"12 0 obj\n%d\nendobj\n" % _SECOND
    at = len(pdf) + len(body)
    extra = b"/Size %d/Index[12 1 %d 1]/Prev %d" % (size + 1, size, previous)
    return pdf + body + table(size, row(1, len(pdf)) + row(1, at), extra, at)


def test_a_stream_that_begins_elsewhere_now_is_seen() -> None:
    signed = foreign.detached(two_pages_in_one())
    assert look(signed).integrity is WholeState.INTACT
    assert look(shifted(signed)).integrity is WholeState.SUSPICIOUS
    assert look(foreign.detached(shifted(signed), name="Stranger")).integrity is WholeState.SUSPICIOUS


@pytest.mark.parametrize("blank", [b"\n4  0  obj", b"\n4\n0\nobj", b" 4 0 obj", b"\x004 0 obj"])
def test_an_object_that_no_table_names_is_seen_however_it_is_written(blank: bytes) -> None:
    stray = blank + b"\n<</Length 4>>stream\nq Q \nendstream\nendobj\n"
    report = look(foreign.detached(foreign.detached(foreign.paper()) + stray, name="Stranger"))
    assert "objects-outside-the-table" in report.reasons
    assert report.integrity is WholeState.SUSPICIOUS
