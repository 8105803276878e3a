"""Warnings before a certificate ends, once each; what has ended is retired; a revoked one signs nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from pytest_django import Settings

from employee_master.models import Account
from eoffice.core import clock, outbox
from eoffice.core.errors import NotAvailable, WrongState
from eoffice.core.models import OutboxRow
from eoffice.ledger.models import Event
from signatures import queries
from signatures.engine.certificates import facts_of_der
from signatures.models import Credential, SigningAttempt
from signatures.services import expiry, standing
from signatures.services.credential import credential_renew
from signatures.workflow import CredentialState, RetiredKind
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.conftest import register
from tests.signatures.test_policy import begin


def a_day(slot: str) -> None:
    with transaction.atomic():
        outbox.add(expiry.DAY, key=f"{expiry.DAY}:{slot}", payload={"slot": slot})
    outbox.drain_once()


@pytest.fixture
def ending(instance: World, cast: Cast) -> Credential:
    credential = register(instance, cast)
    credential.not_after = clock.now() + timedelta(days=100)
    credential.save()
    return credential


def test_each_warning_goes_out_once_in_both_languages(ending: Credential, cast: Cast) -> None:
    start = clock.now()
    for passed in (0, 38, 41, 42, 69, 71, 80, 92, 94, 95, 99):
        with clock.freeze(start + timedelta(days=passed, hours=1)):
            a_day(f"d{passed}")
    address = Account.objects.get(employee=cast.employee("secretary")).email
    assert [message.to for message in mail.outbox] == [[address]] * 3
    keys = OutboxRow.objects.filter(kind=expiry.MAIL).order_by("pk").values_list("key", flat=True)
    assert [key.rpartition("-")[2] for key in keys] == ["60", "30", "7"]
    text = mail.outbox[0].body
    assert "/signature/" in text
    assert "प्रमाणपत्र" in text
    assert "certificate" in text
    assert cast.employee("secretary").name_en not in text


def test_after_days_of_silence_only_the_nearest_warning_goes_out(ending: Credential) -> None:
    with clock.freeze(clock.now() + timedelta(days=95)):
        a_day("late")
    assert len(mail.outbox) == 1


def test_who_has_asked_for_a_renewal_is_not_warned(ending: Credential, cast: Cast) -> None:
    credential_renew(actor=cast.actor("secretary"), backend="software")
    with clock.freeze(clock.now() + timedelta(days=95)):
        a_day("asked")
    assert mail.outbox == []


def test_what_has_ended_is_retired_by_the_system(ending: Credential, cast: Cast) -> None:
    with clock.freeze(clock.now() + timedelta(days=101)):
        a_day("over")
    row = Credential.objects.get()
    assert (row.state, row.retired_kind) == (CredentialState.RETIRED, RetiredKind.EXPIRED)
    assert queries.live_credential(cast.actor("secretary")) is None
    assert Event.objects.filter(subject_type="credential", action="credential:retire").count() == 1


def test_a_revoked_certificate_signs_nothing_and_is_retired(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    begin(credential, cast)
    instance.authority.revoke(int(_serial(credential), 16))
    standing._PROOFS.__init__()  # type: ignore[misc]  # what was proven a second ago is forgotten
    with pytest.raises(WrongState) as refused:
        begin(credential, cast)
    assert refused.value.code == "credential_revoked"
    row = Credential.objects.get()
    assert (row.state, row.retired_kind) == (CredentialState.RETIRED, RetiredKind.REVOKED)
    assert SigningAttempt.objects.count() == 1


def _serial(credential: Credential) -> str:
    return facts_of_der(bytes(credential.certificate)).serial


def test_an_unknown_standing_is_noted_and_refused_only_where_the_instance_says_so(
    instance: World, cast: Cast, settings: Settings
) -> None:
    credential = register(instance, cast)
    settings.TRUST_DIR = settings.PEPPER_FILE.parent / "nobody"
    attempt = begin(credential, cast)
    event = Event.objects.get(subject_type="signing", subject_id=attempt.pk, action="signing:begin")
    assert event.data["standing"] == "unknown"
    settings.REVOCATION_REQUIRED = True
    with pytest.raises(NotAvailable) as refused:
        begin(credential, cast)
    assert refused.value.code == "revocation_unknown"
    assert Credential.objects.get().state == CredentialState.ACTIVE
