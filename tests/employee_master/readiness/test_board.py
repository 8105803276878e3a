"""The board: what was counted, stuck items first, differences, keyset, totals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employee_master import ports
from employee_master.models import Office, ReadinessFigure, ReadinessSnapshot, ReadinessStanding
from employee_master.queries.board import board, every_row, row_of, totals
from employee_master.queries.readiness import items
from employee_master.services.standing import count_offices
from eoffice.core import clock
from tests.cast import Cast
from tests.conftest import Clock
from tests.employee_master.readiness.test_readiness import tick


def codes(**asked: str) -> list[str]:
    return [row.office.code for row in board(items(), **asked).rows]


def test_the_least_ready_office_stands_first(cast: Cast, office: Office) -> None:
    assert count_offices() == 3
    rows = board(items()).rows
    assert [row.standing.permille for row in rows] == sorted(row.standing.permille for row in rows)
    assert rows[-1].office.code == "GAD"
    gad = rows[-1]
    # Head and EMD manager entered, and seven of eight posts filled.
    assert (gad.standing.full, gad.standing.items) == (2, 14)
    assert gad.percent == (2 * 1000 + 875) // 14 // 10
    assert [line.item.code for line in gad.lines] == [item.code for item in items()]


def test_an_item_without_progress_for_longer_than_the_limit_is_stuck(
    cast: Cast, office: Office, still_clock: Clock
) -> None:
    count_offices()
    still_clock.advance(timedelta(days=15))
    count_offices()
    assert codes(view="stuck") == []
    still_clock.advance(timedelta(days=1))
    tick(cast, office)
    count_offices()
    assert len(codes(view="stuck")) == 3
    row = row_of(office.pk, items())
    assert row is not None
    assert {one.days for one in row.stuck} == {16}
    assert "hardware" not in {one.item.code for one in row.stuck}
    assert row.standing.stuck_since == clock.today() - timedelta(days=16)


def test_progress_moves_the_day_and_a_loss_does_not(cast: Cast, office: Office, still_clock: Clock) -> None:
    count_offices()
    began = clock.today()
    still_clock.advance(timedelta(days=3))
    account = cast.account("secretary")
    account.email_confirmed_at = clock.now()
    account.save()
    count_offices()
    rows = {row.code: row.since for row in ReadinessFigure.objects.filter(office=office)}
    assert rows["email_confirmed"] == clock.today()
    assert rows["second_factor"] == began
    risen = clock.today()
    still_clock.advance(timedelta(days=2))
    account.email_confirmed_at = None
    account.save()
    count_offices()
    assert ReadinessFigure.objects.get(office=office, code="email_confirmed").since == risen


def test_differences_are_since_yesterday_and_last_week(cast: Cast, office: Office, still_clock: Clock) -> None:
    count_offices()
    row = row_of(office.pk, items())
    assert row is not None
    assert (row.yesterday, row.week) == (None, None)
    still_clock.advance(timedelta(days=6))
    count_offices()
    still_clock.advance(timedelta(days=1))
    before = row.percent
    for code in ("hardware", "network", "user_guide"):
        tick(cast, office, code=code)
    row = row_of(office.pk, items())
    assert row is not None
    assert row.yesterday == row.week == row.percent - before > 0
    # The first count of a day is its snapshot: what was ticked later today is not in it.
    count_offices()
    assert ReadinessSnapshot.objects.filter(office=office).count() == 3


def test_offices_are_found_in_either_script_and_by_view(cast: Cast, office: Office) -> None:
    count_offices()
    assert codes(q="वित्त") == codes(q="finance dep") == ["FIN"]
    assert codes(q="nowhere") == codes(view="ready") == codes(view="exempt") == []
    assert len(codes(view="open")) == 3
    ReadinessStanding.objects.filter(office=office).update(permille=1000)
    assert codes(view="ready") == ["GAD"]


def test_a_closed_office_leaves_the_board(cast: Cast, office: Office) -> None:
    count_offices()
    Office.objects.filter(code="FIN").update(to_on=clock.today() - timedelta(days=1))
    assert count_offices() == 2
    assert codes(q="FIN") == []


def fill(count: int) -> None:
    made = Office.objects.bulk_create(
        Office(code=f"X{number}", name_en=f"Office {number}", name_hi=f"कार्यालय {number}") for number in range(count)
    )
    ReadinessStanding.objects.bulk_create(
        ReadinessStanding(
            office=office, permille=number % 7 * 100, full=0, items=14, is_stuck=number % 3 == 0,
            counted_at=clock.now(), search_text=office.code.lower(),
        )
        for number, office in enumerate(made)
    )  # fmt: skip
    ReadinessFigure.objects.bulk_create(
        ReadinessFigure(office=office, code=item.code, have=0, need=1, since=clock.today())
        for office in made
        for item in items()
    )


def test_pages_show_each_office_once_in_order(db: None) -> None:
    fill(60)
    seen, after = [], ""
    for _page in range(10):
        page = board(items(), after=after, limit=7)
        seen += [(not row.standing.is_stuck, row.standing.permille, row.office.pk) for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen)
    assert board(items(), after="tampered", limit=7).rows[0].office.pk == seen[0][2]


def test_the_board_costs_the_same_for_any_number_of_offices(db: None) -> None:
    costs = []
    for count in (3, 300):
        Office.objects.filter(code__startswith="X").delete()
        fill(count)
        listed = items()
        with CaptureQueriesContext(connection) as queries:
            board(listed, q="x")
            totals(listed)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_totals_sum_the_items_over_all_offices(cast: Cast, office: Office) -> None:
    assert totals(items()).offices == 0
    count_offices()
    found = totals(items())
    filled = next(line.figure for line in found.lines if line.item.code == "posts_filled")
    assert (found.offices, found.ready, found.stuck, found.exempt) == (3, 0, 0, 0)
    assert (filled.have, filled.need) == (10, 11)
    assert found.counted_at == clock.now()
    assert len(every_row(items())) == 3


@pytest.mark.django_db
def test_counting_costs_little_more_for_many_offices(cast: Cast, office: Office) -> None:
    costs = []
    with ports.retires_credentials.replaced(), ports.practises.replaced():
        for more in (0, 40):
            Office.objects.bulk_create(Office(code=f"Y{n}", name_en="Y", name_hi="य") for n in range(more))
            count_offices()
            with CaptureQueriesContext(connection) as queries:
                count_offices()
            costs.append(len([one for one in queries if one["sql"].startswith("SELECT")]))
    assert costs[0] == costs[1]
