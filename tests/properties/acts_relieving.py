"""Relieving by order: the desk assigned, the list drawn, completed; and corrected when it was wrong (R18, R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from employee_master.models import ChargeKind, Relieving
from employee_master.services import relieved as services_relieved
from employee_master.services import relieving as services
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError
from tests.properties import model as m
from tests.properties.acts import Act, first_refusal
from tests.properties.model import Charge, Model
from tests.properties.world import STAYING, World

ORDER = "7/2026"
OPEN = ("prepared", "listed")


@dataclass(frozen=True, kw_only=True)
class PrepareRelieving(Act):
    relieving: str
    charge: str
    on: int
    leaves: bool

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        name = model.new("v", model.relievings)
        return [
            cls(relieving=name, charge=charge, on=model.day + later, leaves=leaves)
            for charge, one in model.charges.items()
            if one.person not in STAYING
            for later, leaves in ((0, False), (0, True), (-1, False), (1, False))
        ]

    def refusals(self, model: Model) -> set[str]:
        charge = model.charges[self.charge]
        ended = charge.ended or (charge.last is not None and charge.last < model.day)
        others = [one for one in model.relievings.values() if one.charge == self.charge]
        under_way = any(one.state not in {"corrected", "withdrawn"} for one in others)
        return first_refusal(
            "" if charge.full else "link_not_relieved",
            "charge_ended" if ended else "",
            "day_out_of_charge" if self.on < charge.first else "",
            "relieving_open" if under_way else "",
        )

    def change(self, model: Model) -> None:
        model.relievings[self.relieving] = m.Relieving(self.charge, self.on, self.leaves)

    def do(self, world: World, actor: Actor) -> None:
        facts = services.RelievingFacts(
            reason_id=world.id("reason", "retirement" if self.leaves else "transfer"),
            order_number=ORDER,
            order_on=world.date(-1),
            on=world.date(self.on),
        )
        row = services.relieving_prepare(charge_id=world.id("charge", self.charge), facts=facts, actor=actor)
        world.bind("relieving", self.relieving, row)


@dataclass(frozen=True, kw_only=True)
class OnRelieving(Act):
    relieving: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(relieving=name) for name in model.relievings]

    def of(self, model: Model) -> m.Relieving:
        return model.relievings[self.relieving]

    def post(self, model: Model) -> str:
        return model.charges[self.of(model).charge].post

    def row(self, world: World) -> int:
        return world.id("relieving", self.relieving)


def key(world: World, thing: str) -> str:
    """The thing as hand-overs call it."""
    kind = "file" if thing.startswith("f") else "copy"
    return f"{kind}:{world.id(kind, thing)}"


@dataclass(frozen=True, kw_only=True)
class AssignDesk(OnRelieving):
    """All that is not given elsewhere (no thing), or one thing, goes to a post."""

    to: str
    thing: str | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(relieving=name, to=to, thing=thing)
            for name, one in model.relievings.items()
            for to in model.posts
            for thing in (None, *model.desk(model.charges[one.charge].post)[:2], "r3.1")
        ]

    def refusals(self, model: Model) -> set[str]:
        post = self.post(model)
        chosen = self.thing is None or self.thing in model.desk(post)
        return first_refusal(
            "" if self.of(model).state == "prepared" else "list_drawn",
            "same_desk" if self.to == post else "",
            model.receive(self.to),
            "" if chosen else "nothing_chosen",
        )

    def change(self, model: Model) -> None:
        relieving = self.of(model)
        if self.thing is None:
            relieving.takes, relieving.successor, relieving.kind = self.to, None, ""
            relieving.parts = {thing: to for thing, to in relieving.parts.items() if to != self.to}
            return
        relieving.parts.pop(self.thing, None)
        if self.to != relieving.takes:
            relieving.parts[self.thing] = self.to

    def do(self, world: World, actor: Actor) -> None:
        keys = None if self.thing is None else {key(world, self.thing)}
        services.relieving_assign(
            relieving_id=self.row(world), to_post_id=world.id("post", self.to), keys=keys, actor=actor
        )


@dataclass(frozen=True, kw_only=True)
class NameSuccessor(OnRelieving):
    person: str
    kind: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(relieving=name, person=person, kind=kind)
            for name in model.relievings
            for person in model.people
            if person not in STAYING
            for kind in ("substantive", "additional", "link")
        ]

    def refusals(self, model: Model) -> set[str]:
        own = model.charges[self.of(model).charge].person == self.person
        return first_refusal(
            "" if self.of(model).state == "prepared" else "list_drawn",
            "nobody_chosen" if model.people[self.person].left else "",
            "own_successor" if own else "",
            "kind_fills_nothing" if self.kind == "link" else "",
        )

    def change(self, model: Model) -> None:
        relieving = self.of(model)
        relieving.takes, relieving.successor, relieving.kind = self.post(model), self.person, self.kind

    def do(self, world: World, actor: Actor) -> None:
        services.relieving_successor(
            relieving_id=self.row(world),
            employee_id=world.id("employee", self.person),
            kind=ChargeKind(self.kind),
            actor=actor,
        )


@dataclass(frozen=True, kw_only=True)
class DrawList(OnRelieving):
    def refusals(self, model: Model) -> set[str]:
        relieving = self.of(model)
        if relieving.state != "prepared":
            return {"wrong_state"}
        if relieving.takes is None:
            return first_refusal("nobody_takes" if model.desk(self.post(model)) else "")
        taker = relieving.successor is not None or model.held(relieving.takes)
        return first_refusal("" if taker else "taker_left")

    def change(self, model: Model) -> None:
        relieving = self.of(model)
        relieving.state = "listed"
        takes = relieving.takes
        where = {thing: relieving.parts.get(thing, takes) for thing in model.desk(self.post(model))}
        relieving.parts = {thing: to for thing, to in where.items() if to is not None}

    def do(self, world: World, actor: Actor) -> None:
        services.relieving_list(relieving_id=self.row(world), language="en", actor=actor)


@dataclass(frozen=True, kw_only=True)
class OpenListAgain(OnRelieving):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal("" if self.of(model).state in OPEN else "wrong_state")

    def change(self, model: Model) -> None:
        relieving = self.of(model)
        if relieving.state == "listed":
            relieving.state = "prepared"
            relieving.parts = {thing: to for thing, to in relieving.parts.items() if to != relieving.takes}

    def do(self, world: World, actor: Actor) -> None:
        services.relieving_open_again(relieving_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class WithdrawRelieving(OnRelieving):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal("" if self.of(model).state in OPEN else "wrong_state")

    def change(self, model: Model) -> None:
        self.of(model).state = "withdrawn"

    def do(self, world: World, actor: Actor) -> None:
        services.relieving_withdraw(relieving_id=self.row(world), why="The order was stayed", actor=actor)


@dataclass(frozen=True, kw_only=True)
class BeginRelieving(Act):
    """From the order to the drawn list in one go, the whole desk to one post; or the desk stays for a successor."""

    compound: ClassVar[bool] = True
    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "relieving"
    steps: tuple[Act, ...]
    charge: str
    to: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        name = model.new("v", model.relievings)
        found = []
        for charge, one in model.charges.items():
            if one.person in STAYING or not one.full:
                continue
            for leaves in (False, True):
                begin = PrepareRelieving(relieving=name, charge=charge, on=model.day, leaves=leaves)
                takers: list[tuple[str, Act]] = [
                    (post, AssignDesk(relieving=name, to=post, thing=None)) for post in model.posts if post != one.post
                ]
                takers += [
                    (person, NameSuccessor(relieving=name, person=person, kind=kind))
                    for person in model.people
                    if person not in {one.person, *STAYING}
                    for kind in ("substantive", "additional")
                ]
                for to, take in takers:
                    found.append(cls(steps=(begin, take, DrawList(relieving=name)), charge=charge, to=to))
        return found

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
        try:
            for step in self.steps:
                step.do(world, actor)
        except DomainError:
            row = world.ids.pop(("relieving", self.steps[1].relieving), None)  # type: ignore[attr-defined]
            Relieving.objects.filter(pk=row).delete()
            raise


@dataclass(frozen=True, kw_only=True)
class CompleteRelieving(OnRelieving):
    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "relieving"

    def refusals(self, model: Model) -> set[str]:
        relieving, charge = self.of(model), model.charges[self.of(model).charge]
        ended = charge.ended or (charge.last is not None and charge.last < model.day)
        targets = self.targets(model)
        return (
            first_refusal(
                "" if relieving.state == "listed" else "wrong_state",
                "not_its_day" if relieving.on > model.day else "",
                "charge_ended" if ended else "",
                "day_out_of_charge" if relieving.on < charge.first else "",
                "desk_not_empty" if None in targets else "",
            )
            or {model.receive(to) for to in targets if to is not None} - {""}
            or self.why_no_successor(model)
        )

    def why_no_successor(self, model: Model) -> set[str]:
        if self.of(model).successor is None:
            return set()
        after = model.copy()
        self.end_charges(after)
        return after.hinders(self.successors(after))

    def targets(self, model: Model) -> dict[str | None, set[str]]:
        """Where things go that leave the desk; None: nobody was named for them."""
        relieving, post = self.of(model), self.post(model)
        found: dict[str | None, set[str]] = {}
        for thing in model.desk(post):
            to = relieving.parts.get(thing, relieving.takes)
            if to != post:
                found.setdefault(to, set()).add(thing)
        return found

    def successors(self, model: Model) -> Charge:
        relieving = self.of(model)
        return Charge(relieving.successor or "", self.post(model), relieving.kind, model.day)

    def end_charges(self, model: Model) -> list[tuple[str, int | None]]:
        """The charge, and the link arrangements that hang on it; these as they were."""
        relieving, charge = self.of(model), model.charges[self.of(model).charge]
        others = [one for one in model.running(person=charge.person) if one.full and one is not charge]
        ended = []
        for name, link in model.charges.items():
            own = link.person == charge.person and not others
            open_still = not link.ended and link.last is not None and link.last >= model.day
            if link.kind == "link" and open_still and (link.post == charge.post or own):
                ended.append((name, link.last))
                model.end(name, max(model.day, link.first))
        model.end(relieving.charge, relieving.on)
        return ended

    def change(self, model: Model) -> None:
        relieving, charge = self.of(model), model.charges[self.of(model).charge]
        done = m.Completed(last=charge.last, links=[], moved={})
        for to, things in self.targets(model).items():
            assert to is not None
            done.moved[to] = things
            for thing in things:
                model.things[thing].hand_over(to)
        done.links = self.end_charges(model)
        if relieving.successor is not None:
            done.successor = f"{self.relieving}-successor"
            model.charges[done.successor] = self.successors(model)
        if relieving.leaves and not model.standing(charge.person):
            done.left = model.people[charge.person].left = True
        relieving.done, relieving.state = done, "completed"

    def do(self, world: World, actor: Actor) -> None:
        row = services_relieved.relieving_complete(relieving_id=self.row(world), actor=actor)
        if row.ended.get("successor"):
            world.ids["charge", f"{self.relieving}-successor"] = row.ended["successor"]


@dataclass(frozen=True, kw_only=True)
class CorrectRelieving(OnRelieving):
    """The charge runs on, and what nobody has touched comes back; an officer who joined elsewhere comes back too."""

    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "relieving"

    def refusals(self, model: Model) -> set[str]:
        relieving = self.of(model)
        if relieving.state != "completed":
            return {"wrong_state"}
        joined = self.joined(model)
        if joined is not None and model.desk(model.charges[joined].post):
            return {"desk_not_empty"}
        after = model.copy()
        self.undo_charges(after, joined)
        return self.again(after)[1]

    def joined(self, model: Model) -> str | None:
        """The substantive charge that the officer took after the relieving."""
        relieving = self.of(model)
        charge = model.charges[relieving.charge]
        names = list(model.charges)
        for name in names[names.index(relieving.charge) + 1 :]:
            one = model.charges[name]
            same = one.person == charge.person and one.kind == charge.kind == "substantive"
            if same and not one.ended and one.first >= relieving.on:
                return name
        return None

    def undo_charges(self, model: Model, joined: str | None) -> None:
        """What must go before the charge can run on."""
        relieving = self.of(model)
        assert relieving.done is not None
        ending = [name for name in (joined, relieving.done.successor) if name is not None]
        for name in ending:
            if not model.charges[name].ended:
                model.end(name, max(model.charges[name].first, model.day))
        if relieving.done.left:
            model.people[model.charges[relieving.charge].person].left = False

    def again(self, model: Model) -> tuple[Charge, set[str]]:
        """The charge as it runs on, or (first day: today) begins anew; and why it can't."""
        relieving = self.of(model)
        assert relieving.done is not None
        charge = model.charges[relieving.charge]
        whole = Charge(charge.person, charge.post, charge.kind, charge.first, relieving.done.last)
        if not model.overlaps(whole, but=relieving.charge):
            return whole, model.hinders(whole, but=relieving.charge)
        anew = Charge(charge.person, charge.post, charge.kind, model.day, relieving.done.last)
        return anew, model.hinders(anew, but=relieving.charge)

    def change(self, model: Model) -> None:
        relieving = self.of(model)
        done = relieving.done
        assert done is not None
        self.undo_charges(model, self.joined(model))
        again = self.again(model)[0]
        whole = not model.overlaps(
            Charge(again.person, again.post, again.kind, model.charges[relieving.charge].first, done.last),
            but=relieving.charge,
        )
        model.charges[relieving.charge if whole else f"{self.relieving}-again"] = again
        for to, things in done.moved.items():
            for thing in things:
                if model.things[thing].at == to and model.things[thing].untouched:
                    model.things[thing].hand_over(again.post)
        for name, last in done.links:
            link = model.charges[name]
            before = Charge(link.person, link.post, link.kind, link.first, last)
            if last is not None and last >= model.day and not model.hinders(before, but=name):
                model.charges[name] = before
        relieving.state = "corrected"

    def do(self, world: World, actor: Actor) -> None:
        services_relieved.relieving_correct(relieving_id=self.row(world), why="The wrong officer", actor=actor)
        world.bind_new_charge(f"{self.relieving}-again")
