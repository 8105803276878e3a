"""Drafts for approval: writing, correcting, comparing, cancelling, issuing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dak.queries import dispatches_for
from employee_master.models import Employee, Post
from eoffice import access
from eoffice.core import richtext
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes
from files import queries
from files.forms import DraftForm
from files.models import Draft, DraftVersion, File, Paper
from files.services.draft import (
    DraftConflict,
    draft_cancel,
    draft_correct,
    draft_create,
    draft_issue,
    plain_body,
    version_of,
)
from files.views import shown
from files.views.note import pdf_response, sent_text
from files.workflow import DraftState

SALUTATION = {"hi": "महोदय,", "en": "Sir,"}
CLOSING = {"hi": "भवदीय,", "en": "Yours faithfully,"}
ACTS = (
    Action.DRAFT_CORRECT,
    Action.DRAFT_CANCEL,
    Action.DRAFT_ISSUE,
    Action.DRAFT_COUNTERSIGN,
    Action.LETTER_WITHDRAW,
)


UNSIGNED = (DraftState.EDITING, DraftState.PUT_UP, DraftState.RETURNED)


@signed_in
def new(request: ActedRequest, file_id: int) -> HttpResponse:
    """Begin a reply; sender, number and date of the letter under consideration are taken over."""
    file = queries.file_or_404(request.actor, file_id)
    papers = list(queries.papers_of(file))
    answers = _answered(papers, request.GET.get("paper", ""))
    form = DraftForm(request.POST or None, initial=_prefilled(file, answers))
    body = sent_text(request, "body") if request.method == "POST" else _opening(answers)
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_create(
                file_id=file.pk,
                text=form.text(body),
                kind=form.cleaned_data["kind"],
                language=form.cleaned_data["language"],
                answers_serial=answers.serial if answers else None,
                actor=request.actor,
            )
        except BadInput as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("files:draft", draft.pk)
    verdict = access.check(request.actor, Action.DRAFT_CREATE, file)
    context = {"file": file, "form": form, "verdict": verdict, **_editor(file, papers, body, form)}
    return render(request, "files/draft_form.html", context, status=400 if form.errors else 200)


def _answered(papers: list[Paper], serial: str) -> Paper | None:
    """The paper that the letter answers: the one asked for, else the paper under consideration."""
    asked = next((paper for paper in papers if str(paper.serial) == serial), None)
    return asked or next((paper for paper in papers if paper.is_puc), None)


def _prefilled(file: File, answers: Paper | None) -> dict[str, Any]:
    receipt = answers.receipt if answers else None
    language = "en" if receipt is not None and receipt.language == "en" else "hi"
    lines = (
        [receipt.sender_name, receipt.sender_designation, receipt.sender_organisation, receipt.sender_address]
        if receipt
        else []
    )
    return {
        "language": language,
        "subject": file.subject,
        "addressee": "\n".join(line for line in lines if line),
        "email": receipt.sender_email if receipt else "",
        "salutation": SALUTATION[language],
        "closing": CLOSING[language],
    }


def _opening(answers: Paper | None) -> str:
    """The usual first paragraph: with reference to your letter."""
    receipt = answers.receipt if answers else None
    if receipt is None or not receipt.their_number:
        return ""
    day = f"{receipt.their_date:%d-%m-%Y}" if receipt.their_date else ""
    if receipt.language == "en":
        return f"<p>Please refer to your letter no. {receipt.their_number} dated {day} on the above subject.</p>"
    dated = f", दिनांक {day}" if day else ""
    return f"<p>उपर्युक्त विषयक कृपया अपने पत्र संख्या {receipt.their_number}{dated} का सन्दर्भ ग्रहण करें।</p>"


def _editor(file: File, papers: list[Paper], body: str, form: DraftForm) -> dict[str, Any]:
    language = form["language"].value() or "hi"
    return {
        "editor": shown.editor(
            "body",
            _("Text of the letter"),
            body,
            file=file,
            papers=[],
            notes=[],
            language=language,
            rows=14,
            label_shown=True,
            errors=[str(error) for error in form.errors.get("body", [])],
        ),
        "papers": papers,
    }


def _show(form: DraftForm, refusal: BadInput) -> None:
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, f"{refusal.message} {refusal.remedy}")


def signer_of(draft: Draft, version: DraftVersion) -> tuple[Employee | None, Post | None]:
    """Who signed; before that nobody is named, because the approving officer is not known yet."""
    if draft.signed_by_id is None:
        return None, None
    decision = draft.decisions.filter(draft_version=version.version).select_related("employee", "post").last()
    return (decision.employee, decision.post) if decision else (draft.signed_by, None)


@signed_in
@require_GET
def detail(request: ActedRequest, draft_id: int) -> HttpResponse:
    """The draft as it will look, with its versions and what changed between two of them."""
    draft = queries.draft_or_404(request.actor, draft_id)
    versions = list(queries.versions_of(draft))
    wanted = request.GET.get("version", "")
    version = next((one for one in versions if str(one.version) == wanted), versions[0])
    before = next((one for one in versions if one.version == version.version - 1), None)
    signer, signer_post = signer_of(draft, version)
    context = {
        "draft": draft,
        "file": draft.file,
        "version": version,
        "versions": versions,
        "letter": shown.letter(draft, version, signer=signer, signer_post=signer_post),
        "changes": queries.compared(plain_body(before), plain_body(version)) if before else [],
        "verdicts": access.verdicts(request.actor, draft, ACTS),
        "dispatches": dispatches_for(f"draft:{draft.pk}") if draft.letter_number else [],
        "ending": draft.ending,
        "superiors": Post.objects.filter(pk__in=request.actor.superior_post_ids) if draft.state in UNSIGNED else [],
        "back_url": reverse("files:detail", args=[draft.file_id]),
    }
    return render(request, "files/draft_detail.html", context)


@signed_in
def correct(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Save a new version; a newer one that came meanwhile is shown beside the text, which is kept."""
    draft = queries.draft_or_404(request.actor, draft_id)
    newest = version_of(draft)
    initial = {"kind": draft.kind, "language": draft.language} | {
        name: getattr(newest, name)
        for name in ("subject", "addressee", "email", "salutation", "enclosures", "copies_to", "closing")
    }
    form = DraftForm(request.POST or None, initial=initial)
    body = sent_text(request, "body") if request.method == "POST" else newest.body
    base = request.POST.get("base", "")
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            draft_correct(
                draft_id=draft.pk,
                text=form.text(body),
                base_version=int(base) if base.isascii() and base.isdigit() else 0,
                why=form.cleaned_data["why"],
                actor=request.actor,
            )
        except BadInput as refusal:
            _show(form, refusal)
        except DraftConflict as refused:
            conflict = refused
        else:
            return _after_correction(request, draft)
    papers = list(queries.papers_of(draft.file))
    context = {
        "draft": draft,
        "file": draft.file,
        "form": form,
        "base": newest.version,
        "conflict": conflict,
        "conflict_changes": queries.compared(plain_body(newest), plain_body(form.text(richtext.clean(body))))
        if conflict
        else [],
        "verdict": access.check(request.actor, Action.DRAFT_CORRECT, draft),
        **_editor(draft.file, papers, body, form),
    }
    status = conflict.status if conflict else 400 if form.errors else 200
    return render(request, "files/draft_form.html", context, status=status)


def _after_correction(request: ActedRequest, draft: Draft) -> HttpResponse:
    messages.success(request, _("The new version is saved."))
    if request.GET.get("then") == "decide":
        return redirect("files:decide", draft.file_id)
    return redirect("files:draft", draft.pk)


@signed_in
@require_POST
def cancel(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Give the draft up, with a reason."""
    draft = queries.draft_or_404(request.actor, draft_id)
    try:
        draft_cancel(draft_id=draft.pk, why=request.POST.get("why", ""), actor=request.actor)
    except BadInput as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
    return redirect("files:draft", draft.pk)


@signed_in
@require_POST
def issue(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Issue the signed letter: into the file and to the dispatch queue."""
    draft = queries.draft_or_404(request.actor, draft_id)
    draft_issue(draft_id=draft.pk, actor=request.actor)
    messages.success(request, _("The letter is issued. E-mail goes out now; printed copies wait in the register."))
    return redirect("files:draft", draft.pk)


@signed_in
@require_GET
def letter_pdf(request: ActedRequest, draft_id: int) -> HttpResponse:
    """The signed letter, byte for byte."""
    draft = queries.draft_or_404(request.actor, draft_id)
    if draft.signed_document is None:
        raise NotVisible
    return pdf_response(document_bytes(draft.signed_document), f"letter-{draft.reference}.pdf")
