"""What a cell says: taken, put right with a warning, or refused in words a clerk understands."""

from datetime import date
from unicodedata import normalize

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from employee_master.sheets import aadhaar
from employee_master.sheets.cell import CellError
from employee_master.sheets.cells import (
    clean_charge_kind,
    clean_code,
    clean_day,
    clean_email,
    clean_gender,
    clean_mobile,
    clean_text,
    is_allowed,
    is_empty,
    unusable,
)
from employee_master.sheets.days import read_day
from employee_master.sheets.names import NameParts, clean_name
from employee_master.sheets.tidy import letters_lost, shown, tidy
from eoffice.core.krutidev import looks_like_krutidev
from tests.employee_master.sheets.made import DOMAINS, TODAY


def said(cleaned):
    with override("en"):
        return [(problem.code, str(problem.message)) for problem in cleaned.problems]


def code_of(cleaned):
    return [problem.code for problem in cleaned.problems]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("9837044120", "9837044120"),
        (9837044120.0, "9837044120"),
        ("+91 98370 44120", "9837044120"),
        ("+91-9837044120", "9837044120"),
        ("09837044120", "9837044120"),
        ("0091 9837044120", "9837044120"),
        (919837044120.0, "9837044120"),
        ("९८३७०४४१२०", "9837044120"),
        ("98370-44120", "9837044120"),
        ("Mob: 9837044120", "9837044120"),
    ],
)
def test_mobile_numbers_as_people_write_them(cell, number):
    cleaned = clean_mobile(cell)
    assert (cleaned.value, cleaned.problems) == (number, ())


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ("98370 4412", "mobile_length", "Has 9 digits; a mobile number has 10."),
        ("983704412055", "mobile_length", "Has 12 digits"),
        ("05222238765", "mobile_length", "Has 11 digits"),
        ("5222238765", "mobile_start", "Perhaps it is a landline"),
        ("9999999999", "mobile_invented", "no real number"),
        ("office", "not_a_mobile", "“office”"),
    ],
)
def test_mobile_numbers_that_can_t_be_called(cell, code, words):
    cleaned = clean_mobile(cell)
    assert cleaned.value is None
    assert cleaned.is_refused
    assert code_of(cleaned) == [code]
    assert words in said(cleaned)[0][1]


def test_of_two_mobile_numbers_the_first_is_taken_and_said():
    cleaned = clean_mobile("9837044120 / 9412345678")
    assert (cleaned.value, code_of(cleaned)) == ("9837044120", ["several_numbers"])
    assert clean_mobile("0522-2238765, 9412345678").value == "9412345678"


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("anita@gad.state.example", "anita@gad.state.example"),
        ("Anita.Rawat@GOV.IN", "anita.rawat@gov.in"),
        ("anita[at]gov[dot]in", "anita@gov.in"),
        ("anita (at) up (dot) gov (dot) in", "anita@up.gov.in"),
        ("anita at gov.in", "anita@gov.in"),
        ("anita@gov,in", "anita@gov.in"),
        ("anita @ gov.in.", "anita@gov.in"),
        ("mailto:anita@gov.in", "anita@gov.in"),
        ("<anita@gov.in>;", "anita@gov.in"),
        ("anita@@gov..in", "anita@gov.in"),
        ("private@gmail.com, anita@gov.in", "anita@gov.in"),
    ],
)
def test_addresses_are_read_through_common_slips(cell, address):
    cleaned = clean_email(cell, DOMAINS)
    assert cleaned.value == address
    assert not cleaned.is_refused


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("anita.maurya@mail.example", "foreign_address", None),
        ("anita@gmail", "foreign_address", None),
        ("anita@up.gov.im", "foreign_address", "anita@up.gov.in"),
        ("anita@gad.state.exmple", "foreign_address", "anita@gad.state.example"),
        ("anitagov.in", "email_no_at", "anita@gov.in"),
        ("anita gad.state.example", "email_no_at", "anita@gad.state.example"),
        ("not yet", "email_no_at", None),
        ("@gov.in", "email_syntax", None),
        ("a@b@gov.in", "email_syntax", None),
        ("अनीता@gov.in", "email_syntax", None),
    ],
)
def test_addresses_that_are_refused(cell, code, suggestion):
    cleaned = clean_email(cell, DOMAINS)
    assert cleaned.value is None
    assert [(problem.code, problem.suggestion) for problem in cleaned.problems] == [(code, suggestion)]


def test_domains_are_those_of_signing_in():
    assert is_allowed("a@up.gov.in", ["gov.in"])
    assert not is_allowed("a@evilgov.in", ["gov.in"])
    assert not is_allowed("a@gov.in.example", ["gov.in"])


@pytest.mark.parametrize(
    "cell",
    ["12-06-1980", "12/6/1980", "12.06.80", "12 06 1980",
     "12 जून 1980", "12-Jun-1980", "12th June, 1980", "June 12, 1980",
     "1980-06-12", "1980/06/12", "1980-06-12T00:00:00",
     "१२/०६/१९८०", "12061980", "19800612", 29384.0, "29384", 12061980.0,
     date(1980, 6, 12), "12-06-1980 00:00", "12.06.1980.", "12-june-80"],
)  # fmt: skip
def test_dates_as_offices_type_them(cell):
    cleaned = clean_day(cell, "born_on", today=TODAY)
    assert cleaned.value == date(1980, 6, 12)
    assert not cleaned.is_refused


@pytest.mark.parametrize(
    "month", ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितम्बर", "अक्टूबर", "नवंबर", "दिसम्बर"]
)
def test_months_in_hindi(month):
    assert read_day(f"5 {month} 1980", "born_on", today=TODAY).value is not None


@pytest.mark.parametrize(
    ("cell", "code", "words", "suggestion"),
    [
        ("31-02-1979", "no_such_day", "31 February does not exist.", None),
        ("29-02-1979", "no_such_day", "29 February 1979 does not exist", None),
        ("31-04-1980", "no_such_day", "31 April does not exist.", None),
        ("12/25/1980", "month_first", "write the day first", "25-12-1980"),
        ("1980", "date_only_year", "Only the year 1980", None),
        ("June 1980", "not_a_date", "“June 1980”", None),
        ("yes", "not_a_date", "12-06-1980", None),
        ("12-06-0980", "date_out_of_range", "980", None),
        ("12-06-2030", "born_later", "in the future", None),
        ("12-06-2015", "too_young", "11 years", None),
        ("12-06-1940", "too_old", "86 years", None),
    ],
)
def test_birth_dates_that_can_t_be(cell, code, words, suggestion):
    cleaned = clean_day(cell, "born_on", today=TODAY)
    assert cleaned.value is None
    assert (code_of(cleaned)[-1], cleaned.problems[-1].suggestion) == (code, suggestion)
    assert words in said(cleaned)[-1][1]


def test_dates_that_should_be_looked_at():
    assert code_of(clean_day("12-06-80", "born_on", today=TODAY)) == ["two_digit_year"]
    assert code_of(clean_day("12-06-1959", "born_on", today=TODAY)) == ["beyond_65"]
    assert code_of(clean_day("12-06-2030", "joined_on", today=TODAY)) == ["day_to_come"]
    assert code_of(clean_day("30-06-2020", "superannuates_on", today=TODAY)) == ["already_superannuated"]
    assert clean_day("30-06-40", "superannuates_on", today=TODAY).value == date(2040, 6, 30)
    assert clean_day("01-07-04", "joined_on", today=TODAY).value == date(2004, 7, 1)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Anita Rawat", NameParts(en="Anita Rawat")),
        ("ANITA RAWAT", NameParts(en="Anita Rawat")),
        ("anita rawat", NameParts(en="Anita Rawat")),
        ("Dr. (Smt.) Anita Rawat", NameParts(en="Anita Rawat")),
        ("SHRI A.K.SHARMA", NameParts(en="A. K. Sharma")),
        ("AK SHARMA", NameParts(en="AK Sharma")),
        ("Mohd. Arif, IAS", NameParts(en="Mohd. Arif")),
        ("Mary D'souza", NameParts(en="Mary D'souza")),
        ("श्रीमती अनीता रावत", NameParts(hi="अनीता रावत")),
        ("डा0 ए.के. सिंह जी", NameParts(hi="ए. के. सिंह")),
        ("मो0 आरिफ", NameParts(hi="मो. आरिफ")),
        ("अनीता रावत (Anita Rawat)", NameParts(en="Anita Rawat", hi="अनीता रावत")),
        ("Anita Rawat / अनीता रावत", NameParts(en="Anita Rawat", hi="अनीता रावत")),
        ("Dr. अनीता रावत", NameParts(hi="अनीता रावत")),
    ],
)
def test_names_without_titles_in_their_script(cell, parts):
    cleaned = clean_name(cell, "name")
    assert (cleaned.value, cleaned.problems) == (parts, ())


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Ram Lal S/o Shyam Lal", "Ram Lal"),
        ("Ram Lal (IInd)", "Ram Lal"),
        ("Ram Lal alias Ramu", "Ram Lal"),
    ],
)
def test_what_does_not_belong_to_the_name_is_left_out_and_said(cell, name):
    cleaned = clean_name(cell, "name_en")
    assert (cleaned.value.en, code_of(cleaned)) == (name, ["name_shortened"])


def test_names_in_the_old_font():
    cleaned = clean_name("Qjhn vgen", "name_hi")
    assert cleaned.value == NameParts(hi="फरीद अहमद")
    assert [(p.code, p.suggestion) for p in cleaned.problems] == [("krutidev", "फरीद अहमद")]
    assert clean_name("panu", "name_hi", beside="Chandan").value == NameParts(hi="चंदन")
    assert clean_name("nkl", "name_hi", old_font=True).value == NameParts(hi="दास")
    assert clean_name("Farid Ahmad", "name_hi").value == NameParts(en="Farid Ahmad")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12345", "name_not_letters"),
        ("Ram 2", "name_not_letters"),
        ("ram@gov.in", "name_odd_sign"),
        ("Ram_Lal", "name_odd_sign"),
        ("R", "name_too_short"),
        ("रामLal", "name_mixed"),
        ("राम Lal राम Lal", "name_mixed"),
        ("رام", "name_not_letters"),
        ("Ram " * 80, "too_long"),
    ],
)
def test_what_is_no_name(cell, code):
    cleaned = clean_name(cell, "name")
    assert cleaned.value is None
    assert code_of(cleaned) == [code]


@pytest.mark.parametrize(
    ("cell", "gender"),
    [("M", "male"), ("Female", "female"), ("पुरुष", "male"), ("पु.", "male"), ("महिला", "female"), ("म", "female"),
     ("स्त्री", "female"),
     ("Female / महिला", "female"), ("F", "female"), ("अन्य", "other"), ("efgyk", "female"), ("MALE", "male"),
     ('iq#"k', "male"), ("Femail", "female")],
)  # fmt: skip
def test_gender_in_both_languages(cell, gender):
    assert clean_gender(cell).value == gender


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("Substantive", "substantive"), ("अतिरिक्त प्रभार", "additional"), ("Addl. Charge", "additional"),
     ("स्थानापन्न", "officiating"),
     ("Look after", "look_after"),
     ("लिंक अधिकारी", "link"), ("Additional charge / अतिरिक्त प्रभार", "additional")],
)  # fmt: skip
def test_kinds_of_charge(cell, kind):
    assert clean_charge_kind(cell).value == kind
    assert code_of(clean_charge_kind("something")) == ["unknown_charge_kind"]
    assert code_of(clean_gender("something")) == ["unknown_gender"]
    assert not clean_gender("something").is_refused


def test_codes_and_texts():
    assert clean_code(200417.0).value == "200417"
    assert clean_code(" E - १२ ").value == "E-12"
    assert code_of(clean_code("x" * 40)) == ["too_long"]
    assert clean_text("vuqHkkx vf/kdkjh", "designation").value == "अनुभाग अधिकारी"
    assert clean_text("Section  Officer", "designation").problems == ()


def test_cells_that_are_worth_nothing():
    assert unusable(CellError("#N/A"), "mobile").code == "cell_error"
    assert unusable("???? ????", "name_hi").code == "letters_lost"
    assert unusable("9.87654E+09", "mobile").code == "number_damaged"
    assert unusable(1.23e17, "code").code == "number_damaged"
    assert unusable("Is he here?", "name_hi") is None
    assert all(map(is_empty, ["", "-", "N/A", "nil", "शून्य", "NA", "--", "xxx"]))
    assert not is_empty("Nila")


# Aadhaar: numbers made for the test; the last digit is computed.


def number(first: str) -> str:
    return next(first + check for check in "0123456789" if aadhaar.checks(first + check))


def test_aadhaar_numbers_are_known_and_hidden():
    valid = number("23456789012")
    spaced = f"{valid[:4]} {valid[4:8]} {valid[8:]}"
    assert aadhaar.is_valid(valid)
    assert aadhaar.is_valid(spaced)
    assert not aadhaar.is_valid(valid[:-1] + str((int(valid[-1]) + 1) % 10))
    assert aadhaar.masked(spaced) == f"XXXX XXXX {valid[-4:]}"
    for text in (valid, spaced, f"UID {spaced}.", f"a {valid}, b"):
        assert valid[:8] not in aadhaar.mask_within(text).replace(" ", "")
        assert valid[-4:] in aadhaar.mask_within(text)


@given(st.integers(6_000_000_000, 9_999_999_999))
def test_mobile_numbers_are_never_taken_for_aadhaar(mobile):
    for text in (str(mobile), f"+91{mobile}", f"91{mobile}", f"+91 {mobile}", f"0{mobile}", f"+91-{mobile}"):
        assert aadhaar.mask_within(text) == text


CELLS = st.one_of(
    st.text(max_size=40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.dates(),
    st.builds(CellError, st.sampled_from(["#N/A", "#REF!"])),
)
CLEANERS = {
    "code": clean_code,
    "mobile": clean_mobile,
    "email": lambda cell: clean_email(cell, DOMAINS),
    "gender": clean_gender,
    "charge_kind": clean_charge_kind,
    "born_on": lambda cell: clean_day(cell, "born_on", today=TODAY),
    "charge_from": lambda cell: clean_day(cell, "charge_from", today=TODAY),
    "designation": lambda cell: clean_text(cell, "designation"),
    "name": lambda cell: clean_name(cell, "name"),
}


@pytest.mark.parametrize("field", CLEANERS)
@given(cell=CELLS)
def test_no_cell_breaks_a_cleaner(field, cell):
    cell = tidy(cell) if isinstance(cell, str) else cell
    if is_empty(cell) or unusable(cell, field):
        return
    cleaned = CLEANERS[field](cell)
    assert cleaned.value is None or not cleaned.is_refused
    assert all(str(problem.message) for problem in cleaned.problems)


@pytest.mark.parametrize("field", ["code", "mobile", "email", "designation", "name"])
@given(cell=CELLS)
def test_what_was_cleaned_is_clean(field, cell):
    cell = tidy(cell) if isinstance(cell, str) else cell
    if is_empty(cell) or unusable(cell, field):
        return
    value = CLEANERS[field](cell).value
    if isinstance(value, NameParts):
        value = value.en or value.hi
    if value and not looks_like_krutidev(value):  # capitals alone can make a strange word look like it
        again = CLEANERS[field](value).value
        assert (again.en or again.hi if isinstance(again, NameParts) else again) == value


@given(st.text(max_size=80))
def test_tidying_twice_changes_nothing(text):
    once = tidy(text)
    assert tidy(once) == once or once.startswith("'")
    assert normalize("NFC", once) == once
    assert letters_lost(text) in {True, False}
    assert "\n" not in shown(once)


@pytest.mark.parametrize("text", ["9837044120.0", "9837044120.00"])
def test_numbers_that_a_program_wrote_with_a_point(text):
    assert clean_mobile(text).value == "9837044120"
    assert clean_code("104.0").value == "104"
    assert clean_code("A-1.0").value == "A-1.0"
    assert clean_day("29384.0", "born_on", today=TODAY).value == date(1980, 6, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12-06-1980 (बारह जून उन्नीस सौ अस्सी)", date(1980, 6, 12)),
        ("Thursday, 12 June 1980", date(1980, 6, 12)),
        ("गुरुवार 12-06-1980", date(1980, 6, 12)),
        ("12:06:1980", date(1980, 6, 12)),
        ("05.IX.1979", date(1979, 9, 5)),
        ("2-अक्\u200dटूबर-1979", date(1979, 10, 2)),
    ],
)
def test_dates_with_words_around_them(text, day):
    assert clean_day(tidy(text), "born_on", today=TODAY).value == day


@pytest.mark.parametrize(
    ("text", "address", "code"),
    [
        ("a.b@gad.state.example,c.d@gad.state.example", "a.b@gad.state.example", "several_addresses"),
        ("a.b@gad.state.example c.d@gad.state.example", "a.b@gad.state.example", "several_addresses"),
        ("Asha Rawat <a.rawat@gad.state.example>", "a.rawat@gad.state.example", "email_repaired"),
        ("a.b@gad.state.example (official)", "a.b@gad.state.example", "email_repaired"),
        ("a.b (at) gad.state.example", "a.b@gad.state.example", "email_repaired"),
        ("a.b@gad,state.example", "a.b@gad.state.example", "email_repaired"),
    ],
)
def test_addresses_with_something_beside_them(text, address, code):
    cleaned = clean_email(text, DOMAINS)
    assert (cleaned.value, code_of(cleaned)) == (address, [code])


def test_genders_with_a_letter_for_the_point_or_in_an_old_font():
    assert [clean_gender(text).value for text in ("पुo", "मo", "iq:'k", "efgyk")] == ["male", "female", "male", "female"]


def test_the_code_of_a_section_is_no_old_font():
    assert clean_text("dse2", "section") == clean_text("dse2", "section", old_font=True)
    assert clean_text("dse2", "section").value == "dse2"


@pytest.mark.parametrize("text", ["Vacant", "VACANT POST", "Post is lying vacant", "रिक्त", "पद रिक्त है", "(रिक्त)"])
def test_a_vacant_post_is_nobodys_name(text):
    assert code_of(clean_name(text, "name")) == ["post_vacant"]


def test_a_name_half_in_each_script_is_not_guessed():
    assert code_of(clean_name("रमेश Kumar", "name")) == ["name_mixed"]
    assert clean_name("रमेश कुमार Ramesh Kumar", "name").value == NameParts("Ramesh Kumar", "रमेश कुमार")


def test_the_late_is_asked_about():
    for text in ("Late Shri Mohan Lal", "स्व० मोहन लाल", "स्वर्गीय श्री मोहन लाल"):
        assert code_of(clean_name(text, "name")) == ["name_late"]
    assert code_of(clean_name("Lateef Ahmad", "name")) == []


def test_mobile_numbers_with_commas_or_on_two_lines():
    assert clean_mobile("98,765,00050").value == "9876500050"
    assert clean_mobile("９８７６５０００５０").value == "9876500050"
    assert clean_mobile("+977 9841234567").value is None
    two = clean_mobile("9876500052\n9876599999")
    assert (two.value, code_of(two)) == ("9876500052", ["several_numbers"])


def test_the_sign_that_makes_text_of_a_number_is_no_part_of_it():
    assert [tidy(text) for text in ("'TX0051", "'12/06/1980", "'9876500050", "'=1+1")] == [
        "TX0051",
        "12/06/1980",
        "9876500050",
        "=1+1",
    ]
    assert tidy("D'Souza") == "D'Souza"
