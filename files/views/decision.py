"""The decision view: a senior officer's one screen, and the PIN sheet (design 11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from eoffice import access
from eoffice.core import richtext
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, is_prefetch, signed_in
from eoffice.core.templatetags.eoffice_ui import office_moment
from eoffice.documents.queries import document_bytes
from files import queries
from files.models import APPROVALS, Decision, DecisionAct, Draft, File, FileGlance, NoteAct
from files.services.decision import (
    decision_begin,
    decision_return,
    decision_sign,
    draft_for_decision,
    shown_now,
)
from files.services.draft import plain_body, version_of
from files.services.file import file_see, glance_keep
from files.services.note import own_yellow
from files.services.note_signature import note_signature_begin
from files.views import shown
from files.views.note import pdf_response
from signatures import queries as signatures
from signatures.services.batch import opened_here
from signatures.services.unlock import WrongPin


@signed_in
@require_GET
def view(request: ActedRequest, file_id: int) -> HttpResponse:
    """Gist, points for orders, what changed since last seen, notes, draft, papers, one line, four verdicts."""
    actor = request.actor
    file = queries.file_or_404(actor, file_id)
    before = None
    if not is_prefetch(request):
        if file.held_by_id == actor.post_id and file.seen_at is None:
            try:
                file = file_see(file_id=file.pk, actor=actor)
            except DomainError:
                file = queries.file_or_404(actor, file_id)
        before = glance_keep(file=file, actor=actor)
    return render(request, "files/decide.html", _page(request, file, before))


def _page(request: ActedRequest, file: File, before: FileGlance | None) -> dict[str, Any]:
    actor = request.actor
    draft = draft_for_decision(file)
    version = version_of(draft) if draft else None
    notes = queries.submitted_notes(file)
    papers = list(queries.papers_of(file))
    verdict = access.check(actor, Action.DECISION_TAKE, file)
    sign = access.check(actor, Action.DECISION_SIGN, file)
    approve = access.check(actor, Action.DRAFT_APPROVE, draft) if draft else sign
    yellow = own_yellow(file, actor)
    serial = request.GET.get("paper", "")
    return {
        "file": file,
        "draft": draft,
        "version": version,
        "letter": shown.letter(draft, version, signer=getattr(request, "employee", None), signer_post=file.held_by)
        if draft and version
        else None,
        "notes": list(reversed(shown.note_rows(file, notes, seen=before))),
        "points": [line for line in file.points.splitlines() if line],
        "changed": _changed(file, draft, before),
        "viewer": shown.viewer(
            file, papers, serial=int(serial) if serial.isascii() and serial.isdigit() else None, tabs=[]
        ),
        "papers": papers,
        "came_from": named(file.came_from),
        "line": richtext.plain(yellow.text) if yellow else "",
        "phrases": shown.DECISIONS[page_language(request)],
        "shown": shown_now(file, draft).token,
        "take": verdict,
        "approve": approve,
        "pile": _pile(file, actor.post_id),
    }


def page_language(request: ActedRequest) -> str:
    """The language of the page."""
    return "hi" if getattr(request, "LANGUAGE_CODE", "hi").startswith("hi") else "en"


def _changed(file: File, draft: Draft | None, before: FileGlance | None) -> dict[str, Any] | None:
    """What is new since the officer last looked; None when this is the first time or nothing is."""
    if before is None:
        return None
    seen_version = before.drafts.get(str(draft.number), 0) if draft else 0
    new_notes = file.last_note - before.note
    new_papers = list(file.papers.filter(serial__gt=before.serial)) if file.last_serial > before.serial else []
    versions = (seen_version, draft.version) if draft and draft.version > seen_version else None
    if not (new_notes or new_papers or versions):
        return None
    changes = []
    if draft and seen_version and versions:
        lines = queries.compared(plain_body(version_of(draft, seen_version)), plain_body(version_of(draft)))
        changes = [line for line in lines if any(run.kind != "same" for run in line)]
    return {
        "since": before.at,
        "notes": new_notes,
        "first_note": before.note + 1,
        "papers": new_papers,
        "versions": versions,
        "lines": changes[:4],
    }


def _pile(file: File, post_id: int | None) -> dict[str, Any]:
    """Where this file lies among those on the desk, by due date."""
    desk = list(queries.files_on_desk(post_id).order_by("due_on", "-held_since", "pk").values_list("pk", flat=True))
    urls = [reverse("files:decide", args=[pk]) for pk in desk]
    at = desk.index(file.pk) if file.pk in desk else None
    return {
        "back_url": reverse("desk:inbox"),
        "position": at + 1 if at is not None else None,
        "total": len(desk) if at is not None else None,
        "previous_url": urls[at - 1] if at else "",
        "next_url": urls[at + 1] if at is not None and at + 1 < len(urls) else "",
    }


@signed_in
@require_POST
def take(request: ActedRequest, file_id: int) -> HttpResponse:
    """One of the four verdicts. Approve goes on to the PIN sheet, the others act at once."""
    actor = request.actor
    file = queries.file_or_404(actor, file_id)
    act = request.POST.get("act", "")
    line = richtext.from_text(request.POST.get("line", ""))
    try:
        if act in APPROVALS:
            decision = decision_begin(
                file_id=file.pk,
                act=_approval(file, actor.employee_id),
                line=line,
                shown=request.POST.get("shown", ""),
                to_post_id=None,
                actor=actor,
            )
            return redirect("files:decision_sign", decision.pk)
        if line and act in NoteAct.values:
            yellow = own_yellow(file, actor)
            note = (line, yellow.revision if yellow else 0)
            prepared = note_signature_begin(file_id=file.pk, act=act, note=note, actor=actor)
            if prepared is not None:
                return redirect("files:note_sign", prepared.pk)
        file = decision_return(file_id=file.pk, act=act, line=line, actor=actor)
    except BadInput as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
        # What was typed is given back with the refusal.
        page = _page(request, file, None) | {"line": request.POST.get("line", "")}
        return render(request, "files/decide.html", page, status=refusal.status)
    messages.success(request, _("Sent to %(post)s.") % {"post": named(file.held_by)})
    return redirect("desk:inbox")


def _approval(file: File, employee_id: int | None) -> str:
    """Approved with change, when the officer made the version that is now approved."""
    draft = draft_for_decision(file)
    if draft is not None and draft.version > 1 and version_of(draft).employee_id == employee_id:
        return DecisionAct.APPROVE_WITH_CHANGE
    return DecisionAct.APPROVE


@signed_in
def sign(request: ActedRequest, decision_id: int) -> HttpResponse:
    """The PIN sheet: what is signed, that nothing changed, the tries left. Never "Are you sure?"."""
    actor = request.actor
    decision = (
        Decision.objects.select_related("file__held_by", "draft", "to_post")
        .filter(pk=decision_id, employee_id=actor.person)
        .first()
    )
    if decision is None:
        raise NotVisible
    errors: list[str] = []
    if request.method == "POST":
        try:
            decision = decision_sign(decision_id=decision.pk, pin=request.POST.get("pin", ""), actor=actor)
        except WrongPin as refusal:
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _("Signed. The file went to %(post)s.") % {"post": named(decision.to_post)})
            return redirect("desk:inbox")
    context = {"decision": decision, "file": decision.file, "pin": _pin_sheet(decision, actor, errors)}
    return render(request, "files/sign.html", context, status=400 if errors else 200)


def _pin_sheet(decision: Decision, actor: Any, errors: list[str]) -> dict[str, Any]:
    credential = signatures.credential_to_sign(actor)
    items = [
        {
            "icon": "journal-check",
            "label": _("Decision record"),
            "text": f"{decision.get_act_display()}: “{richtext.plain(decision.line)}”",
        }
    ]
    if decision.draft is not None:
        items.append(
            {
                "icon": "envelope-paper",
                "label": _("Letter"),
                "text": _("%(number)s, version %(version)s")
                % {"number": decision.draft.letter_number, "version": decision.draft_version},
                "url": reverse("files:draft", args=[decision.draft_id]),
                "url_label": _("Read it again"),
            }
        )
    items.append(
        {
            "icon": "key",
            "label": _("Own key"),
            "text": _("valid until %(day)s") % {"day": office_moment(credential.not_after)},
        }
    )
    return {
        "title": _("Sign with your PIN") if opened_here(credential) else _("Sign the decision"),
        "unchanged": _("Nothing on the file has changed since you opened it."),
        "action": reverse("files:decision_sign", args=[decision.pk]),
        "cancel_url": reverse("files:decide", args=[decision.file_id]),
        "items": items,
        "tries_left": credential.tries_left,
        "errors": errors,
        "button": _("Sign and send to %(post)s") % {"post": named(decision.to_post)},
        "hidden": {},
        "attempts": [decision.record_attempt, decision.letter_attempt],
    }


@signed_in
@require_GET
def record(request: ActedRequest, decision_id: int) -> HttpResponse:
    """The signed decision record, for those who may see the file."""
    decision = Decision.objects.select_related("record").filter(pk=decision_id).first()
    if decision is None or decision.record is None:
        raise NotVisible
    queries.file_or_404(request.actor, decision.file_id)
    return pdf_response(document_bytes(decision.record), f"decision-{decision.pk}.pdf")
