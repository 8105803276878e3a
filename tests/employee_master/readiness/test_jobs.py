"""The worker: counting, reports to those who want them, exemptions that end."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.db import transaction
from python_calamine import CalamineWorkbook

from employee_master import jobs_readiness as jobs
from employee_master.models import (
    Account,
    Exemption,
    ExemptionAct,
    Nomination,
    Office,
    ReadinessStanding,
    RoleGrant,
)
from employee_master.services.standing import count_offices
from employee_master.workflow.exemption import ExemptionState
from eoffice.core import clock, outbox, periodic
from eoffice.core.models import Holiday, OutboxRow, OutboxState
from eoffice.documents.services import document_store
from tests.cast import SINCE, Cast
from tests.conftest import MORNING, Clock
from tests.employee_master.readiness.test_exemption import asked, sign
from tests.employee_master.readiness.test_readiness import nominate, tick

MONDAY = MORNING - timedelta(days=2)
ADDRESSES = {"emd_manager@gad.state.example", "super_admin@gad.state.example"}


def run(kind: str, slot: str = "now") -> None:
    """As the worker does: the row of a slot, and what its handler asks for."""
    with transaction.atomic():
        outbox.add(kind, key=f"{kind}:{slot}", payload={"slot": slot})
    outbox.drain_once()
    assert not OutboxRow.objects.exclude(state=OutboxState.DONE).exists()


def texts() -> dict[str, str]:
    return {message.to[0]: str(message.body) for message in mail.outbox}


def test_the_worker_counts_all_offices(cast: Cast, office: Office) -> None:
    run(jobs.COUNT)
    assert ReadinessStanding.objects.count() == 3
    assert {plan.kind for plan in periodic.plans()} >= {jobs.COUNT, jobs.REPORT, jobs.EXEMPTIONS}


def test_the_daily_report_goes_to_super_admins_emd_managers_and_nodal_officers(cast: Cast, office: Office) -> None:
    nominate(cast, office)
    Nomination.objects.create(
        office=cast.offices["FIN"], name="Col. R. Singh", email="rs@nic.example", order_number="1", order_on=SINCE,
        from_on=SINCE, made_by=cast.employee("secretary"), made_at=clock.now(),
    )  # fmt: skip
    run(jobs.REPORT, "2026-11-18")
    assert set(texts()) == ADDRESSES | {"under_secretary@gad.state.example", "rs@nic.example"}
    message = next(one for one in mail.outbox if one.to == ["emd_manager@gad.state.example"])
    account = cast.account("emd_manager")
    assert message.extra_headers["Message-ID"].startswith(f"<readiness.report-2026-11-18-{account.pk}@")
    assert message.subject.startswith("दैनिक तैयारी प्रतिवेदन, 18 नवम्बर, 2026")
    assert "Daily readiness report, 18 November 2026" in message.subject
    body = texts()["emd_manager@gad.state.example"]
    assert "सामान्य प्रशासन विभाग: " in body
    assert "General Administration Department: " in body
    assert "E-mail confirmed 7" in body
    assert "Finance Department: " in texts()["rs@nic.example"]
    assert "Finance" not in body


def test_the_sheet_goes_with_it(cast: Cast, office: Office) -> None:
    run(jobs.REPORT)
    ((name, content, media_type),) = mail.outbox[0].attachments
    assert (name, media_type.partition(";")[0]) == ("readiness-2026-11-18.xlsx", jobs.XLSX_TYPE)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][1] in {"Office", "कार्यालय · Office"}
    assert {row[0] for row in rows[1:]} == {"GAD", "FIN", "ITE"}
    gad = next(row for row in rows if row[0] == "GAD")
    assert "7 / 8" in gad


def test_a_second_beat_sends_nothing_twice(cast: Cast, office: Office) -> None:
    run(jobs.REPORT)
    row = OutboxRow.objects.get(key=f"{jobs.REPORT}:now")
    jobs.make_report(row)
    outbox.drain_once()
    assert len(mail.outbox) == len(ADDRESSES)


def test_on_mondays_the_week_is_told_and_on_days_off_nothing(
    cast: Cast, office: Office, still_clock: Clock, settings
) -> None:
    still_clock.set(MONDAY - timedelta(days=7))
    count_offices()
    still_clock.set(MONDAY - timedelta(days=1))
    run(jobs.REPORT, "sunday")
    still_clock.set(MORNING)
    Holiday.objects.create(on=clock.today(), name_en="Day off", name_hi="अवकाश")
    run(jobs.REPORT, "holiday")
    assert mail.outbox == []
    still_clock.set(MONDAY)
    tick(cast, office)
    run(jobs.REPORT, "monday")
    body = texts()["emd_manager@gad.state.example"]
    assert "Weekly readiness report" in mail.outbox[0].subject
    assert "since last week" in body
    mail.outbox.clear()
    settings.READINESS_REPORTS = False
    run(jobs.REPORT, "unwanted")
    assert mail.outbox == []


def test_super_admins_are_told_of_all_stuck_offices_others_of_their_own(
    cast: Cast, office: Office, still_clock: Clock
) -> None:
    count_offices()
    still_clock.advance(timedelta(days=16))
    run(jobs.REPORT)
    found = texts()
    assert "Stuck for more than 15 days:" in found["super_admin@gad.state.example"]
    assert "- Finance Department: " in found["super_admin@gad.state.example"]
    assert "- Finance Department: " not in found["emd_manager@gad.state.example"]
    assert "- General Administration Department: " in found["emd_manager@gad.state.example"]


def test_a_closed_account_and_an_ended_nomination_get_nothing(cast: Cast, office: Office) -> None:
    Account.objects.filter(pk=cast.account("emd_manager").pk).update(is_active=False)
    RoleGrant.objects.filter(employee=cast.employee("super_admin")).update(ended_at=clock.now(), to_on=clock.today())
    run(jobs.REPORT)
    assert mail.outbox == []


def test_the_deciding_head_is_told_of_a_request_and_the_office_of_the_decision(
    cast: Cast, office: Office, signing: None
) -> None:
    request = asked(cast, office)
    outbox.drain_once()
    assert set(texts()) == {"super_admin@gad.state.example"}
    mail.outbox.clear()
    sign(cast, request, "super_admin", ExemptionAct.REFUSE, why="लाइन उपलब्ध है")
    outbox.drain_once()
    assert set(texts()) == {"secretary@gad.state.example", "emd_manager@gad.state.example"}
    assert all("लाइन उपलब्ध है" in body for body in texts().values())


def test_head_and_emd_manager_are_warned_a_week_before_and_told_on_the_day(
    cast: Cast, office: Office, signing: None, still_clock: Clock
) -> None:
    granted = sign(cast, asked(cast, office), "super_admin", ExemptionAct.GRANT)
    outbox.drain_once()
    for days, told in ((52, 0), (1, 2), (1, 0), (7, 2)):
        mail.outbox.clear()
        still_clock.advance(timedelta(days=days))
        run(jobs.EXEMPTIONS, clock.today().isoformat())
        assert len(mail.outbox) == told, clock.today()
    assert "ended on" in mail.outbox[0].body
    assert Exemption.objects.get(pk=granted.pk).state == ExemptionState.EXPIRED


def test_a_silent_mail_server_is_asked_again(cast: Cast, office: Office, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    row = OutboxRow(kind=jobs.MAIL, key="k", payload={})
    document = document_store(content=b"PK\x03\x04", name="x.xlsx", kind="generated", media_type=jobs.XLSX_TYPE)
    row.payload = {
        "every": "daily", "on": "2026-11-18", "sheet": document.pk, "account": cast.account("super_admin").pk,
        "offices": [],
    }  # fmt: skip
    with pytest.raises(outbox.Retry):
        jobs.mail_report(row)
