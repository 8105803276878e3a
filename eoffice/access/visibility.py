"""Who sees a thing at all: as a Q on its table of readers, so that lists and pages share one rule (design 9)."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q

from eoffice.core.actor import Actor, Role

CONFIDENTIAL = "confidential"


def reader_q(actor: Actor, *, classified: str) -> Q:
    """Rows of a readers table (`post`, and `classified` as the path to the classification) that open a thing.

    A thing is visible to the posts in its chain of custody and those it was shared with; to their seniors in the
    same channel unless it is confidential; confidential things to nobody who acts without that right.
    """
    if actor.post_id is None:
        return Q(pk__in=[])
    confidential = Q(**{classified: CONFIDENTIAL})
    seen = Q(post_id=actor.post_id)
    if settings.SENIORS_SEE:
        seen |= Q(post__seniors__senior_id=actor.post_id) & ~confidential
    return seen if actor.may_confidential else seen & ~confidential


def managed_q(actor: Actor, *, office: str) -> Q:
    """Rows (`office` is the path to their office's id) whose master the actor is: all for the super admin (R2)."""
    if actor.has_role(Role.SUPER_ADMIN):
        # Not an empty Q: joined to another by "or", that would count for nothing instead of for everything.
        return ~Q(pk__in=[])
    if actor.has_role(Role.EMD_MANAGER) and actor.office_id is not None:
        return Q(**{office: actor.office_id})
    return Q(pk__in=[])


def registry_q(actor: Actor, *, office: str, classified: str) -> Q:
    """Letters on their way out of the office whose registry the actor keeps; never confidential ones.

    `office` is the path to their office's id, `classified` that to the classification.
    """
    if not actor.has_role(Role.REGISTRY_CLERK) or actor.office_id is None:
        return Q(pk__in=[])
    return Q(**{office: actor.office_id}) & ~Q(**{classified: CONFIDENTIAL})
