"""Fills the demo's instance, once and again without harm: each step adds only what is not there yet.

Rooms append their own step to `STEPS`; the order is that of the list. A step is a function without arguments; it acts
through the services, as the people of the cast, with the clock held in the past (`clock.freeze`) where it makes
history. The people are there from `founded_at()` on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from employee_master.jobs_changes import write_missing_words
from employee_master.models import (
    Charge,
    ChargeKind,
    Designation,
    Employee,
    Office,
    Post,
    RoleGrant,
    Section,
)
from employee_master.queries import actor_for
from employee_master.services import account_open, charge_start, post_place, role_grant, super_admin_found
from eoffice.core import clock
from eoffice.core.actor import Actor, Role
from eoffice.core.models import Holiday
from eoffice.demo import histories, holidays, keys, people, places
from eoffice.demo.cast import actor, employee, employee_code

log = logging.getLogger(__name__)

Step = Callable[[], None]
FOUNDED_DAYS_AGO = 200
# One EMD manager an office (R2); the super admin's own charge is entered by the one of that office.
_SUPER_ADMIN = "super_admin"
# The demo's link officers stand in for half a year from the day of seeding.
LINK_DAYS = timedelta(days=180)
_MANAGER_OF_SUPER_ADMIN = "under_secretary_ite"


def seed_all() -> None:
    """Run every step, each in its own transaction."""
    for name, step in STEPS:
        with transaction.atomic():
            step()
        log.info("demo.seeded", extra={"step": name})


def founded_at() -> datetime:
    """When the demo's instance was set up: 10 in the morning, some months before today."""
    return datetime.combine(clock.today() - timedelta(days=FOUNDED_DAYS_AGO), time(10), clock.office_zone())


def seed_organisation() -> None:
    """Offices, sections, designations and posts: data of the instance, entered when it is set up."""
    offices = {}
    for row in people.OFFICES:
        code = row.code.lower()
        facts = {
            "name_en": row.name_en,
            "name_hi": row.name_hi,
            "short_hi": row.short_hi,
            "address_en": row.room_en,
            "address_hi": row.room_hi,
            "email": f"{code}@{code}.{people.MAIL_DOMAIN}",
            "phone": row.phone,
        }
        offices[row.code], _new = Office.objects.get_or_create(code=row.code, defaults=facts)
    ranks = {}
    for code, name_en, name_hi, rank in people.DESIGNATIONS:
        names = {"name_en": name_en, "name_hi": name_hi, "rank": rank}
        ranks[code], _new = Designation.objects.get_or_create(code=code, defaults=names)
    sections = {}
    for section in people.SECTIONS:
        sections[section.code], _new = Section.objects.get_or_create(
            code=section.code,
            defaults={
                "office": offices[section.office],
                "name_en": section.name_en,
                "name_hi": section.name_hi,
                "is_registry": section.is_registry,
            },
        )
    for post in people.POSTS:
        _post(post, offices[post.office], sections.get(post.section or ""), ranks[post.designation])
    for code, (head, ddo) in people.HEADS.items():
        Office.objects.filter(code=code, head_post=None).update(
            head_post=Post.objects.get(marking=head), ddo_post=Post.objects.get(marking=ddo) if ddo else None
        )
    for section in people.SECTIONS:
        receiving = Post.objects.get(marking=section.receiving)
        Section.objects.filter(code=section.code, receiving_post=None).update(receiving_post=receiving)


def _post(row: people.PostRow, office: Office, section: Section | None, rank: Designation) -> None:
    number = f" {row.number}" if row.number else ""
    place = section or office
    Post.objects.get_or_create(
        marking=row.marking,
        defaults={
            "office": office,
            "section": section,
            "designation": rank,
            "name_en": f"{rank.name_en}{number}, {place.name_en}",
            "name_hi": f"{rank.name_hi}{number.replace(' ', '-')}, {place.name_hi}",
        },
    )


def seed_people() -> None:
    """Employees, their accounts, charges and roles, entered by the masters as in a real instance."""
    links_end = clock.today() + LINK_DAYS
    with clock.freeze(founded_at()):
        for person in people.PEOPLE:
            Employee.objects.get_or_create(
                code=employee_code(person.key), defaults={"name_en": person.name_en, "name_hi": person.name_hi}
            )
        first = employee(_SUPER_ADMIN)
        if not RoleGrant.objects.filter(role=Role.SUPER_ADMIN).exists():
            super_admin_found(employee_id=first.pk)
        master = actor_for(first)
        _place_posts(master)
        # One hash for all: it is slow on purpose.
        password = make_password(people.PASSWORD)
        others = [person for person in people.PEOPLE if person.key != _SUPER_ADMIN]
        for person in others:
            _enter(person, master, password)
        _enter(people.by_key(_SUPER_ADMIN), actor(_MANAGER_OF_SUPER_ADMIN), password)
        for key, marking, since, order in people.ADDITIONAL:
            _charge(key, marking, since, master, kind=ChargeKind.ADDITIONAL, order=order)
        for key, marking, since, order in people.LINKS:
            _charge(key, marking, since, master, kind=ChargeKind.LINK, order=order, until=links_end)


def _place_posts(master: Actor) -> None:
    ids = dict(Post.objects.values_list("marking", "pk"))
    placed = set(Post.objects.filter(seniors__isnull=False).values_list("marking", flat=True))
    for row in people.POSTS:
        if row.marking not in placed:
            superior_id = ids[row.superior] if row.superior else None
            post_place(post_id=ids[row.marking], superior_id=superior_id, actor=master)


def _enter(person: people.Person, master: Actor, password: str) -> None:
    row = employee(person.key)
    _charge(person.key, person.marking, person.since, master, kind=ChargeKind.SUBSTANTIVE)
    if row.account_id is None:
        account = account_open(employee_id=row.pk, email=person.email, password=None, actor=master)
        account.password = password
        account.email_confirmed_at = None if person.key in people.UNCONFIRMED else clock.now()
        account.save(update_fields=["password", "email_confirmed_at"])
    for role in person.roles:
        if not RoleGrant.objects.filter(employee=row, role=role).exists():
            office_id = Office.objects.get(code=person.office).pk if role == Role.EMD_MANAGER else None
            role_grant(employee_id=row.pk, role=role, from_on=clock.today(), office_id=office_id, actor=master)


def _charge(
    key: str, marking: str, since: str, master: Actor, *, kind: ChargeKind, order: str = "", until: date | None = None
) -> None:
    row, post = employee(key), Post.objects.get(marking=marking)
    if not Charge.objects.filter(employee=row, post=post).exists():
        charge_start(
            employee_id=row.pk,
            post_id=post.pk,
            kind=kind,
            from_on=date.fromisoformat(since),
            to_on=until,
            order_number=order,
            actor=master,
        )


def seed_holidays() -> None:
    rows = [Holiday(on=date.fromisoformat(on), name_en=en, name_hi=hi) for on, en, hi in holidays.HOLIDAYS]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)


STEPS: list[tuple[str, Step]] = [
    ("organisation", seed_organisation),
    ("places", places.seed_places),
    ("people", seed_people),
    ("words", write_missing_words),
    ("holidays", seed_holidays),
    ("keys", keys.seed_keys),
    ("heads", histories.seed_heads),
    ("receipts", histories.seed_receipts),
    ("files", histories.seed_files),
]
