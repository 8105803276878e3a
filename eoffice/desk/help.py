"""Short help pages, one a procedure (R24): words and steps in both languages, open to everybody.

A page is a pair of templates, `desk/help/<slug>.hi.html` and `.en.html`; they hold prose, which an officer corrects
there, and not in the catalogue of messages.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eoffice.core.errors import NotVisible, Text


@dataclass(frozen=True, slots=True)
class Topic:
    """A procedure with a help page; `page` is the name of the address where it is done, if everybody may go there."""

    slug: str
    title: Text
    page: str = ""


TOPICS = (
    Topic("staff-import", _("Staff import: from a sheet to people who can work")),
    Topic("change-request", _("Change request: correcting master data with evidence")),
    Topic("joining-and-relieving", _("Joining and relieving")),
    Topic("link-officer", _("Link officer: somebody stands in for you")),
    Topic("vacant-desks", _("Vacant desks: what happens to work without a holder")),
    Topic("access-review", _("Access review: who has which role")),
    Topic("readiness", _("Readiness: is the office ready to work")),
    Topic("exemption", _("Exemption: when an office can't comply yet")),
    Topic("second-factor", _("Second factor: signing in more safely")),
    Topic("practice", _("Practice: trying it without harm"), "files:practice"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All topics."""
    return _page(request, "desk/help_index.html", {"topics": TOPICS})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One topic in the reader's language."""
    found = next((one for one in TOPICS if one.slug == slug), None)
    if found is None:
        raise NotVisible
    language = "hi" if (get_language() or "").startswith("hi") else "en"
    body = f"desk/help/{found.slug}.{language}.html"
    return _page(request, "desk/help.html", {"topic": found, "body": body, "topics": TOPICS})


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """Within the frame for somebody signed in; on the public frame for others, who may need help to get in."""
    signed_in = getattr(request, "actor", None) is not None
    parent = "base.html" if signed_in else "base_public.html"
    return render(request, template, {**context, "parent": parent, "signed_in": signed_in})
