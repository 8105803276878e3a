"""Sections, designations and sanctioned strength. A real change of a section is a re-organisation by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Designation, Office, Post, Sanction, Section, SectionCode, SectionKind
from employee_master.services.marking import ABBREVIATION_LENGTH
from employee_master.services.offices import clean_code, code_taken
from employee_master.services.organisation import lock_tree
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

NAME_LENGTH = 200
DESIGNATION_LENGTH = 120
ORDER_LENGTH = 80
LOWEST_RANK = 999
MOST_POSTS = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFacts:
    """What a section is. Its receiving post is where papers go that are marked to it."""

    name_en: str
    name_hi: str
    kind: str = SectionKind.SECTION
    parent_id: int | None = None
    receiving_post_id: int | None = None
    is_registry: bool = False


@transaction.atomic
def section_enter(
    *, office_id: int, code: str, facts: SectionFacts, from_on: date | None = None, actor: Actor
) -> Section:
    """Enter a section or unit of an office.

    Refuses: a code that any section has or had (`code_taken`), a closed office (`unit_closed`), and what
    `section_correct` refuses.
    """
    lock_tree()
    office = Office.objects.select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    section = Section(office=office, code=clean_code(code), from_on=from_on or clock.today())
    access.require(actor, Action.SECTION_ENTER, section)
    refuse_code_taken(section.code)
    refuse_closed(office)
    _apply(section, facts)
    section.save()
    record_event(
        action=Action.SECTION_ENTER,
        subject=section,
        actor=actor,
        data={"code": section.code, "office": office.pk, "parent": section.parent_id, "new": True},
    )
    return section


@transaction.atomic
def section_correct(*, section_id: int, facts: SectionFacts, actor: Actor) -> Section:
    """Put right what was entered wrongly, and name the receiving post.

    Refuses: a closed section (`unit_closed`), a section above that lies below (`section_circle`), a receiving post of
    another office (`foreign_post`) or that was abolished.
    """
    lock_tree()
    section = locked_section(section_id)
    access.require(actor, Action.SECTION_ENTER, section)
    refuse_closed(section)
    changed = _apply(section, facts)
    section.save()
    record_event(
        action=Action.SECTION_ENTER,
        subject=section,
        actor=actor,
        data={"code": section.code, "changed": changed, "receiving_post": section.receiving_post_id},
    )
    return section


@transaction.atomic
def section_close(*, section_id: int, actor: Actor) -> Section:
    """Close a section that has neither posts nor units; today is its last day. Its code is never given again."""
    lock_tree()
    section = locked_section(section_id)
    access.require(actor, Action.SECTION_ENTER, section)
    refuse_closed(section)
    posts = Post.objects.filter(section=section, is_active=True)
    units = Section.objects.filter(parent=section).exclude(to_on__lt=clock.today())
    for thing in (posts.first(), units.first()):
        if thing is not None:
            raise WrongState(
                "section_in_use",
                _("%(section)s can't be closed: %(thing)s belongs to it.")
                % {"section": named(section), "thing": thing},
                _("Merge it into another section by an order; its posts and their desks go with it."),
            )
    section.to_on = clock.today()
    section.receiving_post = None
    section.save(update_fields=["to_on", "receiving_post"])
    record_event(action=Action.SECTION_ENTER, subject=section, actor=actor, data={"code": section.code, "closed": True})
    return section


def refuse_code_taken(code: str, *, but: Section | None = None) -> None:
    """No code of a section, closed or not, is ever given to another: it stands in diary and file numbers."""
    others = Section.objects.filter(code__iexact=code)
    kept = SectionCode.objects.filter(code__iexact=code)
    if but is not None:
        others, kept = others.exclude(pk=but.pk), kept.exclude(section=but)
    if others.exists() or kept.exists():
        raise code_taken(code)


def refuse_closed(unit: Office | Section) -> None:
    """On its last day nothing new begins in it either."""
    if unit.to_on is not None and unit.to_on <= clock.today():
        raise WrongState(
            "unit_closed",
            _("%(unit)s was closed on %(day)s.") % {"unit": named(unit), "day": unit.to_on.isoformat()},
            _("Choose an office or section that exists now."),
        )


def locked_section(section_id: int) -> Section:
    section = Section.objects.select_for_update(no_key=True).filter(pk=section_id).first()
    if section is None:
        raise NotVisible
    return section


def _apply(section: Section, facts: SectionFacts) -> list[str]:
    if facts.kind not in SectionKind.values:
        raise BadInput("unknown_kind", _("This kind is not known."), _("Choose one of the list."), field="kind")
    parent = refuse_foreign_parent(section, facts.parent_id)
    receiving = Post.objects.filter(pk=facts.receiving_post_id).first() if facts.receiving_post_id else None
    refuse_foreign_receiver(section.office_id, receiving)
    wanted = {
        "name_en": clean_line(facts.name_en, field="name_en", limit=NAME_LENGTH),
        "name_hi": clean_line(facts.name_hi, field="name_hi", limit=NAME_LENGTH),
        "kind": facts.kind,
        "parent": parent,
        "receiving_post": receiving,
        "is_registry": facts.is_registry,
    }
    changed = [field for field, value in wanted.items() if getattr(section, field) != value]
    for field, value in wanted.items():
        setattr(section, field, value)
    return changed


def refuse_foreign_parent(section: Section, parent_id: int | None) -> Section | None:
    """The section above, which must be of the office and not lie below."""
    parent = Section.objects.filter(pk=parent_id).first() if parent_id is not None else None
    if parent is None:
        return None
    if parent.office_id != section.office_id:
        raise BadInput(
            "foreign_section",
            _("%(section)s is not a section of %(office)s.")
            % {"section": named(parent), "office": named(section.office)},
            _("Choose a section of the office."),
            field="parent",
        )
    refuse_closed(parent)
    above: Section | None = parent
    while above is not None:
        if section.pk is not None and above.pk == section.pk:
            raise WrongState(
                "section_circle",
                _("%(one)s lies below %(other)s already.") % {"one": named(parent), "other": named(section)},
                _("Choose another section above it."),
            )
        above = above.parent
    return parent


def refuse_foreign_receiver(office_id: int, post: Post | None) -> None:
    if post is None:
        return
    if not post.is_active:
        raise WrongState(
            "post_abolished",
            _("The post %(marking)s no longer exists.") % {"marking": post.marking},
            _("Choose another post."),
        )
    if post.office_id != office_id:
        raise BadInput(
            "foreign_post",
            _("%(marking)s is not a post of this office.") % {"marking": post.marking},
            _("Choose a post of the office."),
            field="receiving_post",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationFacts:
    """What a designation is. A smaller rank stands higher."""

    name_en: str
    name_hi: str
    rank: int
    abbreviation: str = ""
    is_active: bool = True


@transaction.atomic
def designation_enter(*, code: str, facts: DesignationFacts, actor: Actor) -> Designation:
    """Enter a designation. Refuses a code that another has (`code_taken`), a rank outside 1 to 999 (`bad_rank`)."""
    lock_tree()
    designation = Designation(code=clean_code(code))
    access.require(actor, Action.DESIGNATION_ENTER, designation)
    if Designation.objects.filter(code__iexact=designation.code).exists():
        raise code_taken(designation.code)
    return _entered(designation, facts, actor)


@transaction.atomic
def designation_correct(*, designation_id: int, facts: DesignationFacts, actor: Actor) -> Designation:
    """Correct a designation, or stop giving it; markings of posts that exist stay as they are."""
    designation = Designation.objects.select_for_update(no_key=True).filter(pk=designation_id).first()
    if designation is None:
        raise NotVisible
    access.require(actor, Action.DESIGNATION_ENTER, designation)
    return _entered(designation, facts, actor)


def _entered(designation: Designation, facts: DesignationFacts, actor: Actor) -> Designation:
    if not 1 <= facts.rank <= LOWEST_RANK:
        raise BadInput(
            "bad_rank",
            _("A rank lies between 1 and %(lowest)s.") % {"lowest": LOWEST_RANK},
            _("The highest officer has the smallest rank."),
            field="rank",
        )
    designation.name_en = clean_line(facts.name_en, field="name_en", limit=DESIGNATION_LENGTH)
    designation.name_hi = clean_line(facts.name_hi, field="name_hi", limit=DESIGNATION_LENGTH)
    designation.abbreviation = clean_line(
        facts.abbreviation, field="abbreviation", limit=ABBREVIATION_LENGTH, required=False
    )
    designation.rank = facts.rank
    designation.is_active = facts.is_active
    designation.save()
    record_event(
        action=Action.DESIGNATION_ENTER,
        subject=designation,
        actor=actor,
        data={"code": designation.code, "rank": designation.rank, "active": designation.is_active},
    )
    return designation


@transaction.atomic
def sanction_set(
    *,
    office_id: int,
    section_id: int | None,
    designation_id: int,
    strength: int,
    order_number: str = "",
    actor: Actor,
) -> Sanction:
    """Say how many posts of the designation are sanctioned in the section, or directly in the office, by which order.

    Fewer than exist may be entered: the surplus shows until posts are abolished, and no new one is created. Refuses a
    section of another office (`foreign_section`), a strength outside 0 to 9999 (`bad_strength`).
    """
    lock_tree()
    office = Office.objects.filter(pk=office_id).first()
    designation = Designation.objects.filter(pk=designation_id).first()
    section = Section.objects.filter(pk=section_id).first() if section_id is not None else None
    if office is None or designation is None or (section_id is not None and section is None):
        raise NotVisible
    access.require(actor, Action.SANCTION_SET, office)
    if section is not None and section.office_id != office.pk:
        raise BadInput(
            "foreign_section",
            _("%(section)s is not a section of %(office)s.") % {"section": named(section), "office": named(office)},
            _("Choose a section of the office."),
            field="section",
        )
    if not 0 <= strength <= MOST_POSTS:
        raise BadInput(
            "bad_strength",
            _("A strength lies between 0 and %(most)s.") % {"most": MOST_POSTS},
            _("Enter the number of posts that the order sanctions."),
            field="strength",
        )
    sanction = Sanction.objects.filter(office=office, section=section, designation=designation).first() or Sanction(
        office=office, section=section, designation=designation
    )
    sanction.strength = strength
    sanction.order_number = clean_line(order_number, field="order_number", limit=ORDER_LENGTH, required=False)
    sanction.save()
    record_event(
        action=Action.SANCTION_SET,
        subject=sanction,
        actor=actor,
        data={"office": office.pk, "section": section_id, "designation": designation.pk, "strength": strength},
    )
    return sanction
