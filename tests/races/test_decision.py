"""The officer signs an approval in the moment in which somebody on the same post corrects the draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from employee_master.queries import actor_for
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.demo.authority import Authority
from eoffice.ledger import queries as ledger
from files.models import Decision, DecisionState, Draft, File, Note
from files.services.draft import draft_create
from files.services.file import file_forward, file_open
from files.workflow import DraftState
from signatures.models import SigningAttempt
from signatures.workflow import AttemptState
from tests.cast import Cast
from tests.files.conftest import letter_text
from tests.races import acts
from tests.races.keys import PIN, give_key
from tests.races.pool import Act, Outcome, Pool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_ledger")]

# Signing takes a while before its short transaction, and how long depends on the machine. The correction starts at
# random up to so many seconds later; the span follows the outcomes, so that either wins about as often.
SPAN_SECONDS = 0.4
SPAN_STEP = 1.25


@pytest.fixture(scope="package")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    return Authority.open(folder, base_url="http://127.0.0.1:9")


@pytest.fixture
def secretary(people: Cast, authority: Authority) -> Iterator[Actor]:
    """Has a key of the demo authority under a PIN; no time authority, so B-B is the policy's level."""
    actor = people.actor("secretary")
    give_key(actor, approver=people.actor("emd_manager"), authority=authority)
    yield actor
    Path(settings.PEPPER_FILE).unlink()


def put_up(people: Cast, number: int) -> Draft:
    """A letter for approval on the secretary's desk."""
    by = people.actor("dealing_assistant")
    file = file_open(subject=f"Race {number}", free_number=f"RACE/{number}", actor=by)
    draft = draft_create(file_id=file.pk, text=letter_text(), kind="letter", language="hi", actor=by)
    file_forward(file_id=file.pk, to_post_id=people.post("secretary").pk, actor=by)
    return draft


def test_signing_an_approval_meets_a_correction(pool: Pool, people: Cast, secretary: Actor, rounds: int) -> None:
    other = actor_for(
        people.employee("link_officer"), people.employee("link_officer").charges.get(post=people.post("secretary"))
    )
    drafts = [put_up(people, number) for number in range(rounds)]
    begun = pool.share(
        [
            Act(acts.begin, {"file_id": draft.file_id, "line": f"<p>Approved {draft.pk}.</p>", "actor": secretary})
            for draft in drafts
        ]
    )
    assert [outcome for outcome in begun if not outcome.won] == []
    winners, span = [], SPAN_SECONDS
    # Two files at a time: the cores are busy with keys, and the races of one do not touch the other.
    for pair in batched(zip(drafts, begun, strict=True), 2):
        outcomes = pool.race(
            *(act for draft, decision in pair for act in meeting(draft, decision.value, secretary, other, span))
        )
        assert [outcome.crash for outcome in outcomes if outcome.crash] == []
        for (draft, decision), (sign, correct) in zip(pair, batched(outcomes, 2), strict=True):
            assert sign.won != correct.won, (sign, correct)
            winners.append(0 if sign.won else 1)
            span = span / SPAN_STEP if sign.won else span * SPAN_STEP
            now = Draft.objects.get(pk=draft.pk)
            if sign.won:
                signed(people, now, decision.value, correct)
            else:
                corrected(people, now, decision.value, sign)
    if connection.vendor == "postgresql":
        assert set(winners) == {0, 1}, winners


def batched(things: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    rest = iter(things)
    while batch := tuple(islice(rest, size)):
        yield batch


def meeting(draft: Draft, decision_id: int, secretary: Actor, other: Actor, span: float) -> tuple[Act, Act]:
    """The two acts that meet."""
    text = letter_text(subject=f"Corrected {draft.pk}")
    return (
        Act(acts.sign, {"decision_id": decision_id, "pin": PIN, "actor": secretary}, jitter=0),
        Act(
            acts.correct,
            {"draft_id": draft.pk, "text": text, "base_version": 1, "actor": other},
            jitter=span,
        ),
    )


def signed(people: Cast, draft: Draft, decision_id: int, correct: Outcome) -> None:
    """All of it stands: both signatures, note, approval and movement, once; the correction hears where the file is."""
    decision = Decision.objects.get(pk=decision_id)
    assert (draft.state, draft.version, draft.approved_version) == (DraftState.SIGNED, 1, 1)
    assert decision.state == DecisionState.COMPLETED
    assert states(decision) == {AttemptState.COMPLETED}
    assert File.objects.get(pk=draft.file_id).held_by_id == people.post("dealing_assistant").pk
    assert Note.objects.filter(file=draft.file_id, text=f"<p>Approved {draft.pk}.</p>").count() == 1
    assert len(ledger.movements(draft.file)) == 3
    assert correct.refused == "not_holder"
    assert f"{people.post('dealing_assistant').name_en} holds it since" in correct.words
    assert f"received from {people.post('secretary').name_en}" in correct.words


def corrected(people: Cast, draft: Draft, decision_id: int, sign: Outcome) -> None:
    """Nothing of the decision stands, and the officer is told that the draft changed, and by whom."""
    decision = Decision.objects.get(pk=decision_id)
    assert (draft.state, draft.version, draft.approved_version) == (DraftState.PUT_UP, 2, None)
    assert draft.signed_document is None
    assert decision.state == DecisionState.PREPARED
    assert states(decision) == {AttemptState.REFUSED}
    assert File.objects.get(pk=draft.file_id).held_by_id == people.post("secretary").pk
    assert not Note.objects.filter(file=draft.file_id).exists()
    assert len(ledger.movements(draft.file)) == 2
    assert not ledger.history(draft.file).filter(action=Action.DECISION_TAKE).exists()
    assert sign.refused == "changed_since_view"
    assert people.employee("link_officer").name_en in sign.words


def states(decision: Decision) -> set[str]:
    uuids = [decision.record_attempt, decision.letter_attempt]
    found = SigningAttempt.objects.filter(uuid__in=uuids).values_list("state", flat=True)
    assert len(found) == 2
    return set(found)


def test_one_pin_sheet_in_two_windows_signs_once(pool: Pool, people: Cast, secretary: Actor) -> None:
    for number in range(5):
        draft = put_up(people, number)
        (begun,) = pool.share([Act(acts.begin, {"file_id": draft.file_id, "line": "<p>Yes.</p>", "actor": secretary})])
        act = Act(acts.sign, {"decision_id": begun.value, "pin": PIN, "actor": secretary})
        outcomes = pool.race(act, act)
        assert [outcome.crash for outcome in outcomes if outcome.crash] == []
        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        assert len(ledger.movements(draft.file)) == 3
        assert Note.objects.filter(file=draft.file_id).count() == 1
