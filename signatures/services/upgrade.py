"""From B-B to B-LTA by the worker (design 6): every increment is a new document whose prefix is the former one.

Each step is stored as soon as it is reached, so a silent time authority costs a retry and never a level that was had.
A level below the policy's is never reported as reached: *pending* stays visible until then.
"""

from __future__ import annotations

from django.db import transaction

from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store
from eoffice.ledger.writer import record_event
from signatures import custody
from signatures.engine import levels
from signatures.engine.errors import EvidenceMissing
from signatures.engine.facts import Level
from signatures.models import SignedRevision, SigningAttempt
from signatures.queries import wanted_level

LEVEL_REACHED = "signatures.level_reached"
_NEXT = {Level.B: Level.T, Level.T: Level.LT, Level.LT: Level.LTA}


def attempt_upgrade(*, attempt_id: int) -> SignedRevision:
    """Bring a signed paper to the policy's level; the last revision. `EvidenceMissing` when something did not answer.

    Talks to the outside: call it outside a transaction. Doing it twice adds nothing.
    """
    attempt = SigningAttempt.objects.get(pk=attempt_id)
    last: SignedRevision | None = attempt.revisions.select_related("document").order_by("pk").last()
    assert last is not None
    wanted = wanted_level()
    while Level(last.level) is not wanted and Level(last.level) in _NEXT:
        target = _NEXT[Level(last.level)]
        pdf = _step(target, document_bytes(last.document))
        document = document_store(content=pdf, name=last.document.name, kind="generated", extract=target is wanted)
        with transaction.atomic():
            last = _store(attempt, last, target, document.pk, document.sha256)
    return last


def _step(target: Level, pdf: bytes) -> bytes:
    authority, trust = custody.time_authority(), custody.trust()
    assert authority is not None
    if target is Level.T:
        return levels.timestamp(pdf, authority=authority, trust=trust)
    if target is Level.LT:
        return levels.embed_validation_data(pdf, trust=trust)
    return levels.archive_stamp(pdf, authority=authority, trust=trust)


def _store(
    attempt: SigningAttempt, parent: SignedRevision, level: Level, document_id: int, sha256: str
) -> SignedRevision:
    """Two workers may have come this far; the first one's revision stands."""
    SigningAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    rows = SignedRevision.objects.select_related("document")
    known: SignedRevision | None = rows.filter(attempt=attempt, level=level, renewal=0).first()
    if known is not None:
        return known
    revision: SignedRevision = SignedRevision.objects.create(
        attempt=attempt, document_id=document_id, parent=parent, level=level, sha256=sha256, created_at=clock.now()
    )
    record_event(
        action=Action.SIGNING_UPGRADE,
        subject=attempt,
        actor=Actor.system(),
        data={"level": str(level), "sha256": sha256},
    )
    return revision


def level_reached(attempt_id: int, revision_id: int) -> None:
    """Tell the room that asked; in the caller's transaction."""
    attempt = SigningAttempt.objects.get(pk=attempt_id)
    revision = SignedRevision.objects.get(pk=revision_id)
    outbox.add(
        LEVEL_REACHED,
        key=f"level-{attempt.uuid}-{revision.level}",
        payload={
            "attempt": attempt.pk,
            "purpose": attempt.purpose,
            "subject_type": attempt.subject_type,
            "subject_id": attempt.subject_id,
            "document": revision.document_id,
            "level": revision.level,
        },
    )


def run(row: OutboxRow) -> None:
    """One errand of the outbox: upgrade, then say so."""
    attempt_id = int(row.payload["attempt"])
    try:
        revision = attempt_upgrade(attempt_id=attempt_id)
    except EvidenceMissing as error:
        raise outbox.Retry(f"signature {attempt_id} waits: {error.reason}") from error
    with transaction.atomic():
        level_reached(attempt_id, revision.pk)
