"""What the database itself refuses, whoever asks (design 4). The rows' own tests prove that it really does."""

from __future__ import annotations

import pytest
from django.db import connection

from eoffice.ledger import guards

FINAL = {
    "documents_document",
    "employee_master_accessreview",
    "files_draftversion",
    "ledger_event",
    "ledger_movement",
    "signatures_seal",
    "signatures_sealedhead",
    "signatures_signedrevision",
    "signatures_signinganswer",
}


def test_each_room_has_named_its_final_tables() -> None:
    assert set(guards.append_only_tables()) == FINAL


@pytest.mark.django_db(transaction=True)
def test_guards_can_be_taken_off_and_put_back_and_are_missed_meanwhile() -> None:
    guards.remove(connection)
    try:
        gone = set(guards.missing(connection))
    finally:
        guards.install(connection)
    assert {f"{table}_no_{act}" for table in FINAL for act in ("update", "delete")} <= gone
    assert guards.missing(connection) == []
    guards.install(connection)


@pytest.mark.django_db
def test_a_table_with_rows_that_may_go_is_not_taken_for_a_final_one() -> None:
    """`manage.py grants` takes UPDATE and DELETE away from every table that has a guard `<table>_no_delete`."""
    names = {name for name, table, _act, _when in guards._names(connection.vendor) if table == "files_note"}
    assert "files_note_submitted_no_delete" in names
    assert "files_note_no_delete" not in names
