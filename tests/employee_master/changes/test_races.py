"""Two at once, on both databases: one wins, the other is told why."""

from __future__ import annotations

from functools import partial

import pytest

from employee_master.models import ChangeLine, ChangeRequest, Employee, EvidenceKind
from employee_master.queries.change import content_now
from employee_master.services.change import change_approve, change_check, change_propose, change_reject, change_withdraw
from employee_master.workflow.change import ChangeState
from eoffice.core.actions import Action
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from eoffice.ledger.queries import broken_links, history
from tests.cast import Cast, build_cast
from tests.dak.conftest import letter_pdf
from tests.employee_master.changes.conftest import with_officers
from tests.employee_master.services.test_races import at_once

ROUNDS = 4


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return with_officers(build_cast())


@pytest.fixture
def stored(transactional_db: None) -> Document:
    return document_store(content=letter_pdf(), name="c.pdf", kind="generated", extract=False)


def checked(cast: Cast, paper: Document, name: str) -> ChangeRequest:
    request = change_propose(
        employee_id=cast.employee("dealing_assistant").pk,
        values={"name_en": name},
        papers=[(paper, EvidenceKind.SERVICE_BOOK)],
        actor=cast.actor("dealing_assistant"),
    )
    return change_check(request_id=request.pk, actor=cast.actor("under_secretary"))


def test_approval_and_withdrawal_at_once(committed: Cast, stored: Document) -> None:
    head, proposer = committed.actor("secretary"), committed.actor("dealing_assistant")
    for turn in range(ROUNDS):
        name = f"Anita {turn}a"
        request = checked(committed, stored, name)
        shown = content_now(request)
        refusals = at_once(
            partial(change_approve, request_id=request.pk, shown=shown, actor=head),
            partial(change_withdraw, request_id=request.pk, actor=proposer),
        )
        assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState"]
        state = ChangeRequest.objects.get(pk=request.pk).state
        entered = Employee.objects.get(pk=request.employee_id).name_en == name
        assert (state, entered) in {(ChangeState.APPLIED, True), (ChangeState.WITHDRAWN, False)}
    assert list(broken_links()) == []


def test_two_approvals_and_a_rejection_at_once(committed: Cast, stored: Document) -> None:
    head = committed.actor("secretary")
    for turn in range(ROUNDS):
        request = checked(committed, stored, f"Anita {turn}b")
        shown = content_now(request)
        refusals = at_once(
            *[partial(change_approve, request_id=request.pk, shown=shown, actor=head)] * 2,
            partial(change_reject, request_id=request.pk, why="No", actor=head),
        )
        assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState", "WrongState"]
        acts = [event.action for event in history(request)]
        assert acts.count(Action.CHANGE_APPLY) + acts.count(Action.CHANGE_REJECT) == 1


def test_two_proposals_about_one_field_at_once(committed: Cast, stored: Document) -> None:
    person = committed.employee("dealing_assistant").pk

    def propose(by: str) -> None:
        change_propose(employee_id=person, values={"gender": "female"}, actor=committed.actor(by))

    refusals = at_once(lambda: propose("dealing_assistant"), lambda: propose("emd_manager"))
    assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState"]
    assert ChangeLine.objects.filter(is_open=True).count() == 1
    assert ChangeRequest.objects.count() == 1
