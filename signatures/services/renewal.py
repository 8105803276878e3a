"""Keeping archived papers provable: a new stamp over everything before the last one's certificate or algorithm ends.

Planned every night from what each paper's outermost stamp rests on (`ArchiveTerm`) and the table of algorithms; done by
the worker, one errand a paper, with retries. A renewal is an increment like every other: a new stored revision whose
prefix is the former one. It is done after NO_CHANGES too, which allows nothing but validation data and stamps.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.core.models import OutboxRow, OutboxState
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store
from eoffice.ledger.writer import record_event
from signatures import custody, queries_archive
from signatures.engine import algorithms, levels, planning
from signatures.engine.errors import EvidenceMissing
from signatures.engine.facts import Level
from signatures.models import SignedRevision, SigningAttempt
from signatures.models_archive import ArchiveTerm, TermTrouble
from signatures.services.signing import UPGRADE
from signatures.services.upgrade import PROOFS, extended_by, term_open

PLAN = "signatures.plan_renewals"
RENEW = "signatures.renew"
_AT_ONCE = 5000


def revision_renew(*, term_id: int, actor: Actor) -> SignedRevision:
    """Put a new stamp over the paper of an open term; the new revision. Call it outside a transaction.

    `EvidenceMissing` when an authority or a revocation source did not answer: the paper stays as it was, to be tried
    again. `WrongState` (`term_replaced`) when a newer revision stands already, and (`authority_no_better`) when no
    configured authority's stamp would last longer: then nothing is stored, and the report says so.
    """
    term = ArchiveTerm.objects.select_related("revision__document").get(pk=term_id)
    _require_open(term)
    authority = custody.time_authority()
    if authority is None:
        _note(term, TermTrouble.NO_BETTER)
        raise _no_better()
    pdf = document_bytes(term.revision.document)
    try:
        renewed = levels.renew(pdf, authority=authority, trust=custody.trust(), proofs=PROOFS)
    except EvidenceMissing:
        _note(term, TermTrouble.EVIDENCE)
        raise
    fresh = planning.term_of(renewed)
    if fresh is None or fresh.ends_at <= term.ends_at:
        _note(term, TermTrouble.NO_BETTER)
        raise _no_better()
    document = document_store(content=renewed, name=term.revision.document.name, kind="generated", extract=False)
    return _store(term, document.pk, document.sha256, fresh, actor)


@transaction.atomic
def _store(term: ArchiveTerm, document_id: int, sha256: str, fresh: planning.Term, actor: Actor) -> SignedRevision:
    """Of two workers that came this far, the second gives up its revision."""
    SigningAttempt.objects.select_for_update(of=("self",)).get(pk=term.revision.attempt_id)
    term = ArchiveTerm.objects.select_related("revision").get(pk=term.pk)
    _require_open(term)
    revision: SignedRevision = SignedRevision.objects.create(
        attempt_id=term.revision.attempt_id,
        document_id=document_id,
        parent=term.revision,
        level=Level.LTA,
        renewal=term.revision.renewal + 1,
        sha256=sha256,
        created_at=clock.now(),
    )
    term_open(revision=revision, term=fresh, extends=[term.revision])
    record_event(
        action=Action.SIGNING_UPGRADE,
        subject=SigningAttempt.objects.get(pk=revision.attempt_id),
        actor=actor,
        data={"level": str(Level.LTA), "renewal": revision.renewal, "sha256": sha256},
    )
    return revision


def _require_open(term: ArchiveTerm) -> None:
    if term.replaced_by_id is not None:
        raise WrongState("term_replaced", _("A newer revision of this paper stands already."))


def _no_better() -> WrongState:
    return WrongState(
        "authority_no_better",
        _("No configured time authority lasts longer than the present stamp."),
        _("The operator adds a time authority with a newer certificate or a stronger key (EOFFICE_TSA_URLS)."),
    )


def _note(term: ArchiveTerm, trouble: TermTrouble) -> None:
    ArchiveTerm.objects.filter(pk=term.pk, replaced_by__isnull=True).update(trouble=trouble, tried_at=clock.now())


def terms_refresh() -> int:
    """Bring open terms in line with the table of algorithms of this version; how many were changed."""
    changed = 0
    rows = ArchiveTerm.objects.filter(replaced_by__isnull=True)
    for digest, key, bits in rows.order_by().values_list("digest", "key", "bits").distinct():
        end = algorithms.Strength(digest, key, bits).ends_at
        same = rows.filter(digest=digest, key=key, bits=bits)
        if end is None:
            changed += same.exclude(algorithm_ends_at=None).update(algorithm_ends_at=None, ends_at=F("not_after"))
        else:
            changed += same.exclude(algorithm_ends_at=end).update(
                algorithm_ends_at=end, ends_at=Least(F("not_after"), end)
            )
    return changed


def terms_fill(limit: int = 200) -> int:
    """Index archived revisions that have no term: those of an earlier version of the program. How many were found."""
    bare = SignedRevision.objects.filter(level=Level.LTA, term__isnull=True).select_related("document", "attempt")
    found = 0
    for revision in bare.order_by("pk")[:limit]:
        term = planning.term_of(document_bytes(revision.document))
        if term is not None:
            with transaction.atomic():
                term_open(revision=revision, term=term, extends=extended_by(revision.attempt))
            found += 1
    return found


def plan(row: OutboxRow) -> None:
    """The nightly errand: an errand for each paper that is due, and for each that still waits for its first level."""
    slot = str(row.payload["slot"])
    terms_fill()
    terms_refresh()
    due = list(queries_archive.terms_due().values_list("pk", flat=True)[:_AT_ONCE])
    if custody.time_authority() is not None:
        outbox.add_many(RENEW, {f"renew-{pk}-{slot}": {"term": pk} for pk in due})
    _take_up_pending(slot)


def _take_up_pending(slot: str) -> None:
    """What was parked, or signed before there was a time authority, is asked for again: *pending* never rests."""
    asked = OutboxRow.objects.filter(kind=UPGRADE).exclude(state__in=[OutboxState.DONE, OutboxState.PARKED])
    running = set(asked.values_list("payload__attempt", flat=True))
    waiting = queries_archive.pending_attempts().values_list("pk", "uuid")[:_AT_ONCE]
    outbox.add_many(UPGRADE, {f"upgrade-{uuid}-{slot}": {"attempt": pk} for pk, uuid in waiting if pk not in running})


def run(row: OutboxRow) -> None:
    """One errand: renew one paper. Done when somebody else was faster, or when there is nobody better to ask."""
    term_id = int(row.payload["term"])
    try:
        revision_renew(term_id=term_id, actor=Actor.system())
    except EvidenceMissing as error:
        raise outbox.Retry(f"renewal {term_id} waits: {error.reason}") from error
    except WrongState:
        return
