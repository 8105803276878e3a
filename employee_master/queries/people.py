"""People: of which office somebody is, and what is shown of them."""

from __future__ import annotations

from employee_master.models import FULL_KINDS, Charge, Employee, Office
from eoffice.core import clock


def office_of_person(employee: Employee) -> Office | None:
    """The office that keeps the person's record.

    That of the present charge, substantive before others; else that of the last one; else where they were entered.
    """
    charges = Charge.objects.filter(employee=employee, kind__in=FULL_KINDS).select_related("post__office")
    ranked = sorted(charges, key=_nearness, reverse=True)
    if ranked:
        return ranked[0].post.office
    return employee.entered_in


def _nearness(charge: Charge) -> tuple[bool, bool, str, int]:
    running = charge.runs_on(clock.today())
    substantive = charge.kind == FULL_KINDS[0]
    return running, running and substantive, charge.from_on.isoformat(), charge.pk
