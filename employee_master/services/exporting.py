"""A list that leaves as a sheet is on record: which list, how many rows, nothing of what stands in it."""

from __future__ import annotations

from django.db import transaction

from employee_master.models import Employee, Office
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger.writer import record_event


@transaction.atomic
def list_export(*, what: str, rows: int, office_id: int | None = None, actor: Actor) -> None:
    """Record that the actor takes the list `what` ("vacancies"), of one office or of the instance.

    For those who keep a master: EMD managers in their office, and lists of the whole instance too, since these hold
    no personal data; the super admin anywhere.
    """
    wanted = office_id if office_id is not None else actor.office_id
    office = Office.objects.filter(pk=wanted).first() if wanted is not None else None
    access.require(actor, Action.MASTER_EXPORT, office or Office())
    subject = office or Employee.objects.get(pk=actor.person)
    record_event(action=Action.MASTER_EXPORT, subject=subject, actor=actor, data={"list": what, "rows": rows})
