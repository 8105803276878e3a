from __future__ import annotations

from datetime import timedelta

from dak.models import Classification
from dak.queries import visible_receipts
from dak.services import receipt_read, receipt_share
from eoffice.ledger.models import Event


def test_reading_from_another_desk_is_recorded_once_an_hour(still_clock, people, marked):
    officer = people.actor("under_secretary")
    assert receipt_read(receipt_id=marked.receipt_id, actor=officer)
    still_clock.advance(timedelta(minutes=59))
    assert not receipt_read(receipt_id=marked.receipt_id, actor=officer)
    still_clock.advance(timedelta(minutes=2))
    assert receipt_read(receipt_id=marked.receipt_id, actor=officer)
    assert Event.objects.filter(action="receipt:read").count() == 2


def test_every_opening_of_a_confidential_receipt_is_recorded(people, diarise):
    receipt = diarise(classification=Classification.CONFIDENTIAL)
    for _time in range(3):
        assert receipt_read(receipt_id=receipt.pk, actor=people.actor("diarist"))
    assert Event.objects.filter(action="receipt:read").count() == 3


def test_the_holder_of_the_file_may_read(people, receipt):
    outsider = people.actor("outsider")
    assert not visible_receipts(outsider).exists()
    receipt_share(receipt_id=receipt.pk, post_id=people.post("outsider").pk)
    receipt_share(receipt_id=receipt.pk, post_id=people.post("outsider").pk)
    assert visible_receipts(outsider).get() == receipt
