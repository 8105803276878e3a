"""Which way of signing may be used for which act, kind of charge and instance; and at which office (R20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from employee_master.models import Charge, ChargeKind
from employee_master.queries.acting import actor_for
from eoffice.core import clock
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.models import Event
from signatures import policy
from signatures.models import Credential, SigningAttempt, SigningRule
from signatures.services import signing
from signatures.services.mapping import credential_map, credential_unmap
from signatures.services.rule import rule_enter, rule_lift
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import register

ORDER = "GAD-1/7/2026"


def begin(credential: Credential, cast: Cast, *, purpose: str = "letter", name: str = "secretary") -> SigningAttempt:
    return signing.signing_begin(
        pdf=letter(), manifest=None, purpose=purpose, subject=cast.employee(name), shown_sha256="a" * 64,
        credential=credential, actor=actor_for(cast.employee(name)),
    )  # fmt: skip


def test_a_rule_for_an_act_holds_at_signing_and_for_no_other_act(instance: World, cast: Cast) -> None:
    credential, admin = register(instance, cast), cast.actor("super_admin")
    rule = rule_enter(purpose="letter", charge_kind="", backends=["agent"], order_number=ORDER, actor=admin)
    with pytest.raises(NotAllowed) as refused:
        begin(credential, cast)
    assert refused.value.code == "backend_not_allowed"
    assert refused.value.remedy_url
    assert SigningAttempt.objects.count() == 0
    begin(credential, cast, purpose="decision")
    begin(credential, cast, purpose=policy.CHECK_UP)
    rule_lift(rule_id=rule.pk, actor=admin)
    begin(credential, cast)
    assert Event.objects.filter(action="signing:rule").count() == 2


def test_a_rule_for_a_kind_of_charge_holds_for_those_who_act_under_it(instance: World, cast: Cast) -> None:
    credential, admin = register(instance, cast), cast.actor("super_admin")
    rule_enter(purpose="", charge_kind=ChargeKind.ADDITIONAL, backends=["agent"], order_number=ORDER, actor=admin)
    begin(credential, cast)
    Charge.objects.filter(employee=cast.employee("secretary")).update(kind=ChargeKind.ADDITIONAL)
    with pytest.raises(NotAllowed):
        begin(credential, cast)


def test_only_the_super_admin_enters_rules_and_only_real_ones(instance: World, cast: Cast) -> None:
    admin = cast.actor("super_admin")
    with pytest.raises(NotAllowed):
        rule_enter(purpose="", charge_kind="", backends=["agent"], order_number=ORDER, actor=cast.actor("emd_manager"))
    for wrong in (
        {"purpose": "whim"}, {"charge_kind": "whim"}, {"backends": []}, {"backends": ["magic"]}, {"order_number": " "}
    ):  # fmt: skip
        with pytest.raises(BadInput):
            rule_enter(
                **{"purpose": "", "charge_kind": "", "backends": ["agent"], "order_number": ORDER} | wrong, actor=admin
            )  # type: ignore[arg-type]
    rule_enter(purpose="", charge_kind="", backends=["agent"], order_number=ORDER, actor=admin)
    with pytest.raises(WrongState):
        rule_enter(purpose="", charge_kind="", backends=["software"], order_number=ORDER, actor=admin)


def test_all_rows_that_fit_hold_together_so_none_can_widen_another(instance: World, cast: Cast) -> None:
    admin = cast.actor("super_admin")
    for purpose, kind, codes in (
        ("", "", ["agent", "software", "csc"]), ("letter", "", ["agent", "software", "esign"]),
        ("letter", "additional", ["software"]), ("", "link", ["csc"]),
    ):  # fmt: skip
        rule_enter(purpose=purpose, charge_kind=kind, backends=codes, order_number=ORDER, actor=admin)
    assert policy.allowed(purpose="decision", charge_kind="substantive") == ("agent", "software")
    assert policy.allowed(purpose="letter", charge_kind="substantive") == ("agent", "software")
    assert policy.allowed(purpose="letter", charge_kind="additional") == ("software",)
    assert policy.allowed(purpose="letter", charge_kind="link") == ()
    assert policy.allowed(purpose="of a room to come", charge_kind="") == ("agent", "software")


def test_the_instance_says_what_there_is_at_all(instance: World, cast: Cast, settings: Settings) -> None:
    settings.SIGNING_BACKENDS = ["agent", "software"]
    assert policy.instance_backends() == ("agent", "software")
    settings.SOFTWARE_KEYS_ORDER = ""
    assert policy.instance_backends() == ("agent",)
    with pytest.raises(NotAllowed) as refused:
        policy.require_offered("software")
    assert refused.value.code == "software_keys_forbidden"
    with pytest.raises(NotAllowed) as refused:
        policy.require_offered("pkcs11")
    assert refused.value.code == "backend_not_offered"


def test_a_lifted_order_stops_software_keys_that_exist(instance: World, cast: Cast, settings: Settings) -> None:
    credential = register(instance, cast)
    settings.SOFTWARE_KEYS_ORDER = ""
    with pytest.raises(NotAllowed) as refused:
        begin(credential, cast)
    assert refused.value.code == "backend_not_allowed"


def test_an_order_maps_to_a_further_office_and_nothing_else_does(instance: World, cast: Cast) -> None:
    credential = register(instance, cast, "outsider")
    Charge.objects.filter(post=cast.post("diarist")).delete()
    charges = Charge.objects.filter(employee=cast.employee("outsider"))
    charges.update(post=cast.post("diarist"), kind=ChargeKind.ADDITIONAL)
    here, manager = cast.offices["GAD"].pk, cast.actor("emd_manager")
    with pytest.raises(WrongState) as refused:
        begin(credential, cast, name="outsider")
    assert refused.value.code == "not_mapped"
    with pytest.raises(NotAllowed):
        credential_map(credential_id=credential.pk, office_id=here, order_number=ORDER, actor=cast.actor("outsider"))
    mapping = credential_map(credential_id=credential.pk, office_id=here, order_number=ORDER, actor=manager)
    begin(credential, cast, name="outsider")
    with pytest.raises(WrongState):
        credential_map(credential_id=credential.pk, office_id=here, order_number=ORDER, actor=manager)
    credential_unmap(mapping_id=mapping.pk, actor=manager)
    with pytest.raises(WrongState):
        begin(credential, cast, name="outsider")
    charges.update(order_number=ORDER)
    begin(credential, cast, name="outsider")
    charges.update(to_on=clock.today() - timedelta(days=1))
    with pytest.raises(WrongState) as refused:
        credential_map(credential_id=credential.pk, office_id=here, order_number=ORDER, actor=manager)
    assert refused.value.code == "no_charge_there"


def test_the_rows_of_the_policy_are_kept_by_the_database_too(cast: Cast) -> None:
    assert {one.name for one in SigningRule._meta.constraints} == {
        "one_rule_per_act_and_charge", "rule_names_its_order",
    }  # fmt: skip
