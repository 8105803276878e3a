"""The pages of change requests: proposing with a paper, the loop of objections, the evidence, the lists."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employee_master.models import ChangeEvidence, ChangeRequest
from employee_master.services.change import change_answer, change_object
from employee_master.workflow.change import ChangeState
from tests.cast import Cast
from tests.dak.conftest import letter_pdf
from tests.employee_master.changes.conftest import Propose, check


@pytest.fixture
def as_person(cast: Cast) -> Callable[[str], Client]:
    def act(name: str) -> Client:
        client = Client()
        client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    return act


def change_url(cast: Cast, name: str = "dealing_assistant") -> str:
    return reverse("employee_master:change_new", args=[cast.employee(name).pk])


def test_a_person_says_what_is_wrong_and_proves_it(cast: Cast, as_person: Callable[[str], Client]) -> None:
    client = as_person("dealing_assistant")
    mine = client.get(reverse("employee_master:person_mine")).content.decode()
    assert f"{change_url(cast)}?field=born_on#row-born_on" in mine
    page = client.get(change_url(cast), {"field": "born_on"}).content.decode()
    assert 'id="row-born_on"' in page
    form = {
        "born_on": "1980-05-17",
        "why": "As in the certificate",
        "kind": "school_certificate",
        "papers": SimpleUploadedFile("c.pdf", letter_pdf(), "application/pdf"),
    }
    answer = client.post(change_url(cast), form)
    request = ChangeRequest.objects.get()
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "17 May 1980" in page
    assert "School certificate" in page
    evidence = request.evidence.get()
    picture = client.get(reverse("employee_master:change_page", args=[request.pk, evidence.pk, 1]))
    assert picture["Content-Type"] == "image/webp"
    again = client.get(picture.request["PATH_INFO"], headers={"If-None-Match": picture["ETag"]})
    assert again.status_code == 304
    paper = client.get(reverse("employee_master:change_paper", args=[request.pk, evidence.pk]))
    assert paper["Content-Disposition"].startswith("attachment")


def test_a_hostile_or_missing_paper_is_refused_at_its_field(cast: Cast, as_person: Callable[[str], Client]) -> None:
    client = as_person("dealing_assistant")
    answer = client.post(change_url(cast), {"name_en": "Anita"})
    assert answer.status_code == 400
    assert "Names, code and dates are changed on a paper only." in answer.content.decode()
    fake = SimpleUploadedFile("c.pdf", b"MZ\x90 not a pdf", "application/pdf")
    answer = client.post(change_url(cast), {"name_en": "Anita", "papers": fake})
    assert answer.status_code == 400
    assert "its content is something else" in answer.content.decode()
    assert not ChangeRequest.objects.exists()
    assert not ChangeEvidence.objects.exists()


def test_the_page_shows_before_and_after_and_the_acts_of_each(
    cast: Cast, propose: Propose, as_person: Callable[[str], Client]
) -> None:
    request = propose()
    url = reverse("employee_master:change", args=[request.pk])
    officer = as_person("under_secretary").get(url).content.decode()
    assert "Anita Verma" in officer
    assert "Anita Varma" in officer
    assert f"{url}check/" in officer
    own = as_person("dealing_assistant").get(url).content.decode()
    assert f'action="{url}withdraw/"' in own
    assert f'action="{url}check/"' not in own
    # Refused, but drawn with the reason.
    assert "nobody approves their own work" in own


def test_objections_are_answered_and_sent_again_on_the_page(
    cast: Cast, propose: Propose, as_person: Callable[[str], Client]
) -> None:
    request = propose()
    url = reverse("employee_master:change", args=[request.pk])
    officer, proposer = as_person("under_secretary"), as_person("dealing_assistant")
    assert officer.post(f"{url}object/", {"objection_2": "x"}).status_code == 400
    officer.post(f"{url}object/", {"objection_1": "Which page?", "objection_2": "Whose seal?"})
    page = proposer.get(url).content.decode()
    assert len(re.findall(r'action="[^"]+/objections/\d/"', page)) == 2
    assert "2 objections are not answered yet" in proposer.get(f"{url}again/").content.decode()
    empty = proposer.post(f"{url}objections/1/", {"answer": ""})
    assert empty.status_code == 400
    for number in (1, 2):
        assert proposer.post(f"{url}objections/{number}/", {"answer": "Page 3"}).status_code == 302
    assert 'value="Anita Varma"' in proposer.get(f"{url}again/").content.decode()
    assert proposer.post(f"{url}again/", {"name_en": "Anita Varma"}).status_code == 302
    assert ChangeRequest.objects.get().state == ChangeState.ANSWERED
    assert officer.post(f"{url}check/").status_code == 302
    head = as_person("secretary")
    page = head.get(url).content.decode()
    shown = re.search(r'name="shown" value="(\w+)"', page)
    assert shown is not None
    assert head.post(f"{url}approve/", {"shown": shown[1]}).status_code == 302
    assert ChangeRequest.objects.get().state == ChangeState.APPLIED


def test_lists_cost_the_same_with_few_and_with_many(
    cast: Cast, propose: Propose, as_person: Callable[[str], Client]
) -> None:
    names = ("dealing_assistant", "section_officer", "diarist", "emd_manager")
    client = as_person("under_secretary")

    def cost(which: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("employee_master:changes"), {"list": which})
        assert page.status_code == 200
        return len(queries)

    propose(gender="female")
    few = {which: cost(which) for which in ("mine", "check", "approve", "all")}
    for name in names:
        propose(name, name, mobile="9876543210")
    assert {which: cost(which) for which in few} == few
    assert max(few.values()) <= 25
    assert few == dict.fromkeys(few, few["mine"]) or max(few.values()) - min(few.values()) <= 3


def test_the_navigation_tells_what_waits(cast: Cast, propose: Propose, as_person: Callable[[str], Client]) -> None:
    request = propose()
    inbox = as_person("under_secretary").get("/").content.decode()
    link = re.escape(reverse("employee_master:changes"))
    assert re.search(rf'href="{link}"[^>]*>.*?rail__n">1<', inbox, re.DOTALL)
    check(cast, request)
    change_object(request_id=request.pk, objections=["Sure?"], actor=cast.actor("secretary"))
    change_answer(request_id=request.pk, number=1, answer="Yes", actor=cast.actor("dealing_assistant"))
    mine = as_person("dealing_assistant").get(reverse("employee_master:changes")).content.decode()
    assert request.number in mine
    assert "the proposer" in mine


def test_a_list_leaves_without_values(cast: Cast, propose: Propose, as_person: Callable[[str], Client]) -> None:
    request = propose(mobile="9876501234")
    url = reverse("employee_master:changes_export", args=["csv"])
    sheet = as_person("under_secretary").get(url, {"list": "check"}).content.decode()
    assert request.number in sheet
    assert "Mobile" in sheet
    assert "9876501234" not in sheet
    assert request.number not in as_person("outsider").get(url).content.decode()
