from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override

from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from signatures import views, words
from signatures.models import SignedPaper, SigningAttempt
from signatures.services import paper as papers
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.issued import issue, with_damage, with_other_amount, with_signature_hidden


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def issued(instance: World, cast: Cast) -> tuple[SignedPaper, bytes]:
    """A letter of this office at B-LTA."""
    return issue(instance, cast)


def upload(client: Client, pdf: bytes, language: str = "en") -> str:
    file = SimpleUploadedFile("letter.pdf", pdf, "application/pdf")
    answer = client.post("/verify/", {"pdf": file}, headers={"accept-language": language})
    assert answer.status_code == 200, answer.content.decode()
    return text(answer)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_page_asks_for_no_login_and_has_both_ways(client: Client) -> None:
    page = text(client.get("/verify/", headers={"accept-language": "en"}))
    assert 'enctype="multipart/form-data"' in page
    assert 'name="reference"' in page
    assert "<script" not in page.replace('src="', "").split("<body")[1]


def test_an_issued_letter_passes_with_each_fact(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    paper, pdf = issued
    before = Document.objects.count()
    page = upload(client, pdf)
    assert "outcome--good" in page
    assert "This letter is genuine" in page
    assert paper.reference in page
    assert "TOTAL-PASSED" in page
    assert "B-LTA" in page
    assert "Stored copy 2 of 2" in page
    assert "DEMO Root Authority" in page
    assert "17/GAD-3/2026" not in page, "the page shows nothing of the content"
    assert Document.objects.count() == before, "the upload is not kept"


def test_a_record_is_not_called_a_letter(issued: tuple[SignedPaper, bytes], client: Client) -> None:
    paper, pdf = issued
    SignedPaper.objects.filter(pk=paper.pk).update(kind="decision")
    assert "<h1>This record is genuine" in upload(client, pdf)
    paper.refresh_from_db()
    with override("en"):
        assert str(words.outcome_of_paper(paper).sentence) == "A record with these details was signed."


def test_a_changed_letter_is_called_changed(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    _paper, pdf = issued
    page = upload(client, pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:])
    assert "outcome--good" not in page
    page = upload(client, pdf + b"junk")
    assert "outcome--bad" in page
    assert "TOTAL-FAILED" in page


def test_a_letter_whose_signature_can_not_be_read_any_more_is_no_open_question(
    client: Client, issued: tuple[SignedPaper, bytes]
) -> None:
    _paper, pdf = issued
    at = pdf.index(b"/Contents <") + 200
    page = upload(client, pdf[:at] + b"@" + pdf[at + 1 :])
    assert "outcome--bad" in page
    assert "it is damaged" in page


def test_what_was_added_after_signing_is_shown_as_pictures_inside_the_page(
    client: Client, issued: tuple[SignedPaper, bytes]
) -> None:
    paper, pdf = issued
    page = upload(client, with_other_amount(pdf))
    assert "<h1>Do not rely on this copy: it was changed after it was signed.</h1>" in page
    assert f"A genuine letter with reference {paper.reference} exists" in page
    assert "Page 2: 1 place differs" in page
    assert "Rs 50,00,000 only" in page
    assert page.count('<img src="data:image/webp;base64,') == 2
    assert "As it was signed, page 2" in page
    assert "The original is in force; this copy is no proof of it." in page


def test_a_copy_whose_signed_part_was_altered_has_nothing_to_show(
    client: Client, issued: tuple[SignedPaper, bytes]
) -> None:
    """The stored letter is not shown instead: whoever sends a copy may not have had the whole letter."""
    paper, pdf = issued
    page = upload(client, with_damage(pdf))
    assert "outcome--bad" in page
    assert "data:image" not in page
    assert paper.reference in page


def test_a_hidden_signature_is_found_and_named(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    page = upload(client, with_signature_hidden(issued[1]))
    assert "what was added hides its signature" in page
    assert "No page looks different." in page


def test_facts_of_several_signatures_stand_apart(client: Client, instance: World) -> None:
    pdf = instance.signed(instance.officer("Rekha Nautiyal"), instance.officer("Arun Bhatt"))
    page = upload(client, pdf)
    assert "Signature 1 of 2" in page
    assert "Signature 2 of 2" in page
    assert "Signature of Arun Bhatt" in page
    assert "None of this changes what was signed." in page


def test_an_earlier_revision_of_ours_is_recognised(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    attempt = SigningAttempt.objects.get()
    first = attempt.revisions.order_by("pk").first()
    page = upload(client, document_bytes(first.document))
    assert "Stored copy 1 of 2" in page
    assert "outcome--open" in page


@pytest.mark.parametrize(
    ("pdf", "said"), [(b"hello", "can&#x27;t be read as a PDF"), (letter(), "no digital signature")]
)
def test_anything_gets_an_answer(client: Client, instance: World, pdf: bytes, said: str) -> None:
    assert said in upload(client, pdf)


def test_nothing_chosen_is_an_error_on_the_page(client: Client, settings: object) -> None:
    assert client.post("/verify/").status_code == 400
    settings.UPLOAD_MAX_BYTES = 10  # type: ignore[attr-defined]
    assert client.post("/verify/", {"pdf": SimpleUploadedFile("a.pdf", b"x" * 11)}).status_code == 400


def asked(paper: SignedPaper, **changes: str) -> dict[str, str]:
    day = paper.signed_at.astimezone().strftime("%d-%m-%Y")
    return {"reference": paper.reference, "on": day, "signer": paper.signer_name_en} | changes


def test_the_print_is_looked_up_by_three_factors(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    paper, _pdf = issued
    for signer in ("Meera Krishnan", "  dr. MEERA  krishnan ", "मीरा कृष्णन", "श्रीमती मीरा कृष्णन"):
        answer = client.get("/verify/look-up/", asked(paper, signer=signer), headers={"accept-language": "en"})
        assert answer.status_code == 200, signer
        assert "is in force" in text(answer)
        assert "17/GAD-3/2026" not in text(answer)


@pytest.mark.parametrize(
    "wrong", [{"reference": "9999999"}, {"on": "01-01-2020"}, {"signer": "Somebody Else"}, {"signer": "."}]
)
def test_any_wrong_factor_gets_the_same_answer(
    client: Client, issued: tuple[SignedPaper, bytes], wrong: dict[str, str]
) -> None:
    answer = client.get("/verify/look-up/", asked(issued[0], **wrong), headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "No signed letter fits these details." in text(answer)
    assert "Meera" not in text(answer).replace(issued[0].signer_name_en, "", 1) or wrong.get("signer") is None


@pytest.mark.parametrize("day", ["31-02-2026", "yesterday", ""])
def test_an_impossible_day_is_an_error_on_the_page(client: Client, issued: tuple[SignedPaper, bytes], day: str) -> None:
    assert client.get("/verify/look-up/", asked(issued[0], on=day)).status_code == 400


def test_the_qr_code_leads_to_the_two_missing_factors(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    paper, _pdf = issued
    page = text(client.get(f"/v/{paper.reference}", headers={"accept-language": "en"}))
    assert paper.reference in page
    assert paper.signer_name_en not in page, "the number alone tells nothing"
    query = urlencode({key: value for key, value in asked(paper).items() if key != "reference"})
    assert "is in force" in text(client.get(f"/v/{paper.reference}/?{query}", headers={"accept-language": "en"}))


def test_withdrawn_and_superseded_letters_say_so(client: Client, issued: tuple[SignedPaper, bytes], cast: Cast) -> None:
    paper, pdf = issued
    papers.paper_withdraw(reference=paper.reference, actor=cast.actor("secretary"))
    page = upload(client, pdf)
    assert "withdrawn" in page
    assert "outcome--bad" in page
    answer = client.get("/verify/look-up/", asked(paper), headers={"accept-language": "en"})
    assert "it was withdrawn" in text(answer)


def test_too_many_checks_from_one_address_wait(
    client: Client, instance: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_LOOK_UPS", 2)
    query = {"reference": "1", "on": "01-01-2026", "signer": "x"}
    codes = [client.get("/verify/look-up/", query).status_code for _ in range(3)]
    assert codes == [404, 404, 429]


def test_both_languages_stand_on_the_result(client: Client, instance: World) -> None:
    page = upload(client, letter(), language="hi")
    assert 'lang="en"' in page


def test_the_command_prints_one_json_line_a_file(
    issued: tuple[SignedPaper, bytes], instance: World, tmp_path: Path, settings: object
) -> None:
    good, bad, trust = tmp_path / "good.pdf", tmp_path / "bad.pdf", tmp_path / "more"
    good.write_bytes(issued[1])
    bad.write_bytes(b"garbage")
    trust.mkdir()
    (trust / "root.pem").write_bytes(instance.authority.root_pem())
    settings.TRUST_DIR = tmp_path / "nothing"  # type: ignore[attr-defined]
    out = StringIO()
    call_command("verify_pdf", str(good), str(bad), "--json", "--trust", str(trust), stdout=out)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["file"], first["verdict"], first["integrity"]) == (str(good), "TOTAL-PASSED", "intact")
    assert first["level"] == "B-LTA"
    assert len(first["signatures"]) == 3
    assert (second["verdict"], second["integrity"], second["signatures"]) == ("UNREADABLE", "unknown", [])
    assert "not-a-pdf" in second["reason"]
    words = StringIO()
    call_command("verify_pdf", str(good), stdout=words)
    assert "NO_CERTIFICATE_CHAIN_FOUND" in words.getvalue()
    with pytest.raises(SystemExit):
        call_command("verify_pdf", str(tmp_path / "absent.pdf"), stderr=StringIO())
    assert datetime.now(UTC)
