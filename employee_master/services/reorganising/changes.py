"""What a re-organisation changes, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from employee_master import ports
from employee_master.models import Charge, Designation, Office, Post, Reorganisation, ReorganisationKind, Section
from eoffice.core import clock
from eoffice.core.errors import DomainError, Text, WrongState


@dataclass(slots=True)
class PostChange:
    """A post that comes into a unit, or keeps its unit whose code or name changes."""

    post: Post
    office: Office
    section: Section | None
    marking: str
    name_en: str
    name_hi: str

    @property
    def is_marked_anew(self) -> bool:
        return self.marking != self.post.marking


@dataclass(slots=True)
class Abolition:
    """A post that ends: whose charges end with it, what lies on its desk, and who takes that over."""

    post: Post
    successor: Post | None
    charges: list[Charge]
    work: list[ports.Work]

    @property
    def things(self) -> int:
        return sum(work.count for work in self.work)


@dataclass(frozen=True, slots=True)
class NewSuperior:
    post: Post
    before: Post | None
    after: Post | None


@dataclass(frozen=True, slots=True)
class NewReceiver:
    section: Section
    before: Post | None
    after: Post | None


@dataclass(frozen=True, slots=True)
class NewStrength:
    """The sanctioned strength of a designation in a unit, as it moves with the posts."""

    office: Office
    section: Section | None
    designation: Designation
    before: int | None
    after: int


@dataclass(slots=True)
class Drawn:
    """The whole change. `problems` are the refusals in words; with any of them nothing is carried out."""

    target: Section | None = None
    target_office: Office | None = None
    new_section: Section | None = None
    closes: Section | None = None
    carried: list[Section] = field(default_factory=list)
    posts: list[PostChange] = field(default_factory=list)
    abolished: list[Abolition] = field(default_factory=list)
    superiors: list[NewSuperior] = field(default_factory=list)
    receivers: list[NewReceiver] = field(default_factory=list)
    strengths: list[NewStrength] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)

    @property
    def handed_over(self) -> int:
        return sum(one.things for one in self.abolished if one.successor is not None)


class Basis:
    """What the parts of the drawing share: the wish, the posts that go, the posts that end, and what comes of it."""

    def __init__(self, row: Reorganisation) -> None:
        self.row, self.plan = row, row.plan
        self.out = Drawn()
        self.kind = ReorganisationKind(row.kind)
        self.section: Section | None = row.section
        self.office: Office = row.office
        self.moved: dict[int, PostChange] = {}
        self.gone: dict[int, Abolition] = {}

    @property
    def target_office(self) -> Office:
        assert self.out.target_office is not None
        return self.out.target_office

    @property
    def crosses(self) -> bool:
        return self.target_office.pk != self.office.pk

    def chosen(self, name: str) -> Post | None:
        """A post that the plan names, if it will still exist."""
        pk = self.plan.get(name)
        return Post.objects.filter(pk=pk, is_active=True).exclude(pk__in=self.gone).first() if pk else None

    def posts_in(self, section: Section) -> list[Post]:
        """The posts that the section will have."""
        coming = [one.post for one in self.moved.values() if same(one.section, section)]
        if section.pk is None:
            return coming
        staying = Post.objects.filter(section_id=section.pk, is_active=True).select_related("designation")
        return [*coming, *(one for one in staying if one.pk not in self.moved and one.pk not in self.gone)]

    def office_of(self, section: Section) -> Office:
        """The office that the section will be of."""
        return self.target_office if self._goes_over(section) else section.office

    def parent_of(self, section: Section) -> Section | None:
        """The section that it will lie in: the drawn one for the units of a section that moves or is merged."""
        own = self.section
        if own is not None and self._goes_over(section) and section.parent_id == own.pk:
            return self.out.target
        return section.parent

    def _goes_over(self, section: Section) -> bool:
        return same(section, self.out.target) or any(same(section, one) for one in self.out.carried)

    def problem(self, code: str, message: Text, remedy: Text) -> None:
        self.out.problems.append(WrongState(code, message, remedy))


def same(one: Section | None, other: Section | None) -> bool:
    """Whether they are one section; a new one, which has no id yet, is itself alone."""
    if one is None or other is None:
        return one is other
    return one is other or (one.pk is not None and one.pk == other.pk)


def units_below(section: Section | None) -> list[Section]:
    """The units of a section, and theirs; those that exist."""
    found: list[Section] = []
    layer = [section] if section is not None else []
    while layer:
        layer = list(
            Section.objects.filter(parent__in=layer)
            .exclude(to_on__lt=clock.today())
            .exclude(pk__in=[one.pk for one in found])
            .select_related("office", "parent")
        )
        found += layer
    return found
