"""Correcting posts, and abolishing them with their desk handed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pytest

from employee_master import ports
from employee_master.models import Charge, Office, Post, PostMarking, PostSenior, Section
from employee_master.queries import channel_of, posts_to_send_to, receiving_post
from employee_master.queries.search import posts_found
from employee_master.services import post_abolish, post_correct, post_create
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.models import Event
from tests.cast import Cast


class Desks:
    """A room whose things lie on posts, so many each."""

    def __init__(self) -> None:
        self.things: dict[int, int] = {}
        self.sticky = False

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        return [ports.Work(kind="files", count=self.things.get(post_id, 0))]

    def items_on(self, _post_id: int) -> Sequence[ports.Item]:
        return []

    def hand_over(self, *, from_post_id: int, to_post_id: int, keys: Collection[str] | None, actor: Actor) -> int:
        assert keys is None
        if self.sticky:
            return 0
        moved = self.things.pop(from_post_id, 0)
        self.things[to_post_id] = self.things.get(to_post_id, 0) + moved
        return moved


@pytest.fixture
def desks() -> Iterator[Desks]:
    room = Desks()
    with ports.holds_work.replaced(room):
        yield room


def correct(cast: Cast, post: str, by: str = "emd_manager", **facts: str) -> Post:
    row = Post.objects.get(pk=cast.post(post).pk)
    known = {"name_en": row.name_en, "name_hi": row.name_hi, "marking": row.marking} | facts
    return post_correct(post_id=row.pk, actor=cast.actor(by), **known)


def abolish(cast: Cast, post: str, to: str | None = None, by: str = "emd_manager") -> Post:
    return post_abolish(post_id=cast.post(post).pk, successor_id=cast.post(to).pk if to else None, actor=cast.actor(by))


def relieve(cast: Cast, post: str) -> None:
    Charge.objects.filter(post=cast.post(post)).update(to_on=clock.today(), ended_at=clock.now())


def test_a_corrected_marking_leaves_the_former_one_reserved(cast: Cast) -> None:
    assert correct(cast, "DA-GAD3", marking="DA(Estt)-GAD3").marking == "DA(Estt)-GAD3"
    kept = {row.marking: row.to_on is None for row in PostMarking.objects.filter(post=cast.post("DA-GAD3"))}
    assert kept == {"DA-GAD3": False, "DA(Estt)-GAD3": True}
    with pytest.raises(WrongState, match="marking_taken"):
        correct(cast, "SO-GAD3", marking="da-gad3")
    event = Event.objects.get(subject_type="post")
    assert event.data == {"changed": ["marking"], "marking": "DA(Estt)-GAD3"}


def test_a_post_may_take_up_its_own_former_marking(cast: Cast) -> None:
    correct(cast, "DA-GAD3", marking="X-GAD3")
    assert correct(cast, "DA-GAD3", marking="").marking == "DA-GAD3"
    open_ones = PostMarking.objects.filter(post=cast.post("DA-GAD3"), to_on=None)
    assert [row.marking for row in open_ones] == ["DA-GAD3"]


def test_what_is_left_empty_is_made_by_rule(cast: Cast) -> None:
    post = correct(cast, "DA-GAD3", name_en="", name_hi="", marking="")
    assert (post.marking, post.name_en) == ("DA-GAD3", "Dealing Assistant, GAD-3 Section")
    assert post.name_hi == "सहायक समीक्षा अधिकारी, अनुभाग GAD-3"


def test_others_correct_and_abolish_nothing(cast: Cast, desks: Desks) -> None:
    for by in ("secretary", "outsider", "auditor"):
        with pytest.raises(NotAllowed):
            correct(cast, "DA-GAD3", by, marking="X")
        with pytest.raises(NotAllowed):
            abolish(cast, "SO-CR", by=by)
    assert not Event.objects.exists()


def test_a_vacant_post_with_an_empty_desk_is_abolished(cast: Cast, desks: Desks) -> None:
    post = abolish(cast, "SO-CR")
    assert not post.is_active
    assert post.abolished_on is not None
    assert [step.marking for step in channel_of(cast.post("RC-CR"))] == ["US-GAD2", "SEC-GAD"]
    assert PostMarking.objects.get(post=post).to_on is not None
    with pytest.raises(WrongState, match="post_abolished"):
        abolish(cast, "SO-CR")
    # The marking stays the abolished post's.
    fresh = post_create(
        office_id=post.office_id,
        section_id=post.section_id,
        designation_id=post.designation_id,
        actor=cast.actor("emd_manager"),
    )
    assert fresh.marking == "SO2-CR"


def test_a_held_post_is_not_abolished(cast: Cast, desks: Desks) -> None:
    with pytest.raises(WrongState, match="post_held"):
        abolish(cast, "DA-GAD3", "SO-GAD3")
    Charge.objects.filter(post=cast.post("DA-GAD3")).update(from_on="2031-01-01")
    with pytest.raises(WrongState, match="post_held"):
        abolish(cast, "DA-GAD3", "SO-GAD3")


def test_the_desk_goes_to_the_successor(cast: Cast, desks: Desks) -> None:
    relieve(cast, "SO-GAD3")
    desks.things[cast.post("SO-GAD3").pk] = 3
    with pytest.raises(WrongState, match="desk_not_empty"):
        abolish(cast, "SO-GAD3")
    abolish(cast, "SO-GAD3", "US-GAD")
    assert desks.things == {cast.post("US-GAD").pk: 3}
    assert Event.objects.get(action="post:abolish").data["handed_over"] == 3


def test_things_that_do_not_move_keep_the_post(cast: Cast, desks: Desks) -> None:
    relieve(cast, "SO-GAD3")
    desks.things[cast.post("SO-GAD3").pk] = 3
    desks.sticky = True
    with pytest.raises(WrongState, match="desk_not_empty"):
        abolish(cast, "SO-GAD3", "US-GAD")
    assert Post.objects.get(pk=cast.post("SO-GAD3").pk).is_active


def test_a_vacant_successor_takes_over_no_papers(cast: Cast, desks: Desks) -> None:
    relieve(cast, "SO-GAD3")
    desks.things[cast.post("SO-GAD3").pk] = 1
    with pytest.raises(WrongState, match="post_vacant"):
        abolish(cast, "SO-GAD3", "SO-CR")


def test_a_successor_from_below_takes_the_others_under_it(cast: Cast, desks: Desks) -> None:
    relieve(cast, "US-GAD")
    other = post_create(
        office_id=cast.offices["GAD"].pk,
        section_id=None,
        designation_id=cast.post("SO-CR").designation_id,
        superior_id=cast.post("US-GAD").pk,
        actor=cast.actor("emd_manager"),
    )
    abolish(cast, "US-GAD", "DA-GAD3")
    assert [step.marking for step in channel_of(cast.post("DA-GAD3"))] == ["SO-GAD3", "SEC-GAD"]
    assert [step.marking for step in channel_of(other)] == ["DA-GAD3", "SO-GAD3", "SEC-GAD"]
    assert not PostSenior.objects.filter(senior=cast.post("US-GAD"), distance__gt=0).exists()


def test_a_post_that_receives_or_heads_needs_a_successor(cast: Cast, desks: Desks) -> None:
    relieve(cast, "RC-CR")
    with pytest.raises(WrongState, match="post_needed"):
        abolish(cast, "RC-CR")
    Office.objects.filter(code="GAD").update(ddo_post=cast.post("RC-CR"))
    abolish(cast, "RC-CR", "SO-CR")
    assert Section.objects.get(code="CR").receiving_post == cast.post("SO-CR")
    assert Office.objects.get(code="GAD").ddo_post == cast.post("SO-CR")


def test_no_post_succeeds_itself(cast: Cast, desks: Desks) -> None:
    with pytest.raises(BadInput, match="own_successor"):
        abolish(cast, "SO-CR", "SO-CR")


def test_a_post_is_found_by_its_former_marking(cast: Cast) -> None:
    correct(cast, "DA-GAD3", marking="PA-GAD3")
    assert [post.marking for post in posts_to_send_to(cast.actor("secretary"), "da-gad3")] == ["PA-GAD3"]
    assert [post.marking for post in posts_found("DA-GAD3").rows] == ["PA-GAD3"]


def test_nothing_is_marked_to_a_closed_section(cast: Cast) -> None:
    Section.objects.filter(code="GAD-3").update(to_on="2025-01-01")
    with pytest.raises(WrongState, match="section_closed"):
        receiving_post(Section.objects.get(code="GAD-3"))
