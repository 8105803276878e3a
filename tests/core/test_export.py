"""Lists as sheets: what a spreadsheet reads back is what was written, and nothing in it runs."""

from __future__ import annotations

import csv as csv_files
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from time import perf_counter

import pytest
import python_calamine
from django.utils.translation import gettext_lazy

from eoffice.core.export import Cell, csv, xlsx

AT = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def read_xlsx(content: bytes) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv_files.reader(StringIO(content.decode("utf-8-sig"), newline="")))


ROW: list[Cell] = ["फ़रीदा अंजुम", "0042", "09811000001", 7, 2.5, date(2026, 11, 24), AT, None]
HEADINGS = ["नाम", "Code", "Mobile", "Count", "Share", "Day", "Instant", "Nothing"]


def test_cells_come_back_as_they_were() -> None:
    headings, row = read_xlsx(xlsx([ROW], HEADINGS, "Posts"))
    assert headings == HEADINGS
    # 20:00 UTC is half past one the next morning on the office's wall.
    assert row[:7] == ["फ़रीदा अंजुम", "0042", "09811000001", 7, 2.5, date(2026, 11, 24), datetime(2026, 11, 19, 1, 30)]
    headings, row = read_csv(csv([ROW], HEADINGS))
    assert headings == HEADINGS
    assert row == ["फ़रीदा अंजुम", "0042", "09811000001", "7", "2.5", "2026-11-24", "2026-11-19 01:30", ""]


@pytest.mark.parametrize("evil", ["=1+1", "+91 98110", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x","y")'])
def test_no_text_becomes_a_formula(evil: str) -> None:
    (cell,) = read_csv(csv([[evil]], ["x"]))[1]
    assert cell[0] not in "=+-@\t＝"
    content = xlsx([[evil]], ["x"], "x")
    sheet = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert read_xlsx(content)[1] == [evil.strip("\t")]


def test_a_dash_for_nothing_and_a_negative_number_stay() -> None:
    assert read_csv(csv([["-", -3]], ["a", "b"]))[1] == ["-", "-3"]


def test_control_characters_go_and_lines_and_quotes_stay() -> None:
    text = 'one\n"two", \x00three\x0b'
    assert read_csv(csv([[text]], ["x"]))[1] == ['one\n"two", three']
    assert read_xlsx(xlsx([[text]], ["x"], "x"))[1] == ['one\n"two", three']


def test_titles_that_no_sheet_may_have() -> None:
    for title in ("", "a/b:c*?[d]'", "क" * 80):
        assert read_xlsx(xlsx([], ["x"], title)) == [["x"]]


def test_words_of_the_catalogue_are_written() -> None:
    assert read_xlsx(xlsx([[gettext_lazy("Vacant")]], [gettext_lazy("Post")], gettext_lazy("Posts")))[0] == ["पद"]


def test_ten_thousand_rows_take_seconds() -> None:
    began = perf_counter()
    content = xlsx((ROW for _each in range(10_000)), HEADINGS, "Many")
    assert perf_counter() - began < 20
    assert len(read_xlsx(content)) == 10_001
