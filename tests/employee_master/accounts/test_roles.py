"""Roles on pages, two people for a super admin, and what a super admin does not see (R2, design 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from dak.models import ReceiptCopy
from dak.services import receipt_diarise
from employee_master import jobs_accounts
from employee_master.models import RoleGrant, RoleProposal
from employee_master.services import role_grant, role_revoke, super_admin_found
from employee_master.services.role import role_confirm, role_propose, role_withdraw
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.documents.services import document_store
from eoffice.ledger.queries import history
from files.services.file import file_open
from tests.cast import Cast
from tests.conftest import Clock
from tests.dak.conftest import facts, letter_pdf
from tests.employee_master.accounts.conftest import drain


@pytest.fixture
def two(cast: Cast) -> Cast:
    """The secretary is the second super admin."""
    super_admin_found(employee_id=cast.employee("secretary").pk)
    return cast


def grant_of(cast: Cast, name: str) -> RoleGrant:
    return RoleGrant.objects.get(employee=cast.employee(name), role=Role.SUPER_ADMIN, ended_at=None)


def proposed(cast: Cast, name: str = "outsider", replaces: str | None = "secretary") -> RoleProposal:
    return role_propose(
        employee_id=cast.employee(name).pk,
        replaces_id=grant_of(cast, replaces).pk if replaces else None,
        actor=cast.actor("super_admin"),
    )


def test_a_super_admin_is_not_granted_by_one_person(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refusal:
        role_grant(
            employee_id=cast.employee("secretary").pk,
            role=Role.SUPER_ADMIN,
            from_on=clock.today(),
            actor=cast.actor("super_admin"),
        )
    assert refusal.value.code == "needs_two"


def test_one_proposes_another_confirms_and_the_replaced_one_ends_in_the_same_moment(two: Cast) -> None:
    proposal = proposed(two)
    replaced = grant_of(two, "secretary")
    grant = role_confirm(proposal_id=proposal.pk, actor=two.actor("secretary"))
    assert two.actor("outsider").has_role(Role.SUPER_ADMIN)
    assert not two.actor("secretary").has_role(Role.SUPER_ADMIN)
    replaced.refresh_from_db()
    assert replaced.ended_at is not None
    assert [event.action for event in history(proposal)] == [Action.ROLE_PROPOSE, Action.ROLE_CONFIRM]
    assert [event.action for event in history(grant)] == [Action.ROLE_GRANT]
    drain()
    told = {(one.to[0].partition("@")[0], one.subject.partition("· ")[2]) for one in mail.outbox}
    assert ("secretary", "e-Office: a super admin is proposed") in told
    assert ("super_admin", "e-Office: a new super admin") in told
    assert ("secretary", "e-Office: a new super admin") in told


@pytest.mark.parametrize(("by", "code"), [("super_admin", "own_work"), ("emd_manager", "role_missing")])
def test_who_may_not_confirm(two: Cast, by: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        role_confirm(proposal_id=proposed(two).pk, actor=two.actor(by))
    assert refusal.value.code == code


def test_nobody_proposes_or_confirms_themselves(two: Cast, settings: Settings) -> None:
    settings.SUPER_ADMINS = 3
    with pytest.raises(NotAllowed) as refusal:
        role_propose(employee_id=two.employee("super_admin").pk, actor=two.actor("super_admin"))
    assert refusal.value.code == "own_case"
    proposal = proposed(two, replaces=None)
    RoleGrant.objects.create(employee=two.employee("outsider"), role=Role.SUPER_ADMIN, from_on=clock.today())
    with pytest.raises(NotAllowed) as refusal:
        role_confirm(proposal_id=proposal.pk, actor=two.actor("outsider"))
    assert refusal.value.code == "own_case"


def test_the_database_refuses_one_person_too(two: Cast) -> None:
    proposal = proposed(two)
    row = {"employee": two.employee("auditor"), "made_at": clock.now(), "decided_at": clock.now(), "state": "confirmed"}
    for maker, decider in (("super_admin", "super_admin"), ("super_admin", "auditor")):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleProposal.objects.create(
                **row,
                made_by=two.employee(maker),
                decided_by=two.employee(decider),
                grant=grant_of(two, "secretary"),
            )
    assert RoleProposal.objects.get() == proposal


def test_a_full_instance_takes_nobody_more(two: Cast, settings: Settings) -> None:
    with pytest.raises(WrongState) as refusal:
        proposed(two, replaces=None)
    assert refusal.value.code == "super_admins_full"
    settings.SUPER_ADMINS = 3
    first, second = proposed(two, "outsider", None), proposed(two, "auditor", None)
    role_confirm(proposal_id=first.pk, actor=two.actor("secretary"))
    with pytest.raises(WrongState) as refusal:
        role_confirm(proposal_id=second.pk, actor=two.actor("secretary"))
    assert refusal.value.code == "super_admins_full"


def test_a_proposal_is_decided_once_and_gets_old(two: Cast, still_clock: Clock) -> None:
    proposal = proposed(two)
    with pytest.raises(WrongState):
        proposed(two)
    still_clock.advance(timedelta(days=15))
    with pytest.raises(WrongState) as refusal:
        role_confirm(proposal_id=proposal.pk, actor=two.actor("secretary"))
    assert refusal.value.code == "proposal_lapsed"
    role_withdraw(proposal_id=proposal.pk, actor=two.actor("super_admin"))
    for act in (role_confirm, role_withdraw):
        with pytest.raises(WrongState):
            act(proposal_id=proposal.pk, actor=two.actor("secretary"))
    proposed(two)


def test_a_proposal_of_somebody_who_is_no_super_admin_any_more_lapses(two: Cast, settings: Settings) -> None:
    settings.SUPER_ADMINS = 3
    proposal = proposed(two, replaces=None)
    role_revoke(grant_id=grant_of(two, "super_admin").pk, actor=two.actor("secretary"))
    with pytest.raises(WrongState) as refusal:
        role_confirm(proposal_id=proposal.pk, actor=two.actor("secretary"))
    assert refusal.value.code == "proposal_lapsed"


def test_the_last_super_admin_stays_and_the_operator_is_the_second_person_again(two: Cast) -> None:
    role_revoke(grant_id=grant_of(two, "secretary").pk, actor=two.actor("super_admin"))
    with pytest.raises(NotAllowed):
        role_revoke(grant_id=grant_of(two, "super_admin").pk, actor=two.actor("super_admin"))
    # Even by somebody who could: the rule is of the number, not of the person.
    second = super_admin_found(employee_id=two.employee("auditor").pk)
    assert role_revoke(grant_id=second.pk, actor=two.actor("super_admin")).ended_at is not None
    drain()
    assert [one.to[0] for one in mail.outbox if "has ended" in one.subject].count("secretary@gad.state.example") == 1


def test_a_super_admin_to_be_must_be_able_to_sign_in(two: Cast) -> None:
    person = two.employee("outsider")
    person.account = None
    person.save()
    with pytest.raises(WrongState) as refusal:
        proposed(two)
    assert refusal.value.code == "no_account"


def test_a_super_admin_reads_no_file_and_no_receipt(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    """Administrators administer; they do not read (design 9)."""
    paper = document_store(content=letter_pdf(), name="letter.pdf", kind="upload")
    receipt = receipt_diarise(facts=facts(subject="Grant"), document=paper, actor=cast.actor("diarist"))
    copy = ReceiptCopy.objects.get(receipt=receipt)
    file = file_open(subject="Grant", free_number="G/1", actor=cast.actor("dealing_assistant"))
    pages = [
        reverse("files:detail", args=[file.pk]),
        reverse("files:history", args=[file.pk]),
        reverse("files:print_notes", args=[file.pk]),
        reverse("dak:receipt", args=[receipt.pk]),
        reverse("dak:original", args=[receipt.pk, 1]),
        reverse("dak:forward", args=[copy.pk]),
    ]
    for name in ("super_admin", "emd_manager"):
        client = signed_in(name)
        assert [client.get(page).status_code for page in pages] == [404] * len(pages), name
        found = client.get(reverse("desk:search"), {"q": "G/1"}).content.decode()
        assert pages[0] not in found
    assert signed_in("dealing_assistant").get(pages[0]).status_code == 200


# Pages


def test_the_list_shows_who_has_what_and_to_whom(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    until = clock.today() + timedelta(days=3)
    role_grant(
        employee_id=cast.employee("section_officer").pk,
        role=Role.REGISTRY_CLERK,
        from_on=clock.today(),
        to_on=until,
        office_id=cast.offices["GAD"].pk,
        actor=cast.actor("emd_manager"),
    )
    page = signed_in("super_admin").get("/roles/").content.decode()
    assert "1 super admin of 2" in page
    assert "Ends soon" in page
    assert "Harish Bhatt" in page
    own = signed_in("emd_manager").get("/roles/").content.decode()
    assert "Ramesh Chaubey" in own
    assert "Harish Bhatt" not in own
    sheet = signed_in("super_admin").get("/roles/export/csv/", {"role": "auditor"})
    assert "Harish Bhatt" in sheet.content.decode()
    assert "Ramesh Chaubey" not in sheet.content.decode()
    assert signed_in("super_admin").get("/roles/export/pdf/").status_code == 404


def test_a_role_is_granted_and_revoked_by_pages(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("super_admin")
    form = {"role": "emd_manager", "employee": cast.employee("auditor").pk, "from_on": clock.today().isoformat()}
    early = client.post("/roles/grant/?office=FIN", form | {"to_on": "2020-01-01"})
    assert early.status_code == 400
    assert "lies before the first" in early.content.decode()
    assert client.post("/roles/grant/?office=FIN", form).status_code == 302
    grant = RoleGrant.objects.get(office=cast.offices["FIN"], role="emd_manager")
    client.post(f"/roles/{grant.pk}/revoke/")
    page = client.get("/roles/", {"office": "FIN", "ended": "on"}).content.decode()
    assert "Ended" in page


def test_an_auditor_may_be_of_all_offices_an_emd_manager_may_not(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("super_admin")
    for role in ("auditor", "emd_manager"):
        form = {"role": role, "employee": cast.employee("outsider").pk, "from_on": clock.today(), "whole": "on"}
        client.post("/roles/grant/?office=FIN", form)
    offices = {grant.role: grant.office for grant in RoleGrant.objects.filter(employee=cast.employee("outsider"))}
    assert offices == {"auditor": None, "emd_manager": cast.offices["FIN"]}


def test_a_super_admin_is_proposed_and_confirmed_by_pages(two: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("super_admin")
    assert "0 places are free" in client.get("/roles/propose/").content.decode()
    form = {"employee": two.employee("outsider").pk, "replaces": grant_of(two, "secretary").pk}
    assert client.post("/roles/propose/?office=FIN", form).status_code == 302
    proposal = RoleProposal.objects.get()
    own = client.get("/roles/").content.decode()
    assert "nobody approves their own work" in own
    assert f"/roles/proposals/{proposal.pk}/confirm/" not in own
    other = signed_in("secretary")
    assert f"/roles/proposals/{proposal.pk}/confirm/" in other.get("/roles/").content.decode()
    assert other.post(f"/roles/proposals/{proposal.pk}/confirm/").status_code == 302
    assert two.actor("outsider").has_role(Role.SUPER_ADMIN)


def test_a_lone_super_admin_is_told_of_the_operator(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    assert "found_super_admin" in signed_in("super_admin").get("/roles/propose/").content.decode()


def test_the_list_costs_the_same_for_few_and_for_many(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client, costs = signed_in("super_admin"), []
    for name in ("diarist", "secretary", "under_secretary", "outsider"):
        role_grant(
            employee_id=cast.employee(name).pk,
            role=Role.RECORDS_OFFICER,
            from_on=clock.today(),
            office_id=cast.offices["GAD"].pk,
            actor=cast.actor("super_admin"),
        )
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/roles/").status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert costs[0] <= 20


def test_a_role_that_ends_within_a_week_is_told_once(cast: Cast, still_clock: Clock) -> None:
    role_grant(
        employee_id=cast.employee("section_officer").pk,
        role=Role.REGISTRY_CLERK,
        from_on=clock.today(),
        to_on=clock.today() + timedelta(days=8),
        office_id=cast.offices["GAD"].pk,
        actor=cast.actor("emd_manager"),
    )
    row = OutboxRow(kind="x", payload={})
    jobs_accounts.tell_of_ending_roles(row)
    assert not OutboxRow.objects.exists()
    for _day in range(3):
        still_clock.advance(timedelta(days=1))
        jobs_accounts.tell_of_ending_roles(row)
    drain()
    assert {one.to[0].partition("@")[0] for one in mail.outbox} == {"section_officer", "emd_manager"}
    assert len(mail.outbox) == 2
    assert "26 November 2026" in mail.outbox[0].body
    assert "Registry clerk" in mail.outbox[0].body
