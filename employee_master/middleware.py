"""Puts the acting person on every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from employee_master.models import Charge, Employee
from employee_master.queries.acting import active_charges, chosen_actor, pick_charge
from eoffice.core.actor import Actor

CHARGE_KEY = "charge"


class ActingRequest(HttpRequest):
    """A request behind `ActingMiddleware`; all three are empty for somebody signed out.

    `charges` are today's, the first being the one without a choice; `actor.charge_id` tells which is used.
    """

    employee: Employee | None
    actor: Actor | None
    charges: list[Charge]


class ActingMiddleware:
    """Sets `employee`, `actor` and `charges` in four queries; the chosen charge is checked anew on each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        act_as(request)
        return self.get_response(request)


def act_as(request: HttpRequest) -> None:
    """Set the three attributes from the session, anew after signing in or out."""
    employee, actor, charges = None, None, []
    if request.user.is_authenticated:
        employee = Employee.objects.filter(account_id=request.user.pk).first()
    if employee is not None:
        charges = active_charges(employee)
        charge = pick_charge(charges, request.session.get(CHARGE_KEY))
        actor = chosen_actor(employee, charge)
    request.employee, request.actor, request.charges = employee, actor, charges  # type: ignore[attr-defined]
