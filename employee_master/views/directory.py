"""The directory of posts and people: read only."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from employee_master.forms import DirectoryForm
from employee_master.middleware import ActingRequest
from employee_master.queries.directory import directory, offices
from eoffice.core.pages import signed_in


@require_safe
@signed_in
def people(request: ActingRequest) -> HttpResponse:
    """One office, its own unless another is chosen; or what was searched for in all offices."""
    form = DirectoryForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    every = list(offices())
    code = form.cleaned_data.get("office", "")
    own = request.actor.office_id if request.actor else None
    office = next((one for one in every if one.code == code), None)
    if office is None and not q:
        office = next((one for one in every if one.pk == own), every[0] if every else None)
    facts = {"form": form, "q": q, "offices": every, "office": office, "directory": directory(office=office, q=q)}
    return render(request, "employee_master/people.html", facts)
