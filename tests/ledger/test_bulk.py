"""Many acts recorded together stand in their chains as if each had been recorded by itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from eoffice.core.actions import Action
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Event
from eoffice.ledger.writer import Entry, record_event, record_events
from tests.cast import Cast, build_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast()


NAMES = ("diarist", "dealing_assistant", "section_officer")


def test_chains_go_on_where_they_ended(cast: Cast) -> None:
    people = [cast.employee(name) for name in NAMES]
    actor = cast.actor("emd_manager")
    with transaction.atomic():
        record_event(action=Action.ACCOUNT_OPEN, subject=people[0], actor=actor)
        record_event(action=Action.ACCOUNT_SIGN_IN, subject=people[0], actor=actor)
        record_event(action=Action.ACCOUNT_OPEN, subject=people[1], actor=actor)
    with transaction.atomic():
        written = record_events(
            [Entry(person, {"row": row}) for row, person in enumerate(people)], action=Action.IMPORT_APPLY, actor=actor
        )
        record_event(action=Action.ACCOUNT_SIGN_IN, subject=people[2], actor=actor)
    assert [event.seq for event in written] == [3, 2, 1]
    assert [(e.action, e.data) for e in ledger.history(people[1])] == [
        ("account:open", {}),
        ("import:apply", {"row": 1}),
    ]
    assert ledger.history(people[2]).count() == 2
    assert (
        Event.objects.filter(action="import:apply", post_id=actor.post_id, employee_id=actor.employee_id).count() == 3
    )
    assert list(ledger.broken_links()) == []


def test_a_subject_may_occur_several_times_and_several_kinds_together(cast: Cast) -> None:
    person, post = cast.employee("diarist"), cast.post("diarist")
    with transaction.atomic():
        written = record_events(
            [Entry(person, {"row": 1}), Entry(post, {"row": 1}, is_new=True), Entry(person, {"row": 2})],
            action=Action.IMPORT_APPLY,
            actor=cast.actor("emd_manager"),
        )
    assert [event.seq for event in written] == [1, 1, 2]
    assert list(ledger.broken_links()) == []


def test_two_hundred_entries_are_a_few_queries(cast: Cast) -> None:
    actor = cast.actor("emd_manager")
    people = [cast.employee(name) for name in cast.names if name != "nobody"]
    costs = []
    for entries in (people[:2], people * 20):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            record_events([Entry(person) for person in entries], action=Action.IMPORT_APPLY, actor=actor)
        costs.append(len(queries))
    # SQLite takes so many values in a query, so a hundred rows or so go into one.
    assert costs[0] <= 3
    assert costs[1] <= 6


def test_whoever_calls_an_old_subject_new_is_refused_by_the_database(cast: Cast) -> None:
    person, actor = cast.employee("diarist"), cast.actor("emd_manager")
    with transaction.atomic():
        record_event(action=Action.ACCOUNT_OPEN, subject=person, actor=actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        record_events([Entry(person, is_new=True)], action=Action.IMPORT_APPLY, actor=actor)


def test_nothing_at_all_is_no_error(cast: Cast) -> None:
    with transaction.atomic():
        assert record_events([], action=Action.IMPORT_APPLY, actor=cast.actor("emd_manager")) == []


@pytest.mark.django_db(transaction=True)
def test_it_needs_the_transaction_of_the_act(cast: Cast) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_events([Entry(cast.employee("diarist"))], action=Action.IMPORT_APPLY, actor=cast.actor("emd_manager"))


def test_an_act_that_nobody_knows_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="no:act"), transaction.atomic():
        record_events([Entry(cast.employee("diarist"))], action="no:act", actor=cast.actor("emd_manager"))  # type: ignore[arg-type]
