"""Papers of a file: page images, download, adding one, disposing of a receipt that lies in the file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes
from eoffice.documents.queries import page_image as image_of_page
from eoffice.documents.services import document_store
from files import queries
from files.forms import DisposeForm, PaperForm
from files.services.paper import paper_add, receipt_answer
from files.views import shown
from files.views.note import pdf_response
from signatures.views_verify_inside import stored_answer

WIDTHS = (shown.THUMB, shown.PAGE, 1800)


@signed_in
@require_GET
def page_image(request: ActedRequest, file_id: int, serial: int, page: int, width: int) -> HttpResponse:
    """One page of a paper as a picture, in one of the fixed widths; a paper never changes, so it may be cached."""
    paper = queries.paper_or_404(queries.file_or_404(request.actor, file_id), serial)
    width = min(WIDTHS, key=lambda fixed: abs(fixed - width))
    etag = f'"{paper.document.sha256[:32]}-{page}-{width}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    response = HttpResponse(image_of_page(paper.document, page, width), content_type="image/webp")
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=86400"
    return response


@signed_in
@require_GET
def download(request: ActedRequest, file_id: int, serial: int) -> HttpResponse:
    """The paper as it is, to save."""
    paper = queries.paper_or_404(queries.file_or_404(request.actor, file_id), serial)
    return pdf_response(document_bytes(paper.document), f"paper-{file_id}-{serial}.pdf")


@never_cache
@signed_in
@require_safe
def check(request: ActedRequest, file_id: int, serial: int) -> HttpResponse:
    """The signatures of the paper as it lies in the file, judged as the verifier judges any PDF."""
    paper = queries.paper_or_404(queries.file_or_404(request.actor, file_id), serial)
    back = f"{reverse('files:detail', args=[file_id])}?paper={serial}#papers"
    return stored_answer(request, paper.document, title=paper.title, back_url=back)


@signed_in
def add(request: ActedRequest, file_id: int) -> HttpResponse:
    """Put a reference paper into the file."""
    file = queries.file_or_404(request.actor, file_id)
    if request.method == "POST":
        # Asked first, so that nothing is stored for somebody who may not put it in.
        access.require(request.actor, Action.FILE_ADD_PAPER, file)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.cleaned_data["upload"]
            document = document_store(content=upload, name=upload.name, kind="upload")
            paper = paper_add(file_id=file.pk, document=document, title=form.cleaned_data["title"], actor=request.actor)
        except BadInput as refusal:
            form.add_error("title" if refusal.field == "title" else "upload", f"{refusal.message} {refusal.remedy}")
        else:
            messages.success(request, _("The paper is in the file, serial %(serial)s.") % {"serial": paper.serial})
            return redirect("files:detail", file.pk)
    status = 400 if form.errors else 200
    return render(request, "files/paper_add.html", {"file": file, "form": form}, status=status)


@signed_in
@require_POST
def dispose(request: ActedRequest, file_id: int, serial: int) -> HttpResponse:
    """Dispose of a receipt in the file, as replied or otherwise."""
    file = queries.file_or_404(request.actor, file_id)
    form = DisposeForm(request.POST)
    if form.is_valid():
        receipt_answer(file_id=file.pk, serial=serial, kind=form.cleaned_data["kind"], actor=request.actor)
        messages.success(request, _("The receipt is disposed of."))
    return redirect("files:detail", file.pk)
