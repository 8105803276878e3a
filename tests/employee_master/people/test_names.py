"""Names must match (R21): a second list beside ours, each difference found, settled and kept."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from employee_master.models import ChangeRequest, Employee, Finding, ListKind, NameList, NameListRow, Settlement
from employee_master.queries.namelist import Compared, Ours, Theirs, code_key, compare, figures, is_unsettled
from employee_master.services.change import change_check, change_reject, change_withdraw
from employee_master.services.namelist import (
    namelist_change,
    namelist_columns,
    namelist_compare,
    namelist_link,
    namelist_ours,
    namelist_reopen,
    namelist_upload,
    prefilled,
)
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.documents.queries import document_bytes
from eoffice.ledger.queries import history
from tests.cast import Cast
from tests.employee_master.people.conftest import AsPerson

BORN = date(1980, 5, 17)


def one(rows: list[Theirs], ours: list[Ours]) -> Compared:
    return compare(rows, ours)[0]


@pytest.mark.parametrize(
    ("theirs", "ours", "finding"),
    [
        (("Anita Verma", ""), ("Anita Verma", "अनीता वर्मा"), Finding.SAME),
        (("Smt. ANITA  VERMA", ""), ("Anita Verma", ""), Finding.SAME),
        (("", "फराह खान"), ("Farah Khan", "फ़राह ख़ान"), Finding.SAME),
        (("Anita Varma", ""), ("Anita Verma", "अनीता वर्मा"), Finding.SPELLING),
        (("Anita Verma", "अनिता वर्मा"), ("Anita Verma", "अनीता वर्मा"), Finding.SPELLING),
        # Their script is the one that ours lacks: the sound decides.
        (("", "अनीता वर्मा"), ("Anita Verma", ""), Finding.SAME),
        (("", "सुनीता वर्मा"), ("Anita Verma", ""), Finding.SPELLING),
        (("Somebody Else", ""), ("Anita Verma", ""), Finding.SPELLING),
    ],
)
def test_found_by_code(theirs: tuple[str, str], ours: tuple[str, str], finding: Finding) -> None:
    found = one([Theirs(2, "e-0002", *theirs)], [Ours(7, "E0002", *ours, BORN)])
    assert (found.ours.pk if found.ours else None, found.finding) == (7, finding)


def test_another_birth_date_weighs_more_than_the_spelling() -> None:
    found = one([Theirs(2, "E2", "Anita Varma", "", date(1980, 5, 18))], [Ours(7, "E2", "Anita Verma", "", BORN)])
    assert (found.finding, found.name_differs) == (Finding.BORN, True)
    assert found.likeness > 80


def test_without_a_code_birth_date_and_sound_decide() -> None:
    ours = [Ours(1, "A", "Anita Verma", "", BORN), Ours(2, "B", "Sunil Maurya", "", BORN)]
    found = compare([Theirs(2, "", "", "सुनील मौर्य", BORN)], ours)
    assert [(row.finding, row.ours.pk if row.ours else None) for row in found] == [
        (Finding.SAME, 2),
        (Finding.NOT_THEIRS, 1),
    ]
    found = compare([Theirs(2, "", "Anita Varma", "", None)], ours)
    assert found[0].finding == Finding.NOT_OURS
    assert found[0].likely[0][0] == 1


def test_nobody_is_found_twice_and_a_code_goes_before_a_likeness() -> None:
    ours = [Ours(1, "A1", "Anita Verma", "", BORN)]
    rows = [Theirs(2, "", "Anita Verma", "", BORN), Theirs(3, "A1", "Anita Varma", "", BORN)]
    found = compare(rows, ours)
    assert [(row.finding, row.ours.pk if row.ours else None) for row in found] == [
        (Finding.NOT_OURS, None),
        (Finding.SPELLING, 1),
    ]


def test_people_of_other_offices_are_not_missed_in_the_list() -> None:
    assert compare([], [Ours(1, "A", "Anita", "", None, of_office=False)]) == []


def test_codes_are_one_whatever_their_signs() -> None:
    assert code_key("GAD/12-E") == code_key("gad 12 e")
    assert code_key("") == ""


# The stored list


def sheet(*rows: tuple[object, ...], headings: tuple[str, ...] = ("Employee code", "Name", "Date of Birth")) -> bytes:
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    paper = book.add_worksheet()
    for number, row in enumerate([headings, *rows]):
        for column, value in enumerate(row):
            paper.write(number, column, value)
    book.close()
    return file.getvalue()


@pytest.fixture
def uploaded(cast: Cast) -> NameList:
    for name, born in {"dealing_assistant": BORN, "section_officer": date(1970, 1, 2)}.items():
        person = cast.employee(name)
        person.born_on = born
        person.save()
    content = sheet(
        ("E0002", "Anita Varma", "17-05-1980"),
        ("E0003", "Ramesh Chaubey", "03-01-1970"),
        ("E0004", "फराह खान", ""),
        ("", "Davendra Joshi", ""),
        ("E7777", "Nobody Known", "01-01-1990"),
    )
    return namelist_upload(
        content=content,
        name="pay roll.xlsx",
        office_id=cast.offices["GAD"].pk,
        kind=ListKind.PAY_ROLL,
        title="Pay roll, October",
        actor=cast.actor("emd_manager"),
    )


def row(name_list: NameList, number: int) -> NameListRow:
    return name_list.rows.get(row=number)


def test_a_list_is_read_compared_and_kept(cast: Cast, uploaded: NameList) -> None:
    assert uploaded.compared_at is not None
    findings = {one.row: one.finding for one in uploaded.rows.filter(row__isnull=False)}
    assert findings == {
        2: Finding.SPELLING,
        3: Finding.BORN,
        4: Finding.SAME,
        5: Finding.NOT_OURS,
        6: Finding.NOT_OURS,
    }
    missing = set(uploaded.rows.filter(finding=Finding.NOT_THEIRS).values_list("employee__code", flat=True))
    assert missing == {"E0001", "E0005", "E0006", "E0007"}
    assert row(uploaded, 5).likely[0][0] == cast.employee("link_officer").pk
    assert figures(uploaded) == {"born": 1, "spelling": 1, "not_ours": 2, "not_theirs": 4, "same": 1, "open": 8}
    first = history(uploaded).first()
    assert first is not None
    assert first.data["rows"] == 5


def test_only_who_keeps_the_master_compares(cast: Cast, uploaded: NameList) -> None:
    for by in ("dealing_assistant", "secretary", "outsider", "auditor"):
        with pytest.raises(NotAllowed):
            namelist_compare(list_id=uploaded.pk, actor=cast.actor(by))
        with pytest.raises(NotAllowed):
            namelist_ours(row_id=row(uploaded, 2).pk, why="x", actor=cast.actor(by))


def test_a_difference_becomes_a_change_request_with_the_extract_as_evidence(cast: Cast, uploaded: NameList) -> None:
    by = cast.actor("emd_manager")
    spelt = row(uploaded, 2)
    assert prefilled(spelt) == {"name_en": "Anita Varma"}
    made = namelist_change(row_id=spelt.pk, values=prefilled(spelt), actor=by)
    assert made.employee == cast.employee("dealing_assistant")
    evidence = made.evidence.get()
    content = document_bytes(evidence.document)
    assert evidence.kind == "list"
    # The extract holds this one row; the whole list is nobody's business who sees the request.
    assert b"Chaubey" not in content
    assert not is_unsettled(row(uploaded, 2))
    with pytest.raises(WrongState) as refusal:
        namelist_change(row_id=spelt.pk, values={"name_en": "X"}, actor=by)
    assert refusal.value.code == "settled"
    # A request that came to nothing opens the row again.
    change_withdraw(request_id=made.pk, actor=by)
    assert is_unsettled(NameListRow.objects.select_related("change").get(pk=spelt.pk))
    namelist_ours(row_id=spelt.pk, why="The certificate says Verma", actor=by)


def test_an_approved_change_is_the_same_at_the_next_comparison(cast: Cast, uploaded: NameList) -> None:
    from tests.employee_master.changes.conftest import approve, with_officers  # noqa: PLC0415

    with_officers(cast)
    by = cast.actor("emd_manager")
    made = namelist_change(row_id=row(uploaded, 3).pk, values=prefilled(row(uploaded, 3)), actor=by)
    change_check(request_id=made.pk, actor=cast.actor("under_secretary"))
    approve(cast, made)
    assert Employee.objects.get(code="E0003").born_on == date(1970, 1, 3)
    namelist_compare(list_id=uploaded.pk, actor=by)
    assert row(uploaded, 3).finding == Finding.SAME


def test_ours_is_right_with_a_reason_survives_comparing_again(cast: Cast, uploaded: NameList) -> None:
    by = cast.actor("emd_manager")
    with pytest.raises(BadInput):
        namelist_ours(row_id=row(uploaded, 2).pk, why=" ", actor=by)
    settled = namelist_ours(row_id=row(uploaded, 2).pk, why="Service book, page 1", actor=by)
    with pytest.raises(WrongState):
        namelist_ours(row_id=settled.pk, why="again", actor=by)
    namelist_compare(list_id=uploaded.pk, actor=by)
    again = row(uploaded, 2)
    assert (again.pk, again.settlement, again.why) == (settled.pk, Settlement.OURS, "Service book, page 1")
    assert namelist_reopen(row_id=settled.pk, actor=by).settlement == Settlement.OPEN
    with pytest.raises(WrongState):
        namelist_reopen(row_id=settled.pk, actor=by)
    with pytest.raises(WrongState):
        namelist_ours(row_id=row(uploaded, 4).pk, why="Same anyway", actor=by)


def test_a_row_is_linked_by_hand_and_taken_off_again(cast: Cast, uploaded: NameList) -> None:
    by = cast.actor("emd_manager")
    person = cast.employee("link_officer")
    linked = namelist_link(row_id=row(uploaded, 5).pk, employee_id=person.pk, actor=by)
    assert (linked.employee, linked.finding) == (person, Finding.SPELLING)
    assert not uploaded.rows.filter(finding=Finding.NOT_THEIRS, employee=person).exists()
    namelist_compare(list_id=uploaded.pk, actor=by)
    assert row(uploaded, 5).employee == person
    back = namelist_link(row_id=linked.pk, employee_id=None, actor=by)
    assert (back.employee, back.finding) == (None, Finding.NOT_OURS)
    assert uploaded.rows.filter(finding=Finding.NOT_THEIRS, employee=person).exists()


def test_a_change_needs_somebody_of_ours(cast: Cast, uploaded: NameList) -> None:
    with pytest.raises(WrongState) as refusal:
        namelist_change(row_id=row(uploaded, 6).pk, values={"name_en": "X"}, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "nobody_linked"


def test_a_rejected_request_stays_with_the_row_and_opens_it(cast: Cast, uploaded: NameList) -> None:
    from tests.employee_master.changes.conftest import with_officers  # noqa: PLC0415

    with_officers(cast)
    made = namelist_change(
        row_id=row(uploaded, 2).pk, values=prefilled(row(uploaded, 2)), actor=cast.actor("emd_manager")
    )
    change_check(request_id=made.pk, actor=cast.actor("under_secretary"))
    change_reject(request_id=made.pk, why="No", actor=cast.actor("secretary"))
    assert figures(uploaded)["open"] == 8


# Pages


def test_from_upload_to_settled_on_the_pages(cast: Cast, as_person: AsPerson) -> None:
    client = as_person("emd_manager")
    new = reverse("employee_master:name_list_new")
    form = {"kind": "pay_roll", "title": "October"}
    bad = client.post(new, form | {"sheet": SimpleUploadedFile("x.xlsx", b"not a sheet at all \x00\x01")})
    assert bad.status_code == 400
    assert not NameList.objects.exists()
    content = sheet(("E0002", "Anita Varma", ""), ("X1", "Nobody Known", ""))
    answer = client.post(new, form | {"sheet": SimpleUploadedFile("x.xlsx", content)})
    made = NameList.objects.get()
    assert answer["Location"] == reverse("employee_master:name_list", args=[made.pk])
    page = client.get(answer["Location"]).content.decode()
    assert "Spelling differs" in page
    assert "likeness of sound" in page
    spelt = row(made, 2)
    change = reverse("employee_master:name_change", args=[spelt.pk])
    page = client.get(change).content.decode()
    assert 'value="Anita Varma"' in page
    assert "which is the evidence" in page
    assert client.post(change, {"name_en": "Anita Varma"}).status_code == 302
    request = ChangeRequest.objects.get()
    assert request.number in client.get(answer["Location"], {"show": "spelling"}).content.decode()
    unknown = reverse("employee_master:name_link", args=[row(made, 3).pk])
    assert client.post(unknown, {"code": "nope"}).status_code == 400
    assert client.post(unknown, {"code": "e0005"}).status_code == 302
    ours = reverse("employee_master:name_ours", args=[made.rows.filter(finding=Finding.NOT_THEIRS)[0].pk])
    assert client.post(ours, {"why": ""}).status_code == 400
    assert client.post(ours, {"why": "On leave"}).status_code == 302
    export = client.get(reverse("employee_master:name_export", args=[made.pk, "csv"])).content.decode()
    assert request.number in export
    assert "On leave" in export
    assert "October" in client.get(reverse("employee_master:name_lists")).content.decode()
    assert as_person("outsider").get(answer["Location"]).status_code == 404


def test_doubtful_columns_are_asked_about(cast: Cast, as_person: AsPerson) -> None:
    content = sheet(("Anita Verma", "x"), ("Ramesh Chaubey", "y"), headings=("Name of Employee", "Designation"))
    client = as_person("emd_manager")
    form = {"kind": "other", "title": "List", "sheet": SimpleUploadedFile("x.xlsx", content)}
    made_url = client.post(reverse("employee_master:name_list_new"), form)["Location"]
    made = NameList.objects.get()
    columns = reverse("employee_master:name_columns", args=[made.pk])
    assert made_url == columns
    assert client.get(reverse("employee_master:name_list", args=[made.pk]))["Location"] == columns
    with pytest.raises(WrongState):
        namelist_columns(list_id=made.pk, chosen={0: "ignored"}, actor=cast.actor("emd_manager"))
    assert client.post(columns, {"column_0": "name_en", "column_1": "ignored"}).status_code == 302
    assert NameList.objects.get().compared_at is not None
    assert NameListRow.objects.filter(name_list=made, row=2, finding=Finding.NOT_OURS).exists()
