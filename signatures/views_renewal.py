"""What will need a new archive stamp in the next twelve months: a page for the super admin, and the same as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from employee_master.views.export import export_response
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.export import Cell
from eoffice.core.pages import ActedRequest, signed_in
from signatures import queries_archive
from signatures.engine.algorithms import SOURCE
from signatures.queries_archive import AHEAD, MARGIN

_LIST = 100


@require_safe
@signed_in
def renewals(request: ActedRequest) -> HttpResponse:
    """Groups by authority and end, the papers that end first, and what still waits for its first archive stamp."""
    access.require(request.actor, Action.SIGNING_RULE, None)  # who sets how papers are signed looks after their future
    ending = queries_archive.terms_ending()
    context = {
        "groups": queries_archive.renewal_groups(),
        "terms": ending[:_LIST],
        "ending": ending.count(),
        "due": queries_archive.terms_due(rested=False).count(),
        "kept": queries_archive.open_terms().count(),
        "pending": queries_archive.pending_attempts().count(),
        "until": clock.now() + AHEAD,
        "margin": MARGIN.days,
        "source": SOURCE,
        "more": ending.count() > _LIST,
    }
    return render(request, "signatures/renewals.html", context)


@require_safe
@signed_in
def export(request: ActedRequest, kind: str) -> HttpResponse:
    """All of them as a sheet."""
    access.require(request.actor, Action.SIGNING_RULE, None)
    return export_response(
        kind=kind,
        name="renewals",
        title=_("Signatures to renew"),
        headings=[
            _("Reference number"), _("Signed on"), _("Stamped on"), _("Time authority"), _("Ends on"), _("Ended by"),
            _("Renewed so far"), _("Last try"),
        ],
        rows=_cells(AHEAD),
    )  # fmt: skip


def _cells(within: timedelta) -> Iterator[list[Cell]]:
    for term in queries_archive.terms_ending(within).iterator(chunk_size=500):
        attempt = term.revision.attempt
        yield [
            attempt.reference or f"{attempt.purpose} {attempt.subject_id}",
            clock.office_time(attempt.prepared_at).date(),
            clock.office_time(term.stamped_at).date(),
            term.authority,
            clock.office_time(term.ends_at).date(),
            str(term.why.label),
            term.revision.renewal,
            str(term.get_trouble_display()),
        ]
