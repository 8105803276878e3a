"""The operator's question: are all papers there, and are they what they were?"""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from eoffice.documents.services import document_store
from tests.documents import papers

pytestmark = pytest.mark.django_db


def answer() -> dict[str, object]:
    out = io.StringIO()
    call_command("check_documents", "--json", stdout=out)
    return json.loads(out.getvalue())


def blob(sha256: str) -> Path:
    return Path(settings.STORAGES["documents"]["OPTIONS"]["location"]) / sha256[:2] / sha256[2:4] / sha256


def test_a_whole_store_is_whole():
    document_store(content=papers.blank_pdf(), name="a.pdf", kind="upload")
    assert answer() == {"papers": 1, "missing": [], "changed": [], "orphans": []}


@pytest.mark.parametrize("harm", ["missing", "changed"])
def test_harm_is_named_and_ends_with_one(harm, capsys):
    document = document_store(content=papers.blank_pdf(), name="a.pdf", kind="upload")
    path = blob(document.sha256)
    path.chmod(0o640)
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(b"other")

    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("check_documents", stdout=out)
    assert caught.value.code == 1
    assert f"{harm.upper()}" in out.getvalue()
    assert document.sha256 in out.getvalue()


def test_bytes_without_a_paper_are_told():
    document_store(content=papers.blank_pdf(), name="a.pdf", kind="upload")
    stray = blob("ab" * 32)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"stray")
    assert answer()["orphans"] == ["ab" * 32]
