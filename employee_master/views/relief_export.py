"""The lists of joining and relieving as sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from employee_master.models import Charge, Post
from employee_master.queries.relieving import (
    awaiting_posting,
    done_relievings,
    joined_lately,
    links,
    open_relievings,
    retiring,
    waiting_joinings,
)
from employee_master.queries.vacant import vacant_desks
from employee_master.views.export import exported
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, Text
from eoffice.core.export import Cell
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

Table = tuple[Text, Sequence[Text], list[list[Cell]]]


@require_safe
@signed_in
def sheet(request: ActedRequest, which: str, kind: str) -> HttpResponse:
    """One of the lists, as it stands now; the taking is on record."""
    if which not in _LISTS:
        raise NotVisible
    title, headings, rows = _LISTS[which](request.actor)
    return exported(actor=request.actor, kind=kind, name=which, title=title, headings=headings, rows=rows)


def _relievings(actor: Actor) -> Table:
    headings = [_("Officer"), _("Employee code"), _("Post"), _("Reason"), _("Order number"), _("Last day"), _("State")]
    rows: list[list[Cell]] = [
        [
            named(one.charge.employee), one.charge.employee.code, one.charge.post.marking, named(one.reason),
            one.order_number, one.on, one.get_state_display(),
        ]
        for one in [*open_relievings(actor), *done_relievings(actor)]
    ]  # fmt: skip
    return _("Relieving"), headings, rows


def _awaiting(actor: Actor) -> Table:
    headings = [_("Officer"), _("Employee code"), _("Last post"), _("Since"), _("Joins")]
    rows: list[list[Cell]] = [
        [
            named(one.employee), one.employee.code, _marking(one.last), one.since,
            one.joining.post.marking if one.joining else None,
        ]
        for one in awaiting_posting(actor)
    ]  # fmt: skip
    return _("Awaiting posting order"), headings, rows


def _retiring(actor: Actor) -> Table:
    headings = [_("Officer"), _("Employee code"), _("Post"), _("Retires on"), _("Days")]
    rows: list[list[Cell]] = [
        [
            named(one.employee), one.employee.code, ", ".join(charge.post.marking for charge in one.charges),
            one.employee.superannuates_on, one.days,
        ]
        for one in retiring(actor)
    ]  # fmt: skip
    return _("Retiring soon"), headings, rows


def _joinings(actor: Actor) -> Table:
    headings = [_("Officer"), _("Employee code"), _("Post"), _("Charge"), _("From day"), _("Order number"), _("State")]
    rows: list[list[Cell]] = [
        [
            named(one.employee), one.employee.code, one.post.marking, one.get_kind_display(), one.from_on,
            one.order_number, one.get_state_display(),
        ]
        for one in [*waiting_joinings(actor), *joined_lately(actor)]
    ]  # fmt: skip
    return _("Joining"), headings, rows


def _links(actor: Actor) -> Table:
    headings = [_("Link officer"), _("Employee code"), _("For the post"), _("From day"), _("Until")]
    rows: list[list[Cell]] = [
        [named(one.employee), one.employee.code, one.post.marking, one.from_on, one.to_on] for one in links(actor)
    ]
    return _("Link officers"), headings, rows


def _vacant(actor: Actor) -> Table:
    headings = [_("Post"), _("Marking"), _("Things"), _("Vacant since"), _("Would go to")]
    rows: list[list[Cell]] = [
        [named(desk.post), desk.post.marking, desk.count, desk.since, _marking_of(desk.to)]
        for desk in vacant_desks(actor)
    ]
    return _("Vacant desks"), headings, rows


def _marking(charge: Charge | None) -> str | None:
    return charge.post.marking if charge else None


def _marking_of(post: Post | None) -> str | None:
    return post.marking if post else None


_LISTS: dict[str, Callable[[Actor], Table]] = {
    "relieving": _relievings,
    "awaiting": _awaiting,
    "retirement": _retiring,
    "joining": _joinings,
    "links": _links,
    "vacant": _vacant,
}
