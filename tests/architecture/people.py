"""Change requests in an office that the auditor heads, and a list that was compared: for the access matrix."""

from __future__ import annotations

from typing import Any

from employee_master.models import (
    ChangeRequest,
    Employee,
    EvidenceKind,
    Finding,
    ListKind,
    NameList,
    NameListRow,
    Office,
    Settlement,
)
from employee_master.queries.change import content_now
from employee_master.services.change import change_check, change_object, change_propose
from eoffice.core import clock, export
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.cast import Cast


def people_things(people: Cast, paper: Document) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The arguments of addresses by thing, and the values of forms."""
    office = Office.objects.create(
        code="DIR", name_en="Directorate", name_hi="निदेशालय", head_post=people.post("AO-FIN")
    )
    outsider, master = people.actor("outsider"), people.actor("super_admin")
    person = people.employee("outsider")

    def proposed(**values: str) -> ChangeRequest:
        papers = [(paper, EvidenceKind.SERVICE_BOOK)]
        made = change_propose(employee_id=person.pk, values=values, papers=papers, actor=outsider)
        ChangeRequest.objects.filter(pk=made.pk).update(office=office)
        return made

    waiting, checked = proposed(name_en="Sunil Mourya"), proposed(mobile="9876543210")
    objected = proposed(gender="male")
    checked = change_check(request_id=checked.pk, actor=master)
    change_object(request_id=objected.pk, objections=["Which page?"], actor=master)
    evidence = waiting.evidence.get()
    assistant = people.employee("dealing_assistant").pk
    args = {
        "assistant": {"pk": assistant},
        "assistant sheet": {"pk": assistant, "kind": "xlsx"},
        "assistant change": {"employee_id": assistant},
        "change proposed": {"pk": waiting.pk},
        "change checked": {"pk": checked.pk},
        "change objected": {"pk": objected.pk},
        "objection": {"pk": objected.pk, "number": 1},
        "change paper": {"pk": waiting.pk, "paper": evidence.pk},
        "change page": {"pk": waiting.pk, "paper": evidence.pk, "number": 1},
    }
    return args | _list_things(people), {"change_shown": content_now(checked)}


def _list_things(people: Cast) -> dict[str, dict[str, Any]]:
    """A pay roll of the department that was compared: one name spelt otherwise, one unknown, one settled."""
    said = [["E0003", "Ramesh Chobey"], ["X9", "Nobody Known"]]
    content = export.xlsx(said, ["Employee code", "Name of Employee"], "Pay roll")
    document = document_store(content=content, name="pay.xlsx", kind="generated", media_type=export.XLSX_TYPE)
    made = namelist_new(people.offices["GAD"], document, people.employee("emd_manager"))
    spelt = NameListRow.objects.create(
        name_list=made,
        row=2,
        code="E0003",
        name_en="Ramesh Chobey",
        employee=people.employee("section_officer"),
        finding=Finding.SPELLING,
    )
    settled = NameListRow.objects.create(
        name_list=made,
        row=3,
        code="X9",
        name_en="Nobody Known",
        finding=Finding.NOT_OURS,
        settlement=Settlement.OURS,
        why="Left last year",
        settled_at=clock.now(),
    )
    return {
        "name list": {"pk": made.pk},
        "name sheet": {"pk": made.pk, "kind": "xlsx"},
        "name row": {"pk": spelt.pk},
        "name settled": {"pk": settled.pk},
    }


def namelist_new(office: Office, document: Document, by: Employee) -> NameList:
    """A list as it is kept, compared; without its rows."""
    return NameList.objects.create(
        office=office,
        kind=ListKind.PAY_ROLL,
        title="Pay roll",
        sha256="0" * 64,
        document=document,
        made_by=by,
        made_at=clock.now(),
        compared_at=clock.now(),
        columns=[{"heading": "Employee code", "field": "code"}, {"heading": "Name of Employee", "field": "name_en"}],
    )
