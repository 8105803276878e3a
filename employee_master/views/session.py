"""Signing in and out, and choosing the charge in which one acts (R4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from employee_master.forms import SignInForm
from employee_master.middleware import CHARGE_KEY, ENROL_KEY, FRESH_KEY, SEEN_KEY, ActingRequest, act_as
from employee_master.models import Account, Employee
from employee_master.queries.accounts import enrolled
from employee_master.services import account_signed_in
from employee_master.services.account import Browser, session_forget
from employee_master.services.factor import factor_demanded
from eoffice.core import clock
from eoffice.core.errors import NotAllowed
from eoffice.core.names import named

LOCKED_STATUS = 429
# Whose password was right and whose second factor is still asked for.
HALF_KEY = "half"
HALF_SECONDS = 10 * 60


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: ActingRequest) -> HttpResponse:
    """The page and the act. A wrong address and a wrong password are answered alike."""
    if request.method != "POST":
        if request.actor is not None:
            return redirect(next_address(request))
        return _form(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    account = authenticate(request, email=form.cleaned_data["email"], password=form.cleaned_data["password"])
    if not isinstance(account, Account):
        form.add_error(None, _("The address or the password is wrong."))
        return _form(request, form, status=403)
    wanted = next_address(request)
    if enrolled(account.pk) is not None:
        # Not signed in yet: the session only knows whose password was right, for some minutes.
        request.session.flush()
        request.session.set_expiry(HALF_SECONDS)
        request.session[HALF_KEY] = [account.pk, account.get_session_auth_hash(), int(clock.now().timestamp())]
        return redirect(f"{reverse('employee_master:factor_ask')}?{urlencode({'next': wanted})}")
    enter(request, account)
    return redirect(entered_address(request, wanted))


@require_POST
def sign_out(request: ActingRequest) -> HttpResponse:
    session_forget(session_key=request.session.session_key)
    logout(request)
    return redirect("employee_master:sign_in")


@require_POST
def switch_charge(request: ActingRequest) -> HttpResponse:
    """Act under another of today's charges from now on."""
    if request.actor is None:
        return redirect("employee_master:sign_in")
    chosen = next((charge for charge in request.charges if str(charge.pk) == request.POST.get("charge")), None)
    if chosen is None:
        raise NotAllowed(
            "charge_not_yours",
            _("This is none of your present charges."),
            _("Choose one of those that the menu lists, or ask your EMD manager to enter it."),
        )
    request.session[CHARGE_KEY] = chosen.pk
    messages.info(request, _("You now act as %(post)s.") % {"post": named(chosen.post)})
    return redirect(next_address(request))


def enter(request: HttpRequest, account: Account, *, factor: str = "") -> None:
    """Sign the account in under a new session key, and put it on record.

    `factor` says by what the second factor was shown. An account without an employee can do nothing and is refused
    (`no_employee`).
    """
    employee = Employee.objects.filter(account=account).first()
    if employee is None:
        raise NotAllowed(
            "no_employee",
            _("This account belongs to no employee of this instance."),
            _("Ask your EMD manager to link it to you."),
        )
    session_forget(session_key=request.session.session_key)
    # The key is made anew even when somebody was signed in before, so that no session outlives its person.
    request.session.flush()
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    now = clock.now()
    # Counted from here, however long it is used: who signs in in the morning signs in again the next day. Django
    # measures it by the machine's own clock.
    request.session.set_expiry(datetime.now(UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session[FRESH_KEY] = request.session[SEEN_KEY] = int(now.timestamp())
    until = factor_demanded(account_id=account.pk)
    if until is not None:
        request.session[ENROL_KEY] = int(until.timestamp())
    act_as(request)
    actor = getattr(request, "actor", None)
    if actor is not None:
        account_signed_in(employee=employee, actor=actor, browser=_browser(request), factor=factor)


def _browser(request: HttpRequest) -> Browser:
    return Browser(
        session_key=request.session.session_key or "",
        address=get_client_ip_address(request) or None,
        agent=request.headers.get("User-Agent", ""),
    )


def entered_address(request: HttpRequest, wanted: str) -> str:
    """Where somebody arrives who has just signed in: at the second factor, if one is to be set up."""
    if ENROL_KEY in request.session:
        return f"{reverse('employee_master:factor')}?{urlencode({'next': wanted})}"
    return wanted


def own_account(request: HttpRequest) -> Account:
    """The account of whoever is signed in."""
    account = request.user
    assert isinstance(account, Account)
    return account


def next_address(request: HttpRequest) -> str:
    """Where the reader wanted to go; only within this site, and never back to signing in."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=secure):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    if wanted.startswith(reverse("employee_master:sign_in")):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    return wanted


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """The page after too many wrong passwords: says in both languages when signing in opens again."""
    facts = {"opens_at": _opens_at(request, credentials or {}), "limit": settings.AXES_FAILURE_LIMIT}
    return render(request, "employee_master/locked_out.html", facts, status=LOCKED_STATUS)


def _opens_at(request: HttpRequest, credentials: dict[str, str]) -> datetime | None:
    """In office time; None when nothing is locked any more."""
    present = request.user.get_username() if request.user.is_authenticated else ""
    address = (credentials.get("email") or request.POST.get("email") or present).strip().lower()
    last = (
        AccessAttempt.objects.filter(username=address, ip_address=get_client_ip_address(request))
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off = get_cool_off(request)
    return None if last is None or cool_off is None else clock.office_time(last + cool_off)


def _form(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    facts = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "instance_name_hi": settings.INSTANCE_NAME_HI,
        "instance_name_en": settings.INSTANCE_NAME_EN,
    }
    return render(request, "employee_master/sign_in.html", facts, status=status)
