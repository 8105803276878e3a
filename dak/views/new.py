"""Diarising: the letter on one side, its facts on the other."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dak.forms import ReceiptForm, put_error
from dak.models import Receipt
from dak.queries import copies_of, likely_duplicates, receipt_or_404
from dak.services import receipt_diarise
from dak.services.facts import refuse_secret
from dak.views import papers
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.models import Document
from eoffice.documents.services import upload_store

# A stored paper that is not diarised yet is known to its uploader alone, by a signed mark in the form.
_SALT = "dak.stored"
_STORED_FOR = 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActedRequest) -> HttpResponse:
    """The empty form (or one like the receipt `?like=`), and the act of diarising."""
    access.require(request.actor, Action.RECEIPT_DIARISE, None)
    if request.method != "POST":
        like = request.GET.get("like", "")
        form = ReceiptForm.like(receipt_or_404(request.actor, int(like))) if like.isdecimal() else ReceiptForm()
        return _page(request, form, None)
    form = ReceiptForm(request.POST, request.FILES)
    document = _paper(request, form)
    if document is not None and form.is_valid():
        if not form.cleaned_data["duplicates_shown"]:
            twins = likely_duplicates(
                request.actor,
                sha256=papers.originals_of(document)[0].sha256,
                their_number=form.cleaned_data["their_number"].strip(),
                their_date=form.cleaned_data["their_date"],
            )
            if twins:
                return _page(request, form, document, twins=twins)
        try:
            receipt = receipt_diarise(
                facts=form.facts(),
                document=papers.originals_of(document)[0],
                reading_document=document,
                actor=request.actor,
            )
        except BadInput as error:
            put_error(form, error)
        else:
            return _onward(request, receipt)
    return _page(request, form, document, status=400)


@require_POST
@signed_in
def preview(request: ActedRequest) -> HttpResponse:
    """Store the paper and show its pages beside the form; nothing is diarised yet."""
    access.require(request.actor, Action.RECEIPT_DIARISE, None)
    form = ReceiptForm(request.POST, request.FILES)
    document = _paper(request, form)
    if document is None:
        return _page(request, form, None, status=400)
    # What is still empty is no mistake yet.
    form = ReceiptForm(initial={name: request.POST.get(name, "") for name in form.fields if name != "paper"})
    return _page(
        request,
        form,
        document,
        twins=likely_duplicates(request.actor, sha256=papers.originals_of(document)[0].sha256),
    )


@require_GET
@signed_in
def preview_page(request: ActedRequest, stored: str, page: int) -> HttpResponse:
    """A page of a paper that its uploader has not diarised yet."""
    document = _stored(request, stored)
    if document is None:
        raise NotVisible
    return papers.page_response(request, document, page, papers.PAGE)


def _onward(request: ActedRequest, receipt: Receipt) -> HttpResponse:
    messages.success(request, _("Diarised under number %(number)s.") % {"number": receipt.diary_number})
    then = request.POST.get("then", "")
    if then == "mark":
        return redirect("dak:mark", pk=copies_of(receipt)[0].pk)
    if then == "next":
        return redirect(f"{reverse('dak:new')}?like={receipt.pk}")
    return redirect("dak:receipt", pk=receipt.pk)


def _paper(request: ActedRequest, form: ReceiptForm) -> Document | None:
    """The uploaded paper, stored, or the one stored before; None with the refusal shown at its field."""
    try:
        return _taken(request)
    except BadInput as error:
        put_error(form, error if error.field in form.fields else _at_paper(error))
        return None


def _taken(request: ActedRequest) -> Document:
    """The PDF to read: just uploaded, or stored by the preview."""
    # Asked first, so that not even the scan of a secret letter is stored.
    refuse_secret(request.POST.get("classification", ""))
    uploads = request.FILES.getlist("paper")
    if uploads:
        return upload_store(uploads=[(cast("BinaryIO", upload), upload.name or "") for upload in uploads]).reading
    document = _stored(request, request.POST.get("stored", ""))
    if document is None:
        raise BadInput("no_paper", _("There is no letter yet."), _("Choose its PDF or its scan first."), field="paper")
    return document


def _at_paper(error: BadInput) -> BadInput:
    return BadInput(error.code, error.message, error.remedy, field="paper")


def _stored(request: ActedRequest, mark: str) -> Document | None:
    """The document that this very post stored lately, from its signed mark."""
    try:
        pk, post_id = signing.loads(mark, salt=_SALT, max_age=_STORED_FOR)
    except signing.BadSignature:
        return None
    return Document.objects.filter(pk=pk).first() if post_id == request.actor.post_id else None


def _page(
    request: ActedRequest,
    form: ReceiptForm,
    document: Document | None,
    *,
    twins: list[Receipt] | None = None,
    status: int = 200,
) -> HttpResponse:
    # The clerk begins at the paper, and goes on with the subject when the pages are shown.
    form.fields["subject" if document else "paper"].widget.attrs["autofocus"] = True
    context: dict[str, object] = {"form": form, "document": document, "twins": twins or []}
    if document is not None:
        stored = signing.dumps([document.pk, request.actor.post_id], salt=_SALT)
        context |= {
            "stored": stored,
            "pages": [
                {"number": page, "url": reverse("dak:preview_page", args=[stored, page])}
                for page in range(1, papers.pages_of(document) + 1)
            ],
        }
    return render(request, "dak/receipt_new.html", context, status=status)
