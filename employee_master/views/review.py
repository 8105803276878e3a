"""The quarterly access review: the board, one office's list, and recording it with one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from employee_master.models import Office
from employee_master.queries.accounts import Case
from employee_master.queries.reviews import (
    KIND_NAMES,
    Kind,
    Line,
    board,
    is_overdue,
    lines_of,
    offices_to_review,
    quarter_name,
    review_list,
    review_of,
    shown_hash,
    this_quarter,
)
from employee_master.services.review import review_record
from employee_master.views.again import freshly
from employee_master.views.role import sheet
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

# In the address, the review of the instance's own roles.
INSTANCE = 0


@require_safe
@signed_in
def reviews(request: ActedRequest) -> HttpResponse:
    """Where this quarter's reviews stand; for whoever has one office, its list at once."""
    actor = request.actor
    is_super = actor.has_role(Role.SUPER_ADMIN)
    offices = offices_to_review() if is_super else _own_offices(actor)
    if not is_super and len(offices) <= 1:
        access.require(actor, Action.ACCESS_REVIEW, Case(0, offices[0] if offices else None))
        return redirect("employee_master:review", office_id=offices[0].pk)
    rows = board(offices, with_instance=is_super)
    facts = {
        "rows": rows,
        "quarter": quarter_name(this_quarter()),
        "done": sum(row.review is not None for row in rows),
        "overdue": sum(row.overdue for row in rows),
    }
    return render(request, "employee_master/review_list.html", facts)


def _own_offices(actor: Actor) -> list[Office]:
    """The actor's own office, and those whose head the actor is."""
    headed = Q(head_post=actor.post_id) if actor.post_id is not None else Q(pk__in=[])
    found = Office.objects.filter(Q(pk=actor.office_id or 0) | headed).order_by("code")
    return [one for one in found if access.check(actor, Action.ACCESS_REVIEW, Case(0, one)).allowed]


@require_safe
@signed_in
def review(request: ActedRequest, office_id: int) -> HttpResponse:
    """The list of one office: what is ticked stays."""
    office = _office(request.actor, office_id)
    done = review_of(office, this_quarter())
    groups = review_list(office, actor=request.actor)
    facts = {
        "office": office,
        "office_id": office_id,
        "quarter": quarter_name(this_quarter()),
        "overdue": done is None and is_overdue(this_quarter()),
        "done": done,
        "groups": groups,
        "count": sum(line.kind != Kind.NO_FACTOR for line in lines_of(groups)),
        "shown": shown_hash(groups),
    }
    return render(request, "employee_master/review_detail.html", facts)


@require_POST
@signed_in
@freshly("employee_master:reviews")
def record(request: ActedRequest, office_id: int) -> HttpResponse:
    """Record the review. Where something is unticked, a page first says what will be ended."""
    office = _office(request.actor, office_id)
    shown = request.POST.get("shown", "")
    if "confirmed" in request.POST:
        ends = request.POST.getlist("end")
    else:
        stays = set(request.POST.getlist("stays"))
        groups = review_list(office, actor=request.actor)
        unticked = [line for line in lines_of(groups) if line.may_end and line.key not in stays]
        if unticked and shown == shown_hash(groups):
            return _confirmation(request, office_id, unticked, shown)
        ends = []
    done = review_record(office_id=office.pk if office else None, shown=shown, ends=ends, actor=request.actor)
    words = ngettext(
        "The review is recorded; %(count)s entry was ended.",
        "The review is recorded; %(count)s entries were ended.",
        done.ended,
    )
    messages.success(request, words % {"count": done.ended})
    return redirect("employee_master:review", office_id=office_id)


def _confirmation(request: ActedRequest, office_id: int, lines: list[Line], shown: str) -> HttpResponse:
    facts = {"office_id": office_id, "lines": lines, "shown": shown, "names": KIND_NAMES}
    return render(request, "employee_master/review_confirm.html", facts)


@require_safe
@signed_in
def export_review(request: ActedRequest, office_id: int, kind: str) -> HttpResponse:
    """The list as it stands now, as a sheet."""
    office = _office(request.actor, office_id)
    headings = [
        _("What"),
        _("Employee code"),
        _("Person"),
        _("Detail"),
        _("From the day"),
        _("Until"),
        _("Last sign-in"),
    ]
    rows = [_row(line) for line in lines_of(review_list(office, actor=request.actor))]
    name = f"access-review-{office_id or 'instance'}-{this_quarter().isoformat()}"
    return sheet(kind, rows, headings, _("Access review"), name)


def _row(line: Line) -> list[Any]:
    detail: Any = ""
    since = until = last = None
    if line.kind in {Kind.ROLE, Kind.LINK}:
        detail = line.role_name if line.kind == Kind.ROLE else line.thing.post.marking
        since, until = line.thing.from_on, line.thing.to_on
    else:
        detail, last = line.thing.email, line.thing.last_login
        until = line.employee.left_on
    return [KIND_NAMES[line.kind], line.employee.code, named(line.employee), detail, since, until, last]


def _office(actor: Actor, office_id: int) -> Office | None:
    """The office of the address; refused for anybody but its EMD manager, its head and the super admin."""
    office = None
    if office_id != INSTANCE:
        office = Office.objects.filter(pk=office_id).first()
        if office is None:
            raise NotVisible
    access.require(actor, Action.ACCESS_REVIEW, Case(0, office))
    return office
