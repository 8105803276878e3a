"""Handing a desk over, as a whole or in parts: inside a relieving, by the guard of vacant desks, or by itself (R18)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import DeskHandOver, Post
from employee_master.queries.posts import require_holder
from employee_master.queries.relieving import desk_keys
from employee_master.services.notice import tell_holder
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

WHY_LENGTH = 300


@transaction.atomic
def desk_hand_over(
    *, post_id: int, to_post_id: int, keys: Collection[str] | None = None, why: str, actor: Actor
) -> int:
    """Hand the desk of a post, or (keys) part of it, to another post with a reason; how many things moved.

    For the EMD manager and the head of the office, when nobody is being relieved: absence, sickness, a vacant post.
    Refuses: an empty selection (`nothing_chosen`), the same desk, a post that nobody holds (`post_vacant`).
    """
    posts = {post.pk: post for post in Post.objects.select_for_update(no_key=True).filter(pk__in=[post_id, to_post_id])}
    post = Post.objects.select_related("office").get(pk=posts[post_id].pk)
    access.require(actor, Action.DESK_HAND_OVER, post)
    why = clean_line(why, field="why", limit=WHY_LENGTH)
    to = receiving(post, to_post_id)
    moved = move(post, {to: None if keys is None else set(keys)}, actor=actor)
    if not moved[to]:
        raise nothing_chosen()
    done = DeskHandOver.objects.create(
        post=post, to_post=to, why=why, count=moved[to], made_by_id=actor.person, made_at=clock.now()
    )
    event = record_event(
        action=Action.DESK_HAND_OVER,
        subject=post,
        actor=actor,
        data={"to": to.pk, "count": moved[to], "hand_over": done.pk},
    )
    tell_holder(event.pk, "desk_received", to, **{"from": post.pk, "to": to.pk, "count": moved[to]})
    return moved[to]


def receiving(post: Post, to_post_id: int | None) -> Post:
    """The post that takes the desk over: another one, which exists and is fully held today."""
    to = Post.objects.filter(pk=to_post_id or 0).first()
    if to is None:
        raise BadInput(
            "post_missing",
            _("No post was chosen."),
            _("Choose the post that takes the desk over."),
            field="to",
        )
    if to.pk == post.pk:
        raise BadInput(
            "same_desk",
            _("The things lie on this desk already."),
            _("Choose another post."),
            field="to",
        )
    require_holder(to)
    return to


def move(post: Post, parts: Mapping[Post, Collection[str] | None], *, actor: Actor) -> dict[Post, int]:
    """Move parts of a desk through the rooms, in the caller's transaction; None stands for all that is left.

    Posts are taken in one order, so that two hand-overs of one desk can't wait for each other.
    """
    moved = {}
    ordered = sorted(parts.items(), key=lambda part: (part[1] is None, part[0].pk))
    for to, keys in ordered:
        moved[to] = sum(
            room.hand_over(from_post_id=post.pk, to_post_id=to.pk, keys=keys, actor=actor) for room in ports.holds_work
        )
    return moved


def nothing_chosen() -> WrongState:
    return WrongState(
        "nothing_chosen",
        _("Nothing that was chosen lies on this desk any more."),
        _("Open the page again: it shows what lies there now."),
    )


def keys_on(post: Post, wanted: Collection[str]) -> set[str]:
    """The wanted things that lie on the desk now."""
    return set(wanted) & set(desk_keys(post.pk))
