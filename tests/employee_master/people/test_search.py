"""Finding people and posts while one types: both scripts, nukta, half letters, joiners, sounds, prefixes, codes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employee_master.models import Employee
from employee_master.queries import search
from employee_master.queries.search import Place, people_found, posts_found
from employee_master.services.employee import name_words_write
from tests.cast import Cast


def names(q: str, **more: object) -> list[str]:
    return [person.name_en for person in people_found(q, **more).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "q",
    [
        "farah",
        "FARAH KHAN",
        "khan far",
        "फ़राह",
        "फराह",
        "\u095eराह खान",
        "ख\u093cा",
        "Farrah",
        "phara khaan",
        "Smt. Farah Khan",
        "e0004",
        "0004",
        "4",
    ],
)
def test_a_person_is_found_however_they_are_written(cast: Cast, q: str) -> None:
    assert "Farah Khan" in names(q)


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("choubey", "Ramesh Chaubey"),
        ("चौब", "Ramesh Chaubey"),
        ("devender", "Devendra Joshi"),
        ("देवेंद्र", "Devendra Joshi"),
        ("देवेन\u094d\u200dद्र", "Devendra Joshi"),
        ("krishnaan", "Meera Krishnan"),
        ("mira", "Meera Krishnan"),
        ("tivari", "Prakash Tiwari"),
        ("morya", "Sunil Maurya"),
        ("sooresh", "Suresh Yadav"),
        ("r c", "Ramesh Chaubey"),
    ],
)
def test_other_spellings_sound_alike(cast: Cast, q: str, name: str) -> None:
    assert name in names(q)


@pytest.mark.parametrize("q", ["", "   ", "%", "_", "farah chaubey", "xyzzy", "9999", "'; drop", "\u200d"])
def test_nothing_is_found_for_nothing(cast: Cast, q: str) -> None:
    assert names(q) == []
    assert posts_found(q).rows == []


def test_as_written_comes_before_what_sounds_alike(cast: Cast) -> None:
    for code, en in (("X1", "Ramish Vyas"), ("X2", "Ramesh Vyas")):
        person = Employee.objects.create(code=code, name_en=en, name_hi="")
        name_words_write([person])
    found = people_found("ramesh")
    assert [person.name_en for person in found.rows] == ["Ramesh Chaubey", "Ramesh Vyas", "Ramish Vyas"]
    assert found.written == 2


def test_those_who_left_are_found_only_when_asked_for(cast: Cast) -> None:
    gone = cast.employee("diarist")
    gone.left_on, gone.left_reason = gone.code and cast.charge("diarist").from_on, "retirement"
    gone.save()
    assert names("suresh") == []
    assert names("suresh", left=True) == ["Suresh Yadav"]


def test_within_one_office(cast: Cast) -> None:
    assert names("s", office=cast.offices["FIN"]) == ["Sunil Maurya"]
    assert names("s") == ["Sunil Maurya", "Suresh Yadav"]
    assert [post.marking for post in posts_found("so", office=cast.offices["GAD"]).rows] == [
        "SO-CR",
        "SO-GAD1",
        "SO-GAD3",
    ]


@pytest.mark.parametrize("q", ["US-GAD", "us gad", "under sec", "अनु सचिव", "anu sachiv, gad"])
def test_posts_are_found_by_marking_and_names(cast: Cast, q: str) -> None:
    assert "US-GAD" in [post.marking for post in posts_found(q).rows]


@pytest.mark.parametrize("few", [1000, 0], ids=["sorted", "walked"])
@pytest.mark.parametrize("q", ["ram", "ram v", "ram vya"])
def test_paging_finds_everybody_once_in_either_order(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int, q: str
) -> None:
    # FEW decides between two ways of finding; both must find the same.
    monkeypatch.setattr(search, "FEW", few)
    people = [
        Employee(code=f"P{number}", name_en=f"{first} {last}", name_hi="")
        for number, (first, last) in enumerate(
            (first, last) for first in ("Ram", "Rama", "Ramesh", "Ramish", "Reema") for last in ("Vyas", "Vias", "Das")
        )
    ]
    name_words_write(Employee.objects.bulk_create(people))
    whole = [person.pk for person in people_found(q, limit=100).rows]
    pages: list[int] = []
    after: Place | None = None
    while True:
        found = people_found(q, after=after, limit=2)
        pages += [person.pk for person in found.rows]
        after = found.after and Place.read(found.after.token())
        if found.after is None:
            break
    assert sorted(pages) == sorted(set(pages)), "somebody is shown twice"
    assert set(pages) == set(whole)
    if few:
        assert pages == whole


@pytest.mark.parametrize("token", ["", "x", "2.1.a", "00.x.a", "00", "00.9999999999999999999999.a", "00.१.a"])
def test_a_place_that_was_not_handed_out_is_no_place(token: str) -> None:
    assert Place.read(token) is None


def test_the_cost_does_not_grow_with_the_people(cast: Cast) -> None:
    def cost(q: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            people_found(q)
        return len(queries)

    few = {q: cost(q) for q in ("ram", "s", "choubey", "xyzzy")}
    people = [Employee(code=f"P{n}", name_en=f"Ramesh {n} Sharma", name_hi="रमेश शर्मा") for n in range(120)]
    name_words_write(Employee.objects.bulk_create(people))
    for q, before in few.items():
        assert cost(q) <= max(before, 8)
