"""Puts the acting person on every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from employee_master.models import Charge, Employee, SignedIn
from employee_master.queries.acting import active_charges, chosen_actor, pick_charge
from eoffice.core import clock
from eoffice.core.actor import Actor

# What a session holds: the chosen charge; when its use was last written down; when the password was last given;
# until when a second factor must be set up.
CHARGE_KEY = "charge"
SEEN_KEY = "seen_at"
FRESH_KEY = "fresh_at"
ENROL_KEY = "enrol_until"
SEEN_EVERY = 5 * 60
# What somebody without the second factor that is required may still open.
WHILE_ENROLLING = frozenset(
    {"factor", "factor_begin", "factor_set_up", "account_again", "sign_out", "sign_in", "set_language", "healthz"}
)


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
        _seen(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """After the days of grace, nothing but the way to the second factor."""
        until = request.session.get(ENROL_KEY)
        if until is None or not request.user.is_authenticated or clock.now().timestamp() < until:
            return None
        match = request.resolver_match
        if match is not None and match.url_name in WHILE_ENROLLING:
            return None
        return redirect("employee_master:factor")


def _seen(request: HttpRequest) -> None:
    """Write down every few minutes that a session is used, for the person's own list."""
    now = int(clock.now().timestamp())
    seen = request.session.get(SEEN_KEY)
    if seen is None or now - seen < SEEN_EVERY or not request.user.is_authenticated:
        return
    request.session[SEEN_KEY] = now
    SignedIn.objects.filter(session_key=request.session.session_key).update(seen_at=clock.now())


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
