"""What somebody wrote in a form that is refused is not lost: the page of the refusal gives it back (issue 2)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from files.models import File
from files.services.file import file_forward
from tests.cast import Cast


@pytest.fixture
def late(people: Cast, file: File, client: Client) -> Client:
    """The dealing assistant in a second window; the first one has sent the file on."""
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    client.force_login(people.account("dealing_assistant"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize(
    "field",
    [("note", "Words of the\nsecond window <b>"), ("note_html", "<p>Words of the</p><p>second window &lt;b&gt;</p>")],
)
def test_the_note_of_a_late_window_comes_back_with_the_refusal(
    people: Cast, late: Client, file: File, field: tuple[str, str]
) -> None:
    form = {"to": str(people.post("under_secretary").pk), "version": "0", field[0]: field[1]}
    answer = late.post(reverse("files:forward", args=[file.pk]), form)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Section Officer, GAD-3 holds it since" in page
    assert "Words of the" in page
    assert "second window &lt;b&gt;" in page
    assert "<b>" not in page.partition("<textarea")[2]


def test_a_script_gets_its_words_back_too_and_a_fetched_page_has_none(late: Client, file: File) -> None:
    said = late.post(
        reverse("files:note_save", args=[file.pk]),
        {"note": "Mine", "version": "0"},
        headers={"Accept": "application/json"},
    )
    assert said.status_code == 403
    assert said.json()["error"]["code"] == "not_holder"
    assert "<textarea" not in late.get(reverse("files:detail", args=[987654])).content.decode()
