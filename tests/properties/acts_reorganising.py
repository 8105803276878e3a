"""Re-organisations: prepared by the EMD manager, agreed to by another, carried out at once or by the night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import transaction

from employee_master.models import ReorganisationKind
from employee_master.models import Section as SectionRow
from employee_master.services.reorganisation import (
    reorganisation_apply,
    reorganisation_prepare,
    reorganisation_withdraw,
)
from eoffice.core.actor import Actor
from tests.properties.acts import Act, first_refusal
from tests.properties.acts_imports import HEAD, MAKER
from tests.properties.model import Model, Reorganisation, Seat, pairs
from tests.properties.redrawn import Refused, carried_out, refusal
from tests.properties.world import World, section_names

OFFICE, OTHER = "GAD", "FIN"
# Where those sit who must always be there to ask.
FIXED = {"SEC", "EMD", "ADM", "SEF"}
MOST_ORDERS = 8
# Each post with its successor.
Abolish = tuple[tuple[str, str | None], ...]


def orders_on_offer(model: Model) -> list[Reorganisation]:
    """All kinds, from today or from tomorrow."""
    sections = [name for name, one in model.sections.items() if one.office == OFFICE]
    new = model.new("T", {*model.sections, *(one.name for one in model.reorganisations.values())})
    found = []
    for section in sections:
        found += [Reorganisation("rename", OFFICE, 0, section, code=code) for code in (new.upper(), "S2", "S3")]
        for into in model.sections:
            found += [
                Reorganisation("merge", OFFICE, 0, section, into, to_office(model, into), abolish=abolish)
                for abolish in (*abolitions(model, section), ())
            ]
        found += splits(model, section, new)
        found += [
            Reorganisation("move", OFFICE, 0, section, to_office=OTHER, parent=parent) for parent in (None, "S3", "S1")
        ]
        found += [Reorganisation("move", OFFICE, 0, section, parent=parent) for parent in (None, *sections)]
    found += moved_posts(model)
    dated = [one for number, one in enumerate(found) if number % 3 == 0]
    today, tomorrow = model.day, model.day + 1
    return [_on(one, today) for one in found] + [_on(one, tomorrow) for one in dated]


def _on(order: Reorganisation, day: int) -> Reorganisation:
    facts: dict[str, Any] = {**vars(order), "on": day}
    return Reorganisation(**facts)


def to_office(model: Model, section: str) -> str | None:
    office = model.sections[section].office
    return office if office != OFFICE else None


def posts_of(model: Model, section: str | None) -> list[str]:
    return [name for name in model.in_unit(OFFICE, section) if name not in FIXED]


def abolitions(model: Model, section: str) -> list[Abolish]:
    """One post of the section, with and without a successor; and two, one after the other."""
    posts = posts_of(model, section)
    one = [((post, successor),) for post in posts[:3] for successor in ("US", "SO1", "SO2", "SEF", None)]
    two = [((posts[0], posts[-1]), (posts[-1], "US"))] if len(posts) > 1 else []
    both = [((posts[0], "US"), (posts[1], "US"))] if len(posts) > 1 else []
    return [*one, *two, *both]


def splits(model: Model, section: str, new: str) -> list[Reorganisation]:
    posts = posts_of(model, section)
    chosen: list[tuple[str, ...]] = [(post,) for post in posts[:4]] + [tuple(posts[1:3]), tuple(posts), ()]
    abolish = abolitions(model, section)[:4]
    facts: list[tuple[tuple[str, ...], str | None, Abolish]] = [
        (posts, parent, ()) for posts in chosen for parent in (None, section)
    ]
    facts += [(posts, None, ends) for posts in chosen[:1] for ends in abolish]
    return [
        Reorganisation(
            "split", OFFICE, 0, section, posts=posts, abolish=ends, code=new.upper(), name=new, parent=parent
        )
        for posts, parent, ends in facts
    ]


def moved_posts(model: Model) -> list[Reorganisation]:
    """One post or two, into a section or to the officers of an office."""
    posts = [name for name, one in model.posts.items() if one.office == OFFICE and name not in FIXED]
    chosen = [(post,) for post in posts] + list(pairs(posts[:3], posts[2:5]))
    found = [
        Reorganisation("posts", OFFICE, 0, into=into, to_office=to_office(model, into), posts=some)
        for some in chosen
        for into in model.sections
    ]
    found += [Reorganisation("posts", OFFICE, 0, to_office=to, posts=some) for some in chosen for to in (None, OTHER)]
    found += [
        Reorganisation("posts", OFFICE, 0, posts=chosen[0], abolish=((post, successor),))
        for post, successor in pairs(posts[1:], posts)
    ]
    return found


@dataclass(frozen=True, kw_only=True)
class PrepareOrder(Act):
    seat: Seat = MAKER
    name: str
    order: Reorganisation
    section: str
    posts: tuple[str, ...]

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        if len(model.reorganisations) >= MOST_ORDERS:
            return []
        name = model.new("g", model.reorganisations)
        return [
            cls(name=name, order=order, section=order.section or order.into or "", posts=order.posts)
            for order in orders_on_offer(model)
        ]

    def refusals(self, model: Model) -> set[str]:
        order = self.order
        if order.section is not None and model.sections[order.section].office != order.office:
            return {"not_found"}
        return first_refusal(refusal(model, self.made(model), look_only=True))

    def made(self, model: Model) -> Reorganisation:
        """Which office takes in is what it is when it is prepared."""
        order = _on(self.order, self.order.on)
        if order.into is not None:
            order.to_office = to_office(model, order.into)
        return order

    def change(self, model: Model) -> None:
        model.reorganisations[self.name] = self.made(model)

    def do(self, world: World, actor: Actor) -> None:
        order = self.order
        en, hi = section_names(order.code) if order.code else ("", "")
        row = reorganisation_prepare(
            kind=ReorganisationKind(order.kind),
            office_id=world.id("office", order.office),
            section_id=world.id_or_none("section", order.section),
            order_number="3/2026",
            order_on=world.date(-1),
            on=world.date(order.on),
            into_id=world.id_or_none("section", order.into),
            to_office_id=world.id_or_none("office", order.to_office) if order.into is None else None,
            post_ids=[world.id("post", post) for post in order.posts],
            abolish={world.id("post", post): world.id_or_none("post", to) for post, to in order.abolish},
            code=order.code,
            name_en=en,
            name_hi=hi,
            parent_id=world.id_or_none("section", order.parent),
            actor=actor,
        )
        world.bind("reorganisation", self.name, row)


@dataclass(frozen=True, kw_only=True)
class OnOrder(Act):
    name: str

    def of(self, model: Model) -> Reorganisation:
        return model.reorganisations[self.name]

    def row(self, world: World) -> int:
        return world.id("reorganisation", self.name)


@dataclass(frozen=True, kw_only=True)
class ApplyOrder(OnOrder):
    """By the head of the office or the super admin: agreed to, and carried out if its day has come."""

    weight: ClassVar[int] = 2
    theme: ClassVar[str] = "reorganising"

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(seat=seat, name=name) for name in model.reorganisations for seat in (None, HEAD)]

    def refusals(self, model: Model) -> set[str]:
        order = self.of(model)
        if self.seat is not None and order.to_office is not None and order.to_office != order.office:
            return {"two_offices"}
        if order.state != "prepared":
            return {"wrong_state"}
        return first_refusal("" if order.on > model.day else refusal(model, order))

    def traces(self, model: Model) -> set[str]:
        order, found = self.of(model), super().traces(model)
        if order.on <= model.day:
            found |= {f"post:{post}" for post in carried_out(model, order)[1]}
        return found

    def change(self, model: Model) -> None:
        order = self.of(model)
        if order.on > model.day:
            order.state = "agreed"
        else:
            become(model, carried_out(model, order)[0])
            self.of(model).state = "applied"

    def do(self, world: World, actor: Actor) -> None:
        reorganisation_apply(reorganisation_id=self.row(world), actor=actor)
        bind_sections(world)


def become(model: Model, after: Model) -> None:
    model.__dict__.update(after.__dict__)


def bind_sections(world: World) -> None:
    """New sections are known by their codes: the name of one in the model is its first code."""
    known = {pk for (kind, _name), pk in world.ids.items() if kind == "section"}
    for pk, code in SectionRow.objects.exclude(pk__in=known).values_list("pk", "code"):
        world.ids["section", code[:1] + code[1:].lower()] = pk


@dataclass(frozen=True, kw_only=True)
class WithdrawOrder(OnOrder):
    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(seat=seat, name=name) for name in model.reorganisations for seat in (MAKER, HEAD)]

    def refusals(self, model: Model) -> set[str]:
        return first_refusal("" if self.of(model).state in {"prepared", "agreed"} else "wrong_state")

    def change(self, model: Model) -> None:
        self.of(model).state = "withdrawn"

    def do(self, world: World, actor: Actor) -> None:
        reorganisation_withdraw(reorganisation_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class Reorganise(Act):
    """Prepared and agreed to in one go: most are carried out today, some wait for tomorrow's night."""

    compound: ClassVar[bool] = True
    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "reorganising"
    name: str
    steps: tuple[Act, ...]
    section: str
    posts: tuple[str, ...]

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(name=begin.name, steps=(begin, ApplyOrder(name=begin.name)), section=begin.section, posts=begin.posts)
            for begin in PrepareOrder.offers(model)
        ]

    def refusals(self, model: Model) -> set[str]:
        after = model.copy()
        for step in self.steps:
            if codes := step.refusals(after):
                return codes
            step.change(after)
        return set()

    def change(self, model: Model) -> None:
        for step in self.steps:
            step.happen(model)

    def do(self, world: World, actor: Actor) -> None:
        """What was begun and can't be gone on with does not stay behind."""
        del actor
        with transaction.atomic():
            for step in self.steps:
                step.do(world, world.actor(step.seat))


def carry_out_due(model: Model) -> None:
    """What the night does: each by itself; what can't be carried out any more is marked so."""
    due = [name for name, one in model.reorganisations.items() if one.state == "agreed" and one.on <= model.day]
    for name in sorted(due, key=lambda name: model.reorganisations[name].on):
        order = model.reorganisations[name]
        try:
            after, told = carried_out(model, order)
        except Refused:
            order.state = "failed"
            continue
        become(model, after)
        model.reorganisations[name].state = "applied"
        model.acts.update(f"post:{post}" for post in told)
