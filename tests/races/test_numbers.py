"""Numbers without gap or repeat, and papers stored once, however many processes ask."""

from __future__ import annotations

import hashlib

import pytest

from dak.models import Receipt
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store
from tests.cast import Cast
from tests.dak.conftest import letter_pdf
from tests.races import acts
from tests.races.pool import Act, Pool

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 4


def test_four_processes_draw_from_one_series(pool: Pool, transactional_db: None, rounds: int) -> None:
    """Also those whose transaction fails after drawing: what they drew goes to the next."""
    act = Act(acts.numbers, {"series": "race", "year": 2026, "times": rounds, "spoiled_every": 7})
    outcomes = pool.race(*[act] * PROCESSES)
    assert [outcome.crash for outcome in outcomes if outcome.crash] == []
    drawn = sorted(number for outcome in outcomes for number in outcome.value)
    assert drawn == list(range(1, PROCESSES * (rounds - rounds // 7) + 1))


@pytest.mark.usefixtures("whole_ledger")
def test_letters_diarised_at_once_get_numbers_that_follow_each_other(pool: Pool, people: Cast, rounds: int) -> None:
    paper = document_store(content=letter_pdf(), name="letter.pdf", kind="upload")
    diarist = people.actor("diarist")
    given: list[str] = []
    for number in range(max(5, rounds // 4)):
        outcomes = pool.race(
            *(
                Act(acts.diarise, {"document_id": paper.pk, "subject": f"Letter {number}.{place}", "actor": diarist})
                for place in range(PROCESSES)
            )
        )
        assert [outcome for outcome in outcomes if not outcome.won] == []
        given += [outcome.value for outcome in outcomes]
    assert len(set(given)) == len(given)
    serials = Receipt.objects.order_by("diary_serial").values_list("diary_serial", flat=True)
    assert list(serials) == list(range(1, len(given) + 1))


def test_equal_papers_stored_at_once_share_their_bytes(pool: Pool, transactional_db: None) -> None:
    for number in range(10):
        content = letter_pdf(f"Equal {number}")
        outcomes = pool.race(*(Act(acts.store, {"content": content, "name": f"{who}.pdf"}) for who in "ab"))
        assert [outcome for outcome in outcomes if not outcome.won] == []
        assert {outcome.value[1] for outcome in outcomes} == {hashlib.sha256(content).hexdigest()}
        for outcome in outcomes:
            assert document_bytes(Document.objects.get(pk=outcome.value[0])) == content
