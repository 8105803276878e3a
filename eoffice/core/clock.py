"""The one clock. Instants are UTC; days are the office's days (Asia/Kolkata unless the instance says otherwise)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

_frozen: ContextVar[datetime | None] = ContextVar("eoffice_frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def office_zone() -> ZoneInfo:
    return ZoneInfo(settings.OFFICE_TIME_ZONE)


def office_time(at: datetime) -> datetime:
    """The instant as the clock on the office's wall shows it."""
    return at.astimezone(office_zone())


def today() -> date:
    """The office's day, which is not the server's day between 00:00 and 05:30."""
    return office_time(now()).date()


@contextmanager
def freeze(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` in this thread: for tests, and for demo histories on a past clock."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
