"""What the worker does for the organisation every night: re-organisations whose day has come."""

from __future__ import annotations

from datetime import time, timedelta

from employee_master.services.reorganisation import reorganisations_carry_out_due
from eoffice.core import outbox
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic

REORGANISE = "employee_master.reorganise"


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    # Each is a transaction of its own, so that one that can't be carried out stops no other.
    outbox.handler(REORGANISE, mode="outside", attempts=3, lease=timedelta(hours=1))(reorganise)
    periodic(REORGANISE, at=time(0, 10))


def reorganise(_row: OutboxRow) -> None:
    """Also takes up days that passed while everything was switched off."""
    reorganisations_carry_out_due()
