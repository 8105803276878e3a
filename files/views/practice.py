"""The practice page: open a practice file, write a note, send it to a colleague (R8)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput
from eoffice.core.pages import ActedRequest, signed_in
from files import queries
from files.forms import PracticeForm
from files.services.practice import practice_open

SHOWN = 20


@signed_in
@require_safe
def practice(request: ActedRequest) -> HttpResponse:
    """What is practised, how far one is, and one's practice files."""
    form = PracticeForm(initial={"subject": _("Practice: water supply to the district records room")})
    return _page(request, form)


@signed_in
@require_POST
def practice_new(request: ActedRequest) -> HttpResponse:
    """Open a practice file and go there."""
    form = PracticeForm(request.POST)
    if form.is_valid():
        try:
            file = practice_open(subject=form.cleaned_data["subject"], actor=request.actor)
        except BadInput as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, f"{refusal.message} {refusal.remedy}")
        else:
            messages.success(request, _("The practice file is open. Write a note, then send it to a colleague."))
            return redirect("files:detail", file.pk)
    return _page(request, form, status=400)


def _page(request: ActedRequest, form: PracticeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "verdict": access.check(request.actor, Action.FILE_OPEN, None),
        "files": list(queries.practice_files(request.actor)[:SHOWN]),
        "done": queries.practice_done(request.actor),
    }
    return render(request, "files/practice.html", context, status=status)
