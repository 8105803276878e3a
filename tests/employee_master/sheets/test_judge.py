"""Whole sheets judged: what is taken, what is refused and in which words."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_master.sheets import aadhaar
from employee_master.sheets.cell import Column, Sheet, SheetRow
from employee_master.sheets.columns import Field, match_columns
from employee_master.sheets.judge import judge_sheet
from employee_master.sheets.messages import in_both
from employee_master.sheets.rows import RowValues
from tests.employee_master.sheets.made import DOMAINS, TODAY, codes, judged, person, table, text, xlsx
from tests.employee_master.sheets.test_cells import number


def rows(*people):
    return judged(text(table(*people)))[1]


def only(**other):
    (row,) = rows(person(1, **other))
    return row


def test_a_good_row_has_values_and_no_problems():
    row = only(Gender="महिला", **{"Date of joining service": "01-07-2004", "Kind of charge": "Substantive"})
    assert row.problems == []
    assert row.number == 2
    assert row.values == RowValues(
        code="E-0001", name_en="Anita Rawat", name_hi="अनीता रावत", gender="female", born_on=date(1971, 6, 2),
        joined_on=date(2004, 7, 1), mobile="9800000001", email="anita.1@gad.state.example",
        designation="Review Officer", section="GAD-1", charge_kind="substantive",
    )  # fmt: skip
    assert row.raw["Govt. e-mail"] == "anita.1@gad.state.example"


def test_values_are_kept_and_read_again():
    values = only(Gender="F").values
    assert RowValues.from_json({**values.as_json(), "later": "x"}) == values


def test_problems_say_row_column_and_words_in_both_languages():
    (row,) = rows(person(1, Mobile="98370 4412"))
    (problem,) = row.problems
    assert (problem.code, problem.column, problem.heading, problem.refused) == (
        "mobile_length",
        "mobile",
        "Mobile",
        True,
    )
    with override("en"):
        assert str(problem.message) == "Has 9 digits; a mobile number has 10."
    assert in_both(problem.message)["en"] == "Has 9 digits; a mobile number has 10."
    assert set(in_both(problem.message)) == {"en", "hi"}
    assert row.is_refused


@pytest.mark.parametrize(
    ("field", "heading"),
    [("code", "Employee code"), ("mobile", "Mobile"), ("email", "Govt. e-mail"), ("born_on", "Date of birth"),
     ("designation", "Designation")],
)  # fmt: skip
def test_what_a_new_person_needs_is_missed_in_the_row(field, heading):
    row = only(**{heading: ""})
    assert [(p.code, p.column, p.heading) for p in row.problems] == [("missing", field, heading)]


def test_a_missing_column_is_said_once_at_the_headings():
    content = text(
        [["Name", "Mobile", "Post (marking)"], *[["Anita Rawat", f"980000000{n}", "SO-1"] for n in range(5)]]
    )
    _mapping, found = judged(content)
    assert found[0].is_heading
    assert found[0].number == 1
    assert [(p.code, p.column) for p in found[0].problems if p.refused] == [
        ("column_missing", "code"), ("column_missing", "born_on"), ("column_missing", "email"),
    ]  # fmt: skip
    assert not any(row.is_refused for row in found[1:])


def test_the_post_stands_for_the_designation():
    assert only(Designation="", **{"Post (marking)": "SO-GAD"}).problems == []


def test_the_other_name_is_made_and_marked():
    row = only(**{"नाम (हिन्दी में)": ""})
    assert (row.values.name_hi, row.values.name_made) == ("अनीता रावत", "hi")
    assert [(p.code, p.column, p.suggestion) for p in row.problems] == [("name_made", "name_hi", "अनीता रावत")]
    row = only(**{"Name (English)": ""})
    assert (row.values.name_en, row.values.name_made) == ("Anita Rawat", "en")
    assert codes(only(**{"Name (English)": "", "नाम (हिन्दी में)": ""})) == ["missing"]


def test_names_in_the_wrong_column_find_their_place():
    row = only(**{"Name (English)": "अनीता रावत", "नाम (हिन्दी में)": "Anita Rawat"})
    assert (row.values.name_en, row.values.name_hi, row.problems) == ("Anita Rawat", "अनीता रावत", [])


def test_names_that_do_not_sound_alike_are_pointed_out():
    assert codes(only(**{"Name (English)": "Ram Lal"})) == ["names_differ"]
    assert codes(only(**{"Name (English)": "Aneeta Ravat"})) == []


def test_lost_hindi_is_a_warning_where_the_english_name_is_there():
    row = only(**{"नाम (हिन्दी में)": "????? ????"})
    assert sorted(codes(row)) == ["letters_lost", "name_made"]
    assert not row.is_refused
    assert only(**{"नाम (हिन्दी में)": "????", "Name (English)": ""}).is_refused


def test_a_sheet_in_the_old_font_is_read():
    content = text(
        [
            ["Ø-la-", "deZpkjh dksM", "deZpkjh dk uke", "tUe frfFk", "eksckby ua-", "bZ&esy", "inuke", "vuqHkkx"],
            ["1", "101", "Qjhn vgen", "12-06-1980", "9800000001", "farid@gov.in", "leh{kk vf/kdkjh", "lkekU; iz'kklu"],
            ["2", "102", "lqjsUnz nkl", "12-06-1981", "9800000002", "das@gov.in", "vuqHkkx vf/kdkjh", "foRr"],
        ],
        encoding="cp1252",
    )
    mapping, found = judged(content)
    assert not mapping.missing
    values = [row.values for row in found if not row.is_heading]
    assert [value.name_hi for value in values] == ["फरीद अहमद", "सुरेन्द्र दास"]
    assert [value.name_en for value in values] == ["Farid Ahmad", "Surendra Das"]
    assert [value.designation for value in values] == ["समीक्षा अधिकारी", "अनुभाग अधिकारी"]
    assert not any(row.is_refused for row in found)
    assert all("krutidev" in codes(row) for row in found if not row.is_heading)


def test_english_words_are_not_taken_for_the_old_font():
    for word in ("Clerk", "Peon", "Head", "Jr. Asstt.", "UDC", "Entry", "Steno"):
        assert only(Designation=word).problems == []


def test_names_in_two_columns_and_with_the_designation():
    people = [["First Name", "Last Name", "Mobile"], ["Anita", "Rawat", "9800000001"]]
    assert [row.values.name_en for row in judged(text(people))[1]][1:] == ["Anita Rawat"]
    people = [["नाम व पदनाम", "Mobile"], ["अनीता रावत, समीक्षा अधिकारी", "9800000001"], ["राम लाल", "9800000002"]]
    mapping, found = judged(text(people))
    assert Field.DESIGNATION not in mapping.missing
    values = [(row.values.name_hi, row.values.designation) for row in found if not row.is_heading]
    assert values == [("अनीता रावत", "समीक्षा अधिकारी"), ("राम लाल", None)]
    assert "missing" in codes(found[-1])


def test_aadhaar_is_dropped_and_masked_wherever_it_stands():
    valid = number("34567890123")
    people = [
        person(1, Aadhaar=valid),
        person(2, Aadhaar="1234"),
        person(3, Remarks=f"UID {valid[:4]} {valid[4:8]} {valid[8:]}"),
        person(4, Mobile=valid),
        person(5, **{"Employee code": valid}),
    ]
    found = rows(*people)
    assert [codes(row) for row in found] == [
        ["aadhaar_dropped"], ["aadhaar_dropped"], ["aadhaar_elsewhere"],
        ["aadhaar_elsewhere", "missing"], ["aadhaar_elsewhere"],
    ]  # fmt: skip
    assert [row.is_refused for row in found] == [False, False, False, True, True]
    assert [row.needs_a_look for row in found] == [False, False, True, True, False]
    everything = repr(found).replace(" ", "") + "".join(str(p.message) for row in found for p in row.problems)
    assert valid not in everything
    assert valid[:8] not in everything.replace(" ", "")


def test_codes_of_twelve_digits_are_no_aadhaar_numbers():
    codes_ = [f"3{n:011}" for n in range(12)]
    assert any(map(aadhaar.is_valid, codes_))
    found = rows(*(person(n, **{"Employee code": code}) for n, code in enumerate(codes_)))
    assert [row.values.code for row in found] == codes_


def test_codes_addresses_and_numbers_given_twice():
    found = rows(
        person(1), person(2, **{"Employee code": "e-0001"}), person(3, **{"Govt. e-mail": "ANITA.1@gad.state.example"}),
        person(4, Mobile="+91 9800000001"),
    )  # fmt: skip
    assert [codes(row) for row in found] == [
        ["code_twice", "email_twice", "mobile_twice"], ["code_twice"], ["email_twice"], ["mobile_twice"],
    ]  # fmt: skip
    assert [row.is_refused for row in found] == [True, True, True, False]
    with override("en"):
        assert str(found[1].problems[0].message) == "The code E-0001 also stands in row 2."


def test_the_same_row_twice_is_refused_once():
    found = rows(person(1), person(1))
    assert [codes(row) for row in found] == [[], ["row_twice"]]


def test_a_person_with_two_posts_has_two_rows():
    found = rows(person(1), person(1, Section="GAD-2", **{"Kind of charge": "Additional charge"}))
    assert [row.problems for row in found] == [[], []]
    assert [row.further_charge_of for row in found] == [None, 2]
    found = rows(person(1), person(1, Section="GAD-2"))
    assert [codes(row) for row in found] == [[], ["second_charge"]]


def test_people_who_may_be_one():
    found = rows(
        person(1, **{"Name (English)": "Vimla Sharma", "नाम (हिन्दी में)": "विमला शर्मा", "Date of birth": "03-04-1985"}),
        person(2, **{"Name (English)": "Bimla Sarma", "नाम (हिन्दी में)": "बिमला शर्मा", "Date of birth": "03-04-1985"}),
        person(3, **{"Name (English)": "Vimla Sharma", "नाम (हिन्दी में)": "विमला शर्मा", "Date of birth": "04-04-1985"}),
        person(4, **{"Name (English)": "Ram Sharma", "नाम (हिन्दी में)": "राम शर्मा", "Date of birth": "03-04-1985"}),
    )
    assert [codes(row) for row in found] == [["near_duplicate"], ["near_duplicate"], [], []]
    assert [problem.rows for problem in found[0].problems] == [(3,)]


def test_dates_of_a_person_fit_together():
    joined = "Date of joining service"
    leaves = "Date of superannuation"
    assert codes(only(**{joined: "01-07-1980"})) == ["joined_too_young"]
    assert only(**{joined: "01-07-1960"}).is_refused
    assert "superannuates_before_joining" in codes(only(**{joined: "01-07-2004", leaves: "30-06-2001"}))
    assert codes(only(**{leaves: "30-06-2071"})) == ["odd_superannuation"]
    assert codes(only(**{joined: "01-07-2004", "In this post since": "01-07-2001"})) == ["post_before_joining"]


def test_one_date_with_the_month_first_puts_the_others_in_doubt():
    born = "Date of birth"
    found = rows(
        *(person(n, **{born: day}) for n, day in enumerate(["12/25/1980", "03/04/1980", "05/05/1980", "25/03/1980"], 1))
    )
    assert [codes(row) for row in found] == [["month_first"], ["date_ambiguous"], [], []]
    assert found[1].problems[0].suggestion == "04-03-1980"


def test_dates_that_a_foreign_setting_has_exchanged_are_found():
    days = [date(1980, 3, 5), date(1981, 7, 1), date(1982, 12, 9), "25/03/1980", "17/03/1980", "31/03/1980"]
    found = judged(xlsx(table(*(person(n, **{"Date of birth": day}) for n, day in enumerate(days, 1)))))[1]
    assert [codes(row) for row in found] == [["date_maybe_exchanged"]] * 3 + [[]] * 3
    assert found[0].problems[0].suggestion == "03-05-1980"


def test_failed_formulas_and_shortened_numbers():
    content = xlsx(table(person(1, Section="=NA()", Mobile="9.8E+09"), person(2, **{"Employee code": 1.23e17})))
    found = judged(content)[1]
    assert [codes(row) for row in found] == [["number_damaged", "cell_error"], ["number_damaged"]]
    assert all(row.is_refused for row in found)


def test_columns_given_twice_or_guessed_are_said_at_the_headings():
    _mapping, found = judged(text(table(person(1, **{"Personal e-mail": "a@b.example"}))))
    assert [(p.code, p.column, p.heading) for p in found[0].problems] == [("column_twice", "email", "Personal e-mail")]
    _mapping, found = judged(
        text(table(person(1, **{"Personal e-mail": "a@b.example"}))), hand={8: Field.EMAIL, 5: Field.IGNORED}
    )
    assert [row.is_heading for row in found] == [False]
    assert codes(found[0]) == ["foreign_address"]


def test_a_sheet_of_an_office_in_one_go():
    """The rows that the reference page of the dry run shows."""
    good = {"Date of birth": "12-06-1980"}
    found = rows(
        person(17, **{"Govt. e-mail": "anita.maurya@mail.example", **good}),
        person(103, Mobile="98370 4412", **good),
        person(211, **{"Date of birth": "31-02-1979"}),
        person(88, **{"Name (English)": "", "नाम (हिन्दी में)": "Qjhn vgen", "Date of birth": "12-06-1981"}),
    )
    with override("en"):
        assert [str(row.problems[0].message) for row in found] == [
            "anita.maurya@mail.example is not a government address. Allowed: state.example, gov.in.",
            "Has 9 digits; a mobile number has 10.",
            "31 February does not exist.",
            "“Qjhn vgen” is typed in an old Hindi font (Kruti Dev). It was read as “फरीद अहमद”; check it.",
        ]


CELLS = st.one_of(st.text(max_size=25), st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.just(""))


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=8))
def test_no_sheet_breaks_the_judge(cells):
    headings = ("Employee code", "Name", "DOB", "Mobile", "E-mail", "Designation")
    columns = tuple(Column(place, heading, (heading,)) for place, heading in enumerate(headings))
    lines = tuple(SheetRow(at, tuple(row)) for at, row in enumerate(cells, start=2))
    sheet = Sheet("csv", "", (), 1, columns, lines, (), ())
    found = judge_sheet(sheet, match_columns(columns, cells), today=TODAY, allowed_domains=DOMAINS)
    found = [row for row in found if not row.is_heading]
    assert [row.number for row in found] == [row.number for row in lines]
    for row in found:
        complete = all((row.values.code, row.values.name_en, row.values.born_on, row.values.mobile, row.values.email))
        assert complete or row.is_refused


def test_nobody_superannuates_before_birth():
    content = xlsx(table(person(1, **{"Date of superannuation": "01-01-1960"})))
    _mapping, (row,) = judged(content)
    assert "superannuates_before_birth" in codes(row)
    assert row.is_refused


def test_a_column_that_nobody_knows_is_named():
    _mapping, (heading, row) = judged(xlsx(table(person(1, Xyzzy="plugh"))))
    assert [(problem.code, problem.heading) for problem in heading.problems] == [("column_unknown", "Xyzzy")]
    assert not row.problems


def test_first_middle_and_last_names_in_three_columns():
    head = ["Emp ID", "First Name", "Middle Name", "Last Name", "DOB", "Mobile", "E-mail", "Designation"]
    one = ["E1", "Asha", "Kumari", "Rawat", "12-06-1980", "9800000001", "asha@gad.state.example", "DA"]
    mapping, (row,) = judged(xlsx([head, one]))
    assert [match.field for match in mapping.matches if match.rival] == []
    assert row.values.name_en == "Asha Kumari Rawat"


def test_dates_of_an_american_column_are_not_guessed():
    days = ("6/25/1980", "2/8/1981", "7/15/1982", "3/4/1983")
    _mapping, rows = judged(xlsx(table(*(person(n, **{"Date of birth": day}) for n, day in enumerate(days)))))
    assert [codes(row)[-1] for row in rows] == ["month_first", "date_ambiguous", "month_first", "date_ambiguous"]
    assert all(row.is_refused for row in rows)
    days = (*days, "25-12-1984")  # one that has the day first: the others are only warned of
    _mapping, rows = judged(xlsx(table(*(person(n, **{"Date of birth": day}) for n, day in enumerate(days)))))
    assert [row.is_refused for row in rows] == [True, False, True, False, False]


def test_codes_that_differ_by_noughts_or_hyphens_are_warned_of():
    given = ("00123", "123", "E-5", "E5", "E50")
    _mapping, rows = judged(xlsx(table(*(person(n, **{"Employee code": code}) for n, code in enumerate(given)))))
    assert [("code_alike" in codes(row)) for row in rows] == [False, True, False, True, False]
