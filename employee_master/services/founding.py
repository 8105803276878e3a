"""Founding an instance: its organisation as data, before there are pages for it. Run by the operator, once or again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from employee_master.models import Designation, Office, Post, PostMarking, PostSenior, RoleGrant, Sanction, Section
from employee_master.services.employee import post_words_write
from employee_master.services.organisation import post_place
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor

# For each list of the file: what each row must say, and what it may say. The first one names the row, except in
# `sanctions`, whose rows are named by what they are about.
_ROWS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "offices": (
        ("code", "name_en", "name_hi"),
        (
            "kind", "short_hi", "district_en", "district_hi", "place_en", "place_hi", "area", "latitude", "longitude",
            "address_en", "address_hi", "email", "phone", "from_on", "to_on", "parent", "head_post", "ddo_post",
        ),
    ),
    "designations": (("code", "name_en", "name_hi", "rank"), ("abbreviation", "is_active")),
    "sections": (
        ("code", "office", "name_en", "name_hi"),
        ("kind", "parent", "from_on", "to_on", "is_registry", "receiving_post"),
    ),
    "posts": (("marking", "office", "designation", "name_en", "name_hi"), ("section", "superior")),
    "sanctions": (("office", "designation", "strength"), ("section", "order_number")),
}  # fmt: skip
_TYPES: dict[str, type] = {"rank": int, "strength": int, "is_registry": bool, "is_active": bool}
# What stands in the file as text and is something else.
_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "from_on": (date.fromisoformat, "a day as 2026-11-24"),
    "to_on": (date.fromisoformat, "a day as 2026-11-24"),
    "latitude": (Decimal, "degrees as 26.846700"),
    "longitude": (Decimal, "degrees as 80.946200"),
}


class BadPlan(ValueError):
    """The file can't be loaded; nothing was written. `problems` says what and where, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


@dataclass
class Loaded:
    """How many rows were added of each kind, and what the instance has otherwise than the file says."""

    added: dict[str, int] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


Rows = dict[str, dict[str, dict[str, Any]]]


@transaction.atomic
def organisation_load(*, plan: Mapping[str, Any], actor: Actor) -> Loaded:
    """Add the offices, designations, sections and posts of the plan that the instance does not have yet.

    What is there already stays as it is and is reported where it differs, so that loading twice changes nothing.
    Posts are placed under their superiors, each on record. Refuses with `BadPlan`, naming every row that is wrong, and
    anybody but the super admin.
    """
    # A grant to nobody: only the super admin may, and it is about no person.
    access.require(actor, Action.ROLE_GRANT, RoleGrant())
    rows = _read(plan)
    _Loader(rows, loaded := Loaded(), actor).load()
    post_words_write(Post.objects.filter(words__isnull=True))
    return loaded


def _read(plan: Mapping[str, Any]) -> Rows:
    """The rows by their codes, each with the right fields of the right types."""
    problems = [f"“{name}” is unknown; known are {', '.join(_ROWS)}" for name in plan if name not in _ROWS]
    rows: Rows = {}
    for kind, (needed, allowed) in _ROWS.items():
        rows[kind] = {}
        found = plan.get(kind, [])
        if not isinstance(found, list):
            problems.append(f"“{kind}” is not a list")
            continue
        for number, row in enumerate(found, 1):
            place = f"{kind}, row {number}"
            if not isinstance(row, dict):
                problems.append(f"{place}: not an object in braces")
                continue
            problems += [f"{place}: “{name}” is missing" for name in needed if row.get(name) in (None, "")]
            problems += [f"{place}: {words}" for words in _wrong_values(row, (*needed, *allowed))]
            code = _name_of(kind, row)
            if code in rows[kind]:
                problems.append(f"{place}: “{code}” stands in the file twice")
            rows[kind][code] = {name: _value(name, value) for name, value in row.items()}
    if problems:
        raise BadPlan(problems)
    return rows


def _wrong_values(row: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[str]:
    for name, value in row.items():
        wanted = _TYPES.get(name, str)
        if name not in known:
            yield f"“{name}” is unknown; known are {', '.join(known)}"
        elif value is not None and type(value) is not wanted:
            yield f"“{name}” must be of type {wanted.__name__}"
        elif value is not None and name in _READERS and _value(name, value) == value:
            yield f"“{name}” must be {_READERS[name][1]}"


def _value(name: str, value: Any) -> Any:
    """The value as the column takes it; the text itself where it can't be read."""
    if not isinstance(value, str) or name not in _READERS:
        return value
    try:
        return _READERS[name][0](value)
    except (ValueError, InvalidOperation):
        return value


def _name_of(kind: str, row: Mapping[str, Any]) -> str:
    if kind == "sanctions":
        return f"{row.get('section') or row.get('office')}: {row.get('designation')}"
    return str(row.get(_ROWS[kind][0][0], ""))


class _Loader:
    def __init__(self, rows: Rows, loaded: Loaded, actor: Actor) -> None:
        self._rows, self._loaded, self._actor = rows, loaded, actor
        self._problems: list[str] = []
        self._offices = {row.code: row for row in Office.objects.all()}
        self._ranks = {row.code: row for row in Designation.objects.all()}
        self._sections = {row.code: row for row in Section.objects.all()}
        self._posts = {row.marking: row for row in Post.objects.select_related("superior")}

    def load(self) -> None:
        for code, row in self._rows["offices"].items():
            self._add(Office, "offices", code, row, self._offices, without=("parent", "head_post", "ddo_post"))
        self._link("offices", "parent", self._offices, self._offices)
        for code, row in self._rows["designations"].items():
            self._add(Designation, "designations", code, row, self._ranks)
        for code, row in self._rows["sections"].items():
            facts = {"office": self._named("sections", code, "office", self._offices)}
            self._add(Section, "sections", code, row | facts, self._sections, without=("receiving_post", "parent"))
        self._link("sections", "parent", self._sections, self._sections)
        for marking, row in self._rows["posts"].items():
            facts = {
                "office": self._named("posts", marking, "office", self._offices),
                "designation": self._named("posts", marking, "designation", self._ranks),
                "section": self._named("posts", marking, "section", self._sections),
            }
            if facts["section"] and facts["office"] and facts["section"].office_id != facts["office"].pk:
                self._problems.append(f"posts, “{marking}”: its section belongs to another office")
            self._add(Post, "posts", marking, row | facts, self._posts, without=("superior",))
        self._refuse_problems()
        self._link("sections", "receiving_post", self._sections, self._posts)
        for name in ("head_post", "ddo_post"):
            self._link("offices", name, self._offices, self._posts)
        self._sanction()
        self._keep_markings()
        self._place()
        self._refuse_problems()

    def _refuse_problems(self) -> None:
        if self._problems:
            raise BadPlan(self._problems)

    def _named(self, kind: str, code: str, name: str, among: Mapping[str, models.Model]) -> Any:
        """The row that another one names; a problem when neither file nor instance has it."""
        wanted = self._rows[kind][code].get(name)
        if not wanted:
            return None
        if wanted not in among:
            self._problems.append(f"{kind}, “{code}”: {name} “{wanted}” stands neither in the file nor in the instance")
        return among.get(wanted)

    def _add(
        self, model: type[models.Model], kind: str, code: str, facts: dict[str, Any], known: dict[str, Any],
        *, without: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        facts = {name: value for name, value in facts.items() if name not in without and value is not None}
        if code in known:
            there = known[code]
            for name, value in facts.items():
                if getattr(there, name) != value:
                    self._loaded.differing.append(f"{kind}, “{code}”: {name} is “{getattr(there, name)}” here")
            return
        row = model(**facts)
        try:
            row.full_clean(validate_constraints=False)
        except ValidationError as error:
            self._problems += [
                f"{kind}, “{code}”: {name}: {' '.join(said)}" for name, said in error.message_dict.items()
            ]
            return
        row.save()
        known[code] = row
        self._loaded.added[kind] = self._loaded.added.get(kind, 0) + 1

    def _link(self, kind: str, name: str, known: Mapping[str, Any], among: Mapping[str, Any]) -> None:
        """References within the file, which need both rows first."""
        for code in self._rows[kind]:
            wanted = self._named(kind, code, name, among)
            row = known.get(code)
            if wanted is None or row is None:
                continue
            present = getattr(row, f"{name}_id")
            if present is None:
                setattr(row, name, wanted)
                row.save(update_fields=[name])
            elif present != wanted.pk:
                self._loaded.differing.append(f"{kind}, “{code}”: {name} is another one here")

    def _sanction(self) -> None:
        """Sanctioned strength, of a section or of an office directly."""
        known = {(row.office_id, row.section_id, row.designation_id): row for row in Sanction.objects.all()}
        for code, row in self._rows["sanctions"].items():
            office = self._named("sanctions", code, "office", self._offices)
            rank = self._named("sanctions", code, "designation", self._ranks)
            section = self._named("sanctions", code, "section", self._sections)
            if office is None or rank is None:
                continue
            if section is not None and section.office_id != office.pk:
                self._problems.append(f"sanctions, “{code}”: its section belongs to another office")
                continue
            there = known.get((office.pk, section.pk if section else None, rank.pk))
            if there is None:
                Sanction.objects.create(
                    office=office,
                    section=section,
                    designation=rank,
                    strength=row["strength"],
                    order_number=row.get("order_number") or "",
                )
                self._loaded.added["sanctions"] = self._loaded.added.get("sanctions", 0) + 1
            elif there.strength != row["strength"]:
                self._loaded.differing.append(f"sanctions, “{code}”: strength is “{there.strength}” here")

    def _keep_markings(self) -> None:
        """Each post bears its marking from today; no other ever gets it."""
        known = set(PostMarking.objects.values_list("marking", flat=True))
        new = [post for marking, post in self._posts.items() if marking not in known]
        today = clock.today()
        PostMarking.objects.bulk_create(
            [PostMarking(post=post, marking=post.marking, from_on=today) for post in new], batch_size=500
        )

    def _place(self) -> None:
        """Superiors before those below them; a post that has its place keeps it."""
        placed = set(PostSenior.objects.filter(distance=0).values_list("post_id", flat=True))
        waiting = dict(self._rows["posts"])
        while waiting:
            ready = [code for code, row in waiting.items() if row.get("superior") not in waiting]
            if not ready:
                self._problems.append(f"posts, {', '.join(waiting)}: they stand under each other in a circle")
                return
            for code in ready:
                del waiting[code]
                superior = self._named("posts", code, "superior", self._posts)
                post = self._posts[code]
                if post.pk not in placed:
                    post_place(post_id=post.pk, superior_id=superior.pk if superior else None, actor=self._actor)
                elif post.superior_id != (superior.pk if superior else None):
                    self._loaded.differing.append(f"posts, “{code}”: superior is “{post.superior or '-'}” here")
