"""What is counted from facts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employee_master import ports
from employee_master.checklist import ITEMS
from employee_master.models import (
    AccessReview,
    Charge,
    ChargeKind,
    Factor,
    Office,
    ReadinessItem,
    ReadinessTick,
    RoleGrant,
)
from employee_master.queries.readiness import Figure, facts_of, items, marks_of, rollout_of, vacant_posts
from employee_master.queries.reviews import this_quarter
from eoffice.core import clock
from eoffice.core.actor import Role
from eoffice.core.errors import NotVisible
from tests.cast import SINCE, Cast
from tests.conftest import Clock


def figures(office: Office) -> dict[str, tuple[int, int]]:
    office = Office.objects.get(pk=office.pk)
    found = facts_of([office])[office.pk].figures(items())
    return {code: (figure.have, figure.need) for code, figure in found.items()}


class Credentials:
    """Stands for the room above, which the master does not know."""

    def __init__(self, *active: int) -> None:
        self.active = set(active)

    def retire_for(self, **_facts: object) -> int:
        return 0

    def items_of(self, **_facts: object) -> list[ports.Item]:
        return []

    def active_among(self, *, employee_ids: object, office_id: int) -> set[int]:
        return self.active


def test_an_office_is_counted_from_its_posts_people_and_roles(cast: Cast, office: Office) -> None:
    people = 8  # all of the department's posts are filled, the link officer by a post of their own
    assert figures(office) == {
        "head_post": (1, 1),
        "ddo_post": (0, 1),
        "emd_manager": (1, 1),
        "nodal_officer": (0, 1),
        "posts_filled": (people - 1, people),
        "email_confirmed": (0, people - 1),
        "second_factor": (0, people - 1),
        "credential_active": (0, people - 1),
        "practice_moved": (0, people - 1),
        "access_review": (0, 1),
        "hardware": (0, 1),
        "network": (0, 1),
        "vertical_training": (0, 1),
        "user_guide": (0, 1),
    }


def test_each_mark_of_a_person_is_counted_by_itself(cast: Cast, office: Office) -> None:
    account = cast.account("section_officer")
    account.email_confirmed_at = clock.now()
    account.save()
    Factor.objects.create(account=cast.account("secretary"), sealed=b"x", enrolled_at=clock.now())
    Factor.objects.create(account=cast.account("diarist"))
    with ports.retires_credentials.replaced(Credentials(cast.employee("secretary").pk)):
        found = figures(office)
        marks = marks_of(employee_ids=[cast.employee("secretary").pk], office_id=office.pk)
    assert [found[code][0] for code in ("email_confirmed", "second_factor", "credential_active")] == [1, 1, 1]
    (secretary,) = marks.values()
    assert (secretary.email_confirmed, secretary.second_factor, secretary.credential_active) == (False, True, True)


def test_a_vacant_post_counts_as_missing_and_a_link_officer_does_not_fill_it(cast: Cast, office: Office) -> None:
    Charge.objects.filter(pk=cast.charge("under_secretary").pk).update(to_on=SINCE, ended_at=clock.now())
    assert Charge.objects.filter(post=cast.post("under_secretary"), kind=ChargeKind.LINK).exists()
    assert figures(office)["posts_filled"] == (6, 8)
    facts = facts_of([office])[office.pk]
    assert {post.marking for post in vacant_posts(facts, 10)} == {"US-GAD", "SO-CR"}
    assert len(vacant_posts(facts, 1)) == 1


def test_an_additional_charge_makes_one_person_and_two_filled_posts(cast: Cast, office: Office) -> None:
    Charge.objects.create(
        employee=cast.employee("section_officer"), post=cast.post("SO-CR"), kind=ChargeKind.ADDITIONAL, from_on=SINCE
    )
    found = figures(office)
    assert found["posts_filled"] == (8, 8)
    assert found["email_confirmed"] == (0, 7)


def test_an_emd_manager_of_one_office_counts_there_alone(cast: Cast, office: Office) -> None:
    assert figures(cast.offices["FIN"])["emd_manager"] == (0, 1)
    RoleGrant.objects.create(employee=cast.employee("outsider"), role=Role.EMD_MANAGER, office=office, from_on=SINCE)
    assert figures(cast.offices["FIN"])["emd_manager"] == (0, 1)
    RoleGrant.objects.create(
        employee=cast.employee("outsider"), role=Role.EMD_MANAGER, office=cast.offices["FIN"], from_on=SINCE
    )
    assert figures(cast.offices["FIN"])["emd_manager"] == (1, 1)


def test_the_access_review_counts_for_its_quarter(cast: Cast, office: Office, still_clock: Clock) -> None:
    AccessReview.objects.create(
        office=office, quarter_on=this_quarter(), done_at=clock.now(), done_by=cast.employee("secretary"),
        listed=[], sha256="0" * 64,
    )  # fmt: skip
    assert figures(office)["access_review"] == (1, 1)
    still_clock.advance(timedelta(days=92))
    assert figures(office)["access_review"] == (0, 1)


def test_what_is_not_needed_at_all_is_not_full() -> None:
    assert not Figure(0, 0).is_full
    assert Figure(0, 0).permille == 0
    assert Figure(2, 3).permille == 666
    assert Figure(3, 3).is_full


def test_an_instance_changes_switches_off_and_adds_items(cast: Cast, office: Office) -> None:
    words = {"name_en": "Scanner room", "name_hi": "स्कैनर कक्ष"}
    ReadinessItem.objects.create(code="scanner_room", position=5, **words)
    ReadinessItem.objects.create(code="hardware", position=1, **words)
    ReadinessItem.objects.create(code="network", is_active=False, **words)
    listed = items()
    assert [item.code for item in listed][:2] == ["hardware", "scanner_room"]
    assert "network" not in {item.code for item in listed}
    assert {item.code for item in items(every=True)} == {item.code for item in ITEMS} | {"scanner_room"}
    ReadinessTick.objects.create(
        office=office, code="scanner_room", note="Seen", made_by=cast.employee("secretary"), made_at=clock.now()
    )
    assert figures(office)["scanner_room"] == (1, 1)


def test_without_second_factor_nobody_is_asked_for_it(cast: Cast, office: Office, settings) -> None:
    settings.SECOND_FACTOR = "off"
    assert "second_factor" not in figures(office)


def test_the_facts_of_many_offices_cost_the_same_queries(cast: Cast, office: Office) -> None:
    one = [office]
    many = list(Office.objects.all())
    costs = []
    with ports.retires_credentials.replaced(), ports.practises.replaced():
        for offices in (one, many):
            with CaptureQueriesContext(connection) as queries:
                facts_of(offices)
            costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_an_office_that_is_not_there_is_not_visible(db: None) -> None:
    with pytest.raises(NotVisible):
        rollout_of(987654)
