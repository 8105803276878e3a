"""The prescribed sheet comes back as it went out; so does the corrected one, with its errors in words."""

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from employee_master.sheets.columns import PRESCRIBED, match_columns
from employee_master.sheets.corrected import corrected_sheet, guarded
from employee_master.sheets.judge import judge_sheet
from employee_master.sheets.messages import SheetUnreadable
from employee_master.sheets.reading import read_sheet
from employee_master.sheets.template import CHARGES, GENDERS, heading, prescribed_csv, prescribed_xlsx
from employee_master.sheets.tidy import tidy
from tests.employee_master.sheets.made import DOMAINS, TODAY, codes, judged, person, table, text, xlsx
from tests.employee_master.sheets.test_cells import number

PICKS = {"designation": ["Review Officer / समीक्षा अधिकारी"], "section": ["GAD-1", "GAD-2"]}


def lines(content, sheet=0):
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python(skip_empty_area=False)
    )


@pytest.mark.parametrize("content", [prescribed_xlsx(picks=PICKS), prescribed_csv()], ids=["xlsx", "csv"])
def test_an_empty_prescribed_sheet_has_no_rows(content):
    with pytest.raises(SheetUnreadable, match="no_rows"):
        read_sheet(content, "x")


def test_rows_added_to_the_prescribed_sheet_are_read_and_its_examples_are_not():
    out = io.StringIO(prescribed_csv().decode("utf-8-sig"))
    filled = out.getvalue() + (
        "3,E-1,Anita Rawat,अनीता रावत,Female / महिला,12-06-1980,9800000001,a@gov.in,SO,GAD-1,,,"
        "Additional charge / अतिरिक्त प्रभार,,,,\r\n"
    )
    mapping, rows = judged(filled.encode())
    assert [match.confidence for match in mapping.matches] == [1.0] * len(PRESCRIBED)
    (row,) = rows
    assert (row.number, row.problems) == (4, [])
    assert (row.values.gender, row.values.charge_kind) == ("female", "additional")


def test_an_example_row_that_somebody_filled_in_is_read():
    out = prescribed_csv().decode("utf-8-sig").replace("EX-0001", "E-17")
    assert [row.number for row in read_sheet(out.encode(), "x").rows] == [2]


def test_the_workbook_offers_lists_and_help_in_both_languages():
    content = prescribed_xlsx(picks=PICKS)
    assert lines(content)[0] == [heading(column) for column in PRESCRIBED]
    offered = {entry for line in lines(content, 1) for entry in line}
    assert {*GENDERS, *CHARGES, *PICKS["designation"], *PICKS["section"]} <= offered
    assert len(lines(content, 2)) > len(PRESCRIBED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert page.count("<dataValidation ") == 4


def corrected(content):
    sheet = read_sheet(content, "x")
    mapping = match_columns(sheet.columns, [row.cells for row in sheet.rows])
    rows = judge_sheet(sheet, mapping, today=TODAY, allowed_domains=DOMAINS)
    return rows, corrected_sheet(sheet, rows)


def test_the_corrected_sheet_keeps_the_order_and_says_what_is_wrong():
    valid = number("45678901234")
    content = text(
        [
            ["List of staff"],
            [],
            *table(person(1, Aadhaar=valid), person(2, Mobile="123", **{"Name (English)": "=1+1"}), person(3)),
            ["", "Total 3"],
        ]
    )
    rows, out = corrected(content)
    back = lines(out)
    assert [line[0] for line in back] == ["List of staff", "", "Employee code", "E-0001", "E-0002", "E-0003", ""]
    assert back[2][-2:] == ["क्या गलत है", "What is wrong"]
    assert "Has 3 digits" in back[4][-1]
    assert "Refused · Name (English)" in back[4][-1]
    assert back[4][-1].startswith("Refused")
    assert back[5][-2:] == ["", ""]
    assert back[4][1] == "'=1+1"
    assert valid not in str(back)
    assert "Row 7 looks like a total" in str(lines(out, 1))
    again, _out = corrected(out)
    assert [(row.number, row.values) for row in again] == [(row.number, row.values) for row in rows]
    assert [[c for c in codes(row) if c != "aadhaar_dropped"] for row in again] == [
        [c for c in codes(row) if c != "aadhaar_dropped"] for row in rows
    ]


def test_a_sheet_corrected_twice_has_its_errors_once():
    _rows, once = corrected(text(table(person(1, Mobile="123"))))
    _rows, twice = corrected(once)
    assert lines(once) == lines(twice)


def test_a_workbook_with_dates_and_two_lines_of_headings_comes_back():
    def group(book, page):
        page.merge_range(0, 1, 0, 2, "Name")

    head = [
        ["Employee code", "", "", "DOB", "Mobile", "E-mail", "Designation"],
        ["", "Hindi", "English", "", "", "", ""],
    ]
    born = TODAY.replace(year=1980)
    body = [["E-1", "अनीता रावत", "Anita Rawat", born, 9800000001, "a@gov.in", "SO"]]
    rows, out = corrected(xlsx([*head, *body], extra=group))
    again, _out = corrected(out)
    assert [row.values for row in again] == [row.values for row in rows]
    assert rows[0].problems == []
    assert rows[0].values.born_on == born


@pytest.mark.parametrize("dangerous", ["=1+1", "+91 98", "-1+2", "@SUM(A1)", '=HYPERLINK("x")'])
def test_nothing_can_act_as_a_formula(dangerous):
    assert guarded(dangerous)[0] == "'"
    assert tidy(guarded(dangerous)) == dangerous
