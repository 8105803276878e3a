"""Saving the yellow note; printing the note sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from eoffice.core import clock, richtext
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.pdf.notesheet import draw_notesheet
from files import queries
from files.models import File, Note
from files.services.drawing import printed_notes
from files.services.note import NoteConflict, note_save
from files.views import shown


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
