"""Receipts: who sees which, what lies on a desk, the diary register."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from dak.models import Classification, Purpose, Receipt, ReceiptCopy, ReceiptReader
from dak.queries.paging import PAGE, Page, page_of
from dak.workflow import ReceiptState
from eoffice.access import reader_q
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.search import search_key
from eoffice.ledger.models import Movement
from eoffice.ledger.queries import last_movements


def visible_receipts(actor: Actor) -> QuerySet[Receipt]:
    """The receipts that the actor may open (design 9); the one rule of lists and pages."""
    readers = ReceiptReader.objects.filter(reader_q(actor, classified="receipt__classification"))
    rows: QuerySet[Receipt] = Receipt.objects.filter(pk__in=readers.values("receipt_id"))
    return rows


def receipt_or_404(actor: Actor, pk: int) -> Receipt:
    """The receipt if the actor may open it; otherwise it is not there."""
    receipt = visible_receipts(actor).select_related("office", "document", "reading_document").filter(pk=pk).first()
    if receipt is None:
        raise NotVisible
    return receipt


def copies_of(receipt: Receipt) -> list[ReceiptCopy]:
    """The copies with their holders, the one for action first; each knows this very receipt."""
    copies = list(ReceiptCopy.objects.filter(receipt=receipt).select_related("held_by", "came_from").order_by("number"))
    for copy in copies:
        copy.receipt = receipt
    return copies


def own_copy(copies: Iterable[ReceiptCopy], actor: Actor) -> ReceiptCopy | None:
    """The copy on which the actor's page acts: held, else sent and not yet opened, else the one for action."""
    copies = list(copies)

    def rank(copy: ReceiptCopy) -> tuple[int, int]:
        if copy.held_by_id == actor.post_id and actor.post_id is not None:
            return 0, copy.number
        if copy.came_from_id == actor.post_id and copy.held_by_id is not None and copy.seen_at is None:
            return 1, copy.number
        return 2, copy.number

    return min(copies, key=rank, default=None)


def copies_on_desk(post_id: int | None) -> QuerySet[ReceiptCopy]:
    """What lies on the post's desk: copies for action under consideration, copies for information not yet noted."""
    return ReceiptCopy.objects.none() if post_id is None else copies_on_desks([post_id])


def copies_on_desks(post_ids: Collection[int]) -> QuerySet[ReceiptCopy]:
    """The same for several desks at once."""
    waiting = Q(purpose=Purpose.INFORMATION) | Q(
        receipt__state__in=[ReceiptState.DIARISED, ReceiptState.CALL_BOOK], purpose=Purpose.ACTION
    )
    return ReceiptCopy.objects.filter(waiting, held_by_id__in=post_ids).select_related("receipt", "came_from")


def last_marks(copies: Iterable[ReceiptCopy]) -> dict[int, Movement]:
    """The last movement of each copy by its id: who sent it and what was said."""
    return last_movements(ReceiptCopy.ledger_type, [copy.pk for copy in copies])


def receipts_of_file(file_ref: str) -> QuerySet[Receipt]:
    """The receipts that lie in a file; the files room has asked whether its reader may see them."""
    rows: QuerySet[Receipt] = Receipt.objects.filter(file_ref=file_ref)
    return rows.select_related("document", "reading_document").order_by("pk")


def diary_register(
    actor: Actor, *, q: str = "", kind: str = "", state: str = "", after: str = "", limit: int = PAGE
) -> Page[Receipt]:
    """A page of the diary register, newest first: what the actor may open, each with `action_copies` and holder."""
    rows = visible_receipts(actor).exclude(diary_number="")
    for word in search_key(q).split():
        rows = rows.filter(search_text__contains=word)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    action = ReceiptCopy.objects.filter(purpose=Purpose.ACTION).select_related("held_by")
    rows = rows.prefetch_related(Prefetch("copies", queryset=action, to_attr="action_copies"))
    return page_of(rows, year="diary_year", serial="diary_serial", after=after, limit=limit)


def likely_duplicates(
    actor: Actor, *, sha256: str, their_number: str = "", their_date: date | None = None
) -> list[Receipt]:
    """Receipts that may be this very letter: the same bytes, or the same number and date of theirs; five at most.

    Confidential ones are named only to those who see them anyway.
    """
    same = Q(document__sha256=sha256) if sha256 else Q(pk__in=[])
    if their_number and their_date:
        same |= Q(their_number=their_number, their_date=their_date)
    open_to_name = ~Q(classification=Classification.CONFIDENTIAL) | Q(pk__in=visible_receipts(actor).values("pk"))
    action = ReceiptCopy.objects.filter(purpose=Purpose.ACTION).select_related("held_by")
    found = Receipt.objects.filter(same & open_to_name).exclude(diary_number="").order_by("-pk")
    return list(found.prefetch_related(Prefetch("copies", queryset=action, to_attr="action_copies"))[:5])
