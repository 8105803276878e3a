"""Signing keys of the demo: the demo authority, the officers' credentials, the instance's seal.

Nothing of it lies in the tree: the authority is made in the demo's data folder, the keys under the PINs of the start
page. The steps are those of a real instance: the officer asks, the EMD manager of the office approves, the officer
activates with a PIN of their own.
"""

from __future__ import annotations

from eoffice.demo import people
from eoffice.demo.authority.instance import authority, connect, register_officer
from eoffice.demo.cast import actor, employee
from signatures.models import LIVE, Credential

SUPER_ADMIN = "super_admin"
MANAGERS = {"GAD": "emd_manager", "FIN": "section_officer_fin", "ITE": "under_secretary_ite", "DSE": "emd_manager_dse"}


def seed_keys() -> None:
    """The seal of the instance, and a credential for everybody who has a PIN."""
    ca = authority()
    connect(ca)
    for key, pin in people.PINS.items():
        if Credential.objects.filter(employee=employee(key), state__in=LIVE).exists():
            continue
        manager = MANAGERS[people.by_key(key).office]
        # Nobody approves their own request: for a manager the super admin does it.
        approver = manager if manager != key else SUPER_ADMIN
        register_officer(ca, officer=actor(key), approver=actor(approver), pin=pin)
