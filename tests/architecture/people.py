"""Change requests about the outsider, in an office of their own that the auditor heads. For the access matrix."""

from __future__ import annotations

from typing import Any

from employee_master.models import ChangeRequest, EvidenceKind, Office
from employee_master.queries.change import content_now
from employee_master.services.change import change_check, change_object, change_propose
from eoffice.documents.models import Document
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
    return args, {"change_shown": content_now(checked)}
