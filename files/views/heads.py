"""The tree of file heads of a section: looked at by everybody, kept by the super admin."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from employee_master.models import Section
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out, form_page
from employee_master.views.offices import keeps_lists
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import NotVisible
from eoffice.core.export import Cell
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from files.forms import HeadForm, HeadNameForm
from files.models import Head
from files.queries_heads import head_lines, sections_with_heads
from files.services.head import head_close, head_enter, head_rename, head_reopen


@require_safe
@signed_in
def heads(request: ActedRequest) -> HttpResponse:
    """The heads of one section, its own unless another is chosen."""
    sections = sections_with_heads()
    section = _chosen(request, sections)
    facts = {
        "sections": sections,
        "section": section,
        "lines": head_lines(section) if section else [],
        "set": access.check(request.actor, Action.HEAD_SET, section),
        "may_export": keeps_lists(request.actor),
    }
    return render(request, "files/head_tree.html", facts)


def _chosen(request: ActedRequest, sections: list[Section]) -> Section | None:
    code, own = request.GET.get("section", ""), request.actor.section_id
    chosen = next((one for one in sections if one.code == code), None)
    return chosen or next((one for one in sections if one.pk == own), sections[0] if sections else None)


@require_safe
@signed_in
def heads_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The heads of the section as a sheet."""
    section = _chosen(request, sections_with_heads())
    if section is None:
        raise NotVisible
    headings = [_("Section"), _("Head"), _("Below"), _("Name in English"), _("Name in Hindi"), _("Files"), _("Closed")]
    rows: list[list[Cell]] = [
        [
            section.code,
            line.head.code,
            line.head.parent.code if line.head.parent else "",
            line.head.name_en,
            line.head.name_hi,
            line.files,
            line.head.closed_on,
        ]
        for line in head_lines(section)
    ]
    return exported(actor=request.actor, kind=kind, name="file-heads", title=section.code, headings=headings, rows=rows)


@signed_in
def head_new(request: ActedRequest, section_id: int) -> HttpResponse:
    """Enter a head."""
    section = Section.objects.filter(pk=section_id).first()
    if section is None:
        raise NotVisible
    access.require(request.actor, Action.HEAD_SET, section)
    below = request.GET.get("below", "")
    form = HeadForm(
        request.POST or None,
        heads=Head.objects.filter(section=section, closed_on=None).order_by("code"),
        initial={"parent": below if below.isdigit() else None},
    )
    done = carried_out(
        request,
        form,
        lambda sent: head_enter(
            section_id=section.pk,
            code=sent["code"],
            name_en=sent["name_en"],
            name_hi=sent["name_hi"],
            parent_id=sent["parent"],
            actor=request.actor,
        ),
    )
    if done is not None:
        messages.success(request, _("The head %(code)s is entered.") % {"code": done.code})
        return _back(section)
    return form_page(
        request, form, title=_("New head"), submit=_("Enter"), icon="plus-lg", subtitle=named(section),
        back=f"{reverse('files:heads')}?section={section.code}",
    )  # fmt: skip


@signed_in
def head_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Name a head otherwise."""
    head = _head(pk)
    access.require(request.actor, Action.HEAD_SET, head)
    form = HeadNameForm(request.POST or None, initial={"name_en": head.name_en, "name_hi": head.name_hi})
    done = carried_out(request, form, lambda sent: head_rename(head_id=head.pk, actor=request.actor, **sent))
    if done is not None:
        messages.success(request, _("The head has its new name."))
        return _back(head.section)
    return form_page(
        request, form, title=_("Name the head otherwise"), submit=_("Save"), subtitle=head.code,
        back=f"{reverse('files:heads')}?section={head.section.code}", wide=("name_en", "name_hi"),
    )  # fmt: skip


@require_POST
@signed_in
def head_closed(request: ActedRequest, pk: int) -> HttpResponse:
    """Open no more files under it."""
    head = head_close(head_id=_head(pk).pk, actor=request.actor)
    messages.success(request, _("The head %(code)s is closed; its files go on.") % {"code": head.code})
    return _back(head.section)


@require_POST
@signed_in
def head_opened(request: ActedRequest, pk: int) -> HttpResponse:
    """Let files be opened under it again."""
    head = head_reopen(head_id=_head(pk).pk, actor=request.actor)
    messages.success(request, _("The head %(code)s is open again.") % {"code": head.code})
    return _back(head.section)


def _head(pk: int) -> Head:
    head = Head.objects.select_related("section").filter(pk=pk).first()
    if head is None:
        raise NotVisible
    return head


def _back(section: Section) -> HttpResponse:
    return redirect(f"{reverse('files:heads')}?section={section.code}")
