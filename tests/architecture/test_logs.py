"""The log is for operators: what people wrote, and who they are, never stands in it (style: Errors and logs)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dak.models import Receipt, ReceiptCopy
from dak.services import Addressee, dispatch_queue
from eoffice.core import outbox
from eoffice.core.logs import JsonFormatter
from eoffice.documents.models import Document
from files.models import Draft, File
from tests.cast import PASSWORD, Cast
from tests.dak.conftest import letter_pdf

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]

SAID = {
    "noting": "गोपनीय बात मंगलम",
    "letter": "Quixotic sanction of the zephyr grant",
    "subject": "Subject of marigold",
    "sender": "Zebulon Quartermain",
    "their_number": "SECRET-77/ZQ",
    "remark": "Remark about jacaranda",
    "address": "zebulon@quartermain.example",
    "phone": "9812345678",
    "search": "marigold quince",
}


@pytest.fixture
def lines() -> Iterator[Callable[[], str]]:
    """Everything that any logger says, at the lowest level, as it would reach the operator."""
    sink = StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield sink.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def signed_in(people: Cast, name: str) -> Client:
    client = Client(raise_request_exception=False)
    url = reverse("employee_master:sign_in")
    client.post(url, {"email": people.account(name).email, "password": "wrong horse"})
    answer = client.post(url, {"email": people.account(name).email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def test_nothing_that_was_written_and_nobody_s_name_stands_in_the_log(
    people: Cast, letter: Document, lines: Callable[[], str]
) -> None:
    """A day's work through the pages, with refusals, errors and the worker's own lines."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    diarist = signed_in(people, "diarist")
    paper = SimpleUploadedFile(f"{SAID['sender']}.pdf", letter_pdf(), "application/pdf")
    facts = {
        "subject": SAID["subject"], "sender_name": SAID["sender"], "their_number": SAID["their_number"],
        "sender_email": SAID["address"], "sender_phone": SAID["phone"], "kind": "letter", "delivery": "post",
        "received_on": "2024-11-18", "priority": "ordinary", "language": "hi", "classification": "ordinary",
    }  # fmt: skip
    assert diarist.post(reverse("dak:new"), facts | {"paper": paper}).status_code == 302
    broken = SimpleUploadedFile(f"{SAID['sender']}.pdf", b"%PDF-1.7 broken", "application/pdf")
    assert diarist.post(reverse("dak:new"), facts | {"paper": broken}).status_code == 400
    copy = ReceiptCopy.objects.get(receipt=Receipt.objects.get())
    diarist.post(
        reverse("dak:mark", args=[copy.pk]), {"to": people.post("dealing_assistant").pk, "remarks": SAID["remark"]}
    )
    assistant = signed_in(people, "dealing_assistant")
    assistant.post(
        reverse("files:open_for_receipt", args=[copy.pk]),
        {"subject": SAID["subject"], "free_number": "X/1", "priority": "ordinary", "classification": "ordinary"},
    )
    file = File.objects.get()
    note = {"note": SAID["noting"], "version": "0"}
    assistant.post(reverse("files:note_save", args=[file.pk]), note)
    # The same again: a conflict of two windows.
    assert assistant.post(reverse("files:note_save", args=[file.pk]), note).status_code == 409
    text = {
        "kind": "letter", "language": "en", "addressee": SAID["sender"], "email": SAID["address"],
        "subject": SAID["subject"], "body": SAID["letter"],
    }  # fmt: skip
    assistant.post(reverse("files:draft_new", args=[file.pk]), text)
    assistant.post(reverse("files:draft_new", args=[file.pk]), text | {"email": "no address"})
    assistant.get(reverse("desk:search"), {"q": SAID["search"]})
    signed_in(people, "outsider").get(reverse("files:detail", args=[file.pk]))
    sent = assistant.post(
        reverse("files:forward", args=[file.pk]),
        {"to": people.post("section_officer").pk, "remarks": SAID["remark"]},
    )
    assert sent.status_code == 302
    assert assistant.post(reverse("files:park", args=[file.pk]), {"until": "2999-01-01", "why": SAID["remark"]})
    with transaction.atomic():
        dispatch_queue(
            document=letter,
            copies=[Addressee(lines=SAID["sender"], mode="email", email=SAID["address"])],
            back_ref=f"draft:{Draft.objects.get().pk}",
            subject=SAID["subject"],
            letter_number="1/GAD-3/2026",
            actor=people.actor("dealing_assistant"),
        )
    outbox.drain_once()
    assert len(mail.outbox) == 1
    said = lines()
    assert '"event": "refused"' in said, "the log was not captured"
    names = [name for person in people.employees.values() for name in (person.name_en, person.name_hi)]
    accounts = [people.account(name).email for name in people.employees]
    secrets = [*SAID.values(), *names, *accounts, PASSWORD, "wrong horse"]
    leaked = {
        secret: [line for line in said.splitlines() if secret in line][:2] for secret in secrets if secret in said
    }
    assert leaked == {}


def test_the_web_server_logs_no_queries() -> None:
    """gunicorn's usual line holds the whole query: searched words, and who asked the verifier about whom."""
    units = sorted((ROOT / "deploy").rglob("*.service"))
    starts = [line for unit in units for line in unit.read_text(encoding="utf-8").splitlines() if "gunicorn" in line]
    assert starts
    for start in starts:
        line = start.partition("--access-logformat")[2]
        assert "%%(U)s" in line, "the path without its query"
        assert not {"%%(r)s", "%%(q)s", "%%(f)s"} & set(line.replace('"', " ").split())
