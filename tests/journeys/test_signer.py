"""Signing with a token (R23): pair a PC, register the token, decide on a tablet, sign at the PC; the page goes on."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from eoffice.demo.authority import Authority
from tests.journeys.conftest import PICTURES, Office, picture
from tests.signatures.agent.programs import TOKEN_PIN, Terminal, Token
from tests.signatures.authority import Officer, private_key
from tests.signatures.softhsm import module

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PERSON, NAME = "under_secretary_fin", "Balbir Thapliyal"
SUBJECT = "लघु निर्माण मद के अनुमान"


@pytest.fixture
def token(tmp_path: Path) -> Token:
    """The officer's token, with a key certified by the demo's authority."""
    data, found = os.environ.get("EOFFICE_JOURNEY_DATA"), module()
    if not data or found is None:
        pytest.fail("Needs the demo's data folder (EOFFICE_JOURNEY_DATA) and SoftHSM (Debian: softhsm2, opensc).")
    key = private_key("rsa-2048", NAME)
    issued = Authority.open(Path(data) / "authority").issue_officer(key.public_key(), name=NAME)
    made = Token.made(tmp_path / "token", found)
    made.put(Officer(NAME, key, issued.certificate, issued.chain))
    return made


class Desk:
    """The PC with the token, beside the browser."""

    def __init__(self, home: Path, token: Token) -> None:
        self._home, self._token = home, token
        self.started: list[Terminal] = []

    def start(self, *arguments: str, language: str = "en") -> Terminal:
        self.started.append(Terminal(self._home, self._token, "--language", language, *arguments))
        return self.started[-1]


@pytest.fixture
def desk(tmp_path: Path, token: Token) -> Iterator[Desk]:
    there = Desk(tmp_path / "pc", token)
    yield there
    for signer in there.started:
        signer.kill()


def test_an_officer_signs_a_decision_with_a_token_and_no_plug_in(office: Office, desk: Desk) -> None:
    ask_for_it(office)
    approve(office)
    pair(office, desk)
    register(office, desk)
    sign(office, desk)


def ask_for_it(office: Office) -> None:
    page = office.enter(PERSON, language="en")
    page.goto(f"{office.url}/signature/")
    page.locator("details.more summary").first.click()
    page.select_option("[name=backend]", "agent")
    page.locator('form[action$="/signature/renew/"] button').click()
    expect(page.locator("main")).to_contain_text("Token by the pull agent")


def approve(office: Office) -> None:
    page = office.enter("super_admin", language="en")
    page.goto(f"{office.url}/signature/requests/")
    page.locator("tr", has_text=NAME).locator('form[action$="/approve/"] button').first.click()
    page.wait_for_load_state()


def pair(office: Office, desk: Desk) -> None:
    """The code is read from the page and typed at the PC; both say the same words, and the page shows it by itself."""
    page = office.enter(PERSON, language="en")
    page.goto(f"{office.url}/signature/agents/")
    picture(page, "40-signers-empty.en")
    page.locator('form[action$="/agents/code/"] button').click()
    code = page.locator(".paircode b").inner_text()
    picture(page, "41-signers-code.en")
    signer = desk.start("pair", office.url, "--name", "कक्ष 214, वित्त")
    signer.expect("Code from the page")
    signer.type(code)
    words = signer.expect(r"The page shows: (.+) · (.+)").groups()
    assert signer.ended() == 0
    row = page.locator("table.list tbody tr", has_text="कक्ष 214")
    expect(row).to_contain_text(words[1])
    picture(page, "42-signers-paired.en")
    page.context.add_cookies([{"name": "django_language", "value": "hi", "url": office.url}])
    page.reload()
    picture(page, "43-signers-paired.hi")


def register(office: Office, desk: Desk) -> None:
    signer = desk.start("register")
    signer.expect(r"1\. Balbir Thapliyal \(DEMO\)")
    signer.expect("Which number")
    signer.type("1")
    signer.expect("PIN of the token")
    signer.type(TOKEN_PIN)
    signer.expect("Registered")
    assert signer.ended() == 0
    page = office.enter(PERSON, language="hi")
    page.goto(f"{office.url}/signature/")
    picture(page, "44-token-registered.hi")


def sign(office: Office, desk: Desk) -> None:
    """The officer decides on a tablet; the token is in the PC beside it."""
    page = office.enter(PERSON, language="hi", tablet=True)
    page.locator("tr.item a", has_text=SUBJECT).first.click()
    page.goto(re.sub(r"(/files/\d+/).*", r"\1decide/", page.url))
    page.fill("#line", "यथाप्रस्तावित अनुमोदित।")
    page.locator('button[name="act"][value="approve"]').click()
    page.wait_for_url(re.compile(r"/files/decisions/\d+/sign/"))
    record = page.url.replace("/sign/", "/record.pdf")
    expect(page.locator("[name=pin]")).to_have_count(0)
    picture(page, "45-send-to-signer.hi.tablet")
    signer = desk.start("run", "--once", language="hi")
    signer.expect("तैयार")
    page.locator('form[action$="/signature/errands/"] button').click()
    said = signer.expect(r"अपने ब्राउज़र के पृष्ठ से मिलाएँ: (.+) · (.+)").groups()
    expect(page.locator(".hashwords").first).to_have_text(said[1])
    expect(page.locator(".errand")).to_contain_text("कक्ष 214")
    picture(page, "46-waiting.hi.tablet")
    signer.expect(r"\[s\]")
    signer.type("s")
    signer.expect("टोकन का पिन")
    signer.type("000000")
    signer.expect("यह पिन ग़लत है")
    expect(page.locator(".errand .notice--warm")).to_be_visible()
    picture(page, "47-wrong-pin.hi.tablet")
    signer.type("s")
    signer.expect("टोकन का पिन")
    signer.type(TOKEN_PIN)
    signer.expect("हस्ताक्षर हुए")
    page.wait_for_url(f"{office.url}/")
    picture(page, "48-signed-by-token.hi.tablet")
    proven(page, record)


def proven(page: Page, record: str) -> None:
    """The signed record is by the token's certificate, as a program says that knows nothing of us."""
    answer = page.request.get(record)
    assert answer.ok
    path = PICTURES / "record-by-token.pdf"
    path.write_bytes(answer.body())
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert NAME in said
