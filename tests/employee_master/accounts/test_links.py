"""Invitations and forgotten passwords: a mailed link that opens once (R4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from employee_master.models import Account, Employee
from employee_master.services import INVITE, account_open
from employee_master.services.password import (
    Purpose,
    account_invite,
    accounts_invite,
    link_account,
    link_ask,
    link_to,
    password_change,
    password_set,
)
from employee_master.views import account as account_views
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.ledger.queries import history
from tests.cast import PASSWORD, Cast
from tests.conftest import Clock
from tests.employee_master.accounts.conftest import drain, mailed_link, sign_in

NEW = "a rather long new sentence"


@pytest.fixture
def newcomer(cast: Cast) -> Employee:
    person = Employee.objects.create(
        code="N1", name_en="Nisha Gupta", name_hi="निशा गुप्ता", entered_in=cast.offices["GAD"]
    )
    account_open(employee_id=person.pk, email="nisha@gad.example", password=None, actor=cast.actor("super_admin"))
    person.refresh_from_db()
    return person


def key_in(path: str) -> str:
    return path.partition("key=")[2]


def test_somebody_invited_sets_a_password_by_the_mailed_link_and_signs_in(
    client: Client, cast: Cast, newcomer: Employee
) -> None:
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    drain()
    path = mailed_link("nisha@gad.example")
    # The secret leaves the address at once.
    assert client.get(path)["Location"] == "/password/"
    assert "nisha@gad.example" in client.get("/password/").content.decode()
    answer = client.post("/password/", {"password": NEW, "again": NEW})
    assert answer["Location"] == "/sign-in/"
    account = Account.objects.get(employee=newcomer)
    assert account.email_confirmed_at is not None
    assert SESSION_KEY not in client.session
    client.post("/sign-in/", {"email": "nisha@gad.example", "password": NEW})
    assert SESSION_KEY in client.session
    acts = [event.action for event in history(newcomer)]
    assert acts == [Action.ACCOUNT_OPEN, Action.ACCOUNT_INVITE, Action.ACCOUNT_CONFIRM, Action.ACCOUNT_SIGN_IN]


def test_the_mail_speaks_both_languages_and_the_row_holds_an_id_only(cast: Cast, newcomer: Employee) -> None:
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    row = OutboxRow.objects.get(kind=INVITE)
    assert row.payload == {"account": newcomer.account_id}
    drain()
    (message,) = mail.outbox
    assert "खाता" in message.subject
    assert "Your e-Office account" in message.subject
    assert message.body.index("पासवर्ड") < message.body.index("Set your password")
    assert message.extra_headers["Message-ID"].startswith(f"<{row.key}@")


def test_a_link_opens_once(client: Client, newcomer: Employee) -> None:
    account = Account.objects.get(employee=newcomer)
    token = key_in(link_to(account, Purpose.INVITE))
    password_set(token=token, password=NEW)
    with pytest.raises(NotAllowed) as refusal:
        password_set(token=token, password=NEW + " again")
    assert refusal.value.code == "link_spent"
    page = client.get(f"/password/?key={token}", follow=True)
    assert page.status_code == 403
    assert "used or is too old" in page.content.decode()


@pytest.mark.parametrize(
    ("purpose", "lasts"), [(Purpose.INVITE, timedelta(days=7)), (Purpose.RESET, timedelta(hours=2))]
)
def test_a_link_gets_old(newcomer: Employee, still_clock: Clock, purpose: Purpose, lasts: timedelta) -> None:
    token = key_in(link_to(Account.objects.get(employee=newcomer), purpose))
    still_clock.advance(lasts)
    assert link_account(token) is not None
    still_clock.advance(timedelta(seconds=1))
    assert link_account(token) is None


@pytest.mark.parametrize("change", ["signature", "account", "purpose", "address", "signed in", "closed"])
def test_a_link_that_was_altered_or_overtaken_opens_nothing(cast: Cast, newcomer: Employee, change: str) -> None:
    account = Account.objects.get(employee=newcomer)
    token = key_in(link_to(account, Purpose.RESET))
    parts = token.split(".")
    if change == "signature":
        parts[-1] = parts[-1][::-1]
    elif change == "account":
        parts[0] = str(cast.account("secretary").pk)
    elif change == "purpose":
        parts[1] = Purpose.INVITE
    else:
        fields = {"address": {"email": "x@y.example"}, "signed in": {"last_login": clock.now()}}
        Account.objects.filter(pk=account.pk).update(**fields.get(change, {"is_active": False}))
    assert link_account(".".join(parts)) is None


@pytest.mark.parametrize("token", ["", "x", ".....", "1.i.zz.q.s", "a" * 5000, "\x00", "१.i.1.1.1"])
def test_what_is_no_link_is_answered_like_an_old_one(client: Client, db: None, token: str) -> None:
    assert client.get("/password/", {"key": token}, follow=True).status_code == 403


@pytest.mark.parametrize(("one", "other", "said"), [(NEW, "different", "differ"), ("short", "short", "too short")])
def test_a_weak_or_mistyped_password_is_refused_in_words(
    client: Client, newcomer: Employee, one: str, other: str, said: str
) -> None:
    client.get(f"/password/?key={key_in(link_to(Account.objects.get(employee=newcomer), Purpose.INVITE))}")
    page = client.post("/password/", {"password": one, "again": other})
    assert page.status_code == 400
    assert said in page.content.decode()
    assert one not in page.content.decode().replace(said, "") or one == "short"
    assert not Account.objects.get(employee=newcomer).has_usable_password()


def test_only_who_keeps_the_record_invites_and_only_whom_it_helps(cast: Cast, newcomer: Employee) -> None:
    with pytest.raises(NotAllowed):
        account_invite(employee_id=newcomer.pk, actor=cast.actor("outsider"))
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState) as refusal:
        account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "link_on_its_way"
    confirmed = cast.account("secretary")
    Account.objects.filter(pk=confirmed.pk).update(email_confirmed_at=clock.now())
    with pytest.raises(WrongState) as refusal:
        account_invite(employee_id=cast.employee("secretary").pk, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "address_confirmed"
    Account.objects.filter(pk=newcomer.account_id).update(is_active=False)
    with pytest.raises(WrongState):
        account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))


def test_all_unconfirmed_people_of_an_office_are_invited_in_one_act(cast: Cast) -> None:
    gad = cast.offices["GAD"]
    Account.objects.filter(pk=cast.account("secretary").pk).update(email_confirmed_at=clock.now())
    done = accounts_invite(office_id=gad.pk, actor=cast.actor("emd_manager"))
    assert (done.mailed, done.on_the_way) == (6, 0)
    assert accounts_invite(office_id=gad.pk, actor=cast.actor("emd_manager")).on_the_way == 6
    assert OutboxRow.objects.filter(kind=INVITE).count() == 6
    with pytest.raises(NotAllowed):
        accounts_invite(office_id=cast.offices["FIN"].pk, actor=cast.actor("emd_manager"))


def test_an_invitation_that_is_no_longer_needed_is_not_mailed(cast: Cast, newcomer: Employee) -> None:
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    Account.objects.filter(employee=newcomer).update(email_confirmed_at=clock.now())
    drain()
    assert mail.outbox == []


def test_a_forgotten_password_is_asked_for_without_telling_whether_the_address_exists(
    client: Client, cast: Cast
) -> None:
    pages = [
        client.post("/forgot/", {"email": email})
        for email in (cast.account("secretary").email, "nobody.at.all@gad.state.example")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    said = [re.sub(r'(value="|CSRFToken": ")\w{64}"', "", page.content.decode()) for page in pages]
    assert said[0] == said[1]
    drain()
    assert [message.to for message in mail.outbox] == [[cast.account("secretary").email]]


def test_it_is_mailed_once_in_a_while_whatever_is_pressed(cast: Cast, still_clock: Clock) -> None:
    for _time in range(5):
        link_ask(email=cast.account("secretary").email.upper())
    assert OutboxRow.objects.count() == 1
    still_clock.advance(timedelta(minutes=10))
    link_ask(email=cast.account("secretary").email)
    assert OutboxRow.objects.count() == 2


def test_from_one_place_only_so_many_are_asked_for(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    monkeypatch.setattr(account_views, "ASKED_IN_AN_HOUR", 2)
    answers = [client.post("/forgot/", {"email": f"x{n}@gad.example"}).status_code for n in range(3)]
    assert answers == [200, 200, 429]


def test_a_new_password_ends_every_other_session_and_is_told_by_mail(client: Client, cast: Cast) -> None:
    elsewhere = sign_in(Client(), cast, "secretary")
    assert elsewhere.get("/account/").status_code == 200
    link_ask(email=cast.account("secretary").email)
    drain()
    client.get(mailed_link(cast.account("secretary").email))
    client.post("/password/", {"password": NEW, "again": NEW})
    assert elsewhere.get("/account/").status_code == 302
    drain()
    assert "password changed" in mail.outbox[-1].subject


def test_a_link_helps_somebody_who_locked_the_door(client: Client, cast: Cast) -> None:
    for _time in range(5):
        sign_in(client, cast, "secretary", "wrong")
    token = key_in(link_to(Account.objects.get(pk=cast.account("secretary").pk), Purpose.RESET))
    client.get(f"/password/?key={token}")
    client.post("/password/", {"password": NEW, "again": NEW})
    assert SESSION_KEY in sign_in(client, cast, "secretary", NEW).session


def test_changing_the_own_password_keeps_this_session_and_ends_the_others(client: Client, cast: Cast) -> None:
    elsewhere = sign_in(Client(), cast, "secretary")
    sign_in(client, cast, "secretary")
    answer = client.post("/account/password/", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert [event.action for event in history(cast.employee("secretary"))].count(Action.ACCOUNT_PASSWORD) == 1


def test_a_wrong_present_password_changes_nothing_and_counts(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "secretary")
    form = {"old": "wrong", "password": NEW, "again": NEW}
    answers = [client.post("/account/password/", form).status_code for _time in range(5)]
    assert answers == [400] * 4 + [429]
    assert cast.account("secretary").check_password(PASSWORD)
    with pytest.raises(BadInput):
        password_change(old=PASSWORD, new=PASSWORD, actor=cast.actor("secretary"))


def test_the_secret_of_a_link_stands_in_no_log(
    client: Client, newcomer: Employee, caplog: pytest.LogCaptureFixture, cast: Cast
) -> None:
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    drain()
    path = mailed_link("nisha@gad.example")
    client.get(path, follow=True)
    client.post("/password/", {"password": NEW, "again": NEW})
    client.get(path, follow=True)
    told = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    assert key_in(path) not in told
    assert NEW not in told


def test_a_mail_server_that_is_away_is_tried_again(
    cast: Cast, newcomer: Employee, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[[str], Client]
) -> None:
    account_invite(employee_id=newcomer.pk, actor=cast.actor("emd_manager"))
    row = OutboxRow.objects.get()

    def away(_message: object) -> int:
        raise ConnectionRefusedError("nisha@gad.example")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    assert not outbox.run_row(row.pk)
    row.refresh_from_db()
    assert row.state == "waiting"
    assert "nisha" not in row.last_error
