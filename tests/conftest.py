"""What all tests share: a clock, folders of their own, no network but loopback, a flush that knows the guards."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from eoffice.core import clock

# Playwright runs an event loop in the thread of the test, and Django then refuses the ORM there (stack 4).
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# Wednesday, 11:30 on the office's wall.
MORNING = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)


class Clock:
    """The clock of a test: stands still at `MORNING` until it is told to move."""

    def __init__(self) -> None:
        self._hold = clock.freeze(MORNING)
        self._hold.__enter__()

    def set(self, at: datetime) -> datetime:
        self.release()
        self._hold = clock.freeze(at)
        self._hold.__enter__()
        return at

    def advance(self, by: timedelta) -> datetime:
        return self.set(clock.now() + by)

    def release(self) -> None:
        self._hold.__exit__(None, None, None)


@pytest.fixture
def still_clock() -> Iterator[Clock]:
    """The clock held at a Wednesday morning; `.set(at)` and `.advance(by)` move it."""
    held = Clock()
    yield held
    held.release()


@pytest.fixture(autouse=True)
def _language_of_the_instance() -> None:
    """A page asked for in English leaves its language behind in the thread; each test begins in the instance's own."""
    translation.deactivate()


USES_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "django_db_setup", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database",
        action="store_true",
        help="only tests that touch the database: for the second of two databases",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-database"):
        return
    kept, left = [], []
    for item in items:
        uses = item.get_closest_marker("django_db") or USES_DATABASE & set(getattr(item, "fixturenames", ()))
        (kept if uses and not item.get_closest_marker("reference") else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_configure(config: pytest.Config) -> None:
    """Give the run folders of its own, before any room looks at the product's."""
    from django.conf import settings  # noqa: PLC0415 - configured by pytest-django just before

    folder = tempfile.TemporaryDirectory(prefix="eoffice-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    data = Path(folder.name)
    settings.DATA_DIR = data
    settings.DOCUMENTS_DIR = data / "documents"
    settings.RENDERED_DIR = data / "rendered"
    settings.TRUST_DIR = data / "trust"
    settings.PEPPER_FILE = data / "pepper"
    settings.SEAL_DIR = data / "seal"
    settings.AGENT_KEY_FILE = data / "agent-key"
    settings.FACTOR_KEY_FILE = data / "factor-key"
    settings.STORAGES["default"]["OPTIONS"]["location"] = str(data / "tmp")
    settings.STORAGES["documents"]["OPTIONS"]["location"] = str(data / "documents")


def pytest_sessionstart() -> None:
    """Put the tests' flush in Django's place."""
    from django.core.management import get_commands  # noqa: PLC0415 - needs the apps, which are loaded by now

    from tests.flush import Command  # noqa: PLC0415

    get_commands()["flush"] = Command()  # type: ignore[assignment]


def pytest_report_header() -> list[str]:
    """Says what this run proves, and loudly what it can't."""
    from django.conf import settings  # noqa: PLC0415

    vendor = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    redis = "yes" if os.environ.get("EOFFICE_TEST_REDIS_URL") else "NO (kills on PostgreSQL with Redis are not tried)"
    return [f"database: {vendor}; private Redis: {redis}"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite as a file, as in the product: in memory it would have other locks and no WAL."""
    from django.conf import settings  # noqa: PLC0415

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _network_off() -> Iterator[None]:
    """Whatever a test reaches for outside this machine is refused, with a sentence instead of a time-out."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: Any) -> None:
        if not _is_here(address):
            raise OSError(f"the network is off in tests; something reached for {address!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        refuse((name or "", 0))
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()
