"""Columns are known by their headings, in either language and however spelt, and by what stands below them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_master.sheets.cell import Column
from employee_master.sheets.columns import BY_FIELD, PRESCRIBED, REQUIRED, Field, match_columns
from employee_master.sheets.headings import _PRESCRIBED, field_of_heading, fold
from eoffice.core.krutidev import krutidev_of

KNOWN = {
    "serial": ("S.No.|Sr. No|क्र.सं.|क्रम संख्या|क्रमांक|Sl.No.|SNo|क्र0सं0|क्र॰|dz-la-|#  No"),
    "code": (
        "Emp Code|Employee Code|मानव सम्पदा कोड|eHRMS code|EHRMS Code No.|"
        "Manav Sampada Code|कर्मचारी कोड|Employee ID|Emp. ID|Personnel No.|"
        "कर्मचारी संख्या|Code|मानव संपदा आई०डी०|Unique Code of Employee|"
        "E-HRMS ID|deZpkjh dksM|SSO ID"
    ),
    "name": (
        "Name of Employee|कर्मचारी का नाम|Name|नाम|अधिकारी/कर्मचारी का नाम|"
        "Name of Officer / Official|कार्मिक का नाम|Employee Name|deZpkjh dk uke|"
        "uke|Full Name|Name of the Employee / कर्मचारी का नाम|Nam|"
        "नाम (आधार के अनुसार)"
    ),
    "name_hi": ("नाम (हिन्दी में)|Name in Hindi|नाम हिंदी|Employee Name (Hindi)|कर्मचारी का नाम (हिन्दी)|Name (हिन्दी)"),
    "name_en": ("Name in English|नाम (अंग्रेजी में)|Name (English)|Employee Name in Capital Letters|नाम अंग्रेज़ी"),
    "born_on": (
        "DOB|D.O.B.|Date of Birth|जन्म तिथि|जन्मतिथि|जन्म दिनांक|tUe frfFk|Birth Date|DOB (DD/MM/YYYY)|Date of Brith"
    ),
    "mobile": (
        "मो. नं.|Mobile No.|Mobile|मोबाइल नम्बर|मोबाईल नं0|मो0 नं0|Mob. No.|"
        "Moblie No|मोबाइल|eksckby ua-|Contact No.|दूरभाष संख्या|"
        "Mobile No. (linked with Aadhaar)|आधार से लिंक मोबाइल नम्बर|मो०|Phone"
    ),
    "email": (
        "ई-मेल आईडी|Govt. Email|E-mail|Email ID|ईमेल|शासकीय ई-मेल|"
        "e-mail address|NIC Email ID|Official E-Mail|Mail ID|"
        "Email Id (gov.in/nic.in)|ई मेल आई डी"
    ),
    "designation": ("पदनाम|Designation|Desig.|पद|Post|inuke|पद नाम|Desination|Rank"),
    "post": ("Marking|Post Name|पद का नाम|Marking Abbreviation"),
    "section": ("अनुभाग|Section/Branch|Section|शाखा|पटल|Branch|vuqHkkx|अनुभाग का नाम"),
    "office": (
        "कार्यालय|Office|Department|विभाग|Name of Office|कार्यालय का नाम|"
        "Place of Posting|तैनाती स्थल|School Name|Office Code"
    ),
    "gender": ("लिंग|Gender|Sex|लिंग (पुरुष/महिला)|M/F|fyax"),
    "aadhaar": ("आधार|UID|Aadhaar No.|आधार संख्या|Aadhar Card No|Adhar No.|आधार कार्ड नम्बर|UID No."),
    "joined_on": (
        "नियुक्ति तिथि|Date of Joining|DOJ|Date of Appointment|"
        "सेवा में योगदान की तिथि|Date of joining in service|"
        "प्रथम नियुक्ति की तिथि|Date of Entry in Govt Service|fu;qfDr frfFk"
    ),
    "superannuates_on": (
        "सेवानिवृत्ति तिथि|Date of Retirement|Date of Superannuation|सेवानिवृति की तिथि|अधिवर्षता तिथि|Retirement Date"
    ),
    "charge_from": (
        "कार्यभार ग्रहण तिथि|Date of joining present post|"
        "वर्तमान पद पर तैनाती की तिथि|Posting Date|Charge From|"
        "वर्तमान तैनाती की तिथि|Date of Joining in present office"
    ),
    "charge_kind": ("Charge|Type of charge|प्रभार का प्रकार|Nature of Posting"),
    "order_number": ("Order No.|आदेश संख्या|Order Number|Posting order no"),
    "ignored": (
        "Father's Name|पिता का नाम|Address|पता|Remarks|अभ्युक्ति|Bank A/c No.|"
        "Pay Scale|वेतनमान|District|जनपद|PAN No|GPF No.|Father/Husband Name|Age|"
        "आयु|Category|श्रेणी|Signature|Order Date|Mode of appointment|DDO Code|"
        "Basic Pay|Blood Group|Foo"
    ),
}
CASES = [(field, heading) for field, headings in KNOWN.items() for heading in headings.split("|")]


def columns(*headings):
    return [Column(place, heading, (heading,)) for place, heading in enumerate(headings)]


def fields(*headings, samples=()):
    return [match.field.value for match in match_columns(columns(*headings), samples).matches]


@pytest.mark.parametrize(("field", "heading"), CASES, ids=[heading for _field, heading in CASES])
def test_headings_of_real_sheets_are_known(field, heading):
    found = field_of_heading(heading)
    assert (found.field if found else "ignored") == field


@pytest.mark.parametrize("column", PRESCRIBED, ids=lambda column: column.field.value)
def test_prescribed_headings_are_certain_in_each_language_and_in_both(column):
    titles = (column.title_en, column.title_hi)
    for heading in (*titles, " / ".join(titles), column.title_en.upper(), krutidev_of(column.title_hi)):
        found = field_of_heading(heading)
        assert found is not None, heading
        assert found.field == column.field
    assert field_of_heading(titles[0]).confidence == 1.0


def test_both_tables_of_prescribed_headings_agree():
    assert {c.field.value: (c.title_en, c.title_hi) for c in PRESCRIBED} == _PRESCRIBED
    assert {field for group in REQUIRED for field in group if field is not Field.NAME} - {Field.POST} == {
        column.field for column in PRESCRIBED if column.required
    }
    assert Field.POST in BY_FIELD


def test_a_column_of_names_is_known_by_its_script():
    samples = [["Anita Rawat", "अनीता रावत"], ["Ram Lal", "राम लाल"]]
    assert fields("Name", "नाम", samples=samples) == ["name_en", "name_hi"]
    assert fields("Name", "Name", samples=[row[::-1] for row in samples]) == ["name_hi", "name_en"]
    assert fields("कर्मचारी का नाम", samples=[["Anita Rawat"], ["Ram Lal"]]) == ["name_en"]
    assert fields("Name", samples=[["vuhrk jkor"], ["lquhrk nsoh"]]) == ["name_hi"]
    assert fields("Name", samples=[["Anita"], ["राम"]]) == ["name"]


def test_two_columns_for_one_field_are_said():
    mapping = match_columns(columns("Personal email", "Govt. Email", "Employee code", "eHRMS code"), [])
    assert [match.field for match in mapping.matches] == [Field.IGNORED, Field.EMAIL, Field.CODE, Field.IGNORED]
    assert [match.rival for match in mapping.matches] == [Field.EMAIL, None, None, Field.CODE]
    assert [match.column.place for match in mapping.doubtful] == [0, 3]


def test_post_is_the_designation_where_there_is_no_other():
    assert fields("Name of post") == ["designation"]
    assert fields("Name of post", "Designation") == ["post", "designation"]


def test_columns_without_a_heading_are_known_by_their_cells():
    rows = [["ram@gov.in", "9800000001", "x"], ["sita@gov.in", "9800000002", "y"]]
    mapping = match_columns(columns("", "", ""), rows)
    assert [match.field.value for match in mapping.matches] == ["email", "mobile", "ignored"]
    assert all(match.doubtful for match in mapping.matches[:2])


def test_a_heading_that_its_cells_contradict_is_doubtful():
    mapping = match_columns(columns("Mobile"), [["GAD-1"], ["GAD-2"], ["GAD-3"]])
    assert mapping.doubtful


def test_what_is_missing_is_named_once_for_each_group():
    mapping = match_columns(columns("Name (Hindi)", "Mobile", "Post (marking)"), [])
    assert mapping.missing == (Field.CODE, Field.BORN_ON, Field.EMAIL)


def test_a_person_s_choice_goes_before():
    mapping = match_columns(columns("Mobile", "Phone", "Foo"), [])
    changed = mapping.by_hand({1: Field.MOBILE, 2: Field.SECTION})
    assert [match.field for match in changed.matches] == [Field.IGNORED, Field.MOBILE, Field.SECTION]
    kept = {place: Field(field) for place, field in changed.chosen().items()}
    assert mapping.by_hand(kept).chosen() == changed.chosen()


@given(st.text(max_size=60))
def test_any_heading_is_taken(heading):
    found = field_of_heading(heading)
    assert found is None or found.field in set(Field)
    assert fold(fold(heading)) == fold(heading)


@given(st.lists(st.sampled_from([heading for _field, heading in CASES]), max_size=12))
def test_no_field_is_given_twice(headings):
    given_ = [field for field in fields(*headings) if field != "ignored"]
    assert len(given_) == len(set(given_))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("ज०ति०", "born_on"), ("ज0 ति0", "born_on"), ("D/B", "born_on"), ("कर्म० कोड", "code"), ("मोo नंo", "mobile"),
        ("से०नि०ति०", "superannuates_on"), ("सेवा नि० तिथि", "superannuates_on"), ("नियु० तिथि", "joined_on"),
        ("अनु०", "section"), ("अनु० जाति", "ignored"), ("EmployeeCode", "code"), ("DateOfBirth", "born_on"),
    ],
)  # fmt: skip
def test_hindi_headings_cut_short(heading, field):
    found = field_of_heading(heading)
    assert found is not None
    assert (found.field, found.confidence >= 0.8) == (field, True)
