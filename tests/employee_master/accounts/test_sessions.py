"""Where one is signed in, ending sessions, the password again, and accounts that are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from employee_master.models import Account, SignedIn
from employee_master.queries.accounts import browser_name, case_of, cases_of, places_of
from employee_master.services import charge_end, sessions_end
from employee_master.services.account import account_close, account_reopen, session_end, sessions_tidy
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import NotAllowed, NotVisible, WrongState
from eoffice.ledger.queries import history
from tests.cast import PASSWORD, Cast
from tests.conftest import Clock
from tests.employee_master.accounts.conftest import sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def test_a_session_is_listed_with_browser_and_place(cast: Cast) -> None:
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="10.1.2.3")
    sign_in(client, cast, "secretary")
    page = client.get("/account/").content.decode()
    assert "Firefox · Linux" in page
    assert "10.1.2.3" in page
    assert "This one" in page


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPad"),
        ("", ""),
        ("\x00curl", ""),
    ],
)
def test_a_browser_is_named_as_far_as_it_tells(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_one_session_is_ended_and_the_others_stay(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    elsewhere, third = (sign_in(Client(), cast, "secretary") for _each in range(2))
    row = SignedIn.objects.get(session_key=elsewhere.session.session_key)
    assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert elsewhere.get("/account/").status_code == 302
    assert third.get("/account/").status_code == 200
    client.post("/account/sessions/end/")
    assert third.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    ended = history(cast.employee("secretary")).filter(action=Action.ACCOUNT_SIGN_OUT)
    assert [event.data["sessions"] for event in ended] == [1, 1]


def test_nobody_ends_the_session_of_another(cast: Cast) -> None:
    sign_in(Client(), cast, "secretary")
    with pytest.raises(NotVisible):
        session_end(session_id=SignedIn.objects.get().pk, actor=cast.actor("outsider"))


def test_all_sessions_end_in_the_transaction_of_the_caller_or_not_at_all(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    account = cast.account("secretary")
    with transaction.atomic():
        assert sessions_end(account_id=account.pk) == 1
        transaction.set_rollback(True)
    assert client.get("/account/").status_code == 200
    sessions_end(account_id=account.pk)
    assert client.get("/account/").status_code == 302
    assert not SignedIn.objects.exists()


def test_a_session_that_is_on_no_list_ends_too(client: Client, cast: Cast) -> None:
    client.force_login(cast.account("secretary"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/account/").status_code == 200
    sessions_end(account_id=cast.account("secretary").pk)
    assert client.get("/account/").status_code == 302


def test_a_request_under_way_does_not_bring_its_session_back(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    under_way = SessionStore(client.session.session_key)
    under_way["anything"] = 1
    sessions_end(account_id=cast.account("secretary").pk)
    with pytest.raises(Exception, match=r"UpdateError|^$"):
        under_way.save()
    assert client.get("/account/").status_code == 302


def test_signing_out_leaves_nothing_on_the_list(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    client.post("/sign-out/")
    assert places_of(cast.account("secretary").pk, None) == []


def test_the_list_forgets_what_has_run_out(client: Client, cast: Cast, still_clock: Clock) -> None:
    sign_in(client, cast, "secretary")
    still_clock.advance(timedelta(hours=10, seconds=1))
    assert places_of(cast.account("secretary").pk, None) == []
    assert sessions_tidy() == 1
    assert not SignedIn.objects.exists()


def test_the_last_use_is_written_every_five_minutes_and_otherwise_costs_nothing(
    client: Client, cast: Cast, still_clock: Clock
) -> None:
    sign_in(client, cast, "secretary")
    still_clock.advance(timedelta(minutes=4))
    with CaptureQueriesContext(connection) as queries:
        client.get("/sign-in/")
    assert not [query for query in queries if "signedin" in query["sql"]]
    at = still_clock.advance(timedelta(minutes=2))
    client.get("/account/")
    assert SignedIn.objects.get().seen_at == at


def test_a_session_ends_a_day_after_however_it_is_used(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    first = client.session.get_expiry_date()
    client.get("/account/")
    client.post("/acting/", {"charge": cast.charge("secretary").pk})
    assert abs(client.session.get_expiry_date() - first) < timedelta(seconds=2)


# The password again


def test_acts_of_administration_ask_for_the_password_again(client: Client, cast: Cast, still_clock: Clock) -> None:
    sign_in(client, cast, "emd_manager")
    assert client.get("/roles/grant/").status_code == 200
    still_clock.advance(timedelta(minutes=15))
    assert client.get("/roles/").status_code == 200
    assert client.get("/roles/grant/")["Location"] == "/account/again/?next=%2Froles%2Fgrant%2F"
    act = f"/accounts/{cast.employee('secretary').pk}/close/"
    answer = client.post(act)
    assert answer["Location"] == "/account/again/?next=%2Faccounts%2F"
    assert Account.objects.get(pk=cast.account("secretary").pk).is_active
    assert "Nothing was done yet" in client.get(answer["Location"]).content.decode()
    again = client.post("/account/again/", {"password": PASSWORD, "next": "/accounts/"})
    assert again["Location"] == "/accounts/"
    assert client.post(act)["Location"] == "/accounts/?office="
    assert not Account.objects.get(pk=cast.account("secretary").pk).is_active


def test_a_wrong_password_there_counts_as_at_the_door(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "emd_manager")
    answers = [client.post("/account/again/", {"password": "wrong"}).status_code for _time in range(5)]
    assert answers == [403] * 4 + [429]


def test_it_leads_nowhere_outside(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "emd_manager")
    answer = client.post("/account/again/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


# Closing and opening accounts


def test_an_account_is_closed_and_opened_again(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    person = cast.employee("secretary")
    account_close(employee_id=person.pk, actor=cast.actor("emd_manager"))
    assert client.get("/account/").status_code == 302
    assert SESSION_KEY not in sign_in(client, cast, "secretary").session
    with pytest.raises(WrongState):
        account_close(employee_id=person.pk, actor=cast.actor("emd_manager"))
    account_reopen(employee_id=person.pk, actor=cast.actor("super_admin"))
    assert SESSION_KEY in sign_in(client, cast, "secretary").session
    acts = [event.action for event in history(person)]
    assert acts == [Action.ACCOUNT_SIGN_IN, Action.ACCOUNT_CLOSE, Action.ACCOUNT_REOPEN, Action.ACCOUNT_SIGN_IN]


@pytest.mark.parametrize(
    ("name", "by", "code"),
    [
        ("secretary", "outsider", "not_master_of_office"),
        ("outsider", "emd_manager", "not_master_of_office"),
        ("emd_manager", "emd_manager", "own_case"),
    ],
)
def test_who_may_not_close_an_account(cast: Cast, name: str, by: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        account_close(employee_id=cast.employee(name).pk, actor=cast.actor(by))
    assert refusal.value.code == code


def test_the_account_of_somebody_who_left_stays_closed(cast: Cast) -> None:
    person = cast.employee("secretary")
    account_close(employee_id=person.pk, actor=cast.actor("emd_manager"))
    person.left_on, person.left_reason = clock.today(), "retirement"
    person.save()
    with pytest.raises(WrongState) as refusal:
        account_reopen(employee_id=person.pk, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "has_left"


def test_the_list_and_the_act_ask_about_the_same_office(cast: Cast) -> None:
    """`cases_of` is `case_of` for many."""
    charge_end(charge_id=cast.charge("outsider").pk, on=clock.today(), actor=cast.actor("super_admin"))
    people = list(cast.employees.values())
    assert cases_of(people) == {person.pk: case_of(person) for person in people}


def test_the_office_sees_how_its_accounts_stand(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    Account.objects.filter(pk=cast.account("diarist").pk).update(email_confirmed_at=clock.now())
    page = signed_in("emd_manager").get("/accounts/").content.decode()
    assert "<b>7</b> people" in page
    assert "<b>6</b> not confirmed" in page
    assert "outsider@" not in page
    only = signed_in("emd_manager").get("/accounts/", {"only": "unconfirmed", "q": "farah"}).content.decode()
    assert "under_secretary@" in only
    assert "diarist@" not in only
    every = signed_in("super_admin").get("/accounts/", {"office": "FIN"}).content.decode()
    assert "outsider@" in every


def test_the_list_costs_the_same_for_few_and_for_many(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("super_admin")
    costs = []
    for office in ("ITE", "GAD"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/accounts/", {"office": office}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20
