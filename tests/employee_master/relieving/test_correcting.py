"""A wrong relieving is corrected until the joining is done, later only by the super admin (R19)."""

from __future__ import annotations

import pytest

from dak.models import ReceiptCopy
from employee_master.models import Charge, ChargeKind, Employee, RoleGrant
from employee_master.queries import holder_of
from employee_master.services.relieved import correction_ahead, relieving_complete, relieving_correct
from employee_master.services.relieving import relieving_list, relieving_successor
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.desk.ledger import differences
from eoffice.ledger.queries import history
from files.models import File
from files.services.file import file_forward, file_see
from tests.cast import SINCE, Cast
from tests.employee_master.relieving.conftest import Prepare, days, join

Things = tuple[File, File, ReceiptCopy]
ME = "section_officer"


@pytest.fixture
def relieved(cast: Cast, listed: Prepare) -> Prepare:
    def act(**other: object):  # type: ignore[no-untyped-def]
        return relieving_complete(relieving_id=listed(**other).pk, actor=cast.actor("emd_manager"))

    return act


def correct(cast: Cast, relieving, by: str = "emd_manager", why: str = "Wrong officer"):  # type: ignore[no-untyped-def]
    return relieving_correct(relieving_id=relieving.pk, why=why, actor=cast.actor(by))


def test_the_charge_runs_on_and_what_nobody_touched_comes_back(cast: Cast, relieved: Prepare, things: Things) -> None:
    me = cast.employee(ME)
    RoleGrant.objects.create(employee=me, role=Role.REGISTRY_CLERK, office=cast.offices["GAD"], from_on=SINCE)
    link = Charge.objects.create(
        employee=cast.employee("dealing_assistant"), post=cast.post(ME), kind=ChargeKind.LINK, from_on=SINCE,
        to_on=days(9),
    )  # fmt: skip
    relieving = relieved()
    taker = cast.actor("under_secretary")
    file_see(file_id=things[0].pk, actor=taker)
    file_forward(file_id=things[1].pk, to_post_id=cast.post("secretary").pk, actor=taker)
    assert correction_ahead(relieving) == (2, 1)
    done = correct(cast, relieving)
    assert (done.state, done.closed_why) == ("corrected", "Wrong officer")
    holder = holder_of(cast.post(ME))
    assert holder is not None
    assert holder.pk == cast.charge(ME).pk
    assert File.objects.get(pk=things[0].pk).held_by == cast.post(ME)
    assert File.objects.get(pk=things[1].pk).held_by == cast.post("secretary")
    assert ReceiptCopy.objects.get(pk=things[2].pk).held_by == cast.post(ME)
    assert RoleGrant.objects.get(employee=me).ended_at is None
    assert Charge.objects.get(pk=link.pk).to_on == days(9)
    assert [event.action for event in history(holder)][-1] == Action.CHARGE_RESTORE
    assert list(differences()) == []


def test_a_reason_is_wanted_and_others_correct_nothing(cast: Cast, relieved: Prepare) -> None:
    relieving = relieved()
    with pytest.raises(BadInput):
        correct(cast, relieving, why=" ")
    for by in ("diarist", "auditor", "outsider"):
        with pytest.raises(NotAllowed):
            correct(cast, relieving, by)
    correct(cast, relieving)
    with pytest.raises(WrongState):
        correct(cast, relieving)


def test_what_is_not_completed_is_withdrawn_and_not_corrected(cast: Cast, listed: Prepare) -> None:
    with pytest.raises(WrongState):
        correct(cast, listed())


def test_after_the_joining_only_the_super_admin_corrects_and_the_new_charge_ends(
    cast: Cast, relieved: Prepare, things: Things
) -> None:
    relieving = relieved()
    join(cast, ME, "SO-CR")
    with pytest.raises(NotAllowed) as refused:
        correct(cast, relieving)
    assert refused.value.code == "joined_already"
    done = correct(cast, relieving, "super_admin")
    assert done.state == "corrected"
    running = Charge.objects.filter(employee=cast.employee(ME), ended_at__isnull=True)
    assert [charge.post for charge in running] == [cast.post(ME)]
    assert holder_of(cast.post("SO-CR")) is None


def test_days_later_a_new_charge_takes_the_place_of_the_old(cast: Cast, relieved: Prepare) -> None:
    relieving = relieved()
    with clock.freeze(clock.now().replace(day=28)):
        join(cast, ME, "SO-CR")
    with clock.freeze(clock.now().replace(day=30)):
        correct(cast, relieving, "super_admin")
        charges = Charge.objects.filter(employee=cast.employee(ME), post=cast.post(ME)).order_by("pk")
        assert len(charges) == 2
        assert charges[1].from_on == clock.today()
        assert holder_of(cast.post(ME)) == charges[1]


def test_a_post_that_somebody_took_meanwhile_is_not_taken_back(cast: Cast, relieved: Prepare) -> None:
    relieving = relieved()
    join(cast, "dealing_assistant", ME, kind=ChargeKind.ADDITIONAL)
    with pytest.raises(WrongState) as refused:
        correct(cast, relieving)
    assert refused.value.code == "post_taken"


def test_the_successor_gives_the_post_back(cast: Cast, prepare: Prepare, things: Things) -> None:
    relieving, manager = prepare(), cast.actor("emd_manager")
    relieving_successor(
        relieving_id=relieving.pk, employee_id=cast.employee("dealing_assistant").pk, kind=ChargeKind.ADDITIONAL,
        actor=manager,
    )  # fmt: skip
    relieving_list(relieving_id=relieving.pk, language="hi", actor=manager)
    relieving_complete(relieving_id=relieving.pk, actor=manager)
    correct(cast, relieving)
    holder = holder_of(cast.post(ME))
    assert holder is not None
    assert holder.employee == cast.employee(ME)


def test_who_had_left_is_back(cast: Cast, relieved: Prepare) -> None:
    correct(cast, relieved(code="retirement"))
    back = Employee.objects.get(pk=cast.employee(ME).pk)
    assert (back.left_on, back.left_reason) == (None, "")
    assert back.account is not None
    assert back.account.is_active
