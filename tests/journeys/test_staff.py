"""An office of 300 comes on board from its own sheet; an officer is relieved, the desk handed over (R3, R18, R19)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from eoffice.demo import people, staff_sheet
from tests.journeys.conftest import Office, picture

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# The goal: from the untidy sheet to certified and applied in fewer clicks than this.
CLICKS = 15


class Hand:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, where: Locator) -> None:
        self.clicks += 1
        where.click()


def main_act(page: Page) -> Locator:
    return page.locator("main button.btn-primary, .actbar button.btn-primary, .pinsheet button.btn-primary").last


def test_an_untidy_sheet_of_300_people_is_brought_in_certified_and_applied(office: Office) -> None:
    hand, pin = Hand(), people.by_key("director_dse").pin
    page = office.enter("emd_manager_dse", language="en")
    hand.click(page.locator('a[href$="/imports/"]').first)
    hand.click(page.locator('a[href$="/imports/new/"]').first)
    picture(page, "40-import-upload.en")
    page.set_input_files(
        "input[type=file]",
        {"name": staff_sheet.NAME, "mimeType": "application/octet-stream", "buffer": staff_sheet.messy_sheet()},
    )
    hand.click(main_act(page))
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    refused = page.locator("tr.no")
    expect(refused.first).to_be_visible()
    picture(page, "41-import-dry-run.en")
    batch = re.sub(r"[?#].*", "", page.url)
    page.fill("[name='fix-17-email']", f"rashida.bhandari@{staff_sheet.MAIL}")
    page.fill("[name='fix-103-mobile']", "9837004412")
    page.fill("[name='fix-211-born_on']", "28-02-1979")
    page.fill("[name='fix-250-code']", "SE20250")
    hand.click(page.locator("button", has_text="Save all on this page"))
    page.wait_for_load_state("networkidle")
    page.goto(batch)
    if refused.count():
        hand.click(page.locator("button", has_text="Leave out the"))
        page.wait_for_load_state("networkidle")
    expect(page.locator("button", has_text="Send for certification")).to_be_enabled()
    hand.click(page.locator("button", has_text="Send for certification"))
    page = office.enter("director_dse", language="hi", tablet=True)
    hand.click(page.locator('a[href*="/imports/"]').first)
    if page.url != batch:
        hand.click(page.locator(f'a[href*="{batch.removeprefix(office.url)}"]').first)
    picture(page, "42-import-certify.hi.tablet")
    hand.click(page.locator(".actbar .btn-primary").first)
    page.fill("[name=pin]", pin)
    picture(page, "43-import-pin.hi.tablet")
    hand.click(main_act(page))
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    expect(page.locator('a[href*="/undo/"], form[action*="/undo/"]').first).to_be_visible()
    picture(page, "44-import-applied.hi.tablet")
    assert hand.clicks < CLICKS
    page = office.enter("emd_manager_dse", language="hi")
    page.goto(f"{office.url}/people/?q=bhandaree")
    expect(page.locator("main", has_text="भण्डारी").first).to_be_visible()
    picture(page, "45-people-search.hi")


def test_an_officer_is_relieved_when_the_desk_is_handed_over_and_both_have_signed(office: Office) -> None:
    page = office.enter("emd_manager", language="en")
    page.goto(f"{office.url}/relieving/")
    picture(page, "46-relieving.en")
    page.locator("tr", has_text="JS-GAD").locator("a.btn").first.click()
    page.select_option("[name=reason]", index=1)
    page.fill("[name=order_number]", "GAD-1/1402/2026")
    main_act(page).click()
    page.wait_for_url(re.compile(r"/relieving/\d+/$"))
    case = page.url
    to = page.locator("[name=to] option", has_text="SPLS-GAD").first.get_attribute("value")
    page.select_option("[name=to]", to)
    page.locator("button[name=which][value=all]").click()
    page.wait_for_load_state("networkidle")
    picture(page, "47-desk.en")
    page.locator("form[action$='/list/'] button").click()
    page.wait_for_load_state("networkidle")
    for key, name in (("joint_secretary", "48-giver.hi.tablet"), ("special_secretary", "49-taker.hi.tablet")):
        page = office.enter(key, language="hi", tablet=True)
        page.goto(case)
        page.locator("a.btn-primary").last.click()
        page.fill("[name=pin]", people.by_key(key).pin)
        picture(page, name)
        main_act(page).click()
        page.wait_for_url(case)
    picture(page, "50-relieved.hi.tablet")
    page.goto(f"{office.url}/people/?q=nasreen")
    expect(page.locator("main")).not_to_contain_text("JS-GAD")


def test_the_board_says_which_office_is_ready(office: Office) -> None:
    page = office.enter("super_admin", language="hi")
    page.goto(f"{office.url}/readiness/")
    expect(page.locator("main", has_text="सामान्य प्रशासन विभाग").first).to_be_visible()
    picture(page, "51-readiness-board.hi")
    page.locator("main a", has_text="सामान्य प्रशासन विभाग").first.click()
    picture(page, "52-readiness-office.hi")
    page = office.enter("emd_manager", language="en", tablet=True)
    page.goto(f"{office.url}/people/")
    picture(page, "53-people.en.tablet")
