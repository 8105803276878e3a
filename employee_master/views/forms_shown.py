"""A form, the act behind it, and what became of it: shared by the pages of the organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from eoffice.core.errors import BadInput, Text, WrongState
from eoffice.core.pages import ActedRequest

Done = TypeVar("Done")


def carried_out(request: ActedRequest, form: forms.Form, act: Callable[[dict[str, Any]], Done]) -> Done | None:
    """What the act gives for the valid form; None for a form that is only looked at, or was refused.

    A refusal of what was entered, or of the state that things are in, stands in the form; `refused_status` of the
    form keeps its code. Who may not at all gets the page of refusals.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except (BadInput, WrongState) as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, f"{refusal.message} {refusal.remedy}".strip())
        form.refused_status = refusal.status  # type: ignore[attr-defined]
        return None


def form_page(
    request: ActedRequest, form: forms.Form, *, title: Text, submit: Text, back: str, **more: Any
) -> HttpResponse:
    """The page of a single form (organisation_form.html); 400 or the refusal's status where it came back.

    `more`: `icon` of the button, `intro` (a sentence above), `subtitle`, `wide` (names of fields over the full width).
    """
    status = getattr(form, "refused_status", 400) if form.errors else 200
    facts = {"form": form, "title": title, "submit": submit, "back": back} | more
    return render(request, "employee_master/organisation_form.html", facts, status=status)
