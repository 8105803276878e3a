"""Signing keys of the demo: the demo authority, the officers' credentials, the instance's seal.

Nothing of it lies in the tree: the authority is made in the demo's data folder, the keys under the PINs of the start
page. The steps are those of a real instance: the officer asks, the EMD manager of the office approves, the officer
activates with a PIN of their own.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from employee_master.models import Employee
from eoffice import env
from eoffice.demo import people
from eoffice.demo.authority.ca import Authority
from eoffice.demo.cast import actor, employee
from signatures.custody import seal_key_store
from signatures.models import LIVE, Credential
from signatures.services.credential import credential_activate, credential_approve, credential_request

MANAGERS = {"GAD": "emd_manager", "FIN": "section_officer_fin", "ITE": "under_secretary_ite"}
SEAL_BITS = 3072


def authority() -> Authority:
    """The demo authority of this demo, made at the first call."""
    address = env.text("EOFFICE_DEMO_AUTHORITY", "http://127.0.0.1:8001")
    made = Authority.open(settings.DATA_DIR / "authority", base_url=address)
    made.install_trust(settings.TRUST_DIR)
    return made


def seed_keys() -> None:
    """A credential for everybody who has a PIN, and the seal of the instance."""
    demo = authority()
    _seal(demo)
    for key, pin in people.PINS.items():
        officer = employee(key)
        if not Credential.objects.filter(employee=officer, state__in=LIVE).exists():
            _register(demo, key, officer, pin)


def _seal(demo: Authority) -> None:
    if (settings.SEAL_DIR / "seal.key").exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=SEAL_BITS)
    issued = demo.issue_seal(key.public_key(), instance=settings.INSTANCE_CODE)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    seal_key_store(key_pem=pem, certificate=issued.certificate, chain=issued.chain)


def _register(demo: Authority, key: str, officer: Employee, pin: str) -> None:
    person = people.by_key(key)
    me = actor(key)
    manager = MANAGERS[person.office]
    # Nobody approves their own request: the manager's own credential is approved by another office's.
    checker = manager if manager != key else "emd_manager"
    assert me.office_id is not None
    credential = credential_request(office_id=me.office_id, actor=me)
    credential_approve(credential_id=credential.pk, actor=actor(checker))

    def issue(request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        issued = demo.issue_for_request(request, name=officer.name_en, designation=person.marking)
        return issued.certificate, issued.chain

    credential_activate(credential_id=credential.pk, pin=pin, issue=issue, actor=me)
