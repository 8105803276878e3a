"""Random acts against the model, one by one and several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.catalogue import ACTS
from tests.properties.directed import through_all_kinds
from tests.properties.machine import OneByOne
from tests.properties.store import Store
from tests.properties.together import drawn_meeting
from tests.properties.world import build

ENOUGH_AT_ONCE = 2000
Tally = Counter[tuple[str, str]]


def one_by_one(how: settings) -> Tally:
    """First all kinds once, so that none is left out, then as it comes."""
    world, model = build()
    counted = through_all_kinds(world, model)

    class Driven(OneByOne):
        first_world, first_model, tally = world, model, counted

    run_state_machine_as_test(Driven, settings=how)
    return counted


@pytest.fixture
def store(transactional_db: None) -> Iterator[Store]:
    """Empty until the test has built its world."""
    kept = Store()
    yield kept
    kept.forget()


def at_once(how: settings, store: Store) -> Tally:
    first_world, first_model = build()
    store.keep()
    tally: Tally = Counter()

    @settings(how)
    @given(data=st.data())
    def example(data: st.DataObject) -> None:
        store.restore()
        tally.update(drawn_meeting(first_world.copy(), first_model.copy(), data))

    example()
    return tally


@pytest.mark.django_db
def test_acts_one_by_one_do_what_the_model_says(few: settings) -> None:
    tally = one_by_one(few)
    assert [kind.__name__ for kind in ACTS if not tally[kind.__name__, "accepted"]] == []


def test_acts_at_once_come_to_what_some_order_of_them_explains(few: settings, store: Store) -> None:
    assert at_once(few, store)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.django_db
def test_thousands_one_by_one(many: settings) -> None:
    tally = one_by_one(many)
    came = [(kind.__name__, what) for kind in ACTS for what in ("accepted", "refused")]
    assert [one for one in came if not tally[one]] == []


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_thousands_at_once(many: settings, store: Store) -> None:
    tally = at_once(many, store)
    single = {kind.__name__ for kind in ACTS if not kind.compound}
    never = single - {name for name, _what in tally}
    # What needs others before it comes seldom: all of them only in a long run.
    assert not never or many.max_examples < ENOUGH_AT_ONCE, never
