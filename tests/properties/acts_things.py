"""Files and copies of receipts go from desk to desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from dak.services import receipt_forward, receipt_note, receipt_pull_back, receipt_return, receipt_see
from employee_master.models import Post
from eoffice.core import clock
from eoffice.core.actor import Actor
from files.services.file import (
    file_forward,
    file_open,
    file_park,
    file_pull_back,
    file_resume,
    file_return,
    file_see,
)
from files.services.paper import receipt_file
from tests.properties.acts import Act, charge_over, first_refusal
from tests.properties.model import Model, Seat, Thing
from tests.properties.world import World


@dataclass(frozen=True, kw_only=True)
class OpenFile(Act):
    seat: Seat
    file: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        seats = [seat for seat in model.seats() if model.posts[seat.post].section is not None]
        if sum(thing.kind == "file" for thing in model.things.values()) > 5:
            return []
        return [cls(seat=seat, file=model.new("f", model.things)) for seat in seats]

    def refusals(self, model: Model) -> set[str]:
        return first_refusal("number_taken" if self.file in model.things else "", charge_over(model, self.seat))

    def change(self, model: Model) -> None:
        post = self.seat.post
        model.things[self.file] = Thing("file", post, trail=[(None, post)])
        excuse(model, post)

    def do(self, world: World, actor: Actor) -> None:
        world.bind("file", self.file, file_open(subject=self.file, free_number=self.file, actor=actor))


def excuse(model: Model, post: str) -> None:
    """A link officer may lay things on the desk of the vacant post where they sit."""
    if not model.held(post):
        model.excused.add(post)


def not_held(model: Model, name: str, seat: Seat, *states: str) -> str:
    """Why whoever sits there may not act on the thing, as `access.custody` has it; empty when they may."""
    thing = model.things[name]
    if thing.at is None:
        return "not_on_a_desk"
    if thing.at != seat.post:
        return "not_holder"
    return "" if not states or model.life(name) in states else "wrong_state"


@dataclass(frozen=True, kw_only=True)
class OnThing(Act):
    """An act on one thing by somebody who sits somewhere."""

    seat: Seat
    thing: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(seat=seat, thing=name) for name, thing in model.things.items() for seat in cls.who(model, name, thing)
        ]

    @classmethod
    def who(cls, model: Model, name: str, thing: Thing) -> list[Seat]:
        """Those who sit where it lies, and one who doesn't."""
        del name
        seats = model.seats()
        return [seat for seat in seats if seat.post == thing.at] + [seat for seat in seats if seat.post != thing.at][:1]

    def not_held(self, model: Model, *states: str) -> str:
        return not_held(model, self.thing, self.seat, *states)

    def is_file(self, model: Model) -> bool:
        return model.things[self.thing].kind == "file"

    def row(self, world: World) -> int:
        kind = "file" if self.thing.startswith("f") else "copy"
        return world.id(kind, self.thing)


MOVING = ("open", "diarised")


@dataclass(frozen=True, kw_only=True)
class Forward(OnThing):
    to: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(seat=seat, thing=name, to=post)
            for name, thing in model.things.items()
            for seat in cls.who(model, name, thing)
            for post in model.posts
        ]

    def refusals(self, model: Model) -> set[str]:
        file = self.is_file(model)
        own = "" if self.to != self.seat.post else "own_desk" if file else "to_own_desk"
        closed = model.receive(self.to)
        if file and closed == "post_abolished":
            closed = "not_found"
        return first_refusal(self.not_held(model, *MOVING), own, closed)

    def change(self, model: Model) -> None:
        model.things[self.thing].move(self.to)

    def do(self, world: World, actor: Actor) -> None:
        if self.thing.startswith("f"):
            file_forward(file_id=self.row(world), to_post_id=world.id("post", self.to), actor=actor)
        else:
            receipt_forward(copy_id=self.row(world), to=world.row(Post, self.to), actor=actor)


@dataclass(frozen=True, kw_only=True)
class SendBack(OnThing):
    def refusals(self, model: Model) -> set[str]:
        came_from = model.things[self.thing].came_from
        held = self.not_held(model, *MOVING)
        if held or came_from is None:
            return {held or "came_from_nobody"}
        closed = model.receive(came_from)
        return first_refusal("not_found" if self.is_file(model) and closed == "post_abolished" else closed)

    def change(self, model: Model) -> None:
        thing = model.things[self.thing]
        thing.move(thing.came_from)

    def do(self, world: World, actor: Actor) -> None:
        if self.thing.startswith("f"):
            file_return(file_id=self.row(world), actor=actor)
        else:
            receipt_return(copy_id=self.row(world), remarks="Not ours", actor=actor)


@dataclass(frozen=True, kw_only=True)
class PullBack(OnThing):
    @classmethod
    def who(cls, model: Model, name: str, thing: Thing) -> list[Seat]:
        del name
        seats = model.seats()
        return [seat for seat in seats if seat.post == thing.came_from] + seats[:1]

    def refusals(self, model: Model) -> set[str]:
        thing = model.things[self.thing]
        if thing.came_from != self.seat.post or thing.at == self.seat.post:
            return {"not_sender"}
        return first_refusal(
            "already_opened" if thing.seen else "",
            "" if model.life(self.thing) in MOVING else "wrong_state",
            charge_over(model, self.seat),
        )

    def change(self, model: Model) -> None:
        thing, post = model.things[self.thing], self.seat.post
        before = thing.arrived(post)
        thing.move(post, seen=True)
        thing.came_from = before
        excuse(model, post)

    def do(self, world: World, actor: Actor) -> None:
        if self.thing.startswith("f"):
            file_pull_back(file_id=self.row(world), actor=actor)
        else:
            receipt_pull_back(copy_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class Open(OnThing):
    """The first opening by the holder, after which nobody pulls it back."""

    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_held(model))

    def change(self, model: Model) -> None:
        model.things[self.thing].seen = True

    def do(self, world: World, actor: Actor) -> None:
        if self.thing.startswith("f"):
            file_see(file_id=self.row(world), actor=actor)
        else:
            receipt_see(copy_id=self.row(world), actor=actor)


class OnFile(OnThing):
    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [act for act in super().offers(model) if act.is_file(model)]


class OnCopy(OnThing):
    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [act for act in super().offers(model) if not act.is_file(model)]


@dataclass(frozen=True, kw_only=True)
class Park(OnFile):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_held(model, "open"))

    def change(self, model: Model) -> None:
        thing = model.things[self.thing]
        thing.state, thing.untouched = "parked", False

    def do(self, world: World, actor: Actor) -> None:
        until = clock.today() + timedelta(days=9)
        file_park(file_id=self.row(world), until=until, why="Awaited", actor=actor)


@dataclass(frozen=True, kw_only=True)
class Resume(OnFile):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_held(model, "parked"))

    def change(self, model: Model) -> None:
        thing = model.things[self.thing]
        thing.state, thing.untouched = "open", False

    def do(self, world: World, actor: Actor) -> None:
        file_resume(file_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class Note(OnCopy):
    """A copy for information is read and leaves the desk."""

    def refusals(self, model: Model) -> set[str]:
        for_action = model.things[self.thing].for_action
        return first_refusal(self.not_held(model), "copy_for_action" if for_action else "")

    def change(self, model: Model) -> None:
        model.things[self.thing].move(None)

    def do(self, world: World, actor: Actor) -> None:
        receipt_note(copy_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class PutInFile(OnCopy):
    file: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        files = [name for name, thing in model.things.items() if thing.kind == "file"]
        return [
            cls(seat=seat, thing=name, file=file)
            for name, thing in model.things.items()
            if thing.kind == "copy"
            for seat in cls.who(model, name, thing)
            for file in files
        ]

    def refusals(self, model: Model) -> set[str]:
        file = not_held(model, self.file, self.seat, "open")
        for_action = model.things[self.thing].for_action
        return first_refusal(file, self.not_held(model, "diarised"), "" if for_action else "copy_for_information")

    def change(self, model: Model) -> None:
        copy = model.things[self.thing]
        copy.move(None)
        model.things[self.file].untouched = False
        model.receipts[copy.receipt] = "in_file"

    def do(self, world: World, actor: Actor) -> None:
        receipt_file(copy_id=self.row(world), file_id=world.id("file", self.file), actor=actor)
