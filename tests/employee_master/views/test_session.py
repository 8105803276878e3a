from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from employee_master.middleware import CHARGE_KEY
from employee_master.models import Account, Charge, ChargeKind
from employee_master.services import charge_end, charge_start
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.ledger.queries import history
from tests.cast import PASSWORD, Cast

SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def _in_english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return client.post(SIGN_IN, {"email": email, "password": password} | more).status_code


def as_person(client: Client, cast: Cast, name: str) -> Client:
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_signs_in_and_the_record_holds_ids_only(client: Client, cast: Cast) -> None:
    assert sign_in(client, " Secretary@GAD.State.example ") == 302
    person = cast.employee("secretary")
    assert client.session[SESSION_KEY] == str(person.account_id)
    event = history(person).get()
    assert event.action == Action.ACCOUNT_SIGN_IN
    assert event.data == {"account": person.account_id}
    assert event.charge == cast.charge("secretary")


def test_the_session_key_changes_with_the_person(client: Client, cast: Cast) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client, cast.account("secretary").email)
    assert client.session.session_key != planted
    assert "planted" not in client.session


@pytest.mark.parametrize(("email", "password"), [("secretary", "wrong"), ("nobody.here", PASSWORD)])
def test_a_wrong_address_and_a_wrong_password_are_answered_alike(
    client: Client, cast: Cast, email: str, password: str
) -> None:
    answer = client.post(SIGN_IN, {"email": f"{email}@gad.state.example", "password": password})
    assert answer.status_code == 403
    assert "The address or the password is wrong." in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_an_address_outside_the_government_is_refused_with_the_domains_named(client: Client, cast: Cast) -> None:
    answer = client.post(SIGN_IN, {"email": "someone@gmail.com", "password": PASSWORD})
    assert answer.status_code == 400
    assert "end in .example" in answer.content.decode()


@pytest.mark.parametrize("change", ["inactive", "no employee"])
def test_an_account_that_is_closed_or_nobodys_does_not_open(client: Client, cast: Cast, change: str) -> None:
    account = cast.account("secretary")
    if change == "inactive":
        Account.objects.filter(pk=account.pk).update(is_active=False)
    else:
        person = cast.employee("secretary")
        person.account = None
        person.save()
    assert sign_in(client, account.email) == 403
    assert SESSION_KEY not in client.session


def test_a_closed_account_loses_its_session(client: Client, cast: Cast) -> None:
    as_person(client, cast, "secretary")
    assert client.get("/people/").status_code == 200
    Account.objects.filter(pk=cast.account("secretary").pk).update(is_active=False)
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize("language", ["en", "hi"])
def test_after_five_wrong_passwords_the_door_is_shut_and_says_until_when(
    client: Client, cast: Cast, settings: Settings, language: str
) -> None:
    email = cast.account("secretary").email
    answers = [client.post(SIGN_IN, {"email": email, "password": "wrong"}) for _try in range(5)]
    assert [answer.status_code for answer in answers] == [403] * 4 + [429]
    shut = client.post(SIGN_IN, {"email": email, "password": PASSWORD}, headers={"Accept-Language": language})
    assert shut.status_code == 429
    # Read after the try, because a try at a shut door puts the time off.
    opens = clock.office_time(AccessAttempt.objects.get().attempt_time + timedelta(hours=settings.AXES_COOLOFF_TIME))
    page = shut.content.decode()
    assert f"{opens:%H:%M}" in page
    assert 'lang="hi"' in page
    assert 'lang="en"' in page
    assert SESSION_KEY not in client.session
    assert sign_in(client, cast.account("auditor").email) == 302


def test_the_door_opens_again_after_the_time_said(client: Client, cast: Cast) -> None:
    email = cast.account("secretary").email
    for _try in range(5):
        sign_in(client, email, "wrong")
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=16))
    assert sign_in(client, email) == 302


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/people/?q=x", "/people/?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
        ("/sign-in/?next=/people/", "/"),
        ("", "/"),
    ],
)
def test_the_reader_arrives_within_this_site(client: Client, cast: Cast, wanted: str, reached: str) -> None:
    answer = client.post(SIGN_IN, {"email": cast.account("auditor").email, "password": PASSWORD, "next": wanted})
    assert answer["Location"] == reached


def test_password_managers_know_the_fields_and_nothing_is_inline(client: Client, db: None) -> None:
    page = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "style=" not in page
    assert "<script>" not in page


def test_signing_out_is_an_act_and_ends_the_session(client: Client, cast: Cast) -> None:
    as_person(client, cast, "secretary")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert SESSION_KEY not in client.session


def test_somebody_signed_out_is_led_to_the_door_and_back(client: Client, cast: Cast) -> None:
    assert client.get("/people/?q=a")["Location"] == f"{SIGN_IN}?next=/people/%3Fq%3Da"


def second_charge(cast: Cast) -> Charge:
    return charge_start(
        employee_id=cast.employee("section_officer").pk,
        post_id=cast.post("SO-CR").pk,
        kind=ChargeKind.ADDITIONAL,
        from_on=clock.today(),
        actor=cast.actor("emd_manager"),
    )


def acting_post(client: Client) -> int:
    return int(client.get("/people/").wsgi_request.actor.post_id)  # type: ignore[attr-defined]


def test_a_person_with_two_charges_switches_and_is_recorded_so(client: Client, cast: Cast) -> None:
    second = second_charge(cast)
    as_person(client, cast, "section_officer")
    assert acting_post(client) == cast.post("section_officer").pk
    answer = client.post("/acting/", {"charge": second.pk, "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert acting_post(client) == second.post_id


def test_a_chosen_charge_is_lost_the_moment_it_ends(client: Client, cast: Cast) -> None:
    second = second_charge(cast)
    as_person(client, cast, "section_officer")
    client.post("/acting/", {"charge": second.pk})
    charge_end(charge_id=second.pk, on=clock.today(), actor=cast.actor("emd_manager"))
    assert acting_post(client) == cast.post("section_officer").pk


@pytest.mark.parametrize("whose", ["secretary", "link_officer", "nobody"])
def test_the_charge_of_another_is_not_acted_under(client: Client, cast: Cast, whose: str) -> None:
    as_person(client, cast, "section_officer")
    wanted = 0 if whose == "nobody" else cast.charge(whose).pk
    assert client.post("/acting/", {"charge": wanted}).status_code == 403
    session = client.session
    session[CHARGE_KEY] = wanted
    session.save()
    assert acting_post(client) == cast.post("section_officer").pk


def test_who_is_acting_costs_four_queries_beside_session_and_account(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    second_charge(cast)
    as_person(client, cast, "section_officer")
    with CaptureQueriesContext(connection) as queries:
        client.get("/sign-in/")
    tables = [query["sql"] for query in queries]
    assert sum("django_session" in sql for sql in tables) == 1
    assert len(tables) == 2 + 4


@pytest.mark.parametrize("q", ["", "nobody at all", "%_\\", "क" * 101])
def test_the_directory_answers_whatever_is_typed(client: Client, cast: Cast, q: str) -> None:
    """What it finds is tested in tests/employee_master/people."""
    page = as_person(client, cast, "outsider").get("/people/", {"q": q})
    assert page.status_code == 200
    assert "Farah Khan" not in page.content.decode()


def test_the_directory_shows_vacancies_and_link_officers(client: Client, cast: Cast) -> None:
    charge_end(charge_id=cast.charge("under_secretary").pk, on=clock.today(), actor=cast.actor("emd_manager"))
    page = as_person(client, cast, "secretary").get("/people/").content.decode()
    assert "Vacant" in page
    assert "Devendra Joshi" in page
