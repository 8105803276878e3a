"""The daily seal (design 4): chain heads into a Merkle tree, its root signed by the instance and time-stamped.

The chain finds edits and re-ordering; cutting off and re-hashing are found by the seal, because what it signed can't be
signed again without the seal's key and can't be stamped with yesterday's time at all.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction

from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAvailable
from eoffice.core.models import OutboxRow
from eoffice.ledger.queries import heads_since
from eoffice.ledger.writer import record_event
from signatures import custody
from signatures.engine import seal as engine
from signatures.engine.errors import EvidenceMissing
from signatures.models import Seal, SealedHead
from signatures.queries import root_of

SEAL_DAY = "signatures.seal_day"
# An act's instant is taken before it is committed: look back a little, so that none falls between two seals.
_OVERLAP = timedelta(hours=1)


def seal_day() -> Seal:
    """Seal what grew since the last seal. `NotAvailable` without the seal's key, `EvidenceMissing` without time.

    Signing and stamping happen outside the transaction; of two at once, one seal stands and both return it.
    """
    last = Seal.objects.order_by("number").last()
    number = last.number + 1 if last else 1
    made_at = clock.now()
    heads = list(heads_since(last.made_at - _OVERLAP if last else None))
    root = root_of(number, last.root if last else "", heads)
    content = bytes.fromhex(root)
    cms = engine.sign(content, seal=custody.seal_key(), at=made_at)
    authority = custody.time_authority()
    token = engine.stamp(content, authority=authority) if authority is not None else b""
    try:
        with transaction.atomic():
            seal = Seal.objects.create(
                number=number, previous=last, root=root, heads=len(heads), made_at=made_at, cms=cms, time_stamp=token
            )
            SealedHead.objects.bulk_create(
                SealedHead(seal=seal, subject=head.subject, seq=head.seq, hash=head.hash) for head in heads
            )
            record_event(action=Action.SEAL_DAY, subject=seal, actor=Actor.system(), data={"root": root})
    except IntegrityError:
        return Seal.objects.get(number=number)
    return seal


def run(row: OutboxRow) -> None:
    """The nightly errand."""
    del row
    try:
        seal_day()
    except EvidenceMissing as error:
        raise outbox.Retry(f"the seal waits: {error.reason}") from error
    except NotAvailable as error:
        raise outbox.Retry(f"the seal waits: {error.code}", after=timedelta(hours=1)) from error
