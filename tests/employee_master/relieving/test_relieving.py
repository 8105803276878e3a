"""Relieving as a life: prepared, assigned, listed, completed, withdrawn (R18, R19)."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from dak.models import ReceiptCopy
from employee_master.models import Charge, ChargeKind, Employee, Relieving, RoleGrant, SignedIn
from employee_master.queries import holder_of
from employee_master.queries.relieving import awaiting_posting, charge_items, relievings
from employee_master.services import charge_start, role_grant
from employee_master.services.relieved import relieving_complete
from employee_master.services.relieving import (
    relieving_assign,
    relieving_change,
    relieving_list,
    relieving_open_again,
    relieving_reason_add,
    relieving_successor,
    relieving_withdraw,
)
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.desk.ledger import differences
from eoffice.documents.queries import document_bytes
from eoffice.ledger.queries import history
from files.models import File
from files.services.file import file_forward, file_open
from tests.cast import SINCE, Cast
from tests.employee_master.relieving.conftest import Prepare, days, facts, join

Things = tuple[File, File, ReceiptCopy]


def acts(relieving: Relieving) -> list[str]:
    return [event.action for event in history(relieving)]


def keys(things: Things) -> list[str]:
    return [f"file:{things[0].pk}", f"file:{things[1].pk}", f"copy:{things[2].pk}"]


def complete(cast: Cast, relieving: Relieving, by: str = "emd_manager") -> Relieving:
    return relieving_complete(relieving_id=relieving.pk, actor=cast.actor(by))


def told(what: str) -> set[int]:
    return {
        row.payload["account"] for row in OutboxRow.objects.filter(kind="charges.tell") if row.payload["what"] == what
    }


# Preparing


def test_a_relieving_is_prepared_and_recorded_with_ids_only(cast: Cast, prepare: Prepare) -> None:
    relieving = prepare(to_words="Rampur")
    (event,) = history(relieving)
    assert event.action == Action.RELIEVING_PREPARE
    assert event.data == {
        "charge": cast.charge("section_officer").pk, "employee": cast.employee("section_officer").pk,
        "post": cast.post("section_officer").pk, "reason": relieving.reason_id,
    }  # fmt: skip


def test_a_charge_is_being_relieved_once(cast: Cast, prepare: Prepare) -> None:
    prepare()
    with pytest.raises(WrongState) as refused:
        prepare()
    assert refused.value.code == "relieving_open"


@pytest.mark.parametrize("by", ["diarist", "auditor", "outsider", "section_officer", "secretary"])
def test_others_than_master_and_head_prepare_nothing(cast: Cast, prepare: Prepare, by: str) -> None:
    with pytest.raises(NotAllowed):
        prepare(by=by)


def test_the_head_may_prepare_and_nobody_relieves_themselves(cast: Cast, head: object, prepare: Prepare) -> None:
    prepare(by="secretary")
    with pytest.raises(NotAllowed) as refused:
        prepare(who="emd_manager", by="emd_manager")
    assert refused.value.code == "own_case"


def test_a_link_officer_has_no_desk_to_hand_over(cast: Cast, prepare: Prepare) -> None:
    cast.charges["link"] = cast.link_charge
    with pytest.raises(WrongState) as refused:
        prepare(who="link", by="super_admin")
    assert refused.value.code == "link_not_relieved"


def test_days_and_choices_must_fit(cast: Cast, prepare: Prepare) -> None:
    with pytest.raises(BadInput):
        prepare(on=SINCE.replace(year=2023))
    with pytest.raises(BadInput):
        prepare(half="night")
    with pytest.raises(BadInput):
        prepare(order_number=" ")
    with pytest.raises(BadInput):
        prepare(reason_id=0)


def test_facts_are_changed_while_it_is_prepared(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed()
    with pytest.raises(WrongState) as refused:
        relieving_change(relieving_id=relieving.pk, facts=facts("promotion"), actor=cast.actor("emd_manager"))
    assert refused.value.code == "list_drawn"
    relieving_open_again(relieving_id=relieving.pk, actor=cast.actor("emd_manager"))
    changed = relieving_change(relieving_id=relieving.pk, facts=facts("promotion"), actor=cast.actor("emd_manager"))
    assert changed.reason.code == "promotion"


# The list


def test_the_charge_list_shows_every_thing_by_kind(cast: Cast, things: Things) -> None:
    items = charge_items(cast.charge("section_officer"))
    assert sorted(item.key for item in items if item.key) == sorted(keys(things))


def test_the_list_is_frozen_as_a_pdf_in_the_language_asked_for(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed()
    assert relieving.state == "listed"
    assert relieving.document is not None
    with pikepdf.open(BytesIO(document_bytes(relieving.document))) as pdf:
        assert str(pdf.Root.Lang) == "en-IN"
    lines = list(relieving.lines.all())
    assert sorted(line.key for line in lines) == sorted(keys(things))
    assert {line.to_post for line in lines} == {cast.post("under_secretary")}
    assert acts(relieving)[-1] == Action.RELIEVING_LIST
    assert told("list_to_sign") == {cast.account("section_officer").pk}


def test_no_list_before_somebody_takes_the_desk(cast: Cast, prepare: Prepare, things: Things) -> None:
    with pytest.raises(WrongState) as refused:
        relieving_list(relieving_id=prepare().pk, language="hi", actor=cast.actor("emd_manager"))
    assert refused.value.code == "nobody_takes"


def test_a_vacant_post_takes_nothing(cast: Cast, prepare: Prepare) -> None:
    with pytest.raises(WrongState) as refused:
        relieving_assign(relieving_id=prepare().pk, to_post_id=cast.post("SO-CR").pk, actor=cast.actor("emd_manager"))
    assert refused.value.code == "post_vacant"
    with pytest.raises(BadInput):
        relieving_assign(
            relieving_id=Relieving.objects.get().pk, to_post_id=cast.post("section_officer").pk,
            actor=cast.actor("emd_manager"),
        )  # fmt: skip


# Completing


def test_parts_go_to_several_posts_and_everything_ends_with_the_charge(
    cast: Cast, prepare: Prepare, things: Things
) -> None:
    me, office = cast.employee("section_officer"), cast.offices["GAD"]
    role_grant(
        employee_id=me.pk, role=Role.REGISTRY_CLERK, from_on=days(-1), office_id=office.pk,
        actor=cast.actor("super_admin"),
    )  # fmt: skip
    SignedIn.objects.create(account=cast.account("section_officer"), session_key="k" * 32)
    Charge.objects.create(
        employee=cast.employee("dealing_assistant"), post=cast.post("section_officer"), kind=ChargeKind.LINK,
        from_on=days(-3), to_on=days(9),
    )  # fmt: skip
    relieving, manager = prepare(), cast.actor("emd_manager")
    relieving_assign(relieving_id=relieving.pk, to_post_id=cast.post("under_secretary").pk, actor=manager)
    relieving_assign(
        relieving_id=relieving.pk, to_post_id=cast.post("dealing_assistant").pk, keys=keys(things)[:1], actor=manager
    )
    relieving_list(relieving_id=relieving.pk, language="hi", actor=manager)
    done = complete(cast, relieving)
    assert done.state == "completed"
    assert File.objects.get(pk=things[0].pk).held_by == cast.post("dealing_assistant")
    assert File.objects.get(pk=things[1].pk).held_by == cast.post("under_secretary")
    assert ReceiptCopy.objects.get(pk=things[2].pk).held_by == cast.post("under_secretary")
    charge = Charge.objects.get(pk=cast.charge("section_officer").pk)
    assert (charge.to_on, charge.ended_at is None) == (clock.today(), False)
    assert holder_of(cast.post("section_officer")) is None
    assert not RoleGrant.objects.filter(employee=me, ended_at__isnull=True).exists()
    assert not Charge.objects.filter(post=cast.post("section_officer"), ended_at__isnull=True).exists()
    assert not SignedIn.objects.exists()
    assert acts(done)[-1] == Action.RELIEVING_COMPLETE
    assert told("relieved") == {cast.account("section_officer").pk}
    assert told("desk_received") == {cast.account(who).pk for who in ("dealing_assistant", "under_secretary")}
    assert list(differences()) == []


def test_what_reaches_the_desk_after_the_list_goes_with_the_rest(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed()
    late = file_open(subject="Late", free_number="L/1", actor=cast.actor("dealing_assistant"))
    file_forward(file_id=late.pk, to_post_id=cast.post("section_officer").pk, actor=cast.actor("dealing_assistant"))
    file_forward(file_id=things[0].pk, to_post_id=cast.post("secretary").pk, actor=cast.actor("section_officer"))
    done = complete(cast, relieving)
    assert File.objects.get(pk=late.pk).held_by == cast.post("under_secretary")
    assert File.objects.get(pk=things[0].pk).held_by == cast.post("secretary")
    assert [line.key for line in done.lines.filter(came_later=True)] == [f"file:{late.pk}"]


def test_a_successor_takes_charge_of_the_post_and_the_desk_stays(cast: Cast, prepare: Prepare, things: Things) -> None:
    relieving, manager = prepare(), cast.actor("emd_manager")
    relieving_successor(
        relieving_id=relieving.pk, employee_id=cast.employee("dealing_assistant").pk, kind=ChargeKind.LOOK_AFTER,
        actor=manager,
    )  # fmt: skip
    relieving_list(relieving_id=relieving.pk, language="hi", actor=manager)
    complete(cast, relieving)
    assert {file.held_by for file in File.objects.all()} == {cast.post("section_officer")}
    holder = holder_of(cast.post("section_officer"))
    assert holder is not None
    assert (holder.employee, holder.kind) == (cast.employee("dealing_assistant"), "look_after")
    assert list(differences()) == []


def test_a_successor_is_somebody_else_who_can_take_it(cast: Cast, prepare: Prepare) -> None:
    relieving, manager = prepare(), cast.actor("emd_manager")
    for employee, kind, code in [
        (cast.employee("section_officer").pk, ChargeKind.ADDITIONAL, "own_successor"),
        (0, ChargeKind.ADDITIONAL, "nobody_chosen"),
        (cast.employee("diarist").pk, ChargeKind.LINK, "kind_fills_nothing"),
    ]:
        with pytest.raises(BadInput) as refused:
            relieving_successor(relieving_id=relieving.pk, employee_id=employee, kind=kind, actor=manager)
        assert refused.value.code == code


def test_an_empty_desk_needs_nobody(cast: Cast, prepare: Prepare) -> None:
    relieving = prepare()
    relieving_list(relieving_id=relieving.pk, language="hi", actor=cast.actor("emd_manager"))
    assert complete(cast, relieving).state == "completed"


def test_the_day_must_have_come(cast: Cast, listed: Prepare) -> None:
    relieving = listed(on=days(3))
    with pytest.raises(WrongState) as refused:
        complete(cast, relieving)
    assert refused.value.code == "not_its_day"


def test_signatures_are_wanted_where_the_instance_says_so(cast: Cast, listed: Prepare, settings: object) -> None:
    settings.CHARGE_LIST_SIGNED = True  # type: ignore[attr-defined]
    with pytest.raises(WrongState) as refused:
        complete(cast, listed())
    assert refused.value.code == "not_signed"


def test_a_receiver_who_left_meanwhile_blocks_and_nothing_moves(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed(to="dealing_assistant")
    Charge.objects.filter(pk=cast.charge("dealing_assistant").pk).update(to_on=clock.today(), ended_at=clock.now())
    with pytest.raises(WrongState) as refused:
        complete(cast, relieving)
    assert refused.value.code == "post_vacant"
    assert {file.held_by for file in File.objects.all()} == {cast.post("section_officer")}


@pytest.mark.parametrize("by", ["section_officer", "outsider", "auditor"])
def test_others_complete_nothing(cast: Cast, listed: Prepare, by: str) -> None:
    relieving = listed()
    with pytest.raises(NotAllowed):
        complete(cast, relieving, by)
    assert list(relievings(cast.actor("outsider"))) == []


def test_roles_and_links_stay_while_another_charge_of_the_office_does(cast: Cast, listed: Prepare) -> None:
    me = cast.employee("section_officer")
    charge_start(
        employee_id=me.pk, post_id=cast.post("SO-CR").pk, kind=ChargeKind.ADDITIONAL, from_on=days(-1),
        actor=cast.actor("emd_manager"),
    )  # fmt: skip
    RoleGrant.objects.create(employee=me, role=Role.REGISTRY_CLERK, office=cast.offices["GAD"], from_on=SINCE)
    link = Charge.objects.create(
        employee=me, post=cast.post("secretary"), kind=ChargeKind.LINK, from_on=SINCE, to_on=days(9)
    )
    complete(cast, listed())
    assert RoleGrant.objects.filter(employee=me, ended_at__isnull=True).count() == 1
    assert Charge.objects.get(pk=link.pk).ended_at is None


def test_who_retires_leaves_the_instance_with_the_last_charge(cast: Cast, listed: Prepare) -> None:
    me = cast.employee("section_officer")
    complete(cast, listed(code="retirement"))
    left = Employee.objects.get(pk=me.pk)
    assert (left.left_on, left.left_reason) == (clock.today(), "retirement")
    assert left.account is not None
    assert not left.account.is_active


def test_who_is_transferred_awaits_a_posting_until_joined(cast: Cast, listed: Prepare) -> None:
    complete(cast, listed())
    manager = cast.actor("emd_manager")
    (one,) = awaiting_posting(manager)
    assert (one.employee, one.since) == (cast.employee("section_officer"), clock.today())
    join(cast, "section_officer", "SO-CR", from_on=days(2))
    (one,) = awaiting_posting(manager)
    assert one.joining is not None


# Withdrawing, reasons


def test_a_relieving_is_withdrawn_with_a_reason_and_may_begin_anew(
    cast: Cast, listed: Prepare, prepare: Prepare
) -> None:
    relieving = listed()
    done = relieving_withdraw(relieving_id=relieving.pk, why="Order cancelled", actor=cast.actor("emd_manager"))
    assert (done.state, done.closed_why) == ("withdrawn", "Order cancelled")
    with pytest.raises(DomainError):
        complete(cast, relieving)
    assert prepare().pk != relieving.pk


def test_the_super_admin_adds_a_reason(cast: Cast) -> None:
    given = {"code": "Study Leave", "name_en": "Study leave", "name_hi": "अध्ययन अवकाश"}
    added = relieving_reason_add(**given, actor=cast.actor("super_admin"))
    assert added.code == "study_leave"
    with pytest.raises(BadInput):
        relieving_reason_add(**given, actor=cast.actor("super_admin"))
    with pytest.raises(NotAllowed):
        relieving_reason_add(**given, actor=cast.actor("emd_manager"))
