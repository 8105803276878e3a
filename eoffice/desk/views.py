"""The pages of the desk: inbox, what was sent on, what is parked, search, histories for auditors."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dak.models import Priority
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.desk.queries import inbox as desk
from eoffice.desk.queries.search import found_receipts
from files import queries as files
from files.models import File
from signatures.queries import notice_for as signature_notice

FOUND = 30


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None  # noqa: PLR2004 - fits a bigint


@signed_in
def inbox(request: ActedRequest) -> HttpResponse:
    """What lies on the desk of the acting post, by due date."""
    asked = desk.Asked(
        kind=request.GET.get("kind", "") if request.GET.get("kind") in {"file", "receipt"} else "",
        words=request.GET.get("q", "")[:200],
        priority=request.GET.get("priority", "") if request.GET.get("priority") in Priority.values else "",
        from_post_id=_number(request.GET.get("from", "")),
        unread_only=request.GET.get("unread") == "1",
        after=request.GET.get("after", ""),
    )
    page = desk.inbox(request.actor.post_id, asked)
    older = request.GET.copy()
    older["after"] = page.after
    return render(
        request,
        "desk/inbox.html",
        {
            "asked": asked,
            "groups": _grouped(page.items),
            "older": older.urlencode() if page.after else "",
            "priorities": Priority.choices,
            "senders": desk.senders(request.actor.post_id),
            "today": clock.today(),
            "signature_notice": signature_notice(request.actor),
            "may_diarise": access.check(request.actor, Action.RECEIPT_DIARISE, None).allowed,
            "filtered": bool(asked.words or asked.priority or asked.from_post_id or asked.unread_only or asked.kind),
        },
    )


def _grouped(items: list[desk.Item]) -> list[tuple[str, str, list[desk.Item]]]:
    """Rows under the heads of the register, in the order in which they come."""
    heads = {"over": _("Overdue"), "today": _("Due today"), "week": _("Due this week"), "later": _("Later")}
    heads["practice"] = _("Practice: counts nowhere")
    return [
        (name, head, rows) for name, head in heads.items() if (rows := [item for item in items if item.group == name])
    ]


@signed_in
def awaiting(request: ActedRequest) -> HttpResponse:
    """Files that this post sent on last and that are still out."""
    rows = files.awaiting_files(request.actor).order_by("-held_since")[:FOUND]
    return render(request, "desk/files.html", {"title": _("Sent, awaiting return"), "files": rows, "shows": "holder"})


@signed_in
def parked(request: ActedRequest) -> HttpResponse:
    """Files that wait on this desk, with the day and the reason."""
    rows = files.parked_files(request.actor.post_id, practice=None).order_by("parked_until", "pk")[:FOUND]
    return render(request, "desk/files.html", {"title": _("Parked"), "files": rows, "shows": "parked"})


@signed_in
def search(request: ActedRequest) -> HttpResponse:
    """Files and receipts that the post may see, by number, subject or sender."""
    words = request.GET.get("q", "").strip()[:200]
    context = {
        "words": words,
        "files": files.found_files(request.actor, words)[:FOUND] if words else [],
        "receipts": found_receipts(request.actor, words)[:FOUND] if words else [],
    }
    return render(request, "desk/search.html", context)


@signed_in
def audit(request: ActedRequest) -> HttpResponse:
    """Every file by number, for auditors: its history, never its notes (design 9)."""
    if not request.actor.has_role(Role.AUDITOR):
        raise NotVisible
    words = request.GET.get("q", "").strip()[:200]
    rows = File.objects.filter(is_practice=False).select_related("held_by", "section").order_by("-pk")
    for word in files.search_words(words):
        rows = rows.filter(search_text__contains=word)
    return render(request, "desk/audit.html", {"words": words, "files": rows[:FOUND]})
