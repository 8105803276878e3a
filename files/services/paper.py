"""The correspondence side of a file: papers with serial and page numbers of their own."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from dak.models import Classification, Priority, Receipt, ReceiptCopy
from dak.services.receipt import receipt_dispose, receipt_put_in_file
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.ledger.writer import record_event
from files.models import Draft, File, Head, Paper, PaperKind
from files.services.custody import locked
from files.services.file import file_open


def paper_put(
    *,
    file: File,
    document: Document,
    kind: PaperKind,
    title: str,
    actor: Actor,
    number: str = "",
    dated_on: date | None = None,
    receipt: Receipt | None = None,
    draft: Draft | None = None,
) -> Paper:
    """Give a paper the next serial and pages of the locked file, as part of an act; the caller saves the file."""
    pages = max(1, document.page_count or 1)
    file.last_serial += 1
    paper = Paper.objects.create(
        file=file,
        serial=file.last_serial,
        kind=kind,
        is_puc=kind == PaperKind.RECEIPT and not file.papers.filter(is_puc=True).exists(),
        title=title,
        number=number,
        dated_on=dated_on,
        document=document,
        receipt=receipt,
        draft=draft,
        first_page=file.last_page + 1,
        last_page=file.last_page + pages,
        added_at=clock.now(),
    )
    file.last_page += pages
    record_event(
        action=Action.FILE_ADD_PAPER,
        subject=file,
        actor=actor,
        data={"serial": paper.serial, "document": document.pk, "sha256": document.sha256},
    )
    return paper


@transaction.atomic
def paper_add(*, file_id: int, document: Document, title: str, actor: Actor) -> Paper:
    """Put a stored document into the file as a reference paper."""
    file = locked(file_id)
    access.require(actor, Action.FILE_ADD_PAPER, file)
    title = clean_line(title, field="title", limit=1000)
    paper = paper_put(file=file, document=document, kind=PaperKind.REFERENCE, title=title, actor=actor)
    file.save()
    return paper


@transaction.atomic
def receipt_file(*, copy_id: int, file_id: int, actor: Actor) -> Paper:
    """Put a receipt into a file: the file now carries it, and its own custody ends (design 3)."""
    file = locked(file_id)
    access.require(actor, Action.FILE_ADD_RECEIPT, file)
    if not ReceiptCopy.objects.filter(pk=copy_id).exists():
        raise NotVisible
    receipt = receipt_put_in_file(copy_id=copy_id, file_ref=f"file:{file.pk}", actor=actor)
    paper = paper_put(
        file=file,
        document=receipt.reading_document,
        kind=PaperKind.RECEIPT,
        title=receipt.subject,
        number=receipt.diary_number,
        dated_on=receipt.their_date or receipt.received_on,
        receipt=receipt,
        actor=actor,
    )
    file.save()
    return paper


@transaction.atomic
def receipt_file_new(
    *,
    copy_id: int,
    subject: str,
    actor: Actor,
    head: Head | None = None,
    free_number: str = "",
    classification: str = Classification.ORDINARY,
    priority: str = Priority.ORDINARY,
) -> File:
    """Open a file for a receipt and put it in: both or neither, so that a refusal costs no number (design 5)."""
    file = file_open(
        subject=subject,
        head=head,
        free_number=free_number,
        classification=classification,
        priority=priority,
        actor=actor,
    )
    return receipt_file(copy_id=copy_id, file_id=file.pk, actor=actor).file


@transaction.atomic
def receipt_answer(*, file_id: int, serial: int, kind: str, actor: Actor) -> Receipt:
    """Dispose of a receipt that lies in the file; with kind "replied" it names the letter that answered it."""
    file = locked(file_id)
    access.require(actor, Action.RECEIPT_DISPOSE, file)
    paper = Paper.objects.filter(file=file, serial=serial, receipt__isnull=False).first()
    if paper is None or paper.receipt_id is None:
        raise NotVisible
    answer = Draft.objects.filter(answers=paper).exclude(letter_number="").order_by("-number").first()
    return receipt_dispose(
        receipt_id=paper.receipt_id,
        kind=kind,
        reply_ref=answer.letter_number if answer else "",
        under=file,
        actor=actor,
    )
