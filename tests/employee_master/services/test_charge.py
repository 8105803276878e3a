from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from employee_master import ports
from employee_master.models import Charge, ChargeKind
from employee_master.queries import actor_for, holder_of
from employee_master.services import charge_end, charge_start
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.ledger.queries import history
from tests.cast import SINCE, Cast


def start(cast: Cast, person: str, post: str, by: str = "emd_manager", **facts: object) -> Charge:
    given: dict[str, object] = {"kind": ChargeKind.ADDITIONAL, "from_on": clock.today()} | facts
    return charge_start(
        employee_id=cast.employee(person).pk,
        post_id=cast.post(post).pk,
        actor=cast.actor(by),
        **given,  # type: ignore[arg-type]
    )


class Desk:
    """A room above that says how much lies on a desk, and how many credentials it retired."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.retired: list[tuple[int, int]] = []

    def work_on(self, post_id: int) -> list[ports.Work]:
        return [ports.Work("files", self.count, "/files/")]

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        self.retired.append((employee_id, office_id))
        return 1


def test_an_additional_charge_of_a_vacant_post_is_entered_and_recorded(cast: Cast) -> None:
    charge = start(cast, "section_officer", "SO-CR")
    assert [event.action for event in history(charge)] == [Action.CHARGE_START]
    assert holder_of(cast.post("SO-CR")) == charge
    assert actor_for(cast.employee("section_officer"), charge).post_id == cast.post("SO-CR").pk


@pytest.mark.parametrize("by", ["diarist", "secretary", "auditor", "outsider", "link_officer"])
def test_others_than_the_masters_of_the_office_enter_no_charge(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        start(cast, "dealing_assistant", "SO-CR", by)
    assert refusal.value.code == "not_master_of_office"


def test_an_emd_manager_enters_nothing_in_another_office(cast: Cast) -> None:
    charge_end(charge_id=cast.charge("outsider").pk, on=clock.today(), actor=cast.actor("super_admin"))
    with pytest.raises(NotAllowed):
        start(cast, "dealing_assistant", "DA-FIN2")


@pytest.mark.parametrize("person", ["emd_manager", "super_admin"])
def test_nobody_gives_a_charge_to_themselves(cast: Cast, person: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        start(cast, person, "SO-CR", person)
    assert refusal.value.code == "own_case"
    assert not history(cast.charge(person)).exists()


def test_a_second_substantive_charge_is_refused_with_the_first_one_named(cast: Cast) -> None:
    with pytest.raises(WrongState) as refusal:
        start(cast, "section_officer", "SO-CR", kind=ChargeKind.SUBSTANTIVE)
    assert refusal.value.code == "has_substantive"
    assert "SO-GAD3" in str(refusal.value.message)


def test_a_second_full_holder_is_refused_and_a_link_officer_is_not(cast: Cast) -> None:
    with pytest.raises(WrongState) as refusal:
        start(cast, "section_officer", "US-GAD")
    assert refusal.value.code == "post_taken"
    dated = {"kind": ChargeKind.LINK, "to_on": clock.today() + timedelta(days=30)}
    assert start(cast, "section_officer", "US-GAD", **dated).confidential is False


def test_a_link_arrangement_without_a_last_day_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput) as refusal:
        start(cast, "section_officer", "US-GAD", kind=ChargeKind.LINK)
    assert refusal.value.code == "link_not_dated"


def test_the_days_must_run_forwards(cast: Cast) -> None:
    with pytest.raises(BadInput):
        start(cast, "section_officer", "SO-CR", to_on=clock.today() - timedelta(days=1))


def test_relieving_ends_the_charge_at_once_and_a_successor_may_start_the_same_day(cast: Cast) -> None:
    ended = charge_end(charge_id=cast.charge("section_officer").pk, on=clock.today(), actor=cast.actor("emd_manager"))
    assert [event.action for event in history(ended)] == [Action.CHARGE_END]
    assert actor_for(cast.employee("section_officer")).post_id is None
    successor = start(cast, "dealing_assistant", "SO-GAD3")
    assert holder_of(cast.post("SO-GAD3")) == successor


def test_a_desk_that_is_not_empty_blocks_relieving(cast: Cast) -> None:
    with ports.holds_work.replaced(Desk(4)), pytest.raises(WrongState) as refusal:
        charge_end(charge_id=cast.charge("section_officer").pk, on=clock.today(), actor=cast.actor("emd_manager"))
    assert refusal.value.code == "desk_not_empty"
    assert refusal.value.remedy_url == "/files/"
    assert "files 4" in str(refusal.value.message)


def test_a_link_arrangement_ends_whatever_lies_on_the_desk(cast: Cast) -> None:
    with ports.holds_work.replaced(Desk(4)):
        charge_end(charge_id=cast.link_charge.pk, on=clock.today(), actor=cast.actor("emd_manager"))


def test_credentials_retire_with_the_last_full_charge_in_the_office(cast: Cast) -> None:
    additional = start(cast, "section_officer", "SO-CR")
    desk, by = Desk(), cast.actor("emd_manager")
    with ports.retires_credentials.replaced(desk), ports.holds_work.replaced():
        charge_end(charge_id=additional.pk, on=clock.today(), actor=by)
        assert desk.retired == []
        charge_end(charge_id=cast.charge("section_officer").pk, on=clock.today(), actor=by)
    assert desk.retired == [(cast.employee("section_officer").pk, cast.offices["GAD"].pk)]


def test_a_charge_is_not_ended_twice(cast: Cast) -> None:
    by = cast.actor("emd_manager")
    charge_end(charge_id=cast.charge("section_officer").pk, on=clock.today(), actor=by)
    with pytest.raises(WrongState) as refusal:
        charge_end(charge_id=cast.charge("section_officer").pk, on=clock.today(), actor=by)
    assert refusal.value.code == "charge_ended"


@pytest.mark.parametrize("on", [SINCE - timedelta(days=1), date(2099, 1, 1)])
def test_the_last_day_lies_within_the_charge_and_not_ahead(cast: Cast, on: date) -> None:
    with pytest.raises(BadInput):
        charge_end(charge_id=cast.charge("section_officer").pk, on=on, actor=cast.actor("emd_manager"))


def test_the_database_itself_refuses_overlapping_days(cast: Cast) -> None:
    free, day = cast.post("SO-CR"), clock.today()
    Charge.objects.create(
        employee=cast.employee("outsider"), post=free, kind="additional", from_on=day, to_on=day + timedelta(days=9)
    )
    with pytest.raises(IntegrityError):
        Charge.objects.create(
            employee=cast.employee("diarist"), post=free, kind="additional", from_on=day + timedelta(days=9)
        )


def test_the_database_lets_the_next_holder_in_on_the_day_of_relieving(cast: Cast) -> None:
    free, day = cast.post("SO-CR"), clock.today()
    former = Charge.objects.create(
        employee=cast.employee("outsider"), post=free, kind="additional", from_on=day - timedelta(days=9), to_on=day
    )
    former.ended_at = clock.now()
    former.save()
    Charge.objects.create(employee=cast.employee("diarist"), post=free, kind="additional", from_on=day)
    former.ended_at = None
    with pytest.raises(IntegrityError):
        former.save()


@pytest.mark.parametrize(
    ("utc", "runs"),
    [
        # 18:29 UTC is 23:59 in the office.
        (datetime(2026, 3, 9, 18, 29, tzinfo=UTC), False),
        (datetime(2026, 3, 9, 18, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 9, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 18, 29, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 18, 30, tzinfo=UTC), False),
    ],
)
def test_a_charge_of_one_day_runs_from_midnight_to_midnight_of_the_office(
    cast: Cast, utc: datetime, *, runs: bool
) -> None:
    day = date(2026, 3, 10)
    Charge.objects.create(
        employee=cast.employee("outsider"), post=cast.post("SO-CR"), kind="additional", from_on=day, to_on=day
    )
    with clock.freeze(utc):
        assert (holder_of(cast.post("SO-CR")) is not None) is runs


def test_a_charge_of_another_person_is_not_acted_under(cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        actor_for(cast.employee("outsider"), cast.charge("secretary"))
    assert refusal.value.code == "charge_not_active"
