"""The pages of the files room, by the people who use them, with their queries counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eoffice.ledger import queries as ledger
from files.models import Draft, File, Note, Paper
from files.services.file import file_forward
from files.services.note import note_save

MOST_QUERIES = 25


@pytest.fixture
def signed_in(people, client):
    def act(who):
        client.force_login(people.account(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return act


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("name", ["detail", "history", "forward", "park", "brief", "paper_add", "draft_new", "decide"])
def test_every_page_of_a_file_opens_in_both_languages(signed_in, case, draft, name, language):
    client = signed_in("dealing_assistant")
    client.cookies["django_language"] = language
    page = client.get(reverse(f"files:{name}", args=[case.pk]))
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()


@pytest.mark.parametrize("name", ["detail", "history", "forward", "park", "brief", "paper_add", "draft_new", "decide"])
def test_an_outsider_finds_nothing(signed_in, case, name):
    assert signed_in("outsider").get(reverse(f"files:{name}", args=[case.pk])).status_code == 404


def test_signed_out_goes_to_sign_in(client, case):
    page = client.get(reverse("files:detail", args=[case.pk]))
    assert (page.status_code, page["Location"].startswith(reverse("employee_master:sign_in"))) == (302, True)


def test_file_page_stays_within_its_queries_however_long_the_history(people, signed_in, case, draft):
    for number in range(40):
        here = File.objects.get(pk=case.pk)
        down = here.held_by == people.post("section_officer")
        who, to = ("section_officer", "dealing_assistant") if down else ("dealing_assistant", "section_officer")
        note_save(file_id=case.pk, html=f"<p>टिप्पणी {number}</p>", revision=0, actor=people.actor(who))
        file_forward(file_id=case.pk, to_post_id=people.post(to).pk, actor=people.actor(who))
    client = signed_in("dealing_assistant")
    for name in ("detail", "decide"):
        url = reverse(f"files:{name}", args=[case.pk])
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]
    assert Note.objects.count() == 40


def test_inbox_stays_within_its_queries(people, signed_in, case):
    client = signed_in("dealing_assistant")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("desk:inbox"))
    assert page.status_code == 200
    assert len(queries) <= MOST_QUERIES


def test_holders_first_opening_is_recorded_but_no_prefetch(people, signed_in, case):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    client = signed_in("section_officer")
    url = reverse("files:detail", args=[case.pk])
    client.get(url, headers={"Sec-Purpose": "prefetch"})
    client.head(url)
    assert File.objects.get(pk=case.pk).seen_at is None
    client.get(url)
    assert File.objects.get(pk=case.pk).seen_at is not None


def test_note_is_saved_by_script_and_without(signed_in, case):
    client = signed_in("dealing_assistant")
    url = reverse("files:note_save", args=[case.pk])
    answer = client.post(
        url, {"note_html": "<p>एक <b>दो</b></p>", "version": "0"}, headers={"Accept": "application/json"}
    )
    assert answer.json()["version"] == 1
    plain = client.post(url, {"note": "एक **दो**\n\nतीन", "version": "1"})
    assert plain.status_code == 302
    assert Note.objects.get().text == "<p>एक <strong>दो</strong></p><p>तीन</p>"


def test_note_conflict_shows_both_texts(signed_in, case):
    client = signed_in("dealing_assistant")
    url = reverse("files:note_save", args=[case.pk])
    client.post(url, {"note": "पहली खिड़की", "version": "0"})
    page = client.post(url, {"note": "दूसरी खिड़की", "version": "0"})
    assert page.status_code == 409
    assert "पहली खिड़की" in page.content.decode()
    assert "दूसरी खिड़की" in page.content.decode()


def test_forward_from_the_page_takes_the_unsaved_note_along(people, signed_in, case):
    client = signed_in("dealing_assistant")
    answer = client.post(
        reverse("files:forward", args=[case.pk]),
        {"note": "प्रस्तुत है।", "version": "0", "to": people.post("section_officer").pk},
    )
    assert answer.status_code == 302
    assert File.objects.get(pk=case.pk).held_by == people.post("section_officer")
    assert Note.objects.get().number == 1


def test_refused_acts_say_why_and_the_post_is_refused_likewise(people, signed_in, case):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    client = signed_in("under_secretary")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("files:detail", args=[case.pk])).content.decode()
    assert "Section Officer, GAD-3 holds it since" in page
    answer = client.post(reverse("files:forward", args=[case.pk]), {"to": people.post("secretary").pk})
    assert answer.status_code == 403
    assert "Section Officer, GAD-3 holds it since" in answer.content.decode()


def test_page_images_are_served_to_readers_alone(signed_in, people, case, client):
    url = reverse("files:page_image", args=[case.pk, 1, 1, 160])
    image = signed_in("dealing_assistant").get(url)
    assert (image.status_code, image["Content-Type"]) == (200, "image/webp")
    again = client.get(url, headers={"If-None-Match": image["ETag"]})
    assert again.status_code == 304
    assert signed_in("outsider").get(url).status_code == 404
    assert Paper.objects.get().last_page == 2


def test_draft_is_written_corrected_and_compared(people, signed_in, case):
    client = signed_in("dealing_assistant")
    client.cookies["django_language"] = "en"
    form = client.get(reverse("files:draft_new", args=[case.pk])).content.decode()
    assert "1147/नाजिर/2026-27" in form
    fields = {
        "kind": "letter",
        "language": "hi",
        "addressee": "जिलाधिकारी\nसरयूपुर",
        "email": "dm@saryupur.example",
        "subject": "धनराशि की स्वीकृति",
        "salutation": "महोदय,",
        "closing": "भवदीय,",
        "body": "धनराशि ₹20.00 लाख।",
    }
    client.post(reverse("files:draft_new", args=[case.pk]), fields)
    draft = Draft.objects.get()
    client.post(
        reverse("files:draft_correct", args=[draft.pk]),
        fields | {"body": "धनराशि ₹18.40 लाख।", "base": "1", "why": "जाँच"},
    )
    page = client.get(reverse("files:draft", args=[draft.pk])).content.decode()
    assert "<del>₹20.00</del>" in page
    assert "<ins>₹18.40</ins>" in page


def test_auditor_sees_history_but_no_note(people, signed_in, case, note):
    note(case, "dealing_assistant", "गुप्त विचार")
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    client = signed_in("auditor")
    page = client.get(reverse("files:history", args=[case.pk]))
    assert page.status_code == 200
    assert "गुप्त विचार" not in page.content.decode()
    assert page.content.decode().count("<tr>") == ledger.history(case).count() + 1
    assert client.get(reverse("files:detail", args=[case.pk])).status_code == 404
