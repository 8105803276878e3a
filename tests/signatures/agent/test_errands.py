"""From the signing sheet to the officer's PC and back: what is kept, what is refused, what the officer is told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from eoffice.core import clock
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.documents.queries import document_bytes
from eoffice.ledger.models import Event
from signatures import queries_agent, words_agent
from signatures.agent_words import hash_words
from signatures.backends import backend
from signatures.engine import pades
from signatures.models import Credential, SigningAnswer, SigningAttempt
from signatures.models_agent import AgentErrand, ErrandState, PairedAgent
from signatures.services import agent as errands
from signatures.services import signing
from signatures.workflow import AttemptState, CredentialState
from tests.cast import Cast
from tests.conftest import Clock
from tests.signatures.agent.office import PC, awaited, paired, register_token, signed, token_officer, wire
from tests.signatures.authority import Officer, World, letter
from tests.signatures.conftest import register

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """The secretary with a token, a paired PC and papers to sign."""

    cast: Cast
    pc: PC
    officer: Officer
    credential: Credential

    def prepare(self, title: str = "17/GAD-3/2026", **extra: object) -> SigningAttempt:
        given = {
            "pdf": letter(2), "manifest": None, "purpose": "letter", "subject": self.cast.employee("secretary"),
            "shown_sha256": "a" * 64, "credential": self.credential, "actor": self.actor, "title": title,
        } | extra  # fmt: skip
        return signing.signing_begin(**given)  # type: ignore[arg-type]

    @property
    def actor(self) -> object:
        return self.cast.actor("secretary")

    def ask(self, *attempts: SigningAttempt) -> AgentErrand:
        return errands.errand_ask(attempts=[one.uuid for one in attempts], actor=self.cast.actor("secretary"))

    def finish(self, *attempts: SigningAttempt) -> list[bytes]:
        done = signing.signing_finish_many([one.uuid for one in attempts], pin="", actor=self.cast.actor("secretary"))
        return [document_bytes(one) for one in done]


@pytest.fixture
def still_clock() -> Iterator[Clock]:
    """Held at this moment: the certificates of the tests are of today."""
    held = Clock()
    held.set(datetime.now(UTC))
    yield held
    held.release()


@pytest.fixture
def desk(instance: World, cast: Cast) -> Desk:
    pc, officer, credential = token_officer(instance, cast)
    return Desk(cast, pc, officer, credential)


def test_a_token_is_registered_through_the_paired_pc(instance: World, cast: Cast) -> None:
    pc, officer, credential = token_officer(instance, cast, kind="rsa-2048")
    assert (credential.state, credential.backend) == (CredentialState.ACTIVE, "agent")
    assert bytes(credential.certificate) == officer.certificate
    assert credential.wrapped_key == {}
    assert pc.office.get("/agent/v1/credential")["challenge"] == ""


def test_a_token_of_an_unknown_authority_or_without_its_key_is_not_registered(instance: World, cast: Cast) -> None:
    pc, credential = paired(cast), awaited(cast)
    honest = instance.officer("Meera Krishnan", "p-256")
    challenge = pc.office.get("/agent/v1/credential")["challenge"]

    def send(by: Officer, said: str = challenge) -> str:
        with pytest.raises(wire.Refused) as refusal:
            pc.office.post(
                "/agent/v1/credential",
                {"certificate": base64.b64encode(honest.certificate).decode(), "challenge": said, "chain": [],
                 "signature": base64.b64encode(by.sign(said.encode())).decode()},
            )  # fmt: skip
        return refusal.value.code

    assert send(instance.officer("Other", "p-256")) == "certificate_unfit"
    assert send(honest, challenge + "x") == "challenge_wrong"
    assert Credential.objects.get(pk=credential.pk).state == CredentialState.APPROVED
    register_token(pc, honest)
    with pytest.raises(wire.Refused) as refusal:
        pc.office.post("/agent/v1/credential", {"certificate": "", "challenge": challenge, "signature": ""})
    assert refusal.value.code == "not_awaited"


def test_a_letter_goes_to_the_pc_and_comes_back_signed(desk: Desk) -> None:
    attempt = desk.prepare(reference=signing.reference_number())
    with pytest.raises(WrongState) as early:
        desk.finish(attempt)
    assert early.value.code == "signature_awaited"
    assert desk.pc.errand() is None, "nothing is shown on the PC before the officer sends it"
    desk.ask(attempt)
    errand = desk.pc.errand()
    assert errand is not None
    (item,) = errand["items"]
    assert (item["id"], item["kind"], item["title"]) == (str(attempt.uuid), "letter", "17/GAD-3/2026")
    pdf = desk.pc.office.fetch(f"/agent/v1/papers/{item['id']}")
    assert pdf == document_bytes(attempt.prepared)
    desk.pc.answer(errand, desk.officer)
    assert AgentErrand.objects.get().state == ErrandState.ANSWERED
    assert desk.pc.errand() is None
    (done,) = desk.finish(attempt)
    pades.check_embedded(done, slot=attempt.slot, certificate=desk.officer.certificate)
    acts = Event.objects.filter(subject_type="signing", subject_id=attempt.pk).order_by("seq")
    assert list(acts.values_list("action", flat=True)) == ["signing:begin", "signing:answer", "signing:finish"]


def test_several_papers_are_one_errand_with_one_set_of_words(desk: Desk) -> None:
    papers = [desk.prepare(f"{number}") for number in range(3)]
    desk.ask(*papers)
    errand = desk.pc.errand()
    assert errand is not None
    assert [item["title"] for item in errand["items"]] == ["0", "1", "2"]
    waiting = queries_agent.waiting_for([one.uuid for one in papers], desk.cast.employee("secretary").pk)
    assert waiting is not None
    assert waiting.words == hash_words([bytes.fromhex(one.document_digest) for one in papers])
    desk.pc.answer(errand, desk.officer)
    assert len(desk.finish(*papers)) == 3


def test_a_part_of_the_signatures_leaves_the_rest_waiting(desk: Desk) -> None:
    one, two = desk.prepare("1"), desk.prepare("2")
    desk.ask(one, two)
    errand = desk.pc.errand()
    assert errand is not None
    all_of_them = signed(errand, desk.officer)
    path = f"/agent/v1/errands/{errand['id']}/answers"
    first = {str(one.uuid): all_of_them[str(one.uuid)]}
    assert desk.pc.office.post(path, {"answers": first})["state"] == "waiting"
    with pytest.raises(WrongState):
        desk.finish(one, two)
    assert desk.pc.office.post(path, {"answers": all_of_them})["state"] == "answered"


def test_the_same_answer_twice_counts_once_even_after_the_page_went_on(desk: Desk) -> None:
    """The network fails after the signatures came here: the PC sends them again, and is not told off."""
    attempt = desk.prepare()
    desk.ask(attempt)
    errand = desk.pc.errand()
    assert errand is not None
    answers = {"answers": signed(errand, desk.officer)}
    path = f"/agent/v1/errands/{errand['id']}/answers"
    for _time in range(2):
        assert desk.pc.office.post(path, answers) == {"state": "answered"}
    desk.finish(attempt)
    assert desk.pc.office.post(path, answers) == {"state": "answered"}
    assert SigningAnswer.objects.count() == 1
    with pytest.raises(wire.Refused) as refusal:
        desk.pc.answer(errand, desk.officer)
    assert refusal.value.code == "errand_over", "another signature (ECDSA differs each time) for what is done"


def test_a_signature_by_another_key_or_over_something_else_is_refused_and_recorded(desk: Desk, instance: World) -> None:
    attempt = desk.prepare()
    desk.ask(attempt)
    errand = desk.pc.errand()
    assert errand is not None
    other = instance.officer("Other", "p-256")
    swapped = {**errand, "items": [{**errand["items"][0], "signed_attrs": base64.b64encode(b"else").decode()}]}
    for wrong_errand, by in ((errand, other), (swapped, desk.officer)):
        with pytest.raises(wire.Refused) as refusal:
            desk.pc.answer(wrong_errand, by)
        assert refusal.value.code == "answer_wrong"
    assert not SigningAnswer.objects.exists()
    failed = Event.objects.filter(subject_type="signing", action="signing:fail")
    assert [row.data["code"] for row in failed] == ["answer-signature-wrong"] * 2
    assert AgentErrand.objects.get().state == ErrandState.WAITING


def test_signatures_for_papers_that_were_not_sent_are_refused_as_a_whole(desk: Desk) -> None:
    sent, kept = desk.prepare("sent"), desk.prepare("kept")
    desk.ask(sent)
    errand = desk.pc.errand()
    assert errand is not None
    other = {"id": str(kept.uuid), "signed_attrs": base64.b64encode(bytes(kept.signed_attrs)).decode()}
    with pytest.raises(wire.Refused) as refusal:
        desk.pc.answer({**errand, "items": [*errand["items"], other]}, desk.officer)
    assert refusal.value.code == "answers_other"
    assert not SigningAnswer.objects.exists()
    with pytest.raises(wire.Refused) as refusal:
        desk.pc.office.fetch(f"/agent/v1/papers/{kept.uuid}")
    assert refusal.value.status == 404, "only what was sent may be fetched"


def test_another_officers_pc_sees_and_answers_nothing(desk: Desk) -> None:
    attempt = desk.prepare()
    errand = desk.ask(attempt)
    other = paired(desk.cast, "under_secretary")
    assert other.errand() is None
    facts = {"id": str(errand.uuid), "items": [{"id": str(attempt.uuid), "signed_attrs": ""}]}
    for act in (
        lambda: other.office.fetch(f"/agent/v1/papers/{attempt.uuid}"),
        lambda: other.answer(facts, desk.officer),
        lambda: other.report(facts, "refused"),
    ):
        with pytest.raises(wire.Refused) as refusal:
            act()
        assert refusal.value.status == 404
    assert AgentErrand.objects.get().state == ErrandState.WAITING


def test_an_errand_that_is_too_late_is_gone_and_takes_no_answer(desk: Desk, still_clock: Clock) -> None:
    attempt = desk.prepare()
    desk.ask(attempt)
    errand = desk.pc.errand()
    assert errand is not None
    still_clock.advance(timedelta(minutes=10))
    with pytest.raises(wire.Refused) as refusal:
        desk.pc.answer(errand, desk.officer)
    assert refusal.value.code == "errand_over"
    with pytest.raises(wire.Refused):
        desk.pc.office.fetch(f"/agent/v1/papers/{attempt.uuid}")
    assert desk.pc.errand() is None
    assert AgentErrand.objects.get().state == ErrandState.EXPIRED


def test_a_newer_errand_takes_the_place_of_the_older_and_the_same_goes_on(desk: Desk) -> None:
    one, two = desk.prepare("1"), desk.prepare("2")
    first = desk.ask(one)
    assert desk.ask(one) == first
    second = desk.ask(two)
    assert AgentErrand.objects.get(pk=first.pk).state == ErrandState.WITHDRAWN
    errand = desk.pc.errand()
    assert errand is not None
    assert errand["id"] == str(second.uuid)


def test_what_was_given_up_meanwhile_is_not_asked_for(desk: Desk) -> None:
    attempt = desk.prepare()
    errand = desk.ask(attempt)
    row = SigningAttempt.objects.get(pk=attempt.pk)
    row.refuse(code="changed", at=clock.now())
    row.save()
    assert desk.pc.errand() is None
    assert AgentErrand.objects.get(pk=errand.pk).state == ErrandState.WITHDRAWN


def test_only_own_open_papers_of_a_token_are_sent(desk: Desk, instance: World) -> None:
    attempt = desk.prepare()
    under_secretary = desk.cast.actor("under_secretary")
    with pytest.raises(NotVisible):
        errands.errand_ask(attempts=[attempt.uuid], actor=under_secretary)
    with pytest.raises(NotVisible):
        errands.errand_ask(attempts=[], actor=under_secretary)
    software = register(instance, desk.cast, "under_secretary")
    with_pin = desk.prepare(credential=software, actor=under_secretary, subject=desk.cast.employee("under_secretary"))
    with pytest.raises(BadInput) as refused:
        errands.errand_ask(attempts=[with_pin.uuid], actor=under_secretary)
    assert refused.value.code == "not_for_agent"
    PairedAgent.objects.update(unpaired_at=clock.now())
    with pytest.raises(WrongState) as none:
        desk.ask(attempt)
    assert none.value.code == "no_agent"
    assert none.value.remedy_url == reverse("signatures:agents")


@pytest.mark.parametrize("code", sorted(errands.REPORTS))
def test_what_the_signer_reports_is_shown_in_the_browser(desk: Desk, code: str) -> None:
    attempt = desk.prepare()
    desk.ask(attempt)
    errand = desk.pc.errand()
    assert errand is not None
    desk.pc.report(errand, code, "digest" if code == "paper_wrong" else "")
    row = AgentErrand.objects.get()
    assert row.state == (ErrandState.REFUSED if code in errands.ENDING else ErrandState.WAITING)
    assert Event.objects.filter(subject_type="agent_errand", action="signing:fail").count() == (
        1 if code in errands.RECORDED else 0
    )
    assert words_agent.sentence(row) != words_agent._REPORTS[""][0]
    waiting = queries_agent.waiting_for([attempt.uuid], row.employee_id)
    assert waiting is not None
    assert waiting.stage == ("over" if code in errands.ENDING else "wait")
    with pytest.raises(wire.Refused):
        desk.pc.report(errand, "something else")
    if code in errands.ENDING:
        with pytest.raises(wire.Refused):
            desk.pc.answer(errand, desk.officer)
        assert SigningAttempt.objects.get().state == AttemptState.PREPARED


def signed_in(cast: Cast, who: str = "secretary") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.employee(who).account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_send_wait_withdraw_and_go_on(desk: Desk) -> None:
    client, attempt = signed_in(desk.cast), desk.prepare()
    form = {"attempt": [str(attempt.uuid)], "next": "/signature/"}
    answer = client.post(reverse("signatures:errand_ask"), form)
    assert (answer.status_code, answer["Location"]) == (302, "/signature/")
    row = AgentErrand.objects.get()
    page = client.get(reverse("signatures:errand", args=[row.uuid]))
    waiting = queries_agent.waiting_for([attempt.uuid], row.employee_id)
    assert waiting is not None
    assert all(words in page.content.decode() for words in waiting.words)
    assert "HX-Refresh" not in page
    assert signed_in(desk.cast, "outsider").get(reverse("signatures:errand", args=[row.uuid])).status_code == 404
    client.post(reverse("signatures:errand_withdraw", args=[row.uuid]), {"next": "/signature/"})
    assert client.get(reverse("signatures:errand", args=[row.uuid]))["HX-Refresh"] == "true"
    client.post(reverse("signatures:errand_ask"), form)
    errand = desk.pc.errand()
    assert errand is not None
    desk.pc.answer(errand, desk.officer)
    newest = AgentErrand.objects.latest("pk")
    assert client.get(reverse("signatures:errand", args=[newest.uuid]))["HX-Refresh"] == "true"


@pytest.mark.parametrize("back", ["", "//elsewhere.example/", "https://elsewhere.example/", "javascript:1"])
def test_the_way_back_leads_nowhere_else(desk: Desk, back: str) -> None:
    form = {"attempt": [str(desk.prepare().uuid)], "next": back}
    assert signed_in(desk.cast).post(reverse("signatures:errand_ask"), form).status_code == 400


def test_the_page_of_signers_shows_code_pcs_and_what_is_awaited(instance: World, cast: Cast) -> None:
    client = signed_in(cast)
    url = reverse("signatures:agents")
    assert "No PC is paired yet" in client.get(url).content.decode()
    awaited(cast)
    client.post(reverse("signatures:agent_code"))
    page = client.get(url).content.decode()
    assert "eoffice-signer register" in page
    assert 'class="paircode' in page
    pc = paired(cast, name="कक्ष 12")
    page = client.get(url).content.decode()
    assert "कक्ष 12" in page
    words = queries_agent.pairing_words(PairedAgent.objects.get())
    assert all(one in page for one in words)
    agent = PairedAgent.objects.get()
    assert signed_in(cast, "outsider").post(reverse("signatures:agent_unpair", args=[agent.uuid])).status_code == 404
    client.post(reverse("signatures:agent_unpair", args=[agent.uuid]))
    with pytest.raises(wire.Refused):
        pc.errand()


def test_the_check_up_says_whether_a_signer_runs(desk: Desk, still_clock: Clock) -> None:
    def state() -> str:
        (line,) = backend("agent").check(desk.credential)
        return line.state

    desk.pc.errand()
    assert state() == "good"
    still_clock.advance(timedelta(minutes=3))
    assert state() == "warning"
    PairedAgent.objects.update(unpaired_at=clock.now())
    assert state() == "fault"
    with pytest.raises(WrongState):
        backend("agent").open(desk.credential, secret="1234")
