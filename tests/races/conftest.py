"""The pool of racing processes, and things to race for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection

from employee_master.models import Charge, ChargeKind
from eoffice.desk.ledger import differences
from files.models import File
from files.services.file import file_open
from tests.cast import LINK_ENDS, SINCE, Cast, build_cast
from tests.races import acts
from tests.races.pool import Act, Pool, Surroundings

FOLDERS = ("DATA_DIR", "DOCUMENTS_DIR", "RENDERED_DIR", "TRUST_DIR", "PEPPER_FILE", "SEAL_DIR")


@pytest.fixture(scope="package")
def pool(django_db_setup: None) -> Iterator[Pool]:
    """Four processes on the test's database."""
    surroundings = Surroundings(
        database=dict(connection.settings_dict),
        folders={name: getattr(settings, name) for name in FOLDERS},
        environment={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "EOFFICE_LOG_LEVEL": "ERROR"},
    )
    with Pool(4, surroundings) as made:
        up = made.share([Act(acts.nothing)] * 4)
        assert all(outcome.won for outcome in up), up
        yield made


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast; the secretary's post has a second person, so that two people can sit at one desk."""
    cast = build_cast()
    Charge.objects.create(
        employee=cast.employee("link_officer"),
        post=cast.post("secretary"),
        kind=ChargeKind.LINK,
        from_on=SINCE,
        to_on=LINK_ENDS,
    )
    return cast


@pytest.fixture
def rounds() -> int:
    """A hundred on the reference, ten on SQLite, whose single writer leaves less to go wrong."""
    return 100 if connection.vendor == "postgresql" else 10


@pytest.fixture
def open_file(people: Cast) -> Callable[[str, int], File]:
    """A file on somebody's desk, opened there."""

    def act(who: str, number: int) -> File:
        return file_open(subject=f"Race {number}", free_number=f"RACE/{number}", actor=people.actor(who))

    return act


@pytest.fixture
def whole_ledger() -> Iterator[None]:
    """After the races the ledger, the custody on the rows and the note sheets agree."""
    yield
    assert [f"{one.where}: {one.words}" for one in differences()] == []
