"""Who joins which post, who stands in for whom, who retires soon (R19)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_charges import JoiningForm, LinkForm
from employee_master.models import Charge, ChargeKind, Joining, Post
from employee_master.queries.relieving import (
    RETIREMENT_DAYS,
    joined_lately,
    joinings,
    links,
    offices_of,
    people_to_join,
    post_to_link,
    retiring,
    waiting_joinings,
)
from employee_master.services.joining import joining_enter, joining_try, joining_withdraw
from employee_master.services.link import link_end, link_name
from employee_master.views import relief_shown
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.core.templatetags.eoffice_ui import office_long_date


def waits_for(joining: Joining) -> str:
    """What keeps an order from taking effect, in words."""
    words = {
        "has_substantive": _("The officer is not relieved of the present post yet."),
        "post_taken": _("The post is still held by somebody else."),
        "post_abolished": _("The post no longer exists."),
        "has_this_charge": _("The officer holds this post already."),
        "has_left": _("The person has left."),
    }
    if joining.waits_for:
        return words.get(joining.waits_for, _("Something hinders it; try it here to see what."))
    return _("Its day has not come yet.") if joining.from_on > clock.today() else _("It takes effect tonight.")


@require_safe
@signed_in
def joining_list(request: ActedRequest) -> HttpResponse:
    """Orders that wait, with what they wait for, and who joined lately."""
    actor = request.actor
    relief_shown.require_master(actor)
    waiting = [(one, waits_for(one), access.check(actor, Action.JOINING_ENTER, one)) for one in waiting_joinings(actor)]
    context = {
        "waiting": waiting,
        "joined": joined_lately(actor),
        "today": clock.today(),
        "may_export": relief_shown.may_export(actor),
        "here": "joining",
    }
    return render(request, "employee_master/joining_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def joining_new(request: ActedRequest) -> HttpResponse:
    """The order to join; a relieving or a post may be named in the address, so that less is to be typed."""
    actor = request.actor
    relief_shown.require_master(actor)
    people = people_to_join(actor)
    if request.method == "POST":
        form = JoiningForm(request.POST, actor=actor, people=people)
        if form.is_valid() and (answer := _joined(request, form)) is not None:
            return answer
    else:
        form = JoiningForm(initial=_begin(request), actor=actor, people=people)
    context = {"form": form, "offices": offices_of(actor), "here": "joining"}
    return render(request, "employee_master/joining_form.html", context, status=400 if form.errors else 200)


def _begin(request: ActedRequest) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "") for name in ("employee", "post", "relieving")}
    found: dict[str, Any] = {name: int(value) for name, value in asked.items() if value.isdecimal()}
    return {"from_on": clock.today(), "order_on": clock.today(), **found}


def _joined(request: ActedRequest, form: JoiningForm) -> HttpResponse | None:
    """The page after the act; None when a field is to be put right."""
    given = form.cleaned_data
    try:
        joining = joining_enter(
            employee_id=given["employee"].pk,
            post_id=given["post"].pk,
            facts=form.facts(),
            relieving_id=given["relieving"],
            actor=request.actor,
        )
    except BadInput as refusal:
        form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        return None
    facts = {"person": named(joining.employee), "post": named(joining.post), "day": office_long_date(joining.from_on)}
    if joining.charge_id is not None:
        messages.success(request, _("%(person)s holds %(post)s from %(day)s.") % facts)
    else:
        messages.success(request, _("The order waits: %(person)s joins as %(post)s on %(day)s.") % facts)
    return redirect("employee_master:joining")


@require_POST
@signed_in
def joining_now(request: ActedRequest, pk: int) -> HttpResponse:
    """Try an order that waits; the refusal says what hinders it."""
    _joining_or_404(request, pk)
    joining = joining_try(joining_id=pk, actor=request.actor)
    messages.success(request, _("%(person)s has joined.") % {"person": named(joining.employee)})
    return redirect("employee_master:joining")


@require_POST
@signed_in
def joining_off(request: ActedRequest, pk: int) -> HttpResponse:
    _joining_or_404(request, pk)
    joining_withdraw(joining_id=pk, actor=request.actor)
    messages.info(request, _("The order is withdrawn."))
    return redirect("employee_master:joining")


def _joining_or_404(request: ActedRequest, pk: int) -> Joining:
    joining = joinings(request.actor).filter(pk=pk).first()
    if joining is None:
        raise NotVisible
    return joining


# Link officers


@require_safe
@signed_in
def link_list(request: ActedRequest) -> HttpResponse:
    """Who stands in for whom: of the office, for oneself, by oneself."""
    actor = request.actor
    rows = [(one, access.check(actor, Action.CHARGE_LINK, one)) for one in links(actor)]
    own = Post.objects.filter(pk=actor.post_id or 0).first()
    may_name = own is not None and access.check(actor, Action.CHARGE_LINK, _link_on(own)).allowed
    context = {
        "rows": rows,
        "own": own if may_name else None,
        "master": relief_shown.is_master(actor),
        "may_export": relief_shown.may_export(actor),
        "here": "link",
    }
    return render(request, "employee_master/link_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def link_new(request: ActedRequest, post_id: int) -> HttpResponse:
    """Name a link officer for a post: the holder for their own, the EMD manager for any of the office."""
    actor = request.actor
    post = post_to_link(actor, post_id)
    access.require(actor, Action.CHARGE_LINK, _link_on(post))
    form = LinkForm(request.POST if request.method == "POST" else None, post=post)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            link_name(
                post_id=post.pk,
                employee_id=given["employee"].pk,
                from_on=given["from_on"],
                to_on=given["to_on"],
                confidential=given["confidential"],
                order_number=given["order_number"],
                actor=actor,
            )
        except BadInput as refusal:
            form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        else:
            facts = {"person": named(given["employee"]), "post": named(post)}
            messages.success(request, _("%(person)s is link officer for %(post)s.") % facts)
            return redirect("employee_master:links")
    context = {"form": form, "post": post, "here": "link"}
    return render(request, "employee_master/link_form.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def link_off(request: ActedRequest, pk: int) -> HttpResponse:
    """The officer is back: the arrangement ends now."""
    if not links(request.actor).filter(pk=pk).exists():
        raise NotVisible
    link_end(charge_id=pk, actor=request.actor)
    messages.info(request, _("The arrangement has ended."))
    return redirect("employee_master:links")


def _link_on(post: Post) -> Charge:
    """What the rule on naming a link officer is asked about before anybody is chosen."""
    return Charge(post=post, kind=ChargeKind.LINK)


# Retirement


@require_safe
@signed_in
def retirement(request: ActedRequest) -> HttpResponse:
    """Who retires within 90 days, and whether the relieving is under way."""
    relief_shown.require_master(request.actor)
    people = retiring(request.actor)
    steps = [(days, sum(one.days <= days for one in people)) for days in RETIREMENT_DAYS]
    context = {
        "people": people,
        "steps": steps,
        "may_export": relief_shown.may_export(request.actor),
        "here": "retirement",
    }
    return render(request, "employee_master/retirement_list.html", context)
