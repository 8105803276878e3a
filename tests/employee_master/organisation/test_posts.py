"""Creating posts: names, markings, superiors, strength; one or thousands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employee_master.models import Designation, Office, Post, PostMarking, PostSenior, Sanction, Section
from employee_master.queries import channel_of
from employee_master.services.marking import abbreviation_of
from employee_master.services.posts import NewPost, marking_for, post_create, posts_create_many
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.models import Event
from tests.cast import Cast

UNIT = Office(code="GAD", name_en="General Administration", name_hi="सामान्य प्रशासन")
SECTION = Section(code="GAD-3", name_en="Section 3", name_hi="अनुभाग-3", office=UNIT)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Section Officer", "SO"),
        ("Secretary", "SECR"),
        ("Deputy Superintendent of Police", "DSP"),
        ("Clerk Grade II", "CGII"),
        ("Assistant (Accounts)", "AA"),
        ("Driver 2", "D2"),
        ("अनुभाग अधिकारी", "X1"),
    ],
)
def test_an_abbreviation_follows_from_the_name(name: str, short: str) -> None:
    assert abbreviation_of(Designation(code="X-1", name_en=name, name_hi="")) == short


@pytest.mark.parametrize(
    ("short", "section", "number", "taken", "marking"),
    [
        ("SO", SECTION, None, set(), "SO-GAD3"),
        ("SO", SECTION, None, {"SO-GAD3"}, "SO2-GAD3"),
        ("DA", SECTION, 2, set(), "DA2-GAD3"),
        ("DA", SECTION, 2, {"DA2-GAD3", "DA3-GAD3"}, "DA4-GAD3"),
        ("US", None, 1, set(), "US1-GAD"),
        ("U.D.C. 2", None, 1, set(), "UDC2.1-GAD"),
        ("लिपिक", Section(code="पं-3"), None, set(), "लिपिक-पं3"),
    ],
)
def test_a_marking_follows_from_designation_and_unit(
    short: str, section: Section | None, number: int | None, taken: set[str], marking: str
) -> None:
    rank = Designation(code="X", name_en="X", abbreviation=short)
    assert marking_for(designation=rank, office=UNIT, section=section, number=number, taken=taken) == marking


def create(cast: Cast, section: str | None = "GAD-3", rank: str = "DA", by: str = "emd_manager", **more: Any) -> Post:
    return post_create(
        office_id=cast.offices[more.pop("office", "GAD")].pk,
        section_id=cast.section(section).pk if section else None,
        designation_id=Designation.objects.get(code=rank).pk,
        actor=cast.actor(by),
        **more,
    )


def test_a_post_is_created_with_names_marking_and_place(cast: Cast) -> None:
    post = create(cast)
    assert post.marking == "DA2-GAD3"
    assert post.name_en == "Dealing Assistant 2, GAD-3 Section"
    assert post.name_hi == "सहायक समीक्षा अधिकारी-2, अनुभाग GAD-3"
    assert [step.marking for step in channel_of(post)] == ["SO-GAD3", "US-GAD", "SEC-GAD"]
    assert PostSenior.objects.get(post=post, senior=post).distance == 0
    assert PostMarking.objects.get(post=post).marking == "DA2-GAD3"
    event = Event.objects.get(subject_type="post", subject_id=post.pk)
    assert event.action == "post:create"
    assert event.data["superior"] == cast.post("section_officer").pk


def test_what_the_office_has_itself_is_kept(cast: Cast) -> None:
    superior = cast.post("secretary")
    post = create(
        cast,
        None,
        "US",
        marking=" US(Estt) ",
        name_en="Under Secretary, Estt",
        name_hi="अनु सचिव",
        superior_id=superior.pk,
    )
    assert (post.marking, post.name_en, post.superior) == ("US(Estt)", "Under Secretary, Estt", superior)


def test_a_marking_of_former_times_is_given_to_nobody(cast: Cast) -> None:
    PostMarking.objects.create(
        post=cast.post("secretary"), marking="DA2-GAD3", from_on="2020-01-01", to_on="2021-01-01"
    )
    assert create(cast).marking == "DA3-GAD3"
    with pytest.raises(WrongState) as refusal:
        create(cast, marking="da2-gad3")
    assert refusal.value.code == "marking_taken"


def test_the_superior_is_the_head_of_the_office_where_the_section_has_none_above(cast: Cast) -> None:
    Office.objects.filter(code="GAD").update(head_post=cast.post("secretary"))
    assert create(cast, rank="SO").superior == cast.post("secretary")
    assert create(cast, None, "US").superior == cast.post("secretary")


def test_of_a_unit_the_section_above_is_asked_first(cast: Cast) -> None:
    Office.objects.filter(code="GAD").update(head_post=cast.post("secretary"))
    unit = Section.objects.create(
        office=cast.offices["GAD"], parent=cast.section("GAD-3"), kind="unit", code="GAD-3-A", name_en="A", name_hi="क"
    )
    post = post_create(
        office_id=unit.office_id,
        section_id=unit.pk,
        designation_id=Designation.objects.get(code="DA").pk,
        actor=cast.actor("emd_manager"),
    )
    assert (post.marking, post.superior) == ("DA-GAD3A", cast.post("section_officer"))


def test_no_more_posts_than_are_sanctioned(cast: Cast) -> None:
    sanction = Sanction.objects.create(
        office=cast.offices["GAD"],
        section=cast.section("GAD-3"),
        designation=Designation.objects.get(code="DA"),
        strength=2,
    )
    create(cast)
    with pytest.raises(WrongState, match="over_strength"):
        create(cast)
    sanction.strength = 3
    sanction.save()
    assert create(cast).marking == "DA3-GAD3"


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda cast: Office.objects.update(to_on="2025-01-01"), "unit_closed"),
        (lambda cast: Section.objects.update(to_on="2025-01-01"), "unit_closed"),
        (lambda cast: Designation.objects.update(is_active=False), "designation_closed"),
        (lambda cast: Section.objects.update(office=cast.offices["FIN"]), "foreign_section"),
    ],
)
def test_what_does_not_exist_now_gets_no_post(cast: Cast, break_it: Callable[[Cast], object], code: str) -> None:
    break_it(cast)
    with pytest.raises((WrongState, BadInput)) as refusal:
        create(cast)
    assert refusal.value.code == code


def test_an_abolished_superior_is_refused(cast: Cast) -> None:
    Post.objects.filter(pk=cast.post("US-GAD2").pk).update(is_active=False)
    with pytest.raises(WrongState, match="post_abolished"):
        create(cast, superior_id=cast.post("US-GAD2").pk)


@pytest.mark.parametrize("by", ["secretary", "section_officer", "outsider", "auditor"])
def test_others_create_no_post(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        create(cast, by=by)
    assert not Event.objects.exists()


def test_the_manager_of_another_office_creates_no_post(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        create(cast, "FIN-2", office="FIN")
    assert create(cast, "FIN-2", by="super_admin", office="FIN").marking == "DA2-FIN2"


def test_many_are_created_with_as_many_queries_as_a_few(cast: Cast) -> None:
    fresh = Section.objects.create(office=cast.offices["GAD"], code="GAD-9", name_en="Nine", name_hi="नौ")
    ranks = {row.code: row.pk for row in Designation.objects.all()}

    def rows(count: int, section: Section) -> list[NewPost]:
        wanted = ["SO"] + ["DA"] * count
        return [
            NewPost(office_id=section.office_id, section_id=section.pk, designation_id=ranks[code]) for code in wanted
        ]

    few, many = (CaptureQueriesContext(connection) for _each in range(2))
    with few:
        posts = posts_create_many(rows=rows(2, fresh), actor=cast.actor("emd_manager"))
    assert [post.marking for post in posts] == ["SO-GAD9", "DA1-GAD9", "DA2-GAD9"]
    assert posts[1].superior == posts[0]
    assert PostSenior.objects.filter(senior=posts[0]).count() == 3
    with many:
        posts_create_many(rows=rows(60, cast.section("GAD-1")), actor=cast.actor("emd_manager"))
    assert len(many) <= len(few) + 2


def test_new_posts_stand_under_each_other_as_they_are_told(cast: Cast) -> None:
    office, rank = cast.offices["GAD"], Designation.objects.get(code="DA")

    def row(above: int | None) -> NewPost:
        return NewPost(
            office_id=office.pk, section_id=cast.section("CR").pk, designation_id=rank.pk, superior_row=above
        )

    posts = posts_create_many(rows=[row(1), row(2), row(None)], actor=cast.actor("emd_manager"))
    assert [step.marking for step in channel_of(posts[0])] == [
        posts[1].marking,
        posts[2].marking,
        "SO-CR",
        "US-GAD2",
        "SEC-GAD",
    ]
    with pytest.raises(WrongState, match="channel_cycle"):
        posts_create_many(rows=[row(1), row(0)], actor=cast.actor("emd_manager"))
