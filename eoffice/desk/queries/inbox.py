"""The inbox: files and receipts on one desk, in one order, by keyset (design 12)."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, DateField, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from dak import queries as dak
from dak.models import Kind, Priority, ReceiptCopy
from employee_master.models import Post
from eoffice.core import clock
from eoffice.core.calendar import distances
from eoffice.core.names import named
from eoffice.core.search import search_key
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Movement
from files import queries as files
from files.models import File

PAGE = 25
NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants to see of the desk."""

    kind: str = ""
    words: str = ""
    priority: str = ""
    from_post_id: int | None = None
    unread_only: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the register (components/register_row.html), whichever room it comes from."""

    kind: str
    number: str
    subject: str
    url: str
    priority: str
    chips: list[dict[str, str]]
    unread: bool
    at: datetime | None
    due_on: date | None
    group: str
    from_post: str
    from_person: str
    said: str
    said_quoted: bool = True
    due_days: int | None = None
    forward_url: str = ""
    put_in_file_url: str = ""
    park_url: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies on the desk altogether: for the heads of the page and of its groups."""

    files: int = 0
    receipts: int = 0
    unread: int = 0
    over: int = 0
    today: int = 0
    week: int = 0
    later: int = 0

    @property
    def total(self) -> int:
        return self.files + self.receipts


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Item]
    after: str


Key = tuple[date, float, str, int]


def inbox(post_id: int | None, asked: Asked) -> Page:
    """One page of the desk: by due date, then newest first. `after` of a page asks for the next one."""
    last = _decode(asked.after)
    sources = []
    if asked.kind in {"", "file"}:
        sources.append(("file", _filtered(files.files_on_desk(post_id, practice=None), asked, path="")))
    if asked.kind in {"", "receipt"}:
        sources.append(("receipt", _filtered(dak.copies_on_desk(post_id), asked, path="receipt__")))
    runs = [_run(kind, rows, last) for kind, rows in sources]
    merged = list(islice(heapq.merge(*runs, key=lambda pair: pair[0]), PAGE + 1))
    shown = merged[:PAGE]
    more = len(merged) > PAGE
    return Page(items=_items([row for _key, row in shown]), after=_encode(shown[-1][0]) if more else "")


def _filtered(rows: QuerySet[Any], asked: Asked, *, path: str) -> QuerySet[Any]:
    if asked.priority:
        rows = rows.filter(**{f"{path}priority": asked.priority})
    if asked.unread_only:
        rows = rows.filter(seen_at__isnull=True)
    if asked.from_post_id is not None:
        rows = rows.filter(came_from_id=asked.from_post_id)
    for word in search_key(asked.words).split()[:8]:
        rows = rows.filter(**{f"{path}search_text__contains": word})
    return rows.annotate(by_due=Coalesce("due_on", Value(NEVER), output_field=DateField()))


def _run(kind: str, rows: QuerySet[Any], last: Key | None) -> Iterable[tuple[Key, Model]]:
    """The next rows of one kind after `last`, with the key that orders them among all kinds."""
    if last is not None:
        due, stamp, last_kind, pk = last
        since = datetime.fromtimestamp(-stamp, UTC)
        tie = Q(by_due=due, held_since=since)
        later = Q(by_due__gt=due) | Q(by_due=due, held_since__lt=since)
        if kind == last_kind:
            later |= tie & Q(pk__gt=pk)
        elif kind > last_kind:
            later |= tie
        rows = rows.filter(later)
    for row in rows.order_by("by_due", "-held_since", "pk")[: PAGE + 1]:
        yield (row.by_due, -row.held_since.timestamp(), kind, row.pk), row


def _encode(key: Key) -> str:
    due, stamp, kind, pk = key
    return base64.urlsafe_b64encode(json.dumps([due.isoformat(), stamp, kind, pk]).encode()).decode()


def _decode(after: str) -> Key | None:
    """The key of a cursor; one that was tampered with begins at the top."""
    if not after:
        return None
    try:
        due, stamp, kind, pk = json.loads(base64.urlsafe_b64decode(after))
        return date.fromisoformat(due), float(stamp), str(kind), int(pk)
    except (ValueError, TypeError, binascii.Error):
        return None


def _items(rows: list[Any]) -> list[Item]:
    by_kind: dict[str, list[int]] = {"file": [], "copy": []}
    for row in rows:
        by_kind[row.ledger_type].append(row.pk)
    moved = {kind: ledger.last_movements(kind, pks) for kind, pks in by_kind.items() if pks}
    items = [
        (_file_item if isinstance(row, File) else _copy_item)(row, moved.get(row.ledger_type, {}).get(row.pk))
        for row in rows
    ]
    days = distances(clock.today(), (item.due_on for item in items if item.due_on))
    return [replace(item, due_days=days[item.due_on]) if item.due_on else item for item in items]


def group_of(due_on: date | None, today: date) -> str:
    """The group in which a due date stands: over, today, week or later."""
    if due_on is None:
        return "later"
    if due_on < today:
        return "over"
    if due_on == today:
        return "today"
    return "week" if due_on <= today + timedelta(days=7) else "later"


def _file_item(file: File, movement: Movement | None) -> Item:
    return Item(
        kind="file",
        number=file.number,
        subject=file.subject,
        url=reverse("files:detail", args=[file.pk]),
        priority=_edge(file.priority),
        chips=[{"text": _("Practice"), "tone": "warm"}] if file.is_practice else [],
        unread=file.seen_at is None,
        at=file.held_since,
        due_on=file.due_on,
        group="practice" if file.is_practice else group_of(file.due_on, clock.today()),
        from_post=named(file.came_from),
        from_person=named(movement.event.employee) if movement and file.came_from_id else "",
        said=file.last_remark,
        forward_url=reverse("files:forward", args=[file.pk]),
        park_url=reverse("files:park", args=[file.pk]),
    )


def _copy_item(copy: ReceiptCopy, movement: Movement | None) -> Item:
    receipt = copy.receipt
    chip = str(receipt.get_kind_display() if copy.is_for_action else copy.get_purpose_display())
    return Item(
        kind="receipt",
        number=receipt.diary_number,
        subject=receipt.subject,
        url=reverse("dak:receipt", args=[receipt.pk]),
        priority=_edge(receipt.priority),
        chips=[] if copy.is_for_action and receipt.kind == Kind.LETTER else [{"text": chip, "tone": "line"}],
        unread=copy.seen_at is None,
        at=copy.held_since,
        due_on=copy.due_on,
        group=group_of(copy.due_on, clock.today()),
        from_post=named(copy.came_from),
        from_person=named(movement.event.employee) if movement and copy.came_from_id else "",
        said=(movement.remarks if movement else "") or receipt.sender_organisation or receipt.sender_name,
        said_quoted=bool(movement and movement.remarks),
        put_in_file_url=reverse("files:open_for_receipt", args=[copy.pk]) if copy.is_for_action else "",
    )


def _edge(priority: str) -> str:
    """The priority as the register draws it; ordinary has no edge."""
    return "" if priority == Priority.ORDINARY else priority


def counts(post_id: int | None) -> Counts:
    """The whole desk in two queries; practice files count nowhere."""
    if post_id is None:
        return Counts()
    today = clock.today()
    week = today + timedelta(days=7)
    wanted = {
        "total": Count("pk"),
        "unread": Count("pk", filter=Q(seen_at__isnull=True)),
        "over": Count("pk", filter=Q(due_on__lt=today)),
        "today": Count("pk", filter=Q(due_on=today)),
        "week": Count("pk", filter=Q(due_on__gt=today, due_on__lte=week)),
        "later": Count("pk", filter=Q(due_on__gt=week) | Q(due_on__isnull=True)),
    }
    of_files = files.files_on_desk(post_id).aggregate(**wanted)
    of_copies = dak.copies_on_desk(post_id).aggregate(**wanted)
    return Counts(
        files=of_files["total"],
        receipts=of_copies["total"],
        **{name: of_files[name] + of_copies[name] for name in ("unread", "over", "today", "week", "later")},
    )


def senders(post_id: int | None) -> list[Post]:
    """The posts from which something on this desk came, for the filter."""
    came = set(files.files_on_desk(post_id, practice=None).values_list("came_from_id", flat=True))
    came |= set(dak.copies_on_desk(post_id).values_list("came_from_id", flat=True))
    return list(Post.objects.filter(pk__in=came - {None}).order_by("marking"))
