"""The file page and the acts that move a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dak.workflow import Disposal, ReceiptState
from employee_master.models import Post
from employee_master.queries import posts_to_send_to
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, is_prefetch, signed_in
from eoffice.ledger import queries as ledger
from files import queries
from files.forms import BriefForm, FileOpenForm, ParkForm, SendForm
from files.models import File, NoteAct
from files.services.file import (
    file_brief,
    file_forward,
    file_open,
    file_park,
    file_pull_back,
    file_read,
    file_resume,
    file_return,
    file_see,
    glance_keep,
)
from files.services.note import NoteConflict, own_yellow
from files.services.note_signature import note_signature_begin
from files.services.paper import receipt_file, receipt_file_new
from files.views import shown
from files.views.note import conflict_page, sent_revision, sent_text
from files.words import told
from files.workflow import DraftState

LISTED = 40
ACTS = (
    Action.FILE_FORWARD,
    Action.FILE_RETURN,
    Action.FILE_PULL_BACK,
    Action.FILE_PARK,
    Action.FILE_RESUME,
    Action.FILE_ADD_PAPER,
    Action.FILE_BRIEF,
    Action.NOTE_WRITE,
    Action.DECISION_TAKE,
    Action.DRAFT_CREATE,
)


@signed_in
def file_list(request: ActedRequest) -> HttpResponse:
    """The section's files that the post may see, newest first, by keyset."""
    before = request.GET.get("before", "")
    files = queries.visible_files(request.actor).filter(is_practice=False).select_related("held_by").order_by("-pk")
    if before.isascii() and before.isdigit():
        files = files.filter(pk__lt=int(before))
    rows = list(files[: LISTED + 1])
    older = f"?before={rows[LISTED - 1].pk}" if len(rows) > LISTED else ""
    return render(request, "files/file_list.html", {"files": rows[:LISTED], "older_url": older})


@signed_in
def file_new(request: ActedRequest) -> HttpResponse:
    """Open a file without a receipt."""
    form = FileOpenForm(request.POST or None, section_id=request.actor.section_id)
    file = _opened(request, form, file_open)
    if file is not None:
        return redirect("files:detail", file.pk)
    return render(request, "files/file_new.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
def file_new_for_receipt(request: ActedRequest, copy_id: int) -> HttpResponse:
    """Put a receipt into a file: a new one, or one that lies on this desk."""
    copy = queries.copy_or_404(request.actor, copy_id)
    receipt = copy.receipt
    form = FileOpenForm(
        request.POST if "subject" in request.POST else None,
        section_id=request.actor.section_id,
        initial={"subject": receipt.subject, "priority": receipt.priority, "classification": receipt.classification},
    )
    file = None
    if request.method == "POST" and request.POST.get("file", "").isdigit():
        file = queries.file_or_404(request.actor, int(request.POST["file"]))
        receipt_file(copy_id=copy.pk, file_id=file.pk, actor=request.actor)
    else:
        file = _opened(request, form, partial(receipt_file_new, copy_id=copy.pk))
    if file is not None:
        messages.success(request, _("The receipt is in the file."))
        return redirect("files:detail", file.pk)
    words = request.GET.get("q", "")
    likely = queries.files_on_desk(request.actor.post_id)
    for word in queries.search_words(words):
        likely = likely.filter(search_text__contains=word)
    context = {"form": form, "receipt": receipt, "copy": copy, "files": likely.order_by("-pk")[:8], "words": words}
    return render(request, "files/file_new.html", context, status=400 if form.errors else 200)


def _opened(request: ActedRequest, form: FileOpenForm, act: Callable[..., File]) -> File | None:
    """The new file, or None with the refusal at its field."""
    if request.method != "POST" or not form.is_bound or not form.is_valid():
        return None
    try:
        return act(actor=request.actor, **form.cleaned_data)
    except BadInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, f"{refusal.message} {refusal.remedy}")
        return None


@signed_in
def detail(request: ActedRequest, file_id: int) -> HttpResponse:
    """The file: notes left, papers right. The holder's first opening is an act (design 3, "Seen")."""
    actor = request.actor
    file = queries.file_or_404(actor, file_id)
    if not is_prefetch(request):
        _count_opening(request, file)
        file = queries.file_or_404(actor, file_id)
    seen = None if is_prefetch(request) else glance_keep(file=file, actor=actor)
    return render(request, "files/file_detail.html", _page(request, file, seen))


def _count_opening(request: ActedRequest, file: File) -> None:
    if file.held_by_id != request.actor.post_id:
        file_read(file_id=file.pk, actor=request.actor)
    elif file.seen_at is None:
        try:
            file_see(file_id=file.pk, actor=request.actor)
        except DomainError:
            # Pulled back in this very moment: the page shows who holds it now.
            return


def _page(request: ActedRequest, file: File, seen: Any) -> dict[str, Any]:
    actor = request.actor
    before = request.GET.get("before", "")
    notes = queries.submitted_notes(file, before=int(before) if before.isascii() and before.isdigit() else None)
    papers = list(queries.papers_of(file))
    drafts = list(queries.drafts_of(file))
    verdicts = access.verdicts(actor, file, ACTS)
    next_post = _next_post(file, actor.post_id, actor.superior_post_ids)
    tabs = [
        {"url": "#papers", "label": _("Papers"), "count": len(papers), "current": True},
    ]
    serial = request.GET.get("paper", "")
    links = [
        {"url": reverse("files:history", args=[file.pk]), "label": _("History"), "icon": "clock-history"},
        {"url": reverse("files:print_notes", args=[file.pk]), "label": _("Print notes"), "icon": "printer"},
    ]
    context = {
        "file": file,
        "head": shown.head(file, back_url=reverse("desk:inbox"), links=links),
        "notes": shown.note_rows(file, notes, seen=seen),
        "older_notes": notes[0].number if notes and notes[0].number and notes[0].number > 1 else None,
        "steps": shown.steps(list(ledger.movements(file)), next_post),
        "viewer": shown.viewer(
            file,
            papers,
            serial=int(serial) if serial.isascii() and serial.isdigit() else None,
            tabs=tabs,
            show_text=request.GET.get("text") == "1",
        ),
        "drafts": [
            {"draft": draft, "verdicts": access.verdicts(actor, draft, (Action.DRAFT_ISSUE,))} for draft in drafts
        ],
        "verdicts": verdicts,
        # The desk that opened the case proposes; those above it decide.
        "may_decide": verdicts["take"].allowed and file.opened_by_id != actor.post_id,
        "next_post": next_post,
        "disposals": Disposal.choices,
    }
    if access.check(actor, Action.RECEIPT_DISPOSE, file).allowed:
        waiting = [paper for paper in papers if paper.receipt and paper.receipt.state == ReceiptState.IN_FILE]
        replied = {draft.answers_id for draft in drafts if draft.state in {DraftState.ISSUED, DraftState.DISPATCHED}}
        context["answered"] = [paper for paper in waiting if paper.pk in replied]
        context["unanswered"] = [paper for paper in waiting if paper.pk not in replied]
    if verdicts["write"].allowed:
        context |= shown.yellow(file, own_yellow(file, actor), papers=papers, notes=notes)
    return context


def _next_post(file: File, post_id: int | None, superiors: tuple[int, ...]) -> Post | None:
    """The likely next desk: down again for a file that came down, else the next post up."""
    came_down = file.came_from_id in superiors and file.opened_by_id != post_id
    if came_down:
        return file.opened_by
    return Post.objects.filter(pk__in=superiors[:1]).first()


@signed_in
def history(request: ActedRequest, file_id: int) -> HttpResponse:
    """Every movement and act, in words; open to auditors too, who see no note (design 9)."""
    file = queries.file_for_history(request.actor, file_id)
    context = {
        "file": file,
        "head": shown.head(file, back_url=reverse("desk:inbox"), links=[]),
        "deeds": told(ledger.history(file)),
    }
    return render(request, "files/history.html", context)


@signed_in
def forward(request: ActedRequest, file_id: int) -> HttpResponse:
    """Choose the post and send; the yellow note that came with the form is saved first."""
    actor = request.actor
    file = queries.file_or_404(actor, file_id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = None
        if "version" in request.POST:
            note = (sent_text(request, "note"), sent_revision(request))
        facts = form.cleaned_data
        try:
            prepared = note_signature_begin(
                file_id=file.pk, act=NoteAct.FORWARD, to_post_id=facts["to"], remarks=facts["remarks"], note=note,
                actor=actor,
            )  # fmt: skip
            if prepared is not None:
                return redirect("files:note_sign", prepared.pk)
            file = file_forward(
                file_id=file.pk, to_post_id=facts["to"], remarks=facts["remarks"], note=note, actor=actor
            )
        except NoteConflict as conflict:
            return conflict_page(request, file, conflict.theirs, sent_text(request, "note"), status=conflict.status)
        messages.success(request, _("Sent to %(post)s.") % {"post": named(file.held_by)})
        return redirect("desk:inbox")
    words = request.GET.get("q", "")
    context = {
        "file": file,
        "form": form,
        "words": words,
        "posts": posts_to_send_to(actor, words),
        "verdict": access.check(actor, Action.FILE_FORWARD, file),
    }
    return render(request, "files/forward.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def return_(request: ActedRequest, file_id: int) -> HttpResponse:
    """Send the file back to the desk it came from."""
    file = queries.file_or_404(request.actor, file_id)
    remarks = request.POST.get("remarks", "")
    prepared = note_signature_begin(file_id=file.pk, act=NoteAct.RETURN, remarks=remarks, actor=request.actor)
    if prepared is not None:
        return redirect("files:note_sign", prepared.pk)
    file = file_return(file_id=file.pk, remarks=remarks, actor=request.actor)
    messages.success(request, _("Returned to %(post)s.") % {"post": named(file.held_by)})
    return redirect("desk:inbox")


@signed_in
@require_POST
def pull_back(request: ActedRequest, file_id: int) -> HttpResponse:
    """Take the file back before it was opened."""
    file = queries.file_or_404(request.actor, file_id)
    file_pull_back(file_id=file.pk, actor=request.actor)
    messages.success(request, _("The file is on your desk again."))
    return redirect("files:detail", file.pk)


@signed_in
def park(request: ActedRequest, file_id: int) -> HttpResponse:
    """Let the file wait, with a day and a reason."""
    file = queries.file_or_404(request.actor, file_id)
    form = ParkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            file_park(file_id=file.pk, actor=request.actor, **form.cleaned_data)
        except BadInput as refusal:
            form.add_error(refusal.field or None, f"{refusal.message} {refusal.remedy}")
        else:
            messages.success(request, _("The file is parked."))
            return redirect("files:detail", file.pk)
    verdict = access.check(request.actor, Action.FILE_PARK, file)
    context = {"file": file, "form": form, "verdict": verdict}
    return render(request, "files/park.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def resume(request: ActedRequest, file_id: int) -> HttpResponse:
    """Take a parked file up again."""
    file = queries.file_or_404(request.actor, file_id)
    file_resume(file_id=file.pk, actor=request.actor)
    return redirect("files:detail", file.pk)


@signed_in
def brief(request: ActedRequest, file_id: int) -> HttpResponse:
    """Gist and points for orders, written by the section for the decision view."""
    file = queries.file_or_404(request.actor, file_id)
    form = BriefForm(request.POST or None, initial={"gist": file.gist, "points": file.points})
    if request.method == "POST" and form.is_valid():
        file_brief(file_id=file.pk, actor=request.actor, **form.cleaned_data)
        return redirect("files:detail", file.pk)
    return render(request, "files/brief.html", {"file": file, "form": form})
