"""The office in a browser: people sign in by one click on the demo's start page, pictures go to build/journey/."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, TABLET = {"width": 1366, "height": 768}, {"width": 820, "height": 1180}
PICTURES = Path(__file__).resolve().parents[2] / "build" / "journey"
SLOW = 30_000
# What reaches over the right edge of the screen, for the message of a failed check.
TOO_WIDE = """[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 12).map((one) => `${one.tagName}.${one.className}`)"""


class Office:
    """Who sits at the screen, in which language, on which device."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url
        self._context: BrowserContext | None = None
        self.complaints: list[str] = []

    def open(self, *, language: str = "hi", tablet: bool = False, scripts: bool = True) -> Page:
        """A fresh browser of somebody signed out."""
        self.close()
        self._context = self._browser.new_context(
            viewport=TABLET if tablet else DESKTOP,
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        self._context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])
        page = self._context.new_page()
        page.set_default_timeout(SLOW)
        # Whatever the strict content policy stops, or a script trips over, fails the journey.
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def enter(self, person: str, **how: object) -> Page:
        """The person's inbox, by one click on the start page."""
        page = self.open(**how)  # type: ignore[arg-type]
        page.goto(f"{self.url}/demo/")
        page.locator(f'button[name="person"][value="{person}"]').first.click()
        page.wait_for_url(f"{self.url}/")
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None


def picture(page: Page, name: str) -> None:
    """A screenshot in build/journey/, and a check that the page is not wider than the screen."""
    page.wait_for_load_state("networkidle")
    size = page.viewport_size or DESKTOP
    page.screenshot(path=PICTURES / f"{name}.png")
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        pytest.fail(f"{name} is wider than the screen: {page.evaluate(TOO_WIDE)}")


@pytest.fixture(scope="session")
def demo_url() -> str:
    """The address of a running demo; `make journey` starts one and says where."""
    url = os.environ.get("EOFFICE_JOURNEY_URL", "")
    if not url:
        pytest.fail("The journey needs a running demo: use `make journey`, or set EOFFICE_JOURNEY_URL.")
    return url.rstrip("/")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=SLOW)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def office(browser: Browser, demo_url: str) -> Iterator[Office]:
    at_work = Office(browser, demo_url)
    yield at_work
    at_work.close()
    assert at_work.complaints == []
