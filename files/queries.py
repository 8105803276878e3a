"""Lists and facts of files. Every list starts from what the actor may see."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from dak.models import ReceiptCopy
from dak.queries import visible_receipts
from eoffice import access
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import NotVisible
from eoffice.core.search import search_key
from files.models import Decision, DecisionState, Draft, DraftVersion, File, FileReader, Note, Paper, Practised
from files.workflow import FileState, NoteState

NOTES_SHOWN = 60


def visible_files(actor: Actor) -> QuerySet[File]:
    """The files that the actor's post may see (design 9)."""
    readable = FileReader.objects.filter(access.reader_q(actor, classified="file__classification"))
    return File.objects.filter(pk__in=readable.values("file"))


def file_or_404(actor: Actor, file_id: int) -> File:
    """The file with its holder, or the refusal that says nothing about it."""
    file = (
        visible_files(actor)
        .select_related("held_by", "came_from", "office", "section", "opened_by", "head")
        .filter(pk=file_id)
        .first()
    )
    if file is None:
        raise NotVisible
    return file


def file_for_history(actor: Actor, file_id: int) -> File:
    """For the history page: auditors see every file's movements and acts, though not its notes (design 9)."""
    if not actor.has_role(Role.AUDITOR):
        return file_or_404(actor, file_id)
    file = File.objects.select_related("held_by", "office", "section").filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    return file


def copy_or_404(actor: Actor, copy_id: int) -> ReceiptCopy:
    """A copy of a receipt that the actor may see, with its receipt."""
    copies = ReceiptCopy.objects.select_related("receipt__reading_document", "held_by", "came_from")
    copy = copies.filter(pk=copy_id, receipt__in=visible_receipts(actor)).first()
    if copy is None:
        raise NotVisible
    return copy


def files_on_desk(post_id: int | None, *, practice: bool | None = False) -> QuerySet[File]:
    """What lies on the post's desk, waiting states left out: real files, with True practice files, with None both."""
    return _held(post_id, FileState.OPEN, practice=practice)


def parked_files(post_id: int | None, *, practice: bool | None = False) -> QuerySet[File]:
    """The files that wait on the post's desk; `practice` as in `files_on_desk`."""
    return _held(post_id, FileState.PARKED, practice=practice)


def _held(post_id: int | None, state: FileState, *, practice: bool | None) -> QuerySet[File]:
    rows = File.objects.filter(held_by=post_id, state=state).select_related("came_from")
    return rows if practice is None else rows.filter(is_practice=practice)


def practice_files(actor: Actor) -> QuerySet[File]:
    """The practice files that the actor's post opened or holds, newest first."""
    if actor.post_id is None:
        return File.objects.none()
    mine = Q(opened_by=actor.post_id) | Q(held_by=actor.post_id)
    return File.objects.filter(mine, is_practice=True).select_related("held_by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class PracticeDone:
    """How far somebody has come in practising: the three steps of the practice page."""

    opened: bool
    noted: bool
    sent: bool


def practice_done(actor: Actor) -> PracticeDone:
    """The actor's own steps, on whichever practice file."""
    notes = Note.objects.filter(file__is_practice=True, employee_id=actor.person)
    sent = Practised.objects.filter(employee_id=actor.person).exists()
    return PracticeDone(
        opened=sent or practice_files(actor).exists(),
        noted=notes.exists(),
        sent=sent,
    )


def awaiting_files(actor: Actor) -> QuerySet[File]:
    """Files that this post sent on last and that have not come back."""
    return File.objects.filter(came_from=actor.post_id).exclude(held_by=actor.post_id).select_related("held_by")


def found_files(actor: Actor, asked: str) -> QuerySet[File]:
    """Visible files whose number or subject holds every word asked for; nukta and half letters don't matter."""
    wanted = Q()
    for word in search_words(asked):
        wanted &= Q(search_text__contains=word)
    return visible_files(actor).filter(wanted, is_practice=False).select_related("held_by").order_by("-pk")


def search_words(asked: str) -> list[str]:
    """The words of a question as the search column has them; the first eight are enough."""
    return search_key(asked).split()[:8]


def submitted_notes(file: File, *, before: int | None = None) -> list[Note]:
    """The last notes in order, so many as a page shows; `before` pages back through a long sheet."""
    notes = Note.objects.filter(file=file, state=NoteState.SUBMITTED)
    if before is not None:
        notes = notes.filter(number__lt=before)
    newest_first = notes.select_related("post", "employee", "decision", "signature").order_by("-number")[:NOTES_SHOWN]
    return list(reversed(newest_first))


def papers_of(file: File) -> QuerySet[Paper]:
    return Paper.objects.filter(file=file).select_related("document", "receipt", "draft").order_by("serial")


def drafts_of(file: File) -> QuerySet[Draft]:
    return Draft.objects.filter(file=file).select_related("created_by", "signed_document").order_by("number")


def draft_or_404(actor: Actor, draft_id: int) -> Draft:
    """A draft of a visible file."""
    draft = (
        Draft.objects.select_related(
            "file__held_by", "file__came_from", "file__office", "file__section", "signed_by", "second_by", "second_post"
        )
        .prefetch_related("endings")
        .filter(pk=draft_id, file__in=visible_files(actor))
        .first()
    )
    if draft is None:
        raise NotVisible
    return draft


def paper_or_404(file: File, serial: int) -> Paper:
    paper = Paper.objects.select_related("document").filter(file=file, serial=serial).first()
    if paper is None:
        raise NotVisible
    return paper


def reference_links(file: File, wanted: Iterable[str]) -> dict[str, str]:
    """Where references lead: "paper:2:3" to page 3 of paper 2, "note:4" to note 4; only those that exist."""
    here = reverse("files:detail", args=[file.pk])
    links: dict[str, str] = {}
    for ref in set(wanted):
        kind, *numbers = ref.split(":")
        first = int(numbers[0])
        if kind == "note" and first <= file.last_note:
            links[ref] = f"{here}#note-{first}"
        elif kind == "draft" and first <= file.last_draft:
            links[ref] = f"{here}?draft={first}#papers"
        elif kind == "paper" and first <= file.last_serial:
            links[ref] = f"{here}?paper={first}&page={int(numbers[1])}#papers"
    return links


@dataclass(frozen=True, slots=True)
class Change:
    """One run of a line-by-line comparison: `kind` is "same", "gone" or "new"."""

    kind: str
    text: str


def compared(old: str, new: str) -> list[list[Change]]:
    """Lines of the newer text, each as runs of words that stayed, went or came."""
    lines: list[list[Change]] = []
    before, after = old.splitlines(), new.splitlines()
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [[Change("same", line)] for line in after[b1:b2]]
            continue
        for n in range(max(a2 - a1, b2 - b1)):
            gone = before[a1 + n] if a1 + n < a2 else ""
            came = after[b1 + n] if b1 + n < b2 else ""
            lines.append(_words(gone, came))
    return lines


def _words(gone: str, came: str) -> list[Change]:
    before, after = gone.split(), came.split()
    runs: list[Change] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Change("same", " ".join(after[b1:b2])))
            continue
        if a2 > a1:
            runs.append(Change("gone", " ".join(before[a1:a2])))
        if b2 > b1:
            runs.append(Change("new", " ".join(after[b1:b2])))
    return runs


def versions_of(draft: Draft) -> QuerySet[DraftVersion]:
    return draft.versions.select_related("post", "employee").order_by("-version")


def open_decision(file: File, actor: Actor) -> Decision | None:
    """A decision that the actor prepared and has not signed yet."""
    return (
        Decision.objects.filter(file=file, employee_id=actor.person, state=DecisionState.PREPARED)
        .select_related("draft")
        .order_by("-pk")
        .first()
    )
