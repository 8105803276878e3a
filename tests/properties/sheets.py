"""What the import of staff promises, in plain Python: what a sheet will do and did, and when it may be undone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.properties.model import Batch, Charge, Deed, Model, Person, Post, Row

OFFICE = "GAD"
# Whom only a sheet brings: employee code, name, birth date, mobile. No two sound alike.
NEWCOMERS = {
    "asha": ("N71", "Asha Rawat", "12-06-1980", "9800000071"),
    "bharat": ("N82", "Bharat Negi", "03-11-1975", "9800000082"),
    "lalita": ("N93", "Lalita Kujur", "28-02-1982", "9800000093"),
}


def planned(model: Model, batch: Batch) -> list[Deed] | None:
    """What each row will do as things stand; None when a row is refused."""
    return _Sheet(model, batch).planned()


class _Sheet:
    """Every row against the model, as `services.imports.compare` has it for the database."""

    def __init__(self, model: Model, batch: Batch) -> None:
        self.model, self.batch = model, batch
        self.from_now = Charge.from_day(batch.day)
        self.taken: set[str] = set()
        self.seats: dict[int, Deed] = {}

    def planned(self) -> list[Deed] | None:
        rows = self.batch.rows
        if any((person := self.model.people.get(row.person)) is not None and person.left for row in rows):
            return None
        waiting = []
        for number, row in enumerate(rows):
            place = self.wish(row)
            if place is None:
                return None
            if not self.keeps(number, row, place):
                waiting.append((number, row, place))
        for number, row, place in sorted(waiting, key=lambda one: not one[1].post):
            if self.hindered(row) or not self.seat(number, row, place):
                return None
        return [self.whole(number, row) for number, row in enumerate(rows)]

    def wish(self, row: Row) -> tuple[str, ...] | None:
        """A post; or a section and a rank; or nothing, which is enough for those who sit in the office."""
        model = self.model
        if row.post:
            post = model.markings.get(row.post.upper(), "")
            return (post,) if post and self.is_here(post) else None
        if row.rank:
            names = [
                name
                for name, one in model.sections.items()
                if one.office == OFFICE and not one.closed and one.code == row.section
            ]
            return (names[0], row.rank) if names else None
        return () if any(model.posts[one.post].office == OFFICE for one in self.charges(row.person)) else None

    def is_here(self, post: str) -> bool:
        return self.model.posts[post].active and self.model.posts[post].office == OFFICE

    def charges(self, person: str) -> list[Charge]:
        """Those that would run beside a new one."""
        return [one for one in self.model.charges.values() if one.person == person and one.meets(self.from_now)]

    def keeps(self, number: int, row: Row, place: tuple[str, ...]) -> bool:
        """Whoever sits there already stays; and nobody needs a seat who asks for none."""
        if not place:
            self.seats[number] = Deed("")
            return True
        for held in self.charges(row.person):
            post = self.model.posts[held.post]
            fits = place in {(held.post,), (post.section, post.rank)}
            if held.full and self.is_here(held.post) and fits and held.post not in self.taken:
                self.taken.add(held.post)
                self.seats[number] = Deed("", (held.post, post.marking))
                return True
        return False

    def hindered(self, row: Row) -> bool:
        return row.kind == "substantive" and any(one.kind == "substantive" for one in self.charges(row.person))

    def seat(self, number: int, row: Row, place: tuple[str, ...]) -> bool:
        """The post that is named, or the first vacant one of the place, or a new one."""
        own = {one.post for one in self.charges(row.person)}
        posts = self.model.posts
        if len(place) == 1:
            if place[0] in own or not self.is_vacant(place[0]):
                return False
            chosen = place[0]
        else:
            section, rank = place
            there = [name for name in self.model.in_unit(OFFICE, section) if posts[name].rank == rank]
            vacant = [name for name in there if self.is_vacant(name) and name not in own]
            if not vacant:
                code = self.model.sections[section].code
                self.seats[number] = Deed("", (section, rank, code), new=True, starts=row.kind)
                return True
            chosen = min(vacant, key=lambda name: posts[name].marking)
        self.taken.add(chosen)
        self.seats[number] = Deed("", (chosen, posts[chosen].marking), starts=row.kind)
        return True

    def is_vacant(self, post: str) -> bool:
        others = (one for one in self.model.charges.values() if one.post == post and one.full)
        return post not in self.taken and not any(one.meets(self.from_now) for one in others)

    def whole(self, number: int, row: Row) -> Deed:
        deed, person = self.seats[number], self.model.people.get(row.person)
        further = any(other.person == row.person for other in self.batch.rows[:number])
        if person is None and not further:
            return replace(deed, outcome="create")
        if (
            person is not None
            and not further
            and row.mobile not in {"", person.mobile}
            and self.keeps_record(row.person)
        ):
            deed = replace(deed, mobile=(person.mobile, row.mobile))
        return replace(deed, outcome="change" if deed.starts or deed.mobile else "unchanged")

    def keeps_record(self, person: str) -> bool:
        """Whether the record is the office's to change: that of the present post, else of the last."""
        model = self.model
        held = [one for one in model.charges.values() if one.person == person and one.full]
        if not held:
            return True
        last = max(
            enumerate(held),
            key=lambda one: (
                one[1].runs(model.day),
                one[1].runs(model.day) and one[1].kind == "substantive",
                one[1].first,
                one[0],
            ),
        )[1]
        return model.posts[last.post].office == OFFICE


def apply(model: Model, name: str) -> None:
    """All that was certified, and what is needed to take it back."""
    batch = model.batches[name]
    assert batch.plan is not None
    batch.state, batch.applied = "applied", model.day
    posts = _new_posts(model, name)
    for number, (row, deed) in enumerate(zip(batch.rows, batch.plan, strict=True)):
        if deed.outcome == "create":
            mobile = row.mobile or NEWCOMERS[row.person][3]
            model.people[row.person] = Person(mobile=mobile, certified=True)
            model.gone.discard(row.person)
            batch.made.add(row.person)
        elif deed.mobile is not None:
            person = model.people[row.person]
            batch.before[row.person] = replace(person)
            person.mobile, person.certified = deed.mobile[1], True
        if deed.starts:
            post = posts.get(number, deed.seat[0])
            charge = f"{name}.{number}-charge"
            model.charges[charge] = Charge(row.person, post, deed.starts, batch.day)
            batch.charges[charge] = post
        if deed.outcome != "unchanged":
            model.acts[f"employee:{row.person}"] += 1
    batch.made |= set(posts.values())
    batch.marks = {trace: model.acts[trace] for trace in _watched(model, batch)}


def _new_posts(model: Model, name: str) -> dict[int, str]:
    """By the number of the row."""
    batch, made = model.batches[name], {}
    wanted = [(number, deed) for number, deed in enumerate(batch.plan or []) if deed.new]
    groups = Counter(deed.seat for _number, deed in wanted)
    present = {seat: sum(model.posts[one].rank == seat[1] for one in model.in_unit(OFFICE, seat[0])) for seat in groups}
    for number, deed in wanted:
        section, rank, code = deed.seat
        post = made[number] = f"{name}.{number}-post"
        marking = model.marking_by_rule(code, rank, present[deed.seat] + groups[deed.seat] - 1)
        model.posts[post] = Post(OFFICE, section, rank, None)
        model.mark(post, marking)
    for post in made.values():
        one = model.posts[post]
        # Of several equals the oldest stands above.
        above = model.superior_by_rule(one.office, one.section, one.rank)
        one.superior = min(above, key=lambda name: list(model.posts).index(name) if name else 0)
    return made


def _watched(model: Model, batch: Batch) -> set[str]:
    """The traces that would be a use of what the sheet made."""
    assert batch.plan is not None
    rows = zip(batch.rows, batch.plan, strict=True)
    found = {f"employee:{row.person}" for row, deed in rows if deed.outcome != "unchanged"}
    for charge, post in batch.charges.items():
        found |= {f"charge:{charge}", f"under:{charge}", f"reached:{post}"}
    return (
        found
        | {f"by:{one}" for one in batch.made if one in model.people}
        | {f"post:{one}" for one in batch.made if one in model.posts}
    )


def is_used(model: Model, name: str) -> bool:
    """Whether anything befell what the sheet made, or hangs on it."""
    batch = model.batches[name]
    made = batch.made
    hanging: list[list[str | None]] = [
        [one.superior for other, one in model.posts.items() if other not in made],
        [one.receiving for one in model.sections.values()],
        [one.head for one in model.offices.values()],
        [name for key, one in model.charges.items() if key not in batch.charges for name in (one.person, one.post)],
        [name for one in model.joinings.values() for name in (one.person, one.post)],
        [
            name
            for one in model.relievings.values()
            for name in (one.takes, one.successor, *one.parts.values(), *(one.done.moved if one.done else ()))
        ],
    ]
    return (
        any(model.acts[trace] != count for trace, count in batch.marks.items())
        or any(name in made for names in hanging for name in names)
        or any(one.charge in batch.charges for one in model.relievings.values())
    )


def undo(model: Model, name: str) -> None:
    """As it was before."""
    batch = model.batches[name]
    batch.state = "undone"
    rows = zip(batch.rows, batch.plan or [], strict=True)
    for person in {row.person for row, deed in rows if deed.outcome != "unchanged"}:
        model.acts[f"employee:{person}"] += 1
    for charge in batch.charges:
        del model.charges[charge]
    for one in batch.made:
        model.people.pop(one, None)
        if model.posts.pop(one, None) is not None:
            model.markings = {marking: post for marking, post in model.markings.items() if post != one}
    model.people.update(batch.before)
    model.gone |= batch.made | set(batch.charges)
