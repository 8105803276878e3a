from __future__ import annotations

from pathlib import Path

from lxml import etree

from eoffice.core import clock
from eoffice.documents.queries import document_bytes
from eoffice.ledger.models import Event
from signatures import custody
from signatures.engine.verify import verify
from signatures.models import Credential, SigningAttempt
from signatures.services import esign, signing
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.remote.conftest import Begin
from tests.signatures.remote.esp import Provider
from tests.signatures.remote.openssl import cms_verifies


def sent(cast: Cast, *attempts: SigningAttempt) -> esign.Errand:
    return esign.esign_send(papers=attempts, actor=cast.actor("secretary"))


def accepted(esp: Provider, errand: esign.Errand) -> etree._Element:
    return esp.accept(errand.fields["eSignRequest"].encode())


def test_one_paper_goes_there_as_a_hash_and_comes_back_signed(
    esp: Provider, esign_key: Credential, begin: Begin, cast: Cast, tmp_path: Path, instance: World
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
    assert cms_verifies(signed, instance.authority.root_pem(), tmp_path)
    acts = Event.objects.filter(subject_type="signing", subject_id=attempt.pk).values_list("action", flat=True)
    assert list(acts) == ["signing:begin", "signing:send", "signing:answer", "signing:finish"]
