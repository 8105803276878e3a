"""A section at work: a receipt on the dealing assistant's desk, a file opened for it, a draft."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dak.models import ReceiptCopy
from dak.services import receipt_diarise, receipt_mark
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from files.models import Draft, File, Head
from files.services.draft import DraftText, draft_create
from files.services.file import file_open
from files.services.note import note_save
from files.services.paper import receipt_file
from tests.cast import Cast, build_cast
from tests.dak.conftest import facts, letter_pdf


@pytest.fixture
def people(db: None) -> Cast:
    return build_cast()


@pytest.fixture
def letter(db: None) -> Document:
    return document_store(content=letter_pdf(pages=2), name="letter.pdf", kind="upload")


@pytest.fixture
def copy(people: Cast, letter: Document) -> ReceiptCopy:
    """A receipt marked to the dealing assistant."""
    receipt = receipt_diarise(
        facts=facts(sender_email="dm@saryupur.example"), document=letter, actor=people.actor("diarist")
    )
    held = ReceiptCopy.objects.get(receipt=receipt)
    return receipt_mark(copy_id=held.pk, to=people.post("dealing_assistant"), actor=people.actor("diarist"))


@pytest.fixture
def head(people: Cast) -> Head:
    return Head.objects.create(section=people.section("GAD-3"), code="12", name_en="Buildings", name_hi="भवन")


@pytest.fixture
def file(people: Cast, head: Head) -> File:
    """A file on the dealing assistant's desk."""
    return file_open(subject="अभिलेखागार भवन की मरम्मत", head=head, actor=people.actor("dealing_assistant"))


@pytest.fixture
def case(people: Cast, file: File, copy: ReceiptCopy) -> File:
    """The file with the receipt in it."""
    receipt_file(copy_id=copy.pk, file_id=file.pk, actor=people.actor("dealing_assistant"))
    return File.objects.get(pk=file.pk)


def letter_text(**other: str) -> DraftText:
    usual = {
        "subject": "अभिलेखागार भवन की मरम्मत हेतु धनराशि की स्वीकृति",
        "addressee": "जिलाधिकारी,\nसरयूपुर",
        "email": "dm@saryupur.example",
        "salutation": "महोदय,",
        "body": "<p>उपर्युक्त विषयक कृपया अपने पत्र का सन्दर्भ ग्रहण करें।</p><p>2. धनराशि <strong>स्वीकृत</strong> की जाती है।</p>",
        "closing": "भवदीया,",
        "copies_to": "",
    }
    return DraftText(**usual | other)


@pytest.fixture
def draft(people: Cast, case: File) -> Draft:
    """A reply on the case, version 1."""
    return draft_create(
        file_id=case.pk,
        text=letter_text(),
        kind="letter",
        language="hi",
        answers_serial=1,
        actor=people.actor("dealing_assistant"),
    )


@pytest.fixture
def note(people: Cast) -> Callable[..., None]:
    """Write a yellow note for somebody."""

    def act(file: File, who: str, text: str = "अवलोकनार्थ प्रस्तुत।") -> None:
        note_save(file_id=file.pk, html=f"<p>{text}</p>", revision=0, actor=people.actor(who))

    return act
