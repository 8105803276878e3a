"""Acts on charges as the processes of a race call them (see `acts`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from employee_master.models import Charge, ChargeKind
from employee_master.queries import actor_for
from employee_master.services import charge_end
from employee_master.services.hand_over import desk_hand_over
from employee_master.services.joining import JoiningFacts, joining_enter
from employee_master.services.relieved import relieving_complete, relieving_correct
from employee_master.services.relieving import relieving_prepare
from eoffice.core import clock
from eoffice.core.actor import Actor
from files.services.file import file_forward, file_open


def prepare(**known: Any) -> int:
    return int(relieving_prepare(**known).pk)


def complete(**known: Any) -> str:
    return str(relieving_complete(**known).state)


def correct(**known: Any) -> str:
    return str(relieving_correct(**known).state)


def end(*, charge_id: int, on: date, actor: Actor) -> None:
    charge_end(charge_id=charge_id, on=on, actor=actor)


def forward(**known: Any) -> int:
    return file_forward(**known).held_by_id or 0


def hand_over(**known: Any) -> int:
    return desk_hand_over(why="Absent", **known)


def join(*, employee_id: int, post_id: int, kind: ChargeKind, actor: Actor, relieving_id: int | None = None) -> str:
    facts = JoiningFacts(kind=kind, from_on=clock.today(), order_number="2", order_on=clock.today())
    joining = joining_enter(
        employee_id=employee_id, post_id=post_id, facts=facts, relieving_id=relieving_id, actor=actor
    )
    return str(joining.state)


def actor_of(charge: Charge) -> Actor:
    return actor_for(charge.employee, charge)


def opened(charge: Charge, count: int, number: int) -> list[int]:
    """Files on the desk of the charge."""
    actor = actor_of(charge)
    return [
        file_open(subject=f"Race {number}", free_number=f"RACE/{number}/{one}", actor=actor).pk for one in range(count)
    ]
