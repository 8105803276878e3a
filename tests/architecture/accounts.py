"""Accounts, roles and reviews in the states that the access matrix asks about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from employee_master.models import Account, Employee, Factor, Office, RoleGrant, SignedIn
from employee_master.queries import actor_for
from employee_master.queries.reviews import review_list, shown_hash
from employee_master.services import role_grant
from employee_master.services.account import account_close
from employee_master.services.role import role_propose, super_admin_found
from eoffice.core import clock, sealed
from eoffice.core.actor import Actor, Role
from tests.cast import Cast


def account_things(people: Cast) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The arguments of the addresses and the values of forms, by the names that the matrix gives them.

    They are about people outside the cast, so that nobody of the cast gains or loses anything.
    """
    manager, office = people.actor("emd_manager"), people.offices["GAD"]
    new, closed, second = (_newcomer(people, number) for number in range(3))
    sealed.key_of(Path(settings.FACTOR_KEY_FILE), purpose="tests", may_make=True)
    Factor.objects.create(account=new.account, sealed=b"sealed", enrolled_at=clock.now())
    account_close(employee_id=closed.pk, actor=manager)
    clerk = role_grant(
        employee_id=new.pk, role=Role.REGISTRY_CLERK, from_on=clock.today(), office_id=office.pk, actor=manager
    )
    grant = super_admin_found(employee_id=second.pk)
    proposal = role_propose(employee_id=new.pk, replaces_id=grant.pk, actor=actor_for(second))
    session = SignedIn.objects.create(account=people.account("dealing_assistant"), session_key="elsewhere")
    args = {
        "person open": {"pk": new.pk},
        "person closed": {"pk": closed.pk},
        "grant clerk": {"pk": clerk.pk},
        "grant auditor": {"pk": RoleGrant.objects.get(role=Role.AUDITOR).pk},
        "proposal": {"pk": proposal.pk},
        "session": {"pk": session.pk},
        "office": {"office_id": office.pk},
        "instance": {"office_id": 0},
        "office sheet": {"office_id": office.pk, "kind": "xlsx"},
        "sheet": {"kind": "csv"},
    }
    values = {
        "assistant": people.employee("dealing_assistant").pk,
        "today": clock.today().isoformat(),
        "review_shown": _Shown(office, manager),
    }
    return args, values


@dataclass(frozen=True)
class _Shown:
    """The list as it stands when the form is sent, whatever other things of the world came after."""

    office: Office
    actor: Actor

    def __format__(self, _how: str) -> str:
        return shown_hash(review_list(self.office, actor=self.actor))


def _newcomer(people: Cast, number: int) -> Employee:
    account = Account.objects.create(email=f"newcomer{number}@gad.state.example")
    return Employee.objects.create(
        account=account,
        code=f"N{number:04d}",
        name_en=f"Newcomer {number}",
        name_hi="नवागन्तुक",
        entered_in=people.offices["GAD"],
    )
