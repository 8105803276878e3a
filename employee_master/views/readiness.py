"""Readiness: the board over all offices, one office's page, its ticks and nominations, the published checklist."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_readiness import ItemForm, NominationEndForm, NominationForm, TickForm
from employee_master.models import Nomination, NominationKind, ReadinessTick
from employee_master.queries.board import VIEWS, board, every_row, row_of, totals
from employee_master.queries.board_sheet import board_cells, board_headings, missing_cells, missing_headings
from employee_master.queries.exemption import exemptions_of
from employee_master.queries.readiness import Facts, Rollout, facts_of, items, rollout_of, vacant_posts
from employee_master.services.readiness import (
    nomination_end,
    nomination_enter,
    published,
    readiness_item_set,
    readiness_recount,
    readiness_tick,
    readiness_withdraw,
)
from employee_master.views.readiness_shown import NAMES_SHOWN, shown_items, tone
from employee_master.views.role import sheet
from employee_master.workflow.exemption import ExemptionState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store

EXEMPTIONS_SHOWN = 5
MOST_VACANT = 5000


@require_safe
@signed_in
def board_page(request: ActedRequest) -> HttpResponse:
    """All offices: stuck first, then the least ready."""
    _require_board(request)
    listed = items()
    asked = _asked(request)
    page = board(listed, q=asked["q"], view=asked["view"], after=request.GET.get("after", ""))
    older = request.GET.copy()
    older["after"] = page.after
    found = totals(listed)
    context = {
        "rows": [(row, tone_of_percent(row.percent)) for row in page.rows],
        "totals": found,
        "lines": [(line, tone(line.figure)) for line in found.lines],
        "older_url": f"?{older.urlencode()}" if page.after else "",
        "views": _view_names(),
        "may_count": access.check(request.actor, Action.READINESS_COUNT, None).allowed,
        "own_office_id": request.actor.office_id,
        **asked,
    }
    return render(request, "employee_master/readiness_board.html", context)


@require_safe
@signed_in
def export(request: ActedRequest, kind: str) -> HttpResponse:
    """The whole board as a sheet, narrowed as the page was."""
    _require_board(request)
    listed = items()
    rows = list(board_cells(every_row(listed, **_asked(request)), listed))
    return sheet(kind, rows, board_headings(listed), _("Readiness"), f"readiness-{clock.today().isoformat()}")


@require_POST
@signed_in
def recount(request: ActedRequest) -> HttpResponse:
    """Count all offices now."""
    counted = readiness_recount(actor=request.actor)
    messages.success(request, _("%(count)s offices were counted anew.") % {"count": counted})
    return redirect("employee_master:readiness_board")


@require_safe
@signed_in
def office(request: ActedRequest, office_id: int) -> HttpResponse:
    """One office, counted at this moment."""
    return _office_page(request, _rollout(request, office_id), TickForm())


@require_safe
@signed_in
def missing(request: ActedRequest, office_id: int, kind: str) -> HttpResponse:
    """Everybody in the office for whom something is missing, as a sheet."""
    rollout = _rollout(request, office_id)
    facts, listed = _facts(rollout), items()
    rows = list(missing_cells(facts, vacant_posts(facts, MOST_VACANT), listed))
    name = f"missing-{facts.office.code}-{clock.today().isoformat()}".lower()
    return sheet(kind, rows, missing_headings(listed), facts.office.code, name)


@require_POST
@signed_in
def tick(request: ActedRequest, office_id: int, code: str) -> HttpResponse:
    """Tick an item with evidence."""
    rollout = _rollout(request, office_id)
    # Asked first, so that nothing is stored for somebody who may not tick.
    access.require(request.actor, Action.READINESS_TICK, rollout)
    form = TickForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            upload = form.cleaned_data["upload"]
            document = document_store(content=upload, name=upload.name, kind="upload") if upload else None
            readiness_tick(
                office_id=office_id, code=code, note=form.cleaned_data["note"], document=document, actor=request.actor
            )
        except BadInput as refusal:
            _show(form, refusal, "note" if refusal.field == "note" else "upload")
        else:
            messages.success(request, _("Ticked, with its evidence."))
            return redirect("employee_master:readiness_office", office_id)
    return _office_page(request, rollout, form, code=code, status=400)


@require_POST
@signed_in
def withdraw(request: ActedRequest, tick_id: int) -> HttpResponse:
    """Take a tick back."""
    row = _tick(request, tick_id)
    try:
        readiness_withdraw(tick_id=row.pk, why=request.POST.get("why", ""), actor=request.actor)
    except BadInput as refusal:
        stands = _("The tick stands.")
        messages.error(request, f"{stands} {refusal.message} {refusal.remedy}")
    else:
        messages.success(request, _("The tick is withdrawn."))
    return redirect("employee_master:readiness_office", row.office_id)


@require_safe
@signed_in
def evidence(request: ActedRequest, tick_id: int) -> HttpResponse:
    """The paper of a tick, to save; a foreign file is never opened in the browser (design 11)."""
    document = _tick(request, tick_id).document
    if document is None:
        raise NotVisible
    answer = HttpResponse(document_bytes(document), content_type="application/octet-stream")
    name = content_disposition_header(as_attachment=True, filename=document.name)
    answer["Content-Disposition"] = name or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def nominate(request: ActedRequest, office_id: int) -> HttpResponse:
    """Enter who was nominated; below the form, who was before."""
    rollout = _rollout(request, office_id)
    verdict = access.check(request.actor, Action.READINESS_NOMINATE, rollout)
    if request.method == "POST":
        access.require(request.actor, Action.READINESS_NOMINATE, rollout)
    facts = _facts(rollout)
    initial = {"kind": NominationKind.NODAL_OFFICER, "from_on": clock.today()}
    form = NominationForm(request.POST or None, people=facts.people, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            nomination_enter(office_id=office_id, actor=request.actor, **form.cleaned_data)
        except BadInput as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The nomination is entered."))
            return redirect("employee_master:readiness_office", office_id)
    context = {
        "office": facts.office,
        "form": form,
        "verdict": verdict,
        "nominations": Nomination.objects.filter(office=office_id).select_related("employee"),
        "today": clock.today(),
    }
    return render(request, "employee_master/readiness_nominate.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def end_nomination(request: ActedRequest, nomination_id: int) -> HttpResponse:
    """End a nomination without a new one."""
    nomination = Nomination.objects.filter(pk=nomination_id).first()
    if nomination is None:
        raise NotVisible
    _rollout(request, nomination.office_id)
    form = NominationEndForm(request.POST)
    if form.is_valid():
        try:
            nomination_end(nomination_id=nomination_id, on=form.cleaned_data["on"], actor=request.actor)
        except BadInput as refusal:
            messages.error(request, f"{refusal.message} {refusal.remedy}")
        else:
            messages.success(request, _("The nomination has ended."))
    else:
        messages.error(request, _("Enter the last day of the nomination."))
    return redirect("employee_master:readiness_nominate", nomination.office_id)


@require_safe
@signed_in
def checklist(request: ActedRequest) -> HttpResponse:
    """The checklist as it is published: open to everybody."""
    may_publish = access.check(request.actor, Action.READINESS_PUBLISH, None).allowed
    listed = items()
    active = {item.code for item in listed}
    off = [item for item in items(every=True) if item.code not in active] if may_publish else []
    return render(
        request,
        "employee_master/readiness_items.html",
        {"listed": listed, "off": off, "may_publish": may_publish},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def item(request: ActedRequest, code: str) -> HttpResponse:
    """Adapt an item, or (code "new") add one of the instance's own."""
    access.require(request.actor, Action.READINESS_PUBLISH, None)
    every = {one.code: one for one in items(every=True)}
    known = every.get(code)
    if known is None and code != "new":
        raise NotVisible
    initial: dict[str, Any] = {}
    if known is not None:
        fields = ("code", "name_hi", "name_en", "help_hi", "help_en", "position")
        initial = {name: getattr(known, name) for name in fields}
        initial["is_active"] = code in {one.code for one in items()}
    form = ItemForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data | ({"code": code} if known is not None else {})
        try:
            readiness_item_set(actor=request.actor, **facts)
        except BadInput as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The checklist is published as it stands now."))
            return redirect("employee_master:readiness_items")
    context = {"form": form, "known": known, "is_published": known is not None and published(code)}
    return render(request, "employee_master/readiness_item.html", context, status=400 if form.errors else 200)


def tone_of_percent(percent: int) -> str:
    """The class of a bar over a share in percent."""
    if percent == 100:  # noqa: PLR2004
        return "meter--full"
    return "meter--low" if percent < 50 else ""  # noqa: PLR2004


def _asked(request: ActedRequest) -> dict[str, str]:
    view = request.GET.get("view", "")
    return {"q": request.GET.get("q", "").strip()[:100], "view": view if view in VIEWS else "all"}


def _view_names() -> list[tuple[str, str]]:
    names = (_("All"), _("Stuck"), _("Not ready"), _("Ready"), _("Exempted"))
    return list(zip(VIEWS, names, strict=True))


def _require_board(request: ActedRequest) -> None:
    """Whoever sees the readiness of the own office sees how all offices stand; it names nobody."""
    actor = request.actor
    office_id = None if actor.has_role(Role.SUPER_ADMIN) or actor.has_role(Role.AUDITOR) else actor.office_id
    access.require(actor, Action.READINESS_VIEW, rollout_of(office_id))


def _rollout(request: ActedRequest, office_id: int) -> Rollout:
    rollout = rollout_of(office_id)
    access.require(request.actor, Action.READINESS_VIEW, rollout)
    return rollout


def _facts(rollout: Rollout) -> Facts:
    assert rollout.office is not None
    return facts_of([rollout.office])[rollout.office.pk]


def _tick(request: ActedRequest, tick_id: int) -> ReadinessTick:
    row = ReadinessTick.objects.select_related("document").filter(pk=tick_id).first()
    if row is None or not access.check(request.actor, Action.READINESS_VIEW, rollout_of(row.office_id)).allowed:
        raise NotVisible
    return row


def _office_page(
    request: ActedRequest, rollout: Rollout, form: TickForm, *, code: str = "", status: int = 200
) -> HttpResponse:
    facts, listed = _facts(rollout), items()
    figures = facts.figures(listed)
    share = facts.share(figures)
    row = row_of(facts.office.pk, listed, facts.exemptions)
    shown = shown_items(facts, listed, vacant=vacant_posts(facts, NAMES_SHOWN), row=row)
    exemptions = list(exemptions_of(facts.office.pk)[:EXEMPTIONS_SHOWN])
    ahead = share.percent - row.percent if row is not None else 0
    context = {
        "office": facts.office,
        "share": share,
        "tone": tone_of_percent(share.percent),
        "items": shown,
        "people": len(facts.people),
        "form": form,
        "ticking": code,
        "tick": access.check(request.actor, Action.READINESS_TICK, rollout),
        "nominate": access.check(request.actor, Action.READINESS_NOMINATE, rollout),
        "yesterday": row.yesterday + ahead if row is not None and row.yesterday is not None else None,
        "week": row.week + ahead if row is not None and row.week is not None else None,
        "exempt_until": facts.exempt_whole,
        "exemptions": exemptions,
        "may_ask": not any(one.state in {ExemptionState.DRAFTED, ExemptionState.REQUESTED} for one in exemptions),
        "back_url": reverse("employee_master:readiness_board"),
    }
    return render(request, "employee_master/readiness_office.html", context, status=status)


def _show(form: Any, refusal: BadInput, fallback: str | None = None) -> None:
    names = {"employee": "code"} if "code" in form.fields else {}
    place = names.get(refusal.field, refusal.field)
    form.add_error(place if place in form.fields else fallback, f"{refusal.message} {refusal.remedy}")
