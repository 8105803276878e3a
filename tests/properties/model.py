"""What the services promise, in plain Python: people, charges, posts, sections and the things that lie on desks.

Everything has a name of the test's own ("SO1", "c3", "f2"); `world` knows the rows. Days are counted from the first
day of the example.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

FULL = ("substantive", "additional", "officiating", "look_after")
RANKS = {"SEC": 10, "US": 40, "SO": 50, "DA": 60}
ON_DESK = ("open", "parked")
LONG_AGO = -900


@dataclass
class Office:
    head: str | None = None


@dataclass
class Section:
    office: str
    parent: str | None = None
    receiving: str | None = None
    closed: bool = False
    code: str = ""


@dataclass
class Post:
    office: str
    section: str | None
    rank: str
    superior: str | None
    active: bool = True
    marking: str = ""


@dataclass
class Person:
    left: bool = False
    mobile: str = ""
    account: bool = True
    # Some fact of theirs was certified with a sheet.
    certified: bool = False


@dataclass
class Charge:
    """A charge from a day to a day, both included; one that was ended leaves its last day free."""

    person: str
    post: str
    kind: str
    first: int
    last: int | None = None
    ended: bool = False

    @property
    def full(self) -> bool:
        return self.kind in FULL

    @classmethod
    def from_day(cls, first: int) -> Charge:
        """Of nobody: for asking which others there are from a day on."""
        return cls("", "", "", first)

    def days(self) -> tuple[float, float]:
        """The first day and the first day after it."""
        after = float("inf") if self.last is None else self.last + (0 if self.ended else 1)
        return self.first, after

    def runs(self, day: int) -> bool:
        return not self.ended and self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: Charge) -> bool:
        (one, one_after), (two, two_after) = self.days(), other.days()
        return max(one, two) < min(one_after, two_after)


@dataclass
class Relieving:
    """`parts` says where things go that were named; once the list is drawn, all. `done` is for correcting."""

    charge: str
    on: int
    leaves: bool
    state: str = "prepared"
    takes: str | None = None
    successor: str | None = None
    kind: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    done: Completed | None = None


@dataclass
class Completed:
    """What completing a relieving ended and moved."""

    last: int | None
    links: list[tuple[str, int | None]]
    moved: dict[str, set[str]]
    successor: str | None = None
    left: bool = False


@dataclass
class Joining:
    person: str
    post: str
    kind: str
    first: int
    last: int | None
    state: str = "waiting"


@dataclass(frozen=True)
class Row:
    """One line of a sheet as it is typed: a post by its marking, or a designation in a section, or neither."""

    person: str
    kind: str = "substantive"
    post: str = ""
    section: str = ""
    rank: str = ""
    mobile: str = ""


@dataclass(frozen=True)
class Deed:
    """What a row will do; `seat` is a post with its marking, or (`new`) section, designation and code of the unit."""

    outcome: str
    seat: tuple[str, ...] = ()
    new: bool = False
    starts: str = ""
    mobile: tuple[str, str] | None = None


@dataclass
class Batch:
    """A sheet of the office. `plan` is what was sent to the head; `before` and `marks` are for undoing."""

    day: int
    rows: tuple[Row, ...]
    state: str = "uploaded"
    plan: list[Deed] | None = None
    at_pen: bool = False
    applied: int = 0
    made: set[str] = field(default_factory=set)
    charges: dict[str, str] = field(default_factory=dict)
    before: dict[str, Person] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)


@dataclass
class Reorganisation:
    """Prepared by the EMD manager of `office`; `name` is that of the section that a split makes."""

    kind: str
    office: str
    on: int
    section: str | None = None
    into: str | None = None
    to_office: str | None = None
    posts: tuple[str, ...] = ()
    abolish: tuple[tuple[str, str | None], ...] = ()
    code: str = ""
    name: str = ""
    parent: str | None = None
    state: str = "prepared"


@dataclass
class Thing:
    """A file, or a copy of a receipt: where it lies, whence it came, whether it was opened there, every movement."""

    kind: str
    at: str | None
    came_from: str | None = None
    seen: bool = True
    state: str = "open"
    for_action: bool = True
    trail: list[tuple[str | None, str | None]] = field(default_factory=list)
    receipt: str = ""
    # Lies where a hand-over laid it, and nobody has acted on it since.
    untouched: bool = False

    def move(self, to: str | None, *, seen: bool = False) -> None:
        self.trail.append((self.at, to))
        self.at, self.came_from = to, self.at
        self.seen, self.untouched = seen, False

    def hand_over(self, to: str) -> None:
        """With a charge: it goes back where it came from, not to the desk that was given up."""
        giver = self.at
        if self.came_from is None:
            self.came_from = giver
        elif self.came_from == to:
            self.came_from = self.arrived(to)
        self.trail.append((giver, to))
        self.at, self.seen, self.untouched = to, False, True

    def arrived(self, post: str) -> str | None:
        """From whom it last came to the post."""
        return next((giver for giver, taker in reversed(self.trail) if taker == post), None)


@dataclass(frozen=True, order=True)
class Seat:
    """A person acting on a post."""

    person: str
    post: str


@dataclass
class Model:
    """All of it on one day.

    `excused` are vacant posts on which things may lie: time ended the charge, or a link officer laid them there. The
    guard of vacant desks is for those; no act may leave others. `markings` has every marking that was ever given,
    in capitals, and whose it is; `codes` those of sections. `acts` counts what befell whom (see `Act.happen`), and
    `gone` has what an undone sheet took away again.
    """

    day: int = 0
    offices: dict[str, Office] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    relievings: dict[str, Relieving] = field(default_factory=dict)
    joinings: dict[str, Joining] = field(default_factory=dict)
    markings: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    reorganisations: dict[str, Reorganisation] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    tag: str = ""

    def copy(self) -> Model:
        # Three times as fast as a deep copy, and there are many.
        copied: Model = pickle.loads(pickle.dumps(self))
        return copied

    def new(self, letter: str, among: Collection[str]) -> str:
        """A name that nothing of the kind has yet; what is made elsewhere at the same time has another `tag`."""
        numbers = (f"{letter}{number}{self.tag}" for number in count(len(among)))
        return next(name for name in numbers if name not in among and name not in self.gone)

    def of(self, name: str) -> set[str]:
        """What the thing of this name has to do with."""
        if (charge := self.charges.get(name)) is not None:
            return {charge.person, charge.post}
        if (relieving := self.relievings.get(name)) is not None:
            posts = {relieving.takes, *relieving.parts.values()} - {None}
            return self.of(relieving.charge) | {post for post in posts if post is not None}
        if (joining := self.joinings.get(name)) is not None:
            return {joining.person, joining.post}
        if (thing := self.things.get(name)) is not None:
            return {one for one in (thing.at, thing.came_from) if one is not None}
        return self.of_order(name)

    def of_order(self, name: str) -> set[str]:
        """The same for a sheet and a re-organisation."""
        if (batch := self.batches.get(name)) is not None:
            named = {self.markings.get(row.post.upper(), "") for row in batch.rows}
            return {row.person for row in batch.rows} | named | batch.made | set(batch.charges.values())
        if (order := self.reorganisations.get(name)) is not None:
            inside = {post for post, one in self.posts.items() if one.section in {order.section, order.into} - {None}}
            return {*order.posts, *(one for pair in order.abolish for one in pair if one)} | inside
        return set()

    # who sits where

    def running(self, *, post: str | None = None, person: str | None = None) -> list[Charge]:
        return [
            charge
            for charge in self.charges.values()
            if charge.runs(self.day) and post in {None, charge.post} and person in {None, charge.person}
        ]

    def held(self, post: str) -> bool:
        return any(charge.full for charge in self.running(post=post))

    def to_be_held(self, post: str) -> bool:
        """Somebody holds it, or is to hold it."""
        return any(
            charge.post == post and not charge.ended and (charge.last is None or charge.last >= self.day)
            for charge in self.charges.values()
        )

    def seats(self, *, full: bool = False) -> list[Seat]:
        """Who may act where today."""
        return sorted(
            {
                Seat(charge.person, charge.post)
                for charge in self.running()
                if self.posts[charge.post].active and (charge.full or not full)
            }
        )

    def hinders(self, charge: Charge, *, but: str = "") -> set[str]:
        """Why nobody may enter the charge; codes of refusals."""
        if not self.posts[charge.post].active:
            return {"post_abolished"}
        if charge.last is not None and charge.last < charge.first:
            return {"ends_before_start"}
        if self.people[charge.person].left:
            return {"has_left"}
        return self.overlaps(charge, but=but)

    def end(self, name: str, on: int) -> None:
        charge = self.charges[name]
        charge.last, charge.ended = on, True

    def standing(self, person: str) -> list[str]:
        """Charges of the person that were not ended: those that run and those that are to come."""
        return [
            name
            for name, one in self.charges.items()
            if one.person == person and not one.ended and (one.last is None or one.last >= self.day)
        ]

    def overlaps(self, charge: Charge, *, but: str = "") -> set[str]:
        """Why the charge can't be, beside the charges that are; codes of refusals."""
        found = set()
        for name, other in self.charges.items():
            if name == but or not charge.meets(other):
                continue
            same_person, same_post = charge.person == other.person, charge.post == other.post
            if same_person and same_post:
                found.add("has_this_charge")
            elif same_person and charge.kind == other.kind == "substantive":
                found.add("has_substantive")
            elif same_post and charge.full and other.full:
                found.add("post_taken")
        return found

    def tomorrow(self) -> None:
        """A day passes; charges that were dated run out."""
        before = {post for post in self.posts if self.held(post)}
        self.day += 1
        self.excused |= {post for post in before if not self.held(post)}

    # what lies where

    def desk(self, post: str) -> list[str]:
        """The things that block whoever wants to leave the post."""
        return [name for name, thing in self.things.items() if thing.at == post and self.blocks(thing)]

    def blocks(self, thing: Thing) -> bool:
        if thing.kind == "file":
            return thing.state in ON_DESK
        return thing.at is not None and (not thing.for_action or self.receipts[thing.receipt] == "diarised")

    def life(self, name: str) -> str:
        """The state that the rules read; copies have that of their receipt."""
        thing = self.things[name]
        return thing.state if thing.kind == "file" else self.receipts[thing.receipt]

    def stranded(self) -> set[str]:
        """Things on a desk that nobody sits at, where nothing excuses it."""
        return {
            name
            for name, thing in self.things.items()
            if thing.at is not None and self.blocks(thing) and not self.held(thing.at) and thing.at not in self.excused
        }

    def receive(self, post: str) -> str:
        """Why nothing may be laid on the post's desk; empty when it may."""
        if not self.posts[post].active:
            return "post_abolished"
        return "" if self.held(post) else "post_vacant"

    # the channel of submission

    def above(self, post: str) -> list[str]:
        """The posts above, the next one first."""
        found, one = [], self.posts[post].superior
        while one is not None:
            found.append(one)
            one = self.posts[one].superior
        return found

    def below(self, post: str) -> list[str]:
        return [name for name, one in self.posts.items() if one.superior == post]

    def in_unit(self, office: str, section: str | None) -> list[str]:
        return [
            name
            for name, post in self.posts.items()
            if post.active and (post.office, post.section) == (office, section)
        ]

    def superior_by_rule(self, office: str, section: str | None, rank: str) -> set[str | None]:
        """Where a new post goes; several, where equals stand above and age decides."""
        while True:
            if section is None and (head := self.offices[office].head) is not None:
                return {head}
            above = [name for name in self.in_unit(office, section) if RANKS[self.posts[name].rank] < RANKS[rank]]
            if above:
                highest = min(RANKS[self.posts[name].rank] for name in above)
                return {name for name in above if RANKS[self.posts[name].rank] == highest}
            if section is None:
                return {None}
            section = self.sections[section].parent

    # markings

    def marking_by_rule(self, unit: str, rank: str, present: int) -> str:
        """As SO-GAD3, with a number where there are several or the bare one was given before."""
        bare = f"{rank}-{unit}"
        if not present and bare not in self.markings:
            return bare
        numbers = count(2 if bare in self.markings else 1)
        return next(one for number in numbers if (one := f"{rank}{number}-{unit}") not in self.markings)

    def mark(self, post: str, marking: str) -> None:
        self.posts[post].marking = marking
        self.markings[marking.upper()] = post

    # for comparing with the database

    def picture(self) -> Picture:
        return Picture(
            posts={
                name: (post.office, post.section, post.superior, post.active, post.marking)
                for name, post in self.posts.items()
            },
            sections={
                name: (one.office, one.parent, one.receiving, one.closed, one.code)
                for name, one in self.sections.items()
            },
            heads={name: office.head for name, office in self.offices.items()},
            people={name: (one.left, one.mobile, one.account, one.certified) for name, one in self.people.items()},
            charges={
                name: (one.person, one.post, one.kind, one.first, one.last, one.ended)
                for name, one in self.charges.items()
            },
            things={
                name: (thing.at, thing.came_from, thing.seen, self.life(name)) for name, thing in self.things.items()
            },
            relievings={name: one.state for name, one in self.relievings.items()},
            joinings={name: one.state for name, one in self.joinings.items()},
            batches={name: one.state for name, one in self.batches.items()},
            reorganisations={name: one.state for name, one in self.reorganisations.items()},
        )


@dataclass(frozen=True)
class Picture:
    """What is compared: the same facts from the model and from the database."""

    posts: dict[str, tuple[str, str | None, str | None, bool, str]]
    sections: dict[str, tuple[str, str | None, str | None, bool, str]]
    heads: dict[str, str | None]
    people: dict[str, tuple[bool, str, bool, bool]]
    charges: dict[str, tuple[str, str, str, int, int | None, bool]]
    things: dict[str, tuple[str | None, str | None, bool, str]]
    relievings: dict[str, str]
    joinings: dict[str, str]
    batches: dict[str, str]
    reorganisations: dict[str, str]

    def differences(self, other: Picture) -> list[str]:
        """In words, for a failing test."""
        found = []
        for part in self.__dataclass_fields__:
            one, two = getattr(self, part), getattr(other, part)
            found += [
                f"{part} {name}: model {one.get(name, 'nothing')}, database {two.get(name, 'nothing')}"
                for name in sorted({*one, *two})
                if one.get(name, "nothing") != two.get(name, "nothing")
            ]
        return found


def pairs(first: Iterable[str], second: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every two that are not the same."""
    second = list(second)
    return ((one, two) for one in first for two in second if one != two)
