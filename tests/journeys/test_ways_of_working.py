"""The same pages by keyboard alone, and without scripts (design 11)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Office, picture

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_inbox_and_file_by_keyboard_alone(office: Office) -> None:
    page = office.enter("dealing_assistant_fin", language="en")
    page.keyboard.press("?")
    expect(page.locator(".keysheet")).to_be_visible()
    picture(page, "26-keys.en")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("लघु")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/"))
    picture(page, "27-search.en")
    expect(page.locator("a.subj").first).to_be_visible()
    page = office.enter("section_officer", language="en", tablet=True)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(files|dak/receipts)/\d+/"))
    picture(page, "28-file.en.tablet")


def test_posts_are_found_while_one_types(office: Office) -> None:
    page = office.enter("section_officer", language="en")
    page.locator("tr.item a.subj").first.click()
    page.wait_for_url(re.compile(r"/files/\d+/"))
    page.keyboard.press("f")
    page.wait_for_url(re.compile(r"/forward/"))
    page.fill("#pq", "Sudha")
    expect(page.locator(".picker label")).to_have_count(1)
    picture(page, "33-forward.en")


def test_a_note_is_written_and_forwarded_without_scripts(office: Office) -> None:
    page = office.enter("audit_assistant", language="hi", scripts=False)
    page.locator("tr.item a.subj").first.click()
    page.locator('a[href*="/files/open/for-receipt/"]').first.click()
    page.fill("[name=free_number]", "FIN-5/लेखा/3.2")
    page.locator("form:has([name=free_number]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/\d+/$"))
    page.fill("textarea[name=note]", "अनुपालन आख्या **प्रतीक्षित** है।\n\n1. प्रस्तर 3.2\n1. प्रस्तर 3.3")
    picture(page, "29-no-scripts.hi")
    page.locator('button[form="yellow"][name="to"]').click()
    page.wait_for_url(f"{office.url}/")
    page.goto(f"{office.url}/awaiting/")
    page.locator("a.subj").first.click()
    expect(page.locator(".note strong", has_text="प्रतीक्षित")).to_be_visible()
    expect(page.locator(".note li")).to_have_count(2)


def test_pages_a_manager_and_a_citizen_open(office: Office) -> None:
    page = office.enter("emd_manager", language="hi")
    page.goto(f"{office.url}/people/")
    picture(page, "30-people.hi")
    page = office.open(language="hi", tablet=True)
    page.goto(f"{office.url}/sign-in/")
    picture(page, "31-sign-in.hi.tablet")
    page.goto(f"{office.url}/verify/")
    picture(page, "32-verify.hi.tablet")
