"""What this room answers to the employee master: the files on a desk, and how they change hands (design 2, ports)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dak.models import Classification
from employee_master import ports
from eoffice.core.actor import Actor
from files.models import Decision, DecisionState, Draft, File, Note
from files.services.hand_over import ON_DESK, file_hand_over, untouched_since_hand_over
from files.workflow import DraftState, FileState, NoteState

KEY = "file:"
_FILES, _PARKED, _CALL_BOOK = _("Files"), _("Parked files"), _("Call-book cases")
_DRAFTS, _TO_SIGN, _NOTES = _("Drafts"), _("Pending signatures"), _("Notes not submitted")
# What a draft that waits on a desk still wants there. A letter that has left wants nothing.
_IN_WORK = (DraftState.EDITING, DraftState.RETURNED, DraftState.SIGNED)
_AWAITS_SIGNATURE = (DraftState.PUT_UP, DraftState.APPROVED)


class FilesOnDesk:
    """Files that block relieving until they are handed over; parked ones and those of the call book too.

    Drafts, pending signatures and yellow notes lie in their file and go with it: they are listed without a key.
    """

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        return [ports.Work(kind=_("files"), count=_held([post_id]).count())]

    def items_on(self, post_id: int) -> Sequence[ports.Item]:
        items: list[ports.Item] = []
        files = list(_held([post_id]).order_by("due_on", "pk"))
        pks = [file.pk for file in files]
        with_them = [*_drafts(pks), *_decisions(pks, post_id), *_notes(pks, post_id)]
        for file in files:
            items.append(_item(file))
            items += [item for of, item in with_them if of == file.pk]
        return items

    def hand_over(self, *, from_post_id: int, to_post_id: int, keys: Collection[str] | None, actor: Actor) -> int:
        pks = list(_held([from_post_id]).values_list("pk", flat=True)) if keys is None else ids_of(keys)
        return file_hand_over(file_ids=pks, from_post_id=from_post_id, to_post_id=to_post_id, actor=actor)

    def counts_on(self, post_ids: Collection[int]) -> dict[int, int]:
        rows = _held(post_ids).order_by().values("held_by").annotate(count=Count("pk"))
        return dict(rows.values_list("held_by", "count"))

    def untouched(self, *, post_id: int, keys: Collection[str]) -> set[str]:
        return {f"{KEY}{pk}" for pk in untouched_since_hand_over(post_id=post_id, file_ids=ids_of(keys))}


def ids_of(keys: Collection[str]) -> list[int]:
    """The files among the keys; those of other rooms are passed over."""
    found = (key.removeprefix(KEY) for key in keys if key.startswith(KEY))
    return [int(pk) for pk in found if pk.isdecimal()]


def _held(post_ids: Collection[int]) -> QuerySet[File]:
    return File.objects.filter(held_by__in=post_ids, state__in=ON_DESK, is_practice=False)


def _item(file: File) -> ports.Item:
    kinds = {FileState.PARKED: _PARKED, FileState.CALL_BOOK: _CALL_BOOK}
    return ports.Item(
        key=f"{KEY}{file.pk}",
        kind=kinds.get(FileState(file.state), _FILES),
        number=file.number,
        subject="" if file.classification == Classification.CONFIDENTIAL else file.subject,
        state=file.get_state_display(),
        since=file.held_since,
        url=reverse("files:detail", args=[file.pk]),
    )


def _drafts(file_ids: Collection[int]) -> list[tuple[int, ports.Item]]:
    rows = Draft.objects.filter(file__in=file_ids, state__in=[*_IN_WORK, *_AWAITS_SIGNATURE]).select_related("file")
    return [
        (
            draft.file_id,
            ports.Item(
                key="",
                kind=_TO_SIGN if draft.state in _AWAITS_SIGNATURE else _DRAFTS,
                number=f"{draft.file.number} / D-{draft.number}",
                state=draft.get_state_display(),
                since=draft.created_at,
                url=reverse("files:draft", args=[draft.pk]),
            ),
        )
        for draft in rows.order_by("file", "number")
    ]


def _decisions(file_ids: Collection[int], post_id: int) -> list[tuple[int, ports.Item]]:
    """Decisions that somebody prepared on this desk and did not sign; they lapse when the file leaves it."""
    rows = Decision.objects.filter(file__in=file_ids, post=post_id, state=DecisionState.PREPARED)
    return [
        (
            decision.file_id,
            ports.Item(
                key="",
                kind=_TO_SIGN,
                number=decision.file.number,
                state=decision.get_state_display(),
                since=decision.prepared_at,
                url=reverse("files:detail", args=[decision.file_id]),
            ),
        )
        for decision in rows.select_related("file").order_by("pk")
    ]


def _notes(file_ids: Collection[int], post_id: int) -> list[tuple[int, ports.Item]]:
    """Yellow notes are their author's: that there is one is said, so that it is submitted or dropped in time."""
    rows = Note.objects.filter(file__in=file_ids, post=post_id, state=NoteState.DRAFT).select_related("file")
    return [
        (
            note.file_id,
            ports.Item(
                key="",
                kind=_NOTES,
                number=note.file.number,
                state=note.get_state_display(),
                since=note.saved_at,
                url=reverse("files:detail", args=[note.file_id]),
            ),
        )
        for note in rows.order_by("pk")
    ]


def register() -> None:
    files = FilesOnDesk()
    ports.holds_work.register(files)
    ports.watches_desks.register(files)
