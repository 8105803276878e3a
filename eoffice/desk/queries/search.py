"""Search over the rooms; each room says what the post may see."""

from __future__ import annotations

from django.db.models import QuerySet

from dak.models import Receipt
from dak.queries import visible_receipts
from eoffice.core.actor import Actor
from eoffice.core.search import search_key


def found_receipts(actor: Actor, asked: str) -> QuerySet[Receipt]:
    """Visible receipts whose number, subject or sender holds every word asked for, newest first."""
    rows = visible_receipts(actor)
    for word in search_key(asked).split()[:8]:
        rows = rows.filter(search_text__contains=word)
    return rows.order_by("-pk")
