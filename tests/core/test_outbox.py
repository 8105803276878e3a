"""The outbox within one process; what happens when workers die is in `test_outbox_kills.py`."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from eoffice.celery import app
from eoffice.core import clock, outbox
from eoffice.core.errors import WrongState
from eoffice.core.models import OutboxRow, OutboxState
from eoffice.core.numbers import next_number
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
Register = Callable[..., None]


@pytest.fixture
def register() -> Iterator[Register]:
    """Registers handlers for one test, under the kind `test`."""
    before = dict(outbox._kinds)

    def put(effect: outbox.Effect, mode: outbox.Mode = "database", **more: Any) -> None:
        outbox._kinds.pop("test", None)
        outbox.handler("test", mode, **more)(effect)

    yield put
    outbox._kinds.clear()
    outbox._kinds.update(before)


def add(key: str = "one", **more: Any) -> OutboxRow:
    return outbox.add("test", key=key, payload=more.pop("payload", {}), **more)


def state_of(row: OutboxRow) -> tuple[str, int]:
    row.refresh_from_db()
    return row.state, row.attempts


def test_a_row_is_run_once_and_marked_done(register: Register) -> None:
    seen: list[dict[str, Any]] = []
    register(lambda row: seen.append(row.payload))
    row = add(payload={"file": 7})
    assert outbox.drain_once() == 1
    assert outbox.drain_once() == 0
    assert seen == [{"file": 7}]
    assert state_of(row) == (OutboxState.DONE, 1)


def test_the_same_key_again_changes_nothing(register: Register) -> None:
    register(lambda _row: None)
    first = add(payload={"n": 1})
    assert add(payload={"n": 2}).pk == first.pk
    outbox.drain_once()
    assert add().state == OutboxState.DONE
    assert OutboxRow.objects.filter(kind="test").count() == 1


def test_much_work_is_asked_for_at_once_and_each_key_once(register: Register) -> None:
    seen: list[int] = []
    register(lambda row: seen.append(row.payload["file"]))
    add("two", payload={"file": 2})
    outbox.add_many("test", {"one": {"file": 1}, "two": {"file": 22}, "three": {"file": 3}})
    assert outbox.drain_once() == 3
    assert sorted(seen) == [1, 2, 3]


def test_a_key_of_another_kind_is_a_mistake() -> None:
    add()
    with pytest.raises(ValueError, match="belongs to the kind"):
        outbox.add("other", key="one", payload={})


@pytest.mark.django_db(transaction=True)
def test_a_row_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        add()


@pytest.mark.django_db(transaction=True)
def test_a_row_disappears_with_the_act_that_failed() -> None:
    def act() -> None:
        with transaction.atomic():
            add()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not OutboxRow.objects.exists()


def test_two_handlers_of_one_kind_are_a_mistake(register: Register) -> None:
    register(lambda _row: None)
    with pytest.raises(ValueError, match="two handlers"):
        outbox.handler("test")(lambda _row: None)


def test_a_row_waits_for_its_time(register: Register, still_clock: Clock) -> None:
    register(lambda _row: None)
    add(run_after=clock.now() + timedelta(minutes=5))
    assert outbox.drain_once() == 0
    assert outbox.oldest_waiting_age() == 0
    still_clock.advance(timedelta(minutes=6))
    assert outbox.oldest_waiting_age() == 60
    assert outbox.drain_once() == 1
    assert outbox.oldest_waiting_age() == 0


def test_the_effect_of_a_failed_attempt_is_rolled_back_and_tried_again_later(
    register: Register, still_clock: Clock
) -> None:
    def effect(row: OutboxRow) -> None:
        next_number("test", year=1)
        if row.attempts < 3:
            raise RuntimeError("ramesh@gad.example does not answer")

    register(effect)
    row = add()
    assert outbox.drain_once() == 0
    assert state_of(row) == (OutboxState.WAITING, 1)
    assert 2.5 <= (row.run_after - clock.now()).total_seconds() <= 5
    for _attempt in range(2):
        still_clock.advance(timedelta(seconds=11))
        outbox.drain_once()
    assert state_of(row) == (OutboxState.DONE, 3)
    assert next_number("test", year=1) == 2


def test_the_kept_reason_says_class_and_place_but_never_the_foreign_text(register: Register) -> None:
    def effect(_row: OutboxRow) -> None:
        raise RuntimeError("ramesh@gad.example does not answer")

    register(effect)
    row = add()
    outbox.drain_once()
    row.refresh_from_db()
    assert row.last_error.startswith("RuntimeError at test_outbox.py:")
    assert "ramesh" not in row.last_error


def test_a_refusal_keeps_its_code(register: Register) -> None:
    def effect(_row: OutboxRow) -> None:
        raise WrongState("draft.moved_on", "The draft of Shri X has moved on.")

    register(effect)
    row = add()
    outbox.drain_once()
    row.refresh_from_db()
    assert row.last_error == "refused: draft.moved_on"


def test_after_the_last_attempt_the_row_is_parked_and_its_room_told(register: Register, still_clock: Clock) -> None:
    told: list[str] = []

    def effect(_row: OutboxRow) -> None:
        raise outbox.Retry("the mail server is closed", after=timedelta(minutes=1))

    register(effect, "outside", attempts=2, on_parked=lambda _row, reason: told.append(reason))
    row = add()
    outbox.drain_once()
    assert row.pk not in outbox.due(10)
    still_clock.advance(timedelta(minutes=1))
    outbox.drain_once()
    assert state_of(row) == (OutboxState.PARKED, 2)
    assert told == [row.last_error] == ["the mail server is closed"]


def test_a_poison_row_is_parked_at_once_even_if_its_room_fails_to_note_it(register: Register) -> None:
    def effect(_row: OutboxRow) -> None:
        raise outbox.Poison("the document is gone")

    def fail(_row: OutboxRow, _reason: str) -> None:
        raise RuntimeError

    register(effect, on_parked=fail)
    row = add()
    outbox.drain_once()
    assert state_of(row) == (OutboxState.PARKED, 1)
    assert row.last_error.startswith("the document is gone; noting it failed: RuntimeError")


def test_a_kind_that_nobody_knows_waits_for_a_version_that_does() -> None:
    row = outbox.add("unknown", key="u", payload={})
    outbox.drain_once()
    assert state_of(row) == (OutboxState.WAITING, 1)
    assert "no handler for unknown" in row.last_error


def test_what_an_outside_handler_returns_runs_with_the_done_mark(register: Register) -> None:
    register(lambda _row: lambda: next_number("recorded", year=1) and None, "outside")
    row = add()
    outbox.drain_once()
    assert state_of(row) == (OutboxState.DONE, 1)
    assert next_number("recorded", year=1) == 2


def test_an_abandoned_row_is_taken_over_and_the_late_worker_undoes_nothing(
    register: Register, still_clock: Clock
) -> None:
    """The first worker sleeps past its lease; the second finishes; the first must then leave no trace."""
    ran: list[int] = []

    def effect(row: OutboxRow) -> None:
        ran.append(row.attempts)
        next_number("effects", year=1)
        if row.attempts == 1:
            still_clock.advance(timedelta(seconds=61))
            assert outbox.run_row(row.pk)

    # Outside, so that the second attempt is not inside the first one's transaction.
    register(lambda row: effect(row) or (lambda: next_number("recorded", year=1) and None), "outside")
    row = add()
    assert not outbox.run_row(row.pk)
    assert ran == [1, 2]
    assert state_of(row) == (OutboxState.DONE, 2)
    assert next_number("recorded", year=1) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_row(register: Register) -> None:
    def effect(_row: OutboxRow) -> None:
        next_number("effects", year=1)
        time.sleep(0.05)

    register(effect)
    with transaction.atomic():
        row = add()
    results: list[bool] = []

    def work() -> None:
        try:
            results.append(outbox.run_row(row.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]
    with transaction.atomic():
        assert next_number("effects", year=1) == 2


def test_the_sweep_rings_again_only_after_a_while(register: Register, still_clock: Clock) -> None:
    register(lambda _row: None)
    row = add()
    assert outbox.to_ring(10) == [row.pk]
    assert outbox.to_ring(10) == []
    still_clock.advance(timedelta(seconds=11))
    assert outbox.to_ring(10) == [row.pk]
    assert outbox.drain_once() == 1
    still_clock.advance(timedelta(seconds=11))
    assert outbox.to_ring(10) == []


def test_a_dead_broker_costs_a_request_little_and_the_row_stands(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    settings.BROKER_URL = address
    monkeypatch.setattr(outbox, "_bell_rests_until", 0.0)
    options = {"max_retries": 0, "socket_connect_timeout": 1}
    before = app.conf.broker_url, app.conf.broker_transport_options, app.amqp._producer_pool
    try:
        app.conf.broker_url, app.conf.broker_transport_options, app.amqp._producer_pool = address, options, None
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            add("first")
        assert time.monotonic() - began < 3
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            add("second")
        assert time.monotonic() - began < 0.2
    finally:
        app.conf.broker_url, app.conf.broker_transport_options, app.amqp._producer_pool = before
    assert len(outbox.due(10)) == 2


def test_the_operator_sees_parks_and_puts_back(register: Register) -> None:
    ran: list[str] = []
    register(lambda row: ran.append(row.key))
    row = add()

    def run(*words: str, **options: Any) -> str:
        out = io.StringIO()
        call_command("outbox", *words, stdout=out, **options)
        return out.getvalue()

    with pytest.raises(CommandError, match="Say why"):
        run("park", str(row.pk))
    assert run("park", str(row.pk), reason="wrong addressee") == "park: 1 row(s)\n"
    assert outbox.drain_once() == 0
    shown = run()
    assert "parked 1" in shown
    assert "parked by the operator: wrong addressee" in shown
    with pytest.raises(CommandError, match="Not waiting"):
        run("park", str(row.pk), reason="again")
    assert run("retry", all_parked=True) == "retry: 1 row(s)\n"
    assert outbox.drain_once() == 1
    assert ran == ["one"]
    with pytest.raises(CommandError, match="Not parked"):
        run("retry", str(row.pk))
