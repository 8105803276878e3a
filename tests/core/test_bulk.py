"""Many small rows at once, on both databases."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from employee_master.models import NameWord
from eoffice.core.bulk import PART, insert_rows
from tests.cast import Cast, build_cast

COLUMNS = ("employee", "word", "is_sound")


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast()


def test_rows_go_in_as_a_model_would_write_them(cast: Cast) -> None:
    one, other = cast.employee("diarist"), cast.employee("auditor")
    insert_rows(NameWord, COLUMNS, [(one.pk, "सुरेश", False), (one.pk, "surs", True), (other.pk, "100%s", False)])
    assert set(NameWord.objects.values_list("employee_id", "word", "is_sound")) == {
        (one.pk, "सुरेश", False),
        (one.pk, "surs", True),
        (other.pk, "100%s", False),
    }


def test_more_rows_than_go_into_one_part(cast: Cast) -> None:
    person = cast.employee("diarist").pk
    insert_rows(NameWord, COLUMNS, [(person, f"w{number}", False) for number in range(PART + 7)])
    assert NameWord.objects.count() == PART + 7


def test_nothing_is_no_error(cast: Cast) -> None:
    insert_rows(NameWord, COLUMNS, [])


def test_constraints_hold(cast: Cast) -> None:
    row = (cast.employee("diarist").pk, "same", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(NameWord, COLUMNS, [row, row])


@pytest.mark.django_db(transaction=True)
def test_it_needs_the_transaction_of_the_act(cast: Cast) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        insert_rows(NameWord, COLUMNS, [(cast.employee("diarist").pk, "w", False)])
