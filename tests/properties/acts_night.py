"""The night between two days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from employee_master.queries.relieving import joinings_due
from employee_master.services.joining import joining_due
from employee_master.services.reorganisation import reorganisations_carry_out_due
from eoffice.core.actor import Actor
from tests.properties.acts import Act
from tests.properties.acts_joining import bind_charge, charge_of, take_effect
from tests.properties.acts_reorganising import bind_sections, carry_out_due
from tests.properties.model import Model
from tests.properties.world import World

MOST_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Night(Act):
    """A day passes: dated charges run out, and orders to join and of re-organisation take
    effect where nothing hinders them.
    """

    compound: ClassVar[bool] = True
    weight: ClassVar[int] = 2
    theme: ClassVar[str] = "night"
    day: int

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(day=model.day + 1)] if model.day < MOST_DAYS else []

    def refusals(self, model: Model) -> set[str]:
        return set()

    def change(self, model: Model) -> None:
        model.tomorrow()
        due = [name for name, one in model.joinings.items() if one.state == "waiting" and one.first <= model.day]
        for name in sorted(due, key=lambda name: model.joinings[name].first):
            if not model.hinders(charge_of(model.joinings[name])):
                take_effect(model, name)
        carry_out_due(model)

    def do(self, world: World, actor: Actor) -> None:
        names = {pk: name for (kind, name), pk in world.ids.items() if kind == "joining"}
        with world.time(self.day):
            for pk in joinings_due():
                joining_due(joining_id=pk)
                bind_charge(world, names[pk])
            reorganisations_carry_out_due()
            bind_sections(world)
