"""The verifier for programs: POST /verify.json, and what every way of sending leaves behind on the disk: nothing."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpResponse
from django.test import Client
from pyhanko.pdf_utils import generic

from signatures import queries_verify, views_verify_api
from signatures.services.paper import paper_withdraw
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.engine.foreign import increment
from tests.signatures.issued import TITLE, issue

URL = "/verify.json"


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def raw(client: Client, pdf: bytes, kind: str = "application/pdf") -> HttpResponse:
    return client.post(URL, data=pdf, content_type=kind)  # type: ignore[return-value]


def said(answer: HttpResponse) -> Any:
    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies, "no cookie is set"
    return json.loads(answer.content)


def refused(answer: HttpResponse, status: int, code: str) -> None:
    error = said(answer)["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert set(error["message"]) == {"en", "hi"}
    assert all(error["message"].values())


@pytest.mark.django_db(transaction=True)
def test_a_letter_of_this_office_is_answered_with_stored_copy_and_both_sentences(
    instance: World, cast: Cast, strict: Client
) -> None:
    paper, pdf = issue(instance, cast)
    answer = raw(strict, pdf)
    facts = said(answer)
    assert answer.status_code == 200
    assert (facts["verdict"], facts["integrity"], facts["level"]) == ("TOTAL-PASSED", "intact", "B-LTA")
    assert facts["stored"] == {
        "likeness": "same", "reference": paper.reference, "copy": 2, "copies": 2, "level": "B-LTA", "surplus_bytes": 0,
    }  # fmt: skip
    assert facts["in_force"] == {"state": "current", "since": None, "by": "", "act": ""}
    assert facts["sentence"]["en"] == "This letter is genuine and has not been changed since it was signed."
    assert facts["sentence"]["hi"] != facts["sentence"]["en"]
    assert TITLE not in answer.content.decode()
    assert answer["Cache-Control"].count("no-store") == 1

    paper_withdraw(reference=paper.reference, actor=cast.actor("secretary"))
    facts = said(strict.post(URL, {"pdf": SimpleUploadedFile("a.pdf", pdf)}))
    assert (facts["in_force"]["state"], facts["tone"]) == ("withdrawn", "bad")
    assert "withdrawn" in facts["sentence"]["en"]


def test_any_bytes_get_an_answer(instance: World, strict: Client) -> None:
    facts = said(raw(strict, b"garbage"))
    assert (facts["verdict"], facts["stored"], facts["in_force"]) == ("UNREADABLE", None, None)


def test_refusals_are_json_in_both_languages(strict: Client, settings: Any) -> None:
    refused(raw(strict, b""), 400, "no_file")
    refused(strict.post(URL, {"other": "x"}), 400, "no_file")  # type: ignore[arg-type]
    refused(strict.post(URL, {"pdf": "no file"}), 400, "no_file")  # type: ignore[arg-type]
    refused(raw(strict, b"{}", "application/json"), 415, "unknown_kind")
    settings.UPLOAD_MAX_BYTES = 100
    refused(raw(strict, b"x" * 101), 413, "too_large")
    for size in (101, 200_000):
        form = {"pdf": SimpleUploadedFile("a.pdf", b"x" * size)}
        refused(strict.post(URL, form), 413, "too_large")  # type: ignore[arg-type]
    for method in ("get", "put", "delete", "patch"):
        answer = getattr(strict, method)(URL)
        refused(answer, 405, "post_only")
        assert answer["Allow"] == "POST"


def test_too_many_calls_are_told_when_to_come_back(strict: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_verify_api, "_CHECKS", 2)
    for _turn in range(2):
        assert raw(strict, b"").status_code == 400
    answer = raw(strict, b"")
    refused(answer, 429, "too_often")
    assert 0 < int(answer["Retry-After"]) <= 600


def test_a_full_house_is_a_refusal_and_not_a_wait_for_ever(strict: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries_verify, "_TURN_SECONDS", 0.01)
    with queries_verify._one_of_few(), queries_verify._one_of_few():
        answer = raw(strict, b"%PDF-1.7")
    refused(answer, 503, "verifier_busy")
    assert answer["Retry-After"] == "60"


@pytest.mark.parametrize("path", ["/verify/", URL])
def test_a_large_upload_never_touches_the_disk(
    instance: World, client: Client, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Django's own handlers write what is larger than 2.5 MB to a temporary file."""

    def written(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the upload was written to a file")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", written)
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", written)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    pdf = increment(letter(), lambda writer: writer.add_object(generic.StreamObject(stream_data=b"%" * 3 * 1024**2)))
    assert len(pdf) > 3 * 1024**2
    answer = client.post(path, {"pdf": SimpleUploadedFile("a.pdf", pdf)}, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "no digital signature" in answer.content.decode()
    assert list(empty.rglob("*")) == []


def test_the_page_wants_its_token_and_the_api_none(instance: World, strict: Client) -> None:
    form = {"pdf": SimpleUploadedFile("a.pdf", b"garbage")}
    assert strict.post("/verify/", form).status_code == 403
    assert strict.post(URL, {"pdf": SimpleUploadedFile("a.pdf", b"garbage")}).status_code == 200
