"""`manage.py employees_import`: one JSON object, and an exit code that says how it went."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from employee_master.models import Employee
from tests.cast import Cast
from tests.employee_master.imports.conftest import HEADINGS, PEOPLE, Studio, csv_of

pytestmark = pytest.mark.django_db

Ran = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ran(cast: Cast, tmp_path: Path) -> Ran:
    """Exit code and report."""
    del cast

    def act(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, content: bytes = b"") -> tuple[int, Any]:
        sheet, out, code = tmp_path / "staff.csv", StringIO(), 0
        sheet.write_bytes(content or csv_of(*(rows or PEOPLE), headings=headings))
        try:
            call_command("employees_import", sheet, office="gad", json=True, stdout=out)
        except SystemExit as end:
            code = int(str(end.code))
        return code, json.loads(out.getvalue())

    return act


def test_nothing_is_refused_and_nothing_written(ran: Ran) -> None:
    before = Employee.objects.count()
    code, report = ran()
    assert code == 0
    assert {one["code"] for one in report.pop("warnings")} == {"new_post"}
    assert report == {"created": 3, "changed": 0, "unchanged": 0, "refused": []}
    assert Employee.objects.count() == before


def test_what_is_refused_has_row_column_code_and_words_in_both_languages(ran: Ran) -> None:
    wrong = [*PEOPLE[0][:5], "98000", *PEOPLE[0][6:]]
    code, report = ran(wrong, PEOPLE[1])
    assert (code, report["created"]) == (1, 1)
    (entry,) = report["refused"]
    assert (entry["row"], entry["column"], entry["code"]) == (2, "Mobile", "mobile_length")
    assert set(entry["message"]) == {"en", "hi"}


def test_a_sheet_applied_already_changes_nothing(ran: Ran, studio: Studio) -> None:
    studio.applied()
    code, report = ran()
    assert (code, report) == (
        0,
        {"created": 0, "changed": 0, "unchanged": 3, "warnings": [], "refused": []},
    )


def test_rows_that_are_passed_over_are_warned_of(ran: Ran) -> None:
    code, report = ran(*PEOPLE, ["Total", "3", *[""] * 7])
    assert (code, report["created"]) == (0, 3)
    assert (5, "total") in {(one["row"], one["code"]) for one in report["warnings"]}


def test_a_sheet_that_cant_be_read_and_an_office_that_nobody_knows(ran: Ran, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        ran(content=b"%PDF-1.4 nothing")
    assert error.value.returncode == 2
    english, hindi = str(error.value).splitlines()
    assert "PDF" in english
    assert "एक्सेल" in hindi
    for sheet, office in ((tmp_path / "none.csv", "GAD"), (tmp_path / "staff.csv", "NONE")):
        with pytest.raises(CommandError) as error:
            call_command("employees_import", sheet, office=office, json=True)
        assert error.value.returncode == 2
