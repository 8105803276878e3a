"""Page pictures and words."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from eoffice.core import outbox
from eoffice.core.errors import NotAvailable, NotVisible
from eoffice.documents import sandbox
from eoffice.documents.models import Document, DocumentText
from eoffice.documents.queries import page_image, page_text, page_width
from eoffice.documents.services import document_store
from tests.documents import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Document:
    return document_store(content=papers.letter_pdf(), name="letter.pdf", kind="upload")


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_page_is_drawn_and_kept_apart_from_the_originals(letter):
    content = page_image(letter, 1, 900)
    image = seen(content)

    assert image.format == "WEBP"
    assert image.width == 960
    assert abs(image.height / image.width - 297 / 210) < 0.01
    assert image.convert("L").getextrema()[0] < 80
    kept = sorted(path.name for path in Path(settings.RENDERED_DIR).rglob("*.webp"))
    assert kept == ["1-960.webp", "2-960.webp"]


def test_a_page_drawn_once_is_not_drawn_again(letter, monkeypatch):
    first = page_image(letter, 1, 640)
    monkeypatch.setattr(sandbox, "ask", None)
    assert page_image(letter, 1, 640) == first
    assert page_image(letter, 2, 600)


def test_pictures_that_were_not_put_together_can_be_seen_too():
    scan = document_store(content=papers.picture("TIFF"), name="scan.tif", kind="upload")
    assert seen(page_image(scan, 1, 320)).width == 320


def test_widths_are_few():
    assert [page_width(width) for width in (1, 160, 161, 5000)] == [160, 160, 320, 2000]


@pytest.mark.parametrize("page", [0, -1, 3])
def test_a_page_that_does_not_exist_is_not_there(letter, page):
    with pytest.raises(NotVisible):
        page_image(letter, page, 640)
    with pytest.raises(NotVisible):
        page_text(letter, page)


def test_a_paper_that_can_t_be_drawn_says_so():
    bomb = document_store(content=papers.flate_bomb(), name="bomb.pdf", kind="generated")
    with pytest.raises(NotAvailable) as caught:
        page_image(bomb, 1, 640)
    assert caught.value.code == "page_not_drawn"


def test_a_page_of_a_kilometre_is_drawn_small():
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/MediaBox[0 0 100 14000]/Parent 2 0 R>>",
    ]
    tall = document_store(content=papers.plain_pdf(objects), name="tall.pdf", kind="upload")
    image = seen(page_image(tall, 1, 2000))
    assert image.width * image.height <= 24_100_000


def test_words_are_extracted_by_the_worker_and_folded_for_search(letter):
    assert "मीनाक्षी वर्धन" in page_text(letter, 1)
    assert DocumentText.objects.count() == 0
    assert outbox.drain_once() == 1

    rows = list(DocumentText.objects.filter(document=letter))
    assert [row.page for row in rows] == [1, 2]
    assert "डॉ. मीनाक्षी वर्धन" in rows[0].text
    assert "विद्युत वायरिंग" in rows[0].search_text
    assert "general administration" in rows[0].search_text
    assert "\u093c" not in rows[0].search_text
    assert page_text(letter, 2) == rows[1].text


def test_extracting_twice_changes_nothing(letter):
    from eoffice.core.models import OutboxRow  # noqa: PLC0415
    from eoffice.documents.jobs import extract_text  # noqa: PLC0415

    row = OutboxRow.objects.get()
    for _ in range(2):
        extract_text(row)()
    assert DocumentText.objects.filter(document=letter).count() == 2


def test_words_of_an_equal_paper_are_not_read_again(letter, monkeypatch):
    outbox.drain_once()
    second = document_store(content=papers.letter_pdf(), name="again.pdf", kind="generated")
    monkeypatch.setattr(sandbox, "ask", None)
    outbox.drain_once()
    assert DocumentText.objects.filter(document=second).count() == 2


def test_a_scan_has_no_words_and_asks_for_no_work():
    scan = document_store(content=papers.picture(), name="scan.jpg", kind="upload")
    assert page_text(scan, 1) == ""
    assert outbox.drain_once() == 0


def test_a_hyphen_at_a_line_end_and_nul_do_not_get_into_the_words(letter):
    outbox.drain_once()
    for text in DocumentText.objects.values_list("text", flat=True):
        assert "\x00" not in text
        assert "\ufffe" not in text
