"""Readiness and exemptions for the access matrix: a ticked item, a nomination, requests drafted and asked for.

No office of the cast has entered its head, so nobody can ask; that, and deciding, is walked in tests/employee_master/
readiness.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from employee_master.models import Exemption, Nomination, Office, ReadinessTick
from eoffice.core import clock
from eoffice.documents.models import Document
from tests.cast import SINCE, Cast


def rollout_things(people: Cast, paper: Document) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Arguments of addresses, and values of forms."""
    offices, manager = people.offices, people.employee("emd_manager")
    tick = ReadinessTick.objects.create(
        office=offices["GAD"], code="network", note="Seen", document=paper, made_by=manager, made_at=clock.now()
    )
    nomination = Nomination.objects.create(
        office=offices["GAD"], employee=people.employee("link_officer"), order_number="1", order_on=SINCE,
        from_on=SINCE, made_by=manager, made_at=clock.now(), kind="master_trainer",
    )  # fmt: skip
    drafted = _exemption(people, offices["GAD"])
    asked = _exemption(people, offices["FIN"])
    asked.number = "FIN/EX-1/2026"
    asked.ask(
        by_id=people.employee("outsider").pk, post_id=people.post("outsider").pk, document_id=paper.pk, at=clock.now()
    )
    asked.save()
    gad = {"office_id": offices["GAD"].pk}
    args = {
        "rollout": gad,
        "rollout sheet": gad | {"kind": "csv"},
        "rollout item": gad | {"code": "hardware"},
        "rollout other": {"office_id": offices["ITE"].pk},
        "board sheet": {"kind": "xlsx"},
        "checklist item": {"code": "hardware"},
        "tick": {"tick_id": tick.pk},
        "nomination": {"nomination_id": nomination.pk},
        "exemption drafted": {"exemption_id": drafted.pk},
        "exemption asked": {"exemption_id": asked.pk},
        "exemption paper": {"exemption_id": asked.pk, "which": "request"},
    }
    values = {"nominee": people.employee("secretary").pk, "today": clock.today().isoformat()}
    return args, values


def _exemption(people: Cast, office: Office) -> Exemption:
    made: Exemption = Exemption.objects.create(
        office=office,
        codes=["hardware"],
        asked_until=clock.today() + timedelta(days=60),
        reason="नया भवन",
        order_number="12/2026",
        order_on=SINCE,
        made_by=people.employee("emd_manager"),
        made_at=clock.now(),
    )
    return made
