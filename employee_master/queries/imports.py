"""Sheets of staff: those of an office, their rows page by page, and what waits for the head (R3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from employee_master.models import Attention, ImportBatch, ImportRow, Office, RowOutcome
from employee_master.workflow.imports import ImportState
from eoffice.access.master import desk_of_office_q
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible

PAGE = 50
LISTED = 50
VIEWS = ("attention", "all", *RowOutcome.values)


def visible_batches(actor: Actor) -> QuerySet[ImportBatch]:
    """Those of the offices whose master the actor is, or whose head; newest first."""
    rows: QuerySet[ImportBatch] = ImportBatch.objects.filter(desk_of_office_q(actor, office="office"))
    return rows.select_related(
        "office__head_post", "made_by", "sent_by", "certified_by", "document", "certificate"
    ).order_by("-pk")


def batch_or_404(actor: Actor, batch_id: int) -> ImportBatch:
    """The batch, for those who may see it; for everybody else it does not exist."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    return batch


def batches(actor: Actor, *, before: int | None = None) -> tuple[list[ImportBatch], int | None]:
    """A page of the list, and the id to go on with."""
    rows = visible_batches(actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: LISTED + 1])
    return page[:LISTED], page[LISTED - 1].pk if len(page) > LISTED else None


def is_head(actor: Actor) -> bool:
    """Whether the actor sits on the head's post of an office."""
    return actor.post_id is not None and Office.objects.filter(head_post=actor.post_id).exists()


def certifications_waiting(actor: Actor) -> int:
    """How many sheets wait for the actor's signature as head of the office."""
    if actor.post_id is None:
        return 0
    waiting: QuerySet[ImportBatch] = ImportBatch.objects.filter(
        state=ImportState.VALIDATED, office__head_post=actor.post_id
    )
    return waiting.exclude(made_by=actor.employee_id).count()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows a page is to show."""

    view: str = "attention"
    words: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RowsPage:
    rows: list[ImportRow]
    after: str


def rows_page(batch: ImportBatch, asked: Asked, *, size: int = PAGE) -> RowsPage:
    """Rows in the order of how much they want to be looked at; one query, and the place to go on from."""
    rows = batch.rows.order_by("attention", "number")
    if asked.view == "attention":
        rows = rows.filter(attention__lt=Attention.NONE)
    elif asked.view in RowOutcome.values:
        rows = rows.filter(outcome=asked.view)
    for word in asked.words.split()[:5]:
        found = Q(who__icontains=word) | Q(code__icontains=word)
        rows = rows.filter(found | Q(number=int(word)) if word.isdecimal() and len(word) < 9 else found)  # noqa: PLR2004 - fits the column
    place = _place(asked.after)
    if place is not None:
        attention, number = place
        rows = rows.filter(Q(attention__gt=attention) | Q(attention=attention, number__gt=number))
    page = list(rows[: size + 1])
    last = page[size - 1] if len(page) > size else None
    return RowsPage(page[:size], f"{last.attention}-{last.number}" if last is not None else "")


def _place(after: str) -> tuple[int, int] | None:
    first, _dash, second = after.partition("-")
    if not (first.isdecimal() and second.isdecimal() and first.isascii() and second.isascii() and len(after) < 14):  # noqa: PLR2004 - fits the columns
        return None
    return int(first), int(second)
