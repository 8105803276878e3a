"""What a re-organisation would change, worked out without changing anything: the preview and the act share it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import (
    Charge,
    Office,
    Post,
    PostMarking,
    Reorganisation,
    ReorganisationKind,
    Section,
)
from employee_master.services.marking import markings_taken, numbered_marking, post_names, unit_code
from employee_master.services.offices import clean_code
from employee_master.services.post_changes import has_made_names, is_by_rule, number_in
from employee_master.services.reorganising.changes import Abolition, Drawn, PostChange, units_below
from employee_master.services.reorganising.strengths import Problems, Strengths
from employee_master.services.reorganising.superiors import Receivers, Superiors
from employee_master.services.sections import refuse_closed, refuse_code_taken, refuse_foreign_parent
from eoffice.core import clock
from eoffice.core.errors import DomainError, NotVisible, WrongState
from eoffice.core.names import named


def draw(row: Reorganisation) -> Drawn:
    """Work the change out from how things stand now."""
    return Drawing(row).draw()


def posts_concerned(row: Reorganisation) -> set[int]:
    """The posts that the change moves, abolishes, or hands to; for locking them."""
    ids = {int(pk) for pk in row.plan.get("abolish", {})} | {int(pk) for pk in row.plan.get("posts", ())}
    ids |= {int(pk) for pk in row.plan.get("abolish", {}).values() if pk}
    if row.section_id is not None and row.kind not in (ReorganisationKind.SPLIT, ReorganisationKind.POSTS):
        sections = [row.section_id, *(section.pk for section in units_below(row.section))]
        ids |= set(Post.objects.filter(section__in=sections, is_active=True).values_list("pk", flat=True))
    return ids


class Drawing(Superiors, Receivers, Strengths, Problems):
    """Works a re-organisation out; see `draw`."""

    def draw(self) -> Drawn:
        try:
            self._target()
        except DomainError as refusal:
            # Without a target there is nothing to work out.
            self.out.problems.append(refusal)
            return self.out
        self._choose_posts()
        self._mark()
        self.find_superiors()
        self.find_receivers()
        self.find_strengths()
        self.look_for_problems()
        self.out.posts = list(self.moved.values())
        self.out.abolished = list(self.gone.values())
        return self.out

    # Where it goes

    def _target(self) -> None:
        if self.section is not None:
            refuse_closed(self.section)
            self._refuse_elsewhere(self.section, self.office)
        office = self.row.to_office or self.office
        refuse_closed(office)
        self.out.target_office = office
        by_kind: dict[ReorganisationKind, Callable[[Office], None]] = {
            ReorganisationKind.RENAME: self._target_of_rename,
            ReorganisationKind.MERGE: self._target_of_merge,
            ReorganisationKind.SPLIT: self._target_of_split,
            ReorganisationKind.MOVE: self._target_of_move,
            ReorganisationKind.POSTS: self._target_of_posts,
        }
        by_kind[self.kind](office)

    def _target_of_rename(self, _office: Office) -> None:
        section = self._own_section()
        code = clean_code(self.plan.get("code") or section.code)
        refuse_code_taken(code, but=section)
        self.out.target = Section(
            pk=section.pk,
            office=self.office,
            parent_id=section.parent_id,
            code=code,
            name_en=self.plan.get("name_en") or section.name_en,
            name_hi=self.plan.get("name_hi") or section.name_hi,
        )

    def _target_of_merge(self, _office: Office) -> None:
        section, into = self._own_section(), self.row.into
        if into is None or into.pk == section.pk or into in units_below(section):
            raise WrongState(
                "merges_into_itself",
                _("%(section)s can't be merged into itself or a unit of its own.") % {"section": named(section)},
                _("Choose another section."),
            )
        refuse_closed(into)
        self._refuse_elsewhere(into, self.target_office)
        self.out.target = into
        self.out.closes, self.out.carried = section, units_below(section)

    def _target_of_split(self, office: Office) -> None:
        section = self._own_section()
        code = clean_code(self.plan.get("code", ""))
        refuse_code_taken(code)
        new = Section(
            office=office,
            code=code,
            name_en=self.plan["name_en"],
            name_hi=self.plan["name_hi"],
            kind=self.plan.get("kind") or section.kind,
            from_on=clock.today(),
        )
        new.parent = refuse_foreign_parent(new, self.plan.get("parent"))
        self.out.target = self.out.new_section = new

    def _target_of_move(self, office: Office) -> None:
        section = self._own_section()
        after = Section(
            pk=section.pk, office=office, code=section.code, name_en=section.name_en, name_hi=section.name_hi
        )
        after.parent = refuse_foreign_parent(after, self.plan.get("parent"))
        if office.pk == section.office_id and after.parent_id == section.parent_id:
            raise WrongState(
                "stays_where_it_is",
                _("%(section)s lies there already.") % {"section": named(section)},
                _("Choose another office, or another section above it."),
            )
        self.out.target = after
        self.out.carried = units_below(section)

    def _target_of_posts(self, office: Office) -> None:
        into = self.row.into
        if into is not None:
            refuse_closed(into)
            self._refuse_elsewhere(into, office)
            self.out.target = into

    @staticmethod
    def _refuse_elsewhere(section: Section, office: Office) -> None:
        """Who agrees to the change hangs on the offices that it was prepared for."""
        if section.office_id != office.pk:
            raise WrongState(
                "section_elsewhere",
                _("%(section)s belongs to another office now.") % {"section": named(section)},
                _("Withdraw this and prepare it anew."),
            )

    def _own_section(self) -> Section:
        if self.section is None:
            raise NotVisible
        return self.section

    # Which posts, and what becomes of them

    def _choose_posts(self) -> None:
        posts = Post.objects.filter(is_active=True).select_related("office", "section", "designation", "superior")
        posts = posts.order_by("designation__rank", "marking")
        wanted = {int(pk) for pk in self.plan.get("posts", ())}
        ends = {int(pk): successor for pk, successor in self.plan.get("abolish", {}).items()}
        if self.kind in (ReorganisationKind.SPLIT, ReorganisationKind.POSTS):
            here = posts.filter(pk__in=wanted | set(ends), office=self.office)
            here = here.filter(section=self.section) if self.kind == ReorganisationKind.SPLIT else here
            self._note_missing(wanted | set(ends), {post.pk for post in here})
        else:
            here = posts.filter(section=self.section)
        for post in here:
            if post.pk in ends:
                self._abolish(post, ends[post.pk])
            else:
                self._move(post, self.out.target)
        # Units go along with their section; their posts change only their office.
        for post in posts.filter(section__in=self.out.carried) if self.crosses else ():
            self._move(post, post.section)

    def _move(self, post: Post, section: Section | None) -> None:
        self.moved[post.pk] = PostChange(post, self.target_office, section, post.marking, post.name_en, post.name_hi)

    def _abolish(self, post: Post, successor_id: int | None) -> None:
        successor = Post.objects.select_related("office").filter(pk=successor_id).first() if successor_id else None
        charges = list(
            Charge.objects.filter(post=post, ended_at=None)
            .exclude(to_on__lt=clock.today())
            .select_related("employee")
            .order_by("pk")
        )
        work = [work for port in ports.holds_work for work in port.work_on(post.pk) if work.count]
        self.gone[post.pk] = Abolition(post, successor, charges, work)
        if successor_id and successor is None:
            self.problem(
                "successor_gone",
                _("The post that is to take over from %(marking)s does not exist any more.")
                % {"marking": post.marking},
                _("Withdraw this and prepare it anew."),
            )

    def _note_missing(self, wanted: set[int], found: set[int]) -> None:
        if not wanted:
            self.problem("no_posts", _("No post is chosen."), _("Choose the posts that are to go."))
        if wanted <= found:
            return
        missing = Post.objects.filter(pk__in=wanted - found).first()
        self.problem(
            "post_elsewhere",
            _("%(marking)s is not there any more: it was moved or abolished meanwhile.") % {"marking": missing.marking}
            if missing is not None
            else _("A post that was chosen does not exist any more: the sheet that made it was undone."),
            _("Withdraw this and prepare it anew."),
        )

    def _mark(self) -> None:
        """New markings and names where the old ones were made by rule; the office's own ones stay."""
        taken = markings_taken()
        own: dict[int, set[str]] = {pk: set() for pk in self.moved}
        for kept in PostMarking.objects.filter(post__in=self.moved):
            own[kept.post_id].add(kept.marking.upper())
        for change in self.moved.values():
            post, unit = change.post, change.section or change.office
            former = post.section or post.office
            made_names = has_made_names(post)
            number = number_in(post, post.marking)
            if unit_code(unit) != unit_code(former) and is_by_rule(post):
                change.marking, number = numbered_marking(
                    designation=post.designation,
                    office=change.office,
                    section=change.section,
                    number=number if self._several(change) else None,
                    # What a post bore before may come back to it.
                    taken=taken - own[post.pk] if own[post.pk] else taken,
                )
                taken.add(change.marking.upper())
            if made_names:
                change.name_en, change.name_hi = post_names(
                    designation=post.designation, office=change.office, section=change.section, number=number
                )

    def _several(self, change: PostChange) -> bool:
        """Whether the unit will have more than one post of the designation."""
        designation_id = change.post.designation_id
        if change.section is not None:
            posts = self.posts_in(change.section)
            return sum(post.designation_id == designation_id for post in posts) > 1
        coming = [one for one in self.moved.values() if one.section is None]
        there = Post.objects.filter(
            office=change.office, section=None, designation_id=designation_id, is_active=True
        ).exclude(pk__in=[*self.moved, *self.gone])
        return sum(one.post.designation_id == designation_id for one in coming) + there.count() > 1
