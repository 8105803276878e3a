from __future__ import annotations

import html
import json
from base64 import b64encode
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from eoffice.core import clock
from eoffice.core.errors import BadInput, NotAvailable
from eoffice.demo.authority import Authority
from eoffice.documents.queries import document_bytes
from eoffice.ledger.models import Event
from signatures import custody
from signatures.backends.esign import Esign
from signatures.engine.facts import Level
from signatures.engine.verify import verify
from signatures.models import Backend, Credential, SigningAnswer, SigningAttempt
from signatures.services import esign, remote, signing
from tests.cast import Cast
from tests.signatures.authority import letter
from tests.signatures.remote.conftest import Begin, approved, process
from tests.signatures.remote.esp import Provider, now, response
from tests.signatures.remote.openssl import cms_verifies


def sent(cast: Cast, *attempts: SigningAttempt) -> esign.Errand:
    return esign.esign_send(papers=attempts, actor=cast.actor("secretary"))


def accepted(esp: Provider, errand: esign.Errand) -> etree._Element:
    return esp.accept(errand.fields["eSignRequest"].encode())


def test_one_paper_goes_there_as_a_hash_and_comes_back_signed(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, tmp_path: Path
) -> None:
    attempt = begin(esign_key)
    errand = sent(cast, attempt)
    root = accepted(esp, errand)
    assert [(one.get("id"), one.get("docInfo"), one.text) for one in root.iter("InputHash")] == [
        ("1", "2026/GAD-3/17", attempt.document_digest)
    ]
    assert errand.fields["aspTxnID"] == root.get("txn")
    assert root.get("responseUrl") == esign.response_url()
    visit = esign.esign_answer(sent=esp.answer(root).decode())
    assert (visit.state, visit.failure, bytes(visit.sealed)) == ("answered", "", b"")
    document = signing.signing_finish(attempt_id=attempt.uuid, pin="", actor=cast.actor("secretary"))
    signed = document_bytes(document)
    report = verify(signed, trust=custody.trust(), at=clock.now())
    assert report.integrity == "intact"
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.name == "Meera Krishnan"
    assert cms_verifies(signed, esp.authority.root_pem(), tmp_path)
    acts = Event.objects.filter(subject_type="signing", subject_id=attempt.pk).values_list("action", flat=True)
    assert list(acts) == ["signing:begin", "signing:send", "signing:answer", "signing:finish"]


def test_several_papers_go_in_one_request_and_the_others_wait(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, settings: object
) -> None:
    settings.ESIGN_DOCS = 2  # type: ignore[attr-defined]
    papers = [begin(esign_key, pdf=letter(text=f"Letter {number}")) for number in range(3)]
    root = accepted(esp, sent(cast, *papers))
    assert len(list(root.iter("InputHash"))) == 2
    assert esign.esign_answer(sent=esp.answer(root).decode()).state == "answered"
    waiting = remote.papers_to_sign([one.uuid for one in papers], cast.actor("secretary"))
    assert waiting == papers[2:]
    esign.esign_answer(sent=esp.answer(accepted(esp, sent(cast, *waiting))).decode())
    documents = signing.signing_finish_many([one.uuid for one in papers], pin="", actor=cast.actor("secretary"))
    for document in documents:
        report = verify(document_bytes(document), trust=custody.trust(), at=clock.now())
        assert report.integrity == "intact"


@pytest.fixture
def pades(esign_key: Credential, settings: object, tmp_path: Path) -> Path:
    """The provider's CMS names its certificate, as PAdES wants it."""
    settings.ESIGN_PADES = True  # type: ignore[attr-defined]
    return tmp_path


def test_a_provider_that_names_its_certificate_gives_pades(
    esign_key: Credential, esp: Provider, cast: Cast, begin: Begin, pades: Path
) -> None:
    esp.ess = True
    attempt = begin(esign_key)
    assert esign.esign_answer(sent=esp.answer(accepted(esp, sent(cast, attempt))).decode()).state == "answered"
    signed = document_bytes(
        signing.signing_finish(attempt_id=attempt.uuid, pin="", actor=cast.actor("secretary"))
    )  # fmt: skip
    report = verify(signed, trust=custody.trust(), at=clock.now())
    assert (report.integrity, report.level) == ("intact", Level.B)
    assert cms_verifies(signed, esp.authority.root_pem(), pades, cades=True)


def test_pades_promised_and_not_given_is_refused(
    esign_key: Credential, esp: Provider, cast: Cast, begin: Begin, pades: Path
) -> None:
    visit = esign.esign_answer(sent=esp.answer(accepted(esp, sent(cast, begin(esign_key)))).decode())
    assert (visit.state, visit.failure) == ("failed", "cms-no-certificate")


def test_given_up_at_the_provider_keeps_its_code_and_no_name(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast
) -> None:
    attempt = begin(esign_key)
    visit = esign.esign_answer(sent=esp.refusal(accepted(esp, sent(cast, attempt))).decode())
    assert (visit.state, visit.failure, visit.provider_code) == ("failed", "provider-refused", "ESP-991")
    said = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert "MEERA" not in said
    assert "1234" not in said.replace("2026", "")


def refused(sent: bytes) -> str:
    """The code under which an answer was not believed."""
    with pytest.raises(BadInput) as caught:
        esign.esign_answer(sent=sent.decode())
    assert caught.value.code == "answer_untrusted"
    return caught.value.code


def test_an_answer_is_taken_once(esp: Provider, esign_key: Credential, begin: Begin, cast: Cast) -> None:
    answer = esp.answer(accepted(esp, sent(cast, begin(esign_key))))
    assert esign.esign_answer(sent=answer.decode()).state == "answered"
    assert refused(answer)
    assert SigningAnswer.objects.count() == 1


def test_what_the_provider_did_not_sign_is_not_believed(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast
) -> None:
    attempt = begin(esign_key)
    root = accepted(esp, sent(cast, attempt))
    good = esp.answer(root)
    foreign = replace(esp, key=rsa.generate_private_key(65537, 2048))
    inside = etree.fromstring(good)
    for tampered in (
        good.replace(b'status="1"', b'status="0"'),
        good.replace(attempt_txn(root), b"EO" + b"0" * 32),
        esp_unsigned(good),
        foreign.answer(root),
        wrapped_in_front(inside),
        wrapped_around(inside),
        with_reference_elsewhere(inside),
        b"<!DOCTYPE EsignResp [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + good,
        good.replace(b"<Signatures>", b"<Signatures><!-- between -->"),
        b"<EsignResp/>",
        b"no xml",
        b"",
        b"<EsignResp>" + b"x" * (1024 * 1024) + b"</EsignResp>",
    ):
        refused(tampered)
    assert not SigningAnswer.objects.exists()
    assert esign.esign_answer(sent=b64encode(good).decode()).state == "answered"


def attempt_txn(root: etree._Element) -> bytes:
    return str(root.get("txn")).encode()


def esp_unsigned(answer: bytes) -> bytes:
    root = etree.fromstring(answer)
    for one in root.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        root.remove(one)
    return etree.tostring(root)


def wrapped_in_front(root: etree._Element) -> bytes:
    """A forged part before the signed one (signature wrapping)."""
    copy = deepcopy(root)
    forged = deepcopy(copy.find("Signatures"))
    copy.insert(0, forged)
    return etree.tostring(copy)


def wrapped_around(root: etree._Element) -> bytes:
    """The signed answer carried inside a forged one."""
    around = etree.Element("EsignResp", dict(root.attrib) | {"errCode": "forged"})
    around.append(deepcopy(root))
    return etree.tostring(around)


def with_reference_elsewhere(root: etree._Element) -> bytes:
    """The signature is over an element with an id, put aside, and another one is read."""
    copy = deepcopy(root)
    for one in copy.iter("{http://www.w3.org/2000/09/xmldsig#}Reference"):
        one.set("URI", "#signed")
    copy.find("Signatures").set("Id", "signed")
    return etree.tostring(copy)


def test_another_hash_signs_nothing(esp: Provider, esign_key: Credential, begin: Begin, cast: Cast) -> None:
    attempt = begin(esign_key)
    root = accepted(esp, sent(cast, attempt))
    certificate, signatures = esp.sign({"1": "ab" * 32})
    visit = esign.esign_answer(sent=esp.signed(response(str(root.get("txn")), certificate, signatures)).decode())
    assert (visit.state, visit.failure) == ("failed", "cms-other-document")
    assert not SigningAnswer.objects.exists()


def test_somebody_else_signs_nothing(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, settings: object
) -> None:
    root = accepted(esp, sent(cast, begin(esign_key)))
    visit = esign.esign_answer(sent=replace(esp, name="Ramesh Joshi", key=esp.key).answer(root).decode())
    assert (visit.state, visit.failure) == ("failed", "signer-other-person")
    assert "Ramesh" not in json.dumps(list(Event.objects.values_list("data", flat=True)))


def test_a_namesake_signs_nothing_where_a_number_is_registered(
    esp: Provider, cast: Cast, begin: Begin, settings: object
) -> None:
    settings.ESIGN_SUBJECT_ID = "2.5.4.5"  # type: ignore[attr-defined]
    credential = approved(cast, Backend.ESIGN)
    errand = esign.esign_register(credential=credential, actor=cast.actor("secretary"))
    esign.esign_answer(sent=esp.answer(accepted(esp, errand)).decode())
    key = Credential.objects.get(pk=credential.pk)
    assert key.key_ref["subject_id"] == "2.5.4.5"
    assert esp.identifier not in json.dumps(key.key_ref)
    namesake = replace(esp, identifier="another-number", key=esp.key)
    visit = esign.esign_answer(sent=namesake.answer(accepted(esp, sent(cast, begin(key)))).decode())
    assert visit.failure == "signer-other-person"
    visit = esign.esign_answer(sent=esp.answer(accepted(esp, sent(cast, begin(key)))).decode())
    assert visit.state == "answered"


def test_another_authority_another_usage_another_time_sign_nothing(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, tmp_path: Path
) -> None:
    strange = replace(esp, authority=Authority.open(tmp_path / "strange", base_url="http://127.0.0.1:9"), key=esp.key)
    root = accepted(esp, sent(cast, begin(esign_key)))
    assert esign.esign_answer(sent=strange.answer(root).decode()).failure == "signer-authority"
    root = accepted(esp, sent(cast, begin(esign_key)))
    past = clock.now() - timedelta(hours=2)
    digests = {str(one.get("id")): str(one.text) for one in root.iter("InputHash")}
    late = esp.sign(digests, not_before=past, not_after=past + timedelta(minutes=30))
    visit = esign.esign_answer(sent=esp.signed(response(str(root.get("txn")), *late)).decode())
    assert visit.failure == "signer-out-of-time"


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=-1)])
def test_an_answer_of_another_time_is_refused(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, shift: timedelta
) -> None:
    visit = esign.esign_answer(sent=esp.answer(accepted(esp, sent(cast, begin(esign_key))), ts=now(shift)).decode())
    assert (visit.state, visit.failure) == ("failed", "answer-time")


def test_papers_and_certificate_must_be_those_that_were_asked_for(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast
) -> None:
    root = accepted(esp, sent(cast, begin(esign_key)))
    digest = str(next(root.iter("InputHash")).text)
    certificate, signatures = esp.sign({"2": digest})
    visit = esign.esign_answer(sent=esp.signed(response(str(root.get("txn")), certificate, signatures)).decode())
    assert visit.failure == "papers-missing"
    root = accepted(esp, sent(cast, begin(esign_key)))
    digest = str(next(root.iter("InputHash")).text)
    other, _unused = esp.sign({"1": digest})
    signatures = esp.sign({"1": digest})[1]
    visit = esign.esign_answer(sent=esp.signed(response(str(root.get("txn")), other, signatures)).decode())
    assert visit.failure == "certificate-differs"


def test_too_late_comes_to_nothing(esp: Provider, esign_key: Credential, begin: Begin, cast: Cast) -> None:
    root = accepted(esp, sent(cast, begin(esign_key)))
    with clock.freeze(clock.now() + timedelta(minutes=11)):
        refused(esp.answer(root))
    assert not SigningAnswer.objects.exists()


def test_the_registered_name_is_that_of_the_officer(esp: Provider, cast: Cast) -> None:
    credential = approved(cast, Backend.ESIGN)
    errand = esign.esign_register(credential=credential, actor=cast.actor("secretary"))
    visit = esign.esign_answer(sent=replace(esp, name="Somebody", key=esp.key).answer(accepted(esp, errand)).decode())
    assert (visit.state, visit.failure) == ("failed", "name-not-yours")
    assert Credential.objects.get(pk=credential.pk).state == "approved"


def test_without_contract_or_keys_it_says_what_is_missing(esp: Provider, cast: Cast, settings: object) -> None:
    credential = approved(cast, Backend.ESIGN)
    (settings.ESIGN_DIR / "provider.pem").unlink()  # type: ignore[attr-defined]
    with pytest.raises(NotAvailable) as missing:
        esign.esign_register(credential=credential, actor=cast.actor("secretary"))
    assert missing.value.code == "esign_not_set_up"
    settings.ESIGN_URL = "http://provider.example/"  # type: ignore[attr-defined]
    assert [one.state for one in Esign().check(credential)] == ["fault"]


def test_the_whole_way_through_a_gateway_of_its_own_process(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, settings: object
) -> None:
    folder = Path(settings.ESIGN_DIR)  # type: ignore[attr-defined]
    name = cast.employee("secretary").name_en
    arguments = (str(esp.authority.folder), str(folder / "asp.pem"), name, str(folder / "provider.pem"))
    with process("tests.signatures.remote.esp", *arguments) as port:
        attempt = begin(esign_key)
        errand = sent(cast, attempt)
        page = posted(f"http://127.0.0.1:{port}/signdoc", errand.fields)
        assert "2026/GAD-3/17" in page
        page = posted(f"http://127.0.0.1:{port}/otp", {"txn": errand.visit.handle, "otp": "246810"})
        answer = html.unescape(page.split("eSignResponse value='")[1].split("'>")[0])
    assert esign.esign_answer(sent=answer).state == "answered"
    assert signing.signing_finish(attempt_id=attempt.uuid, pin="", actor=cast.actor("secretary"))


def posted(url: str, fields: dict[str, str]) -> str:
    with urlopen(url, data=urlencode(fields).encode(), timeout=30) as answer:
        return str(answer.read().decode())
