"""The further processes of the embedded worker."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from eoffice.core import hands, outbox
from eoffice.core.models import OutboxRow, OutboxState


@pytest.fixture
def kind() -> Iterator[str]:
    name = "test.hands"
    seen: list[int] = []
    outbox.handler(name)(lambda row: seen.append(row.pk))
    yield name
    del outbox._kinds[name]


@pytest.mark.django_db(transaction=True)
def test_a_hand_works_off_what_is_due_and_stops_when_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        for number in range(30):
            outbox.add(kind, key=f"hand-{number}", payload={})
    stopping = threading.Event()
    monkeypatch.setattr(stopping, "wait", lambda _seconds: stopping.set())  # nothing left: that is the end
    assert hands.work(stopping) == 30
    assert set(OutboxRow.objects.filter(kind=kind).values_list("state", flat=True)) == {OutboxState.DONE}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_fails_does_not_keep_a_hand_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        row = outbox.add("test.nobody_knows", key="hand-unknown", payload={})
    stopping = threading.Event()
    monkeypatch.setattr(stopping, "wait", lambda _seconds: stopping.set())
    assert hands.work(stopping) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 1)


def test_a_hand_survives_a_missing_database_and_ends_with_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    monkeypatch.setenv("EOFFICE_DATA", str(tmp_path))
    process = hands.started()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(6)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0
