"""Entering, correcting and leaving: works, wrong state, wrong person, stranger, ledger rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from employee_master.models import Account, Charge, Employee, LeavingReason, NameWord, RoleGrant
from employee_master.queries.people import office_of_person
from employee_master.services import charge_end, employee_correct, employee_enter, employee_leave
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.queries import broken_links, history
from tests.cast import Cast

FACTS: dict[str, Any] = {
    "code": "E1000",
    "name_en": "Asha  Rawat",
    "name_hi": "आशा रावत",
    "mobile": "०९८७६५ ४३२१०",
    "gender": "female",
    "born_on": date(1985, 2, 1),
    "joined_on": date(2010, 7, 1),
    "superannuates_on": date(2045, 1, 31),
}


def enter(cast: Cast, by: str = "emd_manager", **facts: Any) -> Employee:
    return employee_enter(**(FACTS | facts), office_id=cast.offices["GAD"].pk, actor=cast.actor(by))


def test_a_person_is_entered_with_words_and_kept_by_the_office(cast: Cast) -> None:
    asha = enter(cast)
    assert (asha.name_en, asha.mobile) == ("Asha Rawat", "9876543210")
    assert office_of_person(asha) == cast.offices["GAD"]
    assert {"asha", "आशा", "e1000", "1000"} <= set(
        NameWord.objects.filter(employee=asha, is_sound=False).values_list("word", flat=True)
    )
    assert [event.action for event in history(asha)] == [Action.EMPLOYEE_ENTER]
    assert "Asha" not in str([event.data for event in history(asha)])


@pytest.mark.parametrize("by", ["dealing_assistant", "secretary", "auditor", "outsider"])
def test_nobody_else_enters(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        enter(cast, by)
    assert not Employee.objects.filter(code="E1000").exists()


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"code": ""}, "missing", "code"),
        ({"name_en": "", "name_hi": " "}, "missing", "name_en"),
        ({"mobile": "12345"}, "bad_mobile", "mobile"),
        ({"mobile": "1234567890"}, "bad_mobile", "mobile"),
        ({"gender": "x"}, "bad_gender", "gender"),
        ({"joined_on": date(1990, 1, 1)}, "dates_disagree", "joined_on"),
        ({"superannuates_on": date(2010, 7, 1)}, "dates_disagree", "superannuates_on"),
        ({"born_on": date(2030, 1, 1)}, "dates_disagree", "born_on"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(cast: Cast, facts: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        enter(cast, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_one_name_is_enough_and_a_code_is_given_once(cast: Cast) -> None:
    enter(cast, name_hi="")
    with pytest.raises(WrongState) as refusal:
        enter(cast)
    assert refusal.value.code == "code_taken"


def test_mobile_gender_and_dates_are_corrected_directly(cast: Cast) -> None:
    person = cast.employee("dealing_assistant")
    employee_correct(
        employee_id=person.pk,
        changes={"mobile": "9876543210", "born_on": date(1990, 1, 1)},
        actor=cast.actor("emd_manager"),
    )
    person = Employee.objects.get(pk=person.pk)
    assert (person.mobile, person.born_on) == ("9876543210", date(1990, 1, 1))
    event = history(person).last()
    assert event is not None
    assert (event.action, event.data["fields"]) == (Action.EMPLOYEE_CORRECT, ["born_on", "mobile"])
    before = history(person).count()
    employee_correct(employee_id=person.pk, changes={"mobile": "9876543210"}, actor=cast.actor("emd_manager"))
    assert history(person).count() == before


def test_a_certified_name_needs_a_request_and_an_uncertified_one_does_not(cast: Cast) -> None:
    person = cast.employee("dealing_assistant")
    by = cast.actor("emd_manager")
    employee_correct(employee_id=person.pk, changes={"name_en": "Anita Sharma"}, actor=by)
    assert NameWord.objects.filter(employee=person, word="sharma").exists()
    Employee.objects.filter(pk=person.pk).update(certified_at=clock.now())
    with pytest.raises(WrongState) as refusal:
        employee_correct(employee_id=person.pk, changes={"name_en": "Anita Varma"}, actor=by)
    assert refusal.value.code == "needs_request"


def test_a_number_from_before_our_rule_stands_in_nobodys_way(cast: Cast) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(mobile="0500-12")
    employee_correct(employee_id=person.pk, changes={"gender": "female"}, actor=cast.actor("emd_manager"))
    assert Employee.objects.get(pk=person.pk).mobile == "0500-12"


def test_nobody_corrects_their_own_record_or_another_offices(cast: Cast) -> None:
    for by, about in {"emd_manager": "emd_manager", "secretary": "diarist"}.items():
        with pytest.raises(NotAllowed):
            employee_correct(employee_id=cast.employee(about).pk, changes={"gender": "male"}, actor=cast.actor(by))
    with pytest.raises(NotAllowed):
        employee_correct(
            employee_id=cast.employee("outsider").pk, changes={"gender": "male"}, actor=cast.actor("emd_manager")
        )


def leave(cast: Cast, by: str = "emd_manager", on: date | None = None) -> Employee:
    return employee_leave(
        employee_id=cast.employee("diarist").pk,
        on=on or clock.today(),
        reason=LeavingReason.RETIREMENT,
        actor=cast.actor(by),
    )


def test_who_leaves_loses_account_and_roles(cast: Cast) -> None:
    charge = cast.charge("diarist")
    charge_end(charge_id=charge.pk, on=clock.today(), actor=cast.actor("emd_manager"))
    gone = leave(cast)
    assert (gone.left_on, gone.left_reason) == (clock.today(), LeavingReason.RETIREMENT)
    assert not Account.objects.get(pk=cast.account("diarist").pk).is_active
    grant = RoleGrant.objects.get(employee=gone)
    assert grant.ended_at is not None
    assert [event.action for event in history(grant)] == [Action.ROLE_REVOKE]
    with pytest.raises(WrongState) as refusal:
        leave(cast)
    assert refusal.value.code == "has_left"
    with pytest.raises(WrongState):
        employee_correct(employee_id=gone.pk, changes={"gender": "male"}, actor=cast.actor("emd_manager"))
    assert list(broken_links()) == []


def test_nobody_leaves_with_a_charge_or_in_the_future(cast: Cast) -> None:
    with pytest.raises(WrongState) as refusal:
        leave(cast)
    assert refusal.value.code == "has_charges"
    with pytest.raises(BadInput):
        leave(cast, on=clock.today() + timedelta(days=1))
    with pytest.raises(NotAllowed):
        leave(cast, by="section_officer")


def test_the_office_that_keeps_a_record(cast: Cast) -> None:
    person = cast.employee("outsider")
    assert office_of_person(person) == cast.offices["FIN"]
    Charge.objects.create(
        employee=person, post=cast.post("SO-CR"), kind="additional", from_on=clock.today() - timedelta(days=1)
    )
    # The substantive charge decides while it runs; afterwards the other one.
    assert office_of_person(person) == cast.offices["FIN"]
    charge_end(charge_id=cast.charge("outsider").pk, on=clock.today(), actor=cast.actor("super_admin"))
    assert office_of_person(person) == cast.offices["GAD"]
