"""From B-B to B-LTA by the worker (design 6): every increment extends what was there, and nothing is ever lowered.

The worker climbs in one go and stores what was reached, so a silent time authority costs a retry and never a level that
was had. A level below the policy's is never reported as reached: *pending* stays visible until then.
"""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction

from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import Put, document_put, document_rows
from eoffice.ledger.writer import record_event
from signatures import custody
from signatures.engine import levels
from signatures.engine.errors import EvidenceMissing
from signatures.engine.facts import Level
from signatures.engine.planning import Term
from signatures.engine.proofs import Proofs
from signatures.models import SignedRevision, SigningAttempt
from signatures.models_archive import ArchiveTerm
from signatures.queries import wanted_level

LEVEL_REACHED = "signatures.level_reached"
# One for the process: a batch by one officer asks about that officer's certificate once a minute, not once a paper.
PROOFS = Proofs()


def attempt_upgrade(*, attempt_id: int) -> SignedRevision:
    """Bring a signed paper to the policy's level; the last revision. `EvidenceMissing` when something did not answer.

    Talks to the outside: call it outside a transaction. Doing it twice adds nothing.
    """
    attempt = SigningAttempt.objects.get(pk=attempt_id)
    last: SignedRevision | None = attempt.revisions.select_related("document").order_by("pk").last()
    assert last is not None
    wanted, have = wanted_level(), Level(last.level)
    authority = custody.time_authority()
    if have in {wanted, Level.LTA} or authority is None:
        return last
    pdf = document_bytes(last.document)
    raised = levels.complete(pdf, have=have, want=wanted, authority=authority, trust=custody.trust(), proofs=PROOFS)
    if raised.level is not have:
        put = document_put(content=raised.pdf, name=last.document.name, pages=last.document.page_count)
        with transaction.atomic():
            last = _store(attempt, last, raised.level, put, extract=raised.level is wanted)
            if raised.level is Level.LTA and raised.term is not None:
                term_open(revision=last, term=raised.term, extends=extended_by(attempt))
    if raised.missing is not None:
        raise raised.missing
    return last


def _store(attempt: SigningAttempt, parent: SignedRevision, level: Level, put: Put, *, extract: bool) -> SignedRevision:
    """Two workers may have come this far; the first one's revision stands. Only a final one's words are read."""
    SigningAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    rows = SignedRevision.objects.select_related("document", "attempt")
    known: SignedRevision | None = rows.filter(attempt=attempt, level=level, renewal=0).first()
    if known is not None:
        return known
    (document,) = document_rows([put], extract=extract)
    revision: SignedRevision = SignedRevision.objects.create(
        attempt=attempt, document=document, parent=parent, level=level, sha256=put.sha256, created_at=clock.now()
    )
    record_event(
        action=Action.SIGNING_UPGRADE,
        subject=attempt,
        actor=Actor.system(),
        data={"level": str(level), "sha256": put.sha256},
    )
    return revision


def extended_by(attempt: SigningAttempt) -> list[SignedRevision]:
    """Revisions of earlier signers of the same paper, which this one contains: their renewal is this one's."""
    earlier = SignedRevision.objects.filter(
        attempt__subject_type=attempt.subject_type, attempt__subject_id=attempt.subject_id, attempt__pk__lt=attempt.pk,
        level=Level.LTA, term__replaced_by__isnull=True,
    ).select_related("document")  # fmt: skip
    if not earlier:
        return []
    prepared = document_bytes(attempt.prepared)
    return [row for row in earlier if sha256(prepared[: row.document.size]).hexdigest() == row.sha256]


def term_open(*, revision: SignedRevision, term: Term, extends: list[SignedRevision]) -> ArchiveTerm:
    """Note until when a revision holds; those that it extends need no renewal of their own. In a transaction."""
    row, _made = ArchiveTerm.objects.get_or_create(
        revision=revision,
        defaults={
            "stamped_at": term.stamped_at,
            "authority": term.authority[:200],
            "authority_sha256": term.authority_sha256,
            "not_after": term.not_after,
            "digest": term.strength.digest,
            "key": term.strength.key,
            "bits": term.strength.bits,
            "algorithm_ends_at": term.algorithm_ends_at,
            "ends_at": term.ends_at,
        },
    )
    ArchiveTerm.objects.filter(revision__in=extends, replaced_by__isnull=True).update(replaced_by=revision)
    return row


def level_reached(revision: SignedRevision) -> None:
    """Tell the room that asked; in the caller's transaction."""
    attempt = revision.attempt
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
        level_reached(revision)
