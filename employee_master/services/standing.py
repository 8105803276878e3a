"""Counting how ready offices are, and keeping it for the board and the reports (R24). Figures follow from facts.

This is no act of the record: it can be thrown away and counted again. The board reads what was counted last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from employee_master.checklist import Item
from employee_master.models import Office, ReadinessFigure, ReadinessSnapshot, ReadinessStanding
from employee_master.queries.readiness import Facts, Figure, facts_of, items, living_offices
from eoffice.core import clock
from eoffice.core.search import search_key

AT_ONCE = 200


def count_offices(office_ids: Collection[int] | None = None) -> int:
    """Count these offices, or all that exist today, and keep the figures; how many were counted.

    The first count of a day is kept as that day's snapshot. Offices that were closed leave the board.
    """
    today = clock.today()
    listed = items()
    offices = Office.objects.filter(living_offices(today))
    if office_ids is None:
        ReadinessStanding.objects.exclude(office__in=offices).delete()
    else:
        offices = offices.filter(pk__in=office_ids)
    every = list(offices.order_by("pk"))
    for start in range(0, len(every), AT_ONCE):
        with transaction.atomic():
            _keep(facts_of(every[start : start + AT_ONCE]), listed, today)
    return len(every)


def stuck_before(today: date) -> date:
    """An item that is not full and last rose before this day is stuck (R24)."""
    return today - timedelta(days=settings.READINESS_STUCK_DAYS)


def _keep(found: Mapping[int, Facts], listed: Iterable[Item], today: date) -> None:
    listed = list(listed)
    codes = [item.code for item in listed]
    ReadinessFigure.objects.filter(office__in=found).exclude(code__in=codes).delete()
    before = {(row.office_id, row.code): row for row in ReadinessFigure.objects.filter(office__in=found)}
    rows, standings, snapshots = [], [], []
    # In the order of their keys, so that two counts at once queue up instead of locking each other out.
    for office_id in sorted(found):
        facts = found[office_id]
        figures = facts.figures(listed)
        mine = [
            _figure(office_id, code, figures[code], before.get((office_id, code)), today) for code in sorted(figures)
        ]
        rows += mine
        standing = _standing(facts, figures, mine, today)
        standings.append(standing)
        snapshots.append(
            ReadinessSnapshot(
                office_id=office_id,
                on=today,
                permille=standing.permille,
                full=standing.full,
                items=standing.items,
                figures={code: [figure.have, figure.need] for code, figure in figures.items()},
            )
        )
    ReadinessFigure.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["office", "code"], update_fields=["have", "need", "since"]
    )
    ReadinessStanding.objects.bulk_create(
        standings, update_conflicts=True, unique_fields=["office"], update_fields=_STANDING
    )
    ReadinessSnapshot.objects.bulk_create(snapshots, ignore_conflicts=True)


_STANDING = [
    "permille",
    "full",
    "items",
    "stuck",
    "is_stuck",
    "stuck_since",
    "exempt_until",
    "counted_at",
    "search_text",
]


def _figure(office_id: int, code: str, figure: Figure, before: ReadinessFigure | None, today: date) -> ReadinessFigure:
    """`since` moves when the share rises; when it falls, the day of the last rise stays."""
    since = today
    if before is not None and figure.have * before.need <= before.have * figure.need:
        since = before.since
    return ReadinessFigure(office_id=office_id, code=code, have=figure.have, need=figure.need, since=since)


def _standing(
    facts: Facts, figures: Mapping[str, Figure], rows: Iterable[ReadinessFigure], today: date
) -> ReadinessStanding:
    exempt, whole, share = facts.exempt_codes, facts.exempt_whole, facts.share(figures)
    limit = stuck_before(today)
    stuck = [
        row.since
        for row in rows
        if row.since < limit and row.code not in exempt and not figures[row.code].is_full and whole is None
    ]
    office = facts.office
    return ReadinessStanding(
        office_id=office.pk,
        permille=share.permille,
        full=share.full,
        items=share.items,
        stuck=len(stuck),
        is_stuck=bool(stuck),
        stuck_since=min(stuck, default=None),
        exempt_until=whole,
        counted_at=clock.now(),
        search_text=search_key(
            office.code,
            office.name_en,
            office.name_hi,
            office.district_en,
            office.district_hi,
            office.place_en,
            office.place_hi,
        ),
    )
