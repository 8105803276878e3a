"""The directory's pages, a person's page, and who sees what of it."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from employee_master.models import Charge, Employee, Post
from employee_master.queries import directory as seats
from employee_master.services.employee import employee_correct, name_words_write, post_words_write
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.ledger.queries import history
from tests.cast import SINCE, Cast
from tests.employee_master.people.conftest import AsPerson

PEOPLE = reverse("employee_master:people")


@pytest.fixture(autouse=True)
def _personal(cast: Cast) -> None:
    person = cast.employee("dealing_assistant")
    changes = {"mobile": "9876543210", "born_on": date(1980, 5, 17)}
    employee_correct(employee_id=person.pk, changes=changes, actor=cast.actor("emd_manager"))


def test_an_office_with_holders_vacancies_links_and_figures(cast: Cast, as_person: AsPerson) -> None:
    page = as_person("dealing_assistant").get(PEOPLE).content.decode()
    assert "General Administration Department" in page
    assert "Anita Verma" in page
    assert "अनीता वर्मा" in page
    assert "No link officer" in page  # SO-CR is vacant
    assert re.search(r"<b>8</b> posts.*<b>7</b> filled.*<b>1</b> vacant", page, re.DOTALL)
    # Marks of readiness and personal data are for who keeps the master.
    assert "ready--head" not in page
    assert "With personal data" not in page
    manager = as_person("emd_manager").get(PEOPLE).content.decode()
    assert "ready--head" in manager
    assert "E-mail: missing" in manager


def test_what_is_typed_is_found_in_all_offices_or_in_one(cast: Cast, as_person: AsPerson) -> None:
    client = as_person("dealing_assistant")
    page = client.get(PEOPLE, {"q": "maurya"}).content.decode()
    assert reverse("employee_master:person", args=[cast.employee("outsider").pk]) in page
    page = client.get(PEOPLE, {"q": "maurya", "office": "GAD"}).content.decode()
    assert "Nobody and no post is found" in page
    assert "DA-FIN2" in client.get(PEOPLE, {"q": "da-fin"}).content.decode()


def test_further_people_and_posts_are_a_page_away(cast: Cast, as_person: AsPerson) -> None:
    people = Employee.objects.bulk_create(
        [Employee(code=f"P{n}", name_en=f"Zakir {n:03}", name_hi="") for n in range(60)]
    )
    name_words_write(people)
    client = as_person("dealing_assistant")
    page = client.get(PEOPLE, {"q": "zakir"}).content.decode()
    assert "Zakir 039" in page
    assert "Zakir 040" not in page
    more = re.search(r'rel="next" href="([^"]+)"', page)
    assert more is not None
    further = client.get(PEOPLE + more[1].replace("&amp;", "&")).content.decode()
    assert "Zakir 059" in further
    assert "Zakir 039" not in further


def test_a_large_office_is_paged_by_section_and_rank(cast: Cast) -> None:
    office, rank = cast.offices["GAD"], cast.posts["SEC-GAD"].designation
    Post.objects.bulk_create(
        [Post(office=office, designation=rank, marking=f"Z{n:03}", name_en="P", name_hi="") for n in range(9)]
    )
    whole = [seat.post.marking for group in seats.directory(office).groups for seat in group.seats]
    pages: list[str] = []
    after = ""
    while True:
        page = seats.directory(office, after=after, limit=4)
        pages += [seat.post.marking for group in page.groups for seat in group.seats]
        after = page.after
        if not after:
            break
    assert pages == whole
    assert len(whole) == 17
    assert seats.directory(office, after="nonsense").groups[0].section is None


def test_the_directory_costs_the_same_with_many_posts(cast: Cast, as_person: AsPerson) -> None:
    client = as_person("emd_manager")

    def cost(**asked: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PEOPLE, asked).status_code == 200
        return len(queries)

    cost()
    few = cost(), cost(q="sec")
    office, rank = cast.offices["GAD"], cast.posts["SEC-GAD"].designation
    posts = [Post(office=office, designation=rank, marking=f"Z{n}", name_en="Secretary", name_hi="") for n in range(40)]
    post_words_write(Post.objects.bulk_create(posts))
    people = Employee.objects.bulk_create([Employee(code=f"P{n}", name_en="Secil", name_hi="") for n in range(40)])
    name_words_write(people)
    pairs = zip(people, posts, strict=True)
    Charge.objects.bulk_create([Charge(employee=one, post=post, from_on=SINCE) for one, post in pairs])
    assert cost() == few[0]
    assert cost(q="sec") <= few[1]
    assert max(few) <= 40


@pytest.mark.parametrize(
    ("by", "sees"),
    [
        ("dealing_assistant", True),
        ("emd_manager", True),
        ("super_admin", True),
        ("secretary", True),
        ("section_officer", False),
        ("auditor", False),
        ("outsider", False),
    ],
)
def test_personal_data_is_for_oneself_the_head_and_who_keeps_the_master(
    cast: Cast, as_person: AsPerson, by: str, *, sees: bool
) -> None:
    office = cast.offices["GAD"]
    office.head_post = cast.post("secretary")
    office.save(update_fields=["head_post"])
    page = as_person(by).get(reverse("employee_master:person", args=[cast.employee("dealing_assistant").pk]))
    text = page.content.decode()
    assert ("9876543210" in text) is sees
    assert ("17 May 1980" in text) is sees
    assert ("What was changed, when and by whom" in text) is sees
    assert "Anita Verma" in text


def test_a_persons_page_tells_charges_and_changes(cast: Cast, as_person: AsPerson) -> None:
    page = as_person("emd_manager").get(reverse("employee_master:person", args=[cast.employee("link_officer").pk]))
    text = page.content.decode()
    assert "Link officer" in text
    assert "1 April 2024" in text
    mine = as_person("dealing_assistant").get(reverse("employee_master:person_mine")).content.decode()
    assert mine.count("This is wrong") == 9
    assert "Corrected" in mine
    assert "Prakash Tiwari" in mine


def test_ones_own_data_is_taken_along_and_that_is_on_record(cast: Cast, as_person: AsPerson) -> None:
    person = cast.employee("dealing_assistant")
    client = as_person("dealing_assistant")
    answer = client.post(reverse("employee_master:person_data", args=[person.pk, "json"]))
    found = json.loads(answer.content)
    assert found["record"]["mobile"]["value"] == "9876543210"
    assert found["charges"][0]["post"] == "DA-GAD3"
    assert answer["Cache-Control"] == "private, no-store"
    sheet = client.post(reverse("employee_master:person_data", args=[person.pk, "xlsx"]))
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert ["record", "", "mobile", "9876543210"] in rows
    assert [event.action for event in history(person)][-2:] == [Action.EMPLOYEE_EXPORT] * 2
    assert client.post(reverse("employee_master:person_data", args=[person.pk, "exe"])).status_code == 404


def test_lists_leave_without_personal_data_unless_one_keeps_the_master(cast: Cast, as_person: AsPerson) -> None:
    client = as_person("dealing_assistant")
    sheet = client.get(reverse("employee_master:people_export", args=["csv"]))
    assert "Anita Verma" in sheet.content.decode()
    assert "9876543210" not in sheet.content.decode()
    found = client.get(reverse("employee_master:people_export", args=["csv"]), {"q": "anita"}).content.decode()
    assert "DA-GAD3" in found
    url = reverse("employee_master:people_personal", args=[cast.offices["GAD"].pk, "csv"])
    assert client.post(url).status_code == 403
    full = as_person("emd_manager").post(url)
    assert "9876543210" in full.content.decode()
    event = history(cast.offices["GAD"]).last()
    assert event is not None
    assert event.action == Action.MASTER_EXPORT


def test_the_emd_manager_enters_corrects_and_lets_leave_on_pages(cast: Cast, as_person: AsPerson) -> None:
    client = as_person("emd_manager")
    new = reverse("employee_master:person_new", args=[cast.offices["GAD"].pk])
    assert client.post(new, {"code": "N1", "name_en": "", "name_hi": ""}).status_code == 400
    answer = client.post(new, {"code": "N1", "name_en": "Asha Rawat", "name_hi": "आशा रावत"})
    person = Employee.objects.get(code="N1")
    assert answer["Location"] == reverse("employee_master:person", args=[person.pk])
    assert "awaits a posting order" in client.get(answer["Location"]).content.decode()
    correct = reverse("employee_master:person_correct", args=[person.pk])
    form = {"code": "N1", "name_en": "Asha Rawat", "name_hi": "आशा रावत", "mobile": "123"}
    assert "This is not a mobile number." in client.post(correct, form).content.decode()
    assert client.post(correct, form | {"mobile": "9876543211"}).status_code == 302
    Employee.objects.filter(pk=person.pk).update(certified_at=clock.now())
    page = client.get(correct).content.decode()
    assert 'name="name_en"' not in page
    assert "changed by a request with evidence" in page
    leave = reverse("employee_master:person_leave", args=[person.pk])
    assert client.post(leave, {"on": "2026-11-17", "reason": "resignation"}).status_code == 302
    assert "left on 17 November 2026: Resignation" in client.get(answer["Location"]).content.decode()
