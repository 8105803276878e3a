"""A hundred letters under one PIN, two changed ones left out; then one is withdrawn and the public verifier says so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eoffice.demo.people import PINS
from tests.journeys.conftest import Office, picture

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
# Fewer for looking at the pages on a busy machine.
LETTERS = int(os.environ.get("EOFFICE_JOURNEY_LETTERS", "100"))
CHANGED = 2
PATIENCE_MS = 300_000


@pytest.fixture(scope="module")
def series() -> str:
    """The letters of this run, on the secretary's desk."""
    name = f"M{os.getpid()}"
    environment = {
        **os.environ, "EOFFICE_DATA": os.environ["EOFFICE_JOURNEY_DATA"], "EOFFICE_PROFILE": "demo",
        "DJANGO_SETTINGS_MODULE": "eoffice.settings",
    }  # fmt: skip
    command = ["manage.py", "demo_similar", "--count", str(LETTERS), "--changed", str(CHANGED), "--series", name]
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
    return name


def test_a_list_is_signed_under_one_pin_and_a_letter_withdrawn(office: Office, series: str) -> None:
    page = office.enter("secretary", language="hi")
    page.goto(f"{office.url}/files/to-sign/")
    mine = page.locator("tr.item").filter(has_text=f"{series}/")
    expect(mine).to_have_count(LETTERS)
    for box in page.locator("tr.item").filter(has_not_text=f"{series}/").locator("input[name=pick]").all():
        box.uncheck()
    for box in mine.locator("input[name=pick]").all():
        box.check()
    picture(page, "60-to-sign.hi")
    page.locator("form button.btn-primary").last.click()
    page.wait_for_url(re.compile(r"/files/lists/\d+/$"))
    here = page.url
    expect(page.locator("section:has(#h-left) tbody tr")).to_have_count(CHANGED)
    expect(page.locator('input[name^="line-"]')).to_have_count(LETTERS - CHANGED)
    picture(page, "61-list-summary.hi")
    page.fill("#line", "यथाप्रस्तावित अनुमोदित।")
    page.locator('input[name^="line-"]').first.fill("अनुमोदित; कार्य इसी माह।")
    page.locator("#pinbox").scroll_into_view_if_needed()
    picture(page, "62-list-sign.hi")
    page.fill("#pinbox", PINS["secretary"])
    page.locator('button[form="sign"]').click()
    expect(page.locator("progress")).to_be_visible()
    picture(page, "63-list-progress.hi")
    expect(page.locator(".notice--done")).to_be_visible(timeout=PATIENCE_MS)
    signed = page.locator("section:has(#h-results) tbody tr", has_text="हस्ताक्षरित")
    expect(signed).to_have_count(LETTERS - CHANGED)
    picture(page, "64-list-done.hi")
    page = office.enter("secretary", language="en", tablet=True)
    page.goto(here)
    expect(page.locator("section:has(#h-results) tbody tr")).to_have_count(LETTERS - CHANGED)
    picture(page, "65-list-done.en.tablet")
    _withdrawn(office, series)


def _withdrawn(office: Office, series: str) -> None:
    """The file comes up again; the secretary withdraws the letter; anybody who checks it sees that."""
    page = office.enter("dealing_assistant", language="en")
    page.goto(f"{office.url}/search/?q={series}/1")
    row = page.locator("tr.item", has=page.get_by_text(f"{series}/1", exact=True))
    row.locator("a.subj").click()
    page.wait_for_url(re.compile(r"/files/\d+/$"))
    file_url = page.url
    page.goto(f"{file_url}forward/")
    page.fill("#pq", "Meenakshi")
    expect(page.locator(".picker label")).to_have_count(1)
    page.locator(".picker label").click()
    page.locator("form button.btn-primary").last.click()
    page = office.enter("secretary", language="en")
    page.goto(file_url)
    page.locator('a[href*="/files/drafts/"]').first.click()
    page.locator('a[href$="/end/"]').click()
    page.fill("#why", "The amount was wrong")
    picture(page, "66-withdraw.en")
    page.locator("form.formcard button.btn-primary").click()
    page.fill("#pinbox", PINS["secretary"])
    picture(page, "67-withdraw-sign.en")
    page.locator(".pinsheet button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/drafts/\d+/$"))
    picture(page, "68-withdrawn.en")
    facts = page.locator("dl.kv dd").all_inner_texts()
    reference, day = facts[2], facts[1]
    assert reference.isdigit(), facts
    assert day
    letter = page.request.get(office.url + (page.locator('a[href$="letter.pdf"]').get_attribute("href") or "")).body()
    page = office.open(language="en")
    page.goto(f"{office.url}/verify/")
    page.set_input_files("input[type=file]", {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": letter})
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    expect(page.get_by_text(re.compile("withdrawn and is no longer in force"))).to_be_visible()
    picture(page, "69-verify-withdrawn.en")
