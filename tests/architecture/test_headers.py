"""What every answer carries, whatever kind of page it is (design 11: strict content policy)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.matrix import MATRIX
from tests.architecture.world import World, asked

pytestmark = pytest.mark.django_db


def policy(answer: HttpResponse) -> dict[str, set[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {words[0]: set(words[1:]) for words in parts}


def faults(answer: HttpResponse) -> list[str]:
    """What is missing or too wide in the headers of an answer."""
    if "Content-Security-Policy" not in answer:
        return ["no content policy"]
    rules = policy(answer)
    said = []
    if rules.get("default-src") != {"'none'"}:
        said.append("default-src is not 'none'")
    if rules.get("frame-ancestors") != {"'none'"} or rules.get("base-uri") != {"'none'"}:
        said.append("may be framed, or may move its base")
    wide = {word for words in rules.values() for word in words} & {
        "'unsafe-inline'",
        "'unsafe-eval'",
        "*",
        "http:",
        "https:",
    }
    if wide:
        said.append(f"too wide: {sorted(wide)}")
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if answer.get(header) != value:
            said.append(f"{header} is {answer.get(header)!r}")
    return said


def test_every_kind_of_answer_carries_the_headers(world: World, clients: dict[str, Client]) -> None:
    """Pages, refusals, papers, redirects, and what does not exist: for one who may, one who may not, and nobody."""
    wrong = {}
    for row in MATRIX:
        url = reverse(row.name, kwargs=world.args[row.thing])
        for name in ("dealing_assistant", "outsider", "nobody"):
            if said := faults(asked(clients[name], row.method, url, world.data(row.form))):
                wrong[f"{row.method} {row.name} for {name}"] = said
    nowhere = clients["dealing_assistant"].get("/no/such/page/")
    assert nowhere.status_code == 404
    assert faults(nowhere) == []
    assert wrong == {}


def test_a_form_without_its_token_is_refused_on_a_page_with_the_headers(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("employee_master:sign_in"), {"email": "x@y.example", "password": "x"})
    assert answer.status_code == 403
    assert faults(answer) == []


def test_papers_are_never_kept_by_what_lies_between(world: World, clients: dict[str, Client]) -> None:
    """Nothing of a signed-in page may stay in a shared cache."""
    public = {"healthz", "set_language", "employee_master:sign_in"}
    shared = {}
    for row in MATRIX:
        if row.method == "get" and row.name not in public and not row.name.startswith("signatures:ver"):
            answer = asked(clients["dealing_assistant"], "get", reverse(row.name, kwargs=world.args[row.thing]))
            said = answer.get("Cache-Control", "")
            if answer.status_code == 200 and "private" not in said and "no-store" not in said and not _varies(answer):
                shared[row.name] = said
    assert shared == {}


def _varies(answer: HttpResponse) -> bool:
    return "cookie" in answer.get("Vary", "").lower()
