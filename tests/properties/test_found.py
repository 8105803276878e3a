"""Orders in which something went wrong once, found by `test_master` and kept: each failed before it was put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection

from tests.properties.acts import Act
from tests.properties.acts_charges import EndCharge, StartCharge
from tests.properties.acts_imports import ImportSheet, SendSheet, UndoSheet, UploadSheet
from tests.properties.acts_joining import Leave
from tests.properties.acts_night import Night
from tests.properties.acts_relieving import (
    CompleteRelieving,
    CorrectRelieving,
    DrawList,
    NameSuccessor,
    PrepareRelieving,
)
from tests.properties.acts_reorganising import ApplyOrder, PrepareOrder, Reorganise
from tests.properties.acts_things import Forward, PullBack
from tests.properties.machine import checked, compare, tried
from tests.properties.model import Reorganisation, Row, Seat
from tests.properties.schedule import Switch
from tests.properties.together import meeting
from tests.properties.world import build

pytestmark = pytest.mark.django_db(transaction=True)

SOM, USHA = Seat("som", "SO1"), Seat("usha", "US")
Meet = Callable[..., None]


@pytest.fixture
def meet(transactional_db: None) -> Meet:
    """Lets the second list run when the first comes to `before`; `codes` are what PostgreSQL then answers."""
    world, model = build()

    def act(*lists: Sequence[Act], codes: list[str], after: Sequence[Act] = (), before: str = "COMMIT") -> None:
        assert [tried(one, world, model) for one in after] == [""] * len(after)
        results = meeting(lists, [Switch(before=before)], world, model)
        if connection.vendor == "postgresql":
            assert [code for done in results for code in done.codes] == codes

    return act


# The charge of whoever sits on US from the beginning.
USHA_ENDS = EndCharge(charge="c2", on=0)


def test_a_file_is_forwarded_while_the_receiver_is_relieved(meet: Meet) -> None:
    """It came to rest on a desk that nobody held: the sender looked at the post before, and under no lock."""
    meet([Forward(seat=SOM, thing="f3", to="US")], [USHA_ENDS], codes=["", "desk_not_empty"])


def test_the_receiver_is_relieved_while_a_file_is_forwarded(meet: Meet) -> None:
    """Whoever lays things down does not wait for whoever hands over, or both would wait for ever."""
    meet([USHA_ENDS], [Forward(seat=SOM, thing="f3", to="US")], codes=["", "desk_changing"])


def test_an_officer_pulls_a_file_back_while_being_relieved(meet: Meet) -> None:
    sent = [Forward(seat=SOM, thing="f3", to="US"), Forward(seat=USHA, thing="f3", to="SO2")]
    meet([PullBack(seat=USHA, thing="f3")], [USHA_ENDS], codes=["", "desk_not_empty"], after=sent)


def test_an_officer_who_is_relieved_pulls_nothing_back(meet: Meet) -> None:
    sent = [Forward(seat=SOM, thing="f3", to="US"), Forward(seat=USHA, thing="f3", to="SO2")]
    meet([USHA_ENDS], [PullBack(seat=USHA, thing="f3")], codes=["", "desk_changing"], after=sent)


# One by one: the services came to something else than the model, or the database to something else than both.

Play = Callable[..., None]


@pytest.fixture
def play(transactional_db: None) -> Play:
    """Does one act after the other and compares after each; with the code to which each must come, if that is given."""
    world, model = build()

    def act(*acts: Act, codes: Sequence[str] = ()) -> None:
        came = []
        for one in acts:
            came.append(tried(one, world, model))
            compare(world, model, after=one)
        assert checked(world, model) == []
        assert came == list(codes or [""] * len(acts))

    return act


def sheet(name: str, *rows: Row) -> ImportSheet:
    """The whole way of a sheet with these rows."""
    begin = UploadSheet(batch=name, rows=rows, person=rows[0].person)
    return ImportSheet(steps=ImportSheet.steps_after(begin), person=begin.person)


def order(name: str, facts: Reorganisation) -> Reorganise:
    begin = prepared(name, facts)
    return Reorganise(name=name, steps=(begin, ApplyOrder(name=name)), section=begin.section, posts=begin.posts)


def prepared(name: str, facts: Reorganisation) -> PrepareOrder:
    return PrepareOrder(name=name, order=facts, section=facts.section or "", posts=facts.posts)


def test_a_sheet_speaks_of_a_section_that_was_closed_after_it_came(play: Play) -> None:
    """The dry run let the row pass, and applying was refused for ever."""
    upload = UploadSheet(batch="b0", rows=(Row("asha", section="S1", rank="DA"),), person="asha")
    merge = order("g0", Reorganisation("merge", "GAD", 1, "S1", "S2"))
    play(upload, Night(day=1), merge, SendSheet(batch="b0"), codes=["", "", "", "rows_refused"])


def test_a_sheet_seats_the_link_officer_of_the_post(play: Play) -> None:
    """Two charges of one post for one person: now the next seat is taken, and a named one is refused."""
    link = StartCharge(charge="c90", person="neha", post="DA3", kind="link", first=0, last=2)
    named = sheet("b1", Row("neha", "additional", post="DA2-S2"))
    play(link, sheet("b0", Row("neha", section="S2", rank="DA")), named, codes=["", "", "rows_refused"])


def test_a_section_that_moved_meanwhile_is_not_reorganised_as_if_it_had_not(play: Play) -> None:
    """The head of the office that it left could agree to a change of another office."""
    rename = Reorganisation("rename", "GAD", 0, "S1", code="T9")
    move = Reorganisation("move", "GAD", 0, "S1", to_office="FIN")
    play(prepared("g0", rename), order("g1", move), ApplyOrder(name="g0"), codes=["", "", "section_elsewhere"])


def test_a_section_to_be_taken_in_by_one_that_moved_meanwhile(play: Play) -> None:
    merge = Reorganisation("merge", "GAD", 0, "S1", "S2")
    move = Reorganisation("move", "GAD", 0, "S2", to_office="FIN")
    play(prepared("g0", merge), order("g1", move), ApplyOrder(name="g0"), codes=["", "", "section_elsewhere"])


def test_units_that_go_along_to_another_office_stand_under_its_head(play: Play) -> None:
    """They came under the head of the office that they left."""
    inner = Reorganisation("move", "GAD", 0, "S2", parent="S1")
    outer = Reorganisation("move", "GAD", 0, "S1", to_office="FIN")
    play(order("g0", inner), order("g1", outer))


def test_a_section_with_units_is_merged_into_another_office(play: Play) -> None:
    inner = Reorganisation("move", "GAD", 0, "S2", parent="S1")
    outer = Reorganisation("merge", "GAD", 0, "S1", "S3", "FIN")
    play(order("g0", inner), order("g1", outer))


def test_a_post_that_an_undone_sheet_took_away_is_missed(play: Play) -> None:
    """A re-organisation went on without the post that it was to move."""
    made = sheet("b0", Row("asha", section="S1", rank="DA"))
    move = Reorganisation("posts", "GAD", 0, into="S2", posts=("b0.0-post",))
    play(made, prepared("g0", move), UndoSheet(batch="b0"), ApplyOrder(name="g0"), codes=["", "", "", "post_elsewhere"])


def test_a_successor_that_an_undone_sheet_took_away_is_missed(play: Play) -> None:
    made = sheet("b0", Row("asha", section="S2", rank="SO"))
    ends = Reorganisation("posts", "GAD", 0, into="S2", posts=("DA1",), abolish=(("DA3", "b0.0-post"),))
    play(made, prepared("g0", ends), UndoSheet(batch="b0"), ApplyOrder(name="g0"), codes=["", "", "", "successor_gone"])


def test_a_charge_that_never_began_hinders_no_sheet(play: Play) -> None:
    """The post was abolished before the first day of the charge, which then had no day at all."""
    to_come = StartCharge(charge="c90", person="neha", post="DA3", kind="substantive", first=1, last=None)
    ends = Reorganisation("posts", "GAD", 0, posts=("DA1",), into="S2", abolish=(("DA3", None),))
    play(to_come, order("g0", ends), sheet("b0", Row("neha", section="S1", rank="SO")))


def test_nobody_who_left_is_given_a_charge(play: Play) -> None:
    begins = StartCharge(charge="c90", person="neha", post="DA3", kind="additional", first=0, last=None)
    play(Leave(person="neha"), begins, codes=["", "has_left"])


def test_a_relieving_is_corrected_of_somebody_who_left_since(play: Play) -> None:
    """The charge ran on, of a person who had none any more."""
    play(
        PrepareRelieving(relieving="v0", charge="c4", on=0, leaves=False),
        NameSuccessor(relieving="v0", person="ravi", kind="additional"),
        DrawList(relieving="v0"),
        CompleteRelieving(relieving="v0"),
        Leave(person="dina"),
        CorrectRelieving(relieving="v0"),
        codes=["", "", "", "", "", "has_left"],
    )
