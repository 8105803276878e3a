"""Who stands above whom, and who receives for a section, after a re-organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from employee_master.models import Post, ReorganisationKind, Section
from employee_master.services.reorganising.changes import Basis, NewReceiver, NewSuperior, PostChange, same


class Superiors(Basis):
    def find_superiors(self) -> None:
        if self.kind == ReorganisationKind.RENAME:
            return
        chosen = self.plan.get("superior")
        superior = Post.objects.filter(pk=chosen, is_active=True).first() if chosen else None
        for change in self.moved.values():
            before = change.post.superior
            after = before
            if before is not None and before.pk in self.gone:
                after = self._instead_of(before)
            elif superior is not None and same(change.section, self.out.target) and not self._goes_along(before):
                after = superior
            elif before is not None and not self._goes_along(before) and self._is_left_behind(change, before):
                after = self._head_above(change.post, change.section) or (None if self.crosses else before)
            self._note_superior(change.post, before, after)
        below = Post.objects.filter(superior__in=[*self.moved, *self.gone], is_active=True)
        for post in below.select_related("superior__section", "designation", "section", "office"):
            if post.pk in self.moved or post.pk in self.gone or post.superior is None:
                continue
            above = post.superior
            if above.pk in self.gone:
                self._note_superior(post, above, self._instead_of(above))
            elif post.section_id == above.section_id and not same(self.moved[above.pk].section, above.section):
                # Its superior leaves the section, and the post stays.
                self._note_superior(post, above, self._head_above(post, post.section) or above.superior)
        self._look_for_circles()

    def _goes_along(self, post: Post | None) -> bool:
        return post is not None and post.pk in self.moved

    def _is_left_behind(self, change: PostChange, superior: Post) -> bool:
        """The superior stays in the section or office that the post leaves."""
        if self.crosses:
            return superior.office_id == self.office.pk
        if self.kind in (ReorganisationKind.MOVE, ReorganisationKind.MERGE):
            return False
        return superior.section_id is not None and superior.section_id == change.post.section_id

    def _instead_of(self, gone: Post) -> Post | None:
        """Who takes the place of an abolished superior: the successor, else the next one above that stays."""
        seen: set[int] = set()
        post: Post | None = gone
        while post is not None and post.pk in self.gone:
            if post.pk in seen:
                return None
            seen.add(post.pk)
            post = self.gone[post.pk].successor or post.superior
        return post

    def _head_above(self, post: Post, section: Section | None) -> Post | None:
        """The highest post of the unit, as it will be, that ranks above this one; else the head of the office."""
        if section is not None:
            office = self.office_of(section)
        else:
            office = self.target_office if post.pk in self.moved else post.office
        while section is not None:
            ranks = [
                one
                for one in self.posts_in(section)
                if one.pk != post.pk and one.designation.rank < post.designation.rank
            ]
            if ranks:
                return min(ranks, key=lambda one: (one.designation.rank, one.pk))
            section = self.parent_of(section)
        head = office.head_post
        return head if head is not None and head.is_active and head.pk not in (post.pk, *self.gone) else None

    def _note_superior(self, post: Post, before: Post | None, after: Post | None) -> None:
        if after is not None and after.pk == post.pk:
            after = before.superior if before is not None else None
        if (after.pk if after else None) != (before.pk if before else None):
            self.out.superiors.append(NewSuperior(post, before, after))

    def _look_for_circles(self) -> None:
        changed = {one.post.pk: one.after.pk if one.after else None for one in self.out.superiors}
        known: dict[int, int | None] = {}

        def above(pk: int) -> int | None:
            if pk in changed:
                return changed[pk]
            if pk not in known:
                known[pk] = Post.objects.values_list("superior_id", flat=True).get(pk=pk)
            return known[pk]

        for one in self.out.superiors:
            seen = {one.post.pk}
            step = above(one.post.pk)
            while step is not None:
                if step in seen:
                    self.problem(
                        "channel_cycle",
                        _("%(superior)s stands below %(post)s in the channel of submission.")
                        % {"superior": one.after.marking if one.after else "", "post": one.post.marking},
                        _("Choose another superior or successor."),
                    )
                    return
                seen.add(step)
                step = above(step)


class Receivers(Basis):
    def find_receivers(self) -> None:
        if self.kind == ReorganisationKind.RENAME:
            return
        target, closes = self.out.target, self.out.closes
        concerned = Section.objects.filter(receiving_post__in=[*self.moved, *self.gone]).select_related(
            "receiving_post", "office"
        )
        for section in concerned:
            if closes is not None and section.pk == closes.pk:
                continue
            before = section.receiving_post
            assert before is not None
            change = self.moved.get(before.pk)
            if change is None or not same(change.section, section):
                after = self._new_receiver(section, before)
                self.out.receivers.append(NewReceiver(section, before, after))
        if target is not None and target.receiving_post is None and self.kind != ReorganisationKind.MOVE:
            wanted = self.chosen("receiving") or self._first_of(target)
            if wanted is not None:
                self.out.receivers.append(NewReceiver(target, None, wanted))

    def _new_receiver(self, section: Section, before: Post) -> Post | None:
        successor = self.gone[before.pk].successor if before.pk in self.gone else None
        chosen = self.chosen("stays_receiving") if self.section and section.pk == self.section.pk else None
        if chosen is not None:
            return chosen
        if successor is not None and successor.office_id == section.office_id:
            return successor
        return self._first_of(section)

    def _first_of(self, section: Section) -> Post | None:
        """The highest post that the section will have."""
        posts = self.posts_in(section)
        return min(posts, key=lambda post: (post.designation.rank, post.marking), default=None)
