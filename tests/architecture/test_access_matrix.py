"""Every address of the product, asked by the whole cast."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.matrix import MATRIX, POST_ONLY, Row
from tests.architecture.world import World, asked, expected

# Thousands of requests: every address by everybody.
pytestmark = [pytest.mark.django_db, pytest.mark.reference, pytest.mark.timeout(900)]

# A wrong PIN is counted and recorded, which is the one trace that a refusal leaves.
WRONG_PIN = {"files:decision_sign", "files:batch_start"}


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all addresses, with their name spaces."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{space}{pattern.name}"
        else:
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def test_every_address_stands_in_the_matrix() -> None:
    known = set(addresses())
    rows = {row.name for row in MATRIX}
    assert known - rows == set(), "addresses without a row in tests/architecture/matrix.py"
    assert rows - known == set(), "rows without an address"
    acts = {row.name for row in MATRIX if row.method == "post"}
    assert POST_ONLY - acts == set()


def test_no_address_of_the_demo_exists_outside_the_demo() -> None:
    assert not settings.DEMO
    assert not [name for name in addresses() if name.startswith("demo:")]


def test_everybody_is_answered_as_the_matrix_says(world: World, clients: dict[str, Client]) -> None:
    wrong = defaultdict(list)
    for row in MATRIX:
        url = reverse(row.name, kwargs=world.args[row.thing])
        for name, codes in expected(row.rule).items():
            answer = asked(clients[name], row.method, url, world.data(row.form))
            if answer.status_code not in codes or not _leads_to_sign_in(row, name, answer):
                wrong[title(row)].append(f"{name}: {answer.status_code}, not {sorted(codes)}")
    assert not wrong, "\n".join(f"{row}\n    " + "\n    ".join(said) for row, said in wrong.items())


def _leads_to_sign_in(row: Row, name: str, answer: HttpResponse) -> bool:
    """A redirect of somebody signed out leads to signing in, and nowhere else."""
    if name != "nobody" or answer.status_code != 302 or row.name == "set_language":
        return True
    return answer["Location"].startswith(reverse("employee_master:sign_in"))


def title(row: Row) -> str:
    return f"{row.method.upper()} {row.name} ({row.thing}) {row.form or ''}"


def test_acts_refuse_to_be_fetched(world: World, clients: dict[str, Client]) -> None:
    """A link, a picture or a prefetch must not be able to act."""
    things = {row.name: row.thing for row in MATRIX}
    answers = {}
    for name in POST_ONLY:
        url = reverse(name, kwargs=world.args[things[name]])
        for person in ("dealing_assistant", "nobody"):
            for method in ("get", "head"):
                answers[name, person, method] = asked(clients[person], method, url).status_code
    refused = {405, 302}
    assert {asked for asked, status in answers.items() if status not in refused} == set()
    assert {asked for asked, status in answers.items() if asked[1] == "dealing_assistant" and status != 405} == set()


def test_an_outsider_sees_nothing_of_a_case_and_learns_nothing_from_the_answer(
    world: World, clients: dict[str, Client]
) -> None:
    """What one may not see is answered exactly like what does not exist."""
    differing = []
    for row in MATRIX:
        if row.method != "get" or expected(row.rule)["outsider"] != {404}:
            continue
        args = world.args[row.thing]
        nowhere = {name: 987654321 if name.endswith(("pk", "id")) else value for name, value in args.items()}
        there = asked(clients["outsider"], "get", reverse(row.name, kwargs=args))
        if nowhere == args:
            continue
        gone = asked(clients["outsider"], "get", reverse(row.name, kwargs=nowhere))
        if _without_numbers(there) != _without_numbers(gone):
            differing.append(row.name)
    assert differing == []


def _without_numbers(answer: HttpResponse) -> tuple[int, str]:
    """What was answered, but for the address asked for and the form's token."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", answer.content.decode())
    return answer.status_code, re.sub(r"\d+", "", page)


def test_a_refused_act_leaves_no_trace(world: World, clients: dict[str, Client]) -> None:
    """Nothing half-saved: what is refused writes no row anywhere but in the session and the log of readers."""
    from django.apps import apps  # noqa: PLC0415 - all models, whatever rooms there are

    rooms = ("dak", "files", "signatures", "employee_master", "ledger", "documents", "core")
    models = [model for model in apps.get_models() if model._meta.app_label in rooms]

    def rows() -> Counter[str]:
        return Counter({model._meta.label: model._default_manager.count() for model in models})

    traces = {}
    before = rows()
    for row in MATRIX:
        refused = [name for name, codes in expected(row.rule).items() if codes <= {403, 404, 409}]
        if row.method != "post" or not refused or row.name in WRONG_PIN:
            continue
        url = reverse(row.name, kwargs=world.args[row.thing])
        for name in refused[:3]:
            with transaction.atomic():
                clients[name].post(url, world.data(row.form))
                if after := rows() - before:
                    traces[f"{title(row)} by {name}"] = dict(after)
                transaction.set_rollback(True)
    assert traces == {}
