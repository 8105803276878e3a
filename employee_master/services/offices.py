"""Offices: entered and corrected by the super admin; how to reach one, by its EMD manager."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Area, Office, OfficeKind, Post, Section
from employee_master.services.employee import post_words_write
from employee_master.services.marking import post_names
from employee_master.services.organisation import lock_tree
from employee_master.services.post_changes import has_made_names, number_in
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

CODE_LENGTH = 20
_HIGHEST_LATITUDE, _HIGHEST_LONGITUDE = 90, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeReach:
    """Where an office is and how it is reached."""

    district_en: str = ""
    district_hi: str = ""
    place_en: str = ""
    place_hi: str = ""
    area: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    address_en: str = ""
    address_hi: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What an office is: names, kind, its place in the tree, who heads it and who draws for it."""

    name_en: str
    name_hi: str
    kind: str = OfficeKind.OTHER
    short_hi: str = ""
    parent_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    head_post_id: int | None = None
    ddo_post_id: int | None = None


_LENGTHS = {
    "name_en": 200,
    "name_hi": 200,
    "short_hi": 40,
    "district_en": 80,
    "district_hi": 80,
    "place_en": 80,
    "place_hi": 80,
    "address_en": 300,
    "address_hi": 300,
    "phone": 40,
}
_NEEDED = ("name_en", "name_hi")


@transaction.atomic
def office_enter(*, code: str, facts: OfficeFacts, reach: OfficeReach, actor: Actor) -> Office:
    """Enter an office. Refuses a code that another has (`code_taken`), and what `office_correct` refuses."""
    lock_tree()
    office = Office(code=clean_code(code))
    access.require(actor, Action.OFFICE_ENTER, office)
    if Office.objects.filter(code__iexact=office.code).exists():
        raise code_taken(office.code)
    _apply(office, facts)
    _apply(office, reach)
    _refuse_impossible(office)
    office.save()
    record_event(action=Action.OFFICE_ENTER, subject=office, actor=actor, data=_codes(office) | {"new": True})
    return office


@transaction.atomic
def office_correct(*, office_id: int, facts: OfficeFacts, actor: Actor) -> Office:
    """Correct what an office is. Names of posts that were made from the office's name follow it.

    Refuses: an office above that lies below (`office_circle`), a head or drawing officer that is abolished
    (`post_abolished`) or sits neither in the office nor above it (`foreign_post`), a last day while sections, posts
    or offices below are still there (`office_in_use`).
    """
    lock_tree()
    office = _locked(office_id)
    access.require(actor, Action.OFFICE_ENTER, office)
    made = [
        post
        for post in Post.objects.filter(office=office, section=None, is_active=True).select_related(
            "office", "section", "designation"
        )
        if has_made_names(post)
    ]
    changed = _apply(office, facts)
    _refuse_impossible(office)
    office.save()
    if {"name_en", "name_hi"} & set(changed):
        _follow(office, made)
    record_event(
        action=Action.OFFICE_ENTER, subject=office, actor=actor, data=_codes(office) | {"changed": sorted(changed)}
    )
    return office


@transaction.atomic
def office_reach(*, office_id: int, reach: OfficeReach, actor: Actor) -> Office:
    """Correct address, telephone, e-mail and place of an office; its EMD manager may."""
    office = _locked(office_id)
    access.require(actor, Action.OFFICE_CORRECT, office)
    changed = _apply(office, reach)
    _refuse_impossible(office)
    office.save()
    record_event(action=Action.OFFICE_CORRECT, subject=office, actor=actor, data={"changed": sorted(changed)})
    return office


def clean_code(code: str) -> str:
    """A code as it stands in markings and numbers: capital letters, digits, dashes."""
    text = clean_line(code, field="code", limit=CODE_LENGTH).upper()
    if any(not (sign.isalnum() or sign in "-/.") for sign in text):
        raise BadInput(
            "bad_code",
            _("A code has letters, digits and dashes only."),
            _("Write it as GAD or GAD-3."),
            field="code",
        )
    return text


def code_taken(code: str) -> WrongState:
    return WrongState(
        "code_taken",
        _("The code %(code)s is or was another's.") % {"code": code},
        _("Codes stand in numbers of files and letters, so none is ever given twice. Choose another one."),
    )


def _locked(office_id: int) -> Office:
    office = Office.objects.select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    return office


def _apply(office: Office, facts: OfficeFacts | OfficeReach) -> list[str]:
    """Set the facts, cleaned; the names of those that changed."""
    changed = []
    for field in fields(facts):
        value: Any = getattr(facts, field.name)
        if isinstance(value, str) and field.name in _LENGTHS:
            value = clean_line(value, field=field.name, limit=_LENGTHS[field.name], required=field.name in _NEEDED)
        if getattr(office, field.name) != value:
            setattr(office, field.name, value)
            changed.append(field.name)
    return changed


def _codes(office: Office) -> dict[str, Any]:
    """What the ledger may know of an office: ids and codes."""
    return {
        "code": office.code,
        "kind": str(office.kind),
        "parent": office.parent_id,
        "head_post": office.head_post_id,
        "ddo_post": office.ddo_post_id,
    }


def _refuse_impossible(office: Office) -> None:
    _refuse_unknown_kinds(office)
    _refuse_bad_reach(office)
    _refuse_circle(office)
    if office.from_on is not None and office.to_on is not None and office.to_on < office.from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )
    if office.to_on is not None and office.pk is not None:
        _refuse_in_use(office)
    for name in ("head_post", "ddo_post"):
        _refuse_foreign(office, name)


def _refuse_unknown_kinds(office: Office) -> None:
    if office.kind not in OfficeKind.values or office.area not in ("", *Area.values):
        raise BadInput("unknown_kind", _("This kind is not known."), _("Choose one of the list."), field="kind")


def _refuse_bad_reach(office: Office) -> None:
    pair = (office.latitude, office.longitude)
    if (pair[0] is None) != (pair[1] is None):
        raise BadInput(
            "half_a_location",
            _("A location needs latitude and longitude."),
            _("Enter both, or leave both empty."),
            field="latitude" if pair[0] is None else "longitude",
        )
    for value, limit, field in ((pair[0], _HIGHEST_LATITUDE, "latitude"), (pair[1], _HIGHEST_LONGITUDE, "longitude")):
        if value is not None and abs(value) > limit:
            raise BadInput(
                "no_such_place",
                _("Degrees lie between -%(limit)s and %(limit)s.") % {"limit": limit},
                _("Write it in degrees, as 26.846700."),
                field=field,
            )
    if office.email:
        try:
            validate_email(office.email)
        except ValidationError as error:
            raise BadInput(
                "bad_address",
                _("This is not an e-mail address."),
                _("Write it as name@department.gov.in."),
                field="email",
            ) from error


def _refuse_circle(office: Office) -> None:
    above, seen = office.parent, {office.pk}
    while above is not None:
        if above.pk in seen:
            raise WrongState(
                "office_circle",
                _("%(office)s lies below %(other)s already.")
                % {"office": named(office.parent), "other": named(office)},
                _("Choose another office above it."),
            )
        seen.add(above.pk)
        above = above.parent


def _refuse_in_use(office: Office) -> None:
    today = clock.today()
    sections = Section.objects.filter(office=office).exclude(to_on__lt=today)
    below = Office.objects.filter(parent=office).exclude(to_on__lt=today)
    for rows in (Post.objects.filter(office=office, is_active=True), sections, below):
        first = rows.first()
        if first is not None:
            raise WrongState(
                "office_in_use",
                _("%(office)s can't be closed: %(thing)s is still there.") % {"office": named(office), "thing": first},
                _("Move or close its posts, sections and offices first."),
            )


def _refuse_foreign(office: Office, name: str) -> None:
    post: Post | None = getattr(office, name)
    if post is None:
        return
    if not post.is_active:
        raise WrongState(
            "post_abolished",
            _("The post %(marking)s no longer exists.") % {"marking": post.marking},
            _("Choose another post."),
        )
    around, above = {office.pk}, office.parent
    while above is not None:
        around.add(above.pk)
        above = above.parent
    if post.office_id not in around:
        raise BadInput(
            "foreign_post",
            _("%(marking)s sits neither in this office nor in one above it.") % {"marking": post.marking},
            _("Choose a post of the office, or of an office above."),
            field=name,
        )


def _follow(office: Office, posts: list[Post]) -> None:
    """Names made of the office's name are made anew."""
    for post in posts:
        post.name_en, post.name_hi = post_names(
            designation=post.designation, office=office, section=None, number=number_in(post, post.marking)
        )
    Post.objects.bulk_update(posts, ["name_en", "name_hi"], batch_size=500)
    post_words_write(posts)
