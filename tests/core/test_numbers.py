from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from eoffice.core.models import NumberSeries
from eoffice.core.numbers import next_number


@pytest.mark.django_db
def test_a_series_begins_at_one_for_each_office_and_year() -> None:
    assert [next_number("diary", office="GAD", year=2026) for _ in range(3)] == [1, 2, 3]
    assert next_number("diary", office="FIN", year=2026) == 1
    assert next_number("diary", office="GAD", year=2027) == 1
    assert next_number("issue", office="GAD", year=2026) == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_of_a_failed_act_is_given_again() -> None:
    def failing_act() -> None:
        with transaction.atomic():
            assert next_number("diary", year=2026) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing_act()
    with transaction.atomic():
        assert next_number("diary", year=2026) == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        next_number("diary", year=2026)
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_every_number_exactly_once_even_if_some_fail() -> None:
    """Eight threads from the very first number on; every third act is rolled back (design 5)."""
    threads_count, acts = 8, 15
    given: list[int] = []
    lock, begin = threading.Lock(), threading.Barrier(threads_count)
    failures: list[BaseException] = []

    def act(index: int) -> None:
        with transaction.atomic():
            number = next_number("diary", office="GAD", year=2026)
            if index % 3 == 0:
                transaction.set_rollback(True)
                return
        with lock:
            given.append(number)

    def work() -> None:
        try:
            begin.wait(20)
            for index in range(acts):
                act(index)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(threads_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(given) == list(range(1, threads_count * 10 + 1))
