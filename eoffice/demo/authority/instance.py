"""Connecting this instance with the demo authority: trust, seal, and credentials of the demo's officers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from employee_master.models import Employee
from eoffice import env
from eoffice.core.actor import Actor
from eoffice.demo.authority.ca import Authority
from signatures import custody
from signatures.engine import softkey
from signatures.models import Credential
from signatures.services import credential as credentials
from signatures.services.activation import credential_activate


def authority() -> Authority:
    """The demo authority of this data folder; the supervisor serves it at EOFFICE_DEMO_AUTHORITY."""
    address = env.text("EOFFICE_DEMO_AUTHORITY", "http://127.0.0.1:8010")
    return Authority.open(Path(settings.DATA_DIR) / "authority", base_url=address)


def issue(employee: Employee, request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The certifying authority of the demo and of the tests, as EOFFICE_CREDENTIAL_ISSUER wants it."""
    issued = authority().issue_for_request(request, name=employee.name_en)
    return issued.certificate, issued.chain


def connect(authority: Authority, *, not_before: datetime | None = None) -> None:
    """Trust the demo root, make the pepper, and give the instance its seal. Doing it twice changes nothing."""
    authority.install_trust(Path(settings.TRUST_DIR))
    custody.pepper()
    if (Path(settings.SEAL_DIR) / "seal.pem").exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issued = authority.issue_seal(key.public_key(), instance=settings.INSTANCE_CODE, not_before=not_before)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    custody.seal_key_store(key_pem=pem, certificate=issued.certificate, chain=issued.chain)


def register_officer(
    authority: Authority, *, officer: Actor, approver: Actor, pin: str, designation: str = "",
    not_before: datetime | None = None, kind: softkey.type_of_key = "rsa-2048",
) -> Credential:  # fmt: skip
    """The whole way of a credential through the real services: asked for, approved, certified, activated.

    `not_before` reaches back for histories on a past clock. RSA-2048, because 25 larger keys would slow the set-up.
    """
    assert officer.office_id is not None
    assert officer.employee_id is not None
    person = Employee.objects.get(pk=officer.employee_id)
    asked = credentials.credential_request(office_id=officer.office_id, actor=officer)
    credentials.credential_approve(credential_id=asked.pk, actor=approver)

    def issue(request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        issued = authority.issue_for_request(
            request, name=person.name_en, designation=designation, not_before=not_before
        )
        return issued.certificate, issued.chain

    return credential_activate(credential_id=asked.pk, pin=pin, issue=issue, actor=officer, kind=kind)
