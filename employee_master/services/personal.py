"""One person's own data, handed out to them (design 10)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from employee_master.models import ChangeField, ChangeRequest, SignedIn
from employee_master.queries.change import shown_value, value_text
from employee_master.queries.people import charges_of_person, deeds_on, person_of, person_or_404, roles_of_person
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger.writer import record_event


@transaction.atomic
def employee_export(*, employee_id: int, actor: Actor) -> dict[str, Any]:
    """Everything that the master holds about the person, as plain values; the handing out is on record.

    For the person, and for the EMD manager on their wish. Keys are in English, texts as they were entered.
    """
    employee = person_or_404(employee_id)
    access.require(actor, Action.EMPLOYEE_EXPORT, person_of(employee))
    record_event(
        action=Action.EMPLOYEE_EXPORT, subject=employee, actor=actor, data={"own": actor.employee_id == employee.pk}
    )
    requests = ChangeRequest.objects.filter(employee=employee).prefetch_related("lines", "objections").order_by("pk")
    sessions = SignedIn.objects.filter(account=employee.account).order_by("pk") if employee.account else []
    return {
        "made_at": clock.office_time(clock.now()).isoformat(timespec="seconds"),
        "record": {
            field: {"value": value_text(employee, field), "shown": shown_value(field, value_text(employee, field))}
            for field in ChangeField.values
        }
        | {
            "left_on": {"value": _day(employee.left_on), "shown": _day(employee.left_on)},
            "left_reason": {"value": employee.left_reason, "shown": str(employee.get_left_reason_display())},
        },
        "charges": [
            {
                "post": one.post.marking,
                "post_name": one.post.name_en,
                "office": one.post.office.code,
                "kind": one.kind,
                "from": _day(one.from_on),
                "to": _day(one.to_on),
                "order": one.order_number,
            }
            for one in charges_of_person(employee)
        ],
        "roles": [
            {
                "role": one.role,
                "office": one.office.code if one.office else "",
                "from": _day(one.from_on),
                "to": _day(one.to_on),
            }
            for one in roles_of_person(employee)
        ],
        "change_requests": [
            {
                "number": one.number,
                "state": one.state,
                "made_at": _moment(one.made_at),
                "why": one.why,
                "fields": [{"field": line.field, "old": line.old, "new": line.new} for line in one.lines.all()],
                "objections": [{"text": said.text, "answer": said.answer} for said in one.objections.all()],
            }
            for one in requests
        ],
        "sessions": [
            {"at": _moment(one.at), "seen_at": _moment(one.seen_at), "address": one.address, "browser": one.agent}
            for one in sessions
        ],
        "history": [
            {"at": _moment(deed.at), "act": str(deed.words), "by": deed.by.name_en if deed.by else "system"}
            for deed in deeds_on(employee, sign_ins=True)
        ],
    }


def _day(on: Any) -> str:
    return on.isoformat() if on is not None else ""


def _moment(at: Any) -> str:
    return clock.office_time(at).isoformat(timespec="seconds")
