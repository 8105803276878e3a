import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pytest_django import Settings

from employee_master.models import Charge, Employee, Post, RoleGrant, Section
from employee_master.queries import active_charges, channel_of, holder_of, link_of
from eoffice.core import calendar
from eoffice.core.actor import Role
from eoffice.core.models import Holiday
from eoffice.demo import cast, holidays, people, seed
from eoffice.ledger.models import Event
from eoffice.ledger.queries import broken_links

ORGANISATION = ("organisation", "people", "holidays")


def run_steps() -> None:
    for name, step in seed.STEPS:
        if name in ORGANISATION:
            step()


# The product's hash is slow on purpose, and there are 25 people.
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def department(db: None, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = FAST
    run_steps()


def test_the_department_stands_with_its_records(department: None) -> None:
    assert Employee.objects.count() == len(people.PEOPLE)
    assert Section.objects.count() == len(people.SECTIONS)
    assert not Section.objects.filter(receiving_post=None).exists()
    assert Event.objects.filter(action="charge:start").count() == Charge.objects.count()
    assert list(broken_links()) == []


def test_filling_again_adds_nothing(department: None) -> None:
    counts = [kind.objects.count() for kind in (Employee, Post, Charge, RoleGrant, Holiday, Event)]
    run_steps()
    assert counts == [kind.objects.count() for kind in (Employee, Post, Charge, RoleGrant, Holiday, Event)]


def test_the_main_path_runs_up_to_the_secretary(department: None) -> None:
    post = cast.employee("dealing_assistant").charges.get().post
    assert [step.marking for step in channel_of(post)] == ["SO-GAD3", "US1-GAD", "SECY-GAD"]
    assert cast.actor("diarist").has_role(Role.REGISTRY_CLERK)
    assert cast.actor("auditor").has_role(Role.AUDITOR)
    assert cast.actor("emd_manager").has_role(Role.EMD_MANAGER)
    assert cast.actor("super_admin").has_role(Role.SUPER_ADMIN)


def test_a_vacant_post_has_a_link_officer_who_has_a_post_of_her_own(department: None) -> None:
    vacant = Post.objects.get(marking="US2-GAD")
    assert holder_of(vacant) is None
    link = link_of(vacant)
    assert link is not None
    assert active_charges(link.employee)[0].kind == "substantive"


def test_people_are_written_in_both_scripts_at_addresses_that_lead_nowhere() -> None:
    addresses = [person.email for person in people.PEOPLE]
    assert len(set(addresses)) == len(addresses)
    for person in people.PEOPLE:
        try:
            validate_email(person.email)
        except ValidationError:
            pytest.fail(person.email)
        assert person.email.endswith(".example")
        assert person.name_en.isascii()
        assert not person.name_hi.isascii()


def test_pins_belong_to_people_and_differ() -> None:
    assert set(people.PINS) <= {person.key for person in people.PEOPLE}
    assert len(set(people.PINS.values())) == len(people.PINS)


def test_no_day_is_a_holiday_twice(department: None) -> None:
    assert Holiday.objects.count() == len({day for day, _en, _hi in holidays.HOLIDAYS}) == len(holidays.HOLIDAYS)
    republic_day = Holiday.objects.get(on="2026-01-26").on
    assert not calendar.is_working_day(republic_day)
