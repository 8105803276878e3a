"""Things of the organisation that the access matrix asks about."""

from __future__ import annotations

from typing import Any

from employee_master.models import Designation, ReorganisationKind
from employee_master.services import holiday_set, reorganisation_prepare
from eoffice.core import clock
from files.models import Head
from files.services.head import head_enter
from tests.cast import Cast


def organisation_things(people: Cast) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The arguments of the addresses by thing, and values for their forms; built when all else is there."""
    master, manager = people.actor("super_admin"), people.actor("emd_manager")
    office, section = people.offices["GAD"], people.section("GAD-3")
    holiday = holiday_set(on=clock.today(), name_en="Holiday", name_hi="अवकाश", actor=master)
    closed = head_enter(section_id=section.pk, code="99", name_en="Old", name_hi="पुराना", actor=master)
    Head.objects.filter(pk=closed.pk).update(closed_on=clock.today())
    head = Head.objects.get(section=section, code="12")
    prepared = reorganisation_prepare(
        kind=ReorganisationKind.RENAME,
        office_id=office.pk,
        section_id=section.pk,
        name_en="Coordination",
        name_hi="समन्वय",
        order_number="311",
        order_on=clock.today(),
        on=clock.today(),
        actor=manager,
    )
    rank = Designation.objects.get(code="DA")
    pks = {
        "org office": office,
        "org section": section,
        "org post": people.post("DA-GAD3"),
        "org vacant": people.post("SO-CR"),
        "org designation": rank,
        "reorganisation": prepared,
        "holiday": holiday,
        "head": head,
        "head closed": closed,
    }
    args: dict[str, dict[str, Any]] = {name: {"pk": thing.pk} for name, thing in pks.items()}
    args |= {
        "sheet": {"kind": "xlsx"},
        "org office sheet": {"pk": office.pk, "kind": "csv"},
        "of office": {"office_id": office.pk},
        "of section": {"section_id": section.pk},
    }
    return args, {"designation": rank.pk, "section": section.pk}
