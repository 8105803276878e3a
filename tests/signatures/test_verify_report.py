"""The report of a check: only what this instance itself said can be sealed, and the seal holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core import signing as tokens
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from eoffice.core import clock
from signatures import queries_verify, views_verify_report
from signatures.engine import slots
from signatures.engine.facts import Verdict, WholeState
from signatures.services import check_report
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.issued import issue, with_other_amount

URL = "/verify/report/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def page_of(client: Client, pdf: bytes) -> str:
    answer = client.post("/verify/", {"pdf": SimpleUploadedFile("a.pdf", pdf)}, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def token_in(page: str) -> str:
    found = re.search(r'name="facts" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def ask(client: Client, token: str, form: str = "pdf") -> HttpResponse:
    return client.post(URL, {"facts": token, "form": form}, headers=ENGLISH)  # type: ignore[return-value]


@pytest.mark.django_db(transaction=True)
def test_the_sealed_report_passes_our_own_verifier_and_says_what_the_page_said(
    instance: World, cast: Cast, client: Client, tmp_path: Path
) -> None:
    paper, pdf = issue(instance, cast)
    page = page_of(client, pdf)
    answer = ask(client, token_in(page))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "attachment" in answer["Content-Disposition"]
    sealed = answer.content
    report = queries_verify.check(sealed, pictures=False).report
    assert (report.verdict, report.integrity, str(report.level)) == (Verdict.TOTAL_PASSED, WholeState.INTACT, "B-LTA")
    assert report.signatures[0].signer is not None
    assert "seal" in report.signatures[0].signer.name
    with pikepdf.open(BytesIO(sealed)) as opened:
        facts = json.loads(opened.attachments["check.json"].get_file().read_bytes())
    assert facts["verdict"] == "TOTAL-PASSED"
    assert facts["stored"]["reference"] == paper.reference
    assert pdf[:200] not in sealed
    text = words_of(sealed, tmp_path)
    assert "This letter is genuine and has not been changed since it was signed." in text
    assert facts["sha256"][:16] in text
    assert paper.reference in text
    assert "a.pdf" not in text
    if shutil.which("pdfsig"):
        told = subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / "report.pdf")], capture_output=True, text=True, check=False
        ).stdout  # fmt: skip
        assert "Signature is Valid." in told
    assert json.loads(ask(client, token_in(page), "json").content)["verdict"] == "TOTAL-PASSED"


def words_of(pdf: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(path) as opened:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in opened)


def test_a_report_about_an_altered_copy_says_so(instance: World, client: Client, tmp_path: Path) -> None:
    paper = slots.prepare_slots(letter(2), ["S"])
    pdf = with_other_amount(instance.sign(paper, "S", instance.officer("Rekha 🙂 Nautiyal <b>")))
    answer = ask(client, token_in(page_of(client, pdf)))
    assert answer.status_code == 200
    text = words_of(answer.content, tmp_path)
    assert "Do not rely on this copy" in text
    assert "TOTAL-FAILED" in text
    assert "Rekha ? Nautiyal <b>" in text, "what can't be printed is one sign, and the report is there"


def test_nobody_can_have_other_words_sealed(client: Client, instance: World) -> None:
    facts = {"verdict": "TOTAL-PASSED", "sentence": {"en": "All is well", "hi": "ठीक"}}
    wrong = [
        "", "x", json.dumps(facts), tokens.dumps(facts), tokens.dumps(facts, salt="other"),
        tokens.dumps(facts, key="another secret", salt="signatures.check_report"),
    ]  # fmt: skip
    for token in wrong:
        for form in ("pdf", "json"):
            answer = ask(client, token, form)
            assert answer.status_code == 400
            assert b"%PDF" not in answer.content


def test_a_report_is_had_for_half_an_hour(client: Client, instance: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_in(page_of(client, letter()))
    assert ask(client, token, "json").status_code == 200
    monkeypatch.setattr(check_report, "TOKEN_SECONDS", -1)
    answer = ask(client, token, "json")
    assert (answer.status_code, "half an hour" in answer.content.decode()) == (400, True)


def test_reports_are_limited_by_address(client: Client, instance: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_verify_report, "_REPORTS", 1)
    token = token_in(page_of(client, letter()))
    assert [ask(client, token, "json").status_code for _turn in range(2)] == [200, 429]


def test_without_a_seal_the_button_is_greyed_and_says_why(
    client: Client, instance: World, settings: Any, tmp_path: Path
) -> None:
    settings.SEAL_DIR = tmp_path / "none"
    page = page_of(client, letter())
    assert 'value="pdf"' not in page
    assert 'aria-disabled="true" aria-describedby="why-no-seal"' in page
    assert "seal is not set up yet" in page
    assert ask(client, token_in(page)).status_code == 503
    assert ask(client, token_in(page), "json").status_code == 200


def test_a_silent_time_authority_does_not_hold_up_the_report(client: Client, instance: World, settings: Any) -> None:
    token = token_in(page_of(client, letter()))
    settings.TSA_URLS = ["http://127.0.0.1:9/tsa"]
    sealed = ask(client, token).content
    report = queries_verify.check(sealed, pictures=False).report
    assert (report.integrity, str(report.level)) == (WholeState.INTACT, "B-B")
    assert report.checked_at <= clock.now()
