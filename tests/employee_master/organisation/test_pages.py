"""The pages of the organisation: what they show, what their forms do, what leaves as a sheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employee_master.models import (
    Charge,
    Designation,
    Office,
    Post,
    PostMarking,
    Reorganisation,
    ReorganisationKind,
    Sanction,
    Section,
)
from employee_master.queries.chart import chart_of
from employee_master.queries.organisation import offices_page, strength_of, units_of, vacancies_page
from employee_master.services import reorganisation_prepare
from eoffice.core import clock
from eoffice.core.models import Holiday
from eoffice.ledger.models import Event
from files.models import Head
from tests.cast import Cast
from tests.core.test_export import read_csv, read_xlsx

NAMES = {"name_en": "New", "name_hi": "नया"}


@pytest.fixture
def clients(cast: Cast) -> dict[str, Client]:
    found = {}
    for name in ("emd_manager", "super_admin", "secretary"):
        found[name] = Client()
        found[name].force_login(cast.account(name))
    return found


def url(name: str, *args: Any) -> str:
    return reverse(name if ":" in name else f"employee_master:{name}", args=args)


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(url(name, *args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, name: str, *args: Any, status: int = 302, **form: Any) -> str:
    answer = client.post(url(name, *args), form)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_tree_of_offices_is_walked_level_by_level(cast: Cast, clients: dict[str, Client]) -> None:
    gad = cast.offices["GAD"]
    Office.objects.create(
        code="GH-1", name_en="Hostel", name_hi="छात्रावास", kind="hostel", parent=gad, place_en="Biswan"
    )
    top = page(clients["secretary"], "offices")
    assert "GH-1" not in top
    assert "सामान्य प्रशासन विभाग" in top
    assert "GH-1" in page(clients["secretary"], "offices", under=str(gad.pk))
    for query in ({"q": "biswan"}, {"q": "छात्रा"}, {"kind": "hostel"}):
        assert "GH-1" in page(clients["secretary"], "offices", **query)
    assert "GH-1" not in page(clients["secretary"], "offices", q="nowhere")


def test_offices_are_listed_a_page_at_a_time_with_as_many_queries(cast: Cast) -> None:
    def listed(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            found = offices_page(limit=count)
        assert len(found.rows) == count
        return len(queries)

    few = listed(2)
    Office.objects.bulk_create([Office(code=f"X{n:03}", name_en=f"Office {n}", name_hi="क") for n in range(40)])
    assert listed(30) == few
    first = offices_page(limit=30)
    second = offices_page(after=first.more or "", limit=30)
    codes = [row.office.code for row in (*first.rows, *second.rows)]
    assert codes == sorted(codes)
    assert (len(codes), second.more) == (43, None)


def test_the_page_of_an_office_shows_posts_and_vacancies(cast: Cast, clients: dict[str, Client]) -> None:
    Charge.objects.filter(post=cast.post("SO-GAD3")).update(
        to_on=clock.today() - timedelta(days=14), ended_at=clock.now()
    )
    units = {unit.section.code if unit.section else "": unit for unit in units_of(cast.offices["GAD"])}
    seat = next(seat for seat in units["GAD-3"].seats if seat.post.marking == "SO-GAD3")
    assert (seat.vacant, seat.vacant_since) == (True, clock.today() - timedelta(days=14))
    assert seat.vacant_days is not None
    assert 9 <= seat.vacant_days <= 10
    shown = page(clients["emd_manager"], "office", cast.offices["GAD"].pk)
    assert "SO-GAD3" in shown
    assert url("post_new", cast.offices["GAD"].pk) in shown
    assert url("post_new", cast.offices["GAD"].pk) not in page(clients["secretary"], "office", cast.offices["GAD"].pk)


def test_the_page_of_an_office_costs_the_same_however_many_posts(cast: Cast, clients: dict[str, Client]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(clients["emd_manager"], "office", cast.offices["GAD"].pk)
        return len(queries)

    page(clients["emd_manager"], "office", cast.offices["GAD"].pk)
    before = cost()
    section, rank = cast.section("GAD-3"), Designation.objects.get(code="DA")
    Post.objects.bulk_create(
        Post(office=section.office, section=section, designation=rank, marking=f"T{n}", name_en="T", name_hi="T")
        for n in range(50)
    )
    assert cost() <= before + 1
    assert before < 30


def test_strength_is_set_beside_what_exists(cast: Cast, clients: dict[str, Client]) -> None:
    gad, rank = cast.offices["GAD"], Designation.objects.get(code="DA")
    send(
        clients["emd_manager"], "sanction", gad.pk,
        designation=rank.pk, section=cast.section("GAD-3").pk, strength=3, order_number="7/2026",
    )  # fmt: skip
    (row,) = [row for row in strength_of(gad) if row.sanctioned is not None]
    assert (row.sanctioned, row.posts, row.filled, row.to_create) == (3, 1, 1, 2)
    shown = page(clients["secretary"], "office_strength", gad.pk)
    assert "7/2026" in shown
    assert "<form" not in shown.partition('class="page__body"')[2]
    send(clients["emd_manager"], "sanction", gad.pk, status=400, designation="", strength="")
    assert Sanction.objects.count() == 1


def test_a_post_is_made_corrected_placed_and_abolished_by_pages(cast: Cast, clients: dict[str, Client]) -> None:
    gad, rank, client = cast.offices["GAD"], Designation.objects.get(code="DA"), clients["emd_manager"]
    send(client, "post_new", gad.pk, designation=rank.pk, section=cast.section("GAD-3").pk)
    post = Post.objects.get(marking="DA2-GAD3")
    assert "DA2-GAD3" in page(client, "post", post.pk)
    send(client, "post_edit", post.pk, marking="DA(X)-GAD3", name_en="", name_hi="")
    assert "DA2-GAD3" in page(client, "post", post.pk)
    assert PostMarking.objects.filter(post=post).count() == 2
    send(client, "post_place", post.pk, superior=cast.post("US-GAD").pk)
    assert Post.objects.get(pk=post.pk).superior == cast.post("US-GAD")
    # Under a post that stands below it: not offered, so not taken.
    send(client, "post_place", cast.post("US-GAD").pk, status=400, superior=post.pk)
    send(client, "post_abolish", post.pk, successor="")
    assert not Post.objects.get(pk=post.pk).is_active
    send(client, "post_abolish", cast.post("SO-GAD3").pk, status=409, successor="")


def test_a_refusal_stands_in_the_form_and_nothing_is_lost(cast: Cast, clients: dict[str, Client]) -> None:
    gad, rank = cast.offices["GAD"], Designation.objects.get(code="DA")
    Sanction.objects.create(office=gad, section=cast.section("GAD-3"), designation=rank, strength=1)
    shown = send(
        clients["emd_manager"], "post_new", gad.pk, status=409,
        designation=rank.pk, section=cast.section("GAD-3").pk, marking="KEEP-ME",
    )  # fmt: skip
    assert "KEEP-ME" in shown
    assert "error-summary" in shown
    assert not Event.objects.filter(action="post:create").exists()


def test_offices_and_sections_are_entered_and_corrected_by_pages(cast: Cast, clients: dict[str, Client]) -> None:
    client = clients["super_admin"]
    send(client, "office_new", code="gh-1", kind="hostel", parent=cast.offices["GAD"].pk, **NAMES)
    office = Office.objects.get(code="GH-1")
    send(client, "office_reach", office.pk, latitude="26.5", longitude="80.75", place_en="Biswan", area="rural")
    assert '<svg class="locator"' in page(client, "office", office.pk)
    send(client, "office_reach", office.pk, status=400, latitude="26.5")
    send(
        client,
        "office_edit",
        office.pk,
        kind="home",
        head_post=cast.post("secretary").pk,
        parent=cast.offices["GAD"].pk,
        **NAMES,
    )
    office.refresh_from_db()
    assert (office.kind, office.head_post, office.place_en) == ("home", cast.post("secretary"), "Biswan")
    send(client, "section_new", office.pk, code="H-1", kind="unit", **NAMES)
    section = Section.objects.get(code="H-1")
    send(client, "section_edit", section.pk, kind="section", is_registry="on", **NAMES)
    assert Section.objects.get(code="H-1").is_registry
    send(client, "section_close", section.pk)
    send(client, "section_new", office.pk, status=409, code="H-1", kind="unit", **NAMES)
    send(client, "designation_new", code="WDN", rank="45", **NAMES)
    designation = Designation.objects.get(code="WDN")
    send(client, "designation_edit", designation.pk, rank="46", is_active="on", **NAMES)
    assert Designation.objects.get(code="WDN").rank == 46


def test_a_section_is_merged_by_pages(cast: Cast, clients: dict[str, Client]) -> None:
    gad, section, into = cast.offices["GAD"], cast.section("GAD-3"), cast.section("GAD-1")
    start = f"{url('reorganisation_new', gad.pk)}?kind=merge&section={section.pk}"
    assert "SO-GAD3" in clients["emd_manager"].get(start).content.decode()
    form = {
        "order_number": "311/2026",
        "order_on": clock.today().isoformat(),
        "on": clock.today().isoformat(),
        "into": into.pk,
        f"post_{cast.post('SO-GAD3').pk}": str(cast.post("SO-GAD1").pk),
    }
    answer = clients["emd_manager"].post(start, form)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    row = Reorganisation.objects.get()
    assert row.plan["abolish"] == {str(cast.post("SO-GAD3").pk): cast.post("SO-GAD1").pk}
    preview = page(clients["super_admin"], "reorganisation", row.pk)
    assert "DA-GAD1" in preview
    assert "रमेश चौबे" in preview
    send(clients["super_admin"], "reorganisation_apply", row.pk)
    assert "DA-GAD1" in page(clients["emd_manager"], "reorganisation", row.pk)
    assert Section.objects.get(code="GAD-3").to_on is not None
    assert clients["emd_manager"].post(start, form).status_code in (400, 409)


def test_the_head_of_the_office_sees_and_agrees_and_others_see_nothing(cast: Cast, clients: dict[str, Client]) -> None:
    row = reorganisation_prepare(
        kind=ReorganisationKind.RENAME,
        office_id=cast.offices["GAD"].pk,
        section_id=cast.section("GAD-3").pk,
        order_number="1",
        order_on=clock.today(),
        on=clock.today() + timedelta(days=2),
        actor=cast.actor("emd_manager"),
        **NAMES,
    )
    address = url("reorganisation", row.pk)
    assert clients["secretary"].get(address).status_code == 404
    Office.objects.filter(code="GAD").update(head_post=cast.post("secretary"))
    assert clients["secretary"].get(address).status_code == 200
    send(clients["emd_manager"], "reorganisation_apply", row.pk, status=403)
    send(clients["secretary"], "reorganisation_apply", row.pk)
    assert Reorganisation.objects.get().state == "agreed"
    send(clients["emd_manager"], "reorganisation_withdraw", row.pk)
    assert Reorganisation.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("kind", "form", "applied"),
    [
        ("rename", {"code": "CO-1", **NAMES}, lambda: Post.objects.filter(marking="DA-CO1").exists()),
        ("split", {"code": "G4", "unit_kind": "section", "post": "goes", **NAMES},
         lambda: Post.objects.filter(marking="DA-G4").exists()),
        ("move", {"parent": "GAD-1"}, lambda: Section.objects.get(code="GAD-3").parent is not None),
        ("posts", {"into": "GAD-1", "post": "goes"}, lambda: Post.objects.filter(marking="DA-GAD1").exists()),
    ],
)  # fmt: skip
def test_each_kind_has_its_form(
    cast: Cast, clients: dict[str, Client], kind: str, form: dict[str, Any], applied: Any
) -> None:
    start = f"{url('reorganisation_new', cast.offices['GAD'].pk)}?kind={kind}&section={cast.section('GAD-3').pk}"
    assert clients["emd_manager"].get(start).status_code == 200
    sent = dict(form) | {"order_number": "1", "order_on": "2026-01-01", "on": clock.today().isoformat()}
    for name in ("parent", "into"):
        if name in sent:
            sent[name] = cast.section(sent[name]).pk
    if "post" in sent:
        sent[f"post_{cast.post('DA-GAD3').pk}"] = sent.pop("post")
    answer = clients["emd_manager"].post(start, sent)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    row = Reorganisation.objects.get()
    page(clients["emd_manager"], "reorganisation", row.pk)
    send(clients["super_admin"], "reorganisation_apply", row.pk)
    assert applied()
    assert row.get_kind_display() in page(clients["super_admin"], "reorganisations")


def test_the_chart_shows_every_post_once(cast: Cast, clients: dict[str, Client]) -> None:
    gad = cast.offices["GAD"]
    shown = page(clients["secretary"], "office_chart", gad.pk).partition('class="page__body"')[2]
    for marking in Post.objects.filter(office=gad).values_list("marking", flat=True):
        assert shown.count(f">{marking}<") == 1
    assert [box.seat.post.marking for box in chart_of(gad)] == ["SEC-GAD"]


def test_the_tenth_post_stands_after_the_second(cast: Cast, clients: dict[str, Client]) -> None:
    assistant = cast.post("DA-GAD3")
    for number in (10, 2):
        facts = {"office": assistant.office, "section": assistant.section, "designation": assistant.designation}
        names = {"name_en": f"Assistant {number}", "name_hi": f"सहायक {number}"}
        Post.objects.create(marking=f"DA{number}-GAD3", superior=assistant.superior, **facts, **names)
    for name in ("office_chart", "office", "people"):
        shown = (
            page(clients["secretary"], name, assistant.office_id)
            if name != "people"
            else page(clients["secretary"], name, office=str(assistant.office_id))
        )
        assert -1 < shown.find("DA2-GAD3") < shown.find("DA10-GAD3"), name


def test_the_calendar_takes_and_gives_back_a_holiday(cast: Cast, clients: dict[str, Client]) -> None:
    send(clients["super_admin"], "holiday_add", on="2027-01-26", name_en="Republic Day", name_hi="गणतंत्र दिवस")
    shown = page(clients["secretary"], "holidays", year="2027")
    assert "गणतंत्र दिवस" in shown
    assert shown.count('class="month"') == 12
    for year in ("x", "0", "99999", "२०२७"):
        assert clients["secretary"].get(url("holidays"), {"year": year}).status_code == 200
    send(clients["super_admin"], "holiday_add", status=400, on="never", name_en="", name_hi="")
    send(clients["super_admin"], "holiday_remove", Holiday.objects.get().pk)
    assert not Holiday.objects.exists()


def test_heads_are_kept_by_pages(cast: Cast, clients: dict[str, Client]) -> None:
    section = cast.section("GAD-3")
    send(clients["super_admin"], "files:head_new", section.pk, code="12", **NAMES)
    head = Head.objects.get()
    send(clients["super_admin"], "files:head_new", section.pk, code="12/1", parent=head.pk, **NAMES)
    send(clients["super_admin"], "files:head_new", section.pk, status=409, code="12", **NAMES)
    send(clients["super_admin"], "files:head_edit", head.pk, name_en="Works", name_hi="निर्माण कार्य")
    assert "निर्माण कार्य" in page(clients["secretary"], "files:heads", section="GAD-3")
    below = Head.objects.get(code="12/1")
    for name, state in (("files:head_close", True), ("files:head_reopen", False)):
        send(clients["super_admin"], name, below.pk)
        assert (Head.objects.get(code="12/1").closed_on is not None) == state


LISTS = ["offices_export", "designations_export", "vacancies_export", "reorganisations_export", "holidays_export",
         "files:heads_export"]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_list_leaves_as_a_sheet_and_is_on_record(cast: Cast, clients: dict[str, Client], name: str) -> None:
    Holiday.objects.create(on=clock.today(), name_en="X", name_hi="X")
    Head.objects.create(section=cast.section("GAD-3"), code="12", name_en="X", name_hi="X")
    for kind, read in (("xlsx", read_xlsx), ("csv", read_csv)):
        answer = clients["super_admin"].get(url(name, kind))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith(f'.{kind}"')
        rows = read(answer.content)  # type: ignore[operator]
        assert len(rows[0]) >= 3
        event = Event.objects.filter(action="master:export").latest("pk")
        assert event.data["rows"] == len(rows) - 1
    assert clients["super_admin"].get(url(name, "pdf")).status_code == 404
    assert clients["secretary"].get(url(name, "csv")).status_code == 403


@pytest.mark.parametrize("name", ["office_export", "strength_export"])
def test_lists_of_an_office_leave_too(cast: Cast, clients: dict[str, Client], name: str) -> None:
    rows = read_csv(clients["emd_manager"].get(url(name, cast.offices["GAD"].pk, "csv")).content)
    assert len(rows) > 5
    assert clients["emd_manager"].get(url(name, cast.offices["FIN"].pk, "csv")).status_code == 403


def test_vacancies_are_found_a_page_at_a_time(cast: Cast, clients: dict[str, Client]) -> None:
    assert [seat.post.marking for seat in vacancies_page().seats] == ["SO-CR"]
    Charge.objects.filter(post=cast.post("US-GAD")).exclude(kind="link").delete()
    assert vacancies_page(limit=1).more == "SO-CR"
    shown = page(clients["secretary"], "vacancies", office="GAD")
    assert "SO-CR" in shown
    assert "देवेन्द्र जोशी" in shown
