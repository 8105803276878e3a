"""What stands around every page: as whom one acts, where one can go, what waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from employee_master.queries import imports
from employee_master.queries.change import waiting_for
from eoffice.core.actor import Actor, Role
from eoffice.core.names import named
from eoffice.desk.queries import inbox


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context of the base templates; counts are asked only where a page draws them."""
    hindi = get_language() == "hi"
    context: dict[str, Any] = {
        "instance_name": settings.INSTANCE_NAME_HI if hindi else settings.INSTANCE_NAME_EN,
        "demo": settings.DEMO,
    }
    if settings.DEMO:
        context |= {"demo_start_url": reverse("demo:start"), "demo_mail_url": reverse("demo:mail")}
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        context["acting"] = _acting(request, actor)
        context["desk_counts"] = SimpleLazyObject(lambda: inbox.counts(actor.post_id))
        context["nav"] = SimpleLazyObject(lambda: _nav(request, actor, context["desk_counts"]))
    return context


def _acting(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The acting-as switcher (components/charges.html)."""
    charges = getattr(request, "charges", [])
    current = next((charge for charge in charges if charge.pk == actor.charge_id), None)
    return {
        "person": named(getattr(request, "employee", None)),
        "post": named(current.post) if current else _("no charge"),
        "kind": current.get_kind_display() if current and current.kind != "substantive" else "",
        "charges": [
            {
                "id": charge.pk,
                "post": named(charge.post),
                "office": named(charge.post.office),
                "kind": "" if charge.kind == "substantive" else charge.get_kind_display(),
                "until": charge.to_on,
                "current": charge.pk == actor.charge_id,
            }
            for charge in charges
        ],
    }


def _nav(request: HttpRequest, actor: Actor, counts: inbox.Counts) -> list[dict[str, Any]]:
    def item(url_name: str, icon: str, label: str, *args: Any, **more: Any) -> dict[str, Any]:
        url = reverse(url_name, args=args)
        return {"url": url, "icon": icon, "label": label, "current": request.path == url, **more}

    desk = [
        item("desk:inbox", "inbox", _("Inbox"), count=counts.total, unread=counts.unread),
        item("desk:awaiting", "send", _("Sent, awaiting return")),
        item("desk:parked", "pause-circle", _("Parked")),
        item("files:to_sign", "journal-check", _("To sign")),
        item("files:practice", "folder-check", _("Practice")),
    ]
    section = [item("files:list", "folder2", _("Files"))]
    if actor.has_role(Role.REGISTRY_CLERK):
        section.append(item("dak:new", "journal-plus", _("New receipt")))
    section += [
        item("dak:diary", "journal-text", _("Diary register")),
        item("dak:dispatch_register", "mailbox", _("Dispatch")),
    ]
    office = [
        item("employee_master:people", "people", _("Posts and people")),
        item("employee_master:person_mine", "person-badge", _("My data")),
        item("employee_master:changes", "pencil-square", _("Change requests"), count=waiting_for(actor) or None),
        item("signatures:mine", "pen", _("My signature")),
        item("employee_master:account", "gear", _("My account")),
        item("signatures:verify_inside", "shield-check", _("Check a letter")),
    ]
    if actor.has_role(Role.EMD_MANAGER) or actor.has_role(Role.SUPER_ADMIN):
        office += [
            item("signatures:requests", "key", _("Digital signatures")),
            item("employee_master:name_lists", "file-earmark-diff", _("Names must match")),
            item("employee_master:accounts", "person-check", _("Accounts")),
            item("employee_master:roles", "person-badge", _("Roles")),
            item("employee_master:reviews", "journal-check", _("Access review")),
        ]
    office.append(item("employee_master:links", "link-45deg", _("Link officers")))
    if _relieves(request, actor):
        office.append(item("employee_master:relieving", "arrow-left-right", _("Join and relieve")))
    if _is_head(request, actor) or actor.has_role(Role.EMD_MANAGER) or actor.has_role(Role.SUPER_ADMIN):
        waiting = imports.certifications_waiting(actor) if _is_head(request, actor) else 0
        sheets = {"count": waiting, "unread": waiting} if waiting else {}
        office.append(item("employee_master:imports", "file-earmark-spreadsheet", _("Staff import"), **sheets))
    readiness = _readiness(request, actor)
    if readiness:
        office.append(item(*readiness))
    if actor.has_role(Role.AUDITOR):
        office.append(item("desk:audit", "clock-history", _("Histories")))
    groups = [
        {"label": _("My desk"), "items": desk},
        {"label": _("Section"), "items": section},
        {"label": _("Office"), "items": office},
    ]
    if actor.has_role(Role.EMD_MANAGER) or actor.has_role(Role.SUPER_ADMIN):
        organisation = [
            item("employee_master:offices", "building", _("Offices and posts")),
            item("employee_master:holidays", "calendar3", _("Holidays")),
            item("files:heads", "list-ol", _("File heads")),
        ]
        if actor.has_role(Role.SUPER_ADMIN):
            organisation.append(item("signatures:rules", "pen", _("Signing policy")))
            organisation.append(item("signatures:renewals", "shield-check", _("Signatures to renew")))
        groups.append({"label": _("Organisation"), "items": organisation})
    return groups


def _relieves(request: HttpRequest, actor: Actor) -> bool:
    """The EMD manager, the super admin, and the head of the office (R19)."""
    if actor.has_role(Role.EMD_MANAGER) or actor.has_role(Role.SUPER_ADMIN):
        return True
    charge = next((one for one in getattr(request, "charges", []) if one.pk == actor.charge_id), None)
    return charge is not None and charge.post.office.head_post_id == actor.post_id


def _is_head(request: HttpRequest, actor: Actor) -> bool:
    """Whether the reader acts as the head of the office; asks nothing of the database."""
    charge = next((one for one in getattr(request, "charges", []) if one.pk == actor.charge_id), None)
    return charge is not None and charge.post.office.head_post_id == actor.post_id


def _readiness(request: HttpRequest, actor: Actor) -> tuple[Any, ...]:
    """Where readiness is for the reader: the board, or the own office for its EMD manager and its head (R8)."""
    label = _("Readiness")
    if actor.has_role(Role.SUPER_ADMIN):
        return ("employee_master:readiness_board", "bar-chart", label)
    charge = next((one for one in getattr(request, "charges", []) if one.pk == actor.charge_id), None)
    is_head = charge is not None and charge.post.office.head_post_id == actor.post_id
    if charge is not None and (is_head or actor.has_role(Role.EMD_MANAGER)):
        return ("employee_master:readiness_office", "bar-chart", label, charge.post.office_id)
    return ()
