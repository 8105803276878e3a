"""Accounts: whose they are, how they stand, where they are signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from employee_master.models import FULL_KINDS, Account, Charge, Employee, Factor, Office, RoleGrant, SignedIn
from employee_master.queries.acting import active_on
from employee_master.queries.people import office_of_person
from eoffice.core import clock
from eoffice.core.actor import Role
from eoffice.core.search import search_key

DORMANT_AFTER = timedelta(days=90)
LIST_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules on accounts are asked about: whom it is about, and the office that keeps the person's record."""

    employee_id: int
    office: Office | None = None


def case_of(employee: Employee) -> Case:
    return Case(employee.pk, office_of_person(employee))


def cases_of(employees: Iterable[Employee]) -> dict[int, Case]:
    """What `case_of` gives for each of them, in two queries however many they are."""
    people = {employee.pk: employee for employee in employees}
    charges = Charge.objects.filter(employee__in=people, kind__in=FULL_KINDS).select_related("post__office")
    nearest: dict[int, Charge] = {}
    for charge in sorted(charges, key=_nearness):
        nearest[charge.employee_id] = charge
    entered = Office.objects.in_bulk([one.entered_in_id for one in people.values() if one.entered_in_id is not None])
    return {
        pk: Case(pk, nearest[pk].post.office if pk in nearest else entered.get(employee.entered_in_id or 0))
        for pk, employee in people.items()
    }


def _nearness(charge: Charge) -> tuple[bool, bool, str, int]:
    """As in `office_of_person`: what runs before what ran, substantive before other kinds, the newest first."""
    running = charge.runs_on(clock.today())
    return running, running and charge.kind == FULL_KINDS[0], charge.from_on.isoformat(), charge.pk


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of an office with the account, as the EMD manager's list shows it."""

    employee: Employee
    account: Account | None
    case: Case
    has_factor: bool
    dormant: bool


@dataclass(frozen=True, slots=True)
class Standings:
    """At most 200 of them; `cut_off` says that there were more. The figures are of the whole office."""

    rows: list[Standing]
    cut_off: bool
    people: int
    unconfirmed: int
    without_factor: int


def dormant_q(*, prefix: str = "") -> Q:
    """Accounts that nobody has signed in to for ninety days; one never used counts from its opening.

    `prefix` is the path to them, as "account__".
    """
    since = clock.now() - DORMANT_AFTER
    never = Q(**{f"{prefix}last_login__isnull": True, f"{prefix}opened_at__lt": since})
    return never | Q(**{f"{prefix}last_login__lt": since})


def is_dormant(account: Account) -> bool:
    return (account.last_login or account.opened_at) < clock.now() - DORMANT_AFTER


def enrolled(account_id: int) -> Factor | None:
    """The account's second factor, where it is set up and the instance asks for one."""
    if settings.SECOND_FACTOR == "off":
        return None
    return Factor.objects.filter(account_id=account_id, enrolled_at__isnull=False).first()


def enrolled_among(account_ids: Iterable[int]) -> set[int]:
    """Which of these accounts have a second factor set up (R8, readiness)."""
    rows = Factor.objects.filter(account_id__in=list(account_ids), enrolled_at__isnull=False)
    return set(rows.values_list("account_id", flat=True))


def people_of(office: Office) -> QuerySet[Employee]:
    """Who fills a post of the office today."""
    charges = Charge.objects.filter(
        active_on(clock.today()), employee=OuterRef("pk"), post__office=office, kind__in=FULL_KINDS
    )
    return Employee.objects.filter(Exists(charges))


def standings(office: Office, *, q: str = "", only: str = "") -> Standings:
    """The people of the office and their accounts; `only` is "unconfirmed", "no_factor" or nothing. Seven queries."""
    everybody = people_of(office)
    unconfirmed = Q(account__isnull=False, account__is_active=True, account__email_confirmed_at__isnull=True)
    no_factor = Q(account__isnull=False) & ~Q(account__factor__enrolled_at__isnull=False)
    people = everybody.filter({"unconfirmed": unconfirmed, "no_factor": no_factor}.get(only, Q()))
    for word in search_key(q).split():
        people = people.filter(Q(search_text__contains=word) | Q(account__email__contains=word))
    found = list(people.select_related("account").order_by("name_en", "pk")[: LIST_LIMIT + 1])
    cases = cases_of(found)
    with_factor = enrolled_among(row.account_id for row in found if row.account_id is not None)
    return Standings(
        rows=[_standing(row, cases[row.pk], with_factor) for row in found[:LIST_LIMIT]],
        cut_off=len(found) > LIST_LIMIT,
        people=everybody.count(),
        unconfirmed=everybody.filter(unconfirmed).count(),
        without_factor=everybody.filter(no_factor).count(),
    )


def _standing(employee: Employee, case: Case, with_factor: set[int]) -> Standing:
    account = employee.account
    return Standing(
        employee=employee,
        account=account,
        case=case,
        has_factor=employee.account_id in with_factor,
        dormant=account is not None and is_dormant(account),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """One of a person's sessions: the browser and system in words, where from, since when, last used."""

    session: SignedIn
    browser: str
    current: bool


def places_of(account_id: int, session_key: str | None) -> list[Place]:
    """Where the person is signed in: this session first, then the one used last."""
    since = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = SignedIn.objects.filter(account_id=account_id, at__gte=since).order_by("-seen_at", "-pk")
    found = [Place(row, browser_name(row.agent), row.session_key == session_key) for row in rows]
    return sorted(found, key=lambda place: not place.current)


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """As “Firefox · Windows”; as much of it as the browser tells."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def managers_of(office: Office) -> QuerySet[Account]:
    """The accounts of the office's EMD managers, for mail: those of the office, and general ones who sit in it."""
    return _holders(Role.EMD_MANAGER, office)


def super_admins() -> QuerySet[Account]:
    return _holders(Role.SUPER_ADMIN, None)


def head_of(office: Office) -> QuerySet[Account]:
    """The account of whoever sits on the head's post."""
    charges = Charge.objects.filter(
        active_on(clock.today()), employee__account=OuterRef("pk"), post__heads=office, kind__in=FULL_KINDS
    )
    return Account.objects.filter(Exists(charges), is_active=True)


def _holders(role: Role, office: Office | None) -> QuerySet[Account]:
    grants: QuerySet[Any] = RoleGrant.objects.filter(
        active_on(clock.today()), employee__account=OuterRef("pk"), role=role
    )
    if office is not None:
        sits = Charge.objects.filter(
            active_on(clock.today()), employee=OuterRef("employee"), post__office=office, kind__in=FULL_KINDS
        )
        grants = grants.filter(Q(office=office) | Q(office__isnull=True) & Exists(sits))
    return Account.objects.filter(Exists(grants), is_active=True)
