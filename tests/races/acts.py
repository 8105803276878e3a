"""Acts as the processes of a race call them: by ids, giving back nothing that holds a connection."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.db import transaction

from dak.services import receipt_diarise, receipt_forward, receipt_pull_back, receipt_see
from employee_master.models import Post
from eoffice.core.actor import Actor
from eoffice.core.numbers import next_number
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from files.models import Draft, File
from files.services.decision import decision_begin, decision_sign, draft_for_decision, shown_now
from files.services.draft import DraftText, draft_correct
from files.services.file import file_forward, file_pull_back, file_see
from tests.dak.conftest import facts


def nothing() -> None:
    """A process that is up answers."""


def forward(**known: Any) -> int:
    return file_forward(**known).held_by_id or 0


def pull_back(**known: Any) -> int:
    return file_pull_back(**known).held_by_id or 0


def see(**known: Any) -> None:
    file_see(**known)


def copy_forward(*, copy_id: int, to_post_id: int, actor: Actor) -> None:
    receipt_forward(copy_id=copy_id, to=Post.objects.get(pk=to_post_id), actor=actor)


def copy_pull_back(*, copy_id: int, actor: Actor) -> None:
    receipt_pull_back(copy_id=copy_id, actor=actor)


def copy_see(*, copy_id: int, actor: Actor) -> None:
    receipt_see(copy_id=copy_id, actor=actor)


def correct(*, draft_id: int, text: DraftText, base_version: int, actor: Actor) -> int:
    return draft_correct(draft_id=draft_id, text=text, base_version=base_version, actor=actor).version


def begin(*, file_id: int, line: str, actor: Actor) -> int:
    """The officer has the page open and presses Approve; gives the decision that waits for the PIN."""
    file = File.objects.get(pk=file_id)
    draft: Draft | None = draft_for_decision(file)
    shown = shown_now(file, draft).token
    return decision_begin(file_id=file_id, act="approve", line=line, shown=shown, to_post_id=None, actor=actor).pk


def sign(*, decision_id: int, pin: str, actor: Actor) -> None:
    decision_sign(decision_id=decision_id, pin=pin, actor=actor)


def numbers(*, series: str, year: int, times: int, spoiled_every: int) -> list[int]:
    """Draw numbers one by one; every so often the transaction fails after drawing, and the number goes back."""
    kept = []
    for turn in range(1, times + 1):
        with transaction.atomic():
            number = next_number(series, office="GAD", year=year)
            spoiled = turn % spoiled_every == 0
            transaction.set_rollback(spoiled)
        if not spoiled:
            kept.append(number)
    return kept


def diarise(*, document_id: int, subject: str, actor: Actor) -> str:
    document = Document.objects.get(pk=document_id)
    return str(receipt_diarise(facts=facts(subject=subject), document=document, actor=actor).diary_number)


def store(*, content: bytes, name: str) -> tuple[int, str]:
    document = document_store(content=BytesIO(content), name=name, kind="upload")
    return document.pk, document.sha256
