"""Charges begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from employee_master.models import ChargeKind
from employee_master.services import charge_end, charge_start
from eoffice.core.actor import Actor
from tests.properties.acts import Act, first_refusal
from tests.properties.model import Charge, Model
from tests.properties.world import STAYING, World


@dataclass(frozen=True, kw_only=True)
class StartCharge(Act):
    charge: str
    person: str
    post: str
    kind: str
    first: int
    last: int | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        name = model.new("c", model.charges)
        return [
            cls(charge=name, person=person, post=post, kind=kind, first=model.day + first, last=last)
            for person in model.people
            if person not in STAYING
            for post in model.posts
            for kind, first, length in (
                ("substantive", 0, None),
                ("additional", 0, None),
                ("additional", -1, 1),
                ("look_after", 0, 2),
                ("officiating", 1, None),
                ("link", 0, 2),
                ("link", 0, None),
                ("substantive", 0, -1),
            )
            for last in [None if length is None else model.day + length]
        ]

    def made(self) -> Charge:
        return Charge(self.person, self.post, self.kind, self.first, self.last)

    def refusals(self, model: Model) -> set[str]:
        if model.posts[self.post].active and self.kind == "link" and self.last is None:
            return {"link_not_dated"}
        return model.hinders(self.made())

    def change(self, model: Model) -> None:
        model.charges[self.charge] = self.made()

    def do(self, world: World, actor: Actor) -> None:
        row = charge_start(
            employee_id=world.id("employee", self.person),
            post_id=world.id("post", self.post),
            kind=ChargeKind(self.kind),
            from_on=world.date(self.first),
            to_on=world.date_or_none(self.last),
            order_number="12/2026",
            actor=actor,
        )
        world.bind("charge", self.charge, row)


@dataclass(frozen=True, kw_only=True)
class EndCharge(Act):
    charge: str
    on: int

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(charge=name, on=model.day + back)
            for name, charge in model.charges.items()
            if charge.person not in STAYING
            for back in (0, -1, 1)
        ]

    def refusals(self, model: Model) -> set[str]:
        charge = model.charges[self.charge]
        if charge.ended or (charge.last is not None and charge.last < model.day):
            return {"charge_ended"}
        if not charge.first <= self.on <= model.day:
            return {"day_out_of_charge"}
        return first_refusal("desk_not_empty" if charge.full and model.desk(charge.post) else "")

    def change(self, model: Model) -> None:
        model.end(self.charge, self.on)

    def do(self, world: World, actor: Actor) -> None:
        charge_end(charge_id=world.id("charge", self.charge), on=world.date(self.on), actor=actor)
