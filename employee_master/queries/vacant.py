"""Desks of posts that nobody holds, with things on them: since when, and where they would go (R18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q

from employee_master import ports
from employee_master.models import FULL_KINDS, Charge, ChargeKind, Employee, Post, PostSenior
from employee_master.queries.acting import active_on
from eoffice.access.master import desk_of_office_q
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.calendar import distances


@dataclass(frozen=True, slots=True)
class VacantDesk:
    """A post without a full holder, with `count` things on it. `since` is the first day without; None: never held.

    `to` is where the guard would move them: the own post of the link officer, else the next held post up. `days` are
    working days; `is_due` says that the instance's patience has ended.
    """

    post: Post
    count: int
    since: date | None
    days: int | None
    link: Employee | None
    to: Post | None

    @property
    def is_due(self) -> bool:
        return self.days is None or self.days > settings.VACANT_DESK_DAYS


def vacant_desks(actor: Actor | None, *, office_id: int | None = None) -> list[VacantDesk]:
    """Of the offices that the actor manages or heads, or (None) of the instance or one office; longest vacant first.

    A post that was abolished counts too, as long as something lies on it.
    """
    full = Charge.objects.filter(active_on(clock.today()), post=OuterRef("pk"), kind__in=FULL_KINDS)
    vacant = Post.objects.filter(~Exists(full) | Q(is_active=False))
    if actor is not None:
        vacant = vacant.filter(desk_of_office_q(actor, office="office"))
    if office_id is not None:
        vacant = vacant.filter(office=office_id)
    counts = counts_on(list(vacant.values_list("pk", flat=True)))
    posts = (
        Post.objects.filter(pk__in=counts)
        .select_related("office", "section")
        .annotate(last_day=Max("charges__to_on", filter=Q(charges__kind__in=FULL_KINDS)))
    )
    since = {post.pk: _since(getattr(post, "last_day", None)) for post in posts}
    days = distances(clock.today(), {day for day in since.values() if day is not None})
    links, above = _links(counts), _held_above(counts)
    desks = []
    for post in posts:
        first = since[post.pk]
        link, own = links.get(post.pk, (None, None))
        desks.append(
            VacantDesk(
                post=post,
                count=counts[post.pk],
                since=first,
                days=None if first is None else -days[first],
                link=link,
                to=own or above.get(post.pk),
            )
        )
    return sorted(desks, key=lambda desk: (desk.since or date.min, desk.post.marking))


def counts_on(post_ids: Collection[int]) -> dict[int, int]:
    """How many things lie on each of these desks, over all rooms; empty ones are left out."""
    counts: Counter[int] = Counter()
    for room in ports.watches_desks:
        counts.update(room.counts_on(post_ids))
    return dict(counts)


def _since(last_day: date | None) -> date | None:
    """The first day on which nobody held it; a charge that was ended counts to its last day."""
    return None if last_day is None else min(last_day + timedelta(days=1), clock.today())


def _held_above(post_ids: Collection[int]) -> dict[int, Post]:
    """The nearest post above each that is fully held today; one query for all."""
    full = Charge.objects.filter(active_on(clock.today()), post=OuterRef("senior"), kind__in=FULL_KINDS)
    steps = PostSenior.objects.filter(
        Exists(full), post__in=post_ids, distance__gt=0, senior__is_active=True
    ).select_related("senior__office")
    above: dict[int, Post] = {}
    for step in steps.order_by("distance"):
        above.setdefault(step.post_id, step.senior)
    return above


def _links(post_ids: Collection[int]) -> dict[int, tuple[Employee, Post | None]]:
    """Today's link officer of each post, with the post that they fill themselves."""
    today = clock.today()
    links = Charge.objects.filter(active_on(today), post__in=post_ids, kind=ChargeKind.LINK)
    people = {charge.post_id: charge.employee for charge in links.select_related("employee").order_by("-pk")}
    full = Charge.objects.filter(
        active_on(today), employee__in=people.values(), kind__in=FULL_KINDS, post__is_active=True
    )
    own: dict[int, Post] = {}
    for charge in full.select_related("post__office").order_by("-pk"):
        own[charge.employee_id] = charge.post
    return {post_id: (person, own.get(person.pk)) for post_id, person in people.items()}
