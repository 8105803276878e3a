"""The ways to an active credential: certified later, brought as a file, proven from elsewhere, renewed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from pytest_django import Settings

from employee_master.models import Charge, ChargeKind
from eoffice.core import clock
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.ledger.models import Event
from signatures import queries
from signatures.models import Credential, CredentialMapping
from signatures.services import activation, brought, profile, unlock
from signatures.services.credential import (
    credential_approve,
    credential_renew,
    credential_request,
    credential_suspend,
)
from signatures.services.credential_port import RetiresCredentials
from signatures.services.mapping import credential_map
from signatures.workflow import CredentialState, RetiredKind
from tests.cast import PASSWORD, SINCE, Cast
from tests.signatures.authority import Officer, World
from tests.signatures.certificates import indian
from tests.signatures.conftest import PIN, activate, register
from tests.signatures.test_credential_pages import p12_of


def approved(cast: Cast, backend: str = "software") -> Credential:
    asked = credential_request(office_id=cast.offices["GAD"].pk, backend=backend, actor=cast.actor("secretary"))
    return credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))


def test_the_pin_is_not_the_password_for_signing_in(instance: World, cast: Cast) -> None:
    with pytest.raises(BadInput) as refused:
        activate(instance, cast, approved(cast), pin=PASSWORD)
    assert refused.value.code == "pin_is_password"
    assert PASSWORD not in f"{refused.value!r} {refused.value}"
    assert Credential.objects.get().pin_failures == 0


def test_a_prepared_key_is_made_anew_when_asked_again_and_serves_only_its_own_certificate(
    instance: World, cast: Cast
) -> None:
    row, actor = approved(cast), cast.actor("secretary")
    first = bytes(
        activation.credential_prepare(credential_id=row.pk, pin=PIN, actor=actor, kind="p-256").certificate_request
    )
    second = activation.credential_prepare(credential_id=row.pk, pin=PIN, actor=actor, kind="p-256")
    assert bytes(second.certificate_request) != first
    former = instance.authority.issue_for_request(first, name="Meera Krishnan")
    with pytest.raises(BadInput) as refused:
        activation.credential_certify(
            credential_id=row.pk, certificate=former.certificate, chain=former.chain, pin=PIN, actor=actor
        )
    assert refused.value.code == "certificate_unfit"
    issued = instance.authority.issue_for_request(bytes(second.certificate_request), name="Meera Krishnan")
    with pytest.raises(unlock.WrongPin):
        activation.credential_certify(
            credential_id=row.pk, certificate=issued.certificate, chain=issued.chain, pin="neem-tree-48", actor=actor
        )
    with pytest.raises(NotVisible):
        activation.credential_certify(
            credential_id=row.pk, certificate=issued.certificate, chain=issued.chain, pin=PIN,
            actor=cast.actor("outsider"),
        )  # fmt: skip
    active = activation.credential_certify(
        credential_id=row.pk, certificate=issued.certificate, chain=issued.chain, pin=PIN, actor=actor
    )
    assert (active.state, active.pin_failures, active.certificate_request) == (CredentialState.ACTIVE, 0, b"")
    with unlock.unlocked(active, PIN, actor) as key:
        assert key.sign(b"text")


# A file


def test_a_file_gives_key_certificate_and_issuers_without_the_root(instance: World) -> None:
    officer = instance.officer("Meera Krishnan")
    root = instance.authority.der("root")
    content = p12_of(Officer(officer.name, officer.key, officer.certificate, (*officer.chain, root)), "secret")
    found = brought.p12_read(content, password="secret")
    assert found.certificate == officer.certificate
    assert found.chain == officer.chain
    assert "PrivateKey" not in repr(found)


def _key_only() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return pkcs12.serialize_key_and_certificates(b"x", key, None, None, serialization.BestAvailableEncryption(b"x"))


def _certificate_only(world: World) -> bytes:
    officer = world.officer("Meera Krishnan")
    certificate = x509.load_der_x509_certificate(officer.certificate)
    return pkcs12.serialize_key_and_certificates(
        b"x", None, certificate, None, serialization.BestAvailableEncryption(b"x")
    )


def _endless(content: bytes) -> bytes:
    """The same file asking for two thousand million rounds of stretching."""
    found = asn1.Pfx.load(content)
    found["mac_data"]["iterations"] = 2_000_000_000
    return bytes(found.dump(force=True))


@pytest.mark.parametrize(
    ("make", "code"),
    [(lambda world: _key_only(), "p12_no_certificate"),
     (_certificate_only, "p12_no_key"),
     (lambda world: os.urandom(900), "p12_unreadable"),
     (lambda world: b"", "p12_unreadable"),
     (lambda world: p12_of(world.officer("Meera Krishnan"), "x")[:-40], "p12_unreadable"),
     (lambda world: b"0" * (brought.P12_MAX_BYTES + 1), "p12_too_large"),
     (lambda world: p12_of(Officer("x", *_p521()), "x"), "p12_key_kind")],
)  # fmt: skip
def test_a_file_that_is_no_key_is_refused_in_words(world: World, make: Callable[[World], bytes], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        brought.p12_read(make(world), password="x")
    assert refused.value.code == code
    assert refused.value.remedy


def _p521() -> tuple[ec.EllipticCurvePrivateKey, bytes, tuple[bytes, ...]]:
    key = ec.generate_private_key(ec.SECP521R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    at = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(at).not_valid_after(at).sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, made.public_bytes(serialization.Encoding.DER), ()


def test_a_file_that_asks_for_endless_work_costs_seconds(world: World) -> None:
    content = _endless(p12_of(world.officer("Meera Krishnan"), "secret"))
    began = time.monotonic()
    with pytest.raises(BadInput) as refused:
        brought.p12_read(content, password="secret")
    assert refused.value.code == "p12_unreadable"
    assert time.monotonic() - began < brought._SECONDS + 5


def test_a_brought_key_is_bound_to_its_row_and_registered_once(instance: World, cast: Cast) -> None:
    officer, actor = instance.officer("Meera Krishnan"), cast.actor("secretary")
    found = brought.p12_read(p12_of(officer, "secret"), password="secret")
    row = approved(cast)
    active = activation.credential_import(credential_id=row.pk, brought=found, pin=PIN, actor=actor)
    assert active.state == CredentialState.ACTIVE
    credential_renew(actor=actor, backend="software")
    again = Credential.objects.get(replaces=active)
    credential_approve(credential_id=again.pk, actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState) as refused:
        activation.credential_import(credential_id=again.pk, brought=found, pin=PIN, actor=actor)
    assert refused.value.code == "certificate_registered"
    assert Credential.objects.get(pk=active.pk).state == CredentialState.ACTIVE, "nothing was replaced"


# From elsewhere


def test_a_key_elsewhere_is_proven_by_a_challenge_of_ours(instance: World, cast: Cast) -> None:
    row, actor = approved(cast, "agent"), cast.actor("secretary")
    officer = instance.officer("Meera Krishnan")
    challenge = activation.activation_challenge(credential_id=row.pk, actor=actor)

    def prove(challenge: bytes, signature: bytes, credential_id: int = row.pk) -> Credential:
        return activation.credential_prove(
            credential_id=credential_id, certificate=officer.certificate, chain=officer.chain, challenge=challenge,
            signature=signature, key_ref={}, actor=actor,
        )  # fmt: skip

    other = instance.officer("Somebody Else")
    with pytest.raises(BadInput) as refused:
        prove(challenge, other.sign(challenge))
    assert refused.value.code == "certificate_unfit"
    for odd in (b"", b"text", challenge[:-1] + b"x", b"eoffice proof of possession\nother\n" + challenge[34:]):
        with pytest.raises(BadInput) as refused:
            prove(odd, officer.sign(odd))
        assert refused.value.code == "challenge_wrong"
    with clock.freeze(clock.now()):
        active = prove(challenge, officer.sign(challenge))
    assert active.state == CredentialState.ACTIVE
    with pytest.raises(WrongState):
        prove(challenge, officer.sign(challenge))


def test_a_challenge_of_another_request_or_of_yesterday_proves_nothing(
    instance: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, actor = approved(cast, "agent"), cast.actor("secretary")
    officer = instance.officer("Meera Krishnan")
    challenge = activation.activation_challenge(credential_id=row.pk, actor=actor)
    away = credential_request(office_id=cast.offices["FIN"].pk, backend="agent", actor=cast.actor("outsider"))
    credential_approve(credential_id=away.pk, actor=cast.actor("super_admin"))
    with pytest.raises(BadInput) as refused:
        activation.credential_prove(
            credential_id=away.pk, certificate=officer.certificate, chain=officer.chain, challenge=challenge,
            signature=officer.sign(challenge), key_ref={}, actor=cast.actor("outsider"),
        )  # fmt: skip
    assert refused.value.code == "challenge_wrong"
    late = time.time() + activation.CHALLENGE_LASTS.total_seconds() + 5
    monkeypatch.setattr(time, "time", lambda: late)
    with pytest.raises(BadInput) as refused:
        activation.credential_prove(
            credential_id=row.pk, certificate=officer.certificate, chain=officer.chain, challenge=challenge,
            signature=officer.sign(challenge), key_ref={}, actor=actor,
        )  # fmt: skip
    assert refused.value.code == "challenge_wrong"


# Renewal


def test_a_renewal_takes_the_place_of_the_former_in_one_act_and_keeps_history(instance: World, cast: Cast) -> None:
    old, actor = register(instance, cast), cast.actor("secretary")
    new = credential_renew(actor=actor, backend="software")
    assert queries.credential_to_sign(actor).pk == old.pk
    with pytest.raises(WrongState) as refused:
        credential_renew(actor=actor, backend="software")
    assert refused.value.code == "renewal_under_way"
    credential_approve(credential_id=new.pk, actor=cast.actor("emd_manager"))
    activate(instance, cast, new)
    former = Credential.objects.get(pk=old.pk)
    assert (former.state, former.retired_kind, former.wrapped_key) == (
        CredentialState.RETIRED, RetiredKind.REPLACED, {},
    )  # fmt: skip
    assert former.certificate
    assert queries.credential_to_sign(actor).pk == new.pk
    acts = Event.objects.filter(subject_type="credential", subject_id=old.pk).order_by("seq")
    assert acts.last().data == {"kind": "replaced"}


def test_who_forgot_the_pin_renews_although_the_key_is_suspended(instance: World, cast: Cast) -> None:
    old, actor = register(instance, cast), cast.actor("secretary")
    credential_suspend(credential_id=old.pk, why="lost the PIN", actor=cast.actor("emd_manager"))
    new = credential_renew(actor=actor, backend="software")
    credential_approve(credential_id=new.pk, actor=cast.actor("emd_manager"))
    activate(instance, cast, new)
    assert queries.credential_to_sign(actor).pk == new.pk


def test_without_a_first_one_there_is_nothing_to_renew(instance: World, cast: Cast) -> None:
    with pytest.raises(WrongState) as refused:
        credential_renew(actor=cast.actor("secretary"), backend="software")
    assert refused.value.code == "nothing_to_renew"


def test_orders_that_mapped_the_former_map_the_new_one(instance: World, cast: Cast) -> None:
    old, actor = register(instance, cast), cast.actor("secretary")
    Charge.objects.filter(post=cast.post("AO-FIN")).delete()
    Charge.objects.create(
        employee=cast.employee("secretary"), post=cast.post("AO-FIN"), kind=ChargeKind.ADDITIONAL, from_on=SINCE
    )
    credential_map(
        credential_id=old.pk, office_id=cast.offices["FIN"].pk, order_number="FIN-1/7/2026",
        actor=cast.actor("super_admin"),
    )  # fmt: skip
    new = credential_renew(actor=actor, backend="software")
    credential_approve(credential_id=new.pk, actor=cast.actor("emd_manager"))
    activate(instance, cast, new)
    (mapping,) = CredentialMapping.objects.filter(ended_at__isnull=True)
    assert (mapping.credential_id, mapping.order_number) == (new.pk, "FIN-1/7/2026")


def test_relieving_ends_the_renewal_under_way_too(instance: World, cast: Cast) -> None:
    old, actor = register(instance, cast), cast.actor("secretary")
    credential_renew(actor=actor, backend="software")
    count = RetiresCredentials().retire_for(
        employee_id=old.employee_id, office_id=old.office_id, reason="transferred", actor=cast.actor("emd_manager")
    )
    assert count == 2
    assert queries.live_credential(actor) is None


# Certificate profile


@pytest.mark.parametrize(
    ("changes", "broken"),
    [({}, []),
     ({"policy": "2.16.356.100.2.2"}, ["policy"]),
     ({"policy": None}, ["policy"]),
     ({"organisation": "Personal"}, ["organisation"]),
     ({"organisation": None}, ["organisation"]),
     ({"non_repudiation": False}, ["key_usage"]),
     ({"country": "DE"}, ["country"]),
     ({"authority": True}, ["not_authority"]),
     ({"key": ec.generate_private_key(ec.SECP384R1())}, ["key"]),
     ({"policy": "2.16.356.100.2.1", "country": None, "organisation": "personal"},
      ["policy", "country", "organisation"])],
)  # fmt: skip
def test_indian_certificates_are_judged_by_rules_that_are_data(changes: dict[str, object], broken: list[str]) -> None:
    found = profile.findings(indian(**changes), name="india-class3-organisation")
    assert [one.rule for one in found] == broken
    assert all(str(one.fault) for one in found)


def test_a_personal_certificate_is_good_where_the_organisation_is_not_asked_for() -> None:
    assert profile.findings(indian(organisation="Personal"), name="india-class3") == []


def test_a_certificate_of_the_wrong_kind_is_refused_with_all_that_is_wrong(
    instance: World, cast: Cast, settings: Settings
) -> None:
    settings.CERTIFICATE_PROFILE = "india-class3-organisation"
    with pytest.raises(BadInput) as refused:
        activate(instance, cast, approved(cast))
    assert refused.value.code == "certificate_profile"
    assert str(refused.value.message)
    assert Credential.objects.get().state == CredentialState.APPROVED
