"""Letters on their way out: the dispatch register."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from dak.models import Dispatch
from dak.queries.paging import PAGE, Page, page_of
from eoffice.access import reader_q, registry_q
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible


def visible_dispatches(actor: Actor) -> QuerySet[Dispatch]:
    """The copies of the actor's post and of the posts below in the channel (design 9); the registry: of its office."""
    # The rule joins the seniors of the post; as a subquery it can't multiply rows.
    mine = Dispatch.objects.filter(reader_q(actor, classified="classification"))
    registry = registry_q(actor, office="office_id", classified="classification")
    rows: QuerySet[Dispatch] = Dispatch.objects.filter(Q(pk__in=mine.values("pk")) | registry)
    return rows


def dispatch_or_404(actor: Actor, pk: int) -> Dispatch:
    """The copy if the actor may see it; otherwise it is not there."""
    dispatch = visible_dispatches(actor).select_related("office", "post", "document").filter(pk=pk).first()
    if dispatch is None:
        raise NotVisible
    return dispatch


def dispatches_for(back_ref: str) -> QuerySet[Dispatch]:
    """All copies of one letter, for the room that issued it and has asked whether its reader may see them."""
    rows: QuerySet[Dispatch] = Dispatch.objects.filter(back_ref=back_ref)
    return rows.select_related("post").order_by("register_serial")


def dispatch_register(
    actor: Actor, *, q: str = "", mode: str = "", state: str = "", after: str = "", limit: int = PAGE
) -> Page[Dispatch]:
    """A page of the dispatch register, newest first."""
    rows = visible_dispatches(actor).select_related("post")
    for word in q.split():
        rows = rows.filter(
            Q(subject__icontains=word)
            | Q(addressee__icontains=word)
            | Q(letter_number__icontains=word)
            | Q(register_number__icontains=word)
        )
    if mode:
        rows = rows.filter(mode=mode)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows, year="register_year", serial="register_serial", after=after, limit=limit)
