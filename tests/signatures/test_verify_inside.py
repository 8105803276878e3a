"""The verifier for those who are signed in, and papers of files and receipts checked where they lie."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from signatures import views_verify_inside
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.engine import foreign
from tests.signatures.issued import with_other_amount

URL = "/signature/verify/"


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def inside(client: Client, cast: Cast) -> Client:
    client.force_login(cast.account("dealing_assistant"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def test_any_pdf_that_came_to_the_desk_is_checked_with_pictures(instance: World, inside: Client) -> None:
    page = inside.get(URL).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert f'href="{URL}" aria-current="page"' in page, "it stands in the navigation"
    pdf = with_other_amount(foreign.detached(letter(2)))
    page = inside.post(URL, {"pdf": SimpleUploadedFile("a.pdf", pdf)}).content.decode()
    assert "outcome--bad" in page
    assert page.count('src="data:image/webp;base64,') == 2
    assert "Page 2: 1 place differs" in page
    assert "Rs 50,00,000 only" in page


def test_a_stranger_is_sent_to_sign_in_and_a_forged_form_is_refused(client: Client, inside: Client) -> None:
    assert Client().get(URL).status_code == 302
    assert Client().post(URL, {"pdf": SimpleUploadedFile("a.pdf", b"x")}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside.cookies
    assert strict.post(URL, {"pdf": SimpleUploadedFile("a.pdf", b"x")}).status_code == 403


def test_nothing_chosen_is_an_error_on_the_page(inside: Client) -> None:
    assert inside.post(URL).status_code == 400


def test_checks_inside_are_counted_by_person(instance: World, inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_verify_inside, "_CHECKS", 1)
    assert [inside.post(URL).status_code for _turn in range(2)] == [400, 429]
    assert reverse("signatures:verify_inside") == URL
