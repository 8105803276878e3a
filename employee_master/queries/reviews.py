"""The access review of a quarter: what is looked at, where it stands, what is overdue.

The list of an office: its roles, its link officers, accounts that nobody uses, accounts of people who left, and, for
information, people without a second factor. What can be ended from the list has a verdict; the rest says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    FULL_KINDS,
    AccessReview,
    Charge,
    ChargeKind,
    Employee,
    Office,
    RoleGrant,
)
from employee_master.queries.accounts import cases_of, dormant_q, people_of
from employee_master.queries.acting import active_on
from employee_master.queries.roles import role_name
from eoffice import access
from eoffice.access import Verdict
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.templatetags.eoffice_ui import MONTHS_LONG
from eoffice.ledger.chain import digest

# A review that is not recorded so many days into its quarter is overdue.
OVERDUE_AFTER = timedelta(days=30)
# An older review counts as none on the board.
SHOWN_BACK = timedelta(days=730)
_MONTHS_OF_QUARTER = 3


class Kind(StrEnum):
    """What a row of the list is about."""

    ROLE = "role"
    LINK = "link"
    DORMANT = "dormant"
    LEFT = "left"
    NO_FACTOR = "no_factor"


KIND_NAMES: dict[Kind, str | Promise] = {
    Kind.ROLE: _("Roles"),
    Kind.LINK: _("Link officers"),
    Kind.LEFT: _("Accounts of people who have left"),
    Kind.DORMANT: _("Accounts that nobody has signed in to for 90 days"),
    Kind.NO_FACTOR: _("People without a second factor"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `thing` is a grant, a charge or an account; `key` ("role:7") is what the form sends.

    `verdict` says whether the reviewer may end it; None for what is shown for information only.
    """

    kind: Kind
    employee: Employee
    thing: Any
    verdict: Verdict | None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.thing.pk}"

    @property
    def role_name(self) -> str | Promise:
        return role_name(self.thing.role)

    @property
    def may_end(self) -> bool:
        return self.verdict is not None and self.verdict.allowed


@dataclass(frozen=True, slots=True)
class Group:
    kind: Kind
    name: str | Promise
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Standing:
    """An office on the super admin's board; `office` is None for the instance's own review."""

    office: Office | None
    review: AccessReview | None
    last: AccessReview | None
    overdue: bool


def quarter_of(day: date) -> date:
    """The first day of the quarter of the day: January, April, July, October."""
    return date(day.year, (day.month - 1) // _MONTHS_OF_QUARTER * _MONTHS_OF_QUARTER + 1, 1)


def quarter_names(quarter_on: date) -> tuple[str, str]:
    """In Hindi and in English: “अक्टूबर–दिसम्बर 2026”, “October–December 2026”."""
    first, last = quarter_on.month - 1, quarter_on.month - 2 + _MONTHS_OF_QUARTER
    year = quarter_on.year
    return (
        f"{MONTHS_LONG['hi'][first]}–{MONTHS_LONG['hi'][last]} {year}",
        f"{MONTHS_LONG['en'][first]}–{MONTHS_LONG['en'][last]} {year}",
    )


def quarter_name(quarter_on: date) -> str:
    """In the reader's language."""
    hindi, english = quarter_names(quarter_on)
    return hindi if get_language() == "hi" else english


def this_quarter() -> date:
    return quarter_of(clock.today())


def is_overdue(quarter_on: date) -> bool:
    return clock.today() >= quarter_on + OVERDUE_AFTER


def review_of(office: Office | None, quarter_on: date) -> AccessReview | None:
    return AccessReview.objects.filter(office=office, quarter_on=quarter_on).select_related("done_by").first()


def review_list(office: Office | None, *, actor: Actor) -> list[Group]:
    """What is looked at, in groups; seven queries, however many rows."""
    lines = [*_roles(office, actor), *_links(office, actor), *_accounts(office, actor)]
    return [
        Group(kind, name, [line for line in lines if line.kind == kind])
        for kind, name in KIND_NAMES.items()
        if any(line.kind == kind for line in lines)
    ]


def lines_of(groups: Iterable[Group]) -> list[Line]:
    return [line for group in groups for line in group.lines]


def facts_of(line: Line) -> dict[str, Any]:
    """The row as the record keeps it: ids, codes and days."""
    facts: dict[str, Any] = {"key": line.key, "employee": line.employee.pk}
    if line.kind == Kind.ROLE:
        facts |= {"role": str(line.thing.role), "office": line.thing.office_id}
    if line.kind == Kind.LINK:
        facts |= {"post": line.thing.post_id}
    if line.kind in {Kind.ROLE, Kind.LINK}:
        facts |= {"from": _iso(line.thing.from_on), "to": _iso(line.thing.to_on)}
    return facts


def shown_hash(groups: Iterable[Group]) -> str:
    """Of everything that can be decided on: if it differs when the review is recorded, the list has changed."""
    lines = [facts_of(line) for line in lines_of(groups) if line.kind != Kind.NO_FACTOR]
    return digest({"rows": sorted(lines, key=lambda row: str(row["key"]))})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _roles(office: Office | None, actor: Actor) -> Iterator[Line]:
    grants = RoleGrant.objects.filter(active_on(clock.today()), office=office).select_related("employee", "office")
    for grant in grants.order_by("role", "employee__name_en", "pk"):
        yield Line(Kind.ROLE, grant.employee, grant, access.check(actor, Action.ROLE_REVOKE, grant))


def _links(office: Office | None, actor: Actor) -> Iterator[Line]:
    if office is None:
        return
    links = Charge.objects.filter(active_on(clock.today()), kind=ChargeKind.LINK, post__office=office)
    for link in links.select_related("employee", "post__office").order_by("post__marking", "pk"):
        yield Line(Kind.LINK, link.employee, link, access.check(actor, Action.CHARGE_END, link))


def _accounts(office: Office | None, actor: Actor) -> Iterator[Line]:
    """Accounts of the office's people; without an office, of those who fill no post anywhere."""
    every = Employee.objects.filter(account__is_active=True).select_related("account")
    inside = people_of(office) if office else _without_post()
    here = every.filter(pk__in=inside.values("pk"))
    past = Charge.objects.filter(employee=OuterRef("pk"), kind__in=FULL_KINDS)
    left = every.filter(left_on__isnull=False, left_on__lt=clock.today())
    left = left.filter(Exists(past.filter(post__office=office)) if office else ~Exists(past))
    groups: list[tuple[Kind, Any]] = [
        (Kind.LEFT, left),
        (Kind.DORMANT, here.filter(dormant_q(prefix="account__"), left_on__isnull=True)),
    ]
    if settings.SECOND_FACTOR != "off":
        groups.append((Kind.NO_FACTOR, here.filter(~Q(account__factor__enrolled_at__isnull=False))))
    for kind, people in groups:
        rows = list(people.order_by("name_en", "pk"))
        cases = cases_of(rows) if kind != Kind.NO_FACTOR else {}
        for employee in rows:
            case = cases.get(employee.pk)
            verdict = access.check(actor, Action.ACCOUNT_CLOSE, case) if case else None
            yield Line(kind, employee, employee.account, verdict)


def _without_post() -> QuerySet[Employee]:
    running = Charge.objects.filter(active_on(clock.today()), employee=OuterRef("pk"), kind__in=FULL_KINDS)
    return Employee.objects.filter(~Exists(running))


def offices_to_review() -> list[Office]:
    """Offices that somebody sits in today."""
    sits = Charge.objects.filter(active_on(clock.today()), post__office=OuterRef("pk"), kind__in=FULL_KINDS)
    return list(Office.objects.filter(Exists(sits)).order_by("code"))


def board(offices: Iterable[Office], *, with_instance: bool) -> list[Standing]:
    """How this quarter's review stands in each office; two queries."""
    quarter_on = this_quarter()
    newest: dict[int | None, AccessReview] = {}
    recent = AccessReview.objects.filter(quarter_on__gte=quarter_on - SHOWN_BACK).select_related("done_by")
    for one in recent.order_by("quarter_on", "pk"):
        newest[one.office_id] = one
    places: list[Office | None] = [None, *offices] if with_instance else list(offices)
    found = []
    for office in places:
        last = newest.get(office.pk if office else None)
        review = last if last is not None and last.quarter_on == quarter_on else None
        found.append(Standing(office, review, last, review is None and is_overdue(quarter_on)))
    return found
