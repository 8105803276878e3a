"""Vacant desks with things on them: moved now, or given to a link officer (R18)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_charges import HandOverForm
from employee_master.models import Post
from employee_master.queries.relieving import desk_items, grouped, hand_overs_of, post_to_hand_over
from employee_master.queries.vacant import vacant_desks
from employee_master.services.guard import desk_guard
from employee_master.services.hand_over import desk_hand_over
from employee_master.views import relief_shown
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in


@require_safe
@signed_in
def vacant(request: ActedRequest) -> HttpResponse:
    """Posts that nobody holds and that hold things: since when, how many, and where they would go."""
    relief_shown.require_master(request.actor)
    desks = [(desk, access.check(request.actor, Action.DESK_GUARD, desk.post)) for desk in vacant_desks(request.actor)]
    context = {
        "desks": desks,
        "due": sum(desk.is_due for desk, _verdict in desks),
        "unplaced": sum(desk.to is None for desk, _verdict in desks),
        "days": settings.VACANT_DESK_DAYS,
        "may_export": relief_shown.may_export(request.actor),
        "here": "vacant",
    }
    return render(request, "employee_master/vacant_list.html", context)


@require_POST
@signed_in
def move_now(request: ActedRequest, post_id: int) -> HttpResponse:
    """One click: the desk goes where the guard would take it."""
    post = post_to_hand_over(request.actor, post_id)
    sent = request.POST.get("to", "")
    to_post_id = int(sent) if sent.isdecimal() else 0
    count = desk_guard(post_id=post.pk, to_post_id=to_post_id, actor=request.actor)
    to = Post.objects.get(pk=to_post_id)
    messages.success(request, _("%(count)s things went to %(post)s.") % {"count": count, "post": named(to)})
    return redirect("employee_master:vacant")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def hand_over(request: ActedRequest, post_id: int) -> HttpResponse:
    """The desk of a post line by line, to be handed over as a whole or in part though nobody is relieved: absence."""
    actor = request.actor
    post = post_to_hand_over(actor, post_id)
    access.require(actor, Action.DESK_HAND_OVER, post)
    form = HandOverForm(request.POST if request.method == "POST" else None, post=post)
    if request.method == "POST" and form.is_valid():
        keys = request.POST.getlist("key") if request.POST.get("which") == "some" else None
        given = form.cleaned_data
        try:
            count = desk_hand_over(post_id=post.pk, to_post_id=given["to"].pk, keys=keys, why=given["why"], actor=actor)
        except BadInput as refusal:
            form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        else:
            facts = {"count": count, "post": named(given["to"])}
            messages.success(request, _("%(count)s things went to %(post)s.") % facts)
            return redirect("employee_master:hand_over", post.pk)
    context = {
        "post": post,
        "form": form,
        "groups": grouped(desk_items(post)),
        "past": hand_overs_of(post),
        "reads": actor.office_id == post.office_id,
        "here": "vacant",
    }
    return render(request, "employee_master/vacant_hand_over.html", context, status=400 if form.errors else 200)
