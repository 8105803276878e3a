"""What may be asked about how long archived papers hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Q, QuerySet

from eoffice.core import clock
from signatures.models import SigningAttempt
from signatures.models_archive import ArchiveTerm, TermTrouble
from signatures.queries import wanted_level
from signatures.workflow import AttemptState

# A stamp is renewed this long before it ends: an authority that fails for months is noticed and replaced in time.
MARGIN: Final = timedelta(days=180)
AHEAD: Final = timedelta(days=365)
# What could not be renewed for want of a better authority is tried again after this time, not every night.
REST: Final = timedelta(days=7)


def open_terms() -> QuerySet[ArchiveTerm]:
    """The newest stamp of every archived paper, the one that ends first in front."""
    rows: QuerySet[ArchiveTerm] = ArchiveTerm.objects.filter(replaced_by__isnull=True)
    return rows.select_related("revision__attempt", "revision__document").order_by("ends_at", "pk")


def terms_ending(within: timedelta = AHEAD, *, now: datetime | None = None) -> QuerySet[ArchiveTerm]:
    """Papers whose stamp ends within that time, or has ended."""
    return open_terms().filter(ends_at__lt=(now or clock.now()) + within)


def terms_due(*, now: datetime | None = None, rested: bool = True) -> QuerySet[ArchiveTerm]:
    """What is to be renewed now: it ends within `MARGIN`. With `rested`, without what was tried in vain lately."""
    at = now or clock.now()
    rows = terms_ending(MARGIN, now=at)
    return rows.exclude(trouble=TermTrouble.NO_BETTER, tried_at__gt=at - REST) if rested else rows


@dataclass(frozen=True, slots=True)
class Group:
    """Papers of one month and one time authority that need a new stamp."""

    authority: str
    authority_sha256: str
    why: str
    first_ends_at: datetime
    papers: int
    troubled: int


def renewal_groups(within: timedelta = AHEAD) -> list[Group]:
    """The next months at a glance: papers fall due together, by authority and what ends."""
    rows = (
        terms_ending(within)
        .order_by()
        .values("authority", "authority_sha256", "not_after", "algorithm_ends_at")
        .annotate(papers=Count("pk"), first=Min("ends_at"), troubled=Count("pk", filter=~Q(trouble="")))
        .order_by("first", "authority")
    )
    return [
        Group(
            row["authority"], row["authority_sha256"],
            "certificate" if row["first"] == row["not_after"] else "algorithm",
            row["first"], row["papers"], row["troubled"],
        )
        for row in rows
    ]  # fmt: skip


def pending_attempts() -> QuerySet[SigningAttempt]:
    """Signed papers that have not reached the policy's level, oldest first."""
    signed: QuerySet[SigningAttempt] = SigningAttempt.objects.filter(state=AttemptState.COMPLETED)
    return signed.exclude(revisions__level=str(wanted_level())).order_by("pk")
