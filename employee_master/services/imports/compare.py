"""Every row against the master: what will be created, changed, left, refused, and why. Plain values in and out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from employee_master.services.imports.known import Asked, Known
from employee_master.services.imports.lines import NEAR_DUPLICATE, SAME, Line
from employee_master.services.imports.people import People
from employee_master.services.imports.seats import Seats


def asked_of(lines: Collection[Line], today: date) -> Asked:
    """Of whom the rows speak, for `read_known`."""
    days = [day for line in lines if (day := line.day("charge_from")) is not None]
    return Asked(
        codes=frozenset(line.text("code") for line in lines) - {""},
        emails=frozenset(line.text("email") for line in lines) - {""},
        births=frozenset(day for line in lines if (day := line.day("born_on")) is not None),
        earliest=min([today, *days]),
        chosen=frozenset(
            int(answer.removeprefix(SAME))
            for line in lines
            if (answer := line.settled.get(NEAR_DUPLICATE, "")).startswith(SAME)
        ),
    )


def compare(lines: Sequence[Line], known: Known, *, today: date) -> None:
    """Put on every row what is wrong with it and what it will do. `today` is the first day of charges without one."""
    taking_part = [line for line in lines if not line.left_out]
    People(known, today).meet_all(taking_part)
    Seats(known, today).place_all(taking_part)
