"""What goes in comes out; nothing stored ever changes; two at once are no race."""

import hashlib
import io
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from eoffice.core import clock
from eoffice.core.models import OutboxRow
from eoffice.documents import blobs
from eoffice.documents.models import Document, Immutable
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import EXTRACT, document_put, document_rows, document_store
from tests.documents import papers


def stored_files() -> list[Path]:
    folder = Path(settings.STORAGES["documents"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.django_db
@given(content=st.binary(min_size=1, max_size=5000))
@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_is_read(content):
    content = b"\0" + content  # never the beginning of a PDF, which would be counted
    document = document_store(content=content, name="x", kind="generated", media_type="application/octet-stream")
    assert document_bytes(document) == content
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.size == len(content)


@pytest.mark.django_db
def test_an_upload_is_kept_untouched():
    content = papers.letter_pdf()
    document = document_store(content=io.BytesIO(content), name="letter.pdf", kind="upload")

    assert document_bytes(document) == content
    assert (document.page_count, document.has_text, document.media_type) == (2, True, "application/pdf")
    assert [path.name for path in stored_files()] == [hashlib.sha256(content).hexdigest()]


@pytest.mark.django_db
def test_equal_papers_share_their_bytes():
    content = papers.blank_pdf()
    first = document_store(content=content, name="a.pdf", kind="upload")
    second = document_store(content=content, name="b.pdf", kind="upload")

    assert first.pk != second.pk
    assert first.sha256 == second.sha256
    assert len(stored_files()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_equal_uploads_at_the_same_moment_both_succeed():
    content = papers.picture("PNG")
    together = threading.Barrier(2)
    outcome: list[Document | BaseException] = []

    def upload() -> None:
        try:
            together.wait()
            outcome.append(document_store(content=content, name="scan.png", kind="upload"))
        except BaseException as error:  # noqa: BLE001 - seen by the assertion
            outcome.append(error)
        finally:
            connection.close()

    hands = [threading.Thread(target=upload) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert all(isinstance(one, Document) for one in outcome), outcome
    assert len(stored_files()) == 1
    assert document_bytes(outcome[0]) == content  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_stored_paper_never_changes():
    document = document_store(content=papers.blank_pdf(), name="a.pdf", kind="upload")
    document.name = "other.pdf"

    for act in (
        document.save,
        document.delete,
        lambda: document.save(update_fields=["name"]),
        lambda: Document.objects.filter(pk=document.pk).update(name="x"),
        lambda: Document.objects.filter(pk=document.pk).delete(),
        lambda: Document.objects.bulk_update([document], ["name"]),
    ):
        with pytest.raises(Immutable):
            act()
    for sql in ("UPDATE documents_document SET name = 'x'", "DELETE FROM documents_document"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Document.objects.get(pk=document.pk).name == "a.pdf"


@pytest.mark.django_db
def test_the_database_refuses_rows_that_can_t_be():
    good = {
        "sha256": "a" * 64,
        "size": 1,
        "media_type": "x/y",
        "name": "n",
        "kind": "upload",
        "created_at": clock.now(),
    }
    for wrong in ({"sha256": "a" * 63}, {"size": 0}, {"kind": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document(**{**good, **wrong}).save()


@pytest.mark.django_db
def test_bytes_changed_behind_our_back_are_noticed():
    document = document_store(content=papers.blank_pdf(), name="a.pdf", kind="upload")
    path = stored_files()[0]
    path.chmod(0o640)
    path.write_bytes(b"other")
    with pytest.raises(blobs.Damaged):
        document_bytes(document)


@pytest.mark.django_db
def test_a_blob_cut_short_by_a_crash_is_put_right_by_the_next_upload():
    content = papers.blank_pdf()
    document = document_store(content=content, name="a.pdf", kind="upload")
    path = stored_files()[0]
    path.chmod(0o640)
    path.write_bytes(content[:100])

    document_store(content=content, name="a.pdf", kind="upload")
    assert document_bytes(document) == content


def test_nothing_is_left_when_reading_the_upload_fails():
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the line went away")

    with pytest.raises(OSError, match="line"):
        document_store(content=Broken(), name="a.pdf", kind="upload")
    assert stored_files() == []


@pytest.mark.django_db
def test_another_storage_backend_does_as_well(settings):
    settings.STORAGES = {**settings.STORAGES, "documents": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    content = papers.letter_pdf()
    document = document_store(content=content, name="letter.pdf", kind="upload")
    document_store(content=content, name="letter.pdf", kind="upload")

    assert document_bytes(document) == content
    with blobs.local_path(document.sha256) as path:
        assert path.read_bytes() == content
    assert not path.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_system_made_gets_its_row_with_the_act_it_was_made_for():
    content = papers.blank_pdf(3)
    put = document_put(content=content, name="prepared.pdf")
    assert blobs.exists(put.sha256, len(content))
    assert not Document.objects.filter(sha256=put.sha256).exists()
    with pytest.raises(transaction.TransactionManagementError):
        document_rows([put])
    with transaction.atomic():
        first, second = document_rows([put, put], extract=False)
    assert first.pk != second.pk
    assert (first.page_count, first.media_type, first.size) == (3, "application/pdf", len(content))
    assert document_bytes(first) == document_bytes(second) == content
    assert not OutboxRow.objects.filter(kind=EXTRACT).exists()
