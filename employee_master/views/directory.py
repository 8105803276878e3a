"""The directory: an office's posts and people, and whoever is looked for while one types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from employee_master.forms import DirectoryForm
from employee_master.middleware import ActingRequest
from employee_master.models import Charge, Employee, Office, Post
from employee_master.queries import directory as seats
from employee_master.queries.people import Person
from employee_master.queries.search import Found, Place, people_found, posts_found
from employee_master.views.export import export_response, exported
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import NotVisible
from eoffice.core.names import named
from eoffice.core.pages import signed_in

EXPORTED_MOST = 20_000


@require_safe
@signed_in
def people(request: ActingRequest) -> HttpResponse:
    """One office, its own unless another is chosen; or what was searched for, in one office or in all."""
    assert request.actor is not None
    form, every, office, q = _asked(request)
    facts: dict[str, Any] = {"form": form, "q": q, "offices": every, "chosen": office}
    if q:
        facts |= _found(request, q, office)
    else:
        facts |= _office(request, office or _own(request, every))
    return render(request, "employee_master/people.html", facts)


def _asked(request: ActingRequest) -> tuple[DirectoryForm, list[Office], Office | None, str]:
    form = DirectoryForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    every = list(seats.offices())
    code = form.cleaned_data.get("office", "")
    return form, every, next((one for one in every if one.code == code), None), q


def _own(request: ActingRequest, every: list[Office]) -> Office | None:
    own = request.actor.office_id if request.actor else None
    return next((one for one in every if one.pk == own), every[0] if every else None)


def _office(request: ActingRequest, office: Office | None) -> dict[str, Any]:
    assert request.actor is not None
    if office is None:
        return {"office": None, "directory": seats.Directory()}
    keeps = access.check(request.actor, Action.MASTER_VIEW, office_thing(office))
    enters = access.check(request.actor, Action.EMPLOYEE_ENTER, office_thing(office))
    page = seats.directory(office, after=request.GET.get("after", ""), ready=keeps.allowed)
    more = urlencode({"office": office.code, "after": page.after}) if page.after else ""
    return {
        "office": office,
        "directory": page,
        "tally": seats.tally(office),
        "more_url": f"?{more}" if more else "",
        "keeps": keeps.allowed,
        "enters": enters,
        "export_query": urlencode({"office": office.code}),
    }


def _found(request: ActingRequest, q: str, office: Office | None) -> dict[str, Any]:
    asked = {"q": q} | ({"office": office.code} if office else {})
    people_after = Place.read(request.GET.get("people", ""))
    posts_after = Place.read(request.GET.get("posts", ""))
    # A further page of the one list leaves the other out.
    found: Found[Employee] = Found([], 0, None)
    posts: Found[Post] = Found([], 0, None)
    if posts_after is None:
        found = people_found(q, office=office, after=people_after)
    if people_after is None:
        posts = posts_found(q, office=office, after=posts_after)
    rows = seats.with_charges(Post.objects.filter(pk__in=[post.pk for post in posts.rows]))
    by_pk = {post.pk: post for post in rows}
    return {
        "people": found,
        "seats": seats.seats_of([by_pk[post.pk] for post in posts.rows]),
        "people_more": f"?{urlencode(asked | {'people': found.after.token()})}" if found.after else "",
        "posts_more": f"?{urlencode(asked | {'posts': posts.after.token()})}" if posts.after else "",
        "export_query": urlencode(asked),
    }


def office_thing(office: Office) -> Person:
    """An office as the rules of access want it: about nobody in particular."""
    return Person(office, None)


@require_safe
@signed_in
def export(request: ActingRequest, kind: str) -> HttpResponse:
    """What the page shows, as a sheet: names, posts and charges; no personal data."""
    _form, every, office, q = _asked(request)
    if q:
        found = people_found(q, office=office, limit=EXPORTED_MOST)
        headings = [_("Employee code"), _("Name in English"), _("Name in Hindi"), _("Marking"), _("Post"), _("Office")]
        rows = [row for person in found.rows for row in _person_rows(person)]
        return export_response(kind=kind, name="people", title=_("People"), headings=headings, rows=rows)
    office = office or _own(request, every)
    if office is None:
        raise NotVisible
    page = seats.directory(office, limit=EXPORTED_MOST)
    rows = [_seat_row(seat) for group in page.groups for seat in group.seats]
    return export_response(kind=kind, name="posts", title=office.code, headings=_seat_headings(), rows=rows)


@require_POST
@signed_in
def export_personal(request: ActingRequest, office_id: int, kind: str) -> HttpResponse:
    """The office's people with their personal data, for whoever keeps the master; the handing out is on record."""
    assert request.actor is not None
    office = Office.objects.filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    access.require(request.actor, Action.MASTER_EXPORT, office_thing(office))
    page = seats.directory(office, limit=EXPORTED_MOST)
    rows = [_seat_row(seat) + _personal(seat.holder) for group in page.groups for seat in group.seats]
    own = [_("E-mail"), _("Mobile"), _("Gender"), _("Date of birth"), _("First day in service"), _("Retirement on")]
    headings = [*_seat_headings(), *own]
    return exported(
        actor=request.actor, kind=kind, name="people", title=office.code, headings=headings, rows=rows,
        office_id=office.pk,
    )  # fmt: skip


def _person_rows(person: Employee) -> list[list[Any]]:
    charges: list[Charge] = getattr(person, "present", [])
    known = [person.code, person.name_en, person.name_hi]
    return [[*known, one.post.marking, named(one.post), one.post.office.code] for one in charges] or [
        [*known, "", "", ""]
    ]


def _seat_headings() -> list[str]:
    return [
        _("Section"), _("Marking"), _("Post"), _("Employee code"), _("Name in English"), _("Name in Hindi"),
        _("Charge"), _("Since"), _("Until"), _("Order"), _("Vacant since"), _("Link officer"),
    ]  # fmt: skip


def _seat_row(seat: seats.Seat) -> list[Any]:
    section, holder = seat.post.section, seat.holder
    person = holder.employee if holder else None
    return [
        named(section),
        seat.post.marking,
        named(seat.post),
        person.code if person else "",
        person.name_en if person else "",
        person.name_hi if person else "",
        str(holder.get_kind_display()) if holder else _("Vacant"),
        holder.from_on if holder else None,
        holder.to_on if holder else None,
        holder.order_number if holder else "",
        seat.vacant_since,
        named(seat.link.employee) if seat.link else "",
    ]


def _personal(holder: Charge | None) -> list[Any]:
    if holder is None:
        return [None] * 6
    person = holder.employee
    return [
        person.account.email if person.account else "",
        person.mobile,
        str(person.get_gender_display()),
        person.born_on,
        person.joined_on,
        person.superannuates_on,
    ]
