"""The main job, through pages only: a letter comes in, is decided and signed, goes out, is checked (R1, R5, R10)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PICTURES, Office, picture
from tests.signatures.engine.test_attacks import increment, overlay

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SUBJECT = "सरयूपुर तहसील भवन की चहारदीवारी के निर्माण हेतु धनराशि की स्वीकृति"
SENDER_MAIL = "dm@saryupur.dist.example"
SECRETARY_PIN = "48291375"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter that was born digital, as the District Magistrate would send it."""
    from eoffice.demo.dak import Incoming  # noqa: PLC0415
    from eoffice.demo.letters import pdf_of  # noqa: PLC0415

    incoming = Incoming(
        subject=SUBJECT,
        organisation="कार्यालय जिलाधिकारी, सरयूपुर",
        name="अनुराग सोलंकी",
        designation="जिलाधिकारी, सरयूपुर",
        number="1201/नाजिर/2026-27",
        body="<p>तहसील भवन की चहारदीवारी जीर्ण हो चुकी है। ₹6.50 लाख की स्वीकृति का अनुरोध है।</p>",
        days_ago=0,
    )
    path = tmp_path_factory.mktemp("letter") / "tehsil.pdf"
    path.write_bytes(pdf_of(incoming))
    return path


def type_into_editor(page: Page, name: str, text: str, *, fresh: bool = True) -> None:
    """Into the rich text field that stands in for the textarea `name`; `fresh` begins a paragraph."""
    editor = page.locator(f'.editbox:has(textarea[name="{name}"]) [contenteditable="true"]')
    editor.click()
    page.keyboard.press("Control+End")
    if editor.inner_text().strip() and fresh:
        page.keyboard.press("Enter")
    page.keyboard.type(text)


def test_a_letter_becomes_a_signed_reply_that_anyone_can_check(office: Office, letter: Path) -> None:
    receipt_url = diarise(office, letter)
    file_url = open_file(office, receipt_url)
    draft_url = write_and_forward(office, file_url)
    correct_and_pull_back(office, file_url, draft_url)
    put_up(office, file_url)
    decide(office, file_url)
    signed = issue(office, file_url, draft_url)
    check_as_anyone(office, signed)
    audit(office, file_url)
    prove(signed)


def diarise(office: Office, letter: Path) -> str:
    """1: the diarist uploads, sees the pages, fills in, gets a number, prints the acknowledgement, marks to GAD-3."""
    page = office.enter("diarist", language="hi")
    page.goto(f"{office.url}/dak/new/")
    picture(page, "01-diarise-empty.hi")
    page.set_input_files('input[type="file"]', letter)
    page.locator('button[formaction*="preview"]').click()
    expect(page.locator("input[name=stored]")).to_have_count(1)
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=sender_name]", "अनुराग सोलंकी")
    page.fill("[name=sender_designation]", "जिलाधिकारी")
    page.fill("[name=sender_organisation]", "कार्यालय जिलाधिकारी, सरयूपुर")
    page.fill("[name=their_number]", f"1201/नाजिर/{time.time_ns() % 10**8}")
    page.fill("[name=their_date]", (date.today() - timedelta(days=8)).isoformat())
    page.select_option("[name=priority]", "priority")
    page.locator("details.more summary").last.click()
    page.fill("[name=sender_email]", SENDER_MAIL)
    picture(page, "02-diarise-filled.hi")
    page.locator('button[name="then"][value=""]').click()
    page.wait_for_url(re.compile(r"/dak/receipts/\d+/"))
    receipt_url = page.url
    picture(page, "03-receipt.hi")
    page.locator('form[action$="/acknowledge/"] button').click()
    page.wait_for_url(re.compile(r"/acknowledgement/"))
    picture(page, "04-acknowledgement.hi")
    page.goto(receipt_url)
    page.locator('a[href$="/mark/"]').first.click()
    page.select_option("[name=section]", label=page.locator("option", has_text="GAD-3").first.inner_text())
    page.fill("[name=remarks]", "आवश्यक कार्यवाही हेतु")
    picture(page, "05-mark.hi")
    page.locator('button[type=submit][form="send"]').click()
    page.wait_for_load_state()
    return receipt_url


def open_file(office: Office, receipt_url: str) -> str:
    """2a: unread and bold in the inbox; opened with its pages; a new file numbered from a head."""
    page = office.enter("dealing_assistant", language="en")
    row = page.locator("tr.item", has_text=SUBJECT).first
    expect(row).to_have_class(re.compile("item--unread"))
    picture(page, "06-inbox.en")
    page.goto(receipt_url)
    picture(page, "07-receipt-at-section.en")
    page.locator('a[href*="/files/open/for-receipt/"]').first.click()
    picture(page, "08-put-in-a-file.en")
    page.select_option("[name=head]", index=1)
    page.locator("form:has([name=head]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/\d+/$"))
    return page.url


def write_and_forward(office: Office, file_url: str) -> str:
    """2b: a note that flags a page of the letter, a reply in Hindi, forward to the section officer."""
    page = office.enter("dealing_assistant", language="hi")
    page.goto(file_url)
    type_into_editor(page, "note", "विचाराधीन पत्र में ₹6.50 लाख की स्वीकृति का अनुरोध है। आलेख्य अनुमोदनार्थ प्रस्तुत। ")
    page.locator('.editbox .tools button[data-key="g"]').click()
    page.locator(".editbox .picker li button").first.click()
    expect(page.locator(".editbox [contenteditable] a.flag")).to_have_count(1)
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    picture(page, "09-note.hi")
    page.goto(re.sub(r"/$", "/drafts/new/", file_url))
    type_into_editor(page, "body", "2. मुझे यह कहने का निदेश हुआ है कि उक्त कार्य हेतु ₹6.50 लाख की स्वीकृति प्रदान की जाती है।")
    page.fill("[name=copies_to]", "मुख्य कोषाधिकारी, सरयूपुर\nगार्ड फाइल")
    picture(page, "10-draft.hi")
    page.locator("form.formcard button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/drafts/\d+/"))
    draft_url = page.url
    picture(page, "11-draft-sheet.hi")
    page.goto(re.sub(r"/$", "/brief/", file_url))
    page.fill("[name=gist]", "तहसील भवन की चहारदीवारी जीर्ण है। माँग ₹6.50 लाख; मद में धनराशि उपलब्ध।")
    page.fill("[name=points]", "क्या ₹6.50 लाख स्वीकृत किए जाएँ?\nजिलाधिकारी को पत्र का आलेख्य अनुमोदित हो।")
    page.locator("form.formcard button.btn-primary").click()
    page.wait_for_url(file_url)
    page.locator('button[form="yellow"][name="to"]').click()
    page.wait_for_url(f"{office.url}/")
    return draft_url


def correct_and_pull_back(office: Office, file_url: str, draft_url: str) -> None:
    """3: the section officer notes, corrects (what changed is visible), forwards, pulls back, forwards again."""
    page = office.enter("section_officer", language="en")
    page.goto(file_url)
    picture(page, "12-file.en")
    type_into_editor(page, "note", "धनराशि शब्दों में भी लिखी गई। अनुमोदनार्थ प्रस्तुत।")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.goto(f"{draft_url}correct/")
    type_into_editor(page, "body", " (रुपये छह लाख पचास हजार मात्र)", fresh=False)
    page.fill("[name=why]", "धनराशि शब्दों में")
    page.locator("form.formcard button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/drafts/\d+/"))
    expect(page.locator("ins").first).to_be_visible()
    picture(page, "13-draft-compared.en")
    for _ in range(2):
        page.goto(file_url)
        pull = page.locator('form[action$="/pull-back/"] button')
        if pull.count():
            picture(page, "14-pull-back.en")
            pull.click()
            page.wait_for_url(file_url)
        page.locator('button[form="yellow"][name="to"]').click()
        page.wait_for_url(f"{office.url}/")


def put_up(office: Office, file_url: str) -> None:
    """4: the under secretary opens it (no pulling back from now on), adds a line, puts it up to the secretary."""
    page = office.enter("under_secretary", language="hi")
    page.goto(file_url)
    type_into_editor(page, "note", "सहमत। आदेश एवं हस्ताक्षर हेतु प्रस्तुत।")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.locator('button[form="yellow"][name="to"]').click()
    page.wait_for_url(f"{office.url}/")


def decide(office: Office, file_url: str) -> None:
    """5: the secretary, on a tablet: decision view, one line, Approve, PIN; record and letter are signed."""
    page = office.enter("secretary", language="en", tablet=True)
    page.goto(f"{file_url}decide/")
    picture(page, "15-decision.en.tablet")
    page.context.add_cookies([{"name": "django_language", "value": "hi", "url": office.url}])
    page.reload()
    picture(page, "16-decision.hi.tablet")
    page.fill("#line", "यथाप्रस्तावित अनुमोदित।")
    page.locator('button[name="act"][value="approve"]').click()
    page.wait_for_url(re.compile(r"/files/decisions/\d+/sign/"))
    page.fill("[name=pin]", "11112222")
    page.locator(".pinrow button").click()
    expect(page.locator("#pin-error")).to_be_visible()
    picture(page, "17-wrong-pin.hi.tablet")
    page.fill("[name=pin]", SECRETARY_PIN)
    page.locator(".pinrow button").click()
    page.wait_for_url(f"{office.url}/")
    picture(page, "18-signed.hi.tablet")


def issue(office: Office, file_url: str, draft_url: str) -> Path:
    """6: when the time stamp is there, issue by e-mail and print; dispose of the receipt as replied; park the file."""
    page = office.enter("dealing_assistant", language="en")
    page.goto(draft_url)
    button = page.locator('form[action$="/issue/"] button')
    # The page asks by itself until the time stamp is there.
    expect(button).to_be_visible(timeout=60_000)
    picture(page, "19-ready-to-issue.en")
    button.click()
    page.wait_for_load_state()
    until = time.monotonic() + 60
    page.goto(f"{office.url}/demo/mail/")
    while not page.locator("tr", has_text=SENDER_MAIL).count() and time.monotonic() < until:
        time.sleep(1)
        page.reload()
    picture(page, "20-mail.en")
    page.locator("tr", has_text=SENDER_MAIL).first.locator("a").click()
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    signed = PICTURES / "letter.pdf"
    download.value.save_as(signed)
    page.goto(file_url)
    page.locator('form[action$="/dispose/"] select').first.select_option("replied")
    page.locator('form[action$="/dispose/"] button').first.click()
    page.wait_for_url(file_url)
    page.goto(f"{file_url}park/")
    page.fill("[name=until]", (date.today() + timedelta(days=30)).isoformat())
    page.fill("[name=why]", "उपयोग प्रमाण-पत्र प्रतीक्षित")
    page.locator("form.formcard button.btn-primary").click()
    page.wait_for_url(file_url)
    picture(page, "21-parked.en")
    return signed


def check_as_anyone(office: Office, signed: Path) -> None:
    """7: signed out: by upload, and by the address in the QR code with date and signer."""
    page = office.open(language="en")
    page.goto(f"{office.url}/verify/")
    picture(page, "22-verify-empty.en")
    page.set_input_files('input[type="file"]', signed)
    page.locator('form[enctype] button[type="submit"]').click()
    expect(page.locator(".outcome--good")).to_be_visible()
    picture(page, "23-verified.en")
    page.context.add_cookies([{"name": "django_language", "value": "hi", "url": office.url}])
    broken = signed.with_name("tampered.pdf")
    content = bytearray(signed.read_bytes())
    content[content.index(b"stream") + 40] ^= 1
    broken.write_bytes(content)
    page.goto(f"{office.url}/verify/")
    page.set_input_files('input[type="file"]', broken)
    page.locator('form[enctype] button[type="submit"]').click()
    expect(page.locator(".outcome--bad")).to_be_visible()
    # What was laid over the page after signing is shown beside the page as it was signed.
    broken.write_bytes(increment(signed.read_bytes(), overlay))
    page.goto(f"{office.url}/verify/")
    page.set_input_files('input[type="file"]', broken)
    page.locator('form[enctype] button[type="submit"]').click()
    expect(page.locator(".outcome--bad")).to_be_visible()
    expect(page.locator("main img").first).to_be_visible()
    picture(page, "24-tampered.hi")
    page.locator(".differs__pair").first.scroll_into_view_if_needed()
    picture(page, "24-tampered-places.hi")


def audit(office: Office, file_url: str) -> None:
    """8: the auditor sees every movement and act."""
    page = office.enter("auditor", language="en")
    page.goto(f"{file_url}history/")
    assert page.locator("table.list tbody tr").count() > 15
    picture(page, "25-history.en")


def run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """The program's answer; it must have gone well."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def prove(signed: Path) -> None:
    """What the browser showed, programs that know nothing of us prove too; our own verifier with the network off."""
    assert SUBJECT in " ".join(run("pdftotext", "-layout", signed, "-").split())
    run("qpdf", "--check", signed)
    data = os.environ.get("EOFFICE_JOURNEY_DATA")
    if not data:
        return
    root = Path(data) / "trust" / "demo-root.pem"
    nss = PICTURES / "nss"
    shutil.rmtree(nss, ignore_errors=True)
    nss.mkdir()
    run("certutil", "-d", f"sql:{nss}", "-N", "--empty-password")
    run("certutil", "-d", f"sql:{nss}", "-A", "-t", "CT,C,C", "-n", "demo", "-i", root)
    said = run("pdfsig", "-no-ocsp", "-nssdir", nss, signed)
    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate Validation: Certificate is Trusted." in said
    openssl_accepts(signed, root)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "EOFFICE_PROFILE": "demo",
        "EOFFICE_DATA": data,
        "DJANGO_SETTINGS_MODULE": "eoffice.settings",
    }
    facts = json.loads(run(sys.executable, "manage.py", "verify_pdf", "--json", signed, environment=environment))
    assert (facts["verdict"], facts["integrity"]) == ("TOTAL-PASSED", "intact"), facts
    assert facts["signatures"][0]["level"] == "B-LTA"
    answer = run(sys.executable, "manage.py", "check_ledger", "--json", environment=environment)
    assert json.loads(answer)["ok"]


def openssl_accepts(signed: Path, root: Path) -> None:
    """`openssl cms -verify -cades` over the byte range of the officer's signature."""
    content = signed.read_bytes()
    found = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", content)
    assert found is not None
    _start, first, second, length = (int(number) for number in found.groups())
    blob = bytes.fromhex(content[first + 1 : second - 1].decode())
    # A DER sequence of two length bytes; what follows it is the padding of the reserved room.
    (PICTURES / "letter.cms").write_bytes(blob[: 4 + int.from_bytes(blob[2:4], "big")])
    (PICTURES / "letter.covered").write_bytes(content[:first] + content[second : second + length])
    said = run(
        "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER",
        "-in", PICTURES / "letter.cms", "-content", PICTURES / "letter.covered", "-CAfile", root, "-out", os.devnull,
    )  # fmt: skip
    assert "successful" in said
