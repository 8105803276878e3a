from __future__ import annotations

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from eoffice.core.errors import BadInput, DomainError, NotAllowed, NotAvailable, NotVisible, WrongState
from eoffice.core.middleware import DomainErrorMiddleware


def answer(rf: RequestFactory, error: Exception, accept: str) -> HttpResponse | None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = rf.get("/files/7/", headers={"accept": accept})
    return DomainErrorMiddleware(view).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("too_long", "The subject is too long.", field="subject"), 400),
        (NotAllowed("not_yours", "The file is with the section officer."), 403),
        (NotVisible(), 404),
        (WrongState("moved_on", "The file has moved on."), 409),
        (NotAvailable("no_tsa", "The time authority does not answer."), 503),
    ],
)
def test_each_refusal_has_its_status_code_and_sentence(rf: RequestFactory, error: DomainError, status: int) -> None:
    with translation.override("en"):
        response = answer(rf, error, "application/json")
        sentence = str(error.message)
    assert response is not None
    assert response.status_code == status
    facts = json.loads(response.content)["error"]
    assert (facts["code"], facts["message"]) == (error.code, sentence)


def test_a_refusal_carries_its_remedy(rf: RequestFactory) -> None:
    error = WrongState("stale", "The draft has changed.", "Look at version 4.", "/files/7/drafts/4/")
    response = answer(rf, error, "application/json")
    assert response is not None
    facts = json.loads(response.content)["error"]
    assert (facts["remedy"], facts["remedy_url"]) == ("Look at version 4.", "/files/7/drafts/4/")


def test_what_is_not_visible_says_no_more_than_what_does_not_exist() -> None:
    assert (NotVisible().code, NotVisible().status) == ("not_found", 404)


def test_a_programmers_mistake_is_not_turned_into_a_refusal(rf: RequestFactory) -> None:
    assert answer(rf, ValueError("x"), "application/json") is None
