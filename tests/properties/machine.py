"""Acts one by one: the model says beforehand what will come of each, and the database is compared after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from eoffice.core.errors import DomainError
from tests.properties.acts import Act
from tests.properties.catalogue import ACTS
from tests.properties.invariants import breaches
from tests.properties.model import Model
from tests.properties.world import World

MOST_DAYS = 3


class Surprise(AssertionError):
    """The service did something else than the model says."""


def chosen(
    kind: type[Act], model: Model, data: st.DataObject, *, wanted: Callable[[Act], bool] | None = None
) -> Act | None:
    """One of the calls on offer: the wanted ones where there are any, and more often those that will be accepted."""
    offers: list[Act] = list(kind.offers(model))
    if wanted is not None:
        offers = [act for act in offers if wanted(act)] or offers
    if data.draw(st.integers(0, 3), label="refused if 0"):
        offers = [act for act in offers if not act.refusals(model)] or offers
    return data.draw(st.sampled_from(offers), label="act") if offers else None


def outcome(act: Act, world: World, actor: Any) -> str:
    """Empty when the act was accepted, else the code of the refusal. Anything else that is raised is a bug."""
    try:
        act.do(world, actor)
    except DomainError as error:
        return error.code
    return ""


def tried(act: Act, world: World, model: Model) -> str:
    """The act by itself, which must come to what the model says; the model is changed when it is accepted."""
    expected = act.refusals(model) or {""}
    with world.time(model.day):
        code = outcome(act, world, world.actor(act.seat))
    if code not in expected:
        raise Surprise(f"{act}: the model says {sorted(expected)}, the service {code!r}")
    if not code:
        act.change(model)
    return code


class OneByOne(RuleBasedStateMachine):
    """Has a rule for each kind of act, put in below. The test sets `first_world`, `first_model` and `tally`."""

    first_world: World
    first_model: Model
    tally: Counter[tuple[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world, self.model = self.first_world.copy(), self.first_model.copy()

    def step(self, kind: type[Act], data: st.DataObject) -> None:
        act = chosen(kind, self.model, data)
        if act is not None:
            code = tried(act, self.world, self.model)
            self.tally[kind.__name__, "refused" if code else "accepted"] += 1
            self.compare(act)

    def compare(self, after: object) -> None:
        with self.world.time(self.model.day):
            apart = self.model.picture().differences(self.world.picture())
        if apart:
            raise Surprise(f"{after}: {apart}")
        assert self.model.stranded() == set()

    @precondition(lambda self: self.model.day < MOST_DAYS)
    @rule()
    def tomorrow(self) -> None:
        self.model.tomorrow()
        self.compare("tomorrow")

    def teardown(self) -> None:
        with self.world.time(self.model.day):
            found = breaches(excused={self.world.id("post", post) for post in self.model.excused})
        transaction.savepoint_rollback(self.savepoint)
        assert found == []


def _rule(kind: type[Act]) -> Callable[..., None]:
    def step(self: OneByOne, data: st.DataObject) -> None:
        self.step(kind, data)

    step.__name__ = kind.__name__
    return rule(data=st.data())(step)


for _kind in ACTS:
    setattr(OneByOne, _kind.__name__, _rule(_kind))
