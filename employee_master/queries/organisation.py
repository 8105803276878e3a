"""The organisation as lists: offices with their posts, vacancies with their age, strength against posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from employee_master.models import FULL_KINDS, Charge, Designation, Office, Post, Sanction, Section
from employee_master.queries.acting import active_on
from employee_master.queries.ranks import by_rank
from eoffice.core import calendar, clock

PAGE = 50


@dataclass(frozen=True, slots=True)
class Seat:
    """A post with today's charges, since when it is vacant, and how many working days that is."""

    post: Post
    holder: Charge | None
    link: Charge | None
    vacant_since: date | None
    vacant_days: int | None

    @property
    def vacant(self) -> bool:
        return self.holder is None

    @property
    def name_en(self) -> str:
        """The post's name without the unit, under whose heading it stands."""
        return self._within(self.post.name_en, (self.post.section or self.post.office).name_en)

    @property
    def name_hi(self) -> str:
        return self._within(self.post.name_hi, (self.post.section or self.post.office).name_hi)

    @staticmethod
    def _within(name: str, unit: str) -> str:
        return name.removesuffix(f", {unit}") or name


@dataclass(frozen=True, slots=True)
class StrengthRow:
    """A designation in a unit: posts that are sanctioned (None: never entered), that exist, and that are filled."""

    office: Office
    section: Section | None
    designation: Designation
    sanctioned: int | None
    posts: int
    filled: int
    order_number: str = ""

    @property
    def vacant(self) -> int:
        return self.posts - self.filled

    @property
    def to_create(self) -> int:
        """Sanctioned posts that do not exist yet; negative where there are more than are sanctioned."""
        return 0 if self.sanctioned is None else self.sanctioned - self.posts


@dataclass(slots=True)
class Unit:
    """A section (of none, for the officers of the office) with its seats; `depth` counts the sections above it."""

    section: Section | None
    depth: int
    seats: list[Seat] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office in a list, with how many of its posts exist and are vacant, and how many offices lie below."""

    office: Office
    posts: int
    vacant: int
    below: int


@dataclass(frozen=True, slots=True)
class OfficePage:
    rows: list[OfficeRow]
    # The code to go on after; None at the end.
    more: str | None


def exists_on(day: date, *, prefix: str = "") -> Q:
    """Offices and sections that exist on the day; a first day that was never entered counts as long ago."""
    begun = Q(**{f"{prefix}from_on__isnull": True}) | Q(**{f"{prefix}from_on__lte": day})
    lasts = Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gte": day})
    return begun & lasts


def filled_today() -> Exists:
    """Posts that somebody holds fully today."""
    return Exists(Charge.objects.filter(active_on(clock.today()), post=OuterRef("pk"), kind__in=FULL_KINDS))


def vacancies(*, office_id: int | None = None) -> QuerySet[Post]:
    """Posts that exist and that nobody holds fully today, by office and marking."""
    posts = Post.objects.filter(~filled_today(), is_active=True).select_related("office", "section", "designation")
    return posts.filter(office_id=office_id) if office_id is not None else posts


def offices_page(
    *,
    under: Office | None = None,
    q: str = "",
    kind: str = "",
    closed: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> OfficePage:
    """Offices by code, a page at a time: those directly below `under` (or at the top), or all that match.

    With words or a kind the whole tree is looked through. Four queries, however many offices there are.
    """
    offices = Office.objects.filter(to_on__lt=clock.today()) if closed else open_offices()
    words = q.split()
    if words or kind or closed:
        for word in words:
            offices = offices.filter(_says(word))
        offices = offices.filter(kind=kind) if kind else offices
    else:
        offices = offices.filter(parent=under)
    rows = list(offices.filter(code__gt=after).select_related("parent", "head_post").order_by("code")[: limit + 1])
    return OfficePage(office_rows(rows[:limit]), rows[limit - 1].code if len(rows) > limit else None)


def open_offices() -> QuerySet[Office]:
    """The offices that exist today or from a later day."""
    return Office.objects.exclude(to_on__lt=clock.today())


@dataclass(frozen=True, slots=True)
class VacancyPage:
    seats: list[Seat]
    # The marking to go on after; None at the end.
    more: str | None


@dataclass(frozen=True, slots=True)
class DesignationRow:
    designation: Designation
    posts: int


def vacancies_page(*, office: Office | None = None, after: str = "", limit: int = PAGE) -> VacancyPage:
    """Vacant posts by marking, a page at a time, with the age of each vacancy."""
    rows = list(
        vacancies(office_id=office.pk if office else None)
        .filter(marking__gt=after)
        .order_by("marking")
        .values_list("pk", flat=True)[: limit + 1]
    )
    seats = seats_of(Post.objects.filter(pk__in=rows[:limit]).order_by("marking"))
    return VacancyPage(seats, seats[-1].post.marking if len(rows) > limit else None)


def posts_to_choose(*office_ids: int) -> QuerySet[Post]:
    """The posts of these offices for a list to choose from, the highest first."""
    return by_rank(Post.objects.filter(office__in=office_ids, is_active=True))


def designations() -> list[DesignationRow]:
    """All designations by rank, with how many posts have them; two queries."""
    count = dict(Post.objects.filter(is_active=True).order_by().values_list("designation").annotate(n=Count("pk")))
    return [DesignationRow(row, count.get(row.pk, 0)) for row in Designation.objects.all()]


def open_sections(office_id: int) -> QuerySet[Section]:
    return Section.objects.filter(office_id=office_id).exclude(to_on__lt=clock.today()).order_by("code")


def _says(word: str) -> Q:
    said = Q()
    for column in ("code", "name_en", "name_hi", "district_en", "district_hi", "place_en", "place_hi"):
        said |= Q(**{f"{column}__icontains": word})
    return said


def office_rows(offices: Sequence[Office]) -> list[OfficeRow]:
    """The offices with their figures; three queries."""
    ids = [office.pk for office in offices]
    posts = Post.objects.filter(office__in=ids, is_active=True)
    count = dict(posts.values_list("office").annotate(n=Count("pk")).order_by())
    filled = dict(posts.filter(filled_today()).values_list("office").annotate(n=Count("pk")).order_by())
    below = dict(open_offices().filter(parent__in=ids).values_list("parent").annotate(n=Count("pk")).order_by())
    return [
        OfficeRow(one, count.get(one.pk, 0), count.get(one.pk, 0) - filled.get(one.pk, 0), below.get(one.pk, 0))
        for one in offices
    ]


def path_of(office: Office) -> list[Office]:
    """The offices above, the topmost first."""
    path: list[Office] = []
    above = office.parent
    while above is not None and above not in path:
        path.insert(0, above)
        above = above.parent
    return path


def seats_of(posts: QuerySet[Post]) -> list[Seat]:
    """The posts as seats, in their order; three queries."""
    charges = Charge.objects.select_related("employee").order_by("pk")
    rows = list(
        posts.select_related("office", "section", "designation", "superior").prefetch_related(
            Prefetch("charges", queryset=charges, to_attr="every_charge"), "markings"
        )
    )
    since = {post.pk: _vacant_since(post) for post in rows}
    today = clock.today()
    days = calendar.distances(today, {day for day in since.values() if day is not None})
    seats = []
    for post in rows:
        running = [charge for charge in _charges(post) if charge.runs_on(today)]
        holder = next((charge for charge in running if charge.kind in FULL_KINDS), None)
        link = next((charge for charge in running if charge.kind not in FULL_KINDS), None)
        day = since[post.pk]
        seats.append(Seat(post, holder, link, day, -days[day] if day is not None else None))
    return seats


def _charges(post: Post) -> list[Charge]:
    every: list[Charge] = getattr(post, "every_charge", [])
    return every


def _vacant_since(post: Post) -> date | None:
    """The last day of the last full holder; for a post that was never held, the day of its making, if known."""
    today = clock.today()
    full = [charge for charge in _charges(post) if charge.kind in FULL_KINDS and charge.from_on <= today]
    if any(charge.runs_on(today) for charge in full):
        return None
    ends = [charge.to_on for charge in full if charge.to_on is not None]
    return max(ends, default=None) or min((marking.from_on for marking in post.markings.all()), default=None)


def units_of(office: Office) -> list[Unit]:
    """Officers first, then each section with its units below it; every seat of the office."""
    sections = list(open_sections(office.pk).select_related("receiving_post"))
    units = {None: Unit(None, 0)} | {section.pk: Unit(section, depth) for section, depth in in_tree_order(sections)}
    posts = by_rank(Post.objects.filter(office=office, is_active=True))
    for seat in seats_of(posts):
        # A post of a section that is closed, which a correct act never leaves behind, still shows among the officers.
        units.get(seat.post.section_id, units[None]).seats.append(seat)
    return [unit for unit in units.values() if unit.section is not None or unit.seats]


def in_tree_order(sections: Iterable[Section]) -> list[tuple[Section, int]]:
    """Each section followed by its units, with the depth; those whose parent is not among them stand at the top."""
    rows = sorted(sections, key=lambda section: section.code)
    ids = {section.pk for section in rows}
    below: dict[int | None, list[Section]] = {}
    for section in rows:
        below.setdefault(section.parent_id if section.parent_id in ids else None, []).append(section)
    found: list[tuple[Section, int]] = []
    waiting = [(section, 0) for section in reversed(below.get(None, []))]
    while waiting:
        section, depth = waiting.pop()
        found.append((section, depth))
        waiting += [(unit, depth + 1) for unit in reversed(below.get(section.pk, []))]
    return found


def strength_of(office: Office) -> list[StrengthRow]:
    """Sanctioned strength against posts, for each unit and designation of the office; four queries."""
    posts = Post.objects.filter(office=office, is_active=True)
    count, filled = _counted(posts), _counted(posts.filter(filled_today()))
    sanctions = {(row.section_id, row.designation_id): row for row in Sanction.objects.filter(office=office)}
    wanted = set(count) | {key for key, row in sanctions.items() if row.strength}
    sections: dict[int | None, Section] = dict(Section.objects.filter(office=office).in_bulk())
    designations = Designation.objects.in_bulk({designation for _section, designation in wanted})
    rows = [
        StrengthRow(
            office=office,
            section=sections[section] if section is not None else None,
            designation=designations[designation],
            sanctioned=sanctions[section, designation].strength if (section, designation) in sanctions else None,
            posts=count.get((section, designation), 0),
            filled=filled.get((section, designation), 0),
            order_number=sanctions[section, designation].order_number if (section, designation) in sanctions else "",
        )
        for section, designation in wanted
    ]
    return sorted(
        rows, key=lambda row: (row.section.code if row.section else "", row.designation.rank, row.designation.code)
    )


def _counted(posts: QuerySet[Post]) -> dict[tuple[int | None, int], int]:
    rows = posts.order_by().values_list("section_id", "designation_id").annotate(n=Count("pk"))
    return {(section_id, designation_id): count for section_id, designation_id, count in rows}
