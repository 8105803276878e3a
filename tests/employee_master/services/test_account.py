import pytest

from employee_master.models import Employee
from employee_master.services import account_open, government_address
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from tests.cast import PASSWORD, Cast


@pytest.fixture
def newcomer(cast: Cast) -> Employee:
    return Employee.objects.create(code="N1", name_en="Nisha Gupta", name_hi="निशा गुप्ता")


def test_an_account_is_opened(cast: Cast, newcomer: Employee) -> None:
    account = account_open(
        employee_id=newcomer.pk, email=" Nisha@GAD.state.example ", password=PASSWORD, actor=cast.actor("super_admin")
    )
    assert account.email == "nisha@gad.state.example"
    assert account.check_password(PASSWORD)
    newcomer.refresh_from_db()
    assert newcomer.account == account


def test_without_a_password_nobody_can_sign_in(cast: Cast, newcomer: Employee) -> None:
    account = account_open(employee_id=newcomer.pk, email="n@a.example", password=None, actor=cast.actor("super_admin"))
    assert not account.has_usable_password()


@pytest.mark.parametrize(
    ("email", "code"),
    [("x@gmail.com", "foreign_address"), ("x@notexample", "bad_address"), ("x@evilexample.com", "foreign_address")],
)
def test_an_address_outside_the_government_is_refused_with_the_domains_named(email: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        government_address(email)
    assert refusal.value.code == code
    assert code == "bad_address" or "example" in str(refusal.value.message)


def test_a_weak_password_is_refused(cast: Cast, newcomer: Employee) -> None:
    with pytest.raises(BadInput) as refusal:
        account_open(employee_id=newcomer.pk, email="n@a.example", password="short", actor=cast.actor("super_admin"))
    assert refusal.value.code == "weak_password"


def test_an_address_is_given_once(cast: Cast, newcomer: Employee) -> None:
    with pytest.raises(WrongState) as refusal:
        account_open(
            employee_id=newcomer.pk,
            email=cast.account("secretary").email.upper(),
            password=None,
            actor=cast.actor("super_admin"),
        )
    assert refusal.value.code == "address_taken"


def test_an_employee_has_one_account(cast: Cast) -> None:
    with pytest.raises(WrongState) as refusal:
        account_open(
            employee_id=cast.employee("diarist").pk,
            email="d2@a.example",
            password=None,
            actor=cast.actor("emd_manager"),
        )
    assert refusal.value.code == "has_account"


@pytest.mark.parametrize("by", ["outsider", "emd_manager"])
def test_for_somebody_without_a_charge_only_the_super_admin_opens_one(cast: Cast, newcomer: Employee, by: str) -> None:
    with pytest.raises(NotAllowed):
        account_open(employee_id=newcomer.pk, email="n@a.example", password=None, actor=cast.actor(by))
