"""Acts that move a copy: mark, forward, return, pull back, note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dak.forms import RemarksForm, SendForm, put_error
from dak.models import ReceiptCopy
from dak.queries import copies_of, receipt_or_404
from dak.services import receipt_forward, receipt_mark, receipt_note, receipt_pull_back, receipt_return
from employee_master.models import Post, Section
from employee_master.queries import posts_to_send_to, receiving_post
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

CHOSEN_LIMIT = 60


def _copy_or_404(actor: Actor, pk: int) -> ReceiptCopy:
    """The copy, if the actor may open its receipt."""
    receipt_id = ReceiptCopy.objects.filter(pk=pk).values_list("receipt_id", flat=True).first()
    if receipt_id is None:
        raise NotVisible
    return next(copy for copy in copies_of(receipt_or_404(actor, receipt_id)) if copy.pk == pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mark(request: ActedRequest, pk: int) -> HttpResponse:
    """Mark to one post for action and to others for information."""
    return _send(request, _copy_or_404(request.actor, pk), Action.RECEIPT_MARK)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def forward(request: ActedRequest, pk: int) -> HttpResponse:
    """Send the copy on to one post."""
    return _send(request, _copy_or_404(request.actor, pk), Action.RECEIPT_FORWARD)


def _send(request: ActedRequest, copy: ReceiptCopy, action: Action) -> HttpResponse:
    """Form and act in one: the button "Find" brings the form back with more posts and keeps what was entered."""
    access.require(request.actor, action, copy)
    form = SendForm(request.POST or None)
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        try:
            to = _receiver(form)
            words = {"remarks": form.cleaned_data["remarks"], "due_on": form.cleaned_data["due_on"]}
            if action == Action.RECEIPT_MARK:
                others = list(Post.objects.filter(pk__in=_numbers(request, "information")[:CHOSEN_LIMIT]))
                receipt_mark(copy_id=copy.pk, to=to, information=others, actor=request.actor, **words)
            else:
                receipt_forward(copy_id=copy.pk, to=to, actor=request.actor, **words)
        except BadInput as error:
            put_error(form, error)
        else:
            messages.success(request, _("Sent to %(post)s.") % {"post": named(to)})
            return redirect("dak:receipt", pk=copy.receipt_id)
    context = _send_context(request, copy, form, marking=action == Action.RECEIPT_MARK)
    wrong = request.method == "POST" and "find" not in request.POST
    return render(request, "dak/send_form.html", context, status=400 if wrong else 200)


def _receiver(form: SendForm) -> Post:
    """The chosen post, or the receiving post of the chosen section."""
    post_id, section_id = form.cleaned_data["to"], form.cleaned_data["section"]
    if post_id is not None:
        post = Post.objects.filter(pk=post_id).first()
    elif section_id is not None:
        section = Section.objects.select_related("receiving_post").filter(pk=section_id).first()
        post = receiving_post(section) if section else None
    else:
        post = None
    if post is None:
        raise BadInput(
            "no_receiver", _("Nobody is chosen."), _("Choose a section, or a post of the list below."), field="to"
        )
    return post


def _send_context(request: ActedRequest, copy: ReceiptCopy, form: SendForm, *, marking: bool) -> dict[str, Any]:
    words = request.POST.get("q", "")[:100]
    others = _numbers(request, "information")
    chosen = next(iter(_numbers(request, "to")), None)
    found = posts_to_send_to(request.actor, words)
    missing = {pk for pk in (*others, chosen) if pk is not None} - {post.pk for post in found}
    kept = list(Post.objects.filter(pk__in=list(missing)[:CHOSEN_LIMIT], is_active=True)) if missing else []
    next_up = next(iter(request.actor.superior_post_ids), None)
    if chosen is None and not marking and not request.POST and found and found[0].pk == next_up:
        chosen = found[0].pk
    sections = Section.objects.filter(receiving_post__isnull=False).select_related("receiving_post", "office")
    return {
        "copy": copy,
        "receipt": copy.receipt,
        "form": form,
        "marking": marking,
        "posts": [*kept, *found],
        "chosen": chosen,
        "others": others,
        "sections": sections if marking else [],
        "section": next(iter(_numbers(request, "section")), None),
        "words": words,
    }


def _numbers(request: ActedRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if text.isdecimal() and len(text) <= 18]  # noqa: PLR2004


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def send_back(request: ActedRequest, pk: int) -> HttpResponse:
    """Return the copy to where it came from, saying why."""
    copy = _copy_or_404(request.actor, pk)
    access.require(request.actor, Action.RECEIPT_RETURN, copy)
    form = RemarksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            receipt_return(copy_id=pk, remarks=form.cleaned_data["remarks"], actor=request.actor)
        except BadInput as error:
            put_error(form, error)
        else:
            messages.success(request, _("Returned to %(post)s.") % {"post": named(copy.came_from)})
            return redirect("dak:receipt", pk=copy.receipt_id)
    context = {"copy": copy, "receipt": copy.receipt, "form": form}
    return render(request, "dak/return_form.html", context, status=400 if form.errors else 200)


def _at_once(request: ActedRequest, pk: int, act: Callable[..., ReceiptCopy], said: str) -> HttpResponse:
    copy = _copy_or_404(request.actor, pk)
    act(copy_id=pk, actor=request.actor)
    messages.success(request, said)
    return redirect("dak:receipt", pk=copy.receipt_id)


@require_POST
@signed_in
def pull_back(request: ActedRequest, pk: int) -> HttpResponse:
    return _at_once(request, pk, receipt_pull_back, _("Pulled back; it lies on your desk again."))


@require_POST
@signed_in
def note(request: ActedRequest, pk: int) -> HttpResponse:
    return _at_once(request, pk, receipt_note, _("Noted; it is off your desk."))
