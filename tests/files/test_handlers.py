"""What the worker tells the files room, through the outbox as in the product."""

from __future__ import annotations

import pytest
from django.db import transaction

from dak.services import Addressee, dispatch_queue, dispatch_send
from eoffice.core import clock, outbox
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow, OutboxState
from eoffice.documents.services import document_store
from files.models import Decision, DecisionAct, Draft
from files.workflow import DraftState
from tests.cast import Cast
from tests.dak.conftest import letter_pdf

pytestmark = pytest.mark.django_db


def reached(draft: Draft, document_id: int, **other: object) -> None:
    """The signing room says that a paper has reached the level of the policy."""
    usual = {"attempt": 1, "purpose": "letter", "subject_type": "draft", "subject_id": draft.pk, "level": "B-LTA"}
    with transaction.atomic():
        outbox.add("signatures.level_reached", key="level-1", payload={**usual, "document": document_id, **other})
    outbox.drain_once()
    row = OutboxRow.objects.get(key="level-1")
    assert row.state == OutboxState.DONE, row.last_error


def test_a_letter_whose_signature_reached_the_level_may_leave(draft: Draft) -> None:
    document = document_store(content=letter_pdf("signed"), name="letter.pdf", kind="generated")
    reached(draft, document.pk)
    draft = Draft.objects.get(pk=draft.pk)
    assert draft.signature_ready
    assert draft.signed_document_id == document.pk


def test_the_level_of_a_decision_record_makes_no_letter_ready(people: Cast, draft: Draft) -> None:
    secretary = people.actor("secretary")
    decision = Decision.objects.create(
        file=draft.file,
        act=DecisionAct.APPROVE,
        line="<p>अनुमोदित।</p>",
        to_post=people.post("dealing_assistant"),
        post_id=secretary.post_id,
        employee_id=secretary.employee_id,
        prepared_at=clock.now(),
    )
    document = document_store(content=letter_pdf("record"), name="record.pdf", kind="generated")
    reached(draft, document.pk, purpose="decision", subject_type="decision", subject_id=decision.pk)
    assert not Draft.objects.get(pk=draft.pk).signature_ready
    decision = Decision.objects.get(pk=decision.pk)
    assert (decision.record_ready, decision.record) == (True, document)


def test_the_last_copy_sent_makes_the_draft_dispatched(people: Cast, draft: Draft) -> None:
    document = document_store(content=letter_pdf("signed"), name="letter.pdf", kind="generated")
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.ISSUED)
    with transaction.atomic():
        (row,) = dispatch_queue(
            document=document,
            copies=[Addressee(lines="DM", mode="post")],
            back_ref=f"draft:{draft.pk}",
            subject="s",
            letter_number="1/GAD-3/2026",
            actor=people.actor("dealing_assistant"),
        )
    dispatch_send(dispatch_id=row.pk, evidence="RL 1", actor=Actor.system())
    outbox.drain_once()
    assert Draft.objects.get(pk=draft.pk).state == DraftState.DISPATCHED
