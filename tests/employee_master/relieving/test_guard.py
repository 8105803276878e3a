"""Nothing rests on a vacant desk (R18); a desk is handed over though nobody is relieved; retirements are seen ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing

from dak.models import ReceiptCopy
from employee_master.jobs_charges import guard, mail, tell_of_retirements
from employee_master.models import Charge, ChargeKind, DeskHandOver, Office, Post
from employee_master.queries.relieving import retiring
from employee_master.queries.vacant import vacant_desks
from employee_master.services.guard import desk_guard
from employee_master.services.hand_over import desk_hand_over
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.desk.ledger import differences
from eoffice.ledger.queries import history
from files.models import File
from tests.cast import Cast
from tests.employee_master.relieving.conftest import Prepare, days, join

Things = tuple[File, File, ReceiptCopy]
VACANT = "section_officer"


@pytest.fixture
def empty_post(cast: Cast, things: Things) -> Post:
    """The section officer has gone without handing over, as in a master that was wrong, a week ago."""
    Charge.objects.filter(pk=cast.charge(VACANT).pk).update(to_on=days(-7))
    return cast.post(VACANT)


def held_by() -> set[Post]:
    return {file.held_by for file in File.objects.all()} | {copy.held_by for copy in ReceiptCopy.objects.all()}


def told(what: str) -> list[Any]:
    return [row for row in OutboxRow.objects.filter(kind="charges.tell") if row.payload["what"] == what]


def test_a_vacant_desk_is_seen_with_where_it_would_go(cast: Cast, empty_post: Post) -> None:
    (desk,) = vacant_desks(cast.actor("emd_manager"))
    assert (desk.post, desk.count, desk.since, desk.to) == (empty_post, 3, days(-6), cast.post("under_secretary"))
    assert desk.is_due
    assert vacant_desks(cast.actor("outsider")) == []


def test_at_night_it_goes_to_the_next_post_up_as_the_system(cast: Cast, empty_post: Post) -> None:
    guard(OutboxRow())
    assert held_by() == {cast.post("under_secretary")}
    (event,) = history(empty_post)
    assert (event.action, event.employee_id, event.data["count"]) == (Action.DESK_GUARD, None, 3)
    assert vacant_desks(None) == []
    assert {row.payload["account"] for row in told("desk_guarded")} == {
        cast.account("under_secretary").pk, cast.account("emd_manager").pk,
    }  # fmt: skip
    assert list(differences()) == []


def test_the_link_officers_own_post_comes_first(cast: Cast, empty_post: Post) -> None:
    Charge.objects.create(
        employee=cast.employee("dealing_assistant"), post=empty_post, kind=ChargeKind.LINK, from_on=days(-3),
        to_on=days(9),
    )  # fmt: skip
    guard(OutboxRow())
    assert held_by() == {cast.post("dealing_assistant")}


def test_within_the_days_of_the_instance_it_stays_and_is_listed(cast: Cast, empty_post: Post) -> None:
    Charge.objects.filter(pk=cast.charge(VACANT).pk).update(to_on=days(-1))
    guard(OutboxRow())
    assert held_by() == {empty_post}
    (row,) = told("vacant_desks")
    assert row.payload["account"] == cast.account("emd_manager").pk
    guard(OutboxRow())
    assert len(told("vacant_desks")) == 1
    mail(row)
    assert "SO-GAD3: 3" in outgoing.outbox[-1].body


def test_what_can_not_be_placed_is_listed_and_never_lost(cast: Cast, empty_post: Post) -> None:
    for who in ("under_secretary", "secretary"):
        Charge.objects.filter(pk=cast.charge(who).pk).update(to_on=days(-1))
    guard(OutboxRow())
    assert held_by() == {empty_post}
    (desk,) = vacant_desks(None)
    assert (desk.to, desk.is_due) == (None, True)
    (row,) = told("vacant_desks")
    mail(row)
    assert "could not be given to anybody" in outgoing.outbox[-1].body


def test_an_abolished_post_keeps_nothing(cast: Cast, empty_post: Post) -> None:
    empty_post.is_active = False
    empty_post.save(update_fields=["is_active"])
    guard(OutboxRow())
    assert held_by() == {cast.post("under_secretary")}


def test_the_manager_moves_it_now_and_others_do_not(cast: Cast, empty_post: Post) -> None:
    for by in ("diarist", "outsider", "auditor"):
        with pytest.raises(NotAllowed):
            desk_guard(post_id=empty_post.pk, to_post_id=cast.post("secretary").pk, actor=cast.actor(by))
    count = desk_guard(post_id=empty_post.pk, to_post_id=cast.post("secretary").pk, actor=cast.actor("emd_manager"))
    assert (count, held_by()) == (3, {cast.post("secretary")})
    with pytest.raises(WrongState) as refused:
        desk_guard(post_id=empty_post.pk, to_post_id=cast.post("secretary").pk, actor=Actor.system())
    assert refused.value.code == "nothing_chosen"


def test_a_post_that_is_held_again_keeps_its_desk(cast: Cast, empty_post: Post) -> None:
    join(cast, "diarist", VACANT, kind=ChargeKind.LOOK_AFTER)
    with pytest.raises(WrongState) as refused:
        desk_guard(post_id=empty_post.pk, to_post_id=cast.post("secretary").pk, actor=Actor.system())
    assert refused.value.code == "post_held"


# A desk handed over though nobody is relieved


def test_the_head_hands_an_absent_officers_desk_over_with_a_reason(cast: Cast, head: Office, things: Things) -> None:
    given = {"post_id": cast.post(VACANT).pk, "to_post_id": cast.post("dealing_assistant").pk}
    keys = [f"file:{things[0].pk}", "file:0"]
    assert desk_hand_over(**given, keys=keys, why="In hospital", actor=cast.actor("secretary")) == 1
    assert File.objects.get(pk=things[0].pk).held_by == cast.post("dealing_assistant")
    done = DeskHandOver.objects.get()
    assert (done.why, done.count) == ("In hospital", 1)
    with pytest.raises(WrongState):
        desk_hand_over(**given, keys=keys, why="In hospital", actor=cast.actor("secretary"))
    with pytest.raises(BadInput):
        desk_hand_over(**given, why=" ", actor=cast.actor("secretary"))
    with pytest.raises(NotAllowed):
        desk_hand_over(**given, why="Mine", actor=cast.actor("dealing_assistant"))
    assert desk_hand_over(**given, why="In hospital", actor=cast.actor("emd_manager")) == 2


# Retirement


def test_retirements_are_told_at_90_30_and_7_days_once_each(cast: Cast, head: Office) -> None:
    person = cast.employee(VACANT)
    person.superannuates_on = days(90)
    person.save()
    (one,) = retiring(cast.actor("emd_manager"))
    assert (one.employee, one.days) == (person, 90)
    assert retiring(cast.actor("outsider")) == []
    counts = []
    for wait in (0, 0, 59, 60, 83, 90):
        with clock.freeze(clock.now() + timedelta(days=wait)):
            tell_of_retirements(OutboxRow())
        counts.append(len(told("retires")))
    # To the manager and to the head, at 90, 30 and 7 days.
    assert counts == [2, 2, 2, 4, 6, 6]


def test_the_mails_carry_both_languages_and_no_subject(
    cast: Cast, head: Office, listed: Prepare, things: Things
) -> None:
    person = cast.employee(VACANT)
    person.superannuates_on = days(5)
    person.save()
    listed()
    tell_of_retirements(OutboxRow())
    join(cast, "dealing_assistant", "SO-CR", kind=ChargeKind.ADDITIONAL)
    for row in OutboxRow.objects.filter(kind="charges.tell"):
        mail(row)
    assert {message.subject.partition(" · ")[2] for message in outgoing.outbox} == {
        "e-Office: a retirement is near", "e-Office: a charge list to sign", "e-Office: you have joined",
    }  # fmt: skip
    assert all("Roof" not in message.body and "---" in message.body for message in outgoing.outbox)
