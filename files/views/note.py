"""Saving the yellow note, signing it where the policy asks for it, printing the note sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from eoffice.core import clock, richtext
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.pdf.notesheet import draw_notesheet
from eoffice.documents.queries import document_bytes
from files import queries
from files.models import DecisionState, File, Note, NoteSignature
from files.services.drawing import printed_notes
from files.services.note import NoteConflict, note_save
from files.services.note_signature import note_sign
from files.views import shown
from signatures import queries as signatures
from signatures.services.unlock import WrongPin


def sent_text(request: HttpRequest, name: str) -> str:
    """A rich text field as HTML: the editor's, or the plain writing of the textarea (design 11, without scripts)."""
    if f"{name}_html" in request.POST:
        return request.POST[f"{name}_html"]
    return richtext.from_text(request.POST.get(name, ""))


def sent_revision(request: HttpRequest) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() else 0


@signed_in
@require_POST
def save(request: ActedRequest, file_id: int) -> HttpResponse:
    """Save the yellow note: JSON for the script that saves by itself, a redirect otherwise."""
    file = queries.file_or_404(request.actor, file_id)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    html = sent_text(request, "note")
    try:
        note = note_save(file_id=file.pk, html=html, revision=sent_revision(request), actor=request.actor)
    except NoteConflict as conflict:
        if wants_json:
            raise
        return conflict_page(request, file, conflict.theirs, html, status=conflict.status)
    if not wants_json:
        return redirect("files:detail", file.pk)
    saved_at = note.saved_at if note else clock.now()
    return JsonResponse({"saved_at": saved_at.isoformat(), "version": note.revision if note else 0})


def conflict_page(request: ActedRequest, file: File, theirs: Note, mine: str, *, status: int) -> HttpResponse:
    """Both texts side by side; nothing is lost (procedure: draft survives)."""
    papers = list(queries.papers_of(file))
    mine = richtext.clean(mine)
    context = {
        "file": file,
        "theirs": shown.html_of(file, [theirs.text])[theirs.text],
        "saved_at": theirs.saved_at,
        **shown.yellow(file, theirs, papers=papers, notes=[]),
    }
    context["editor"] |= {"text": richtext.to_text(mine), "html": mine}
    return render(request, "files/note_conflict.html", context, status=status)


@never_cache
@signed_in
def sign(request: ActedRequest, signature_id: int) -> HttpResponse:
    """The signing sheet of a note; with the signature the file goes on."""
    actor = request.actor
    rows = NoteSignature.objects.select_related("to_post")
    row = rows.filter(pk=signature_id, employee_id=actor.person, state=DecisionState.PREPARED).first()
    if row is None:
        raise NotVisible
    file = queries.file_or_404(actor, row.file_id)
    errors: list[str] = []
    if request.method == "POST":
        try:
            note_sign(signature_id=row.pk, pin=request.POST.get("pin", ""), actor=actor)
        except WrongPin as refusal:
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _("Signed. The file went to %(post)s.") % {"post": named(row.to_post)})
            return redirect("desk:inbox")
    context = {"file": file, "pin": _sheet(row, actor, errors)}
    return render(request, "files/sign.html", context, status=400 if errors else 200)


def _sheet(row: NoteSignature, actor: Actor, errors: list[str]) -> dict[str, Any]:
    credential = signatures.credential_to_sign(actor)
    number = row.manifest["note"]["number"]
    return {
        "title": _("Sign the note"),
        "unchanged": "",
        "action": reverse("files:note_sign", args=[row.pk]),
        "cancel_url": reverse("files:detail", args=[row.file_id]),
        "items": [
            {
                "icon": "journal-text",
                "label": _("Note %(number)s") % {"number": number},
                "text": f"“{richtext.plain(row.text)}”",
            },
            {"icon": "send", "label": str(row.get_act_display()), "text": named(row.to_post)},
        ],
        "tries_left": credential.tries_left,
        "errors": errors,
        "button": _("Sign and send to %(post)s") % {"post": named(row.to_post)},
        "hidden": {},
        "attempts": [row.attempt],
    }


@signed_in
@require_GET
def record(request: ActedRequest, signature_id: int) -> HttpResponse:
    """The signed record of a note, for those who may see the file."""
    row = NoteSignature.objects.select_related("record").filter(pk=signature_id).first()
    if row is None or row.record is None:
        raise NotVisible
    queries.file_or_404(request.actor, row.file_id)
    return pdf_response(document_bytes(row.record), f"note-{row.reference}.pdf")


@signed_in
@require_GET
def print_notes(request: ActedRequest, file_id: int) -> HttpResponse:
    """The note sheet as PDF, with who printed it and when."""
    file = queries.file_or_404(request.actor, file_id)
    by = named(getattr(request, "employee", None))
    sheet = printed_notes(file, queries.submitted_notes(file), by=by, language=get_language() or "hi")
    return pdf_response(draw_notesheet(sheet), f"notes-{file.computer_number}.pdf")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to save: no foreign PDF is opened in the officer's browser (design 11)."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
