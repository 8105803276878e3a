"""Forward, pull back and open meet on one file or one copy of a receipt: one act wins, the other hears who has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from dak.models import ReceiptCopy
from dak.services import receipt_diarise, receipt_mark
from employee_master.queries import actor_for
from eoffice.core.actions import Action
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from eoffice.ledger import queries as ledger
from files.models import File, Note
from files.services.file import file_forward
from files.services.note import note_save
from files.workflow import NoteState
from tests.cast import Cast
from tests.dak.conftest import facts, letter_pdf
from tests.races import acts
from tests.races.pool import Act, Outcome, Pool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_ledger")]

OpenFile = Callable[[str, int], File]


def one_winner(outcomes: list[Outcome]) -> tuple[int, Outcome]:
    """Which act won, and what the other was told; a crash (deadlock, broken constraint) fails the test."""
    assert [outcome.crash for outcome in outcomes if outcome.crash] == []
    won = [number for number, outcome in enumerate(outcomes) if outcome.won]
    assert len(won) == 1, outcomes
    return won[0], outcomes[1 - won[0]]


def both_ways(winners: list[int]) -> None:
    """The races were races: over a hundred of them, either act came first at times."""
    if connection.vendor == "postgresql":
        assert set(winners) == {0, 1}, f"always the same act won: {winners}"


def notes_with(text: str) -> list[Note]:
    return list(Note.objects.filter(text__contains=text))


def test_two_windows_of_the_holder_forward_one_file(pool: Pool, people: Cast, open_file: OpenFile, rounds: int) -> None:
    holder = people.actor("dealing_assistant")
    receivers = [people.post("section_officer"), people.post("under_secretary")]
    winners = []
    for number in range(rounds):
        file = open_file("dealing_assistant", number)
        note = note_save(file_id=file.pk, html=f"<p>Saved {number}.</p>", revision=0, actor=holder)
        assert note is not None
        outcomes = pool.race(
            *(
                Act(
                    acts.forward,
                    {
                        "file_id": file.pk,
                        "to_post_id": to.pk,
                        "note": (f"<p>Noting {number}.</p>", note.revision),
                        "actor": holder,
                    },
                )
                for to in receivers
            )
        )
        winner, loser = one_winner(outcomes)
        winners.append(winner)
        receiver = receivers[winner]
        assert File.objects.get(pk=file.pk).held_by_id == receiver.pk
        assert loser.refused == "not_holder"
        assert f"{receiver.name_en} holds it since" in loser.words
        assert f"received from {people.post('dealing_assistant').name_en}" in loser.words
        assert len(ledger.movements(file)) == 2
        assert [note.number for note in notes_with(f"Noting {number}.")] == [1]
        assert notes_with(f"Saved {number}.") == []
    both_ways(winners)


def test_two_people_on_one_post_forward_one_file(pool: Pool, people: Cast, open_file: OpenFile, rounds: int) -> None:
    under_secretary = actor_for(people.employee("under_secretary"), people.charge("under_secretary"))
    both = [under_secretary, people.actor("link_officer")]
    receivers = [people.post("secretary"), people.post("section_officer")]
    winners = []
    for number in range(rounds):
        file = open_file("dealing_assistant", number)
        file_forward(
            file_id=file.pk, to_post_id=people.post("under_secretary").pk, actor=people.actor("dealing_assistant")
        )
        for place, actor in enumerate(both):
            note_save(file_id=file.pk, html=f"<p>Own words {number} of {place}.</p>", revision=0, actor=actor)
        outcomes = pool.race(
            *(
                Act(acts.forward, {"file_id": file.pk, "to_post_id": to.pk, "actor": actor})
                for to, actor in zip(receivers, both, strict=True)
            )
        )
        winner, loser = one_winner(outcomes)
        winners.append(winner)
        assert f"{receivers[winner].name_en} holds it since" in loser.words
        assert f"received from {people.post('under_secretary').name_en}" in loser.words
        assert len(ledger.movements(file)) == 3
        # Nobody's words are lost: those of the winner are green, those of the other stay theirs, yellow.
        states = [[note.state for note in notes_with(f"Own words {number} of {place}.")] for place in (0, 1)]
        assert states[winner] == [NoteState.SUBMITTED]
        assert states[1 - winner] == [NoteState.DRAFT]
    both_ways(winners)


def test_the_receiver_forwards_while_the_sender_pulls_back(
    pool: Pool, people: Cast, open_file: OpenFile, rounds: int
) -> None:
    sender, receiver = people.actor("dealing_assistant"), people.actor("section_officer")
    onward = people.post("under_secretary")
    winners = []
    for number in range(rounds):
        file = open_file("dealing_assistant", number)
        file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=sender)
        note_save(file_id=file.pk, html=f"<p>Examined {number}.</p>", revision=0, actor=receiver)
        winner, loser = one_winner(
            pool.race(
                Act(acts.forward, {"file_id": file.pk, "to_post_id": onward.pk, "actor": receiver}),
                Act(acts.pull_back, {"file_id": file.pk, "actor": sender}),
            )
        )
        winners.append(winner)
        holder = onward if winner == 0 else people.post("dealing_assistant")
        assert File.objects.get(pk=file.pk).held_by_id == holder.pk
        assert f"{holder.name_en} holds it since" in loser.words
        assert loser.refused == ("not_sender" if winner == 0 else "not_holder")
        assert len(ledger.movements(file)) == 3
        (note,) = notes_with(f"Examined {number}.")
        assert note.state == (NoteState.SUBMITTED if winner == 0 else NoteState.DRAFT)
    both_ways(winners)


def test_the_receiver_opens_while_the_sender_pulls_back(
    pool: Pool, people: Cast, open_file: OpenFile, rounds: int
) -> None:
    sender, receiver = people.actor("dealing_assistant"), people.actor("section_officer")
    winners = []
    for number in range(rounds):
        file = open_file("dealing_assistant", number)
        file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=sender)
        winner, loser = one_winner(
            pool.race(
                Act(acts.see, {"file_id": file.pk, "actor": receiver}),
                Act(acts.pull_back, {"file_id": file.pk, "actor": sender}),
            )
        )
        winners.append(winner)
        file = File.objects.get(pk=file.pk)
        opened = ledger.history(file).filter(action=Action.FILE_SEE)
        if winner == 0:
            assert loser.refused == "already_opened"
            assert f"{people.post('section_officer').name_en} opened it at" in loser.words
            assert file.seen_at is not None
            assert (len(opened), len(ledger.movements(file))) == (1, 2)
        else:
            assert loser.refused == "not_holder"
            assert f"{people.post('dealing_assistant').name_en} holds it since" in loser.words
            assert (len(opened), len(ledger.movements(file))) == (0, 3)
    both_ways(winners)


@pytest.fixture
def paper(transactional_db: None) -> Document:
    return document_store(content=letter_pdf(), name="letter.pdf", kind="upload")


def marked_copy(people: Cast, paper: Document, number: int) -> ReceiptCopy:
    receipt = receipt_diarise(facts=facts(subject=f"Race {number}"), document=paper, actor=people.actor("diarist"))
    copy = ReceiptCopy.objects.get(receipt=receipt)
    return receipt_mark(copy_id=copy.pk, to=people.post("dealing_assistant"), actor=people.actor("diarist"))


def test_a_receipt_is_forwarded_opened_and_pulled_back_at_once(
    pool: Pool, people: Cast, paper: Document, rounds: int
) -> None:
    """Three acts: opening may come before forwarding, so two may win; never forwarding and pulling back both."""
    holder = people.actor("dealing_assistant")
    ways = set()
    for number in range(rounds):
        copy = marked_copy(people, paper, number)
        outcomes = pool.race(
            Act(
                acts.copy_forward,
                {"copy_id": copy.pk, "to_post_id": people.post("section_officer").pk, "actor": holder},
            ),
            Act(acts.copy_pull_back, {"copy_id": copy.pk, "actor": people.actor("diarist")}),
            Act(acts.copy_see, {"copy_id": copy.pk, "actor": holder}),
        )
        assert [outcome.crash for outcome in outcomes if outcome.crash] == []
        forwarded, pulled_back, seen = (outcome.won for outcome in outcomes)
        ways.add((forwarded, pulled_back, seen))
        assert forwarded + pulled_back == 1
        assert not (pulled_back and seen)
        assert len(ledger.movements(copy)) == 3
        for outcome in outcomes:
            assert outcome.won or "holds it since" in outcome.words or "opened it at" in outcome.words, outcome
    if connection.vendor == "postgresql":
        assert len(ways) >= 2
