"""A signing key for somebody of the cast, from a demo authority that nothing needs to reach."""

from __future__ import annotations

from eoffice.core.actor import Actor
from eoffice.demo.authority import Authority
from signatures.models import Credential
from signatures.services.activation import credential_activate
from signatures.services.credential import credential_approve, credential_request

PIN = "corr-horse-71"


def give_key(actor: Actor, *, approver: Actor, authority: Authority, name: str = "Meera Krishnan") -> Credential:
    """Requested, approved by another, activated with `PIN`."""

    def issue(request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        issued = authority.issue_for_request(request, name=name)
        return issued.certificate, issued.chain

    assert actor.office_id is not None
    credential = credential_request(office_id=actor.office_id, actor=actor)
    credential_approve(credential_id=credential.pk, actor=approver)
    return credential_activate(credential_id=credential.pk, pin=PIN, issue=issue, actor=actor, kind="rsa-2048")
