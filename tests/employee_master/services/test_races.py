"""Two at once, on both databases: one wins, the other is told why, and the database never holds both."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection

from employee_master.models import Charge, ChargeKind, PostSenior
from employee_master.services import charge_end, charge_start, post_place
from eoffice.core import clock
from eoffice.core.errors import WrongState
from tests.cast import Cast, build_cast

ROUNDS = 10


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast()


def at_once(*acts: Callable[[], object]) -> list[Exception | None]:
    """Run the acts in threads that start together; what each of them was refused with."""
    barrier = Barrier(len(acts))
    refusals: list[Exception | None] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except (WrongState, DatabaseError) as error:
            refusals[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_two_charges_of_one_post_started_at_once(committed: Cast) -> None:
    post, by, day = committed.post("SO-CR"), committed.actor("super_admin"), clock.today()
    people = [committed.employee(name).pk for name in ("diarist", "outsider")]

    def start(employee_id: int) -> Callable[[], object]:
        return lambda: charge_start(
            employee_id=employee_id, post_id=post.pk, kind=ChargeKind.ADDITIONAL, from_on=day, actor=by
        )

    for _round in range(ROUNDS):
        refusals = at_once(*map(start, people))
        assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState"]
        assert {getattr(refusal, "code", "post_taken") for refusal in refusals} == {"post_taken"}
        charge = Charge.objects.get(post=post, ended_at=None)
        charge_end(charge_id=charge.pk, on=day, actor=by)


def test_two_substantive_charges_of_one_person_started_at_once(committed: Cast) -> None:
    by, day = committed.actor("super_admin"), clock.today()
    person = committed.employee("outsider")
    Charge.objects.filter(employee=person).delete()
    posts = [committed.post("SO-CR").pk, committed.post("AO-FIN").pk]
    Charge.objects.filter(post__in=posts).delete()

    def start(post_id: int) -> Callable[[], object]:
        return lambda: charge_start(
            employee_id=person.pk, post_id=post_id, kind=ChargeKind.SUBSTANTIVE, from_on=day, actor=by
        )

    refusals = at_once(*map(start, posts))
    assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState"]
    assert Charge.objects.filter(employee=person).count() == 1


@pytest.mark.parametrize("last_day", [None, "2099-12-31"])
def test_the_database_lets_one_in_even_past_the_service(committed: Cast, last_day: str | None) -> None:
    post, day = committed.post("SO-CR"), clock.today()
    people = [committed.employee(name).pk for name in ("diarist", "outsider")]

    def insert(employee_id: int) -> Callable[[], object]:
        return lambda: Charge.objects.create(
            employee_id=employee_id, post=post, kind="additional", from_on=day, to_on=last_day
        )

    for _round in range(ROUNDS):
        refusals = at_once(*map(insert, people))
        assert sum(isinstance(refusal, DatabaseError) for refusal in refusals) == 1
        assert Charge.objects.filter(post=post).count() == 1
        Charge.objects.filter(post=post).delete()


def test_two_placements_at_once_close_no_circle(committed: Cast) -> None:
    one, other = committed.post("US-GAD"), committed.post("US-GAD2")
    by = committed.actor("super_admin")
    for _round in range(ROUNDS):
        refusals = at_once(
            lambda: post_place(post_id=one.pk, superior_id=other.pk, actor=by),
            lambda: post_place(post_id=other.pk, superior_id=one.pk, actor=by),
        )
        assert sorted(type(refusal).__name__ for refusal in refusals) == ["NoneType", "WrongState"]
        ups = PostSenior.objects.filter(post__in=[one, other], senior__in=[one, other], distance__gt=0)
        assert ups.count() == 1
        for post in (one, other):
            post_place(post_id=post.pk, superior_id=committed.post("secretary").pk, actor=by)
