"""Two at once, on both databases: a code counts once, a number is not exceeded, a session does not outlive its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from employee_master.models import AccessReview, RoleGrant, RoleProposal
from employee_master.queries.reviews import review_list, shown_hash
from employee_master.services import sessions_end
from employee_master.services.factor import factor_check
from employee_master.services.password import Purpose, link_to, password_set
from employee_master.services.review import review_record
from employee_master.services.role import role_confirm, role_propose, role_revoke, role_withdraw, super_admin_found
from eoffice.core import clock
from eoffice.core.actor import Role
from eoffice.core.errors import DomainError
from tests.cast import Cast, build_cast
from tests.employee_master.accounts.conftest import enrol, sign_in

ROUNDS = 4


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast()


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads that start together, all at this instant; the code of each refusal, "done" for none."""
    barrier, said, now = Barrier(len(acts)), [""] * len(acts), clock.now()

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            with clock.freeze(now):
                barrier.wait()
                act()
            said[number] = "done"
        except DomainError as error:
            said[number] = error.code
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_one_code_given_at_two_places_at_once_opens_one(committed: Cast) -> None:
    phone, codes = enrol(committed.employee("secretary"))
    account_id = committed.account("secretary").pk
    for number in range(ROUNDS):
        with clock.freeze(clock.now() + timedelta(minutes=number + 1)):
            code = phone.code()
            said = at_once(*[partial(factor_check, account_id=account_id, code=code)] * 3)
            assert said == ["done", "wrong_code", "wrong_code"]
            assert factor_check(account_id=account_id, code=phone.code(1)) == "totp"
    said = at_once(*[partial(factor_check, account_id=account_id, code=codes[0])] * 2)
    assert said == ["done", "wrong_code"]


def test_two_confirmations_at_once_do_not_exceed_the_number(committed: Cast, settings: Settings) -> None:
    settings.SUPER_ADMINS = 2
    super_admin_found(employee_id=committed.employee("secretary").pk)
    settings.SUPER_ADMINS = 3
    by, second = committed.actor("super_admin"), committed.actor("secretary")
    for _round in range(ROUNDS):
        proposals = [
            role_propose(employee_id=committed.employee(name).pk, actor=by).pk for name in ("auditor", "outsider")
        ]
        said = at_once(*[partial(role_confirm, proposal_id=pk, actor=second) for pk in proposals])
        assert said == ["done", "super_admins_full"]
        running = RoleGrant.objects.filter(role=Role.SUPER_ADMIN, ended_at=None)
        assert running.count() == 3
        for grant in running.exclude(employee__in=[by.person, second.person]):
            role_revoke(grant_id=grant.pk, actor=by)
        (left,) = RoleProposal.objects.filter(state="proposed")
        role_withdraw(proposal_id=left.pk, actor=by)


def test_two_super_admins_who_end_each_other_at_once_leave_one(committed: Cast) -> None:
    for _round in range(ROUNDS):
        first = RoleGrant.objects.get(role=Role.SUPER_ADMIN, ended_at=None)
        name = "secretary" if first.employee == committed.employee("super_admin") else "super_admin"
        second = super_admin_found(employee_id=committed.employee(name).pk)
        one, other = (committed.actor(_name(committed, grant)) for grant in (first, second))
        said = at_once(
            partial(role_revoke, grant_id=first.pk, actor=other), partial(role_revoke, grant_id=second.pk, actor=one)
        )
        assert said == ["done", "last_super_admin"]


def _name(cast: Cast, grant: RoleGrant) -> str:
    return next(name for name, employee in cast.employees.items() if employee.pk == grant.employee_id)


def test_two_foundings_at_once(committed: Cast) -> None:
    people = [committed.employee(name).pk for name in ("secretary", "auditor")]
    said = at_once(*[partial(super_admin_found, employee_id=pk) for pk in people])
    assert said == ["done", "instance_founded"]


def test_a_link_followed_twice_at_once_sets_one_password(committed: Cast) -> None:
    account = committed.account("secretary")
    for number in range(ROUNDS):
        account.refresh_from_db()
        token = link_to(account, Purpose.RESET).partition("key=")[2]
        words = [f"long enough {word} {number}" for word in ("one", "other")]
        said = at_once(*[partial(password_set, token=token, password=word) for word in words])
        assert said == ["done", "link_spent"]


def test_a_review_recorded_twice_at_once_is_recorded_once(committed: Cast) -> None:
    office, by = committed.offices["GAD"], committed.actor("emd_manager")
    shown = shown_hash(review_list(office, actor=by))
    said = at_once(*[lambda: review_record(office_id=office.pk, shown=shown, actor=by)] * 2)
    assert said == ["done", "review_done"]
    assert AccessReview.objects.count() == 1


def test_signing_in_while_everything_ends_leaves_no_session(committed: Cast) -> None:
    account = committed.account("secretary")
    for _round in range(ROUNDS):
        client = Client()
        at_once(
            partial(sign_in, client, committed, "secretary"),
            partial(sessions_end, account_id=account.pk),
        )
        # Either it came first and is over, or it came after and is on the list of the next ending.
        sessions_end(account_id=account.pk)
        assert client.get("/account/").status_code == 302
