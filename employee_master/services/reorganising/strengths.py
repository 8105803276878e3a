"""Sanctioned strength goes with the posts; and why a re-organisation can't be carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from employee_master.models import Designation, Office, Post, ReorganisationKind, Sanction, Section
from employee_master.queries.posts import holder_of
from employee_master.services.reorganising.changes import Abolition, Basis, NewStrength
from eoffice.core.names import named


class Strengths(Basis):
    def find_strengths(self) -> None:
        if self.kind in (ReorganisationKind.RENAME, ReorganisationKind.MOVE):
            return
        rows = {
            (row.office_id, row.section_id, row.designation_id): row
            for row in Sanction.objects.filter(office__in=[self.office, self.target_office])
        }
        source_ids = {post.section_id for post in self._all_posts() if post.section_id not in self._carried_ids()}
        if self.section is not None:
            source_ids.add(self.section.pk)
        for source_id in source_ids:
            self._strengths_from(source_id, rows)

    def _all_posts(self) -> Iterable[Post]:
        yield from (one.post for one in self.moved.values())
        yield from (one.post for one in self.gone.values())

    def _carried_ids(self) -> set[int | None]:
        return {section.pk for section in self.out.carried}

    def _strengths_from(self, source_id: int | None, rows: dict[tuple[int, int | None, int], Sanction]) -> None:
        target = self.out.target
        moved = Counter(one.post.designation_id for one in self.moved.values() if one.post.section_id == source_id)
        gone = Counter(one.post.designation_id for one in self.gone.values() if one.post.section_id == source_id)
        closes = self.out.closes is not None and self.out.closes.pk == source_id
        kept = {key[2] for key in rows if key[:2] == (self.office.pk, source_id)} if closes else set()
        for designation_id in {*moved, *gone, *kept}:
            from_row = rows.get((self.office.pk, source_id, designation_id))
            into_key = (self.target_office.pk, target.pk if target is not None else None, designation_id)
            into_row = rows.get(into_key) if target is None or target.pk is not None else None
            carried = moved[designation_id]
            if from_row is not None:
                left = 0 if closes else max(from_row.strength - carried - gone[designation_id], 0)
                carried = max(carried, from_row.strength - gone[designation_id] - left)
                self._note_strength(self.office, from_row.section, designation_id, from_row.strength, left)
            if into_row is not None:
                after = into_row.strength + carried
                self._note_strength(self.target_office, target, designation_id, into_row.strength, after)
            elif from_row is not None and carried and not self._has_posts(target, designation_id):
                self._note_strength(self.target_office, target, designation_id, None, carried)

    def _has_posts(self, target: Section | None, designation_id: int) -> bool:
        """Where posts exist without a strength, it was never entered, and stays so."""
        if target is not None and target.pk is None:
            return False
        return Post.objects.filter(
            office=self.target_office, section=target, designation_id=designation_id, is_active=True
        ).exists()

    def _note_strength(
        self, office: Office, section: Section | None, designation_id: int, before: int | None, after: int
    ) -> None:
        if before != after:
            designation = Designation.objects.get(pk=designation_id)
            self.out.strengths.append(NewStrength(office, section, designation, before, after))


class Problems(Basis):
    def look_for_problems(self) -> None:
        for one in self.gone.values():
            self._look_at_abolition(one)
        if self.crosses:
            self._look_at_heads()

    def _look_at_abolition(self, one: Abolition) -> None:
        marking, successor = one.post.marking, one.successor
        if successor is None:
            if one.work:
                self.problem(
                    "desk_not_empty",
                    _("The desk of %(marking)s still holds: %(work)s.")
                    % {"marking": marking, "work": ", ".join(f"{work.kind} {work.count}" for work in one.work)},
                    _("Name the post that takes them over."),
                )
            heads = Office.objects.filter(head_post=one.post) | Office.objects.filter(ddo_post=one.post)
            if heads.exists():
                self.problem(
                    "post_needed",
                    _("%(marking)s receives the papers of %(unit)s or stands at its head.")
                    % {"marking": marking, "unit": named(heads.first())},
                    _("Name the post that takes its place."),
                )
            return
        if successor.pk in self.gone or not successor.is_active:
            self.problem(
                "successor_gone",
                _("%(successor)s, which is to take over from %(marking)s, is abolished itself.")
                % {"successor": successor.marking, "marking": marking},
                _("Name another post that takes over."),
            )
        elif one.work and holder_of(successor) is None:
            self.problem(
                "post_vacant",
                _("%(post)s (%(marking)s) has no holder today.")
                % {"post": named(successor), "marking": successor.marking},
                _("Name a post that somebody holds, or fill this one first."),
            )

    def _look_at_heads(self) -> None:
        for office in Office.objects.filter(pk=self.office.pk, head_post__in=self.moved) | Office.objects.filter(
            pk=self.office.pk, ddo_post__in=self.moved
        ):
            self.problem(
                "head_moves",
                _("The head or the drawing officer of %(office)s is among the posts that leave it.")
                % {"office": named(office)},
                _("Enter another head post on the office's page first."),
            )
