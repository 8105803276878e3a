"""Three processes: web server, signer at a terminal with a token (SoftHSM), and here the officer's browser."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client

from eoffice.core import clock
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store
from signatures import queries_agent
from signatures.engine.facts import Verdict
from signatures.engine.verify import verify
from signatures.models import Credential, SigningAnswer, SigningAttempt
from signatures.models_agent import AgentErrand, ErrandState, PairedAgent
from signatures.services import signing, upgrade
from tests.cast import Cast
from tests.signatures.agent.office import awaited, new_code
from tests.signatures.agent.programs import TOKEN_PIN, Terminal, Token, Web, proxy
from tests.signatures.authority import Officer, World, letter
from tests.signatures.softhsm import module

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@dataclass
class Office:
    """Everything at once. `browser` is what the officer's browser does, over HTTP to the server."""

    world: World
    cast: Cast
    web: Web
    token: Token
    home: Path
    session: str
    officer: Officer
    open: list[Terminal]

    def signer(self, *arguments: str, **environment: str) -> Terminal:
        given = ("--language", "en", *arguments)
        self.open.append(Terminal(self.home, self.token, *given, **environment))
        return self.open[-1]

    def pair(self) -> None:
        signer = self.signer("pair", self.web.url, "--name", "Room 12")
        signer.expect("Code from the page")
        signer.type(new_code(self.cast))
        signer.expect("Paired with")
        assert signer.ended() == 0

    def register(self) -> Credential:
        """The token's certificate becomes the officer's signature."""
        credential = awaited(self.cast)
        signer = self.signer("register")
        signer.expect(r"1\. Meera Krishnan \(DEMO\)")
        signer.expect("Which number")
        signer.type("1")
        signer.expect("PIN of the token")
        signer.type(TOKEN_PIN)
        signer.expect("Registered")
        assert signer.ended() == 0
        return Credential.objects.get(pk=credential.pk)

    def prepare(self, title: str = "17/GAD-3/2026", **extra: object) -> SigningAttempt:
        given = {
            "pdf": letter(2, text=title), "manifest": None, "purpose": "letter",
            "subject": self.cast.employee("secretary"), "shown_sha256": "a" * 64, "title": title,
            "credential": Credential.objects.get(), "actor": self.cast.actor("secretary"), "reason": "स्वीकृत",
        } | extra  # fmt: skip
        return signing.signing_begin(**given)  # type: ignore[arg-type]

    def send(self, *attempts: SigningAttempt) -> AgentErrand:
        """The button on the signing sheet."""
        form = {"attempt": [str(one.uuid) for one in attempts], "next": "/signature/"}
        status, page = self.web.ask("POST", "/signature/errands/", self.session, form)
        assert status == 302, page
        return AgentErrand.objects.latest("pk")

    def page(self, errand: AgentErrand) -> str:
        status, page = self.web.ask("GET", f"/signature/errands/{errand.uuid}/", self.session)
        assert status == 200, page
        return page

    def wait_for(self, errand: AgentErrand, state: str) -> None:
        end = time.monotonic() + 60
        while AgentErrand.objects.get(pk=errand.pk).state != state:
            assert time.monotonic() < end, "\n".join(one.said for one in self.open)
            time.sleep(0.1)

    def finish(self, *attempts: SigningAttempt) -> list[bytes]:
        done = signing.signing_finish_many([one.uuid for one in attempts], pin="", actor=self.cast.actor("secretary"))
        return [document_bytes(one) for one in done]


@pytest.fixture
def office(instance: World, cast: Cast, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    found = module()
    if found is None or shutil.which("pkcs11-tool") is None:
        pytest.fail("SoftHSM stands in for the token: install the Debian packages softhsm2 and opensc.")
    client = Client()
    client.force_login(cast.account("secretary"), backend="django.contrib.auth.backends.ModelBackend")
    officer = instance.officer("Meera Krishnan", getattr(request, "param", "p-256"))
    token = Token.made(tmp_path / "token", found)
    token.put(officer)
    web = Web(tmp_path / "web.log")
    there = Office(instance, cast, web, token, tmp_path / "pc", client.cookies["sessionid"].value, officer, [])
    web.start()
    try:
        yield there
    finally:
        for signer in there.open:
            signer.kill()
        web.kill()


@pytest.mark.parametrize("office", ["rsa-2048"], indirect=True)
def test_from_pairing_to_an_archived_letter(office: Office, tmp_path: Path) -> None:
    """Through the office's proxy: pair, register, compare words, open the paper, a wrong PIN, sign; then B-LTA."""
    with proxy() as (address, through):
        behind = {"http_proxy": address, "no_proxy": ""}
        signer = office.signer("pair", office.web.url, new_code(office.cast), "--name", "Room 12", **behind)
        paired = signer.expect(r"Paired with .* as Meera Krishnan. The page shows: (.+) · (.+)")
        assert signer.ended() == 0
        assert paired.groups() == queries_agent.pairing_words(PairedAgent.objects.get())
        office.register()
        attempt = office.prepare(reference=signing.reference_number())
        signer = office.signer("run", "--once", **behind)
        signer.expect("Ready")
        errand = office.send(attempt)
        waiting = queries_agent.waiting_for([attempt.uuid], errand.employee_id)
        assert waiting is not None
        signer.expect(r"1\. Letter 17/GAD-3/2026: 2 page\(s\), meaning: स्वीकृत")
        assert signer.expect(r"Compare with the page in your browser: (.+) · (.+)").groups() == waiting.words
        assert all(words in office.page(errand) for words in waiting.words)
        signer.expect("Signed with: Meera Krishnan")
        signer.expect(r"\[s\] sign")
        signer.type("o")
        signer.expect("Opened")
        signer.expect(r"\[s\] sign")
        signer.type("s")
        signer.expect("PIN of the token")
        signer.type("000000")
        signer.expect("This PIN is wrong")
        assert "The PIN of the token was wrong" in office.page(errand)
        signer.expect(r"\[s\] sign")
        signer.type("s")
        signer.expect("PIN of the token")
        signer.type(TOKEN_PIN)
        signer.expect("Signed: 1")
        assert signer.ended() == 0
        assert any("/agent/v1/errands" in path for path in through)
    assert (office.home / "seen.pdf").read_bytes() == document_bytes(attempt.prepared), "that very PDF was shown"
    office.wait_for(errand, ErrandState.ANSWERED)
    office.finish(attempt)
    revision = upgrade.attempt_upgrade(attempt_id=attempt.pk)
    signed = document_bytes(revision.document)
    report = verify(signed, trust=office.world.trust, at=clock.now())
    assert report.verdict == Verdict.TOTAL_PASSED, report
    assert report.signatures[0].level == "B-LTA"
    _pdfsig_agrees(signed, tmp_path)
    everything = "\n".join(one.said for one in office.open) + office.web.log.read_text(encoding="utf-8")
    kept = b"".join(path.read_bytes() for path in office.home.rglob("*") if path.is_file())
    assert TOKEN_PIN not in everything
    assert TOKEN_PIN.encode() not in kept
    assert (office.home / "office.json").stat().st_mode & 0o077 == 0


def _pdfsig_agrees(pdf: bytes, folder: Path) -> None:
    """An independent program finds the officer's signature valid over the document."""
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Meera Krishnan" in said


def test_many_papers_under_one_pin_and_a_refusal_that_the_browser_shows(office: Office) -> None:
    office.pair()
    office.register()
    papers = [office.prepare(f"{number}/GAD-3/2026") for number in range(1, 16)]
    signer = office.signer()
    signer.expect("Ready")
    errand = office.send(*papers)
    signer.expect("… and 3 more")
    signer.expect(r"\[s\] sign")
    signer.type("o")
    signer.expect("Which number")
    signer.type("15")
    signer.expect("Opened")
    signer.expect(r"\[s\] sign")
    signer.type("s")
    signer.expect("PIN of the token")
    signer.type(TOKEN_PIN)
    signer.expect("Signed: 15")
    office.wait_for(errand, ErrandState.ANSWERED)
    assert len(office.finish(*papers)) == 15
    refused = office.send(office.prepare("16/GAD-3/2026"))
    signer.expect(r"\[s\] sign")
    signer.type("r")
    signer.expect("Refused")
    office.wait_for(refused, ErrandState.REFUSED)
    assert AgentErrand.objects.get(pk=refused.pk).report == "refused"
    status, _page = office.web.ask(
        "POST", f"/signature/agents/{PairedAgent.objects.get().uuid}/unpair/", office.session
    )
    assert status == 302
    signer.expect("unpaired on the e-Office's page")
    assert signer.ended() == 3


def test_a_hostile_server_gets_no_signature(office: Office) -> None:
    """The administrator swaps the prepared PDF, the attributes, or the certificate that is to sign."""
    office.pair()
    office.register()
    signer = office.signer()
    signer.expect("Ready")

    other = office.prepare("The grant is refused.")
    swapped = office.prepare("The grant is sanctioned.")
    SigningAttempt.objects.filter(pk=swapped.pk).update(prepared=other.prepared)
    errand = office.send(swapped)
    signer.expect(r"DO NOT SIGN: .*\(digest\)")
    office.wait_for(errand, ErrandState.REFUSED)

    attributes = office.prepare("The grant is sanctioned.")
    SigningAttempt.objects.filter(pk=attributes.pk).update(signed_attrs=bytes(other.signed_attrs))
    errand = office.send(attributes)
    signer.expect(r"DO NOT SIGN: .*\(digest\)")
    office.wait_for(errand, ErrandState.REFUSED)

    plain = office.prepare("The grant is sanctioned.")
    stored = document_store(content=letter(), name="prepared-letter.pdf", kind="generated", extract=False)
    SigningAttempt.objects.filter(pk=plain.pk).update(prepared=stored)
    errand = office.send(plain)
    signer.expect(r"DO NOT SIGN: .*\(hole\)")
    office.wait_for(errand, ErrandState.REFUSED)

    stranger = office.world.officer("Somebody Else", "p-256")
    Credential.objects.update(
        certificate=stranger.certificate, certificate_sha256=sha256(stranger.certificate).hexdigest()
    )
    errand = office.send(office.prepare("By another certificate"))
    signer.expect("does not carry your registered certificate")
    end = time.monotonic() + 30
    while "does not carry your registered certificate" not in office.page(errand):
        assert time.monotonic() < end
        time.sleep(0.2)
    assert not SigningAnswer.objects.exists()


def test_a_cut_line_a_restarted_server_a_pulled_token_and_a_killed_signer(office: Office) -> None:
    office.pair()
    office.register()
    signer = office.signer()
    signer.expect("Ready")
    office.web.kill()
    signer.expect("No connection")
    office.web.start()
    signer.expect("Connected again")

    office.token.pull()
    attempt = office.prepare("1/GAD-3/2026")
    errand = office.send(attempt)
    signer.expect("No token found")
    office.token.put_back()
    signer.expect(r"\[s\] sign")
    office.web.kill()
    signer.type("s")
    signer.expect("PIN of the token")
    signer.type(TOKEN_PIN)
    signer.expect("No connection")
    office.web.start()
    signer.expect("Signed: 1")
    office.wait_for(errand, ErrandState.ANSWERED)
    office.finish(attempt)

    attempt = office.prepare("2/GAD-3/2026")
    errand = office.send(attempt)
    signer.expect(r"\[s\] sign")
    office.web.kill()
    signer.type("s")
    signer.expect("PIN of the token")
    signer.type(TOKEN_PIN)
    signer.expect("No connection")
    signer.process.kill()  # between signing and handing in
    office.web.start()
    assert not SigningAnswer.objects.filter(attempt=attempt).exists()
    signer = office.signer("run", "--once")
    signer.expect(r"\[s\] sign")
    signer.type("s")
    signer.expect("PIN of the token")
    signer.type(TOKEN_PIN)
    signer.expect("Signed: 1")
    assert signer.ended() == 0
    office.wait_for(errand, ErrandState.ANSWERED)
    (signed,) = office.finish(attempt)
    assert verify(signed, trust=office.world.trust, at=clock.now()).integrity == "intact"
