"""Acts one by one: the model says beforehand what will come of each, and the database is compared after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from eoffice.core.errors import DomainError
from tests.properties.acts import Act
from tests.properties.catalogue import ACTS
from tests.properties.invariants import breaches
from tests.properties.model import Model
from tests.properties.world import Unbound, World

GONE = "gone"
THEMES = sorted({kind.theme for kind in ACTS} - {""})


class Surprise(AssertionError):
    """The service did something else than the model says."""


def chosen(
    kind: type[Act], model: Model, data: st.DataObject, *, wanted: Callable[[Act], bool] | None = None
) -> Act | None:
    """One of the calls on offer: the wanted ones where there are any, and more often one that will be accepted."""
    offers: list[Act] = list(kind.offers(model))
    if wanted is not None:
        offers = [act for act in offers if wanted(act)] or offers
    if not offers:
        return None
    place = data.draw(st.integers(0, len(offers) - 1), label=f"{kind.__name__} no.")
    if data.draw(st.integers(0, 3), label="refused if 0"):
        # The first from there on, so that not all of them are asked.
        from_there = [*offers[place:], *offers[:place]]
        return next((act for act in from_there if not act.refusals(model)), offers[place])
    return offers[place]


def kinds_of(data: st.DataObject) -> list[type[Act]]:
    """Not every example tries everything, so that some go deep; those that need others before come often."""
    some = data.draw(st.sets(st.sampled_from(range(len(ACTS))), min_size=8), label="kinds")
    themes = data.draw(st.sets(st.sampled_from(THEMES), min_size=1), label="themes")
    return [
        kind
        for number, kind in enumerate(ACTS)
        if number in some or kind.theme in themes
        for _once in range(kind.weight)
    ]


def outcome(act: Act, world: World, actor: Any) -> str:
    """Empty when the act was accepted, else the code of the refusal. Anything else that is raised is a bug.

    What an undone sheet took away, or an act before should have made, is not found; the model says where that may be.
    """
    try:
        act.do(world, actor)
    except DomainError as error:
        return error.code
    except (ObjectDoesNotExist, IntegrityError, Unbound):
        return GONE
    return ""


def tried(act: Act, world: World, model: Model) -> str:
    """The act by itself, which must come to what the model says; the model is changed when it is accepted."""
    expected = act.refusals(model) or {""}
    with world.time(model.day):
        code = outcome(act, world, world.actor(act.seat))
    if code not in expected:
        raise Surprise(f"{act}: the model says {sorted(expected)}, the service {code!r}")
    if not code:
        act.happen(model)
    return code


def compare(world: World, model: Model, *, after: object) -> None:
    """The database is as the model says, and nothing lies where nobody sits."""
    with world.time(model.day):
        apart = model.picture().differences(world.picture())
    if apart:
        raise Surprise(f"{after}: {apart}")
    if model.stranded():
        raise Surprise(f"{after}: {model.stranded()} lie where nobody sits")


def checked(world: World, model: Model) -> list[str]:
    """Breaches of what holds whatever happens."""
    with world.time(model.day):
        return breaches(excused={world.id("post", post) for post in model.excused})


class OneByOne(RuleBasedStateMachine):
    """The test sets `first_world`, `first_model` and `tally`."""

    first_world: World
    first_model: Model
    tally: Counter[tuple[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world, self.model = self.first_world.copy(), self.first_model.copy()
        self.kinds: list[type[Act]] = []

    @initialize(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        self.kinds = kinds_of(data)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(self.kinds), label="kind")
        act = chosen(kind, self.model, data)
        if act is not None:
            note(f"{act}")
            code = tried(act, self.world, self.model)
            self.tally[kind.__name__, "refused" if code else "accepted"] += 1
            compare(self.world, self.model, after=act)

    def teardown(self) -> None:
        found = checked(self.world, self.model)
        transaction.savepoint_rollback(self.savepoint)
        if found:
            raise Surprise(found)
