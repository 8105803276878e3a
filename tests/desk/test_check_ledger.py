"""`check_ledger` finds what the owner of the database does behind the program's back, and says which it was."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import connection

from eoffice.ledger import guards
from eoffice.ledger.models import Event, Movement
from files.models import File
from files.services.file import file_forward
from signatures.services.seal import seal_day
from tests.files.conftest import case, copy, file, head, letter, people
from tests.signatures.conftest import instance, running_world, world

__all__ = ["case", "copy", "file", "head", "instance", "letter", "people", "running_world", "world"]


@pytest.fixture
def owner(case: File):
    """The guards are off, as for somebody who owns the tables."""
    guards.remove(connection)
    yield connection
    guards.install(connection)


def asked(capsys) -> tuple[int, list[dict[str, str]]]:
    code = 0
    try:
        call_command("check_ledger", json=True)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)["differences"]


def test_a_whole_ledger_is_said_to_be_whole(case, capsys):
    assert asked(capsys) == (0, [])
    call_command("check_ledger")
    assert "whole" in capsys.readouterr().out


def test_an_altered_row_is_named(owner, capsys):
    row = Event.objects.filter(subject_type="file").last()
    Event.objects.filter(pk=row.pk).update(action="file:park")
    code, found = asked(capsys)
    assert code == 1
    assert any(f"row {row.pk} was altered" in one["words"] for one in found)


def test_an_altered_movement_is_named(owner, capsys):
    row = Movement.objects.last()
    Movement.objects.filter(pk=row.pk).update(remarks="कुछ और")
    code, found = asked(capsys)
    assert (code, [one["words"] for one in found]) == (1, [f"movement {row.pk} was altered after it was written"])


def test_a_row_cut_out_leaves_a_gap(owner, case, people, capsys):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    Event.objects.get(subject_type="file", seq=2).delete()
    code, found = asked(capsys)
    assert code == 1
    assert any(one["kind"] == "gap" for one in found)


def test_custody_that_no_movement_explains_is_found(case, people, capsys):
    File.objects.filter(pk=case.pk).update(held_by=people.post("secretary"))
    code, found = asked(capsys)
    assert (code, found[0]["kind"], found[0]["where"]) == (1, "custody", f"file:{case.pk}")


def test_newest_rows_cut_off_behind_the_seal_are_told_by_the_seal(owner, case, people, instance, capsys):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    seal_day()
    assert asked(capsys) == (0, [])
    last = Event.objects.filter(subject_type="file").last()
    Movement.objects.filter(event=last).delete()
    last.delete()
    # Whoever cuts rows off sets the copies right too, so that the chains alone look whole.
    before = Movement.objects.filter(item_type="file").last()
    File.objects.filter(pk=case.pk).update(held_by=before.to_post, held_since=before.at)
    code, found = asked(capsys)
    assert code == 1
    assert {one["kind"] for one in found} == {"cut_off"} or any("seal" in one["words"] for one in found)
