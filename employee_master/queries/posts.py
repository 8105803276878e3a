"""Posts: who holds them, who stands above them, and where a paper may be sent."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.utils.translation import gettext_lazy as _

from employee_master.models import FULL_KINDS, Charge, ChargeKind, Post, PostMarking, PostSenior, Section
from employee_master.queries.acting import active_on
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import Text, WrongState
from eoffice.core.names import named
from eoffice.core.search import search_key

SEND_TO_LIMIT = 20
_LINK_LAST = Case(When(kind=ChargeKind.LINK, then=Value(1)), default=Value(0), output_field=IntegerField())


def charges_of(post: Post) -> list[Charge]:
    """Today's charges on the post with their people, the full holder first."""
    rows = Charge.objects.filter(active_on(clock.today()), post=post).select_related("employee")
    return sorted(rows, key=lambda charge: (charge.kind == ChargeKind.LINK, charge.pk))


def holder_of(post: Post) -> Charge | None:
    """The charge (with its employee) under which the post is fully held today; None when it is vacant."""
    return next((charge for charge in charges_of(post) if charge.kind in FULL_KINDS), None)


def link_of(post: Post) -> Charge | None:
    """The charge of the link officer who stands in on the post today."""
    return next((charge for charge in charges_of(post) if charge.kind == ChargeKind.LINK), None)


def channel_of(post: Post) -> list[Post]:
    """The posts above, the next one first; one query."""
    path = PostSenior.objects.filter(post=post, distance__gt=0).order_by("distance").select_related("senior")
    return [step.senior for step in path]


def receiving_post(section: Section) -> Post:
    """Where papers marked to the section go (design 3, "Seen"); refused when the section has named none."""
    if section.to_on is not None and section.to_on < clock.today():
        raise WrongState(
            "section_closed",
            _("%(section)s was closed on %(day)s.") % {"section": named(section), "day": section.to_on.isoformat()},
            _("Mark the paper to the section that does its work now."),
        )
    if section.receiving_post is None:
        raise WrongState(
            "section_receives_nothing",
            _("%(section)s has no receiving post.") % {"section": named(section)},
            _("Ask the EMD manager of the office to name one, or mark the paper to a post."),
        )
    return section.receiving_post


def next_held_up(post: Post) -> Post | None:
    """The nearest post above that is fully held today (an empty desk is passed over)."""
    return (
        Post.objects.filter(_held_today(), juniors__post=post, juniors__distance__gt=0, is_active=True)
        .order_by("juniors__distance")
        .first()
    )


def require_holder(post: Post) -> None:
    """Refuse (`post_vacant`, 409) to lay anything on a desk that nobody holds today (design 3).

    The refusal names where it should go instead: the post of the link officer, or the next held post up. An
    instance may allow it (`VACANT_POSTS_ACCEPT`); a post that was abolished accepts nothing in any case. Inside a
    transaction nobody is relieved of the post and it is not abolished before that has ended, so that what is laid
    there lies with somebody.
    """
    post.is_active = _kept_as_it_is(post.pk)
    if post.is_active and (getattr(settings, "VACANT_POSTS_ACCEPT", False) or holder_of(post) is not None):
        return
    name = {"post": named(post), "marking": post.marking}
    if post.is_active:
        code, message = "post_vacant", _("%(post)s (%(marking)s) has no holder today.") % name
    else:
        code, message = "post_abolished", _("%(post)s (%(marking)s) no longer exists.") % name
    raise WrongState(code, message, _instead(post))


def require_seat(actor: Actor) -> None:
    """Refuse (`charge_over`) to lay anything on the actor's own desk when their charge has ended meanwhile.

    As with `require_holder`, it then goes on at least until the transaction has ended.
    """
    _kept_as_it_is(actor.desk)
    if not Charge.objects.filter(active_on(clock.today()), pk=actor.charge_id or 0, post=actor.desk).exists():
        raise WrongState(
            "charge_over",
            _("Your charge of this post has just ended."),
            _("Ask who sits there now, or your EMD manager."),
        )


def _kept_as_it_is(post_id: int) -> bool:
    """Whether the post exists, which stays so until the end of the transaction, as does who holds it.

    Whoever relieves, hands over or abolishes holds the post's row and then takes the things on the desk; whoever lays
    a thing there holds the thing. They would wait for each other for ever, so the latter does not wait: it is refused
    (`desk_changing`). SQLite has one writer, and its transactions need no lock.
    """
    rows = Post.objects.filter(pk=post_id)
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return bool(rows.values_list("is_active", flat=True).get())
    with connection.cursor() as cursor:
        # The queryset knows no shared lock, and with any other two who send to one desk would hinder each other.
        cursor.execute("SELECT is_active FROM employee_master_post WHERE id = %s FOR SHARE SKIP LOCKED", [post_id])
        row = cursor.fetchone()
    if row is None:
        raise WrongState(
            "desk_changing",
            _("%(post)s is changing hands at this moment.") % {"post": named(rows.get())},
            _("Try again in a moment; nothing was done."),
        )
    return bool(row[0])


def _instead(post: Post) -> Text:
    link = link_of(post)
    own = _own_post(link) if link is not None else None
    if link is not None and own is not None:
        return _("Send it to the link officer, %(person)s (%(marking)s).") % {
            "person": named(link.employee),
            "marking": own.marking,
        }
    up = next_held_up(post)
    if up is None:
        return _("Ask your EMD manager to fill the post.")
    return _("Send it to the next post up, %(post)s (%(marking)s).") % {"post": named(up), "marking": up.marking}


def _own_post(link: Charge) -> Post | None:
    """The post that the link officer fills, which is where papers reach them."""
    return Post.objects.filter(_held_today(employee_id=link.employee_id), is_active=True).order_by("pk").first()


def _held_today(*, employee_id: int | None = None) -> Exists:
    full = Charge.objects.filter(active_on(clock.today()), post=OuterRef("pk"), kind__in=FULL_KINDS)
    return Exists(full if employee_id is None else full.filter(employee_id=employee_id))


def posts_to_send_to(
    actor: Actor, q: str = "", *, after: tuple[int, str] | None = None, limit: int = SEND_TO_LIMIT
) -> list[Post]:
    """Posts of the instance for a picker: the next superior, then subordinates, then the section's, then the rest.

    `q` is looked for in marking, name, and the holder's name, in both scripts; every word must be found. Each post
    carries `nearness` and `holders` (today's charges with people, full holder first, link officer after). To go on,
    pass the last post's `(nearness, marking)` as `after`. Two queries.
    """
    today = clock.today()
    next_up = actor.superior_post_ids[:1]
    posts = (
        Post.objects.filter(is_active=True)
        .exclude(pk=actor.post_id or 0)
        .annotate(
            nearness=Case(
                When(pk__in=next_up, then=Value(0)),
                When(superior_id=actor.post_id, superior__isnull=False, then=Value(1)),
                When(section_id=actor.section_id, section__isnull=False, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .select_related("designation", "section", "office")
        .prefetch_related(
            Prefetch(
                "charges",
                queryset=Charge.objects.filter(active_on(today)).select_related("employee").order_by(_LINK_LAST, "pk"),
                to_attr="holders",
            )
        )
        .order_by("nearness", "marking")
    )
    for word in search_key(q).split():
        people = Charge.objects.filter(active_on(today), post=OuterRef("pk"), employee__search_text__contains=word)
        # Who still says the former marking finds the post too.
        former = PostMarking.objects.filter(post=OuterRef("pk"), marking__icontains=word)
        posts = posts.filter(Q(search_text__contains=word) | Exists(people) | Exists(former))
    if after is not None:
        posts = posts.filter(Q(nearness__gt=after[0]) | Q(nearness=after[0], marking__gt=after[1]))
    return list(posts[:limit])
