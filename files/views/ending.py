"""Signed letters: the second signature, and the signed acts that end a letter (design 6)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes
from files import queries
from files.models import DecisionState, Draft, Withdrawal
from files.services.countersign import countersign_begin, countersign_sign
from files.services.draft import draft_second_signer
from files.services.withdrawal import letters_in_force, withdrawal_begin, withdrawal_sign
from files.views.note import pdf_response
from signatures import queries as signatures
from signatures.services.unlock import WrongPin


@require_POST
@signed_in
def second(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Name the post that signs after the approving officer, one of the channel above, or none."""
    draft = queries.draft_or_404(request.actor, draft_id)
    wanted = request.POST.get("post", "")
    post_id = int(wanted) if wanted.isascii() and wanted.isdigit() else None
    if post_id is not None and post_id not in request.actor.superior_post_ids:
        raise NotVisible
    draft_second_signer(draft_id=draft.pk, post_id=post_id, actor=request.actor)
    messages.success(request, _("Saved."))
    return redirect("files:draft", draft.pk)


@require_POST
@signed_in
def countersign(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Prepare the letter for the second signature and show the signing sheet."""
    draft = queries.draft_or_404(request.actor, draft_id)
    countersign_begin(draft_id=draft.pk, actor=request.actor)
    return redirect("files:countersign_sign", draft.pk)


@never_cache
@signed_in
def countersigned(request: ActedRequest, draft_id: int) -> HttpResponse:
    """The signing sheet of the second signer."""
    actor = request.actor
    draft = queries.draft_or_404(actor, draft_id)
    access.require(actor, Action.DRAFT_COUNTERSIGN, draft)
    if draft.second_attempt is None:
        return redirect("files:draft", draft.pk)
    errors: list[str] = []
    if request.method == "POST":
        try:
            draft = countersign_sign(draft_id=draft.pk, pin=request.POST.get("pin", ""), actor=actor)
        except WrongPin as refusal:
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _("Signed. The file went to %(post)s.") % {"post": named(draft.file.held_by)})
            return redirect("desk:inbox")
    sheet = _sheet(
        actor, draft, [draft.second_attempt], errors, title=_("Countersign"), text=_("second signature"),
        action=reverse("files:countersign_sign", args=[draft.pk]), button=_("Sign and send on"),
    )  # fmt: skip
    return render(request, "files/sign.html", {"file": draft.file, "pin": sheet}, status=400 if errors else 200)


@never_cache
@signed_in
def end(request: ActedRequest, draft_id: int) -> HttpResponse:
    """Say what ends the letter and why; then the signing sheet."""
    actor = request.actor
    draft = queries.draft_or_404(actor, draft_id)
    sent = {name: request.POST.get(name, "") for name in ("kind", "why", "order_number", "by")}
    error = ""
    if request.method == "POST":
        by = sent["by"]
        try:
            row = withdrawal_begin(
                draft_id=draft.pk, kind=sent["kind"], why=sent["why"], order_number=sent["order_number"],
                by_draft_id=int(by) if by.isascii() and by.isdigit() else None, actor=actor,
            )  # fmt: skip
        except BadInput as refusal:
            error = f"{refusal.message} {refusal.remedy}"
        else:
            return redirect("files:letter_end_sign", row.pk)
    context = {
        "draft": draft,
        "sent": sent,
        "error": error,
        "others": letters_in_force(draft),
        "verdict": access.check(actor, Action.LETTER_WITHDRAW, draft),
    }
    return render(request, "files/draft_end.html", context, status=400 if error else 200)


@never_cache
@signed_in
def sign(request: ActedRequest, withdrawal_id: int) -> HttpResponse:
    """The signing sheet of the record that ends the letter."""
    actor = request.actor
    rows = Withdrawal.objects.select_related("draft__file")
    row = rows.filter(pk=withdrawal_id, employee_id=actor.person, state=DecisionState.PREPARED).first()
    if row is None:
        raise NotVisible
    draft = queries.draft_or_404(actor, row.draft_id)
    errors: list[str] = []
    if request.method == "POST":
        try:
            withdrawal_sign(withdrawal_id=row.pk, pin=request.POST.get("pin", ""), actor=actor)
        except WrongPin as refusal:
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _("Signed. Whoever checks the letter sees it from now on."))
            return redirect("files:draft", draft.pk)
    sheet = _sheet(
        actor, draft, [row.attempt], errors, title=str(row.get_kind_display()), text=row.why,
        action=reverse("files:letter_end_sign", args=[row.pk]), button=_("Sign and end the letter"),
    )  # fmt: skip
    return render(request, "files/sign.html", {"file": draft.file, "pin": sheet}, status=400 if errors else 200)


def _sheet(actor: Actor, draft: Draft, attempts: list[Any], errors: list[str], **words: str) -> dict[str, Any]:
    credential = signatures.credential_to_sign(actor)
    return {
        "title": words["title"],
        "unchanged": "",
        "action": words["action"],
        "cancel_url": reverse("files:draft", args=[draft.pk]),
        "items": [
            {
                "icon": "envelope-paper",
                "label": _("Letter"),
                "text": f"{draft.letter_number}: {words['text']}",
                "url": reverse("files:draft", args=[draft.pk]),
                "url_label": _("Read it again"),
            }
        ],
        "tries_left": credential.tries_left,
        "errors": errors,
        "button": words["button"],
        "hidden": {},
        "attempts": attempts,
    }


@require_safe
@signed_in
def record(request: ActedRequest, withdrawal_id: int) -> HttpResponse:
    """The signed record that ended a letter, for those who may see the file."""
    row = Withdrawal.objects.select_related("record").filter(pk=withdrawal_id).first()
    if row is None or row.record is None:
        raise NotVisible
    queries.draft_or_404(request.actor, row.draft_id)
    return pdf_response(document_bytes(row.record), f"decision-{row.reference}.pdf")
