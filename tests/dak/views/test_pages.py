from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dak.models import Classification, Receipt, ReceiptCopy
from dak.services import Addressee, dispatch_queue, receipt_dispose, receipt_mark, receipt_put_in_file
from dak.workflow import ReceiptState
from eoffice.core.models import NumberSeries
from eoffice.documents.models import Document
from eoffice.ledger.models import Event
from tests.dak.conftest import letter_pdf


@pytest.fixture
def browse(people, client):
    """The client signed in as somebody of the cast; nobody is signed out."""

    def as_(name, language="en"):
        client.logout()
        if name != "nobody":
            client.force_login(people.account(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = language
        return client

    return as_


@pytest.fixture
def dispatch(people, letter):
    (row,) = dispatch_queue(
        document=letter,
        copies=[Addressee(lines="Accountant General", mode="post")],
        back_ref="draft:1",
        subject="Sanction",
        letter_number="412/GAD-3/2026",
        actor=people.actor("dealing_assistant"),
    )
    return row


def entries(**other):
    return {
        "subject": "Repair of the record room",
        "sender_name": "District Magistrate",
        "kind": "letter",
        "delivery": "post",
        "received_on": "2026-11-18",
        "priority": "ordinary",
        "language": "hi",
        "classification": "ordinary",
        "paper": SimpleUploadedFile("letter.pdf", letter_pdf(), content_type="application/pdf"),
    } | other


GET_PAGES = ["dak:new", "dak:diary", "dak:dispatch_register"]


@pytest.mark.parametrize(("language", "lang"), [("hi", 'lang="hi"'), ("en", 'lang="en"')])
def test_all_pages_in_both_languages(browse, marked, dispatch, language, lang):
    diarist, assistant = browse("diarist", language), "dealing_assistant"
    for name in GET_PAGES:
        assert f"<html {lang}" in diarist.get(reverse(name)).text
    client = browse(assistant, language)
    for name, pk in [
        ("dak:receipt", marked.receipt_id),
        ("dak:acknowledgement", marked.receipt_id),
        ("dak:dispose", marked.receipt_id),
        ("dak:mark", marked.pk),
        ("dak:forward", marked.pk),
        ("dak:return", marked.pk),
        ("dak:dispatch", dispatch.pk),
    ]:
        answer = client.get(reverse(name, args=[pk]))
        assert answer.status_code == 200, name
        assert f"<html {lang}" in answer.text


OF_RECEIPT = ["receipt", "acknowledgement", "dispose"]
OF_COPY = ["mark", "forward", "return"]


def test_an_outsider_sees_nothing_and_nobody_is_sent_to_sign_in(browse, marked, dispatch):
    addresses = [reverse(f"dak:{name}", args=[marked.receipt_id]) for name in OF_RECEIPT]
    addresses += [reverse(f"dak:{name}", args=[marked.pk]) for name in OF_COPY]
    addresses += [
        reverse("dak:page_image", args=[marked.receipt_id, 1, 960]),
        reverse("dak:original", args=[marked.receipt_id, 1]),
        reverse("dak:dispatch", args=[dispatch.pk]),
        reverse("dak:dispatch_letter", args=[dispatch.pk]),
        reverse("dak:dispatch_page", args=[dispatch.pk, 1]),
    ]
    acts = [reverse(f"dak:{name}", args=[marked.pk]) for name in ("mark", "forward", "return", "pull_back", "note")]
    acts += [reverse(f"dak:{name}", args=[marked.receipt_id]) for name in ("acknowledge", "dispose", "reopen")]
    acts += [
        reverse(f"dak:dispatch_{name}", args=[dispatch.pk]) for name in ("print", "send", "deliver", "undelivered")
    ]
    before = Event.objects.count()
    outsider = browse("outsider")
    assert {outsider.get(url).status_code for url in addresses} == {404}
    assert {outsider.post(url).status_code for url in acts} == {404}
    nobody = browse("nobody")
    assert {nobody.get(url).status_code for url in addresses} == {302}
    assert {nobody.post(url).status_code for url in acts} == {302}
    assert Event.objects.count() == before


def test_only_registry_clerks_open_the_new_page(browse):
    assert browse("diarist").get(reverse("dak:new")).status_code == 200
    assert browse("dealing_assistant").get(reverse("dak:new")).status_code == 403
    assert browse("dealing_assistant").post(reverse("dak:new"), entries()).status_code == 403


@pytest.mark.parametrize(("then", "leads_to"), [("", "/receipts/"), ("mark", "/mark/"), ("next", "/new/?like=")])
def test_diarising_leads_on(still_clock, browse, then, leads_to):
    answer = browse("diarist").post(reverse("dak:new"), entries(then=then))
    assert answer.status_code == 302
    assert leads_to in answer["Location"]
    assert Receipt.objects.get().state == ReceiptState.DIARISED


def test_next_like_this_keeps_the_sender_and_not_the_number(browse, receipt):
    page = browse("diarist").get(f"{reverse('dak:new')}?like={receipt.pk}")
    assert "जिलाधिकारी, सरयूपुर" in page.text
    assert "1147/नाजिर" not in page.text


def test_preview_stores_the_paper_and_diarising_takes_it_from_there(still_clock, browse):
    client = browse("diarist")
    page = client.post(reverse("dak:preview"), entries(subject=""))
    assert page.status_code == 200
    assert not Receipt.objects.exists()
    picture = client.get(page.context["pages"][0]["url"])
    assert picture["Content-Type"] == "image/webp"
    answer = client.post(reverse("dak:new"), entries(paper="", stored=page.context["stored"]))
    assert answer.status_code == 302
    assert Receipt.objects.get().document == Document.objects.get()


def test_a_stored_paper_is_nobody_elses(people, browse, letter, still_clock):
    mark = browse("diarist").post(reverse("dak:preview"), entries()).context["stored"]
    outsider = browse("outsider")
    assert outsider.get(reverse("dak:preview_page", args=[mark, 1])).status_code == 404
    assert browse("diarist").post(reverse("dak:new"), entries(paper="", stored="forged")).status_code == 400


PAPERS = [
    ("empty.pdf", b""),
    ("word.pdf", b"PK\x03\x04 not a letter"),
    ("cut.pdf", letter_pdf()[:300]),
    ("program.pdf", b"MZ\x90\x00"),
]


@pytest.mark.parametrize(("name", "content"), PAPERS)
@pytest.mark.parametrize("language", ["hi", "en"])
def test_bad_papers_are_refused_at_their_field_and_nothing_is_saved(still_clock, browse, name, content, language):
    paper = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = browse("diarist", language).post(reverse("dak:new"), entries(paper=paper))
    assert answer.status_code == 400
    assert "paper" in answer.context["form"].errors
    assert not Receipt.objects.exists()
    assert not Document.objects.exists()
    assert not NumberSeries.objects.filter(series="diary").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "x" * 20_000),
        ("subject", "a\x07b"),
        ("subject", "abc\u202edef"),
        ("sender_name", ""),
        ("sender_email", "nowhere"),
        ("received_on", "tomorrow"),
        ("their_date", "2027-01-01"),
        ("enclosures_expected", "-1"),
        ("classification", "secret"),
    ],
)
def test_bad_entries_come_back_with_the_paper_kept(still_clock, browse, field, value):
    answer = browse("diarist").post(reverse("dak:new"), entries(**{field: value}))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not Receipt.objects.exists()
    if field == "classification":
        assert not Document.objects.exists()
    else:
        assert answer.context["stored"]


def test_a_likely_duplicate_is_shown_once(still_clock, browse, receipt):
    client = browse("diarist")
    page = client.post(reverse("dak:new"), entries())
    assert page.status_code == 200
    assert page.context["twins"] == [receipt]
    assert Receipt.objects.count() == 1
    answer = client.post(reverse("dak:new"), entries(paper="", stored=page.context["stored"], duplicates_shown="on"))
    assert answer.status_code == 302
    assert Receipt.objects.count() == 2


def test_opening_by_the_holder_is_seen_once_and_not_by_prefetch(browse, marked):
    client = browse("dealing_assistant")
    url = reverse("dak:receipt", args=[marked.receipt_id])
    client.get(url, headers={"Sec-Purpose": "prefetch"})
    client.head(url)
    assert ReceiptCopy.objects.get().seen_at is None
    client.get(url)
    client.get(url)
    assert ReceiptCopy.objects.get().seen_at is not None
    assert Event.objects.filter(action="receipt:see").count() == 1
    assert not Event.objects.filter(action="receipt:read").exists()


def test_a_senior_reads_from_afar_and_it_is_written_down(browse, marked):
    page = browse("under_secretary").get(reverse("dak:receipt", args=[marked.receipt_id]))
    assert page.status_code == 200
    assert 'aria-disabled="true"' in page.text
    assert Event.objects.filter(action="receipt:read").count() == 1


def test_confidential_is_for_named_posts_alone(people, browse, diarise):
    receipt = diarise(classification=Classification.CONFIDENTIAL)
    receipt_mark(copy_id=receipt.copies.get().pk, to=people.post("under_secretary"), actor=people.actor("diarist"))
    url = reverse("dak:receipt", args=[receipt.pk])
    assert browse("secretary").get(url).status_code == 404
    page = browse("under_secretary").get(url)
    assert page.status_code == 200
    picture = browse("under_secretary").get(reverse("dak:page_image", args=[receipt.pk, 1, 960]))
    assert picture["Cache-Control"] == "no-store"


def test_page_pictures_are_kept_by_the_browser_alone(browse, marked):
    client = browse("dealing_assistant")
    url = reverse("dak:page_image", args=[marked.receipt_id, 1, 960])
    picture = client.get(url)
    assert picture["Content-Type"] == "image/webp"
    assert "private" in picture["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": picture["ETag"]}).status_code == 304
    assert client.get(reverse("dak:page_image", args=[marked.receipt_id, 2, 960])).status_code == 404
    assert client.get(reverse("dak:page_image", args=[marked.receipt_id, 1, 961])).status_code == 404


def test_the_original_is_for_download_only(browse, marked):
    answer = browse("dealing_assistant").get(reverse("dak:original", args=[marked.receipt_id, 1]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer.content == letter_pdf()


def test_marking_through_the_page_by_section_and_by_search(people, browse, copy):
    client = browse("diarist")
    url = reverse("dak:mark", args=[copy.pk])
    found = client.post(url, {"q": "SO-GAD3", "find": "1", "information": [people.post("secretary").pk]})
    assert found.status_code == 200
    assert [post.marking for post in found.context["posts"]] == ["SEC-GAD", "SO-GAD3"]
    assert client.post(url, {"remarks": "x"}).status_code == 400
    answer = client.post(
        url,
        {
            "section": people.section("GAD-3").pk,
            "information": [people.post("section_officer").pk],
            "remarks": "आवश्यक कार्यवाही",
            "due_on": "",
        },
    )
    assert answer.status_code == 302
    assert list(ReceiptCopy.objects.order_by("number").values_list("held_by__marking", flat=True)) == [
        "DA-GAD3",
        "SO-GAD3",
    ]


def test_forward_return_and_pull_back_through_pages(people, browse, marked):
    client = browse("dealing_assistant")
    forward = client.get(reverse("dak:forward", args=[marked.pk]))
    assert forward.context["chosen"] == people.post("section_officer").pk
    client.post(reverse("dak:forward", args=[marked.pk]), {"to": people.post("section_officer").pk})
    assert ReceiptCopy.objects.get().held_by == people.post("section_officer")
    assert client.post(reverse("dak:pull_back", args=[marked.pk])).status_code == 302
    assert client.post(reverse("dak:return", args=[marked.pk]), {"remarks": ""}).status_code == 400
    assert client.post(reverse("dak:return", args=[marked.pk]), {"remarks": "यहाँ का नहीं"}).status_code == 302
    assert ReceiptCopy.objects.get().held_by == people.post("diarist")


def test_who_does_not_hold_it_gets_the_reason(browse, marked):
    client = browse("section_officer")
    assert client.get(reverse("dak:forward", args=[marked.pk])).status_code == 403
    assert client.post(reverse("dak:pull_back", args=[marked.pk])).status_code == 403


def test_what_has_moved_on_answers_with_409(people, browse, marked):
    receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=people.actor("dealing_assistant"))
    client = browse("dealing_assistant")
    assert client.post(reverse("dak:dispose", args=[marked.receipt_id]), {"kind": "filed"}).status_code == 409
    assert client.post(reverse("dak:reopen", args=[marked.receipt_id])).status_code == 302


def test_acknowledging_leads_to_the_slip_in_both_languages(browse, receipt):
    answer = browse("diarist").post(reverse("dak:acknowledge", args=[receipt.pk]), follow=True)
    assert "पावती" in answer.text
    assert "Your letter has been received" in answer.text
    assert receipt.diary_number in answer.text


def test_dispatch_through_its_page(browse, dispatch):
    client = browse("dealing_assistant")
    letter = client.get(reverse("dak:dispatch_letter", args=[dispatch.pk]))
    assert letter["Content-Type"] == "application/pdf"
    assert letter["Content-Disposition"].startswith("inline")
    assert client.post(reverse("dak:dispatch_print", args=[dispatch.pk])).status_code == 302
    assert client.post(reverse("dak:dispatch_deliver", args=[dispatch.pk]), {"evidence": "x"}).status_code == 409
    client.post(reverse("dak:dispatch_send", args=[dispatch.pk]), {"evidence": "RP 1 IN"})
    assert client.post(reverse("dak:dispatch_deliver", args=[dispatch.pk]), {"evidence": ""}).status_code == 400
    client.post(reverse("dak:dispatch_undelivered", args=[dispatch.pk]), {"why": "locked"})
    dispatch = type(dispatch).objects.get(pk=dispatch.pk)
    assert (dispatch.state, dispatch.why_undelivered) == ("undelivered", "locked")


def test_acts_are_post_only(browse, marked, dispatch):
    client = browse("dealing_assistant")
    for name, pk in [("pull_back", marked.pk), ("note", marked.pk), ("acknowledge", marked.receipt_id)]:
        assert client.get(reverse(f"dak:{name}", args=[pk])).status_code == 405
    assert client.get(reverse("dak:dispatch_print", args=[dispatch.pk])).status_code == 405


def test_a_receipt_in_a_file_links_to_it(people, browse, marked):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=people.actor("dealing_assistant"))
    page = browse("dealing_assistant").get(reverse("dak:receipt", args=[marked.receipt_id]))
    assert page.status_code == 200
    assert reverse("files:detail", args=[12]) in page.text
    assert 'aria-disabled="true"' in page.text


def test_the_text_tab_shows_the_words(browse, marked):
    page = browse("dealing_assistant").get(reverse("dak:receipt", args=[marked.receipt_id]) + "?text=1")
    assert "Repair of the record room" in page.text
