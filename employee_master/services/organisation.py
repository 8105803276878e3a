"""The tree of posts: the channel of submission, and which post receives for a section."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge, Post, PostSenior
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.ledger.writer import record_event

# An arbitrary number of our own in PostgreSQL's space of advisory locks.
_TREE_LOCK = 770_031


@transaction.atomic
def post_place(*, post_id: int, superior_id: int | None, actor: Actor) -> Post:
    """Put the post under another in the channel of submission, with everything below it; None for the top.

    Whoever may fill the post may place it. Refuses a superior that stands below the post (`channel_cycle`).
    """
    lock_tree()
    post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
    access.require(actor, Action.POST_PLACE, Charge(post=post))
    superior = Post.objects.get(pk=superior_id) if superior_id is not None else None
    refuse_circle(post, superior)
    hang(post, superior)
    record_event(action=Action.POST_PLACE, subject=post, actor=actor, data={"superior": superior_id})
    return post


def refuse_circle(post: Post, superior: Post | None) -> None:
    """Nobody stands under a post that stands below them."""
    if superior is None:
        return
    if superior.pk == post.pk or PostSenior.objects.filter(senior=post, post=superior).exists():
        raise WrongState(
            "channel_cycle",
            _("%(superior)s stands below %(post)s in the channel of submission.")
            % {"superior": superior.marking, "post": post.marking},
            _("Place %(superior)s elsewhere first, or choose another superior.") % {"superior": superior.marking},
        )


def hang(post: Post, superior: Post | None) -> None:
    """Put the locked post with all that lies below under another one; the caller knows that no circle comes of it."""
    below = dict(PostSenior.objects.filter(senior=post).values_list("post_id", "distance")) | {post.pk: 0}
    post.superior = superior
    post.save(update_fields=["superior"])
    _rebuild(below, superior)


def lock_tree() -> None:
    """The first lock of every act that creates, places, abolishes or moves posts.

    Two placements at once could close a circle that neither sees; SQLite serialises them by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def _rebuild(below: dict[int, int], superior: Post | None) -> None:
    """Write anew what stands above each post of the branch; `below` gives their distance from its root."""
    above: list[tuple[int, int]] = []
    if superior is not None:
        above = list(PostSenior.objects.filter(post=superior).values_list("senior_id", "distance"))
        above = above if (superior.pk, 0) in above else [*above, (superior.pk, 0)]
    inside = list(below)
    PostSenior.objects.filter(post_id__in=inside).exclude(senior_id__in=inside).delete()
    rows = [
        PostSenior(post_id=post_id, senior_id=senior_id, distance=depth + 1 + distance)
        for post_id, depth in below.items()
        for senior_id, distance in above
    ]
    rows += [PostSenior(post_id=post_id, senior_id=post_id, distance=0) for post_id in inside]
    PostSenior.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
