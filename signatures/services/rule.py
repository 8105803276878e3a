"""Entering the signing policy (`signatures.policy`): rows by order, by the super admin alone, each in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import ChargeKind
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event
from signatures import policy
from signatures.models import Backend, SigningRule

_ORDER_LENGTH = 80


@transaction.atomic
def rule_enter(
    *, purpose: str, charge_kind: str, backends: Sequence[str], order_number: str, actor: Actor
) -> SigningRule:
    """From now on this act under this kind of charge (empty: any) is signed with these backends only, by order.

    Refused: nothing chosen, names that nobody knows, a row for the same act and kind of charge (lift it first).
    """
    rule = SigningRule(purpose=purpose, charge_kind=charge_kind, made_at=clock.now())
    access.require(actor, Action.SIGNING_RULE, rule)
    rule.made_by_id = actor.person
    if purpose and purpose not in policy.PURPOSES:
        raise BadInput("unknown_purpose", _("There is no such act."), field="purpose")
    if charge_kind and charge_kind not in ChargeKind.values:
        raise BadInput("unknown_charge", _("There is no such kind of charge."), field="charge_kind")
    if not backends or not set(backends) <= set(Backend.values):
        raise BadInput("no_backend", _("Choose at least one way of signing."), field="backends")
    rule.backends = [code for code in Backend.values if code in backends]
    rule.order_number = clean_line(order_number, field="order_number", limit=_ORDER_LENGTH)
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise WrongState(
            "rule_stands", _("For this act and kind of charge there is a rule already."), _("Lift it first.")
        ) from error
    record_event(
        action=Action.SIGNING_RULE, subject=rule, actor=actor,
        data={"purpose": purpose, "charge_kind": charge_kind, "backends": rule.backends},
    )  # fmt: skip
    return rule


@transaction.atomic
def rule_lift(*, rule_id: int, actor: Actor) -> None:
    """The rule holds no longer. The ledger keeps that it stood."""
    rule = SigningRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if rule is None:
        raise NotVisible
    access.require(actor, Action.SIGNING_RULE, rule)
    record_event(action=Action.SIGNING_RULE, subject=rule, actor=actor, data={"lifted": True})
    rule.delete()
