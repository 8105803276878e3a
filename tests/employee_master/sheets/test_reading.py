"""Sheets of every shape are read as the person who made them meant them."""

import io
import re
import time
import zipfile
from datetime import date

import pytest

from employee_master.sheets.cell import CellError
from employee_master.sheets.messages import SheetUnreadable
from employee_master.sheets.parts import UNCALCULATED
from employee_master.sheets.reading import read_sheet
from tests.employee_master.sheets.made import changed, ods, person, table, text, xls, xlsx

HEAD = ["S.No.", "Name", "Mobile", "E-mail"]
RAM = ["1", "Ram Lal", "9800000001", "ram@gov.in"]
SITA = ["2", "Sita Devi", "9800000002", "sita@gov.in"]


def cells(content, **more):
    return [row.cells for row in read_sheet(content, "x", **more).rows]


@pytest.mark.parametrize(
    "content",
    [
        text([HEAD, RAM]),
        text([HEAD, RAM], encoding="utf-8-sig"),
        text([HEAD, RAM], encoding="utf-16"),
        text([HEAD, RAM], encoding="utf-16-le"),
        text([HEAD, RAM], encoding="utf-16-be"),
        text([HEAD, RAM], encoding="cp1252"),
        text([HEAD, RAM], delimiter=";"),
        text([HEAD, RAM], delimiter="\t"),
        text([HEAD, RAM], delimiter="|"),
        b"sep=;\r\n" + text([HEAD, RAM], delimiter=";"),
        xlsx([HEAD, RAM]),
        xls([HEAD, RAM]),
        ods([HEAD, RAM]),
    ],
    ids=[
        "utf8",
        "bom",
        "utf16",
        "utf16le",
        "utf16be",
        "cp1252",
        "semicolon",
        "tab",
        "pipe",
        "sep",
        "xlsx",
        "xls",
        "ods",
    ],
)
def test_every_kind_of_file_says_the_same(content):
    sheet = read_sheet(content, "whatever.bin")
    assert [column.heading for column in sheet.columns] == HEAD
    assert sheet.header_row == 1
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, tuple(RAM))]


def test_hypertext_and_old_xml_that_call_themselves_xls():
    hypertext = """<html><head><meta charset="utf-8"><style>td {}</style></head><body><table>
      <tr><th rowspan="2">S.No.</th><th colspan="2">Name</th><th rowspan="2">D.O.B.</th></tr>
      <tr><th>Hindi</th><th>English</th></tr>
      <tr><td>1</td><td>राम&nbsp;लाल</td><td>Ram<br>Lal</td><td>12/06/1980</td></tr></table></body></html>"""
    sheet = read_sheet(hypertext.encode(), "report.xls")
    assert [column.heading for column in sheet.columns] == ["S.No.", "Name / Hindi", "Name / English", "D.O.B."]
    assert sheet.rows[0].cells == ("1", "राम लाल", "Ram\nLal", "12/06/1980")
    old = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
      xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Staff"><Table>
      <Row><Cell><Data ss:Type="String">Name</Data></Cell>
           <Cell ss:Index="3"><Data ss:Type="String">Mobile</Data></Cell></Row>
      <Row ss:Index="4"><Cell><Data ss:Type="String">Ram Lal</Data></Cell>
           <Cell ss:Index="3"><Data ss:Type="Number">9800000001</Data></Cell></Row>
      </Table></Worksheet></Workbook>"""
    sheet = read_sheet(old.encode(), "report.xls")
    assert (sheet.kind, sheet.name, sheet.rows[0].number) == ("xml2003", "Staff", 4)
    assert sheet.rows[0].cells == ("Ram Lal", 9800000001.0)


def test_titles_groups_numbers_blanks_totals_and_signatures():
    def group(book, page):
        page.merge_range(0, 0, 0, 6, "कार्यालय जिलाधिकारी : अधिकारियों की सूची")
        for place, title in ((0, "क्र.सं."), (1, "मानव सम्पदा कोड"), (4, "पदनाम"), (5, "मो0 नं0"), (6, "जन्म तिथि")):
            page.merge_range(2, place, 3, place, title)
        page.merge_range(2, 2, 2, 3, "कर्मचारी का नाम")
        page.write(3, 2, "हिन्दी")
        page.write(3, 3, "English")
        page.set_row(6, None, None, {"hidden": True})

    rows = [
        [], [], [], [], [1, 2, 3, 4, 5, 6, 7],
        [1, "E1", "राम", "Ram Lal", "लिपिक", 9800000001, date(1980, 6, 12)],
        [2, "E2", "सीता", "Sita Devi", "लिपिक", 9800000002, date(1981, 6, 12)],
        [],
        ["क्र.सं.", "मानव सम्पदा कोड", "हिन्दी", "English", "पदनाम", "मो0 नं0", "जन्म तिथि"],
        [3, "E3", "मोहन", "Mohan Lal", "लिपिक", 9800000003, date(1982, 6, 12)],
        [4], [5],
        ["", "कुल योग", "", "", "", 3],
        [],
        ["", "", "", "", "", "हस्ताक्षर कार्यालयाध्यक्ष"],
        ["प्रमाणित किया जाता है कि उपरोक्त सूचना सही है।"],
    ]  # fmt: skip
    sheet = read_sheet(xlsx(rows, extra=group), "x")
    assert sheet.header_row == 4
    assert [column.heading for column in sheet.columns] == [
        "क्र.सं.", "मानव सम्पदा कोड", "कर्मचारी का नाम / हिन्दी", "कर्मचारी का नाम / English", "पदनाम", "मो0 नं0", "जन्म तिथि",
    ]  # fmt: skip
    assert [row.number for row in sheet.rows] == [6, 7, 10]
    assert [row.hidden for row in sheet.rows] == [False, True, False]
    found = {(note.code, note.row) for note in sheet.notes}
    assert found == {
        ("heading_again", 9),
        ("only_number", 11),
        ("total", 13),
        ("total", 15),
        ("total", 16),
        ("hidden_rows", 7),
    }


def test_two_lines_of_headings_without_merged_cells():
    rows = [
        ["S.No.", "Name of employee", "", "Date of", "", "Mobile"],
        ["", "Hindi", "English", "Birth", "Joining", ""],
        ["1", "राम", "Ram", "12-06-1980", "01-07-2004", "9800000001"],
    ]
    sheet = read_sheet(text(rows), "x")
    assert sheet.header_row == 2
    assert [column.heading for column in sheet.columns][1:5] == [
        "Name of employee / Hindi", "Name of employee / English", "Date of / Birth", "Date of / Joining",
    ]  # fmt: skip


def test_merged_cells_say_the_same_in_each_row():
    def merge(book, page):
        page.merge_range(1, 3, 3, 3, "GAD-1")

    rows = [
        ["Name", "Mobile", "E-mail", "Section"],
        *([f"Ram {'abc'[i]}", "9800000001", "a@gov.in", ""] for i in range(3)),
    ]
    assert [row[3] for row in cells(xlsx(rows, extra=merge))] == ["GAD-1"] * 3


def test_lines_that_divide_the_list_are_passed_over():
    sheet = read_sheet(text([HEAD, ["अनुभाग-1 (स्थापना)"], RAM, ["अनुभाग-2"], SITA]), "x")
    assert [row.number for row in sheet.rows] == [3, 5]
    assert [note.code for note in sheet.notes] == ["title", "title"]


def test_a_person_of_whom_little_is_known_is_kept():
    assert len(cells(text([HEAD, RAM, ["2", "Sita Devi", "", ""]]))) == 2


def test_numbers_errors_formulas_and_dates():
    head = ["Emp code", "Name", "Mobile", "DOB", "Section"]
    sheet = read_sheet(xlsx([head, [200417.0, "Ram", 9800000001, date(1980, 6, 12), "=NA()"]]), "x")
    assert sheet.rows[0].cells == (200417.0, "Ram", 9800000001.0, date(1980, 6, 12), CellError("#N/A"))


def test_what_pasting_leaves_behind_is_removed():
    dirty = "\u202e Ram\u00a0\u200b  Lal\x07\ufeff\u200d "
    hindi = "क्\u200dषितिज"  # the joiner belongs to the word
    row = cells(text([HEAD, ["1", dirty, "“9800000001”", hindi]]))[0]
    assert row == ("1", "Ram Lal", '"9800000001"', hindi)


def test_hindi_read_as_western_letters_is_repaired():
    unmapped = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    data = "राम लाल".encode()
    broken = "".join(chr(byte) if byte in unmapped else bytes([byte]).decode("cp1252") for byte in data)
    assert cells(text([HEAD, ["1", broken, "9800000001", "a@gov.in"]]))[0][1] == "राम लाल"


def test_quoted_line_breaks_do_not_shift_the_rows():
    sheet = read_sheet(b'Name,Mobile,Address\n"Ram\nLal",9800000001,"12, Mall Road\nCity"\nSita,9800000002,\n', "x")
    assert [row.number for row in sheet.rows] == [2, 3]
    assert sheet.rows[0].cells[0] == "Ram\nLal"


def test_a_quotation_mark_that_is_never_closed():
    lines = ["Name,Mobile,E-mail", *(f'Ram "{n},9800000001,a@gov.in' for n in range(2000)), '"Sita,9800000002,b@gov.in']
    assert len(cells("\n".join(lines).encode())) >= 2000


def test_the_sheet_with_a_heading_is_chosen_and_the_others_are_named():
    content = xlsx([["How to fill in this workbook"], ["Read this first"]], name="Help", Staff=[HEAD, RAM], Empty=[])
    sheet = read_sheet(content, "x")
    assert (sheet.name, sheet.other_sheets) == ("Staff", ("Help",))
    assert [note.code for note in sheet.notes] == ["other_sheets"]
    both = xlsx([HEAD, RAM], name="Old", New=[HEAD, SITA, RAM])
    assert read_sheet(both, "x").name == "New"
    assert read_sheet(both, "x", sheet_name="Old").name == "Old"


def test_what_lies_far_to_the_left_and_below_is_no_hindrance():
    rows = [[], [], ["", "", "", *HEAD], ["", "", "", *RAM]]
    sheet = read_sheet(xlsx(rows, extra=lambda book, page: page.write(60_000, 4, " ")), "x")
    assert [column.letter for column in sheet.columns] == ["D", "E", "F", "G"]
    assert [row.number for row in sheet.rows] == [4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text([["one", "two"], ["3", "4"]]), "no_heading"),
        (text([HEAD]), "no_rows"),
        (xlsx([]), "no_sheet"),
    ],
)
def test_what_is_no_list_is_refused(content, code):
    with pytest.raises(SheetUnreadable) as caught:
        read_sheet(content, "x")
    assert caught.value.code == code
    assert str(caught.value.remedy)


def test_too_many_rows_and_columns():
    with pytest.raises(SheetUnreadable, match="too_many_rows"):
        read_sheet(text([HEAD, *[RAM] * 30]), "x", max_rows=20)
    assert len(cells(text([HEAD, *[RAM] * 20]), max_rows=20)) == 20
    with pytest.raises(SheetUnreadable, match="too_many_columns"):
        read_sheet(text([HEAD + [f"Name {n}" for n in range(200)], RAM + ["x"] * 200]), "x")


def test_ten_thousand_rows_are_read_quickly():
    content = xlsx(table(*(person(n, Remarks="—", Office="GAD", Gender="F", District="X") for n in range(1, 10_001))))
    began = time.monotonic()
    sheet = read_sheet(content, "x")
    assert len(sheet.rows) == 10_000
    assert time.monotonic() - began < 30  # about 1.5 s on a quiet machine


def test_the_names_of_who_signs_and_titles_of_parts_are_no_people():
    head, one, other = table(person(1), person(2))
    wide = len(head)
    signed = [[""] * (wide - 2) + [text] + [""] for text in ("(R. K. Sharma)", "Director")]
    rows = [["S. No.", *head], [1, *one], ["", "Accounts Wing"], [2, *other], ["", *signed[0]], ["", *signed[1]]]
    sheet = read_sheet(xlsx(rows), "x")
    assert [row.number for row in sheet.rows] == [2, 4]
    assert [note.row for note in sheet.notes] == [3, 5, 6]
    ended = [*rows[:4], ["Total", 2], ["", "Hari", "", "", "", "", "", "Clerk"]]
    assert [row.number for row in read_sheet(xlsx(ended), "x").rows] == [2, 4]


def test_a_vacant_post_is_passed_over_and_said():
    rows = [*table(person(1)), ["", "VACANT", "", "", "", "", "Review Officer", "GAD-1"]]
    sheet = read_sheet(xlsx(rows), "x")
    assert [row.number for row in sheet.rows] == [2]
    assert [(note.row, note.code) for note in sheet.notes] == [(3, "vacant")]


def test_a_formula_that_was_never_calculated_is_not_taken_for_nothing():
    cell = b'<c r="A2"><f>"E-"&amp;1</f><v /></c><c r="B2" t="str"><f>""</f><v></v></c>'
    book = xlsx(table(person(1), person(2)))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    sheet = re.sub(rb'<c r="A2".*?</c><c r="B2".*?</c>', cell, sheet)
    read = read_sheet(changed(book, xl__worksheets__sheet1_xml=sheet), "x")
    assert read.rows[0].cells[:2] == (CellError(UNCALCULATED), "")


def test_noughts_that_only_the_format_shows_are_part_of_the_code():
    def coded(book, page):
        page.write_number(1, 0, 71, book.add_format({"num_format": "00000"}))

    assert read_sheet(xlsx(table(person(1)), extra=coded), "x").rows[0].cells[0] == "00071"


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows():
    third = "3,Hari Das,9800000003,hari@gov.in"
    content = "\n".join([",".join(HEAD), ",".join(RAM), '2,"Sita Devi,9800000002,sita@gov.in', third])
    assert [row.number for row in read_sheet(content.encode(), "x").rows] == [2, 3, 4]
    assert cells(content.encode())[1] == tuple(SITA)


def test_hindi_of_the_time_before_unicode_is_read():
    name = bytes([0xCF, 0xDA, 0xCC, 0x20, 0xD1, 0xDA, 0xD1])  # राम लाल in ISCII
    content = ",".join(HEAD).encode() + b"\r\n1," + name + b",98000" + bytes([0xF1] * 4) + b"1,ram@gov.in\r\n"
    assert cells(content) == [("1", "राम लाल", "98000००००1", "ram@gov.in")]
    western = "S.No.,Name,Mobile,E-mail\n1,José Núñez,9800000001,jose@gov.in\n".encode("cp1252")
    assert cells(western)[0][1] == "José Núñez"
