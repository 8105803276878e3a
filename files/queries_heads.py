"""File heads as a tree with how many files lie under each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from employee_master.models import Section
from eoffice.core import clock
from files.models import Head


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A head, how many heads stand above it, and how many files were opened under it."""

    head: Head
    depth: int
    files: int


def sections_with_heads() -> list[Section]:
    """Sections that exist or have heads, by code."""
    has = Exists(Head.objects.filter(section=OuterRef("pk")))
    lasts = Q(to_on__isnull=True) | Q(to_on__gte=clock.today())
    return list(Section.objects.filter(lasts | has).select_related("office").order_by("code"))


def head_lines(section: Section) -> list[HeadLine]:
    """The heads of the section, each followed by those below; one query."""
    rows: list[Head] = list(
        Head.objects.filter(section=section)
        .select_related("parent")
        .annotate(count=Count("files", filter=Q(files__is_practice=False)))
        .order_by("code")
    )
    below: dict[int | None, list[Head]] = {}
    for head in rows:
        below.setdefault(head.parent_id, []).append(head)
    lines: list[HeadLine] = []
    waiting = [(head, 0) for head in reversed(below.get(None, []))]
    while waiting:
        head, depth = waiting.pop()
        lines.append(HeadLine(head, depth, getattr(head, "count", 0)))
        waiting += [(one, depth + 1) for one in reversed(below.get(head.pk, []))]
    return lines
