"""Many decisions under one unlock (design 6): listed with what was on screen, signed one by one in child processes.

Every item is a decision of its own with its own transaction: it is signed or plainly not, whatever dies. What changed
since the summary was drawn is refused for that item alone. No PIN and no key is kept; each run needs a new unlock.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eoffice import access
from eoffice.access.words import when
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.ledger.writer import record_event
from files.models import Batch, BatchItem, Decision, DecisionAct, Draft, DraftVersion, File, FileGlance
from files.queries import visible_files
from files.queries_batch import open_items
from files.services.decision import decision_begin, decision_sign_listed, shown_now
from files.services.note import checked_text
from files.workflow import BatchState, DraftState, ItemState
from signatures import queries as signatures
from signatures.backends import OpenKey
from signatures.models import Credential
from signatures.services import batch as children
from signatures.services.unlock import unlocked

log = logging.getLogger(__name__)

CHILD = "files.batch_child"
WHY_LENGTH = 900


@dataclass(frozen=True, slots=True)
class Left:
    """Why a file can't be signed in this list."""

    code: str
    why: str


@transaction.atomic
def batch_list(*, file_ids: Sequence[int], language: str, actor: Actor) -> Batch:
    """Make the list that the summary page shows, with the versions that it shows.

    Files that the officer may not decide, has never opened, or that changed since, are left out with the reason.
    """
    access.require(actor, Action.BATCH_LIST, None)
    wanted = list(dict.fromkeys(file_ids))
    if not wanted:
        raise BadInput("nothing_ticked", gettext_lazy("No file is ticked."), gettext_lazy("Tick those to be signed."))
    if len(wanted) > settings.BATCH_MAX:
        raise BadInput(
            "list_too_long",
            _("One list holds at most %(limit)s files; %(count)s are ticked.")
            % {"limit": settings.BATCH_MAX, "count": len(wanted)},
            gettext_lazy("Sign these in several lists."),
        )
    files = visible_files(actor).select_related("held_by", "came_from").in_bulk(wanted)
    if len(files) != len(wanted):
        raise NotVisible
    at = clock.now()
    batch = Batch.objects.create(
        post_id=actor.desk, employee_id=actor.person, charge_id=actor.charge_id, language=language,
        listed_at=at, stirred_at=at,
    )  # fmt: skip
    seen = Seen(wanted, actor)
    for place, pk in enumerate(wanted, start=1):
        file, draft = files[pk], seen.drafts.get(pk)
        version = seen.versions.get(draft.pk) if draft else None
        item = BatchItem(
            batch=batch, place=place, file=file, draft=draft, draft_version=draft.version if draft else None,
            shown=shown_now(file, draft, version).token, act=_act(version, actor),
        )  # fmt: skip
        left = seen.left_out(file, draft, version)
        if left is not None:
            item.leave_out(code=left.code, why=left.why[:WHY_LENGTH])
        item.save()
    ready = batch.items.filter(state=ItemState.READY).count()
    record_event(action=Action.BATCH_LIST, subject=batch, actor=actor, data={"ready": ready, "items": len(wanted)})
    return batch


def _act(version: DraftVersion | None, actor: Actor) -> str:
    """Approved with change, when the officer made the version that is now approved."""
    own = version is not None and version.version > 1 and version.employee_id == actor.employee_id
    return DecisionAct.APPROVE_WITH_CHANGE if own else DecisionAct.APPROVE


class Seen:
    """The drafts that wait on some files, and what the officer had seen of each; in few queries."""

    def __init__(self, file_ids: Sequence[int], actor: Actor) -> None:
        self.actor = actor
        waiting = Draft.objects.filter(file__in=file_ids, state=DraftState.PUT_UP).order_by("number")
        self.drafts = {draft.file_id: draft for draft in waiting}
        rows = DraftVersion.objects.filter(draft__in=self.drafts.values()).select_related("employee")
        self.versions = {row.draft_id: row for row in rows.order_by("version")}
        glances = FileGlance.objects.filter(file__in=file_ids, employee_id=actor.person)
        self.glances = {glance.file_id: glance for glance in glances}
        elsewhere = BatchItem.objects.filter(file__in=file_ids, batch__state=BatchState.RUNNING).filter(open_items())
        self.in_work = set(elsewhere.values_list("file_id", flat=True))

    def left_out(self, file: File, draft: Draft | None, version: DraftVersion | None) -> Left | None:
        """Why this file is not signed in a list; None where it may be."""
        verdict = access.check(self.actor, Action.DECISION_SIGN, file)
        if verdict.allowed and draft is not None:
            draft.file = file
            verdict = access.check(self.actor, Action.DRAFT_APPROVE, draft)
        if not verdict.allowed:
            return Left(verdict.code, f"{verdict.reason} {verdict.remedy}".strip())
        if file.pk in self.in_work:
            return Left("in_another_list", _("It is being signed in another list now."))
        return self._unseen(file, draft, version)

    def _unseen(self, file: File, draft: Draft | None, version: DraftVersion | None) -> Left | None:
        glance = self.glances.get(file.pk)
        if glance is None:
            return Left("never_opened", _("You have not opened this file yet."))
        if draft is not None and version is not None and version.employee_id != self.actor.employee_id:
            seen = glance.drafts.get(str(draft.number), 0)
            if seen != draft.version:
                facts = {"version": draft.version, "person": named(version.employee), "time": when(version.at)}
                if seen == 0:
                    return Left("draft_unseen", _("You have not seen its draft yet, by %(person)s, %(time)s.") % facts)
                return Left(
                    "changed_since_seen",
                    _("The draft changed after you saw it: version %(version)s by %(person)s, %(time)s.") % facts,
                )
        if file.last_note > glance.note:
            count = file.last_note - glance.note
            words = ngettext(
                "%(count)s note is new since you saw it.", "%(count)s notes are new since you saw it.", count
            )
            return Left("changed_since_seen", words % {"count": count})
        if file.last_serial > glance.serial:
            count = file.last_serial - glance.serial
            words = ngettext(
                "%(count)s paper is new since you saw it.", "%(count)s papers are new since you saw it.", count
            )
            return Left("changed_since_seen", words % {"count": count})
        return None


def locked_batch(batch_id: int, actor: Actor) -> Batch:
    """The officer's own list, locked."""
    batch: Batch | None = Batch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None or batch.employee_id != actor.employee_id:
        raise NotVisible
    return batch


def batch_start(*, batch_id: int, pin: str, line: str, lines: Mapping[int, str], actor: Actor) -> Batch:
    """Open the key once and let the child processes sign what is not signed yet; returns when they are started.

    `lines` gives an item its own line instead of the common one, by place. Where the key is elsewhere, the children
    prepare the papers, and `batch_go_on` follows when the signatures have come. Call it outside a transaction.
    """
    _lines_keep(batch_id, line, lines, actor)
    credential = signatures.credential_to_sign(actor)
    children.require_batch(credential)
    if not children.opened_here(credential):
        return _run(batch_id, actor, credential, key=None, pin="")
    with unlocked(credential, pin, actor) as key:
        return _run(batch_id, actor, credential, key=key, pin=pin)


@transaction.atomic
def _lines_keep(batch_id: int, line: str, lines: Mapping[int, str], actor: Actor) -> None:
    """What is written beside the items counts from now on; signed ones keep the line that they were signed with."""
    batch = locked_batch(batch_id, actor)
    access.require(actor, Action.BATCH_START, batch)
    batch.line = checked_text(line, field="line")
    batch.save()
    for item in batch.items.filter(open_items()):
        item.line = checked_text(lines.get(item.place, ""), field=f"line-{item.place}")
        if not item.line and not batch.line:
            raise BadInput(
                "line_missing", gettext_lazy("Write one line before you sign."),
                gettext_lazy("One for all is enough, or one beside each file."), field="line",
            )  # fmt: skip
        item.save()


def _run(batch_id: int, actor: Actor, credential: Credential, *, key: OpenKey | None, pin: str) -> Batch:
    with transaction.atomic():
        batch = locked_batch(batch_id, actor)
        access.require(actor, Action.BATCH_START, batch)
        for item in batch.items.select_for_update(of=("self",)).filter(
            state__in=[ItemState.WORKING, ItemState.AWAITED]
        ):
            item.release()
            item.save()
        ready = batch.items.filter(state=ItemState.READY).count()
        if ready == 0:
            raise WrongState(
                "list_empty",
                gettext_lazy("Nothing of this list can be signed."),
                gettext_lazy("Each file says why; open it, then make a new list."),
            )
        at = clock.now()
        batch.run(at=at)
        batch.stirred_at = at
        batch.save()
        record_event(
            action=Action.BATCH_START, subject=batch, actor=actor,
            data={"items": ready, "credential": credential.pk, "unlock": batch.unlocks},
        )  # fmt: skip
    _children(batch, credential, key=key, pin=pin)
    return batch


def _children(batch: Batch, credential: Credential, *, key: OpenKey | None, pin: str) -> None:
    facts = {"batch": batch.pk, "run": batch.unlocks}
    pids = children.children_start(module=CHILD, facts=facts, credential=credential, key=key, pin=pin)
    log.info("batch.started", extra={"batch": batch.pk, "run": batch.unlocks, "children": len(pids)})


def batch_go_on(*, batch_id: int, actor: Actor) -> Batch:
    """Every signature has come from elsewhere: let the children embed them. No secret is needed any more."""
    with transaction.atomic():
        batch = locked_batch(batch_id, actor)
        access.require(actor, Action.BATCH_STOP, batch)
        if batch.items.filter(state__in=[ItemState.READY, ItemState.WORKING]).exists():
            raise WrongState("list_running", gettext_lazy("This list is being prepared now."))
        batch.stirred_at = clock.now()
        batch.save()
    credential = signatures.credential_to_sign(actor)
    _children(batch, credential, key=None, pin="")
    return batch


@transaction.atomic
def batch_stop(*, batch_id: int, actor: Actor) -> Batch:
    """Begin nothing more. What is in work is finished, the rest stays unsigned and may go on later."""
    batch = locked_batch(batch_id, actor)
    access.require(actor, Action.BATCH_STOP, batch)
    batch.ask_stop()
    at_work = batch.items.filter(state=ItemState.WORKING).exists()
    if batch.is_silent or not at_work:
        _put_back(batch)
        batch.stop(at=clock.now())
    batch.save()
    record_event(action=Action.BATCH_STOP, subject=batch, actor=actor)
    return batch


@transaction.atomic
def batch_give_up(*, batch_id: int, actor: Actor) -> Batch:
    """Put a list away that is not at work; its files stay where they are."""
    batch = locked_batch(batch_id, actor)
    access.require(actor, Action.BATCH_START, batch)
    if batch.state == BatchState.RUNNING:
        raise WrongState("list_running", gettext_lazy("This list is being signed now."), gettext_lazy("Stop it first."))
    batch.give_up(at=clock.now())
    batch.save()
    record_event(action=Action.BATCH_STOP, subject=batch, actor=actor, data={"given_up": True})
    return batch


def _put_back(batch: Batch) -> None:
    for item in batch.items.filter(state__in=[ItemState.WORKING, ItemState.AWAITED]):
        item.release()
        item.save()


# In the children


def batch_work(*, batch_id: int, run: int, key: OpenKey | None, actor: Actor) -> int:
    """Sign one item after the other until none is left, a stop is asked for, or a newer run took over; how many."""
    done = 0
    while (item := _take(batch_id, run)) is not None:
        _item_sign(item, key=key, actor=actor)
        done += 1
    _end(batch_id, run)
    return done


@transaction.atomic
def _take(batch_id: int, run: int) -> BatchItem | None:
    """The next item, ours from now on; the list's lock keeps two children from the same one."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.RUNNING or batch.unlocks != run or batch.stop_asked:
        return None
    item: BatchItem | None = batch.items.filter(state=ItemState.READY).order_by("place").first()
    if item is None:
        awaited = batch.items.filter(state=ItemState.AWAITED).select_related("decision").order_by("place")
        item = next((one for one in awaited if children.are_answered(_uuids(one.decision))), None)
    if item is None:
        return None
    item.take(at=clock.now())
    item.save()
    batch.stirred_at = clock.now()
    batch.save()
    item.batch = batch
    return item


def _uuids(decision: Decision | None) -> list[UUID]:
    if decision is None:
        return []
    return [uuid for uuid in (decision.record_attempt, decision.letter_attempt) if uuid is not None]


def _item_sign(item: BatchItem, *, key: OpenKey | None, actor: Actor) -> None:
    assert item.taken_at is not None
    try:
        decision_id = _begun(item, actor)
        if key is None and item.decision_id is None:
            _await(item, decision_id)
            return
        decision_sign_listed(
            decision_id=decision_id, key=key, actor=actor, also=lambda decision: _signed(item, decision)
        )
    except DomainError as error:
        _refuse(item, error.code, f"{error.message} {error.remedy}")
    except Exception as error:
        # One file that trips the program over must not keep the others from being signed.
        log.exception("batch.item_failed", extra={"batch": item.batch_id, "item": item.pk})
        _refuse(
            item, f"failed-{type(error).__name__}", _("Something went wrong here, so it was not signed. Sign it alone.")
        )


def _begun(item: BatchItem, actor: Actor) -> int:
    if item.decision is not None and children.are_answered(_uuids(item.decision)):
        return int(item.decision.pk)
    item.decision = None
    decision = decision_begin(
        file_id=item.file_id, act=item.act, line=item.line or item.batch.line, shown=item.shown, to_post_id=None,
        actor=actor,
    )  # fmt: skip
    return int(decision.pk)


@transaction.atomic
def _await(item: BatchItem, decision_id: int) -> None:
    row = _ours(item)
    if row is not None:
        row.decision_id = decision_id
        row.await_signature()
        row.save()


def _signed(item: BatchItem, decision: Decision) -> None:
    """In the transaction that completes the decision: both stand, or neither."""
    row = _ours(item)
    if row is None:
        raise WrongState("item_taken_over", _("Another run of this list has taken this file over."))
    row.decision = decision
    row.sign(at=clock.now())
    row.save()


@transaction.atomic
def _refuse(item: BatchItem, code: str, why: str) -> None:
    row = _ours(item)
    if row is not None:
        row.decision = None
        row.refuse(code=code[:60], why=why.strip()[:WHY_LENGTH], at=clock.now())
        row.save()


def _ours(item: BatchItem) -> BatchItem | None:
    """The item, locked, if nobody has taken it over since we took it."""
    row: BatchItem = BatchItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    return row if row.state == ItemState.WORKING and row.taken_at == item.taken_at else None


@transaction.atomic
def _end(batch_id: int, run: int) -> None:
    """The last one to leave says that it is over."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.RUNNING or batch.unlocks != run:
        return
    if batch.items.filter(state=ItemState.WORKING).exists():
        return
    at: datetime = clock.now()
    if not batch.items.filter(open_items()).exists():
        batch.finish(at=at)
    elif batch.stop_asked:
        _put_back(batch)
        batch.stop(at=at)
    else:
        return
    batch.save()
