"""The pages: what they show, what they refuse in words, what they cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employee_master.models import Charge, Exemption, Office, Post, ReadinessTick
from employee_master.queries.readiness import facts_of, items
from employee_master.services.standing import count_offices
from employee_master.views.readiness_shown import shown_items
from employee_master.workflow.exemption import ExemptionState
from eoffice.core import clock
from tests.cast import SINCE, Cast
from tests.dak.conftest import letter_pdf
from tests.employee_master.readiness.test_exemption import asked, draft
from tests.employee_master.readiness.test_readiness import nominate, tick

MOST_QUERIES = 25


@pytest.fixture
def browse(cast: Cast) -> Callable[..., HttpResponse]:
    """A page as somebody of the cast; with a form, the act."""

    clients: dict[str, Client] = {}

    def ask(who: str, name: str, *args: Any, form: dict[str, Any] | None = None, **query: str) -> HttpResponse:
        if who not in clients:
            clients[who] = Client()
            clients[who].cookies["django_language"] = "en"
            clients[who].force_login(cast.account(who), backend="django.contrib.auth.backends.ModelBackend")
        client = clients[who]
        url = reverse(f"employee_master:{name}", args=args)
        return client.post(url, form) if form is not None else client.get(url, query)

    return ask


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_the_office_page_names_who_is_missing_and_what_helps(cast: Cast, office: Office, browse: Any) -> None:
    tick(cast, office)
    nominate(cast, office)
    page = words(browse("emd_manager", "readiness_office", office.pk))
    assert "Stock list of 12 November" in page
    assert "GAD/12/2026" in page
    invite = reverse("employee_master:account_invite", args=[cast.account("section_officer").pk])
    assert f'action="{invite}"' in page
    assert "Missing: 7" in page
    assert "7 of 8" in page
    facts = facts_of([office])[office.pk]
    shown = {one.item.code: one for one in shown_items(facts, items(), vacant=[cast.post("SO-CR")], row=None)}
    assert [who.detail for who in shown["posts_filled"].missing] == ["SO-CR"]
    urls = {code: one.help.url for code, one in shown.items() if one.help is not None}
    assert urls["ddo_post"] == reverse("employee_master:office_edit", args=[office.pk])
    assert urls["access_review"] == reverse("employee_master:review", args=[office.pk])
    assert set(urls) >= {"email_confirmed", "credential_active"}
    join = shown["posts_filled"].missing[0].help
    assert join is not None
    assert join.url.startswith(reverse("employee_master:joining_new"))
    assert (shown["hardware"].tone, shown["email_confirmed"].tone, shown["posts_filled"].tone) == (
        "meter--full",
        "meter--low",
        "",
    )


def test_bars_are_green_only_when_full(cast: Cast, office: Office, browse: Any) -> None:
    Charge.objects.create(
        employee=cast.employee("section_officer"), post=cast.post("SO-CR"), kind="additional", from_on=SINCE
    )
    page = words(browse("secretary", "readiness_office", office.pk))
    assert page.count("meter--full") == 1
    assert '<progress class="meter meter--full" max="8" value="8"' in page


def test_a_tick_needs_its_evidence_and_the_form_comes_back_open(cast: Cast, office: Office, browse: Any) -> None:
    answer = browse("emd_manager", "readiness_tick", office.pk, "network", form={"note": ""})
    assert answer.status_code == 400
    assert "Without evidence nothing is ticked." in words(answer)
    paper = SimpleUploadedFile("lines.pdf", letter_pdf(), "application/pdf")
    answer = browse("emd_manager", "readiness_tick", office.pk, "network", form={"note": "", "upload": paper})
    assert answer.status_code == 302
    row = ReadinessTick.objects.get()
    evidence = browse("secretary", "readiness_evidence", row.pk)
    assert evidence.content == letter_pdf()
    assert evidence["Content-Disposition"].startswith("attachment")
    assert browse("outsider", "readiness_evidence", row.pk).status_code == 404
    answer = browse("secretary", "readiness_withdraw", row.pk, form={"why": ""})
    assert ReadinessTick.objects.get().withdrawn_at is None
    browse("secretary", "readiness_withdraw", row.pk, form={"why": "The line is down"})
    assert ReadinessTick.objects.get().withdrawn_why == "The line is down"


def test_a_nomination_by_code_or_by_name_is_entered_from_the_page(cast: Cast, office: Office, browse: Any) -> None:
    day = clock.today().isoformat()
    form = {"kind": "nodal_officer", "order_number": "7", "order_on": day, "from_on": day}
    url = ("emd_manager", "readiness_nominate", office.pk)
    assert browse(*url, form=form | {"code": "NOBODY"}).status_code == 400
    both = {"code": "E0002", "employee": str(cast.employee("secretary").pk)}
    assert browse(*url, form=form | both).status_code == 400
    assert browse(*url, form=form | {"code": "e0008"}).status_code == 302
    assert browse("super_admin", "readiness_office", office.pk).status_code == 200
    page = words(browse(*url))
    assert "Kavita Rao" in page
    ended = browse("emd_manager", "nomination_end", office.nominations.get().pk, form={"on": "no day"})
    assert ended.status_code == 302
    assert office.nominations.get().ended_at is None


def test_the_board_is_found_by_its_readers_and_by_nobody_else(cast: Cast, office: Office, browse: Any) -> None:
    assert "Nothing has been counted yet" in words(browse("super_admin", "readiness_board"))
    assert browse("super_admin", "readiness_recount", form={}).status_code == 302
    for who in ("super_admin", "emd_manager", "secretary", "auditor"):
        page = words(browse(who, "readiness_board"))
        assert "Finance Department" in page
    for who in ("dealing_assistant", "outsider", "diarist"):
        assert browse(who, "readiness_board").status_code == 403
    nominate(cast, office)
    assert browse("under_secretary", "readiness_board").status_code == 200
    assert "Nothing matches" in words(browse("super_admin", "readiness_board", q="nowhere"))


def test_the_head_above_sees_the_offices_below_and_not_the_other_way_round(
    cast: Cast, office: Office, browse: Any
) -> None:
    Office.objects.filter(code="FIN").update(parent=office, head_post=cast.post("outsider"))
    assert browse("secretary", "readiness_office", cast.offices["FIN"].pk).status_code == 200
    assert browse("outsider", "readiness_office", cast.offices["FIN"].pk).status_code == 200
    assert browse("outsider", "readiness_office", office.pk).status_code == 403


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_lists_are_exported(cast: Cast, office: Office, browse: Any, kind: str) -> None:
    count_offices()
    answer = browse("super_admin", "readiness_export", kind)
    assert f'filename="readiness-2026-11-18.{kind}"' in answer["Content-Disposition"]
    missing = browse("emd_manager", "readiness_missing", office.pk, kind)
    if kind == "csv":
        text = missing.content.decode("utf-8-sig")
        assert "SO-CR" in text
        assert text.count("\r\n") == 9
        assert "Finance Department" in answer.content.decode("utf-8-sig")
    assert browse("super_admin", "readiness_export", "pdf").status_code == 404


def test_pages_cost_the_same_for_few_and_many(cast: Cast, office: Office, browse: Any) -> None:
    costs = []
    browse("secretary", "readiness_items")
    for more in (0, 60):
        Office.objects.bulk_create(
            Office(code=f"Z{n}", name_en=f"Z{n}", name_hi="य", parent=office) for n in range(more)
        )
        Post.objects.bulk_create(
            Post(
                office=office, designation=cast.post("secretary").designation, marking=f"Z{n}", name_en="Z", name_hi="य"
            )
            for n in range(more)
        )
        count_offices()
        for name, args in (("readiness_board", ()), ("readiness_office", (office.pk,)), ("exemptions", ())):
            with CaptureQueriesContext(connection) as queries:
                assert browse("secretary", name, *args).status_code == 200
            costs.append(len(queries))
    assert costs[:3] == costs[3:]
    assert max(costs[0], costs[2]) <= MOST_QUERIES, costs
    # No list: everything about one office on one page, and the frame around it.
    assert costs[1] <= MOST_QUERIES + 5, costs


def test_an_exemption_is_asked_for_and_granted_through_pages(
    cast: Cast, office: Office, signing: None, browse: Any
) -> None:
    until = (clock.today() + timedelta(days=40)).isoformat()
    form = {
        "scope": "items", "codes": ["network"], "asked_until": until, "reason": "No line yet",
        "order_number": "44/2026", "order_on": clock.today().isoformat(),
    }  # fmt: skip
    assert browse("emd_manager", "exemption_new", office.pk, form=form | {"codes": []}).status_code == 400
    assert browse("emd_manager", "exemption_new", office.pk, form=form).status_code == 302
    one = Exemption.objects.get()
    assert browse("emd_manager", "exemption_correct", one.pk, form=form | {"reason": "Still none"}).status_code == 302
    assert "Still none" in words(browse("secretary", "exemption", one.pk))
    assert browse("emd_manager", "exemption_request", one.pk, form={}).status_code == 403
    assert browse("secretary", "exemption_request", one.pk, form={}).status_code == 302
    sheet = words(browse("secretary", "exemption_sign", one.pk))
    assert "Ask for the exemption" in sheet
    assert browse("secretary", "exemption_sign", one.pk, form={"pin": "1"}).status_code == 302
    waiting = words(browse("super_admin", "exemptions"))
    assert "waits for you" in waiting
    assert "Your decision" in words(browse("super_admin", "exemption", one.pk))
    refused = browse("super_admin", "exemption_decide", one.pk, form={"act": "refuse", "why": ""})
    assert refused.status_code == 400
    assert browse("super_admin", "exemption_decide", one.pk, form={"act": "grant", "until": until}).status_code == 302
    assert browse("super_admin", "exemption_sign", one.pk, form={"pin": "1"}).status_code == 302
    assert Exemption.objects.get().state == ExemptionState.GRANTED
    for which in ("request", "decision"):
        answer = browse("auditor", "exemption_paper", one.pk, which)
        assert answer.content.startswith(b"%PDF")
    assert browse("auditor", "exemption_paper", one.pk, "other").status_code == 404
    assert "exempted until" in words(browse("emd_manager", "readiness_office", office.pk))


def test_a_withdrawn_request_makes_room_for_another(cast: Cast, office: Office, signing: None, browse: Any) -> None:
    one = asked(cast, office)
    assert browse("emd_manager", "exemption_withdraw", one.pk, form={}).status_code == 302
    assert browse("emd_manager", "exemption_withdraw", one.pk, form={}).status_code == 409
    draft(cast, office)


def test_the_checklist_is_published_to_everybody_and_changed_by_the_super_admin(
    cast: Cast, office: Office, browse: Any
) -> None:
    assert "Vertical training held" in words(browse("outsider", "readiness_items"))
    form = {"code": "scanner_room", "name_en": "Scanner room", "name_hi": "स्कैनर कक्ष", "position": "5"}
    assert browse("super_admin", "readiness_item", "new", form=form | {"code": "Bad Code"}).status_code == 400
    assert browse("super_admin", "readiness_item", "new", form=form | {"is_active": "on"}).status_code == 302
    assert "Scanner room" in words(browse("outsider", "readiness_items"))
    assert browse("super_admin", "readiness_item", "scanner_room", form=form).status_code == 302
    assert "Scanner room" not in words(browse("outsider", "readiness_items"))
    assert "switched off" in words(browse("super_admin", "readiness_items"))
    assert browse("super_admin", "readiness_item", "nothing").status_code == 404
    assert browse("emd_manager", "readiness_item", "new").status_code == 403


def test_navigation_leads_where_the_reader_belongs(cast: Cast, office: Office, browse: Any) -> None:
    board, own = (
        reverse("employee_master:readiness_board"),
        reverse("employee_master:readiness_office", args=[office.pk]),
    )
    for who, url in (("super_admin", board), ("emd_manager", own), ("secretary", own)):
        assert f'href="{url}"' in words(browse(who, "people"))
    assert own not in words(browse("dealing_assistant", "people"))


def test_help_pages_exist_in_both_languages_for_everybody(db: None) -> None:
    from eoffice.desk.help import TOPICS  # noqa: PLC0415 - the room above, for its addresses only

    client = Client()
    for language, sign in (("hi", "सहायता"), ("en", "Who helps")):
        client.cookies["django_language"] = language
        assert client.get(reverse("desk:help_index")).status_code == 200
        for topic in TOPICS:
            page = client.get(reverse("desk:help", args=[topic.slug])).content.decode()
            assert "<ol>" in page, (topic.slug, language)
            assert sign in page, (topic.slug, language)
    assert client.get(reverse("desk:help", args=["nothing"])).status_code == 404
