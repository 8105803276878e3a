from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from employee_master import ports
from eoffice.core.errors import BadInput, DomainError, NotAllowed, NotAvailable, NotVisible, WrongState
from eoffice.ledger.models import Event
from signatures import custody, queries
from signatures.models import Credential
from signatures.services import credential as credentials
from signatures.services.activation import credential_activate
from signatures.workflow import CredentialState
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register


def acts_on(credential: Credential) -> list[str]:
    rows = Event.objects.filter(subject_type="credential", subject_id=credential.pk).order_by("seq")
    return list(rows.values_list("action", flat=True))


def test_a_credential_goes_from_request_to_active_and_the_ledger_has_each_step(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    assert credential.state == CredentialState.ACTIVE
    assert credential.subject_name == "मीरा कृष्णन (DEMO)"
    assert credential.is_in_time
    assert credential.days_left is not None
    assert credential.days_left > 300
    assert acts_on(credential) == ["credential:request", "credential:approve", "credential:activate"]
    assert queries.credential_to_sign(cast.actor("secretary")) == credential


def test_a_second_registration_is_refused_and_says_where_the_first_one_is(instance: World, cast: Cast) -> None:
    register(instance, cast)
    with pytest.raises(WrongState) as refused:
        credentials.credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor("secretary"))
    assert refused.value.code == "already_registered"
    assert cast.offices["GAD"].name_hi in str(refused.value.message)
    assert refused.value.remedy


def test_the_database_itself_allows_one_that_works_and_one_that_comes(instance: World, cast: Cast) -> None:
    one = register(instance, cast)

    def another(**extra: object) -> Credential:
        with transaction.atomic():
            return Credential.objects.create(
                employee=one.employee, office=one.office, requested_by=one.employee, requested_at=one.requested_at,
                **extra,
            )  # fmt: skip

    another()
    with pytest.raises(IntegrityError):
        another()
    for state in (CredentialState.ACTIVE, CredentialState.SUSPENDED):
        with pytest.raises(IntegrityError):
            another(state=state, certificate_sha256="ab" * 32)


def test_only_an_emd_manager_approves_and_never_the_own_request(instance: World, cast: Cast) -> None:
    asked = credentials.credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    with pytest.raises(NotAllowed):
        credentials.credential_approve(credential_id=asked.pk, actor=cast.actor("outsider"))
    own = credentials.credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("emd_manager"))
    with pytest.raises(NotAllowed) as refused:
        credentials.credential_approve(credential_id=own.pk, actor=cast.actor("emd_manager"))
    assert refused.value.code == "own_case"
    assert credentials.credential_approve(credential_id=own.pk, actor=cast.actor("super_admin")).approved_by


def test_the_manager_of_another_office_decides_nothing_here(instance: World, cast: Cast) -> None:
    away = credentials.credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor("outsider"))
    acts = (
        lambda actor: credentials.credential_approve(credential_id=away.pk, actor=actor),
        lambda actor: credentials.credential_suspend(credential_id=away.pk, why="leave", actor=actor),
        lambda actor: credentials.credential_resume(credential_id=away.pk, actor=actor),
        lambda actor: credentials.credential_retire(credential_id=away.pk, kind="lost", actor=actor),
    )
    for act in acts:
        with pytest.raises(NotAllowed) as refused:
            act(cast.actor("emd_manager"))
        assert refused.value.code == "not_master_of_office"
    assert acts[-1](cast.actor("super_admin")).state == CredentialState.RETIRED


def test_nobody_else_activates_and_nothing_skips_the_approval(instance: World, cast: Cast) -> None:
    asked = credentials.credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))

    def never(_request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        raise AssertionError("must not be asked")

    with pytest.raises(NotVisible):
        credential_activate(credential_id=asked.pk, pin=PIN, issue=never, actor=cast.actor("outsider"))
    with pytest.raises(WrongState):
        credential_activate(credential_id=asked.pk, pin=PIN, issue=never, actor=cast.actor("secretary"))
    credentials.credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    with pytest.raises(BadInput) as refused:
        credential_activate(credential_id=asked.pk, pin="12345678", issue=never, actor=cast.actor("secretary"))
    assert refused.value.code == "pin_unfit"


def test_a_certificate_for_another_key_is_refused(instance: World, cast: Cast) -> None:
    asked = credentials.credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    credentials.credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    other = instance.officer("Other")
    with pytest.raises(BadInput) as refused:
        credential_activate(
            credential_id=asked.pk, pin=PIN, issue=lambda _csr: (other.certificate, other.chain),
            actor=cast.actor("secretary"), kind="p-256",
        )  # fmt: skip
    assert refused.value.code == "certificate_unfit"
    with pytest.raises(BadInput):
        credential_activate(
            credential_id=asked.pk, pin=PIN, issue=lambda _csr: (b"garbage", ()), actor=cast.actor("secretary"),
            kind="p-256",
        )  # fmt: skip


def test_suspended_can_not_sign_resumed_can_and_retired_is_the_end(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    emd = cast.actor("emd_manager")
    credentials.credential_suspend(credential_id=credential.pk, why="leave", actor=emd)
    with pytest.raises(WrongState) as refused:
        queries.credential_to_sign(cast.actor("secretary"))
    assert refused.value.code == "credential_not_active"
    credentials.credential_resume(credential_id=credential.pk, actor=emd)
    assert queries.credential_to_sign(cast.actor("secretary")).pk == credential.pk
    retired = credentials.credential_retire(credential_id=credential.pk, kind="lost", actor=emd)
    assert retired.wrapped_key == {}
    assert retired.certificate
    with pytest.raises(WrongState):
        credentials.credential_suspend(credential_id=credential.pk, why="again", actor=emd)
    with pytest.raises(WrongState) as refused:
        queries.credential_to_sign(cast.actor("secretary"))
    assert refused.value.code == "no_credential"


def test_relieving_releases_the_credential_so_that_the_new_office_can_register_it(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    port = next(iter(ports.retires_credentials))
    with transaction.atomic():
        count = port.retire_for(
            employee_id=credential.employee_id, office_id=credential.office_id, reason="transferred",
            actor=cast.actor("emd_manager"),
        )  # fmt: skip
    assert count == 1
    renewed = credentials.credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor("secretary"))
    assert renewed.state == CredentialState.REQUESTED


def test_without_an_order_software_keys_are_refused(instance: World, cast: Cast, settings: object) -> None:
    settings.SOFTWARE_KEYS_ORDER = ""  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed) as refused:
        credentials.credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    assert refused.value.code == "software_keys_forbidden"


def test_a_lost_pepper_is_never_replaced(instance: World, cast: Cast, settings: object) -> None:
    register(instance, cast)
    Path(settings.PEPPER_FILE).unlink()  # type: ignore[attr-defined]
    with pytest.raises(NotAvailable) as refused:
        custody.pepper()
    assert refused.value.code == "pepper_missing"


def test_pin_and_key_are_in_no_row_no_log_and_no_errand(
    instance: World, cast: Cast, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    register(instance, cast, pin="kachnar-8531")
    found = capsys.readouterr()
    everything = caplog.text + found.out + found.err
    with connection.cursor() as cursor:
        for table in ("core_outboxrow", "ledger_event", "signatures_credential"):
            cursor.execute(f"SELECT * FROM {table}")
            everything += json.dumps(cursor.fetchall(), default=str)
    assert "kachnar-8531" not in everything
    assert "PRIVATE KEY" not in everything


def test_a_stranger_has_no_credential(instance: World, cast: Cast) -> None:
    register(instance, cast)
    with pytest.raises(DomainError):
        queries.credential_to_sign(cast.actor("outsider"))
