"""What a re-organisation promises, in plain Python: who moves, what is marked anew, who stands above and receives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from tests.properties.acts_posts import give_up, give_up_refusals
from tests.properties.model import RANKS, Model, Reorganisation, Section


class Refused(Exception):
    """With the code of the refusal."""


def carried_out(model: Model, order: Reorganisation) -> tuple[Model, set[str]]:
    """The model afterwards, and the posts of which the ledger keeps a line; refused (`Refused`) as a whole."""
    drawing = _Drawing(model, order)
    drawing.draw()
    after = drawing.after
    for post, successor in drawing.gone.items():
        _end(after, post, successor)
    return after, drawing.told


def refusal(model: Model, order: Reorganisation, *, look_only: bool = False) -> str:
    """Why it can't be carried out, or (`look_only`) not even be prepared; empty when it can."""
    try:
        if look_only:
            _Drawing(model, order).draw()
        else:
            carried_out(model, order)
    except Refused as error:
        return str(error)
    return ""


def refuse(code: str) -> None:
    if code:
        raise Refused(code)


def _end(model: Model, post: str, successor: str | None) -> None:
    for name, charge in model.charges.items():
        if charge.post == post and not charge.ended and (charge.last is None or charge.last >= model.day):
            model.end(name, max(model.day, charge.first))
    for code in sorted(give_up_refusals(model, post, successor)):
        refuse(code)
    give_up(model, post, successor)


def units_below(model: Model, section: str) -> list[str]:
    found: list[str] = []
    layer = [section]
    while layer:
        layer = [
            name for name, one in model.sections.items() if one.parent in layer and not one.closed and name not in found
        ]
        found += layer
    return found


class _Drawing:
    """`model` is how things stand, `after` how they will, but for the posts that end (`gone`)."""

    def __init__(self, model: Model, order: Reorganisation) -> None:
        self.model, self.order, self.after = model, order, model.copy()
        self.target: str | None = None
        self.office = order.to_office or order.office
        self.closes: str | None = None
        self.carried: list[str] = []
        self.moved: dict[str, str | None] = {}
        self.gone: dict[str, str | None] = {}
        self.told: set[str] = set()

    @property
    def crosses(self) -> bool:
        return self.office != self.order.office

    def draw(self) -> None:
        self.find_target()
        self.choose_posts()
        for post, section in self.moved.items():
            one = self.after.posts[post]
            one.office, one.section = self.office, section
        self.mark()
        self.find_superiors()
        self.find_receivers()
        self.look_at_the_end()
        self.told |= set(self.moved) | set(self.gone)

    # where it goes

    def find_target(self) -> None:
        order, sections = self.order, self.model.sections
        if order.section is not None:
            refuse("unit_closed" if sections[order.section].closed else "")
            refuse("section_elsewhere" if sections[order.section].office != order.office else "")
        if order.into is not None and order.kind == "merge":
            below = units_below(self.model, order.section or "")
            refuse("merges_into_itself" if order.into in {order.section, *below} else "")
        if order.into is not None:
            refuse("unit_closed" if sections[order.into].closed else "")
            refuse("section_elsewhere" if sections[order.into].office != self.office else "")
            self.target = order.into
        if order.kind in {"merge", "move"}:
            self.carried = units_below(self.model, order.section or "")
        getattr(self, f"target_of_{order.kind}")()

    def target_of_rename(self) -> None:
        code, own = self.order.code, self.order.section
        refuse("code_taken" if self.model.codes.get(code, own) != own else "")
        assert own is not None
        self.target = own
        self.after.sections[own].code = code
        self.after.codes[code] = own

    def target_of_merge(self) -> None:
        own = self.order.section
        assert own is not None
        self.closes = own
        self.after.sections[own].closed, self.after.sections[own].receiving = True, None
        for name in self.carried:
            one = self.after.sections[name]
            one.office, one.parent = self.office, self.target if one.parent == own else one.parent

    def target_of_split(self) -> None:
        order = self.order
        refuse("code_taken" if order.code in self.model.codes else "")
        self.refuse_parent(None)
        self.target = order.name
        self.after.sections[order.name] = Section(self.office, order.parent, code=order.code)
        self.after.codes[order.code] = order.name

    def target_of_move(self) -> None:
        own = self.order.section
        assert own is not None
        self.refuse_parent(own)
        there = (self.model.sections[own].office, self.model.sections[own].parent)
        refuse("stays_where_it_is" if there == (self.office, self.order.parent) else "")
        self.target = own
        self.after.sections[own].office, self.after.sections[own].parent = self.office, self.order.parent
        for name in self.carried:
            self.after.sections[name].office = self.office

    def target_of_posts(self) -> None:
        """The section or office is known."""

    def refuse_parent(self, own: str | None) -> None:
        parent = self.order.parent
        if parent is None:
            return
        refuse("foreign_section" if self.model.sections[parent].office != self.office else "")
        refuse("unit_closed" if self.model.sections[parent].closed else "")
        above: str | None = parent
        while above is not None:
            refuse("section_circle" if above == own else "")
            above = self.model.sections[above].parent

    # which posts

    def choose_posts(self) -> None:
        order, posts = self.order, self.model.posts
        ends = dict(order.abolish)
        wanted = {*order.posts, *ends}
        if order.kind in {"split", "posts"}:
            here = [name for name in self.in_order(wanted) if posts[name].office == order.office]
            if order.kind == "split":
                here = [name for name in here if posts[name].section == order.section]
            refuse("" if wanted else "no_posts")
            refuse("post_elsewhere" if wanted - set(here) else "")
        else:
            here = [name for name in self.in_order(set(posts)) if posts[name].section == order.section]
        self.gone = {name: ends[name] for name in here if name in ends}
        self.moved = {name: self.target for name in here if name not in ends}
        if self.crosses:
            for name in self.in_order(set(posts)):
                if posts[name].section in self.carried:
                    self.moved[name] = posts[name].section

    def in_order(self, names: set[str]) -> list[str]:
        posts = self.model.posts
        there = [name for name in posts if name in names and posts[name].active]
        return sorted(there, key=lambda name: (RANKS[posts[name].rank], posts[name].marking))

    def staying(self, name: str) -> bool:
        return self.after.posts[name].active and name not in self.gone

    # markings

    def unit(self, model: Model, post: str) -> str:
        section = model.posts[post].section
        return model.posts[post].office if section is None else model.sections[section].code

    def mark(self) -> None:
        for name in self.moved:
            post = self.model.posts[name]
            former, unit = self.unit(self.model, name), self.unit(self.after, name)
            by_rule = re.fullmatch(rf"{post.rank}(\d+)?-{former}", post.marking.upper())
            if unit != former and by_rule:
                number = int(by_rule[1]) if by_rule[1] and self.is_one_of_several(name) else None
                free = self.numbered(name, unit, number)
                self.after.mark(name, next(marking for marking in free if self.is_free(marking, name)))

    def numbered(self, name: str, unit: str, number: int | None) -> Iterator[str]:
        rank = self.model.posts[name].rank
        bare = f"{rank}-{unit}"
        if number is None:
            yield bare
        first = max(number or 2, 1 if self.is_free(bare, name) else 2)
        yield from (f"{rank}{one}-{unit}" for one in count(first))

    def is_free(self, marking: str, name: str) -> bool:
        """Never given, or the post's own once."""
        owner = self.after.markings.get(marking, name)
        return owner == name and (self.model.markings.get(marking, name) == name)

    def is_one_of_several(self, name: str) -> bool:
        one = self.after.posts[name]
        alike = [
            other
            for other in self.after.in_unit(one.office, one.section)
            if self.after.posts[other].rank == one.rank and other not in self.gone
        ]
        return len(alike) > 1

    # who stands above

    def find_superiors(self) -> None:
        posts, changed = self.model.posts, {}
        for name, post in posts.items():
            if not post.active or name in self.gone:
                continue
            after = self.superior_of(name)
            if after == name:
                after = posts[post.superior].superior if post.superior is not None else None
            if after != post.superior:
                changed[name] = after
        if self.order.kind == "rename":
            return
        for name, above in changed.items():
            self.after.posts[name].superior = above
        self.told |= set(changed)
        for name, above in changed.items():
            seen, step = {name}, above
            while step is not None:
                refuse("channel_cycle" if step in seen else "")
                seen.add(step)
                step = self.after.posts[step].superior

    def superior_of(self, name: str) -> str | None:
        before = self.model.posts[name].superior
        if before is None:
            return None
        if before in self.gone:
            return self.instead_of(before)
        one, above = self.model.posts[name], self.model.posts[before]
        if name in self.moved:
            left_behind = before not in self.moved and self.is_left_behind(above.office, above.section, one.section)
            return self.head_above(name) or (None if self.crosses else before) if left_behind else before
        if before in self.moved and above.section == one.section and self.moved[before] != one.section:
            return self.head_above(name) or above.superior
        return before

    def is_left_behind(self, office: str, section: str | None, own: str | None) -> bool:
        """Whether a superior of that office and section stays where the post goes away."""
        if self.crosses:
            return office == self.order.office
        return self.order.kind in {"split", "posts"} and section is not None and section == own

    def instead_of(self, post: str) -> str | None:
        """The successor of an abolished superior, or else whoever stood above."""
        seen: set[str] = set()
        one: str | None = post
        while one is not None and one in self.gone:
            if one in seen:
                return None
            seen.add(one)
            one = self.gone[one] or self.model.posts[one].superior
        return one

    def head_above(self, name: str) -> str | None:
        """The highest of the unit as it will be that ranks above; else of the unit over it; else the office's head."""
        rank = RANKS[self.model.posts[name].rank]
        office, section = self.after.posts[name].office, self.after.posts[name].section
        while section is not None:
            ranks = {
                one: RANKS[self.after.posts[one].rank]
                for one in self.after.in_unit(self.after.sections[section].office, section)
                if one not in self.gone and one != name
            }
            above = [one for one in ranks if ranks[one] < rank]
            if above:
                return min(above, key=lambda one: (ranks[one], list(self.model.posts).index(one)))
            section = self.after.sections[section].parent
        head = self.after.offices[office].head
        return head if head is not None and self.staying(head) and head != name else None

    # who receives

    def find_receivers(self) -> None:
        if self.order.kind == "rename":
            return
        for name, section in self.after.sections.items():
            before = section.receiving
            if before is None or name == self.closes or before not in {*self.moved, *self.gone}:
                continue
            if before in self.gone or self.moved[before] != name:
                section.receiving = self.new_receiver(name, before)
        target = self.after.sections[self.target] if self.target is not None else None
        if target is not None and target.receiving is None and self.order.kind != "move":
            before = self.model.sections[self.target].receiving if self.target in self.model.sections else None
            target.receiving = self.first_of(self.target or "") if before is None else None

    def new_receiver(self, section: str, before: str) -> str | None:
        successor = self.gone.get(before)
        if successor is not None and self.after.posts[successor].office == self.after.sections[section].office:
            return successor
        return self.first_of(section)

    def first_of(self, section: str) -> str | None:
        posts = self.model.posts
        there = [
            one for one in self.after.in_unit(self.after.sections[section].office, section) if one not in self.gone
        ]
        return min(there, key=lambda one: (RANKS[posts[one].rank], posts[one].marking), default=None)

    # what stands in the way

    def look_at_the_end(self) -> None:
        posts = self.model.posts
        for post, successor in self.gone.items():
            work = self.model.desk(post)
            if successor is None:
                refuse("desk_not_empty" if work else "")
                refuse("post_needed" if any(one.head == post for one in self.model.offices.values()) else "")
                continue
            there = successor in posts and successor not in self.gone and posts[successor].active
            refuse("" if there else "successor_gone")
            refuse("post_vacant" if work and not self.model.held(successor) else "")
        if self.crosses:
            refuse("head_moves" if self.model.offices[self.order.office].head in self.moved else "")
