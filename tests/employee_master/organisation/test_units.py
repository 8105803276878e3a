"""Offices, sections, designations and sanctioned strength."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from employee_master.models import Designation, Office, Post, Sanction, Section, SectionCode
from employee_master.services.offices import OfficeFacts, OfficeReach, office_correct, office_enter, office_reach
from employee_master.services.sections import (
    DesignationFacts,
    SectionFacts,
    designation_correct,
    designation_enter,
    sanction_set,
    section_close,
    section_correct,
    section_enter,
)
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.ledger.models import Event
from tests.cast import Cast

HOSTEL = OfficeFacts(name_en="Girls' Hostel", name_hi="बालिका छात्रावास", kind="hostel")
REACH = OfficeReach(district_en="Sitapur", place_en="Biswan", area="rural", email="hostel@gad.state.example")
NEW = SectionFacts(name_en="Section 9", name_hi="अनुभाग-9")


def enter(cast: Cast, by: str = "super_admin", **facts: Any) -> Office:
    parent_id = facts.pop("parent_id", cast.offices["GAD"].pk)
    return office_enter(
        code="hostel-1", facts=replace(HOSTEL, parent_id=parent_id, **facts), reach=REACH, actor=cast.actor(by)
    )


def correct(cast: Cast, code: str = "GAD", **facts: Any) -> Office:
    office = cast.offices[code]
    known = OfficeFacts(name_en=office.name_en, name_hi=office.name_hi, kind=office.kind)
    return office_correct(office_id=office.pk, facts=replace(known, **facts), actor=cast.actor("super_admin"))


def test_a_hostel_is_an_office_below_another(cast: Cast) -> None:
    office = enter(cast)
    assert (office.code, office.parent, office.kind) == ("HOSTEL-1", cast.offices["GAD"], "hostel")
    data = Event.objects.get(subject_type="office").data
    assert data["code"] == "HOSTEL-1"
    assert "Hostel" not in str(data.values())
    with pytest.raises(WrongState, match="code_taken"):
        enter(cast)


@pytest.mark.parametrize("by", ["emd_manager", "secretary", "outsider"])
def test_only_the_super_admin_enters_offices(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        enter(cast, by)
    assert not Event.objects.exists()


def test_the_manager_says_how_the_office_is_reached(cast: Cast) -> None:
    reach = replace(REACH, latitude=Decimal("26.846700"), longitude=Decimal("80.946200"))
    office = office_reach(office_id=cast.offices["GAD"].pk, reach=reach, actor=cast.actor("emd_manager"))
    assert (office.place_en, office.latitude) == ("Biswan", Decimal("26.846700"))
    assert "latitude" in Event.objects.get(action="office:correct").data["changed"]
    with pytest.raises(NotAllowed):
        office_reach(office_id=cast.offices["FIN"].pk, reach=reach, actor=cast.actor("emd_manager"))


@pytest.mark.parametrize(
    ("reach", "field"),
    [
        ({"latitude": Decimal(20)}, "longitude"),
        ({"latitude": Decimal(91), "longitude": Decimal(80)}, "latitude"),
        ({"email": "nobody"}, "email"),
        ({"area": "moon"}, "kind"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_an_impossible_place_is_refused(cast: Cast, reach: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        office_reach(office_id=cast.offices["GAD"].pk, reach=replace(REACH, **reach), actor=cast.actor("emd_manager"))
    assert refusal.value.field == field


def test_head_and_drawing_officer_sit_in_the_office_or_above(cast: Cast) -> None:
    office = correct(cast, head_post_id=cast.post("secretary").pk, ddo_post_id=cast.post("US-GAD").pk)
    assert office.head_post == cast.post("secretary")
    hostel = enter(cast, head_post_id=cast.post("US-GAD2").pk)
    assert hostel.head_post == cast.post("US-GAD2")
    with pytest.raises(BadInput, match="foreign_post"):
        correct(cast, head_post_id=cast.post("AO-FIN").pk)
    Post.objects.filter(pk=cast.post("SO-CR").pk).update(is_active=False)
    with pytest.raises(WrongState, match="post_abolished"):
        correct(cast, ddo_post_id=cast.post("SO-CR").pk)


def test_names_made_of_the_offices_name_follow_it(cast: Cast) -> None:
    gad = cast.offices["GAD"]
    Post.objects.filter(pk=cast.post("US-GAD").pk).update(
        name_en=f"Under Secretary, {gad.name_en}", name_hi=f"अनु सचिव, {gad.name_hi}"
    )
    correct(cast, name_en="Administration Department")
    assert Post.objects.get(marking="US-GAD").name_en == "Under Secretary, Administration Department"
    assert Post.objects.get(marking="SEC-GAD").name_en == "Secretary, GAD"


def test_no_office_lies_below_itself(cast: Cast) -> None:
    hostel = enter(cast)
    with pytest.raises(WrongState, match="office_circle"):
        correct(cast, parent_id=hostel.pk)


def test_an_office_in_use_is_not_closed(cast: Cast) -> None:
    with pytest.raises(WrongState, match="office_in_use"):
        correct(cast, to_on=date(2026, 1, 1))
    hostel = enter(cast)
    facts = replace(HOSTEL, parent_id=hostel.parent_id, to_on=date(2026, 1, 1))
    assert office_correct(office_id=hostel.pk, facts=facts, actor=cast.actor("super_admin")).to_on
    with pytest.raises(WrongState, match="unit_closed"):
        section_enter(office_id=hostel.pk, code="H1", facts=NEW, actor=cast.actor("super_admin"))


def test_a_section_is_entered_with_its_receiver(cast: Cast) -> None:
    facts = replace(NEW, parent_id=cast.section("GAD-3").pk, kind="unit", receiving_post_id=cast.post("SO-GAD3").pk)
    section = section_enter(
        office_id=cast.offices["GAD"].pk, code="gad-3/a", facts=facts, actor=cast.actor("emd_manager")
    )
    assert (section.code, section.parent) == ("GAD-3/A", cast.section("GAD-3"))
    assert Event.objects.get(subject_type="section").data["new"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"parent": "FIN-2"}, "foreign_section"),
        ({"receiver": "AO-FIN"}, "foreign_post"),
        ({"kind": "planet"}, "unknown_kind"),
        ({"name_hi": " "}, "missing"),
    ],
)
def test_an_impossible_section_is_refused(cast: Cast, facts: dict[str, str], code: str) -> None:
    wanted = dict(facts)
    parent, receiver = wanted.pop("parent", None), wanted.pop("receiver", None)
    full = replace(
        NEW,
        parent_id=cast.section(parent).pk if parent else None,
        receiving_post_id=cast.post(receiver).pk if receiver else None,
        **wanted,
    )
    with pytest.raises(DomainError) as refusal:
        section_enter(office_id=cast.offices["GAD"].pk, code="G9", facts=full, actor=cast.actor("emd_manager"))
    assert refusal.value.code == code


def test_a_section_does_not_lie_below_itself(cast: Cast) -> None:
    by = cast.actor("emd_manager")
    unit = section_enter(
        office_id=cast.offices["GAD"].pk,
        code="U",
        facts=replace(NEW, parent_id=cast.section("GAD-3").pk),
        actor=by,
    )
    with pytest.raises(WrongState, match="section_circle"):
        section_correct(section_id=cast.section("GAD-3").pk, facts=replace(NEW, parent_id=unit.pk), actor=by)


def test_codes_of_sections_are_never_given_twice(cast: Cast) -> None:
    by, office = cast.actor("emd_manager"), cast.offices["GAD"].pk
    SectionCode.objects.create(section=cast.section("GAD-1"), code="OLD-1", to_on=date(2020, 1, 1))
    for code in ("gad-3", "FIN-2", "old-1"):
        with pytest.raises(WrongState, match="code_taken"):
            section_enter(office_id=office, code=code, facts=NEW, actor=by)
    section = section_enter(office_id=office, code="GAD-9", facts=NEW, actor=by)
    section_close(section_id=section.pk, actor=by)
    with pytest.raises(WrongState, match="code_taken"):
        section_enter(office_id=office, code="GAD-9", facts=NEW, actor=by)
    with pytest.raises(WrongState, match="unit_closed"):
        section_correct(section_id=section.pk, facts=NEW, actor=by)


def test_a_section_in_use_is_not_closed(cast: Cast) -> None:
    with pytest.raises(WrongState, match="section_in_use"):
        section_close(section_id=cast.section("GAD-3").pk, actor=cast.actor("emd_manager"))


def test_the_manager_of_another_office_enters_no_section(cast: Cast) -> None:
    for by in ("emd_manager", "secretary"):
        with pytest.raises(NotAllowed):
            section_enter(office_id=cast.offices["FIN"].pk, code="F9", facts=NEW, actor=cast.actor(by))
    with pytest.raises(NotAllowed):
        section_close(section_id=cast.section("FIN-2").pk, actor=cast.actor("emd_manager"))
    assert Section.objects.count() == 5


def test_designations_have_a_rank(cast: Cast) -> None:
    facts = DesignationFacts(name_en="Peon", name_hi="अनुसेवक", rank=90, abbreviation="PN")
    designation = designation_enter(code="peon", facts=facts, actor=cast.actor("super_admin"))
    assert designation.code == "PEON"
    designation_correct(
        designation_id=designation.pk, facts=replace(facts, is_active=False), actor=cast.actor("super_admin")
    )
    assert not Designation.objects.get(code="PEON").is_active
    with pytest.raises(BadInput, match="bad_rank"):
        designation_enter(code="X", facts=replace(facts, rank=0), actor=cast.actor("super_admin"))
    with pytest.raises(NotAllowed):
        designation_enter(code="X", facts=facts, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState, match="code_taken"):
        designation_enter(code="Peon", facts=facts, actor=cast.actor("super_admin"))


def test_a_strength_is_set_and_set_anew(cast: Cast) -> None:
    def set_to(strength: int, by: str = "emd_manager", section: str = "GAD-3") -> Sanction:
        return sanction_set(
            office_id=cast.offices["GAD"].pk,
            section_id=cast.section(section).pk,
            designation_id=Designation.objects.get(code="DA").pk,
            strength=strength,
            order_number=" 311 / 2026 ",
            actor=cast.actor(by),
        )

    assert set_to(3).pk == set_to(0).pk
    assert Sanction.objects.get().order_number == "311 / 2026"
    assert [event.data["strength"] for event in Event.objects.order_by("seq")] == [3, 0]
    with pytest.raises(BadInput, match="bad_strength"):
        set_to(-1)
    with pytest.raises(BadInput, match="foreign_section"):
        set_to(1, section="FIN-2")
    with pytest.raises(NotAllowed):
        set_to(1, by="secretary")
