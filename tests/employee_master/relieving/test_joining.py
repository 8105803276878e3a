"""Joining by order: now, or on the day of the order (R19). Link officers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from employee_master.jobs_charges import orders_due
from employee_master.models import Charge, ChargeKind, Joining
from employee_master.queries import holder_of
from employee_master.queries.relieving import joined_lately, waiting_joinings
from employee_master.services.joining import joining_due, joining_try, joining_withdraw
from employee_master.services.link import link_end, link_name
from employee_master.services.relieved import relieving_complete
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.ledger.queries import history
from tests.cast import Cast
from tests.employee_master.relieving.conftest import Prepare, days, join

ROW = OutboxRow()


def told(what: str) -> int:
    return OutboxRow.objects.filter(kind="charges.tell", payload__what=what).count()


def test_a_vacant_post_is_joined_by_order_and_the_officer_hears_of_it(cast: Cast) -> None:
    joining = join(cast, "section_officer", "SO-CR", kind=ChargeKind.ADDITIONAL)
    assert joining.state == "joined"
    charge = holder_of(cast.post("SO-CR"))
    assert charge is not None
    assert (charge.employee, charge.order_number) == (cast.employee("section_officer"), "413/1-2026")
    assert [event.action for event in history(joining)] == [Action.JOINING_ENTER] * 2
    assert told("joined") == 1
    assert [one.pk for one in joined_lately(cast.actor("emd_manager"))] == [joining.pk]


@pytest.mark.parametrize(
    ("who", "post", "code", "facts"),
    [
        ("diarist", "US-GAD", "post_taken", {"kind": ChargeKind.ADDITIONAL}),
        ("diarist", "SO-CR", "has_substantive", {}),
        ("diarist", "SO-CR", "kind_fills_nothing", {"kind": ChargeKind.LINK}),
        ("diarist", "SO-CR", "ends_before_start", {"kind": ChargeKind.ADDITIONAL, "to_on": "before"}),
        ("diarist", "SO-CR", "unknown_choice", {"kind": ChargeKind.ADDITIONAL, "half": "night"}),
        ("diarist", "SO-CR", "missing", {"kind": ChargeKind.ADDITIONAL, "order_number": " "}),
    ],
)
def test_nobody_joins_a_post_that_is_not_available(
    cast: Cast, who: str, post: str, code: str, facts: dict[str, object]
) -> None:
    if facts.get("to_on") == "before":
        facts = facts | {"to_on": days(-1)}
    with pytest.raises(DomainError) as refused:
        join(cast, who, post, **facts)
    assert refused.value.code == code
    assert not Joining.objects.exists()


def test_an_abolished_post_and_somebody_who_left_are_refused(cast: Cast) -> None:
    post = cast.post("SO-CR")
    post.is_active = False
    post.save(update_fields=["is_active"])
    with pytest.raises(WrongState) as refused:
        join(cast, "diarist", "SO-CR", kind=ChargeKind.ADDITIONAL)
    assert refused.value.code == "post_abolished"
    gone = cast.employee("outsider")
    gone.left_on, gone.left_reason = days(-1), "retirement"
    gone.save()
    with pytest.raises(WrongState) as refused:
        join(cast, "outsider", "SO-CR")
    assert refused.value.code == "has_left"


@pytest.mark.parametrize("by", ["diarist", "auditor", "outsider", "link_officer"])
def test_others_let_nobody_join(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        join(cast, "dealing_assistant", "SO-CR", by, kind=ChargeKind.ADDITIONAL)
    with pytest.raises(NotAllowed):
        join(cast, "emd_manager", "SO-CR", "emd_manager", kind=ChargeKind.ADDITIONAL)


def test_an_order_waits_for_its_day_and_then_takes_effect(cast: Cast) -> None:
    joining = join(cast, "section_officer", "SO-CR", kind=ChargeKind.ADDITIONAL, from_on=days(2))
    assert joining.state == "waiting"
    assert holder_of(cast.post("SO-CR")) is None
    assert told("joining_ordered") == 1
    manager = cast.actor("emd_manager")
    with pytest.raises(WrongState) as refused:
        joining_try(joining_id=joining.pk, actor=manager)
    assert refused.value.code == "not_its_day"
    with clock.freeze(clock.now() + timedelta(days=2)):
        orders_due(ROW)
        assert holder_of(cast.post("SO-CR")) is not None
        assert Joining.objects.get().state == "joined"
        with pytest.raises(WrongState):
            joining_withdraw(joining_id=joining.pk, actor=manager)


def test_on_the_day_relieving_comes_before_joining(cast: Cast, listed: Prepare) -> None:
    """The present holder goes and the next one comes on the same day, each by an order that was entered ahead."""
    relieving = listed(to="dealing_assistant", on=days(2))
    join(cast, "outsider", "SO-CR", "super_admin", from_on=days(2))
    join(cast, "diarist", "section_officer", from_on=days(2), kind=ChargeKind.OFFICIATING)
    with clock.freeze(clock.now() + timedelta(days=2)):
        orders_due(ROW)
        waiting = {one.post.marking: one.waits_for for one in waiting_joinings(cast.actor("emd_manager"))}
        assert waiting == {"SO-CR": "has_substantive", "SO-GAD3": "post_taken"}
        assert told("joining_waits") == 2
        relieving_complete(relieving_id=relieving.pk, actor=cast.actor("emd_manager"))
        orders_due(ROW)
        orders_due(ROW)
        holder = holder_of(cast.post("section_officer"))
        assert holder is not None
        assert holder.kind == "officiating"
        assert told("joining_waits") == 2


def test_one_post_is_promised_once(cast: Cast) -> None:
    joining = join(cast, "section_officer", "SO-CR", kind=ChargeKind.ADDITIONAL, from_on=days(2))
    with pytest.raises(WrongState) as refused:
        join(cast, "dealing_assistant", "SO-CR", kind=ChargeKind.ADDITIONAL, from_on=days(3))
    assert refused.value.code == "post_promised"
    with pytest.raises(WrongState) as refused:
        join(cast, "section_officer", "SO-CR", kind=ChargeKind.ADDITIONAL, from_on=days(3))
    assert refused.value.code == "order_waits"
    joining_withdraw(joining_id=joining.pk, actor=cast.actor("emd_manager"))
    join(cast, "dealing_assistant", "SO-CR", kind=ChargeKind.ADDITIONAL, from_on=days(3))
    assert joining_due(joining_id=joining.pk) == ""


# Link officers


def name_link(cast: Cast, who: str, post: str, by: str, **other: object) -> Charge:
    given: dict[str, object] = {"from_on": clock.today(), "to_on": days(5)} | other
    return link_name(
        post_id=cast.post(post).pk, employee_id=cast.employee(who).pk, actor=cast.actor(by),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_holder_names_their_own_link_officer_who_hears_of_it(cast: Cast) -> None:
    charge = name_link(cast, "dealing_assistant", "section_officer", "section_officer", confidential=True)
    assert (charge.kind, charge.confidential, charge.to_on) == ("link", True, days(5))
    assert told("link_named") == 1
    ended = link_end(charge_id=charge.pk, actor=cast.actor("section_officer"))
    assert ended.ended_at is not None
    with pytest.raises(WrongState):
        link_end(charge_id=charge.pk, actor=cast.actor("section_officer"))


def test_a_link_officer_does_not_pass_the_desk_on(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refused:
        name_link(cast, "dealing_assistant", "under_secretary", "link_officer")
    assert refused.value.code == "link_may_not"
    with pytest.raises(NotAllowed):
        name_link(cast, "dealing_assistant", "section_officer", "outsider")


def test_conflicts_are_refused(cast: Cast) -> None:
    for who, post, code, facts in [
        ("section_officer", "section_officer", "holds_post", {}),
        ("dealing_assistant", "under_secretary", "link_named", {}),
        ("dealing_assistant", "section_officer", "days_gone_by", {"from_on": days(-5), "to_on": days(-1)}),
        ("dealing_assistant", "section_officer", "ends_before_start", {"from_on": days(9), "to_on": days(2)}),
    ]:
        with pytest.raises((WrongState, BadInput)) as refused:
            name_link(cast, who, post, "emd_manager", **facts)
        assert refused.value.code == code
    # The under secretary is away: somebody stands in there.
    with pytest.raises(WrongState) as refused:
        name_link(cast, "under_secretary", "secretary", "emd_manager")
    assert refused.value.code == "link_is_away"
    Charge.objects.filter(pk=cast.charge("diarist").pk).update(to_on=days(-1))
    with pytest.raises(WrongState) as refused:
        name_link(cast, "diarist", "secretary", "emd_manager")
    assert refused.value.code == "link_needs_post"


def test_a_full_charge_is_not_ended_here(cast: Cast) -> None:
    with pytest.raises(WrongState) as refused:
        link_end(charge_id=cast.charge("section_officer").pk, actor=cast.actor("emd_manager"))
    assert refused.value.code == "not_a_link"
