"""Every morning: what has come to its day is entered, who lets requests wait is reminded; people are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from employee_master import jobs_changes
from employee_master.models import ChangeRequest, Employee, NameWord, PostWord
from employee_master.services.change import TOLD, change_object, change_propose, change_reject
from employee_master.workflow.change import ChangeState
from eoffice.core import clock, outbox
from eoffice.core.models import OutboxRow
from tests.cast import Cast
from tests.conftest import Clock
from tests.employee_master.changes.conftest import Propose, approve, check


def run(kind: str, payload: dict[str, object] | None = None) -> None:
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        row = outbox.add(kind, key=f"test-{kind}-{OutboxRow.objects.count()}", payload=payload or {})
    assert outbox.run_row(row.pk)


def test_the_day_enters_changes_and_one_failure_holds_up_nobody(
    cast: Cast, propose: Propose, still_clock: Clock
) -> None:
    def ahead(about: str, **values: str) -> ChangeRequest:
        return change_propose(
            employee_id=cast.employee(about).pk,
            values=values,
            effective_on=clock.today() + timedelta(days=1),
            actor=cast.actor(about),
        )

    spoiled, good = ahead("dealing_assistant", email="new@gad.state.example"), ahead("diarist", gender="male")
    for request in (spoiled, good):
        approve(cast, check(cast, request))
    taken = cast.account("outsider")
    taken.email = "new@gad.state.example"
    taken.save()
    still_clock.advance(timedelta(days=1))
    run(jobs_changes.DAILY)
    assert ChangeRequest.objects.get(pk=good.pk).state == ChangeState.APPLIED
    assert Employee.objects.get(pk=good.employee_id).gender == "male"
    # It stays approved and visible; nothing is half done.
    assert ChangeRequest.objects.get(pk=spoiled.pk).state == ChangeState.APPROVED
    assert cast.account("dealing_assistant").email == "dealing_assistant@gad.state.example"


def test_reminders_one_mail_a_person_and_day_without_names_or_values(
    cast: Cast, propose: Propose, still_clock: Clock
) -> None:
    propose(name_en="Anita Varma")
    propose("diarist", "diarist", gender="male")
    still_clock.advance(timedelta(days=2))  # Friday: the day itself is not over
    run(jobs_changes.DAILY)
    assert not OutboxRow.objects.filter(kind=jobs_changes.REMIND).exists()
    still_clock.advance(timedelta(days=1))  # Saturday: nobody is at work
    run(jobs_changes.DAILY)
    assert not OutboxRow.objects.filter(kind=jobs_changes.REMIND).exists()
    still_clock.advance(timedelta(days=2))
    run(jobs_changes.DAILY)
    run(jobs_changes.DAILY)
    rows = OutboxRow.objects.filter(kind=jobs_changes.REMIND)
    assert sorted(row.payload["account"] for row in rows) == sorted(
        [cast.account("under_secretary").pk, cast.account("link_officer").pk]
    )
    while outbox.drain_once():
        pass
    sent = [one for one in mail.outbox if "overdue" in one.subject]
    assert len(sent) == 2
    assert "GAD/CH-1/2026, GAD/CH-2/2026" in sent[0].body
    assert "/changes/" in sent[0].body
    assert "Varma" not in sent[0].body


def test_people_are_told_what_became_of_it(cast: Cast, propose: Propose) -> None:
    request = propose()
    change_object(request_id=request.pk, objections=["Which page?"], actor=cast.actor("under_secretary"))
    other = check(cast, propose("diarist", "diarist", gender="male"))
    change_reject(request_id=other.pk, why="No", actor=cast.actor("secretary"))
    while outbox.drain_once():
        pass
    assert [one.to for one in mail.outbox] == [
        ["dealing_assistant@gad.state.example"],
        ["diarist@gad.state.example"],
    ]
    assert "Which page" not in mail.outbox[0].body
    assert OutboxRow.objects.filter(kind=TOLD, state="done").count() == 2


def test_a_changed_address_is_told_at_the_old_one_too(cast: Cast, propose: Propose) -> None:
    approve(cast, check(cast, propose(email="anita@gad.state.example")))
    while outbox.drain_once():
        pass
    to = {address for one in mail.outbox if "CH-1" in one.subject for address in one.to}
    assert to == {"anita@gad.state.example", "dealing_assistant@gad.state.example"}


@pytest.mark.django_db
def test_words_that_are_missing_are_written_at_night(cast: Cast) -> None:
    assert not NameWord.objects.exists()
    run(jobs_changes.WORDS)
    assert NameWord.objects.filter(employee=cast.employee("under_secretary"), word="खान").exists()
    assert PostWord.objects.filter(post=cast.post("secretary"), word="sec").exists()
    before = NameWord.objects.count()
    run(jobs_changes.WORDS)
    assert NameWord.objects.count() == before
