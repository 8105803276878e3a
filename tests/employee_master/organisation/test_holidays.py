"""Holidays are entered and taken back by the super admin; lists that leave are on record."""

from __future__ import annotations

from datetime import date

import pytest

from employee_master.services.exporting import list_export
from employee_master.services.holiday import holiday_remove, holiday_set
from eoffice.core.calendar import is_working_day
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.models import Holiday
from eoffice.ledger.models import Event
from tests.cast import Cast

DAY = date(2026, 11, 24)


def test_a_holiday_is_no_working_day_until_it_is_taken_back(cast: Cast) -> None:
    by = cast.actor("super_admin")
    holiday = holiday_set(on=DAY, name_en="Guru Nanak Jayanti", name_hi="गुरु नानक जयन्ती", actor=by)
    assert not is_working_day(DAY)
    again = holiday_set(on=DAY, name_en="Kartik Purnima", name_hi="कार्तिक पूर्णिमा", actor=by)
    assert again.pk == holiday.pk
    assert holiday_remove(holiday_id=holiday.pk, actor=by) == DAY
    assert is_working_day(DAY)
    assert Event.objects.filter(action="holiday:set").count() == 3
    with pytest.raises(NotVisible):
        holiday_remove(holiday_id=holiday.pk, actor=by)


def test_others_set_no_holiday(cast: Cast) -> None:
    holiday = Holiday.objects.create(on=DAY, name_en="X", name_hi="X")
    for by in ("emd_manager", "secretary", "outsider"):
        with pytest.raises(NotAllowed):
            holiday_set(on=DAY, name_en="Y", name_hi="Y", actor=cast.actor(by))
        with pytest.raises(NotAllowed):
            holiday_remove(holiday_id=holiday.pk, actor=cast.actor(by))
    assert not Event.objects.exists()


def test_a_slip_of_the_year_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput, match="bad_year"):
        holiday_set(on=date(226, 11, 24), name_en="X", name_hi="X", actor=cast.actor("super_admin"))


def test_a_list_that_leaves_is_on_record(cast: Cast) -> None:
    list_export(what="vacancies", rows=7, office_id=cast.offices["GAD"].pk, actor=cast.actor("emd_manager"))
    list_export(what="offices", rows=3, actor=cast.actor("super_admin"))
    events = Event.objects.order_by("pk").values_list("subject_type", "action", "data")
    assert list(events) == [
        ("office", "master:export", {"list": "vacancies", "rows": 7}),
        ("office", "master:export", {"list": "offices", "rows": 3}),
    ]
    for by, office in (("emd_manager", "FIN"), ("secretary", "GAD"), ("outsider", "FIN")):
        with pytest.raises(NotAllowed):
            list_export(what="vacancies", rows=1, office_id=cast.offices[office].pk, actor=cast.actor(by))
