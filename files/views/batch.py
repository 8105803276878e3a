"""Signing several files under one unlock: the list to tick, the summary of differences, how far it is (design 6)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eoffice import access
from eoffice.core import richtext
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError
from eoffice.core.pages import ActedRequest, signed_in
from files import queries_batch
from files.models import Batch, BatchItem
from files.queries_batch import Alike
from files.services.batch import Seen, batch_give_up, batch_go_on, batch_list, batch_start, batch_stop
from files.services.draft import plain_body
from files.views import shown
from files.views.decision import page_language
from files.workflow import BatchState, ItemState
from signatures import queries as signatures
from signatures.services import batch as children
from signatures.services.unlock import WrongPin

LISTED = 300


@never_cache
@require_safe
@signed_in
def to_sign(request: ActedRequest) -> HttpResponse:
    """Files with a draft for approval on the own desk, to be ticked; those that changed since seen say so."""
    actor = request.actor
    files = list(queries_batch.to_sign(actor).select_related("held_by")[:LISTED])
    seen = Seen([file.pk for file in files], actor)
    rows = []
    for file in files:
        draft = seen.drafts.get(file.pk)
        version = seen.versions.get(draft.pk) if draft else None
        left = seen.left_out(file, draft, version)
        addressee = version.addressee.partition("\n")[0].rstrip(",") if version else ""
        rows.append({"file": file, "draft": draft, "addressee": addressee, "left": left})
    context = {
        "rows": rows,
        "most": settings.BATCH_MAX,
        "ready": sum(1 for row in rows if row["left"] is None),
        "open": list(queries_batch.open_batches(actor)[:5]),
    }
    return render(request, "files/batch_tick.html", context)


@require_POST
@signed_in
def new(request: ActedRequest) -> HttpResponse:
    """Make the list of what is ticked and show its summary."""
    wanted = [int(text) for text in request.POST.getlist("pick") if text.isascii() and text.isdigit()]
    try:
        batch = batch_list(file_ids=wanted, language=page_language(request), actor=request.actor)
    except BadInput as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
        return redirect("files:to_sign")
    return redirect("files:batch", batch.pk)


@never_cache
@require_safe
@signed_in
def detail(request: ActedRequest, batch_id: int) -> HttpResponse:
    """Before signing the summary of differences, then how far it is, then what came of each."""
    batch = queries_batch.batch_or_404(request.actor, batch_id)
    return render(request, "files/batch_detail.html", _page(request, batch))


def _page(request: ActedRequest, batch: Batch, errors: dict[str, str] | None = None) -> dict[str, Any]:
    actor = request.actor
    items = list(
        batch.items.select_related("file__came_from", "draft", "decision").prefetch_related("draft__versions__employee")
    )
    how = queries_batch.progress(batch)
    verdict = access.check(actor, Action.BATCH_START, batch)
    # What waits for signatures from elsewhere is not cut off.
    waits = batch.state == BatchState.RUNNING and how.awaited > 0 and how.ready == how.working == 0
    to_start = verdict.allowed and how.ready + how.working > 0 and not waits
    rows = {item.pk: _row(item) for item in items}
    credential, refused = None, None
    if to_start or waits:
        try:
            credential = signatures.credential_to_sign(actor)
            children.require_batch(credential)
        except DomainError as refusal:
            refused = refusal
    return {
        "batch": batch,
        "how": how,
        "to_start": to_start,
        "cut_off": batch.is_silent and not waits,
        "working": batch.state == BatchState.RUNNING and not batch.is_silent and not waits,
        "waits": waits,
        "stop": access.check(actor, Action.BATCH_STOP, batch),
        "groups": _groups([item for item in items if item.state != ItemState.LEFT_OUT], rows) if to_start else [],
        "left": [rows[item.pk] for item in items if item.state == ItemState.LEFT_OUT],
        "results": [rows[item.pk] for item in items if item.state != ItemState.LEFT_OUT] if not to_start else [],
        "line": richtext.plain(batch.line),
        "phrases": shown.DECISIONS[page_language(request)],
        "credential": credential,
        "refused": refused,
        "pin_here": credential is not None and children.opened_here(credential),
        "pin": _sheet(batch, items) if waits else None,
        "errors": errors or {},
    }


def _row(item: BatchItem) -> dict[str, Any]:
    version = None
    if item.draft is not None:
        version = next((one for one in item.draft.versions.all() if one.version == item.draft_version), None)
    return {
        "item": item,
        "file": item.file,
        "draft": item.draft,
        "version": version,
        "addressee": version.addressee.splitlines() if version else [],
        "line": richtext.plain(item.line),
        "values": [],
    }


def _groups(items: list[BatchItem], rows: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Similar letters together, with their common text once; files without a letter in a group of their own."""
    letters = [item for item in items if rows[item.pk]["version"] is not None]
    texts = [plain_body(rows[item.pk]["version"]) for item in letters]
    groups: list[dict[str, Any]] = []
    for group in queries_batch.alike(texts):
        members = [letters[index] for index in group.members]
        for member, values in zip(members, group.values, strict=True):
            rows[member.pk]["values"] = [{"gap": n, "text": text} for n, text in enumerate(values, start=1)]
        groups.append({"common": _lines(group), "rows": [rows[member.pk] for member in members]})
    bare = [rows[item.pk] for item in items if rows[item.pk]["version"] is None]
    return [*groups, *([{"common": [], "rows": bare}] if bare else [])]


def _lines(group: Alike) -> list[list[Any]]:
    """The common text in lines, each as runs of words and numbered gaps."""
    lines: list[list[Any]] = [[]]
    for run in group.common:
        lines[-1].append(run)
        if run.breaks:
            lines.append([])
    return [line for line in lines if any(run.text or run.gap for run in line)]


def _sheet(batch: Batch, items: list[BatchItem]) -> dict[str, Any]:
    decisions = [item.decision for item in items if item.state == ItemState.AWAITED and item.decision is not None]
    attempts = [uuid for one in decisions for uuid in (one.record_attempt, one.letter_attempt) if uuid is not None]
    return {
        "title": _("Sign the list"),
        "unchanged": "",
        "action": reverse("files:batch_go_on", args=[batch.pk]),
        "cancel_url": reverse("files:to_sign"),
        "items": [{"icon": "journal-check", "label": _("Papers"), "text": str(len(attempts))}],
        "tries_left": None,
        "errors": [],
        "button": _("Go on"),
        "hidden": {},
        "attempts": attempts,
    }


@require_POST
@signed_in
def start(request: ActedRequest, batch_id: int) -> HttpResponse:
    """One PIN for what is listed; the signing goes on after this request."""
    batch = queries_batch.batch_or_404(request.actor, batch_id)
    prefix = "line-"
    own = {
        int(name[len(prefix) :]): richtext.from_text(str(text))
        for name, text in request.POST.items()
        if name.startswith(prefix) and name[len(prefix) :].isdigit() and str(text).strip()
    }
    line = request.POST.get("line", "")
    try:
        batch_start(
            batch_id=batch.pk, pin=request.POST.get("pin", ""), line=richtext.from_text(line), lines=own,
            actor=request.actor,
        )  # fmt: skip
    except (BadInput, WrongPin) as refusal:
        field = "pin" if isinstance(refusal, WrongPin) else "line"
        batch.refresh_from_db(fields=["line"])
        page = _page(request, batch, {field: f"{refusal.message} {refusal.remedy}"}) | {"line": line}
        return render(request, "files/batch_detail.html", page, status=refusal.status)
    return redirect("files:batch", batch_id)


@require_POST
@signed_in
def go_on(request: ActedRequest, batch_id: int) -> HttpResponse:
    """Every signature has come from the token or the provider: embed them."""
    batch_go_on(batch_id=batch_id, actor=request.actor)
    return redirect("files:batch", batch_id)


@require_POST
@signed_in
def stop(request: ActedRequest, batch_id: int) -> HttpResponse:
    """Begin nothing more."""
    batch_stop(batch_id=batch_id, actor=request.actor)
    return redirect("files:batch", batch_id)


@require_POST
@signed_in
def give_up(request: ActedRequest, batch_id: int) -> HttpResponse:
    """Put the list away; the files stay where they are."""
    batch_give_up(batch_id=batch_id, actor=request.actor)
    return redirect("files:to_sign")
