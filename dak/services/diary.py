"""Diarising a letter and acknowledging it."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from dak.models import Purpose, Reading, Receipt, ReceiptCopy
from dak.services.facts import ReceiptFacts, cleaned
from dak.services.holding import add_reader, guard, locked_receipt, move
from employee_master.models import Office
from employee_master.queries import require_seat
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.numbers import next_number, written
from eoffice.core.search import search_key
from eoffice.documents.models import Document
from eoffice.ledger.writer import record_event


@transaction.atomic
def receipt_diarise(
    *, facts: ReceiptFacts, document: Document, reading_document: Document | None = None, actor: Actor
) -> Receipt:
    """Enter a letter whose paper is already stored; it gets its diary number and lies on the diarist's desk.

    `reading_document` is the PDF to read when the original is none (a photo, a scan as JPEG). Refuses with `BadInput`
    naming the field, with 403 for whoever is no registry clerk. Nothing is half-saved.
    """
    facts = cleaned(facts)
    receipt: Receipt = Receipt(
        **asdict(facts),
        office_id=actor.office_id,
        document=document,
        reading_document=reading_document or document,
        search_text="",
    )
    access.require(actor, Action.RECEIPT_DIARISE, receipt)
    access.require(actor, Action.RECEIPT_VIEW, receipt)  # a role alone has no desk on which the letter could lie
    require_seat(actor)
    assert actor.post_id is not None  # what the two rules have made sure of
    assert actor.office_id is not None
    office = Office.objects.get(pk=actor.office_id)
    guard(receipt.diarise, receipt)
    receipt.diarise()
    year = clock.today().year
    serial = next_number("diary", office=office.code, year=year)
    receipt.diary_serial, receipt.diary_year = serial, year
    receipt.diary_number = written("diary", serial=serial, year=year, office=office.code)
    receipt.diarised_at = clock.now()
    receipt.search_text = searchable(receipt)
    receipt.save()
    copy = ReceiptCopy(receipt=receipt, number=1, purpose=Purpose.ACTION, due_on=receipt.due_on)
    add_reader(receipt, actor.post_id, Reading.DIARISED)
    move(
        copy,
        to_post_id=actor.post_id,
        action=Action.RECEIPT_DIARISE,
        actor=actor,
        seen=True,
        data={"document": document.sha256, "serial": serial, "year": year},
    )
    return receipt


def searchable(receipt: Receipt) -> str:
    """What the receipt is found by: its numbers, subject and sender."""
    return search_key(
        receipt.diary_number,
        receipt.their_number,
        receipt.subject,
        receipt.sender_name,
        receipt.sender_designation,
        receipt.sender_organisation,
    )


@transaction.atomic
def receipt_acknowledge(*, receipt_id: int, actor: Actor) -> Receipt:
    """An acknowledgement slip was printed for the sender (procedure 3)."""
    receipt = locked_receipt(receipt_id)
    access.require(actor, Action.RECEIPT_ACKNOWLEDGE, receipt)
    record_event(action=Action.RECEIPT_ACKNOWLEDGE, subject=receipt, actor=actor)
    return receipt
