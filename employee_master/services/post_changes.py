"""Posts that change: names and marking corrected, a post abolished and its desk handed over."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Charge, Office, Post, PostMarking, PostSenior, Section
from employee_master.queries.posts import require_holder
from employee_master.services.employee import post_words_write
from employee_master.services.marking import (
    NAME_LENGTH,
    abbreviation_of,
    markings_taken,
    numbered_marking,
    post_names,
    typed_marking,
    unit_code,
)
from employee_master.services.organisation import hang, lock_tree
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event


@transaction.atomic
def post_correct(*, post_id: int, name_en: str, name_hi: str, marking: str, actor: Actor) -> Post:
    """Correct the names of a post and its marking; an empty name or marking is made by rule.

    The former marking stays the post's: it is found by it, and no other post ever gets it. Refuses an abolished post,
    and a marking that another post has or had (`marking_taken`).
    """
    lock_tree()
    post = locked_post(post_id)
    access.require(actor, Action.POST_CORRECT, post)
    refuse_abolished(post)
    wanted = _wanted_marking(post, marking)
    number = number_in(post, wanted)
    made = post_names(designation=post.designation, office=post.office, section=post.section, number=number)
    names = (
        clean_line(name_en, field="name_en", limit=NAME_LENGTH, required=False) or made[0],
        clean_line(name_hi, field="name_hi", limit=NAME_LENGTH, required=False) or made[1],
    )
    changed = [
        field
        for field, value in (("marking", wanted), ("name_en", names[0]), ("name_hi", names[1]))
        if getattr(post, field) != value
    ]
    former = post.marking
    post.name_en, post.name_hi = names
    post.marking = wanted
    post.save(update_fields=["name_en", "name_hi", "marking"])
    keep_marking(post, former)
    post_words_write([post])
    record_event(
        action=Action.POST_CORRECT, subject=post, actor=actor, data={"changed": changed, "marking": post.marking}
    )
    return post


@transaction.atomic
def post_abolish(*, post_id: int, successor_id: int | None = None, actor: Actor) -> Post:
    """Abolish a vacant post; what lies on its desk, and what it receives or heads, goes to the successor.

    Those below it come under the successor, else under the post above. Refuses: a post that somebody holds or is to
    hold (`post_held`); without a successor a desk that is not empty (`desk_not_empty`), a post that receives for a
    section or heads an office (`post_needed`); a successor who is abolished or, with things to take over, vacant.
    """
    lock_tree()
    post = locked_post(post_id)
    access.require(actor, Action.POST_ABOLISH, post)
    refuse_abolished(post)
    _refuse_held(post)
    successor = locked_post(successor_id) if successor_id is not None else None
    give_up(post, successor, actor=actor)
    return post


def locked_post(post_id: int) -> Post:
    """The post, locked; with office, section and designation."""
    Post.objects.select_for_update(no_key=True).get(pk=post_id)
    return Post.objects.select_related("office", "section", "designation").get(pk=post_id)


def refuse_abolished(post: Post) -> None:
    if not post.is_active:
        raise WrongState(
            "post_abolished",
            _("The post %(marking)s no longer exists.") % {"marking": post.marking},
            _("Choose another post."),
        )


def number_in(post: Post, marking: str) -> int | None:
    """The number in a marking that is made by rule; None where it has none."""
    found = _rule(post).fullmatch(marking.upper())
    return int(found["number"]) if found and found["number"] else None


def is_by_rule(post: Post) -> bool:
    """Whether the post's marking is what the rule makes of its designation and unit; the office's own ones are not."""
    return _rule(post).fullmatch(post.marking.upper()) is not None


def has_made_names(post: Post) -> bool:
    """Whether its names are those that are made of designation, number and unit."""
    made = post_names(
        designation=post.designation,
        office=post.office,
        section=post.section,
        number=number_in(post, post.marking),
    )
    return (post.name_en, post.name_hi) == made


def _rule(post: Post) -> re.Pattern[str]:
    short, unit = re.escape(abbreviation_of(post.designation)), re.escape(unit_code(post.section or post.office))
    return re.compile(rf"{short}\.?(?P<number>\d+)?-{unit}")


def _wanted_marking(post: Post, typed: str) -> str:
    own = {post.marking.upper(), *(row.marking.upper() for row in post.markings.all())}
    if typed.strip():
        if typed.strip().upper() == post.marking.upper():
            return clean_line(typed, field="marking", limit=60)
        return typed_marking(typed, markings_taken() - own)
    if is_by_rule(post):
        return post.marking
    marking, _number = numbered_marking(
        designation=post.designation,
        office=post.office,
        section=post.section,
        number=None,
        taken=markings_taken() - own,
    )
    return marking


def keep_marking(post: Post, former: str) -> None:
    """Write down that the post bears its marking from today, and bore the former one until today."""
    today = clock.today()
    known = {row.marking: row for row in post.markings.all()}
    if former not in known:
        PostMarking.objects.create(
            post=post, marking=former, from_on=today, to_on=today if former != post.marking else None
        )
    if post.marking == former:
        return
    PostMarking.objects.filter(post=post, to_on=None).exclude(marking=post.marking).update(to_on=today)
    if post.marking in known:
        PostMarking.objects.filter(post=post, marking=post.marking).update(to_on=None)
    else:
        PostMarking.objects.create(post=post, marking=post.marking, from_on=today)


def _refuse_held(post: Post) -> None:
    today = clock.today()
    charge = (
        Charge.objects.filter(post=post, ended_at=None)
        .exclude(to_on__lt=today)
        .select_related("employee")
        .order_by("from_on")
        .first()
    )
    if charge is not None:
        raise WrongState(
            "post_held",
            _("%(person)s holds the post %(marking)s from %(day)s.")
            % {"person": named(charge.employee), "marking": post.marking, "day": charge.from_on.isoformat()},
            _("Relieve them first."),
        )


def give_up(post: Post, successor: Post | None, *, actor: Actor) -> int:
    """Abolish the locked post, which nobody holds now; how many things its desk handed over to the successor."""
    if successor is not None:
        if successor.pk == post.pk:
            raise BadInput(
                "own_successor",
                _("A post does not succeed itself."),
                _("Choose another post as successor."),
                field="successor",
            )
        refuse_abolished(successor)
    _hand_on_duties(post, successor)
    _hang_those_below(post, successor)
    handed_over = _hand_over_desk(post, successor, actor)
    today = clock.today()
    post.is_active = False
    post.abolished_on = today
    post.save(update_fields=["is_active", "abolished_on"])
    keep_marking(post, post.marking)
    PostMarking.objects.filter(post=post, to_on=None).update(to_on=today)
    record_event(
        action=Action.POST_ABOLISH,
        subject=post,
        actor=actor,
        data={"successor": successor.pk if successor else None, "handed_over": handed_over},
    )
    return handed_over


def _hand_on_duties(post: Post, successor: Post | None) -> None:
    """Receiving for a section, heading an office, drawing for it: somebody must."""
    receives = Section.objects.filter(receiving_post=post)
    heads, draws = Office.objects.filter(head_post=post), Office.objects.filter(ddo_post=post)
    if successor is None:
        needed = next((unit for rows in (receives, heads, draws) for unit in rows), None)
        if needed is not None:
            raise WrongState(
                "post_needed",
                _("%(marking)s receives the papers of %(unit)s or stands at its head.")
                % {"marking": post.marking, "unit": named(needed)},
                _("Name the post that takes its place."),
            )
    # A section's receiving post is one of its own office.
    for section in receives:
        section.receiving_post = successor if successor and successor.office_id == section.office_id else None
        section.save(update_fields=["receiving_post"])
    heads.update(head_post=successor)
    draws.update(ddo_post=successor)


def _hand_over_desk(post: Post, successor: Post | None, actor: Actor) -> int:
    if successor is None or not _work(post):
        refuse_full_desk(post)
        return 0
    require_holder(successor)
    moved = sum(
        port.hand_over(from_post_id=post.pk, to_post_id=successor.pk, keys=None, actor=actor)
        for port in ports.holds_work
    )
    refuse_full_desk(post)
    return moved


def _work(post: Post) -> list[ports.Work]:
    return [work for port in ports.holds_work for work in port.work_on(post.pk) if work.count]


def refuse_full_desk(post: Post) -> None:
    lying = _work(post)
    if lying:
        raise WrongState(
            "desk_not_empty",
            _("The desk of %(marking)s still holds: %(work)s.")
            % {"marking": post.marking, "work": ", ".join(f"{work.kind} {work.count}" for work in lying)},
            _("Name the post that takes them over."),
        )


def _hang_those_below(post: Post, successor: Post | None) -> None:
    """Under the successor; a branch in which the successor stands itself goes under the post above."""
    below = list(Post.objects.select_for_update(no_key=True).filter(superior=post).order_by("pk"))
    above = Post.objects.get(pk=post.superior_id) if post.superior_id is not None else None
    seniors = _seniors_of(successor)
    # That branch first: then nobody below the post stands above the successor any more.
    for one in sorted(below, key=lambda one: one.pk not in seniors):
        to_successor = successor is not None and one.pk not in seniors
        hang(one, successor if to_successor else above)


def _seniors_of(post: Post | None) -> set[int]:
    """The post and all above it; nobody for none."""
    if post is None:
        return set()
    return {post.pk, *PostSenior.objects.filter(post=post).values_list("senior_id", flat=True)}
