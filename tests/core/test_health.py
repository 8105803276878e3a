from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError
from django.test import Client, RequestFactory

from eoffice.core import health, outbox, views
from eoffice.core.models import Heartbeat
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def _beating(still_clock: Clock) -> None:
    health.beat(health.WORKER)
    health.beat(health.SWEEP)


@pytest.mark.usefixtures("_beating")
def test_a_well_instance_says_so_to_anybody_and_nothing_more(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("max-age=0")
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "documents": "ok",
        "worker": "ok",
        "schedule": "ok",
        "outbox_oldest_seconds": 0,
        "outbox_parked": 0,
    }


@pytest.mark.usefixtures("_beating")
def test_a_worker_silent_for_more_than_thirty_seconds_is_503(client: Client, still_clock: Clock) -> None:
    still_clock.advance(timedelta(seconds=30))
    assert client.get("/healthz").status_code == 200
    still_clock.advance(timedelta(seconds=1))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["worker"] == "silent"
    assert response.json()["schedule"] == "ok"


@pytest.mark.usefixtures("_beating")
def test_a_dead_schedule_is_503_although_the_worker_lives(client: Client, still_clock: Clock) -> None:
    still_clock.advance(timedelta(seconds=181))
    health.beat(health.WORKER)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["schedule"]) == (503, "silent")


def test_before_the_first_heartbeat_it_is_503(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (503, "never seen")


@pytest.mark.usefixtures("_beating")
def test_a_failing_database_is_503_and_no_error_page(rf: RequestFactory) -> None:
    with mock.patch.object(Heartbeat.objects, "filter", side_effect=DatabaseError("host=db password=x")):
        response = views.healthz(rf.get("/healthz"))
    assert response.status_code == 503
    assert b'"database": "failed"' in response.content
    assert b"host" not in response.content


@pytest.mark.usefixtures("_beating")
def test_a_document_store_that_is_no_folder_is_503(client: Client, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with mock.patch.dict(storages._storages, {"documents": FileSystemStorage(location=tmp_path / "file")}):
        response = client.get("/healthz")
    assert (response.status_code, response.json()["documents"]) == (503, "failed")


@pytest.mark.usefixtures("_beating")
def test_the_age_of_the_queue_and_parked_rows_are_shown(client: Client, still_clock: Clock) -> None:
    outbox.add("x", key="late", payload={})
    row = outbox.add("x", key="stuck", payload={})
    outbox.park(row.pk, "for the test")
    still_clock.advance(timedelta(seconds=20))
    facts = client.get("/healthz").json()
    assert (facts["outbox_oldest_seconds"], facts["outbox_parked"]) == (20, 1)


def test_a_young_heartbeat_is_left_alone(still_clock: Clock) -> None:
    health.beat("x")
    first = Heartbeat.objects.get(pk="x").beat_at
    still_clock.advance(timedelta(seconds=4))
    health.beat("x", at_most_every=5)
    assert Heartbeat.objects.get(pk="x").beat_at == first
    still_clock.advance(timedelta(seconds=2))
    health.beat("x", at_most_every=5)
    assert Heartbeat.objects.get(pk="x").beat_at == first + timedelta(seconds=6)
