"""The guard of vacant desks (R18): nothing rests on a post without an active holder longer than the instance allows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Post
from employee_master.queries.posts import holder_of, require_holder
from employee_master.queries.vacant import VacantDesk, vacant_desks
from employee_master.services.hand_over import move, nothing_chosen, receiving
from employee_master.services.notice import tell_holder, tell_managers
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError, WrongState
from eoffice.ledger.writer import record_event


@transaction.atomic
def desk_guard(*, post_id: int, to_post_id: int, actor: Actor) -> int:
    """Move the desk of a vacant post now; how many things moved.

    For the EMD manager, the head and the worker at night. Refuses: a post that is held again (`post_held`), a receiver
    without holder (`post_vacant`), an empty desk (`nothing_chosen`).
    """
    Post.objects.select_for_update(no_key=True).get(pk=post_id)
    post = Post.objects.select_related("office").get(pk=post_id)
    if not actor.is_system:
        access.require(actor, Action.DESK_GUARD, post)
    if post.is_active and holder_of(post) is not None:
        raise WrongState(
            "post_held",
            _("%(marking)s is held again, so its desk stays.") % {"marking": post.marking},
            _("Open the directory to see who holds it."),
        )
    to = receiving(post, to_post_id)
    require_holder(to)
    count = move(post, {to: None}, actor=actor)[to]
    if not count:
        raise nothing_chosen()
    event = record_event(action=Action.DESK_GUARD, subject=post, actor=actor, data={"to": to.pk, "count": count})
    facts = {"from": post.pk, "to": to.pk, "count": count}
    tell_holder(event.pk, "desk_guarded", to, **facts)
    tell_managers(event.pk, "desk_guarded", post.office, **facts)
    return count


def guard_desks() -> list[VacantDesk]:
    """The night's round: move what is due, and tell the EMD managers what lies on vacant desks. What is left, listed.

    Each desk is moved in its own transaction; one that can't be placed stays where it is, is listed, and is tried
    again tomorrow.
    """
    for desk in vacant_desks(None):
        if desk.is_due and desk.to is not None:
            try:
                desk_guard(post_id=desk.post.pk, to_post_id=desk.to.pk, actor=Actor.system())
            except DomainError:
                # Somebody was faster, or the receiver went meanwhile: the list below says how it stands.
                continue
    left = vacant_desks(None)
    _tell_offices(left)
    return left


@transaction.atomic
def _tell_offices(desks: Sequence[VacantDesk]) -> None:
    """One mail a day to the EMD managers of each office with vacant desks."""
    for office in {desk.post.office for desk in desks}:
        tell_managers(f"vacant-{office.pk}-{clock.today().isoformat()}", "vacant_desks", office, office=office.pk)
