"""The life of a change request: works, wrong state, wrong person, stranger, ledger rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from employee_master.models import Account, ChangeLine, ChangeRequest, Employee, EvidenceKind, NameWord, SignedIn
from employee_master.services import name_words_write
from employee_master.services.account import INVITE
from employee_master.services.change import (
    TOLD,
    change_answer,
    change_apply_due,
    change_check,
    change_object,
    change_propose,
    change_reject,
    change_send_again,
    change_withdraw,
)
from employee_master.services.employee import employee_correct
from employee_master.workflow.change import ChangeStage, ChangeState
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.documents.models import Document
from eoffice.ledger.queries import broken_links, history
from tests.cast import Cast
from tests.conftest import Clock
from tests.employee_master.changes.conftest import Propose, approve, check


def actions(request: ChangeRequest) -> list[str]:
    return [event.action for event in history(request)]


def test_a_change_is_proposed_checked_approved_and_entered(cast: Cast, propose: Propose) -> None:
    person = cast.employee("dealing_assistant")
    name_words_write([person])
    request = propose(name_en="Anita Varma", born_on="1980-05-17")
    assert request.number == "GAD/CH-1/2026"
    assert (request.state, request.turn_due_on, request.due_on) == (
        ChangeState.PROPOSED,
        date(2026, 11, 20),
        date(2026, 11, 25),
    )
    assert {(line.field, line.old, line.new) for line in request.lines.all()} == {
        ("name_en", "Anita Verma", "Anita Varma"),
        ("born_on", "", "1980-05-17"),
    }
    assert check(cast, request).stage == ChangeStage.APPROVE
    done = approve(cast, request)
    assert done.state == ChangeState.APPLIED
    person = Employee.objects.get(pk=person.pk)
    assert (person.name_en, person.born_on) == ("Anita Varma", date(1980, 5, 17))
    assert NameWord.objects.filter(employee=person, word="varma").exists()
    assert not NameWord.objects.filter(employee=person, word="verma", is_sound=False).exists()
    assert not ChangeLine.objects.filter(is_open=True).exists()
    assert actions(request) == [
        Action.CHANGE_PROPOSE, Action.CHANGE_CHECK, Action.CHANGE_APPROVE, Action.CHANGE_APPLY,
    ]  # fmt: skip
    assert [event.action for event in history(person)] == [Action.CHANGE_APPLY]


def test_the_ledger_keeps_fields_and_hashes_only(cast: Cast, propose: Propose) -> None:
    request = propose(mobile="9876501234", name_en="Anita Varma")
    data = str([event.data for event in history(request)])
    assert "mobile" in data
    assert "9876501234" not in data
    assert "Varma" not in data
    assert list(broken_links()) == []


@pytest.mark.parametrize("by", ["section_officer", "link_officer", "secretary", "outsider", "auditor"])
def test_nobody_else_proposes(propose: Propose, by: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        propose(by)
    assert refusal.value.code == "not_yourself"


def test_the_emd_manager_proposes_for_a_person_who_is_told(cast: Cast, propose: Propose) -> None:
    request = propose("emd_manager")
    assert request.made_by == cast.employee("emd_manager")
    told = OutboxRow.objects.get(kind=TOLD)
    assert told.payload == {"change": request.pk, "what": "proposed"}
    # The person concerned takes it back.
    withdrawn = change_withdraw(request_id=request.pk, why="Not so", actor=cast.actor("dealing_assistant"))
    assert withdrawn.state == ChangeState.WITHDRAWN


def test_values_that_stay_are_left_out_and_nothing_is_no_request(cast: Cast, propose: Propose) -> None:
    request = propose(name_en="Anita Verma", gender="female")
    assert [line.field for line in request.lines.all()] == ["gender"]
    with pytest.raises(BadInput) as refusal:
        propose(name_en="Anita Verma")
    assert refusal.value.code == "nothing_changes"


def test_names_need_a_paper_and_a_mobile_does_not(cast: Cast) -> None:
    person = cast.employee("dealing_assistant").pk
    with pytest.raises(BadInput) as refusal:
        change_propose(employee_id=person, values={"name_en": "Anita"}, actor=cast.actor("dealing_assistant"))
    assert (refusal.value.code, refusal.value.field) == ("evidence_missing", "papers")
    made = change_propose(
        employee_id=person, values={"mobile": "+91 98765-43210"}, actor=cast.actor("dealing_assistant")
    )
    assert made.lines.get().new == "9876543210"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"mobile": "12345"}, "bad_mobile", "mobile"),
        ({"gender": "unknown"}, "bad_gender", "gender"),
        ({"born_on": "2040-01-01"}, "dates_disagree", "born_on"),
        ({"born_on": "yesterday"}, "bad_date", "born_on"),
        ({"email": "anita@gmail.com"}, "foreign_address", "email"),
        ({"email": "secretary@gad.state.example"}, "address_taken", "email"),
        ({"name_en": "A\u202eb"}, "direction_override", "name_en"),
        ({"name_hi": "अ" * 201}, "too_long", "name_hi"),
    ],
)
def test_values_that_can_not_be_are_refused_at_their_field(
    propose: Propose, values: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        propose(**values)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not ChangeRequest.objects.exists()


def test_one_open_request_about_a_field(propose: Propose) -> None:
    first = propose()
    with pytest.raises(WrongState) as refusal:
        propose("emd_manager", name_en="Anita V.")
    assert refusal.value.code == "change_open"
    assert first.number in str(refusal.value.message)
    propose(gender="female")


def test_nobody_checks_or_approves_their_own_work(cast: Cast, propose: Propose) -> None:
    request = propose()
    for by, code in {"dealing_assistant": "own_work", "secretary": "not_ddo", "emd_manager": "not_ddo"}.items():
        with pytest.raises(NotAllowed) as refusal:
            check(cast, request, by)
        assert refusal.value.code == code
    check(cast, request)
    for by, code in {
        "dealing_assistant": "own_work",
        "under_secretary": "own_work",
        "emd_manager": "not_head",
        "outsider": "not_head",
    }.items():
        with pytest.raises(NotAllowed) as refusal:
            approve(cast, request, by)
        assert refusal.value.code == code


def test_it_goes_step_by_step(cast: Cast, propose: Propose) -> None:
    request = propose()
    with pytest.raises(WrongState):
        approve(cast, request)
    check(cast, request)
    with pytest.raises(WrongState):
        check(cast, request)
    approve(cast, request)
    with pytest.raises(WrongState):
        approve(cast, request)
    with pytest.raises(WrongState):
        change_withdraw(request_id=request.pk, actor=cast.actor("dealing_assistant"))


def test_the_heads_own_request_is_approved_above(cast: Cast, propose: Propose) -> None:
    request = propose("secretary", "secretary", name_en="Meera Krishnaan")
    check(cast, request)
    with pytest.raises(NotAllowed) as refusal:
        approve(cast, request)
    assert refusal.value.code == "own_work"
    office = cast.offices["GAD"]
    office.parent = cast.offices["FIN"]
    office.save(update_fields=["parent"])
    cast.offices["FIN"].head_post = cast.post("AO-FIN")
    cast.offices["FIN"].save(update_fields=["head_post"])
    assert approve(cast, request, "auditor").state == ChangeState.APPLIED


def test_without_a_drawing_officer_the_emd_manager_checks(cast: Cast, propose: Propose) -> None:
    office = cast.offices["GAD"]
    office.ddo_post = None
    office.save(update_fields=["ddo_post"])
    assert check(cast, propose(), "emd_manager").state == ChangeState.CHECKED


def test_where_the_drawing_officer_is_concerned_the_emd_manager_checks(cast: Cast, propose: Propose) -> None:
    request = propose("under_secretary", "under_secretary", name_en="Farah Khaan")
    assert check(cast, request, "emd_manager").state == ChangeState.CHECKED


def test_objections_are_answered_one_by_one_before_it_goes_on(cast: Cast, propose: Propose) -> None:
    request = propose()
    proposer = cast.actor("dealing_assistant")
    change_object(request_id=request.pk, objections=["Which page?", "Whose seal?"], actor=cast.actor("under_secretary"))
    assert ChangeRequest.objects.get(pk=request.pk).state == ChangeState.OBJECTED
    with pytest.raises(WrongState) as refusal:
        change_send_again(request_id=request.pk, actor=proposer)
    assert refusal.value.code == "unanswered"
    change_answer(request_id=request.pk, number=1, answer="Page 3", actor=proposer)
    with pytest.raises(WrongState) as refusal:
        change_send_again(request_id=request.pk, actor=proposer)
    assert "2" in str(refusal.value.message)
    change_answer(request_id=request.pk, number=2, answer="The board's", actor=proposer)
    again = change_send_again(request_id=request.pk, actor=proposer)
    assert (again.state, again.stage) == (ChangeState.ANSWERED, ChangeStage.CHECK)
    # Nothing is lost: both objections and answers stand, and are not asked again.
    with pytest.raises(WrongState):
        change_answer(request_id=request.pk, number=1, answer="Changed my mind", actor=proposer)
    assert list(again.objections.values_list("text", "answer")) == [
        ("Which page?", "Page 3"),
        ("Whose seal?", "The board's"),
    ]
    assert approve(cast, check(cast, again)).state == ChangeState.APPLIED


def test_what_was_answered_returns_to_the_head_and_new_values_to_the_check(cast: Cast, propose: Propose) -> None:
    head, proposer = cast.actor("secretary"), cast.actor("dealing_assistant")
    request = check(cast, propose())
    change_object(request_id=request.pk, objections=["Sure?"], actor=head)
    change_answer(request_id=request.pk, number=1, answer="Yes", actor=proposer)
    again = change_send_again(request_id=request.pk, actor=proposer)
    assert again.stage == ChangeStage.APPROVE
    change_object(request_id=request.pk, objections=["The book says Waerma."], actor=head)
    with pytest.raises(WrongState):
        change_answer(request_id=request.pk, number=1, answer="Old one", actor=proposer)
    change_answer(request_id=request.pk, number=2, answer="So it does", actor=proposer)
    again = change_send_again(request_id=request.pk, values={"name_en": "Anita Waerma"}, actor=proposer)
    assert (again.stage, again.checked_by) == (ChangeStage.CHECK, None)
    assert again.lines.get().new == "Anita Waerma"
    with pytest.raises(WrongState):
        approve(cast, again)
    assert approve(cast, check(cast, again)).state == ChangeState.APPLIED


def test_an_objection_needs_words_and_only_who_is_on_turn_objects(cast: Cast, propose: Propose) -> None:
    request = propose()
    with pytest.raises(BadInput):
        change_object(request_id=request.pk, objections=["  "], actor=cast.actor("under_secretary"))
    with pytest.raises(NotAllowed):
        change_object(request_id=request.pk, objections=["No"], actor=cast.actor("secretary"))
    with pytest.raises(NotAllowed):
        change_object(request_id=request.pk, objections=["No"], actor=cast.actor("outsider"))


def test_a_record_that_changed_meanwhile_is_not_overwritten(cast: Cast, propose: Propose) -> None:
    request = check(cast, propose(mobile="9876543210"))
    person = cast.employee("dealing_assistant").pk
    employee_correct(employee_id=person, changes={"mobile": "9000000001"}, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState) as refusal:
        approve(cast, request)
    assert refusal.value.code == "changed_meanwhile"
    change_object(request_id=request.pk, objections=["Which is right?"], actor=cast.actor("secretary"))
    change_answer(request_id=request.pk, number=1, answer="Mine", actor=cast.actor("dealing_assistant"))
    again = change_send_again(request_id=request.pk, actor=cast.actor("dealing_assistant"))
    # What it starts from is what the record holds now, and it is checked anew.
    assert (again.lines.get().old, again.stage) == ("9000000001", ChangeStage.CHECK)
    assert approve(cast, check(cast, again)).state == ChangeState.APPLIED


def test_the_head_approves_what_was_shown(cast: Cast, propose: Propose) -> None:
    from employee_master.services.change import change_approve  # noqa: PLC0415

    request = check(cast, propose())
    with pytest.raises(WrongState) as refusal:
        change_approve(request_id=request.pk, shown="0" * 64, actor=cast.actor("secretary"))
    assert refusal.value.code == "changed_since_shown"


def test_a_new_address_renames_the_account_ends_sessions_and_is_to_be_confirmed(cast: Cast, propose: Propose) -> None:
    account = cast.account("dealing_assistant")
    account.email_confirmed_at = clock.now()
    account.save()
    SignedIn.objects.create(account=account, session_key="s1")
    approve(cast, check(cast, propose(email="Anita.Verma@gad.state.example")))
    account = Account.objects.get(pk=account.pk)
    assert (account.email, account.email_confirmed_at) == ("anita.verma@gad.state.example", None)
    assert not SignedIn.objects.filter(account=account).exists()
    assert OutboxRow.objects.filter(kind=INVITE, payload={"account": account.pk}).exists()


def test_an_address_that_was_taken_meanwhile_is_refused_at_approval(cast: Cast, propose: Propose) -> None:
    request = check(cast, propose(email="anita@gad.state.example"))
    Account.objects.create(email="anita@gad.state.example")
    with pytest.raises(WrongState) as refusal:
        approve(cast, request)
    assert refusal.value.code == "address_taken"
    assert ChangeRequest.objects.get(pk=request.pk).state == ChangeState.CHECKED


def test_rejecting_ends_it_with_a_reason_and_frees_the_field(cast: Cast, propose: Propose) -> None:
    request = check(cast, propose())
    with pytest.raises(BadInput):
        change_reject(request_id=request.pk, why=" ", actor=cast.actor("secretary"))
    done = change_reject(request_id=request.pk, why="Not proven", actor=cast.actor("secretary"))
    assert (done.state, done.closed_why) == (ChangeState.REJECTED, "Not proven")
    assert actions(request)[-1] == Action.CHANGE_REJECT
    propose()


def test_a_change_takes_effect_on_its_day(cast: Cast, paper: Document, still_clock: Clock) -> None:
    day = clock.today() + timedelta(days=3)
    request = change_propose(
        employee_id=cast.employee("dealing_assistant").pk,
        values={"name_en": "Anita Varma"},
        papers=[(paper, EvidenceKind.GAZETTE)],
        effective_on=day,
        actor=cast.actor("dealing_assistant"),
    )
    done = approve(cast, check(cast, request))
    assert done.state == ChangeState.APPROVED
    assert change_apply_due(request_id=request.pk) is None
    still_clock.advance(timedelta(days=3))
    applied = change_apply_due(request_id=request.pk)
    assert applied is not None
    assert applied.state == ChangeState.APPLIED
    assert Employee.objects.get(pk=request.employee_id).name_en == "Anita Varma"
    assert history(request).last().employee is None  # type: ignore[union-attr]
    assert change_apply_due(request_id=request.pk) is None


def test_what_changed_before_its_day_goes_back_instead_of_being_lost(
    cast: Cast, paper: Document, still_clock: Clock
) -> None:
    request = change_propose(
        employee_id=cast.employee("dealing_assistant").pk,
        values={"mobile": "9876543210"},
        effective_on=clock.today() + timedelta(days=2),
        actor=cast.actor("dealing_assistant"),
    )
    approve(cast, check(cast, request))
    person = cast.employee("dealing_assistant").pk
    employee_correct(employee_id=person, changes={"mobile": "9000000001"}, actor=cast.actor("emd_manager"))
    still_clock.advance(timedelta(days=2))
    back = change_apply_due(request_id=request.pk)
    assert back is not None
    assert (back.state, back.approved_by) == (ChangeState.OBJECTED, None)
    assert back.objections.get().raised_by is None
    proposer = cast.actor("dealing_assistant")
    change_answer(request_id=request.pk, number=1, answer="Still right", actor=proposer)
    again = change_send_again(request_id=request.pk, actor=proposer)
    assert again.stage == ChangeStage.CHECK


def test_the_head_may_still_reject_what_waits_for_its_day(cast: Cast, paper: Document) -> None:
    request = change_propose(
        employee_id=cast.employee("dealing_assistant").pk,
        values={"gender": "female"},
        effective_on=clock.today() + timedelta(days=2),
        actor=cast.actor("dealing_assistant"),
    )
    approve(cast, check(cast, request))
    assert change_reject(request_id=request.pk, why="Error", actor=cast.actor("secretary")).state == "rejected"


def test_a_change_more_than_a_year_ahead_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput) as refusal:
        change_propose(
            employee_id=cast.employee("dealing_assistant").pk,
            values={"gender": "female"},
            effective_on=clock.today() + timedelta(days=400),
            actor=cast.actor("dealing_assistant"),
        )
    assert refusal.value.code == "too_far"


def test_the_database_itself_refuses_an_approval_by_the_proposer(cast: Cast, propose: Propose) -> None:
    from django.db import IntegrityError, transaction  # noqa: PLC0415

    request = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=request.pk).update(approved_by=request.made_by)


def test_a_stranger_can_do_nothing(cast: Cast, propose: Propose) -> None:
    request = propose()
    outsider = cast.actor("outsider")
    for act in (
        lambda: change_check(request_id=request.pk, actor=outsider),
        lambda: change_withdraw(request_id=request.pk, actor=outsider),
        lambda: change_reject(request_id=request.pk, why="x", actor=outsider),
        lambda: change_answer(request_id=request.pk, number=1, answer="x", actor=outsider),
        lambda: change_send_again(request_id=request.pk, actor=outsider),
    ):
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.status == 403
    assert actions(request) == [Action.CHANGE_PROPOSE]
