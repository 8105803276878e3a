"""The only way to read the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from eoffice.ledger import chain
from eoffice.ledger.models import Event, Movement
from eoffice.ledger.writer import Recorded


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one chain."""

    subject: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the ledger and the world disagree about: which row, and what is wrong in plain words."""

    kind: str
    where: str
    words: str


def history(subject: Recorded) -> QuerySet[Event]:
    """All acts on the subject, oldest first, with their people, posts and movements."""
    return (
        Event.objects.filter(subject_type=subject.ledger_type, subject_id=subject.pk)
        .select_related("post", "employee", "movement__from_post", "movement__to_post")
        .order_by("seq")
    )


def acts_on(subject_type: str, subject_ids: Iterable[int]) -> QuerySet[Event]:
    """All acts on these subjects of one kind, each chain oldest first."""
    rows = Event.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    return rows.order_by("subject_id", "seq")


def movements(subject: Recorded) -> QuerySet[Movement]:
    """All changes of custody of the subject, oldest first."""
    return (
        Movement.objects.filter(item_type=subject.ledger_type, item_id=subject.pk)
        .select_related("from_post", "to_post", "event__employee")
        .order_by("id")
    )


def last_movements(item_type: str, item_ids: Iterable[int]) -> dict[int, Movement]:
    """The last movement of each item, in two queries however many there are."""
    latest = (
        Movement.objects.filter(item_type=item_type, item_id__in=list(item_ids))
        .values("item_id")
        .annotate(last=Max("id"))
        .values_list("last", flat=True)
    )
    rows = Movement.objects.filter(pk__in=list(latest)).select_related("from_post", "to_post", "event__employee")
    return {row.item_id: row for row in rows}


def acts_since(item_type: str, item_ids: Collection[int], at: datetime) -> list[tuple[int, str, dict[str, Any]]]:
    """(id, action, data) of everything that befell these subjects at or after the instant; one query."""
    rows = Event.objects.filter(subject_type=item_type, subject_id__in=item_ids, at__gte=at)
    return list(rows.order_by("subject_id", "seq").values_list("subject_id", "action", "data"))


def acted(*, employee_ids: Collection[int] = (), charge_ids: Collection[int] = ()) -> tuple[set[int], set[int]]:
    """Which of these people have ever acted, and under which of these charges anybody has; two queries."""
    people = Event.objects.filter(employee_id__in=employee_ids).values_list("employee_id", flat=True).distinct()
    charges = Event.objects.filter(charge_id__in=charge_ids).values_list("charge_id", flat=True).distinct()
    return {pk for pk in people if pk is not None}, {pk for pk in charges if pk is not None}


def reached_since(post_ids: Collection[int], at: datetime) -> set[int]:
    """Which of these posts something was sent to at or after the instant; one query."""
    rows = Movement.objects.filter(to_post_id__in=post_ids, at__gte=at).values_list("to_post_id", flat=True)
    return {pk for pk in rows.distinct() if pk is not None}


def heads_since(at: datetime | None) -> Iterator[Head]:
    """The present end of every chain that grew at or after `at` (all of them for None), in a fixed order."""
    grown = Event.objects.all() if at is None else Event.objects.filter(at__gte=at)
    subjects = grown.values("subject_type", "subject_id").annotate(last=Max("seq"))
    for row in subjects.order_by("subject_type", "subject_id").iterator():
        head = Event.objects.get(subject_type=row["subject_type"], subject_id=row["subject_id"], seq=row["last"])
        yield Head(f"{head.subject_type}:{head.subject_id}", head.seq, head.hash)


def head_at(subject: str, seq: int) -> str | None:
    """The hash that the chain of `subject` ("file:7") has at `seq` now; None when there is no such row."""
    kind, _colon, pk = subject.partition(":")
    return Event.objects.filter(subject_type=kind, subject_id=int(pk), seq=seq).values_list("hash", flat=True).first()


def broken_links() -> Iterator[Difference]:
    """Walk every chain and every movement; yield each row that was altered, cut out or put in."""
    before: Event | None = None
    for event in Event.objects.order_by("subject_type", "subject_id", "seq").iterator(chunk_size=2000):
        first = before is None or (before.subject_type, before.subject_id) != (event.subject_type, event.subject_id)
        expected_seq = 1 if first or before is None else before.seq + 1
        expected_prev = chain.GENESIS if first or before is None else before.hash
        if event.seq != expected_seq:
            yield Difference("gap", str(event), f"row {event.pk}: number {expected_seq} of this chain is missing")
        elif event.prev_hash != expected_prev:
            yield Difference("link", str(event), f"row {event.pk} does not follow the row before it")
        if event.hash != _hash_of(event):
            yield Difference("altered", str(event), f"row {event.pk} was altered after it was written")
        before = event
    yield from _broken_movements()


def _hash_of(event: Event) -> str:
    return chain.event_hash(
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        seq=event.seq,
        action=event.action,
        post_id=event.post_id,
        employee_id=event.employee_id,
        charge_id=event.charge_id,
        data=event.data,
        at=event.at,
        prev_hash=event.prev_hash,
    )


def _broken_movements() -> Iterator[Difference]:
    for row in Movement.objects.select_related("event").order_by("id").iterator(chunk_size=2000):
        said = chain.movement_hash(
            item=f"{row.item_type}:{row.item_id}",
            from_post_id=row.from_post_id,
            to_post_id=row.to_post_id,
            remarks=row.remarks,
            at=row.at,
        )
        if row.event.data.get("movement") != said:
            yield Difference("altered", str(row), f"movement {row.pk} was altered after it was written")
    claimed = Event.objects.filter(data__has_key="movement", movement__isnull=True)
    for event in claimed.iterator():
        yield Difference("gap", str(event), f"the movement of row {event.pk} is missing")
