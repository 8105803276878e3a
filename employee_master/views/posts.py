"""Posts: the page of one, creating, correcting, placing, abolishing; and the vacancies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from employee_master import ports
from employee_master.forms_organisation import AbolishForm, PlaceForm, PostCorrectForm, PostForm
from employee_master.models import Charge, Designation, Office, Post
from employee_master.queries import channel_of
from employee_master.queries import organisation as queries
from employee_master.services import post_abolish, post_correct, post_create, post_place
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out, form_page
from employee_master.views.offices import keeps_lists, office_or_404
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

MOST_EXPORTED = 10_000


def post_or_404(pk: int) -> Post:
    post = Post.objects.select_related("office", "section", "designation", "superior").filter(pk=pk).first()
    if post is None:
        raise NotVisible
    return post


@require_safe
@signed_in
def post(request: ActedRequest, pk: int) -> HttpResponse:
    """A post: who holds and held it, where it stands, its markings, what lies on its desk."""
    row = post_or_404(pk)
    actor = request.actor
    (seat,) = queries.seats_of(Post.objects.filter(pk=row.pk))
    manages = access.check(actor, Action.MASTER_VIEW, row.office)
    facts = {
        "post": row,
        "seat": seat,
        "channel": channel_of(row),
        "below": Post.objects.filter(superior=row, is_active=True).order_by("designation__rank", "marking")[:100],
        "markings": row.markings.all(),
        "charges": Charge.objects.filter(post=row).select_related("employee").order_by("-from_on", "-pk")[:50],
        # How much lies on a desk is for those who keep the master; what it is, for nobody here.
        "work": [work for port in ports.holds_work for work in port.work_on(row.pk) if work.count]
        if manages.allowed
        else None,
        "manages": manages,
        "correct": access.check(actor, Action.POST_CORRECT, row),
        "place": access.check(actor, Action.POST_PLACE, Charge(post=row)),
        "abolish": access.check(actor, Action.POST_ABOLISH, row),
    }
    return render(request, "employee_master/post_page.html", facts)


@signed_in
def post_new(request: ActedRequest, office_id: int) -> HttpResponse:
    """Create a post in the office."""
    office = office_or_404(office_id)
    access.require(request.actor, Action.POST_CREATE, office)
    around = [office.pk, *(one.pk for one in queries.path_of(office))]
    form = PostForm(
        request.POST or None,
        designations=Designation.objects.filter(is_active=True),
        sections=queries.open_sections(office.pk),
        posts=queries.posts_to_choose(*around),
    )
    created = carried_out(
        request,
        form,
        lambda sent: post_create(
            office_id=office.pk,
            section_id=sent["section"],
            designation_id=sent["designation"],
            superior_id=sent["superior"],
            name_en=sent["name_en"],
            name_hi=sent["name_hi"],
            marking=sent["marking"],
            actor=request.actor,
        ),
    )
    if created is not None:
        messages.success(request, _("The post %(marking)s is created.") % {"marking": created.marking})
        return redirect("employee_master:post", created.pk)
    return form_page(
        request, form, title=_("New post"), submit=_("Create"), icon="plus-lg", subtitle=named(office),
        back=reverse("employee_master:office", args=[office.pk]), wide=("superior", "marking"),
    )  # fmt: skip


@signed_in
def post_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Correct names and marking."""
    row = post_or_404(pk)
    access.require(request.actor, Action.POST_CORRECT, row)
    form = PostCorrectForm(
        request.POST or None, initial={"marking": row.marking, "name_en": row.name_en, "name_hi": row.name_hi}
    )
    done = carried_out(request, form, lambda sent: post_correct(post_id=row.pk, actor=request.actor, **sent))
    if done is not None:
        messages.success(request, _("The post is corrected."))
        return redirect("employee_master:post", row.pk)
    return form_page(
        request, form, title=_("Correct the post"), submit=_("Save"), subtitle=row.marking,
        back=reverse("employee_master:post", args=[row.pk]), wide=("marking", "name_en", "name_hi"),
    )  # fmt: skip


@signed_in
def post_superior(request: ActedRequest, pk: int) -> HttpResponse:
    """Put the post under another in the channel of submission."""
    row = post_or_404(pk)
    access.require(request.actor, Action.POST_PLACE, Charge(post=row))
    around = [row.office_id, *(one.pk for one in queries.path_of(row.office))]
    posts = queries.posts_to_choose(*around).exclude(seniors__senior=row).exclude(pk=row.pk)
    # A superior elsewhere, which is rare, stays to be chosen.
    if row.superior is not None and row.superior.office_id not in around:
        posts = posts | Post.objects.filter(pk=row.superior.pk)
    form = PlaceForm(request.POST or None, posts=posts.distinct(), initial={"superior": row.superior_id})
    done = carried_out(
        request,
        form,
        lambda sent: post_place(post_id=row.pk, superior_id=sent["superior"], actor=request.actor),
    )
    if done is not None:
        messages.success(request, _("The post has its new place; all that stands below went with it."))
        return redirect("employee_master:post", row.pk)
    return form_page(
        request, form, title=_("Place in the channel of submission"), submit=_("Place"), icon="diagram-3",
        subtitle=row.marking, back=reverse("employee_master:post", args=[row.pk]), wide=("superior",),
    )  # fmt: skip


@signed_in
def post_end(request: ActedRequest, pk: int) -> HttpResponse:
    """Abolish a vacant post."""
    row = post_or_404(pk)
    access.require(request.actor, Action.POST_ABOLISH, row)
    form = AbolishForm(request.POST or None, posts=queries.posts_to_choose(row.office_id).exclude(pk=row.pk))
    done = carried_out(
        request,
        form,
        lambda sent: post_abolish(post_id=row.pk, successor_id=sent["successor"], actor=request.actor),
    )
    if done is not None:
        messages.success(request, _("The post %(marking)s is abolished.") % {"marking": row.marking})
        return redirect("employee_master:office", row.office_id)
    lying = ", ".join(
        f"{work.kind} {work.count}" for port in ports.holds_work for work in port.work_on(row.pk) if work.count
    )
    return form_page(
        request, form, title=_("Abolish the post"), submit=_("Abolish"), icon="x-lg", subtitle=row.marking,
        back=reverse("employee_master:post", args=[row.pk]), wide=("successor",),
        intro=_("On its desk: %(work)s.") % {"work": lying} if lying else _("Its desk is empty."),
    )  # fmt: skip


@require_safe
@signed_in
def vacancies(request: ActedRequest) -> HttpResponse:
    """Posts that nobody holds, of one office or of all, with the age of the vacancy."""
    office = _chosen(request)
    page = queries.vacancies_page(office=office, after=request.GET.get("after", ""))
    kept = {"office": office.code} if office else {}
    facts = {
        "office": office,
        "offices": queries.open_offices(),
        "seats": page.seats,
        "more_url": f"?{urlencode(kept | {'after': page.more})}" if page.more else "",
        "asked": urlencode(kept),
        "may_export": access.check(request.actor, Action.MASTER_EXPORT, office).allowed
        if office
        else keeps_lists(request.actor),
    }
    return render(request, "employee_master/vacancy_list.html", facts)


def _chosen(request: ActedRequest) -> Office | None:
    """The office asked for; none, for all."""
    return Office.objects.filter(code=request.GET.get("office", "")).first()


@require_safe
@signed_in
def vacancies_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The vacancies as a sheet."""
    office = _chosen(request)
    headings = [
        _("Office"), _("Section"), _("Designation"), _("Post"), _("Marking"), _("Vacant since"),
        _("Working days vacant"), _("Link officer"),
    ]  # fmt: skip
    rows = [
        [
            seat.post.office.code,
            seat.post.section.code if seat.post.section else "",
            named(seat.post.designation),
            named(seat.post),
            seat.post.marking,
            seat.vacant_since,
            seat.vacant_days,
            named(seat.link.employee) if seat.link else "",
        ]
        for seat in queries.vacancies_page(office=office, limit=MOST_EXPORTED).seats
    ]
    return exported(
        actor=request.actor,
        kind=kind,
        name="vacancies",
        title=_("Vacancies"),
        headings=headings,
        rows=rows,
        office_id=office.pk if office else None,
    )
