"""The instance's holidays: days that count for no time limit (R17)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.models import Holiday
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

NAME_LENGTH = 120
FIRST_YEAR, LAST_YEAR = 1950, 2200


@transaction.atomic
def holiday_set(*, on: date, name_en: str, name_hi: str, actor: Actor) -> Holiday:
    """Enter a holiday, or name the one of that day otherwise. Refuses a year that no calendar has (`bad_year`)."""
    access.require(actor, Action.HOLIDAY_SET, None)
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise BadInput("bad_year", _("This year can't be right."), _("Correct the day."), field="on")
    holiday = Holiday.objects.select_for_update().filter(on=on).first() or Holiday(on=on)
    holiday.name_en = clean_line(name_en, field="name_en", limit=NAME_LENGTH)
    holiday.name_hi = clean_line(name_hi, field="name_hi", limit=NAME_LENGTH)
    holiday.save()
    record_event(action=Action.HOLIDAY_SET, subject=holiday, actor=actor, data={"on": on.isoformat()})
    return holiday


@transaction.atomic
def holiday_remove(*, holiday_id: int, actor: Actor) -> date:
    """Make the day a working day again; which day that is. Limits that were set already stay as they are."""
    access.require(actor, Action.HOLIDAY_SET, None)
    holiday = Holiday.objects.select_for_update().filter(pk=holiday_id).first()
    if holiday is None:
        raise NotVisible
    record_event(
        action=Action.HOLIDAY_SET, subject=holiday, actor=actor, data={"on": holiday.on.isoformat(), "removed": True}
    )
    day = holiday.on
    holiday.delete()
    return day
