"""What the worker does for this room, and what the employee master may ask of it."""

from __future__ import annotations

from datetime import time, timedelta

from employee_master import ports
from eoffice.core import outbox
from eoffice.core.periodic import periodic
from signatures.services import expiry, renewal, seal, signing, upgrade
from signatures.services.credential_port import RetiresCredentials
from signatures.services.record import SignsRecord

_LEASE = timedelta(minutes=5)


def register() -> None:
    """Called once from `SignaturesConfig.ready`."""
    outbox.handler(signing.UPGRADE, mode="outside", attempts=200, lease=_LEASE)(upgrade.run)
    outbox.handler(seal.SEAL_DAY, mode="outside", attempts=50, lease=_LEASE)(seal.run)
    periodic(seal.SEAL_DAY, at=time(0, 30))
    outbox.handler(renewal.PLAN, mode="database")(renewal.plan)
    outbox.handler(renewal.RENEW, mode="outside", attempts=50, lease=_LEASE)(renewal.run)
    periodic(renewal.PLAN, at=time(1, 15))
    outbox.handler(expiry.DAY, mode="database")(expiry.watch)
    outbox.handler(expiry.MAIL, mode="outside")(expiry.send)
    periodic(expiry.DAY, at=time(6, 30))
    ports.retires_credentials.register(RetiresCredentials())
    ports.signs_record.register(SignsRecord())
