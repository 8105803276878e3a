from datetime import timedelta

import pytest

from employee_master.models import RoleGrant
from employee_master.queries import actor_for
from employee_master.services import role_grant, role_revoke, super_admin_found
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.queries import history
from tests.cast import Cast


def grant(cast: Cast, person: str, by: str = "super_admin", office_id: int | None = None) -> RoleGrant:
    return role_grant(
        employee_id=cast.employee(person).pk,
        role=Role.EMD_MANAGER,
        from_on=clock.today(),
        office_id=office_id,
        actor=cast.actor(by),
    )


def test_the_super_admin_grants_and_revokes_and_both_are_recorded(cast: Cast) -> None:
    given = grant(cast, "section_officer")
    assert cast.actor("section_officer").has_role(Role.EMD_MANAGER)
    role_revoke(grant_id=given.pk, actor=cast.actor("super_admin"))
    assert not cast.actor("section_officer").has_role(Role.EMD_MANAGER)
    assert [event.action for event in history(given)] == [Action.ROLE_GRANT, Action.ROLE_REVOKE]
    grant(cast, "section_officer")


@pytest.mark.parametrize("by", ["emd_manager", "secretary", "auditor", "outsider"])
def test_nobody_else_grants_a_role(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        grant(cast, "section_officer", by)
    assert refusal.value.code == "role_missing"


def test_the_super_admin_grants_nothing_to_themselves(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refusal:
        grant(cast, "super_admin")
    assert refusal.value.code == "own_case"


def test_a_role_is_granted_once(cast: Cast) -> None:
    with pytest.raises(WrongState) as refusal:
        grant(cast, "emd_manager")
    assert refusal.value.code == "has_role"


def test_an_emd_manager_grants_the_registry_clerk_of_the_own_office_alone(cast: Cast) -> None:
    manager, person = cast.actor("emd_manager"), cast.employee("section_officer")
    facts = {"employee_id": person.pk, "from_on": clock.today(), "actor": manager}
    given = role_grant(role=Role.REGISTRY_CLERK, office_id=cast.offices["GAD"].pk, **facts)
    assert cast.actor("section_officer").has_role(Role.REGISTRY_CLERK)
    role_revoke(grant_id=given.pk, actor=manager)
    for role, office in ((Role.REGISTRY_CLERK, "FIN"), (Role.RECORDS_OFFICER, "GAD"), (Role.AUDITOR, "GAD")):
        with pytest.raises(NotAllowed):
            role_grant(role=role, office_id=cast.offices[office].pk, **facts)
    with pytest.raises(NotAllowed):
        role_grant(role=Role.REGISTRY_CLERK, office_id=None, **facts)


def test_a_role_with_a_last_day_ends_by_itself_and_may_be_granted_for_days_after(cast: Cast) -> None:
    today, person = clock.today(), cast.employee("section_officer")
    facts = {"employee_id": person.pk, "role": Role.RECORDS_OFFICER, "office_id": cast.offices["GAD"].pk}
    until = today + timedelta(days=9)
    role_grant(from_on=today, to_on=until, actor=cast.actor("super_admin"), **facts)
    with pytest.raises(WrongState) as refusal:
        role_grant(from_on=until, actor=cast.actor("super_admin"), **facts)
    assert refusal.value.code == "has_role"
    role_grant(from_on=until + timedelta(days=2), actor=cast.actor("super_admin"), **facts)
    with clock.freeze(clock.now() + timedelta(days=10)):
        assert not cast.actor("section_officer").has_role(Role.RECORDS_OFFICER)
    with pytest.raises(BadInput):
        role_grant(from_on=today, to_on=today - timedelta(days=1), actor=cast.actor("super_admin"), **facts)


def test_somebody_who_has_left_gets_no_role(cast: Cast) -> None:
    person = cast.employee("outsider")
    person.left_on, person.left_reason = clock.today() - timedelta(days=1), "retirement"
    person.save()
    with pytest.raises(WrongState) as refusal:
        grant(cast, "outsider")
    assert refusal.value.code == "has_left"


def test_a_role_is_revoked_once(cast: Cast) -> None:
    given = grant(cast, "section_officer")
    role_revoke(grant_id=given.pk, actor=cast.actor("super_admin"))
    with pytest.raises(WrongState):
        role_revoke(grant_id=given.pk, actor=cast.actor("super_admin"))


def test_a_role_for_one_office_says_nothing_in_another(cast: Cast) -> None:
    grant(cast, "outsider", office_id=cast.offices["GAD"].pk)
    assert not cast.actor("outsider").has_role(Role.EMD_MANAGER)
    grant(cast, "secretary", office_id=cast.offices["GAD"].pk)
    assert cast.actor("secretary").has_role(Role.EMD_MANAGER)


def test_the_operator_founds_two_super_admins_and_no_third(cast: Cast) -> None:
    founded = super_admin_found(employee_id=cast.employee("outsider").pk)
    assert history(founded).count() == 1
    assert actor_for(cast.employee("outsider")).has_role(Role.SUPER_ADMIN)
    with pytest.raises(WrongState) as refusal:
        super_admin_found(employee_id=cast.employee("secretary").pk)
    assert refusal.value.code == "instance_founded"
