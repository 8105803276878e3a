"""Before the day's first signature (R23): the check-up says what is in order, and a test signature proves it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from eoffice.demo.people import PINS
from tests.journeys.conftest import Office, picture

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_an_officer_looks_whether_signing_works(office: Office) -> None:
    page = office.enter("secretary", language="en")
    page.goto(f"{office.url}/signature/")
    page.locator('a[href$="/signature/check-up/"]').first.click()
    expect(page.get_by_role("status").filter(has_text="You can sign.")).to_be_visible()
    expect(page.locator("dl.facts > .no")).to_have_count(0)
    picture(page, "70-check-up.en")
    page.locator('form[action$="/signature/check-up/test/"] button').click()
    page.fill("#pinbox", "11112222")
    page.locator(".pinrow button").click()
    expect(page.locator("#pin-error")).to_be_visible()
    page.fill("#pinbox", PINS["secretary"])
    picture(page, "71-test-signature.en")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="the signature is right")).to_be_visible()
    picture(page, "72-test-signature-done.en")
    page = office.enter("secretary", language="hi", tablet=True)
    page.goto(f"{office.url}/signature/check-up/")
    expect(page.locator(".notice")).to_be_visible()
    picture(page, "73-check-up.hi.tablet")
    page = office.enter("dealing_assistant", language="hi")
    page.goto(f"{office.url}/signature/check-up/")
    picture(page, "74-check-up-no-key.hi")
