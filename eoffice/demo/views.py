"""The demo's start page and the mail that it sent. Neither exists outside the demo profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from employee_master.models import Charge, Employee
from employee_master.queries import active_on
from employee_master.views.session import enter as sign_in
from eoffice.core import clock
from eoffice.demo import mailbox, people, staff_sheet
from eoffice.demo.cast import employee_code

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def demo_only(view: View[Rest]) -> View[Rest]:
    """A second lock: the addresses are not in the map of another profile, and would answer 404 if they were."""

    @wraps(view)
    def locked(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return locked


@require_safe
@never_cache
@demo_only
def start(request: HttpRequest) -> HttpResponse:
    """The cast, what each does in the main job, and one click to be that person."""
    rows = _cast()
    steps = [{"walk": walk, "row": rows.get(walk.person or "")} for walk in people.WALK]
    path = dict.fromkeys(walk.person for walk in people.WALK if walk.person)
    facts = {
        "steps": steps,
        "others": [row for key, row in rows.items() if key not in path],
        "signers": [row for row in rows.values() if row["person"].pin],
        "password": people.PASSWORD,
        "manager": rows.get("emd_manager_dse"),
        "head": rows.get("director_dse"),
    }
    return render(request, "demo/start.html", facts)


@require_safe
@demo_only
def sheet(_request: HttpRequest) -> HttpResponseBase:
    """The messy staff sheet of the directorate, for trying out the import."""
    return FileResponse(BytesIO(staff_sheet.messy_sheet()), as_attachment=True, filename=staff_sheet.NAME)


@require_POST
@demo_only
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast, without a password."""
    keys = {person.key for person in people.PEOPLE}
    key = request.POST.get("person", "")
    employee = Employee.objects.filter(code=employee_code(key)).first() if key in keys else None
    if employee is None or employee.account is None:
        raise Http404
    sign_in(request, employee.account)
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_safe
@never_cache
@demo_only
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mail_list.html", {"mails": mailbox.mails()})


@require_safe
@never_cache
@demo_only
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/mail_detail.html", {"mail": _mail(name)})


@require_safe
@demo_only
def mail_attachment(_request: HttpRequest, name: str, number: int) -> FileResponse:
    """Always a download: what somebody mailed is never shown as a page of this site."""
    attachment = next((part for part in _mail(name).attachments if part.number == number), None)
    if attachment is None:
        raise Http404
    return FileResponse(
        BytesIO(attachment.content),
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )


def _mail(name: str) -> mailbox.Mail:
    mail = mailbox.mail(name)
    if mail is None:
        raise Http404
    return mail


def _cast() -> dict[str, dict[str, Any]]:
    """The people with the post that they act on first; two queries."""
    employees = {row.code: row for row in Employee.objects.all()}
    charges = Charge.objects.filter(active_on(clock.today()), kind="substantive").select_related(
        "post__section", "post__office"
    )
    posts = {charge.employee_id: charge.post for charge in charges}
    rows = {}
    for person in people.PEOPLE:
        employee = employees.get(employee_code(person.key))
        if employee is not None:
            rows[person.key] = {"person": person, "employee": employee, "post": posts.get(employee.pk)}
    return rows
