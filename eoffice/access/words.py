"""Words that rules share: times as the reader wants them."""

from __future__ import annotations

from datetime import datetime

from eoffice.core import clock
from eoffice.core.templatetags.eoffice_ui import office_date


def when(at: datetime | None) -> str:
    """Office time: the hour for today, the day and the hour before."""
    if at is None:
        return "—"
    local = clock.office_time(at)
    if local.date() == clock.today():
        return f"{local:%H:%M}"
    return f"{office_date(local)}, {local:%H:%M}"
