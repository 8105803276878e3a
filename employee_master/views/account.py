"""One's own account; links by mail; and the accounts of an office for its EMD manager."""

from __future__ import annotations

from urllib.parse import urlencode

from axes.helpers import get_client_ip_address
from axes.utils import reset as forgive_failures
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms import AskLinkForm, ChangePasswordForm, NewPasswordForm, OfficeForm
from employee_master.models import Employee, Factor
from employee_master.queries.accounts import Case, places_of, standings
from employee_master.queries.roles import managed_offices
from employee_master.services.account import account_close, account_reopen, session_end, sessions_end_others
from employee_master.services.password import (
    account_invite,
    accounts_invite,
    link_account,
    link_ask,
    password_change,
    password_set,
    spent,
)
from employee_master.views.again import freshly
from employee_master.views.session import enter, own_account
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.pages import ActedRequest, signed_in

LINK_KEY = "link"
# Links that may be asked for from one network address in an hour, whomever they are for.
ASKED_IN_AN_HOUR = 20
_HOUR = 60 * 60
ACTS = (Action.ACCOUNT_INVITE, Action.ACCOUNT_RESET, Action.ACCOUNT_CLOSE, Action.ACCOUNT_REOPEN)


class TooOften(NotAllowed):
    """Asked more often than people do."""

    status = 429


# Links by mail


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address is known or not."""
    form = AskLinkForm(request.POST if request.method == "POST" else None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        _count_asking(request)
        link_ask(email=form.cleaned_data["email"])
    facts = {"form": form, "asked": asked, **_instance()}
    return render(request, "employee_master/account_forgot.html", facts, status=400 if form.errors else 200)


def _count_asking(request: HttpRequest) -> None:
    window = int(clock.now().timestamp()) // _HOUR
    key = f"link:{get_client_ip_address(request)}:{window}"
    cache.add(key, 0, _HOUR)
    try:
        count = cache.incr(key)
    except ValueError:
        count = 1
    if count > ASKED_IN_AN_HOUR:
        raise TooOften(
            "too_often",
            _("Too many links were asked for from your place."),
            _("Wait an hour, or ask your EMD manager."),
        )


@never_cache
@sensitive_post_parameters("password", "again")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Choose a password by a mailed link. Its secret moves from the address into the session at once."""
    if "key" in request.GET:
        request.session[LINK_KEY] = request.GET["key"]
        return redirect("employee_master:account_link")
    token = request.session.get(LINK_KEY, "")
    account = link_account(token)
    if account is None:
        return render(request, "employee_master/account_link_spent.html", {"error": spent()}, status=403)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            password_set(token=token, password=form.cleaned_data["password"])
        except BadInput as refusal:
            form.add_error("password", str(refusal.message))
        else:
            request.session.flush()
            forgive_failures(username=account.email)
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("employee_master:sign_in")
    facts = {"form": form, "account": account, **_instance()}
    return render(request, "employee_master/account_link.html", facts, status=400 if form.errors else 200)


def _instance() -> dict[str, str]:
    return {"instance_name_hi": settings.INSTANCE_NAME_HI, "instance_name_en": settings.INSTANCE_NAME_EN}


# One's own account


@never_cache
@require_safe
@signed_in
def mine(request: ActedRequest) -> HttpResponse:
    """Address, password, second factor, and where one is signed in."""
    account = own_account(request)
    facts = {
        "account": account,
        "factor": Factor.objects.filter(account=account, enrolled_at__isnull=False).first(),
        "second_factor": settings.SECOND_FACTOR,
        "places": places_of(account.pk, request.session.session_key),
    }
    return render(request, "employee_master/account_mine.html", facts)


@never_cache
@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: ActedRequest) -> HttpResponse:
    """Change one's password; everywhere else one is signed out. Wrong ones count as at the sign-in page."""
    account = own_account(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        old = form.cleaned_data["old"]
        if authenticate(request, email=account.email, password=old) is None:
            form.add_error("old", _("This is not your present password."))
        else:
            try:
                changed = password_change(old=old, new=form.cleaned_data["password"], actor=request.actor)
            except BadInput as refusal:
                form.add_error("old" if refusal.field == "old" else "password", str(refusal.message))
            else:
                enter(request, changed)
                messages.success(request, _("Your password is changed; everywhere else you are signed out."))
                return redirect("employee_master:account")
    facts = {"form": form}
    return render(request, "employee_master/account_password.html", facts, status=400 if form.errors else 200)


@require_POST
@signed_in
def end_session(request: ActedRequest, pk: int) -> HttpResponse:
    session_end(session_id=pk, actor=request.actor)
    messages.success(request, _("You are signed out there."))
    return redirect("employee_master:account")


@require_POST
@signed_in
def end_other_sessions(request: ActedRequest) -> HttpResponse:
    ended = sessions_end_others(session_key=request.session.session_key or "", actor=request.actor)
    words = ngettext("You are signed out at %(count)s place.", "You are signed out at %(count)s places.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("employee_master:account")


# The accounts of an office


@require_safe
@signed_in
def accounts(request: ActedRequest) -> HttpResponse:
    """Who of the office can work: address confirmed, second factor, last seen; with the acts of its EMD manager."""
    offices = managed_offices(request.actor)
    form = OfficeForm(request.GET)
    office = form.office_among(offices, request.actor.office_id)
    if office is None:
        access.require(request.actor, Action.MASTER_VIEW, Case(0))
    assert office is not None
    q, only = form.cleaned_data.get("q", ""), form.cleaned_data.get("only", "")
    listed = standings(office, q=q, only=only)
    rows = [(row, access.verdicts(request.actor, row.case, ACTS)) for row in listed.rows]
    facts = {"form": form, "offices": offices, "office": office, "listed": listed, "rows": rows, "q": q, "only": only}
    return render(request, "employee_master/account_list.html", facts)


@require_POST
@signed_in
@freshly("employee_master:accounts")
def invite(request: ActedRequest, pk: int) -> HttpResponse:
    account_invite(employee_id=_person(pk), actor=request.actor)
    messages.success(request, _("A link is mailed to the person."))
    return back_to_accounts(request)


@require_POST
@signed_in
@freshly("employee_master:accounts")
def invite_all(request: ActedRequest, office_id: int) -> HttpResponse:
    """Everybody of the office who has not confirmed the address."""
    done = accounts_invite(office_id=office_id, actor=request.actor)
    words = ngettext("A link is mailed to %(count)s person.", "A link is mailed to %(count)s people.", done.mailed)
    messages.success(request, words % {"count": done.mailed})
    if done.on_the_way:
        messages.info(request, _("Links mailed in the last ten minutes were not mailed again."))
    return back_to_accounts(request)


@require_POST
@signed_in
@freshly("employee_master:accounts")
def close(request: ActedRequest, pk: int) -> HttpResponse:
    account_close(employee_id=_person(pk), actor=request.actor)
    messages.success(request, _("The account is closed, and its sessions have ended."))
    return back_to_accounts(request)


@require_POST
@signed_in
@freshly("employee_master:accounts")
def reopen(request: ActedRequest, pk: int) -> HttpResponse:
    account_reopen(employee_id=_person(pk), actor=request.actor)
    messages.success(request, _("The account is open again."))
    return back_to_accounts(request)


def _person(pk: int) -> int:
    """The id of somebody who exists; people are in the directory for all to see."""
    if not Employee.objects.filter(pk=pk).exists():
        raise NotVisible
    return pk


def back_to_accounts(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("office", "")
    return redirect(f"{reverse('employee_master:accounts')}?{urlencode({'office': code})}")
