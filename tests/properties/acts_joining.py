"""Joining by order, link officers, leaving, desks handed over by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from employee_master.models import ChargeKind, LeavingReason
from employee_master.models import Joining as JoiningRow
from employee_master.services import employee_leave
from employee_master.services.guard import desk_guard
from employee_master.services.hand_over import desk_hand_over
from employee_master.services.joining import (
    JoiningFacts,
    joining_enter,
    joining_try,
    joining_withdraw,
)
from employee_master.services.link import link_end, link_name
from eoffice.core import clock
from eoffice.core.actor import Actor
from tests.properties.acts import Act, first_refusal
from tests.properties.acts_relieving import ORDER, key
from tests.properties.model import Charge, Joining, Model, pairs
from tests.properties.world import STAYING, World


@dataclass(frozen=True, kw_only=True)
class Join(Act):
    """An order to join: at once, or on a day to come."""

    joining: str
    person: str
    post: str
    kind: str
    first: int
    last: int | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        name = model.new("j", model.joinings)
        return [
            cls(joining=name, person=person, post=post, kind=kind, first=model.day + first, last=last)
            for person in model.people
            if person not in STAYING
            for post in model.posts
            for kind, first, length in (
                ("substantive", 0, None),
                ("substantive", 1, None),
                ("additional", 1, 2),
                ("officiating", -1, None),
            )
            for last in [None if length is None else model.day + length]
        ]

    def made(self) -> Charge:
        return Charge(self.person, self.post, self.kind, self.first, self.last)

    def refusals(self, model: Model) -> set[str]:
        waiting = [one for one in model.joinings.values() if one.state == "waiting"]
        promised = [one.first for one in waiting if one.post == self.post and one.person != self.person]
        twice = any(
            one.person == self.person and (one.post == self.post or one.kind == self.kind == "substantive")
            for one in waiting
        )
        return first_refusal(
            "has_left" if model.people[self.person].left else "",
            "" if model.posts[self.post].active else "post_abolished",
            "post_promised" if promised and (self.last is None or self.last >= min(promised)) else "",
            "order_waits" if twice else "",
        ) or (set() if self.first > model.day else model.hinders(self.made()))

    def change(self, model: Model) -> None:
        joining = Joining(self.person, self.post, self.kind, self.first, self.last)
        model.joinings[self.joining] = joining
        if self.first <= model.day:
            take_effect(model, self.joining)

    def do(self, world: World, actor: Actor) -> None:
        facts = JoiningFacts(
            kind=ChargeKind(self.kind),
            from_on=world.date(self.first),
            order_number=ORDER,
            order_on=world.date(-1),
            to_on=world.date_or_none(self.last),
        )
        row = joining_enter(
            employee_id=world.id("employee", self.person), post_id=world.id("post", self.post), facts=facts, actor=actor
        )
        world.bind("joining", self.joining, row)
        bind_charge(world, self.joining)


def take_effect(model: Model, name: str) -> None:
    joining = model.joinings[name]
    joining.state = "joined"
    model.charges[f"{name}-charge"] = charge_of(joining)


def charge_of(joining: Joining) -> Charge:
    return Charge(joining.person, joining.post, joining.kind, joining.first, joining.last)


def bind_charge(world: World, name: str) -> None:
    charge_id = JoiningRow.objects.values_list("charge_id", flat=True).get(pk=world.id("joining", name))
    if charge_id is not None:
        world.ids["charge", f"{name}-charge"] = charge_id


@dataclass(frozen=True, kw_only=True)
class TryJoining(Act):
    """By hand, where the night found something in the way."""

    weight: ClassVar[int] = 2
    theme: ClassVar[str] = "night"

    joining: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(joining=name) for name in model.joinings]

    def refusals(self, model: Model) -> set[str]:
        joining = model.joinings[self.joining]
        if joining.state != "waiting":
            return {"joining_closed"}
        return {"not_its_day"} if joining.first > model.day else model.hinders(charge_of(joining))

    def change(self, model: Model) -> None:
        take_effect(model, self.joining)

    def do(self, world: World, actor: Actor) -> None:
        joining_try(joining_id=world.id("joining", self.joining), actor=actor)
        bind_charge(world, self.joining)


@dataclass(frozen=True, kw_only=True)
class WithdrawJoining(Act):
    joining: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(joining=name) for name in model.joinings]

    def refusals(self, model: Model) -> set[str]:
        return first_refusal("" if model.joinings[self.joining].state == "waiting" else "joining_closed")

    def change(self, model: Model) -> None:
        model.joinings[self.joining].state = "withdrawn"

    def do(self, world: World, actor: Actor) -> None:
        joining_withdraw(joining_id=world.id("joining", self.joining), actor=actor)


@dataclass(frozen=True, kw_only=True)
class NameLink(Act):
    charge: str
    person: str
    post: str
    first: int
    last: int

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        name = model.new("c", model.charges)
        return [
            cls(charge=name, person=person, post=post, first=model.day + first, last=model.day + last)
            for person in model.people
            if person not in STAYING
            for post in model.posts
            for first, last in ((0, 1), (1, 2), (-2, -1))
        ]

    def made(self) -> Charge:
        return Charge(self.person, self.post, "link", self.first, self.last)

    def refusals(self, model: Model) -> set[str]:
        if model.people[self.person].left:
            return {"has_left"}
        if self.last < model.day:
            return {"days_gone_by"}
        begins = max(self.first, model.day)
        own = {
            one.post for one in model.charges.values() if one.person == self.person and one.full and one.runs(begins)
        }
        links = [
            one
            for one in model.charges.values()
            if one.kind == "link" and not one.ended and one.first <= self.last and (one.last or 0) >= self.first
        ]
        return first_refusal(
            "holds_post" if self.post in own else "",
            "" if own else "link_needs_post",
            "link_named" if any(one.post == self.post for one in links) else "",
            "link_is_away" if any(one.post in own for one in links) else "",
        ) or model.hinders(self.made())

    def change(self, model: Model) -> None:
        model.charges[self.charge] = self.made()

    def do(self, world: World, actor: Actor) -> None:
        row = link_name(
            post_id=world.id("post", self.post),
            employee_id=world.id("employee", self.person),
            from_on=world.date(self.first),
            to_on=world.date(self.last),
            actor=actor,
        )
        world.bind("charge", self.charge, row)


@dataclass(frozen=True, kw_only=True)
class EndLink(Act):
    charge: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(charge=name) for name, one in model.charges.items() if one.person not in STAYING]

    def refusals(self, model: Model) -> set[str]:
        charge = model.charges[self.charge]
        if charge.kind != "link":
            return {"not_a_link"}
        over = charge.ended or (charge.last is not None and charge.last < model.day)
        return first_refusal("charge_ended" if over else "")

    def change(self, model: Model) -> None:
        model.end(self.charge, max(model.day, model.charges[self.charge].first))

    def do(self, world: World, actor: Actor) -> None:
        link_end(charge_id=world.id("charge", self.charge), actor=actor)


@dataclass(frozen=True, kw_only=True)
class Leave(Act):
    person: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(person=person) for person in model.people if person not in STAYING]

    def refusals(self, model: Model) -> set[str]:
        return first_refusal(
            "has_left" if model.people[self.person].left else "", "has_charges" if model.standing(self.person) else ""
        )

    def traces(self, model: Model) -> set[str]:
        return {*super().traces(model), f"employee:{self.person}"}

    def change(self, model: Model) -> None:
        model.people[self.person].left = True

    def do(self, world: World, actor: Actor) -> None:
        employee_leave(
            employee_id=world.id("employee", self.person),
            on=clock.today(),
            reason=LeavingReason.RESIGNATION,
            actor=actor,
        )


@dataclass(frozen=True, kw_only=True)
class HandOver(Act):
    """The whole desk, or one thing on it, though nobody is relieved."""

    post: str
    to: str
    thing: str | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(post=post, to=to, thing=thing)
            for post, to in pairs(model.posts, model.posts)
            for thing in (None, *model.desk(post)[:2])
        ] + [cls(post=post, to=post, thing=None) for post in model.posts]

    def things(self, model: Model) -> list[str]:
        return [name for name in model.desk(self.post) if self.thing in {None, name}]

    def refusals(self, model: Model) -> set[str]:
        return first_refusal(
            "same_desk" if self.to == self.post else "",
            model.receive(self.to),
            "" if self.things(model) else "nothing_chosen",
        )

    def traces(self, model: Model) -> set[str]:
        return {*super().traces(model), f"post:{self.post}"}

    def change(self, model: Model) -> None:
        for name in self.things(model):
            model.things[name].hand_over(self.to)

    def do(self, world: World, actor: Actor) -> None:
        keys = None if self.thing is None else {key(world, self.thing)}
        desk_hand_over(
            post_id=world.id("post", self.post),
            to_post_id=world.id("post", self.to),
            keys=keys,
            why="On leave",
            actor=actor,
        )


@dataclass(frozen=True, kw_only=True)
class Guard(HandOver):
    """The desk of a vacant post goes to one that is held."""

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(post=post, to=to, thing=None) for post, to in pairs(model.posts, model.posts)]

    def refusals(self, model: Model) -> set[str]:
        held = model.posts[self.post].active and model.held(self.post)
        return {"post_held"} if held else super().refusals(model)

    def do(self, world: World, actor: Actor) -> None:
        desk_guard(post_id=world.id("post", self.post), to_post_id=world.id("post", self.to), actor=actor)
