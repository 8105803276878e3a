"""Whom a row means: by code or address, one person or two, and what it may change of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employee_master.models import Account, Employee, LeavingReason, RowOutcome
from tests.cast import Cast
from tests.employee_master.imports.conftest import Compared, as_line, codes, line, said

pytestmark = pytest.mark.django_db


def test_a_person_whom_nobody_knows_is_created_with_account_and_charge(compared: Compared) -> None:
    (one,) = compared(line(2, name_hi="व्यक्ति"))
    assert one.outcome == RowOutcome.CREATE
    assert codes(one) == ["new_post"]
    assert one.deed["person"]["code"] == ["", "N002"]
    assert one.deed["person"]["born_on"] == ["", "1980-01-03"]
    assert one.deed["email"] == ["", "person2@gad.state.example"]
    assert one.deed["charge"] == {"kind": "substantive", "from_on": "2026-11-18", "order_number": ""}


def test_what_the_master_says_already_stays_as_it_is(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    (one,) = compared(as_line(2, person, name_en="  ANITA   verma"))
    assert (one.outcome, codes(one)) == (RowOutcome.UNCHANGED, [])


def test_changes_show_before_and_after(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    (one,) = compared(as_line(2, person, mobile="9876543210", gender="female", name_en="Anita Rani Verma"))
    assert one.outcome == RowOutcome.CHANGE
    assert one.deed["person"] == {
        "name_en": ["Anita Verma", "Anita Rani Verma"],
        "mobile": ["", "9876543210"],
        "gender": ["", "female"],
    }
    assert "charge" not in one.deed


def test_an_empty_cell_takes_nothing_away(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(mobile="9876543210")
    (one,) = compared(as_line(2, person, name_hi="", mobile=""))
    assert one.outcome == RowOutcome.UNCHANGED


def test_certified_names_stay_and_the_rest_is_changed(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(certified_at=timezone.now())
    (one,) = compared(as_line(2, person, name_en="Anita Rani Verma", mobile="9876543210"))
    assert codes(one) == ["name_kept"]
    assert one.problems[0]["suggestion"] == "Anita Verma"
    assert list(one.deed["person"]) == ["mobile"]


def test_the_address_with_which_somebody_signs_in_stays(cast: Cast, compared: Compared) -> None:
    (one,) = compared(as_line(2, cast.employee("dealing_assistant"), email="anita@gad.state.example"))
    assert (one.outcome, codes(one)) == (RowOutcome.UNCHANGED, ["email_kept"])
    assert "email" not in one.deed


def test_somebody_without_an_account_gets_one(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(account=None)
    (one,) = compared(as_line(2, Employee.objects.get(pk=person.pk), email="anita@gad.state.example"))
    assert (one.outcome, one.deed["email"]) == (RowOutcome.CHANGE, ["", "anita@gad.state.example"])


def test_an_address_of_another_person_or_row_is_refused(cast: Cast, compared: Compared) -> None:
    owner = cast.account("section_officer").email
    Account.objects.create(email="nobody@gad.state.example")
    taken, lonely, first, second = compared(
        line(2, email=owner),
        line(3, email="nobody@gad.state.example"),
        line(4, email="one@gad.state.example"),
        line(5, email="one@gad.state.example"),
    )
    assert "Ramesh Chaubey" in said(taken, "email_taken")
    assert "रमेश चौबे" in said(taken, "email_taken", "hi")
    assert "email_taken" in codes(lonely)
    assert codes(first) == codes(second) == ["email_twice", "new_post"]
    assert "row 4" in said(second, "email_twice")


def test_without_a_code_the_address_says_who_it_is(cast: Cast, compared: Compared) -> None:
    (one,) = compared(as_line(2, cast.employee("dealing_assistant"), code=None, mobile="9876543210"))
    assert one.person is not None
    assert one.person.pk == cast.employee("dealing_assistant").pk


def test_a_code_that_lost_its_noughts_is_known_again(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(code="0002")
    (one,) = compared(as_line(2, person, code="2"))
    assert (one.outcome, codes(one)) == (RowOutcome.UNCHANGED, ["code_read_as"])


def test_a_code_of_somebody_of_another_name_is_refused(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    (one,) = compared(as_line(2, person, name_en="Zubin Daruwala", name_hi="ज़ुबिन दारूवाला", email=None))
    assert "Anita Verma" in said(one, "code_of_another")
    assert one.outcome == RowOutcome.REFUSED


def test_near_duplicates_are_asked_about_until_they_are_settled(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(born_on=date(1984, 5, 6))
    asked = line(2, name_en="", name_hi="अनिता वर्मा", born_on=date(1984, 5, 6))
    compared(asked)
    problem = asked.problems[0]
    assert (problem["code"], problem["open"], asked.attention) == ("near_duplicate", True, 1)
    assert [one["value"] for one in problem["choices"]] == [f"same:{person.pk}", "two_people"]
    same = line(2, name_en="", name_hi="अनिता वर्मा", born_on=date(1984, 5, 6))
    same.settled = {"near_duplicate": f"same:{person.pk}"}
    compared(same)
    assert (same.outcome, same.attention) == (RowOutcome.CHANGE, 2)
    assert same.deed["person"]["name_hi"] == ["अनीता वर्मा", "अनिता वर्मा"]
    two = line(3, name_en="", name_hi="अनिता वर्मा", born_on=date(1984, 5, 6))
    two.settled = {"near_duplicate": "two_people"}
    compared(two)
    assert (two.outcome, two.attention) == (RowOutcome.CREATE, 2)


def test_the_same_name_in_this_office_is_asked_about_without_birth_dates(compared: Compared) -> None:
    here, elsewhere = compared(
        line(2, name_en="Anita Verma", born_on=None), line(3, name_en="Sunil Maurya", born_on=None)
    )
    assert "near_duplicate" in codes(here)
    assert "near_duplicate" not in codes(elsewhere)


def test_two_rows_of_one_name_and_birth_date_are_asked_about(compared: Compared) -> None:
    first, second = compared(
        line(2, name_en="Vimla Sharma", name_hi="विमला शर्मा", born_on=date(1979, 2, 3)),
        line(3, name_en="Vimala Sharma", name_hi="विमला शर्मा", born_on=date(1979, 2, 3)),
    )
    assert "near_duplicate_in_sheet" not in codes(first)
    assert "row 2" in said(second, "near_duplicate_in_sheet")
    assert second.attention == 1


def test_whoever_left_is_not_entered_again(cast: Cast, compared: Compared) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(left_on=date(2025, 3, 31), left_reason=LeavingReason.RETIREMENT)
    (one,) = compared(as_line(2, person))
    assert "31 March 2025" in said(one, "has_left")


def test_a_record_that_another_office_keeps_is_not_changed(cast: Cast, compared: Compared) -> None:
    person = cast.employee("outsider")
    (one,) = compared(
        as_line(2, person, mobile="9876543210", charge_kind="additional", designation="Dealing Assistant")
    )
    assert "Finance Department" in said(one, "kept_elsewhere")
    assert "person" not in {name for name, value in one.deed.items() if value}
    assert one.outcome == RowOutcome.CHANGE


def test_a_second_row_of_a_person_is_for_a_second_charge_only(compared: Compared) -> None:
    whole = line(2, code="N1").values
    first, again, second = compared(
        line(2, **whole), line(3, **whole), line(4, **whole | {"section": "GAD-1", "charge_kind": "additional"})
    )
    assert first.outcome == RowOutcome.CREATE
    assert "row 2" in said(again, "row_twice")
    assert (second.outcome, second.is_refused()) == (RowOutcome.CHANGE, False)
    assert second.deed["charge"]["kind"] == "additional"


def test_two_rows_of_a_person_must_agree(compared: Compared) -> None:
    whole = line(2, code="N1", mobile="9876543210").values
    _first, second = compared(
        line(2, **whole), line(3, **whole | {"mobile": "9876543219", "charge_kind": "additional"})
    )
    assert second.problems[0]["suggestion"] == "9876543210"
    assert codes(second)[0] == "differs_from_row"


def test_the_number_of_queries_does_not_grow_with_the_rows(compared: Compared) -> None:
    costs = []
    for rows in ([line(2)], [line(number) for number in range(2, 202)]):
        with CaptureQueriesContext(connection) as queries:
            compared(*rows)
        costs.append(len(queries))
    assert costs[0] == costs[1] < 20


def test_another_birth_date_than_the_masters_is_warned_of(compared: Compared, cast: Cast) -> None:
    person = cast.employee("dealing_assistant")
    Employee.objects.filter(pk=person.pk).update(born_on=date(1980, 6, 12))
    (one,) = compared(as_line(2, person, born_on=date(1981, 6, 12)))
    assert (codes(one), one.outcome) == (["birth_changes"], "change")
