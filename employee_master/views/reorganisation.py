"""Re-organisations: prepared, looked at in advance, agreed to, withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from employee_master.forms_reorganisation import (
    ReorganisationChoiceForm,
    ReorganisationForm,
    takes_another_office,
)
from employee_master.models import Office, Post, Reorganisation, ReorganisationKind, Section
from employee_master.queries import organisation as queries
from employee_master.queries.reorganisations import PAGE, visible_reorganisations
from employee_master.services import reorganisation_apply, reorganisation_prepare, reorganisation_withdraw
from employee_master.services.reorganising.drawing import draw
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out
from employee_master.views.offices import keeps_lists, office_or_404
from employee_master.workflow.reorganisation import ReorganisationState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.export import Cell
from eoffice.core.pages import ActedRequest, signed_in

MOST_EXPORTED = 5000
OPEN = (ReorganisationState.PREPARED, ReorganisationState.AGREED)


def reorganisation_or_404(actor: Actor, pk: int) -> Reorganisation:
    row = visible_reorganisations(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


@require_safe
@signed_in
def reorganisations(request: ActedRequest) -> HttpResponse:
    """Those that the reader prepares or agrees to, newest first."""
    rows = visible_reorganisations(request.actor)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE + 1])
    own = request.actor.office_id
    office = Office.objects.filter(pk=own).first() if own is not None else None
    facts = {
        "rows": page[:PAGE],
        "more_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "office": office,
        "prepare": access.check(request.actor, Action.REORGANISATION_PREPARE, office or Office()),
        "may_export": keeps_lists(request.actor),
    }
    return render(request, "employee_master/reorganisation_list.html", facts)


@require_safe
@signed_in
def reorganisations_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The list as a sheet."""
    headings = [
        _("What"), _("Office"), _("Section"), _("Into"), _("Order number"), _("Date of the order"),
        _("With effect from"), _("State"), _("Prepared by"), _("Agreed by"), _("Carried out"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            row.get_kind_display(),
            row.office.code,
            row.section.code if row.section else "",
            row.into.code if row.into else row.to_office.code if row.to_office else "",
            row.order_number,
            row.order_on,
            row.on,
            row.get_state_display(),
            row.made_by.code,
            row.decided_by.code if row.decided_by else "",
            row.applied_at,
        ]
        for row in visible_reorganisations(request.actor)[:MOST_EXPORTED]
    ]
    return exported(
        actor=request.actor,
        kind=kind,
        name="reorganisations",
        title=_("Re-organisations"),
        headings=headings,
        rows=rows,
    )


@signed_in
def reorganisation_new(request: ActedRequest, office_id: int) -> HttpResponse:
    """First what and where; then the order, and the lot of each post."""
    office = office_or_404(office_id)
    access.require(request.actor, Action.REORGANISATION_PREPARE, office)
    asked = ReorganisationChoiceForm(
        request.GET if "kind" in request.GET else None,
        sections=queries.open_sections(office.pk),
        offices=queries.open_offices().exclude(pk=office.pk),
        initial={"section": request.GET.get("section")},
    )
    if not asked.is_bound or not asked.is_valid():
        facts = {"form": asked, "office": office}
        status = 400 if asked.errors else 200
        return render(request, "employee_master/reorganisation_new.html", facts, status=status)
    chosen = asked.cleaned_data
    kind = ReorganisationKind(chosen["kind"])
    section = Section.objects.filter(pk=chosen["section"]).first() if chosen["section"] else None
    target = _target(office, kind, chosen["to_office"])
    form = _detail_form(request, office, kind, section, target)
    prepared = carried_out(
        request,
        form,
        lambda _sent: reorganisation_prepare(
            kind=kind,
            office_id=office.pk,
            section_id=section.pk if section else None,
            to_office_id=target.pk if target.pk != office.pk else None,
            actor=request.actor,
            **form.sent_facts(),
        ),
    )
    if prepared is not None:
        messages.success(request, _("Prepared. Look at what would change; somebody else agrees to it."))
        return redirect("employee_master:reorganisation", prepared.pk)
    facts = {
        "form": form,
        "office": office,
        "kind": kind,
        "section": section,
        "target": target,
        "back": f"{reverse('employee_master:reorganisation_new', args=[office.pk])}?"
        + urlencode({"section": section.pk} if section else {}),
    }
    status = getattr(form, "refused_status", 400) if form.errors else 200
    return render(request, "employee_master/reorganisation_form.html", facts, status=status)


def _target(office: Office, kind: ReorganisationKind, to_office_id: int | None) -> Office:
    other = Office.objects.filter(pk=to_office_id).first() if to_office_id else None
    return other if other is not None and takes_another_office(kind) else office


def _detail_form(
    request: ActedRequest, office: Office, kind: ReorganisationKind, section: Section | None, target: Office
) -> ReorganisationForm:
    posts = queries.posts_to_choose(office.pk).filter(section=section)
    # Whoever takes over: of the same section, an officer, or one who receives or has others below where it goes.
    lasting = Q(section=None) | Q(receives_for__isnull=False) | Q(subordinates__isnull=False) | Q(section=section)
    successors = queries.posts_to_choose(office.pk, target.pk).filter(lasting).distinct()
    return ReorganisationForm(
        request.POST or None,
        kind=kind,
        section=section,
        target_office=target,
        sections=queries.open_sections(target.pk),
        posts=posts,
        successors=successors,
        superiors=queries.posts_to_choose(target.pk),
        initial={"order_on": clock.today(), "on": clock.today()},
    )


@require_safe
@signed_in
def reorganisation(request: ActedRequest, pk: int) -> HttpResponse:
    """What would change, as things stand now; or what was changed."""
    row = reorganisation_or_404(request.actor, pk)
    is_open = row.state in OPEN
    facts = {
        "row": row,
        "drawn": draw(row) if is_open else None,
        "is_open": is_open,
        "moved": _moved(row),
        "ahead": row.on > clock.today(),
        "apply": access.check(request.actor, Action.REORGANISATION_APPLY, row),
        "withdraw": access.check(request.actor, Action.REORGANISATION_WITHDRAW, row),
    }
    return render(request, "employee_master/reorganisation_page.html", facts)


def _moved(row: Reorganisation) -> list[tuple[Post, str, str]]:
    """The posts whose marking was changed, with the former and the new one."""
    lines = row.done.get("posts", [])
    posts = Post.objects.in_bulk([line["post"] for line in lines])
    return [(posts[line["post"]], line["from"], line["to"]) for line in lines]


@require_POST
@signed_in
def reorganisation_agreed(request: ActedRequest, pk: int) -> HttpResponse:
    """Agree, and carry it out if its day has come."""
    row = reorganisation_or_404(request.actor, pk)
    done = reorganisation_apply(reorganisation_id=row.pk, actor=request.actor)
    if done.state == ReorganisationState.AGREED:
        messages.success(request, _("Agreed. It is carried out in the night before its day."))
    else:
        messages.success(request, _("Carried out: %(kind)s.") % {"kind": done.get_kind_display()})
    return redirect("employee_master:reorganisation", row.pk)


@require_POST
@signed_in
def reorganisation_withdrawn(request: ActedRequest, pk: int) -> HttpResponse:
    """Withdraw what was not carried out."""
    row = reorganisation_or_404(request.actor, pk)
    reorganisation_withdraw(reorganisation_id=row.pk, actor=request.actor)
    messages.success(request, _("Withdrawn: nothing of it is done."))
    return redirect("employee_master:reorganisations")
