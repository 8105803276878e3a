"""Work of this room for the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from eoffice.core import outbox, search
from eoffice.core.models import OutboxRow
from eoffice.documents import queries, sandbox
from eoffice.documents.models import Document, DocumentText
from eoffice.documents.services import EXTRACT

LIMITS = sandbox.Limits(seconds=60, wall=120)


@outbox.handler(EXTRACT, mode="outside", lease=timedelta(seconds=300))
def extract_text(row: OutboxRow) -> Callable[[], None]:
    """Read the words of every page, once per content: an equal paper's words are copied.

    Reading changes nothing outside, so doing it twice is harmless; the rows are written with the done-mark.
    """
    document = Document.objects.get(pk=row.payload["document"])
    twin = (
        DocumentText.objects.filter(document__sha256=document.sha256)
        .exclude(document=document)
        .values_list("document", flat=True)
        .first()
    )
    if twin is not None:
        words = dict(DocumentText.objects.filter(document=twin).values_list("page", "text"))
    else:
        words = queries.read_text(document, first=1, last=document.page_count or 0, limits=LIMITS)

    def record() -> None:
        with transaction.atomic():
            DocumentText.objects.bulk_create(
                [
                    DocumentText(document=document, page=page, text=text, search_text=search.search_key(text))
                    for page, text in sorted(words.items())
                ],
                ignore_conflicts=True,
                batch_size=100,
            )

    return record
