"""An officer with additional charge of a second office is mapped to it by an order, not by a second registration (R20).

The order of the charge itself is enough where the employee master has its number; this act is for where it has not.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import FULL_KINDS, Charge, Office
from employee_master.queries import active_on
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.text import clean_line
from signatures.models import Credential, CredentialMapping
from signatures.services.credential import locked, record, require_state
from signatures.workflow import CredentialState

_ORDER_LENGTH = 80


class _AtOffice:
    """What `access` asks about: the officer concerned, in the office that maps."""

    ledger_type = "credential"

    def __init__(self, credential: Credential, office: Office) -> None:
        self.employee_id = credential.employee_id
        self.office = office
        self.office_id = office.pk
        self.state = credential.state


@transaction.atomic
def credential_map(*, credential_id: int, office_id: int, order_number: str, actor: Actor) -> CredentialMapping:
    """Let the credential count at a further office by an order; entered by that office's EMD manager.

    Refused: its own office, an officer who holds no full charge there, a mapping that stands already.
    """
    credential = locked(credential_id)
    office = Office.objects.get(pk=office_id)
    access.require(actor, Action.CREDENTIAL_MAP, _AtOffice(credential, office))
    require_state(credential, CredentialState.ACTIVE)
    if credential.office_id == office.pk:
        raise BadInput("own_office", _("It is registered at this office already."))
    charges = Charge.objects.filter(
        active_on(clock.today()), employee_id=credential.employee_id, post__office=office, kind__in=FULL_KINDS
    )
    if not charges.exists():
        raise WrongState(
            "no_charge_there",
            _("The officer holds no charge in this office."),
            _("Enter the charge first; the order that gives it maps the signature too."),
        )
    try:
        with transaction.atomic():
            mapping = CredentialMapping.objects.create(
                credential=credential,
                office=office,
                order_number=clean_line(order_number, field="order_number", limit=_ORDER_LENGTH),
                mapped_by_id=actor.person,
                mapped_at=clock.now(),
            )
    except IntegrityError as error:
        raise WrongState(
            "mapped_already", _("It is mapped to this office already."), _("Open the page again.")
        ) from error
    record(credential, Action.CREDENTIAL_MAP, actor, {"office": office.pk, "mapping": mapping.pk})
    return mapping


@transaction.atomic
def credential_unmap(*, mapping_id: int, actor: Actor) -> CredentialMapping:
    """End a mapping: from now on the credential does not count at that office by it."""
    mapping = (
        CredentialMapping.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=mapping_id, ended_at__isnull=True)
        .first()
    )
    if mapping is None:
        raise NotVisible
    credential = locked(mapping.credential_id)
    access.require(actor, Action.CREDENTIAL_MAP, _AtOffice(credential, mapping.office))
    mapping.ended_at = clock.now()
    mapping.save(update_fields=["ended_at"])
    record(
        credential, Action.CREDENTIAL_MAP, actor, {"office": mapping.office_id, "mapping": mapping.pk, "ended": True}
    )
    return mapping
