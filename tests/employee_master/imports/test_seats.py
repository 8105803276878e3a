"""Where a row puts its person: sections and designations however they are written, posts held, vacant and new."""

from __future__ import annotations

from datetime import date

import pytest

from employee_master.models import Charge, Employee, Post, PostMarking, RowOutcome, Sanction, Section
from eoffice.core import clock
from tests.cast import Cast
from tests.employee_master.imports.conftest import Compared, as_line, codes, line, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def vacant(cast: Cast) -> Post:
    """A vacant post of a dealing assistant in GAD-3."""
    return _post(cast, "DA2-GAD3")


def _post(cast: Cast, marking: str, section: str = "GAD-3", designation: str = "DA") -> Post:
    like = cast.post("dealing_assistant")
    rank = like.designation if designation == "DA" else cast.post("section_officer").designation
    return Post.objects.create(
        office=cast.offices["GAD"],
        section=cast.section(section),
        designation=rank,
        marking=marking,
        name_en=f"{rank.name_en} 2, {section}",
        name_hi=f"{rank.name_hi} 2, {section}",
    )


@pytest.mark.parametrize(
    ("designation", "section"),
    [
        ("DA", "GAD-3"),
        ("dealing assistant", "gad 3"),
        ("Dealing Asstt.", "अनुभाग GAD-3"),
        ("सहायक समीक्षा अधिकारी", "GAD-3 Section"),
        ("Sahayak Samiksha Adhikari", "GAD ३"),
    ],
)
def test_designation_and_section_are_found_however_they_are_written(
    compared: Compared, vacant: Post, designation: str, section: str
) -> None:
    (one,) = compared(line(2, designation=designation, section=section))
    assert (one.outcome, codes(one)) == (RowOutcome.CREATE, [])
    assert one.deed["post"]["id"] == vacant.pk


def test_a_spelling_is_read_and_said(compared: Compared, vacant: Post) -> None:
    (one,) = compared(line(2, designation="Deeling Assistent"))
    assert codes(one) == ["read_as"]
    assert one.deed["post"]["id"] == vacant.pk


def test_what_is_unknown_is_refused_with_what_comes_closest(compared: Compared) -> None:
    section, designation, post, nothing = compared(
        line(2, section="GAD-7"),
        line(3, designation="Dealing Superintendent"),
        line(4, designation=None, section=None, post="SO-GAD9"),
        line(5, section="Xylophone"),
    )
    assert said(section, "unknown_section") == "There is no section “GAD-7” here. Closest: GAD-1 Section (GAD-1)."
    assert section.problems[0]["suggestion"] == "GAD-1"
    assert designation.problems[0]["suggestion"] == "DA"
    assert post.problems[0]["suggestion"] == "SO-GAD1"
    assert said(nothing, "unknown_section") == "There is no section “Xylophone” here."
    assert all(one.outcome == RowOutcome.REFUSED for one in (section, designation, post, nothing))


def test_sections_of_another_office_and_closed_ones_are_not_here(cast: Cast, compared: Compared) -> None:
    Section.objects.filter(code="GAD-3").update(to_on=date(2026, 3, 31))
    other, closed = compared(line(2, section="FIN-2"), line(3))
    assert codes(other)[:1] == codes(closed)[:1] == ["unknown_section"]


def test_a_post_may_be_named_by_marking_name_and_former_marking(cast: Cast, compared: Compared, vacant: Post) -> None:
    PostMarking.objects.create(post=vacant, marking="DA-OLD", from_on=date(2020, 1, 1), to_on=date(2024, 1, 1))
    for named in ("da2 gad3", "Dealing Assistant 2, GAD-3", "DA-OLD"):
        (one,) = compared(line(2, designation=None, section=None, post=named))
        assert one.deed["post"]["id"] == vacant.pk, named
        assert not one.is_refused()


def test_a_post_column_may_hold_designation_and_section(compared: Compared, vacant: Post) -> None:
    together, alone, lost = compared(
        line(2, designation=None, section=None, post="Dealing Assistant, GAD-3"),
        line(3, designation=None, post="Dealing Assistant"),
        line(4, designation=None, section=None, post="Section Officer, GAD-7"),
    )
    assert together.deed["post"]["id"] == vacant.pk
    assert alone.deed["post"]["new"]
    assert codes(lost) == ["unknown_section"]
    assert lost.problems[0]["column"] == "post"


def test_a_post_that_is_held_is_refused_with_its_holder(compared: Compared) -> None:
    (one,) = compared(line(2, designation=None, section=None, post="DA-GAD3"))
    assert said(one, "post_taken") == (
        "DA-GAD3 is held by Anita Verma since 1 April 2024. Two people can’t hold one post in full."
    )
    assert "अनीता वर्मा" in said(one, "post_taken", "hi")


def test_a_post_that_is_gone_and_one_of_another_name_are_refused(cast: Cast, compared: Compared, vacant: Post) -> None:
    Post.objects.filter(pk=vacant.pk).update(is_active=False)
    gone, differs = compared(
        line(2, designation=None, section=None, post="DA2-GAD3"), line(3, designation="Section Officer", post="DA-GAD3")
    )
    assert codes(gone) == ["post_abolished"]
    assert codes(differs) == ["post_disagrees"]


def test_two_rows_for_one_post(compared: Compared, vacant: Post) -> None:
    first, second = compared(line(2, post="DA2-GAD3"), line(3, post="DA2-GAD3"))
    assert first.deed["post"]["id"] == vacant.pk
    assert "Row 2" in said(second, "post_twice")


def test_rows_that_name_a_post_come_before_those_that_do_not(compared: Compared, vacant: Post) -> None:
    any_post, named = compared(line(2), line(3, post="DA2-GAD3"))
    assert named.deed["post"]["id"] == vacant.pk
    assert any_post.deed["post"]["new"]


def test_where_nobody_is_missing_a_post_is_created_up_to_the_strength(cast: Cast, compared: Compared) -> None:
    like = cast.post("dealing_assistant")
    Sanction.objects.create(office=like.office, section=like.section, designation=like.designation, strength=2)
    first, second = compared(line(2), line(3))
    assert first.deed["post"]["new"]
    assert codes(first) == ["new_post"]
    assert codes(second) == ["over_strength"]
    assert "2 posts of Dealing Assistant" in said(second, "over_strength")


def test_officers_of_no_section(cast: Cast, compared: Compared) -> None:
    secretary, clerk = compared(
        line(2, designation="Under Secretary", section="General Administration Department"),
        line(3, section=None),
    )
    assert secretary.deed["post"]["section"] is None
    assert "In which section?" in said(clerk, "section_missing")


def test_whoever_sits_somewhere_substantively_must_be_relieved_first(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    moved, added = compared(
        as_line(2, person, section="GAD-1"), as_line(3, cast.employee("section_officer"), charge_kind="additional")
    )
    assert said(moved, "has_substantive").startswith("Holds DA-GAD3 substantively since 1 April 2024.")
    assert (added.outcome, added.deed["charge"]["kind"]) == (RowOutcome.CHANGE, "additional")


def test_a_person_of_another_office_needs_relieving_there(cast: Cast, compared: Compared) -> None:
    (one,) = compared(as_line(2, cast.employee("outsider")))
    assert said(one, "has_substantive").startswith("Holds DA-FIN2")


def test_a_row_without_a_post_is_fine_for_those_who_have_one(cast: Cast, compared: Compared) -> None:
    sits, new = compared(
        as_line(2, cast.employee("dealing_assistant"), designation=None, section=None),
        line(3, designation=None, section=None),
    )
    assert sits.outcome == RowOutcome.UNCHANGED
    assert codes(new) == ["designation_missing"]


def test_a_day_before_the_last_holder_left_is_refused(cast: Cast, compared: Compared, vacant: Post) -> None:
    former = Employee.objects.create(code="F1", name_en="Former Holder", name_hi="")
    Charge.objects.create(
        employee=former, post=vacant, from_on=date(2020, 1, 1), to_on=date(2024, 6, 30), ended_at=clock.now()
    )
    early, fits = compared(
        line(2, post="DA2-GAD3", charge_from=date(2023, 1, 1)), line(3, post="DA2-GAD3", charge_from=date(2024, 6, 30))
    )
    assert "Former Holder until 30 June 2024" in said(early, "post_taken")
    assert fits.deed["charge"]["from_on"] == "2024-06-30"


def test_rows_of_other_offices_are_refused(compared: Compared) -> None:
    own, hindi, other, unknown = compared(
        line(2, office="gad"), line(3, office="सामान्य प्रशासन विभाग"), line(4, office="Finance Department"),
        line(5, office="Department of Xylophones"),
    )  # fmt: skip
    assert "wrong_office" not in codes(own) + codes(hindi)
    assert "Finance Department" in said(other, "wrong_office")
    assert "no office of this instance" in said(unknown, "wrong_office")


def test_link_officers_are_entered_elsewhere(compared: Compared) -> None:
    (one,) = compared(line(2, charge_kind="link"))
    assert "link_elsewhere" in codes(one)


def test_a_post_may_stand_in_the_column_of_designations(compared: Compared) -> None:
    (named, placed, unknown) = compared(
        line(2, designation="SO-GAD3", section=None),
        line(3, designation="Dealing Assistant, GAD-1", section=None),
        line(4, designation="XY-GAD99", section=None),
    )
    assert codes(named) == ["post_taken"]
    assert placed.deed["post"]["mark"] == "DA, GAD-1"
    assert codes(unknown) == ["unknown_designation"]


def test_a_section_may_stand_in_the_column_of_offices(compared: Compared) -> None:
    (one,) = compared(line(2, section=None, office="GAD-1"))
    assert codes(one) == []
    assert one.deed["post"]["mark"] == "DA, GAD-1"


def test_the_first_day_of_a_charge_that_runs_is_not_changed(compared: Compared, cast: Cast) -> None:
    (one,) = compared(as_line(2, cast.employee("dealing_assistant"), charge_from=date(2025, 1, 1)))
    assert codes(one) == ["since_kept"]
    assert one.outcome == "unchanged"
