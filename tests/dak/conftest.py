"""A registry at work: a stored letter, its facts, and a receipt that lies on the diarist's desk."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from dak.models import Receipt, ReceiptCopy
from dak.services import ReceiptFacts, receipt_diarise, receipt_mark
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.cast import Cast, build_cast


@pytest.fixture
def people(db: None) -> Cast:
    return build_cast()


def letter_pdf(text: str = "No. 1147. Repair of the record room.", pages: int = 1) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        canvas.drawString(72, 720, f"{text} Page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def letter(db: None) -> Document:
    return document_store(content=letter_pdf(), name="letter.pdf", kind="upload")


def facts(**other: object) -> ReceiptFacts:
    usual: dict[str, object] = {
        "subject": "अभिलेखागार भवन की मरम्मत हेतु धनराशि",
        "sender_name": "जिलाधिकारी, सरयूपुर",
        "their_number": "1147/नाजिर/2026-27",
    }
    return ReceiptFacts(**usual | other)


@pytest.fixture
def diarise(people: Cast, letter: Document) -> Callable[..., Receipt]:
    """Diarise the letter with other facts than the usual ones."""

    def act(**other: object) -> Receipt:
        return receipt_diarise(facts=facts(**other), document=letter, actor=people.actor("diarist"))

    return act


@pytest.fixture
def receipt(diarise: Callable[..., Receipt]) -> Receipt:
    return diarise()


@pytest.fixture
def copy(receipt: Receipt) -> ReceiptCopy:
    """The copy for action, on the diarist's desk."""
    return ReceiptCopy.objects.get(receipt=receipt)


@pytest.fixture
def marked(people: Cast, copy: ReceiptCopy) -> ReceiptCopy:
    """The copy for action, marked to the dealing assistant and not yet opened."""
    return receipt_mark(
        copy_id=copy.pk, to=people.post("dealing_assistant"), remarks="आवश्यक कार्यवाही हेतु", actor=people.actor("diarist")
    )
