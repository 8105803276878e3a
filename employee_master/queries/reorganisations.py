"""Re-organisations as a list, for those who prepare and those who agree."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from employee_master.models import Reorganisation
from eoffice import access
from eoffice.core.actor import Actor, Role

PAGE = 40


def visible_reorganisations(actor: Actor) -> QuerySet[Reorganisation]:
    """Those of the offices whose master the actor keeps, or that the actor heads; newest first."""
    rows: QuerySet[Reorganisation] = Reorganisation.objects.all()
    if not actor.has_role(Role.SUPER_ADMIN):
        own = access.managed_q(actor, office="office_id") | access.managed_q(actor, office="to_office_id")
        if actor.post_id is not None:
            own |= Q(office__head_post_id=actor.post_id)
        rows = rows.filter(own)
    return rows.select_related(
        "office", "section__office", "into__office", "to_office", "made_by", "decided_by"
    ).order_by("-pk")
