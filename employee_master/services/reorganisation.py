"""Re-organisation by a dated order: prepared by the EMD manager, agreed to by another, carried out in one piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import (
    FULL_KINDS,
    Charge,
    Employee,
    Office,
    Post,
    Reorganisation,
    ReorganisationKind,
    Sanction,
    Section,
    SectionCode,
    SectionKind,
)
from employee_master.services.employee import post_words_write
from employee_master.services.organisation import hang, lock_tree
from employee_master.services.post_changes import give_up, keep_marking
from employee_master.services.reorganising.changes import Abolition, Drawn, PostChange
from employee_master.services.reorganising.drawing import draw, posts_concerned
from employee_master.services.sections import NAME_LENGTH, ORDER_LENGTH
from employee_master.workflow.reorganisation import ReorganisationState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import Entry, record_event, record_events

REASON_LENGTH = 500
_UNNAMED = (ReorganisationKind.MERGE, ReorganisationKind.MOVE, ReorganisationKind.POSTS)


@transaction.atomic
def reorganisation_prepare(
    *,
    kind: ReorganisationKind,
    office_id: int,
    section_id: int | None,
    order_number: str,
    order_on: date,
    on: date,
    into_id: int | None = None,
    to_office_id: int | None = None,
    post_ids: Sequence[int] = (),
    abolish: Mapping[int, int | None] | None = None,
    code: str = "",
    name_en: str = "",
    name_hi: str = "",
    unit_kind: str = "",
    parent_id: int | None = None,
    superior_id: int | None = None,
    receiving_id: int | None = None,
    stays_receiving_id: int | None = None,
    actor: Actor,
) -> Reorganisation:
    """Prepare a change of the organisation from the day `on`; nothing changes yet.

    What each kind reads: RENAME names and, if it changes, the code; MERGE `into_id`; SPLIT the new section's code,
    names, `unit_kind` and `parent_id`, and the `post_ids` that go; MOVE `to_office_id` and `parent_id`; POSTS the
    `post_ids` and `into_id`, or `to_office_id` for the officers of an office. MERGE, SPLIT and POSTS may abolish
    posts, each with its successor (`abolish`). `superior_id` stands above those whose superior does not go along. The
    receiving posts are chosen where they are left empty. Refuses what could not be carried out now.
    """
    lock_tree()
    row: Reorganisation = Reorganisation(
        kind=ReorganisationKind(kind),
        office=_found(Office, office_id),
        section=_found(Section, section_id) if section_id is not None else None,
        into=_found(Section, into_id) if into_id is not None else None,
        to_office=_found(Office, to_office_id) if to_office_id is not None else None,
        order_number=clean_line(order_number, field="order_number", limit=ORDER_LENGTH),
        order_on=order_on,
        on=on,
        made_by_id=actor.employee_id,
        made_at=clock.now(),
    )
    access.require(actor, Action.REORGANISATION_PREPARE, row)
    if row.section is not None and row.section.office_id != row.office_id:
        raise NotVisible
    if row.into is not None and row.into.office_id != row.office_id:
        row.to_office = row.into.office
    named = kind not in _UNNAMED
    row.plan = {
        "posts": sorted(set(post_ids)),
        "abolish": {str(post): successor for post, successor in (abolish or {}).items()},
        "code": code.strip(),
        "name_en": clean_line(name_en, field="name_en", limit=NAME_LENGTH, required=named),
        "name_hi": clean_line(name_hi, field="name_hi", limit=NAME_LENGTH, required=named),
        "kind": unit_kind,
        "parent": parent_id,
        "superior": superior_id,
        "receiving": receiving_id,
        "stays_receiving": stays_receiving_id,
    }
    if unit_kind not in ("", *SectionKind.values):
        raise BadInput("unknown_kind", _("This kind is not known."), _("Choose one of the list."), field="unit_kind")
    if order_on > clock.today():
        raise BadInput(
            "order_to_come",
            _("The order's date lies ahead."),
            _("Enter the date that stands on the order."),
            field="order_on",
        )
    refuse_problems(draw(row))
    row.save()
    record_event(
        action=Action.REORGANISATION_PREPARE,
        subject=row,
        actor=actor,
        data={"kind": str(row.kind), "office": row.office_id, "section": row.section_id, "on": on.isoformat()},
    )
    return row


@transaction.atomic
def reorganisation_apply(*, reorganisation_id: int, actor: Actor) -> Reorganisation:
    """Agree, and carry it out if its day has come; what lies ahead waits for the night before that day.

    For the head of the office or the super admin, never for whoever prepared it; for the super admin where two
    offices are concerned. All or nothing: refuses with the first thing that stands in the way.
    """
    lock_tree()
    row = _locked(reorganisation_id)
    access.require(actor, Action.REORGANISATION_APPLY, row)
    row.decided_by_id, row.decided_at = actor.person, clock.now()
    if row.on > clock.today():
        row.agree(by_id=actor.person, at=clock.now())
        row.save()
        record_event(
            action=Action.REORGANISATION_APPLY,
            subject=row,
            actor=actor,
            data={"agreed": True, "on": row.on.isoformat()},
        )
        return row
    _carry_out(row, actor)
    return row


@transaction.atomic
def reorganisation_withdraw(*, reorganisation_id: int, actor: Actor) -> Reorganisation:
    """Withdraw what was prepared or agreed to and is not carried out yet; it stays on record."""
    row = _locked(reorganisation_id)
    access.require(actor, Action.REORGANISATION_WITHDRAW, row)
    row.withdraw()
    row.save()
    record_event(action=Action.REORGANISATION_WITHDRAW, subject=row, actor=actor, data={"kind": str(row.kind)})
    return row


def reorganisations_carry_out_due() -> tuple[int, int]:
    """Carry out what was agreed to and whose day has come, each by itself; how many were, and how many could not be.

    Run every night. What can't be carried out any more is marked so with the reason, for those who prepared it.
    """
    due = Reorganisation.objects.filter(state=ReorganisationState.AGREED, on__lte=clock.today()).order_by("on", "pk")
    done = failed = 0
    for pk in list(due.values_list("pk", flat=True)):
        if _carried_out(pk):
            done += 1
        else:
            failed += 1
    return done, failed


def _carried_out(pk: int) -> bool:
    """Refused, it is tried in the other language too, so that the reason stands in both."""
    actor = Actor.system()
    why = {}
    code = ""
    for language in ("en", "hi"):
        try:
            with translation.override(language), transaction.atomic():
                lock_tree()
                row = _locked(pk)
                if row.state == ReorganisationState.AGREED:
                    _carry_out(row, actor)
        except DomainError as refusal:
            code = refusal.code
            why[language] = f"{refusal.message} {refusal.remedy}".strip()[:REASON_LENGTH]
        else:
            return True
    with transaction.atomic():
        row = _locked(pk)
        row.fail(why_en=why["en"], why_hi=why["hi"])
        row.save()
        record_event(action=Action.REORGANISATION_FAIL, subject=row, actor=actor, data={"code": code})
    return False


def refuse_problems(drawn: Drawn) -> None:
    if drawn.problems:
        raise drawn.problems[0]


def _found(model: type[Any], pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def _locked(pk: int) -> Reorganisation:
    row: Reorganisation | None = Reorganisation.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def _carry_out(row: Reorganisation, actor: Actor) -> None:
    _lock_all(row)
    drawn = draw(row)
    refuse_problems(drawn)
    # Read before anything is written over.
    done = _record_of(row, drawn)
    holders = _holders_leaving(row, drawn)
    _change_sections(row, drawn)
    _change_posts(drawn)
    _hang(drawn)
    for receiver in drawn.receivers:
        Section.objects.filter(pk=receiver.section.pk).update(receiving_post=receiver.after)
    _change_strengths(row, drawn)
    done["abolished"] = [_end(one, actor) for one in drawn.abolished]
    done["credentials"] = _retire(holders, row.office_id, actor)
    row.done = done
    row.apply(at=clock.now())
    row.save()
    _record(row, drawn, actor)


def _lock_all(row: Reorganisation) -> None:
    """People whose charges end, then charges, then posts: the order in which charges are started and ended.

    Whoever started a charge meanwhile is seen after the locks, and refuses the whole.
    """
    ending = [int(pk) for pk in row.plan.get("abolish", {})]
    charges = Charge.objects.filter(post__in=ending, ended_at=None)
    people = sorted(set(charges.values_list("employee_id", flat=True)))
    list(Employee.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    list(charges.select_for_update(no_key=True).order_by("pk"))
    list(Post.objects.select_for_update(no_key=True).filter(pk__in=posts_concerned(row)).order_by("pk"))
    if not set(charges.values_list("employee_id", flat=True)) <= set(people):
        raise WrongState(
            "charges_changed",
            _("Somebody was entered on one of the posts that end, just now."),
            _("Look at the preview again."),
        )


def _change_sections(row: Reorganisation, drawn: Drawn) -> None:
    today, target = clock.today(), drawn.target
    if drawn.new_section is not None:
        drawn.new_section.save()
    if drawn.closes is not None:
        # Its last day is the one before; one that began today ends with it.
        drawn.closes.to_on = date.fromordinal(today.toordinal() - 1)
        drawn.closes.receiving_post = None
        drawn.closes.save(update_fields=["to_on", "receiving_post"])
        if target is not None and drawn.closes.is_registry and not target.is_registry:
            Section.objects.filter(pk=target.pk).update(is_registry=True)
        Section.objects.filter(pk__in=[one.pk for one in drawn.carried], parent=drawn.closes).update(parent=target)
    if row.kind == ReorganisationKind.RENAME and target is not None:
        section = row.section
        assert section is not None
        if target.code != section.code:
            SectionCode.objects.filter(section=section, code=target.code).delete()
            SectionCode.objects.create(section=section, code=section.code, to_on=today)
        section.code, section.name_en, section.name_hi = target.code, target.name_en, target.name_hi
        section.save(update_fields=["code", "name_en", "name_hi"])
    if row.kind == ReorganisationKind.MOVE and target is not None:
        Section.objects.filter(pk=target.pk).update(office=target.office, parent=target.parent)
    if drawn.carried and drawn.target_office is not None:
        Section.objects.filter(pk__in=[one.pk for one in drawn.carried]).update(office=drawn.target_office)


def _change_posts(drawn: Drawn) -> None:
    renamed = []
    for change in drawn.posts:
        post, former = change.post, change.post.marking
        names = (post.marking, post.name_en, post.name_hi)
        post.office, post.section = change.office, change.section
        post.marking, post.name_en, post.name_hi = change.marking, change.name_en, change.name_hi
        post.save(update_fields=["office", "section", "marking", "name_en", "name_hi"])
        if post.marking != former:
            keep_marking(post, former)
        if names != (post.marking, post.name_en, post.name_hi):
            renamed.append(post)
    post_words_write(renamed)


def _hang(drawn: Drawn) -> None:
    """All are taken off first, so that no circle stands in between; what comes in the end was looked at before."""
    posts = Post.objects.select_for_update(no_key=True).in_bulk([one.post.pk for one in drawn.superiors])
    for pk in sorted(posts):
        hang(posts[pk], None)
    for one in drawn.superiors:
        hang(posts[one.post.pk], one.after)


def _change_strengths(row: Reorganisation, drawn: Drawn) -> None:
    for one in drawn.strengths:
        Sanction.objects.update_or_create(
            office=one.office,
            section=one.section,
            designation=one.designation,
            defaults={"strength": one.after, "order_number": row.order_number},
        )
    moved = [section.pk for section in drawn.carried]
    if row.kind == ReorganisationKind.MOVE and row.section_id is not None:
        moved.append(row.section_id)
    if moved and drawn.target_office is not None:
        Sanction.objects.filter(section__in=moved).update(office=drawn.target_office)


def _end(one: Abolition, actor: Actor) -> dict[str, Any]:
    """End the charges of the post, hand its desk over, abolish it."""
    today, now = clock.today(), clock.now()
    retired = 0
    for charge in one.charges:
        charge.to_on = max(today, charge.from_on)
        charge.ended_at = now
        charge.save(update_fields=["to_on", "ended_at"])
        if charge.kind in FULL_KINDS:
            retired += _retire([charge.employee_id], one.post.office_id, actor)
        record_event(
            action=Action.CHARGE_END,
            subject=charge,
            actor=actor,
            data={"employee": charge.employee_id, "post": charge.post_id, "to": today.isoformat(), "abolished": True},
        )
    post = Post.objects.select_related("office", "section", "designation").get(pk=one.post.pk)
    successor = Post.objects.get(pk=one.successor.pk) if one.successor is not None else None
    handed_over = give_up(post, successor, actor=actor)
    return {
        "post": post.pk,
        "marking": post.marking,
        "successor": successor.marking if successor else "",
        "handed_over": handed_over,
        "charges": [charge.pk for charge in one.charges],
        "credentials": retired,
    }


def _holders_leaving(row: Reorganisation, drawn: Drawn) -> list[int]:
    """Who works in another office from now on, as their posts do (R20)."""
    office = drawn.target_office
    if office is None or office.pk == row.office_id:
        return []
    charges = Charge.objects.filter(post__in=[one.post.pk for one in drawn.posts], ended_at=None, kind__in=FULL_KINDS)
    return sorted(set(charges.exclude(to_on__lt=clock.today()).values_list("employee_id", flat=True)))


def _retire(employee_ids: Iterable[int], office_id: int, actor: Actor) -> int:
    """Retire the credentials at the office of those who have no charge there any more; how many there were."""
    retired = 0
    for employee_id in employee_ids:
        stays = Charge.objects.filter(
            employee_id=employee_id, post__office_id=office_id, kind__in=FULL_KINDS, ended_at=None
        ).exclude(to_on__lt=clock.today())
        if not stays.exists():
            retired += sum(
                port.retire_for(employee_id=employee_id, office_id=office_id, reason="reorganised", actor=actor)
                for port in ports.retires_credentials
            )
    return retired


def _record_of(row: Reorganisation, drawn: Drawn) -> dict[str, Any]:
    """What was and what is, for whoever looks at it later."""
    section, target = row.section, drawn.target
    return {
        "posts": [_line(change) for change in drawn.posts if change.is_marked_anew],
        "moved": len(drawn.posts),
        "closed": drawn.closes.code if drawn.closes else "",
        "before": _names(section) if section else {},
        "after": _names(target) if target else {},
        "strengths": [
            [one.section.code if one.section else one.office.code, one.designation.code, one.before, one.after]
            for one in drawn.strengths
        ],
    }


def _line(change: PostChange) -> dict[str, Any]:
    return {"post": change.post.pk, "from": change.post.marking, "to": change.marking}


def _names(section: Section) -> dict[str, str]:
    return {"code": section.code, "name_en": section.name_en, "name_hi": section.name_hi}


def _record(row: Reorganisation, drawn: Drawn, actor: Actor) -> None:
    """One event for each section and post that changed, and one for the whole; ids and codes only."""
    order = {"reorganisation": row.pk}
    sections = [one for one in (row.section, drawn.new_section, *drawn.carried) if one is not None]
    record_events(
        [Entry(subject=one, data=order | {"code": one.code}) for one in sections],
        action=Action.SECTION_ENTER,
        actor=actor,
    )
    record_events(
        [
            Entry(
                subject=change.post,
                data=order
                | {
                    "marking": change.marking,
                    "office": change.office.pk,
                    "section": change.section.pk if change.section else None,
                },
            )
            for change in drawn.posts
        ],
        action=Action.POST_CORRECT,
        actor=actor,
    )
    record_events(
        [
            Entry(subject=one.post, data=order | {"superior": one.after.pk if one.after else None})
            for one in drawn.superiors
        ],
        action=Action.POST_PLACE,
        actor=actor,
    )
    record_event(
        action=Action.REORGANISATION_APPLY,
        subject=row,
        actor=actor,
        data={
            "kind": str(row.kind),
            "posts": len(drawn.posts),
            "abolished": [one.post.pk for one in drawn.abolished],
            "handed_over": sum(one["handed_over"] for one in row.done["abolished"]),
        },
    )
