"""The second factor: set up, asked for, lost, reset, demanded (design 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from pytest_django import Settings

from employee_master.middleware import ENROL_KEY
from employee_master.models import Factor, RecoveryCode
from employee_master.services import factor as services
from employee_master.services.factor import (
    factor_begin,
    factor_check,
    factor_enrol,
    factor_reset,
    recovery_codes_renew,
)
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotAvailable, WrongState
from eoffice.ledger.queries import history
from tests.cast import PASSWORD, Cast
from tests.conftest import Clock
from tests.employee_master.accounts.conftest import drain, enrol, phone_of, sign_in

STEP = timedelta(seconds=30)
CODE_PAGE = "/sign-in/code/"


@pytest.fixture
def held(still_clock: Clock) -> Clock:
    return still_clock


def account_of(cast: Cast, name: str = "secretary") -> int:
    return cast.account(name).pk


def refused(account_id: int, code: str) -> str:
    with pytest.raises((BadInput, NotAllowed)) as refusal:
        factor_check(account_id=account_id, code=code)
    return refusal.value.code


def test_known_answers_of_rfc_6238(cast: Cast, held: Clock) -> None:
    """The key of the standard's appendix; its eight digits end in our six."""
    actor = cast.actor("secretary")
    secret = services._sealed(account_of(cast), b"12345678901234567890")
    Factor.objects.create(account=cast.account("secretary"), pending=secret)
    held.set(datetime.fromtimestamp(1111111111, UTC))
    factor_enrol(code="050471", actor=actor)
    held.set(datetime.fromtimestamp(20000000000, UTC))
    assert factor_check(account_id=account_of(cast), code="353130") == "totp"


def test_it_is_set_up_by_pages_and_asked_for_at_the_next_sign_in(
    client: Client, cast: Cast, signed_in: Callable[[str], Client], held: Clock
) -> None:
    officer = signed_in("secretary")
    assert officer.post("/account/factor/begin/")["Location"] == "/account/factor/set-up/"
    page = officer.get("/account/factor/set-up/").content.decode()
    assert 'src="data:image/svg+xml' in page
    phone = phone_of(cast.employee("secretary"))
    shown = officer.post("/account/factor/set-up/", {"code": phone.code()}).content.decode()
    assert shown.count("<li>") >= 10
    assert sign_in(client, cast, "secretary").session.get(SESSION_KEY) is None
    assert client.get("/people/").status_code == 302
    held.advance(STEP)
    answer = client.post(CODE_PAGE, {"code": phone.code(), "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert client.get("/people/").status_code == 200
    last = list(history(cast.employee("secretary")))[-1]
    assert last.data == {"account": account_of(cast), "factor": "totp"}


def test_the_secret_lies_sealed_and_codes_are_digests(cast: Cast, held: Clock) -> None:
    _phone, codes = enrol(cast.employee("secretary"))
    factor = Factor.objects.get()
    assert factor.sealed is not None
    assert len(bytes(factor.sealed)) > 20
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(codes) == len(kept) == 10
    assert not kept & {code.replace("-", "") for code in codes}


def test_a_sealed_secret_does_not_open_for_another_account(cast: Cast, held: Clock) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    enrol(cast.employee("outsider"))
    stolen = Factor.objects.get(account=cast.account("secretary")).sealed
    Factor.objects.filter(account=cast.account("outsider")).update(sealed=stolen)
    held.advance(STEP)
    with pytest.raises(NotAvailable):
        factor_check(account_id=account_of(cast, "outsider"), code=phone.code())


def test_without_its_key_file_nothing_is_made_anew(cast: Cast, held: Clock, settings: Settings, tmp_path: Path) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    settings.FACTOR_KEY_FILE = tmp_path / "gone"
    held.advance(STEP)
    with pytest.raises(NotAvailable):
        factor_check(account_id=account_of(cast), code=phone.code())
    with pytest.raises(NotAvailable):
        factor_begin(actor=cast.actor("outsider"))
    assert not settings.FACTOR_KEY_FILE.exists()


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_clocks_may_differ_by_one_step(cast: Cast, held: Clock, steps: int) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    held.advance(STEP * 4)
    assert factor_check(account_id=account_of(cast), code=phone.code(steps)) == "totp"


@pytest.mark.parametrize("steps", [-2, 2])
def test_and_by_no_more(cast: Cast, held: Clock, steps: int) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    held.advance(STEP * 4)
    assert refused(account_of(cast), phone.code(steps)) == "wrong_code"


def test_a_code_counts_once_and_so_do_those_before_it(cast: Cast, held: Clock) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    assert refused(account_of(cast), phone.code()) == "wrong_code"
    held.advance(STEP * 3)
    code, earlier = phone.code(), phone.code(-1)
    factor_check(account_id=account_of(cast), code=code)
    assert refused(account_of(cast), code) == "wrong_code"
    assert refused(account_of(cast), earlier) == "wrong_code"


def test_codes_are_read_as_people_type_them(cast: Cast, held: Clock) -> None:
    phone, codes = enrol(cast.employee("secretary"))
    held.advance(STEP * 2)
    hindi = phone.code().translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    assert factor_check(account_id=account_of(cast), code=f" {hindi[:3]} {hindi[3:]} ") == "totp"
    assert factor_check(account_id=account_of(cast), code=codes[3].lower().replace("-", " ")) == "recovery"


@pytest.mark.parametrize(
    "code", ["", " ", "12345", "1234567", "abcdef", "²²²²²²", "x" * 40, "१२३", "\x00" * 6, "-----"]
)
def test_garbage_is_refused_like_a_wrong_code(cast: Cast, held: Clock, code: str) -> None:
    enrol(cast.employee("secretary"))
    assert refused(account_of(cast), code) == "wrong_code"


def test_a_recovery_code_opens_once_and_the_person_is_told_how_many_are_left(
    client: Client, cast: Cast, held: Clock
) -> None:
    _phone, codes = enrol(cast.employee("secretary"))
    sign_in(client, cast, "secretary")
    answer = client.post(CODE_PAGE, {"code": codes[0], "next": "/people/"}, follow=True)
    assert "9 are left" in answer.content.decode()
    assert refused(account_of(cast), codes[0]) == "wrong_code"
    fresh = recovery_codes_renew(actor=cast.actor("secretary"))
    assert refused(account_of(cast), codes[1]) == "wrong_code"
    assert factor_check(account_id=account_of(cast), code=fresh[1]) == "recovery"


def test_after_five_wrong_codes_the_right_one_waits_a_quarter_of_an_hour(
    client: Client, cast: Cast, held: Clock
) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    held.advance(STEP * 2)
    sign_in(client, cast, "secretary")
    pages = [client.post(CODE_PAGE, {"code": "000000"}) for _time in range(5)]
    assert [page.status_code for page in pages] == [403] * 5
    assert "It opens again at" in pages[-1].content.decode()
    assert refused(account_of(cast), phone.code()) == "factor_closed"
    held.advance(timedelta(minutes=15))
    assert factor_check(account_id=account_of(cast), code=phone.code()) == "totp"


@pytest.mark.parametrize("change", ["time", "password", "closed", "reset", "none"])
def test_the_step_after_the_password_is_for_who_gave_it_a_moment_ago(
    client: Client, cast: Cast, held: Clock, change: str
) -> None:
    phone, _codes = enrol(cast.employee("secretary"))
    account = cast.account("secretary")
    if change != "none":
        sign_in(client, cast, "secretary")
    if change == "time":
        held.advance(timedelta(minutes=10, seconds=1))
    elif change == "password":
        account.set_password("another one altogether")
        account.save()
    elif change == "closed":
        account.is_active = False
        account.save()
    elif change == "reset":
        factor_reset(employee_id=cast.employee("secretary").pk, actor=cast.actor("emd_manager"))
    held.advance(STEP)
    assert client.post(CODE_PAGE, {"code": phone.code()})["Location"] == "/sign-in/"
    assert SESSION_KEY not in client.session


def test_a_new_telephone_counts_when_it_is_verified_and_not_before(cast: Cast, held: Clock) -> None:
    old, _codes = enrol(cast.employee("secretary"))
    factor_begin(actor=cast.actor("secretary"))
    new = phone_of(cast.employee("secretary"))
    held.advance(STEP * 2)
    with pytest.raises(BadInput):
        factor_enrol(code=old.code(), actor=cast.actor("secretary"))
    assert factor_check(account_id=account_of(cast), code=old.code()) == "totp"
    held.advance(STEP * 2)
    factor_enrol(code=new.code(), actor=cast.actor("secretary"))
    held.advance(STEP * 2)
    assert refused(account_of(cast), old.code()) == "wrong_code"
    assert factor_check(account_id=account_of(cast), code=new.code()) == "totp"


def test_a_lost_factor_is_reset_by_the_emd_manager_never_for_oneself(client: Client, cast: Cast, held: Clock) -> None:
    enrol(cast.employee("secretary"))
    enrol(cast.employee("emd_manager"))
    with pytest.raises(NotAllowed) as refusal:
        factor_reset(employee_id=cast.employee("emd_manager").pk, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "own_case"
    for stranger in ("outsider", "auditor", "secretary"):
        with pytest.raises(NotAllowed):
            factor_reset(employee_id=cast.employee("secretary").pk, actor=cast.actor(stranger))
    factor_reset(employee_id=cast.employee("secretary").pk, actor=cast.actor("emd_manager"))
    assert history(cast.employee("secretary")).filter(action=Action.ACCOUNT_RESET).count() == 1
    assert SESSION_KEY in sign_in(client, cast, "secretary").session
    with pytest.raises(WrongState):
        factor_reset(employee_id=cast.employee("secretary").pk, actor=cast.actor("emd_manager"))
    drain()
    assert [one.to[0] for one in mail.outbox if "reset" in one.subject] == [cast.account("secretary").email]


def test_a_reset_ends_the_sessions_of_the_person(client: Client, cast: Cast, held: Clock) -> None:
    sign_in(client, cast, "secretary")
    enrol(cast.employee("secretary"))
    assert client.get("/people/").status_code == 200
    factor_reset(employee_id=cast.employee("secretary").pk, actor=cast.actor("emd_manager"))
    assert client.get("/people/").status_code == 302


def test_nothing_is_finished_that_was_not_begun(cast: Cast) -> None:
    with pytest.raises(WrongState):
        factor_enrol(code="123456", actor=cast.actor("secretary"))
    with pytest.raises(WrongState):
        recovery_codes_renew(actor=cast.actor("secretary"))


def test_where_it_is_off_nobody_is_asked(client: Client, cast: Cast, held: Clock, settings: Settings) -> None:
    enrol(cast.employee("secretary"))
    settings.SECOND_FACTOR = "off"
    assert SESSION_KEY in sign_in(client, cast, "secretary").session


def test_where_it_is_required_somebody_without_it_is_led_to_it_and_later_nowhere_else(
    client: Client, cast: Cast, held: Clock, settings: Settings
) -> None:
    settings.SECOND_FACTOR, settings.SECOND_FACTOR_GRACE_DAYS = "required", 7
    answer = client.post("/sign-in/", {"email": cast.account("secretary").email, "password": PASSWORD})
    assert answer["Location"].startswith("/account/factor/")
    assert "7 days left" in client.get("/account/factor/").content.decode()
    assert client.get("/people/").status_code == 200
    held.advance(timedelta(days=7))
    sign_in(client, cast, "secretary")
    for path in ("/people/", "/account/", "/", "/files/"):
        assert client.get(path)["Location"] == "/account/factor/", path
    assert "nothing else opens" in client.get("/account/factor/").content.decode()
    client.post("/account/factor/begin/")
    client.post("/account/factor/set-up/", {"code": phone_of(cast.employee("secretary")).code()})
    assert ENROL_KEY not in client.session
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize("name", ["emd_manager", "super_admin"])
def test_whoever_administers_has_no_days_of_grace(
    client: Client, cast: Cast, held: Clock, settings: Settings, name: str
) -> None:
    settings.SECOND_FACTOR = "required"
    sign_in(client, cast, name)
    assert client.get("/accounts/")["Location"] == "/account/factor/"
    assert client.post("/sign-out/").status_code == 302


def test_somebody_with_a_factor_is_not_held_up(client: Client, cast: Cast, held: Clock, settings: Settings) -> None:
    settings.SECOND_FACTOR, settings.SECOND_FACTOR_GRACE_DAYS = "required", 0
    phone, _codes = enrol(cast.employee("secretary"))
    held.advance(STEP)
    sign_in(client, cast, "secretary")
    assert client.post(CODE_PAGE, {"code": phone.code(), "next": "/people/"})["Location"] == "/people/"
    assert client.get("/people/").status_code == 200


def test_no_code_and_no_key_stands_in_a_log(
    cast: Cast, held: Clock, signed_in: Callable[[str], Client], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    officer = signed_in("secretary")
    officer.post("/account/factor/begin/")
    phone = phone_of(cast.employee("secretary"))
    code = phone.code()
    officer.post("/account/factor/set-up/", {"code": code})
    sign_in(client, cast, "secretary")
    client.post(CODE_PAGE, {"code": code})
    told = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    assert code not in told.replace(str(clock.now().timestamp()), "")
