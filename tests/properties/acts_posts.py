"""Posts are created, placed, corrected and abolished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from employee_master.models import Post as PostRow
from employee_master.services import post_abolish, post_correct, post_create, post_place
from eoffice.core.actor import Actor
from tests.properties.acts import Act, first_refusal
from tests.properties.model import Model, Post, pairs
from tests.properties.world import World

# The super admin acts from it; were it abolished, there would be nobody left to act.
KEPT = {"ADM"}
MOST_POSTS = 15


@dataclass(frozen=True, kw_only=True)
class CreatePost(Act):
    post: str
    section: str
    rank: str
    superior: str | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        if len(model.posts) > MOST_POSTS:
            return []
        return [
            cls(post=model.new("P", model.posts), section=section, rank=rank, superior=superior)
            for section in model.sections
            for rank in ("SO", "DA")
            for superior in (None, *model.posts)
        ]

    def refusals(self, model: Model) -> set[str]:
        section = model.sections[self.section]
        abolished = self.superior is not None and not model.posts[self.superior].active
        return first_refusal("unit_closed" if section.closed else "", "post_abolished" if abolished else "")

    def change(self, model: Model) -> None:
        office = model.sections[self.section].office
        superior = self.superior
        if superior is None:
            # Of several equals the oldest stands above; rows and names come in the same order.
            above = model.superior_by_rule(office, self.section, self.rank)
            superior = min(above, key=lambda one: list(model.posts).index(one) if one else 0)
        present = [one for one in model.in_unit(office, self.section) if model.posts[one].rank == self.rank]
        marking = model.marking_by_rule(model.sections[self.section].code, self.rank, len(present))
        model.posts[self.post] = Post(office, self.section, self.rank, superior)
        model.mark(self.post, marking)

    def do(self, world: World, actor: Actor) -> None:
        section = world.id("section", self.section)
        row = post_create(
            office_id=world.office_of(section),
            section_id=section,
            designation_id=world.id("rank", self.rank),
            superior_id=world.id_or_none("post", self.superior),
            actor=actor,
        )
        world.bind("post", self.post, row)


@dataclass(frozen=True, kw_only=True)
class PlacePost(Act):
    post: str
    superior: str | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(post=one, superior=two) for one, two in pairs(model.posts, model.posts)] + [
            cls(post=post, superior=None) for post in model.posts
        ]

    def refusals(self, model: Model) -> set[str]:
        if not model.posts[self.post].active:
            return {"post_abolished"}
        if self.superior is None:
            return set()
        circle = self.post in model.above(self.superior)
        return first_refusal(
            "" if model.posts[self.superior].active else "post_abolished", "channel_cycle" if circle else ""
        )

    def traces(self, model: Model) -> set[str]:
        return {*super().traces(model), f"post:{self.post}"}

    def change(self, model: Model) -> None:
        model.posts[self.post].superior = self.superior

    def do(self, world: World, actor: Actor) -> None:
        post_place(
            post_id=world.id("post", self.post), superior_id=world.id_or_none("post", self.superior), actor=actor
        )


@dataclass(frozen=True, kw_only=True)
class CorrectMarking(Act):
    """A post takes a marking of the office's own, perhaps one that another post has or had."""

    post: str
    marking: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        markings = ["OWN-1", "own-1", "OWN-2", *sorted(model.markings)]
        return [cls(post=post, marking=marking) for post in model.posts for marking in markings]

    def refusals(self, model: Model) -> set[str]:
        if not model.posts[self.post].active:
            return {"post_abolished"}
        owner = model.markings.get(self.marking.upper(), self.post)
        return first_refusal("" if owner == self.post else "marking_taken")

    def traces(self, model: Model) -> set[str]:
        return {*super().traces(model), f"post:{self.post}"}

    def change(self, model: Model) -> None:
        # Typed like the present one, whatever the capitals, it is written as typed.
        model.mark(self.post, self.marking)

    def do(self, world: World, actor: Actor) -> None:
        row: PostRow = world.row(PostRow, self.post)
        post_correct(post_id=row.pk, name_en=row.name_en, name_hi=row.name_hi, marking=self.marking, actor=actor)


@dataclass(frozen=True, kw_only=True)
class AbolishPost(Act):
    post: str
    successor: str | None

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [
            cls(post=post, successor=successor)
            for post in model.posts
            if post not in KEPT
            for successor in (None, *model.posts)
        ]

    def refusals(self, model: Model) -> set[str]:
        if not model.posts[self.post].active:
            return {"post_abolished"}
        if model.to_be_held(self.post):
            return {"post_held"}
        return give_up_refusals(model, self.post, self.successor)

    def traces(self, model: Model) -> set[str]:
        return {*super().traces(model), f"post:{self.post}"}

    def change(self, model: Model) -> None:
        give_up(model, self.post, self.successor)

    def do(self, world: World, actor: Actor) -> None:
        post_abolish(
            post_id=world.id("post", self.post), successor_id=world.id_or_none("post", self.successor), actor=actor
        )


def give_up_refusals(model: Model, post: str, successor: str | None) -> set[str]:
    """Why a post that nobody holds can't be given up for the successor."""
    if successor is not None and successor == post:
        return {"own_successor"}
    if successor is not None and not model.posts[successor].active:
        return {"post_abolished"}
    needed = any(section.receiving == post for section in model.sections.values()) or any(
        office.head == post for office in model.offices.values()
    )
    if successor is None and needed:
        return {"post_needed"}
    if not model.desk(post):
        return set()
    return first_refusal("desk_not_empty" if successor is None else model.receive(successor))


def give_up(model: Model, post: str, successor: str | None) -> None:
    """Duties, those below and the desk go to the successor; those above whom it stands itself go up."""
    for section in model.sections.values():
        if section.receiving == post:
            own = successor is not None and model.posts[successor].office == section.office
            section.receiving = successor if own else None
    for office in model.offices.values():
        if office.head == post:
            office.head = successor
    above = model.posts[post].superior
    seniors = {successor, *model.above(successor)} if successor is not None else set()
    for one in model.below(post):
        model.posts[one].superior = successor if successor is not None and one not in seniors else above
    if successor is not None:
        for name in model.desk(post):
            model.things[name].hand_over(successor)
    model.posts[post].active = False
