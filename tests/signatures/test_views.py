from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from employee_master.models import Employee
from eoffice.demo.authority import Authority
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from signatures import queries, views
from signatures.models import Credential, SignedPaper, SigningAttempt
from signatures.services import paper as papers
from signatures.services import signing, upgrade
from signatures.services.credential import credential_approve, credential_request, credential_suspend
from signatures.workflow import CredentialState
from tests.cast import PASSWORD, Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN, register


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def issued(instance: World, cast: Cast) -> tuple[SignedPaper, bytes]:
    """A letter of this office at B-LTA."""
    actor = cast.actor("secretary")
    attempt = signing.signing_begin(
        pdf=letter(2), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
        credential=register(instance, cast), actor=actor, reference=signing.reference_number(), title="17/GAD-3/2026",
    )  # fmt: skip
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=actor)
    revision = upgrade.attempt_upgrade(attempt_id=attempt.pk)
    return SignedPaper.objects.get(reference=attempt.reference), document_bytes(revision.document)


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
    assert "4 of 4" in page
    assert "DEMO Root Authority" in page
    assert "17/GAD-3/2026" not in page, "the page shows nothing of the content"
    assert Document.objects.count() == before, "the upload is not kept"


def test_a_changed_letter_is_called_changed(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    _paper, pdf = issued
    page = upload(client, pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:])
    assert "outcome--good" not in page
    page = upload(client, pdf + b"junk")
    assert "outcome--bad" in page
    assert "TOTAL-FAILED" in page


def test_an_earlier_revision_of_ours_is_recognised(client: Client, issued: tuple[SignedPaper, bytes]) -> None:
    attempt = SigningAttempt.objects.get()
    first = attempt.revisions.order_by("pk").first()
    page = upload(client, document_bytes(first.document))
    assert "1 of 4" in page
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


def test_my_signature_shows_state_and_days_and_only_mine(client: Client, instance: World, cast: Cast) -> None:
    register(instance, cast)
    client.force_login(cast.account("secretary"), backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get("/signature/", headers={"accept-language": "en"}))
    assert "days left" in page
    assert "5 tries left" in page
    assert "neem" not in page
    client.force_login(cast.account("auditor"), backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get("/signature/", headers={"accept-language": "en"}))
    assert "No digital signature is registered to you." in page
    assert client.post("/signature/request/").status_code == 302
    assert "Requested" in text(client.get("/signature/", headers={"accept-language": "en"}))
    assert PASSWORD


def as_(client: Client, cast: Cast, name: str) -> Client:
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def issue_here(employee: Employee, request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Named by the setting, as an instance names its own connection to a certifying authority."""
    issued = Authority.open(Path(configured.DATA_DIR)).issue_for_request(request, name=employee.name_hi)
    return issued.certificate, issued.chain


def test_an_officer_comes_to_a_signature_through_pages_alone(
    client: Client, instance: World, cast: Cast, settings: Settings
) -> None:
    settings.DATA_DIR = instance.authority.folder
    settings.CREDENTIAL_ISSUER = f"{__name__}.issue_here"
    english = {"accept-language": "en"}
    pins = {"pin": "kachnar-8531", "again": "kachnar-8531"}
    assert as_(client, cast, "secretary").post("/signature/request/").status_code == 302
    assert client.post("/signature/activate/", pins).status_code == 409, "nobody has approved yet"
    assert client.get("/signature/requests/").status_code == 403

    page = text(as_(client, cast, "emd_manager").get("/signature/requests/", headers=english))
    assert cast.employee("secretary").name_en in page
    asked = Credential.objects.get()
    assert client.post(f"/signature/requests/{asked.pk}/approve/").status_code == 302

    page = text(as_(client, cast, "secretary").get("/signature/", headers=english))
    assert "Choose your PIN" in page
    for wrong in ({"pin": "kachnar-8531", "again": "kachnar-8532"}, {"pin": "11111111", "again": "11111111"}, {}):
        assert client.post("/signature/activate/", wrong).status_code == 400
    assert Credential.objects.get().state == CredentialState.APPROVED
    assert client.post("/signature/activate/", pins).status_code == 302
    page = text(client.get("/signature/", headers=english))
    assert "days left" in page
    assert "kachnar" not in page
    assert queries.credential_to_sign(cast.actor("secretary")).pk == asked.pk


def test_the_manager_resumes_and_ends_what_belongs_to_the_office(client: Client, instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    credential_suspend(credential_id=credential.pk, why="leave", actor=cast.actor("emd_manager"))
    page = text(as_(client, cast, "emd_manager").get("/signature/requests/", headers={"accept-language": "en"}))
    assert "Let sign again" in page
    assert client.post(f"/signature/requests/{credential.pk}/resume/").status_code == 302
    assert client.post(f"/signature/requests/{credential.pk}/retire/", {"kind": "whim"}).status_code == 400
    assert client.post(f"/signature/requests/{credential.pk}/retire/", {"kind": "lost"}).status_code == 302
    assert queries.live_credential(cast.actor("secretary")) is None


def test_the_own_request_and_that_of_another_office_are_not_decided(client: Client, cast: Cast) -> None:
    own = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("emd_manager"))
    away = credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor("outsider"))
    as_(client, cast, "emd_manager")
    page = text(client.get("/signature/requests/", headers={"accept-language": "en"}))
    assert "nobody decides that for themselves" in page
    assert cast.employee("outsider").name_en not in page
    assert client.post(f"/signature/requests/{own.pk}/approve/").status_code == 403
    assert client.post(f"/signature/requests/{away.pk}/approve/").status_code == 404
    as_(client, cast, "super_admin")
    assert client.post(f"/signature/requests/{own.pk}/approve/").status_code == 302
    assert client.post(f"/signature/requests/{away.pk}/approve/").status_code == 302


def test_without_a_certifying_authority_the_page_says_whom_to_ask(
    client: Client, instance: World, cast: Cast, settings: Settings
) -> None:
    settings.CREDENTIAL_ISSUER = ""
    asked = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    page = text(as_(client, cast, "secretary").get("/signature/", headers={"accept-language": "en"}))
    assert "EOFFICE_CREDENTIAL_ISSUER" in page
    pins = {"pin": "kachnar-8531", "again": "kachnar-8531"}
    assert client.post("/signature/activate/", pins).status_code == 503


def test_strangers_are_sent_to_sign_in(client: Client, cast: Cast) -> None:
    assert client.get("/signature/").status_code == 302
    assert client.post("/signature/request/").status_code == 302


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
