"""Re-organisations: previewed, agreed to by another, carried out in one piece, histories kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from employee_master import ports
from employee_master.models import (
    Charge,
    Designation,
    Office,
    Post,
    PostMarking,
    PostSenior,
    Reorganisation,
    ReorganisationKind,
    Sanction,
    Section,
)
from employee_master.queries import channel_of
from employee_master.services import post_create, section_close, section_enter
from employee_master.services.reorganisation import (
    reorganisation_apply,
    reorganisation_prepare,
    reorganisation_withdraw,
    reorganisations_carry_out_due,
)
from employee_master.services.reorganising.drawing import draw
from employee_master.services.sections import SectionFacts
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError, NotAllowed, WrongState
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Event
from tests.cast import Cast
from tests.conftest import Clock
from tests.employee_master.organisation.test_post_changes import Desks, desks

__all__ = ["desks"]

pytestmark = pytest.mark.usefixtures("desks")


def prepare(
    cast: Cast, kind: str, section: str | None = "GAD-3", by: str = "emd_manager", **facts: Any
) -> Reorganisation:
    office = cast.section(section).office if section else cast.offices["GAD"]
    return reorganisation_prepare(
        kind=ReorganisationKind(kind),
        office_id=office.pk,
        section_id=cast.section(section).pk if section else None,
        order_number="311/2026",
        order_on=clock.today(),
        on=facts.pop("on", clock.today()),
        actor=cast.actor(by),
        **facts,
    )


def apply(cast: Cast, row: Reorganisation, by: str = "super_admin") -> Reorganisation:
    return reorganisation_apply(reorganisation_id=row.pk, actor=cast.actor(by))


def merge(cast: Cast, **facts: Any) -> Reorganisation:
    return prepare(cast, "merge", into_id=cast.section("GAD-1").pk, **facts)


def above(marking: str) -> list[str]:
    return [step.marking for step in channel_of(Post.objects.get(marking=marking))]


def whole_tree_holds() -> None:
    """The unrolled channel is what the superiors say, and the ledger is true."""
    superiors = dict(Post.objects.values_list("pk", "superior_id"))
    wanted = set()
    for pk in superiors:
        step, distance = pk, 0
        while step is not None:
            wanted.add((pk, step, distance))
            step, distance = superiors[step], distance + 1
    assert set(PostSenior.objects.values_list("post_id", "senior_id", "distance")) == wanted
    assert list(ledger.broken_links()) == []


def test_a_section_is_renamed_with_code_and_markings(cast: Cast) -> None:
    Post.objects.filter(marking="DA-GAD3").update(
        name_en="Dealing Assistant, GAD-3 Section", name_hi="सहायक समीक्षा अधिकारी, अनुभाग GAD-3"
    )
    row = prepare(cast, "rename", code="coord", name_en="Coordination", name_hi="समन्वय अनुभाग")
    assert Section.objects.get(pk=cast.section("GAD-3").pk).code == "GAD-3"
    apply(cast, row)
    section = Section.objects.get(code="COORD")
    assert section.pk == cast.section("GAD-3").pk
    post = Post.objects.get(pk=cast.post("dealing_assistant").pk)
    assert (post.marking, post.name_en) == ("DA-COORD", "Dealing Assistant, Coordination")
    # A name of the office's own stays.
    assert Post.objects.get(marking="SO-COORD").name_en == "Section Officer, GAD-3"
    assert PostMarking.objects.get(marking="DA-GAD3").post == post
    with pytest.raises(WrongState, match="code_taken"):
        section_enter(
            office_id=section.office_id,
            code="GAD-3",
            facts=SectionFacts(name_en="X", name_hi="X"),
            actor=cast.actor("emd_manager"),
        )
    assert Charge.objects.filter(post=post, ended_at=None).exists()
    # Its own former code may come back to it.
    apply(cast, prepare(cast, "rename", code="GAD-3", name_en="Again", name_hi="पुनः"))
    assert Post.objects.get(pk=post.pk).marking == "DA-GAD3"
    whole_tree_holds()


def test_a_section_is_merged_and_an_abolished_desk_handed_over(cast: Cast, desks: Desks) -> None:
    so, da = cast.post("SO-GAD3"), cast.post("DA-GAD3")
    desks.things[so.pk] = 4
    row = merge(cast, abolish={so.pk: cast.post("SO-GAD1").pk})
    drawn = draw(row)
    assert [(one.post.marking, one.marking) for one in drawn.posts] == [("DA-GAD3", "DA-GAD1")]
    assert drawn.handed_over == 4
    assert [charge.employee.code for charge in drawn.abolished[0].charges] == ["E0003"]
    assert Section.objects.get(code="GAD-3").to_on is None
    done = apply(cast, row)
    closed = Section.objects.get(code="GAD-3")
    assert closed.to_on == clock.today() - timedelta(days=1)
    assert closed.receiving_post is None
    assert not Post.objects.get(pk=so.pk).is_active
    assert desks.things == {cast.post("SO-GAD1").pk: 4}
    assert above("DA-GAD1") == ["SO-GAD1", "US-GAD2", "SEC-GAD"]
    assert Post.objects.get(pk=da.pk).section == cast.section("GAD-1")
    charge = cast.charge("section_officer")
    charge.refresh_from_db()
    assert charge.ended_at is not None
    assert done.done["abolished"][0]["handed_over"] == 4
    assert done.done["posts"] == [{"post": da.pk, "from": "DA-GAD3", "to": "DA-GAD1"}]
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"post:abolish", "charge:end", "post:correct", "post:place", "reorganisation:apply"} <= actions
    assert not Event.objects.filter(data__icontains="GAD-3 Section").exists()
    whole_tree_holds()


def test_a_merge_takes_units_strength_and_registry_along(cast: Cast) -> None:
    rank = Designation.objects.get(code="DA")
    unit = Section.objects.create(
        office=cast.offices["GAD"], parent=cast.section("CR"), kind="unit", code="CR-A", name_en="A", name_hi="क"
    )
    for code, strength in (("CR", 3), ("GAD-1", 1)):
        Sanction.objects.create(
            office=cast.offices["GAD"], section=cast.section(code), designation=rank, strength=strength
        )
    row = prepare(cast, "merge", "CR", into_id=cast.section("GAD-1").pk, abolish={cast.post("SO-CR").pk: None})
    apply(cast, row)
    unit.refresh_from_db()
    assert unit.parent == cast.section("GAD-1")
    assert Section.objects.get(code="GAD-1").is_registry
    strengths = {one.section.code: one.strength for one in Sanction.objects.select_related("section") if one.section}
    assert strengths == {"CR": 0, "GAD-1": 4}
    assert above("RC-CR") == ["US-GAD2", "SEC-GAD"]
    whole_tree_holds()


def test_a_section_is_split(cast: Cast) -> None:
    by, gad = cast.actor("emd_manager"), cast.offices["GAD"]
    second, head = (
        post_create(
            office_id=gad.pk,
            section_id=cast.section("GAD-3").pk,
            designation_id=Designation.objects.get(code=rank).pk,
            actor=by,
        )
        for rank in ("DA", "SO")
    )
    row = prepare(
        cast,
        "split",
        code="GAD-4",
        name_en="Section 4",
        name_hi="अनुभाग-4",
        post_ids=[cast.post("DA-GAD3").pk, head.pk],
    )
    apply(cast, row)
    new = Section.objects.get(code="GAD-4")
    assert (new.office, new.receiving_post_id) == (gad, head.pk)
    assert Post.objects.get(pk=head.pk).marking == "SO-GAD4"
    assert above("DA-GAD4") == ["SO-GAD4", "SEC-GAD"]
    # The receiving post of the old section went; the highest that stays receives now.
    assert Section.objects.get(code="GAD-3").receiving_post == cast.post("SO-GAD3")
    assert Post.objects.get(pk=second.pk).marking == "DA2-GAD3"
    assert above("DA2-GAD3")[0] == "SO-GAD3"
    whole_tree_holds()


class Keys:
    """A room of credentials: whom it was asked to retire, and where."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        self.asked.append((employee_id, office_id))
        return 1

    def items_of(self, *, employee_id: int, office_id: int) -> Sequence[ports.Item]:
        return []

    def active_among(self, *, employee_ids: Any, office_id: int) -> set[int]:
        return set()


@pytest.fixture
def keys() -> Iterator[Keys]:
    room = Keys()
    with ports.retires_credentials.replaced(room):
        yield room


def test_a_section_moves_to_another_office(cast: Cast, keys: Keys) -> None:
    fin = cast.offices["FIN"]
    rank = Designation.objects.get(code="DA")
    Sanction.objects.create(office=cast.offices["GAD"], section=cast.section("GAD-3"), designation=rank, strength=2)
    row = prepare(cast, "move", to_office_id=fin.pk, superior_id=cast.post("AO-FIN").pk)
    # Two offices: not for the head of one of them.
    Office.objects.filter(code="GAD").update(head_post=cast.post("secretary"))
    with pytest.raises(NotAllowed, match="two_offices"):
        apply(cast, row, "secretary")
    apply(cast, row)
    section = Section.objects.get(code="GAD-3")
    assert (section.office, section.receiving_post) == (fin, cast.post("DA-GAD3"))
    assert above("DA-GAD3") == ["SO-GAD3", "AO-FIN"]
    assert set(Post.objects.filter(section=section).values_list("office__code", "marking")) == {
        ("FIN", "SO-GAD3"),
        ("FIN", "DA-GAD3"),
    }
    people = {cast.employee(name).pk for name in ("section_officer", "dealing_assistant")}
    assert set(keys.asked) == {(pk, cast.offices["GAD"].pk) for pk in people}
    assert Sanction.objects.get().office == fin
    whole_tree_holds()


def test_a_section_moves_under_another_of_its_office(cast: Cast) -> None:
    apply(cast, prepare(cast, "move", parent_id=cast.section("GAD-1").pk))
    assert Section.objects.get(code="GAD-3").parent == cast.section("GAD-1")
    assert above("DA-GAD3") == ["SO-GAD3", "US-GAD", "SEC-GAD"]
    with pytest.raises(WrongState, match="section_circle"):
        prepare(cast, "move", "GAD-1", parent_id=cast.section("GAD-3").pk)


def test_posts_move_into_another_section(cast: Cast) -> None:
    row = prepare(cast, "posts", None, post_ids=[cast.post("DA-GAD3").pk], into_id=cast.section("GAD-1").pk)
    apply(cast, row, "super_admin")
    assert above("DA-GAD1") == ["SO-GAD1", "US-GAD2", "SEC-GAD"]
    assert Section.objects.get(code="GAD-3").receiving_post == cast.post("SO-GAD3")
    whole_tree_holds()


def test_those_who_stay_behind_come_under_the_next_one(cast: Cast) -> None:
    row = prepare(cast, "posts", None, post_ids=[cast.post("SO-GAD3").pk], into_id=cast.section("GAD-1").pk)
    apply(cast, row)
    assert above("DA-GAD3") == ["US-GAD", "SEC-GAD"]
    assert Post.objects.get(pk=cast.post("SO-GAD3").pk).marking == "SO2-GAD1"
    whole_tree_holds()


def test_who_prepared_it_does_not_apply_it(cast: Cast) -> None:
    Office.objects.filter(code="GAD").update(head_post=cast.post("emd_manager"))
    row = merge(cast)
    with pytest.raises(NotAllowed, match="own_work"):
        apply(cast, row, "emd_manager")
    for by in ("section_officer", "outsider", "auditor", "secretary"):
        with pytest.raises(NotAllowed):
            apply(cast, row, by)
    Office.objects.filter(code="GAD").update(head_post=cast.post("secretary"))
    assert apply(cast, row, "secretary").state == "applied"
    with pytest.raises(WrongState, match="wrong_state"):
        apply(cast, row)


@pytest.mark.parametrize("by", ["secretary", "section_officer", "outsider", "auditor"])
def test_others_prepare_nothing(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        merge(cast, by=by)
    assert not Event.objects.exists()


def test_what_lies_ahead_waits_for_its_day(cast: Cast, still_clock: Clock) -> None:
    on = clock.today() + timedelta(days=3)
    row = apply(cast, merge(cast, on=on))
    assert (row.state, row.decided_by) == ("agreed", cast.employee("super_admin"))
    assert reorganisations_carry_out_due() == (0, 0)
    assert Section.objects.get(code="GAD-3").to_on is None
    still_clock.advance(timedelta(days=3))
    assert reorganisations_carry_out_due() == (1, 0)
    assert Section.objects.get(code="GAD-3").to_on == on - timedelta(days=1)
    assert reorganisations_carry_out_due() == (0, 0)
    row = Reorganisation.objects.get(pk=row.pk)
    assert (row.state, row.decided_by) == ("applied", cast.employee("super_admin"))


def test_what_can_no_longer_be_done_is_marked_so(cast: Cast, still_clock: Clock) -> None:
    row = apply(cast, merge(cast, on=clock.today() + timedelta(days=1)))
    Section.objects.filter(code="GAD-1").update(to_on=date(2026, 1, 1))
    still_clock.advance(timedelta(days=2))
    assert reorganisations_carry_out_due() == (0, 1)
    row = Reorganisation.objects.get(pk=row.pk)
    assert row.state == "failed"
    assert "was closed" in row.failed_why_en
    assert "बन्द" in row.failed_why_hi
    assert Event.objects.get(action="reorganisation:fail").data == {"code": "unit_closed"}
    assert Section.objects.get(code="GAD-3").to_on is None


def test_it_may_be_withdrawn_until_it_is_done(cast: Cast) -> None:
    row = apply(cast, merge(cast, on=clock.today() + timedelta(days=1)))
    with pytest.raises(NotAllowed):
        reorganisation_withdraw(reorganisation_id=row.pk, actor=cast.actor("outsider"))
    reorganisation_withdraw(reorganisation_id=row.pk, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState, match="wrong_state"):
        apply(cast, row)
    with pytest.raises(WrongState, match="wrong_state"):
        reorganisation_withdraw(reorganisation_id=row.pk, actor=cast.actor("emd_manager"))


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("merge", {"into": "GAD-3"}, "merges_into_itself"),
        ("rename", {"code": "FIN-2", "name_en": "X", "name_hi": "X"}, "code_taken"),
        ("split", {"code": "GAD-1", "name_en": "X", "name_hi": "X"}, "code_taken"),
        ("split", {"code": "N", "name_en": "X", "name_hi": "X"}, "no_posts"),
        ("split", {"code": "N", "name_en": "X", "name_hi": "X", "posts": ["AO-FIN"]}, "post_elsewhere"),
        ("rename", {"name_en": "X"}, "missing"),
        ("move", {}, "stays_where_it_is"),
        ("merge", {"into": "GAD-1", "abolish": {"SO-GAD3": "DA-GAD3", "DA-GAD3": None}}, "successor_gone"),
        ("merge", {"into": "GAD-1", "abolish": {"SO-GAD3": None}}, "desk_not_empty"),
        ("merge", {"into": "GAD-1", "abolish": {"SO-GAD3": "SO-CR"}}, "post_vacant"),
    ],
)
def test_what_can_not_be_is_refused_at_once(
    cast: Cast, desks: Desks, kind: str, facts: dict[str, Any], code: str
) -> None:
    desks.things[cast.post("SO-GAD3").pk] = 1
    wanted = dict(facts)
    into, posts = wanted.pop("into", None), wanted.pop("posts", ())
    ends = {cast.post(a).pk: cast.post(b).pk if b else None for a, b in wanted.pop("abolish", {}).items()}
    with pytest.raises(DomainError) as refusal:
        prepare(
            cast,
            kind,
            into_id=cast.section(into).pk if into else None,
            post_ids=[cast.post(one).pk for one in posts],
            abolish=ends,
            **wanted,
        )
    assert refusal.value.code == code
    assert not Reorganisation.objects.exists()


def test_the_head_of_an_office_does_not_leave_it_by_the_way(cast: Cast) -> None:
    Office.objects.filter(code="GAD").update(head_post=cast.post("SO-GAD3"))
    with pytest.raises(WrongState, match="head_moves"):
        prepare(cast, "move", to_office_id=cast.offices["FIN"].pk)


def test_all_or_nothing(cast: Cast, desks: Desks) -> None:
    desks.things[cast.post("SO-GAD3").pk] = 1
    row = merge(cast, abolish={cast.post("SO-GAD3").pk: cast.post("SO-GAD1").pk})
    desks.sticky = True
    before = list(Post.objects.order_by("pk").values()), list(Section.objects.order_by("pk").values())
    events = Event.objects.count()
    with pytest.raises(WrongState, match="desk_not_empty"):
        apply(cast, row)
    assert (list(Post.objects.order_by("pk").values()), list(Section.objects.order_by("pk").values())) == before
    assert Event.objects.count() == events


def test_a_second_one_on_the_same_section_comes_too_late(cast: Cast) -> None:
    first, second = merge(cast), prepare(cast, "rename", name_en="New", name_hi="नया")
    apply(cast, first)
    with pytest.raises(WrongState, match="unit_closed"):
        apply(cast, second)


def test_a_closed_section_is_not_reorganised(cast: Cast) -> None:
    section = section_enter(
        office_id=cast.offices["GAD"].pk,
        code="G9",
        facts=SectionFacts(name_en="X", name_hi="X"),
        actor=cast.actor("emd_manager"),
    )
    section_close(section_id=section.pk, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState, match="unit_closed"):
        reorganisation_prepare(
            kind=ReorganisationKind.RENAME,
            office_id=section.office_id,
            section_id=section.pk,
            name_en="Y",
            name_hi="Y",
            order_number="1",
            order_on=clock.today(),
            on=clock.today(),
            actor=cast.actor("emd_manager"),
        )
