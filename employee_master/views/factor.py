"""The second factor: the step after the password, setting it up, and resetting it for somebody who lost it."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms import CodeForm
from employee_master.middleware import ENROL_KEY
from employee_master.models import Account, Employee, Factor, RecoveryCode
from employee_master.services.factor import (
    factor_begin,
    factor_check,
    factor_enrol,
    factor_reset,
    factor_setup,
    recovery_codes_renew,
)
from employee_master.views.account import back_to_accounts
from employee_master.views.again import freshly
from employee_master.views.session import HALF_KEY, HALF_SECONDS, enter, next_address, own_account
from eoffice.core import clock
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.pages import ActedRequest, signed_in

FEW_CODES = 3
# The QR code's squares, in pixels of the picture.
QR_SCALE = 5


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """After the right password: the code of the authenticator, or a recovery code."""
    account = _half(request)
    if account is None:
        return redirect("employee_master:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            shown = factor_check(account_id=account.pk, code=form.cleaned_data["code"])
        except (BadInput, NotAllowed) as refusal:
            form.add_error("code", f"{refusal.message} {refusal.remedy}")
        else:
            wanted = next_address(request)
            enter(request, account, factor=shown)
            if shown == "recovery":
                _say_codes_left(request, account)
            return redirect(wanted)
    facts = {
        "form": form,
        "next": next_address(request),
        "instance_name_hi": settings.INSTANCE_NAME_HI,
        "instance_name_en": settings.INSTANCE_NAME_EN,
    }
    return render(request, "employee_master/factor_ask.html", facts, status=403 if form.errors else 200)


def _half(request: HttpRequest) -> Account | None:
    """Whose password was right some minutes ago in this session, and is still the same."""
    kept = request.session.get(HALF_KEY)
    if not isinstance(kept, list) or clock.now().timestamp() - kept[2] > HALF_SECONDS:
        return None
    account = Account.objects.filter(pk=kept[0], is_active=True, factor__enrolled_at__isnull=False).first()
    if account is None or account.get_session_auth_hash() != kept[1]:
        return None
    return account


def _say_codes_left(request: HttpRequest, account: Account) -> None:
    left = RecoveryCode.objects.filter(factor__account=account, used_at__isnull=True).count()
    words = ngettext(
        "A recovery code is used up; %(count)s is left.", "A recovery code is used up; %(count)s are left.", left
    )
    messages.warning(request, words % {"count": left})


@never_cache
@require_safe
@signed_in
def state(request: ActedRequest) -> HttpResponse:
    """Whether an authenticator is set up, since when, how many recovery codes are left."""
    factor = Factor.objects.filter(account=own_account(request), enrolled_at__isnull=False).first()
    left = RecoveryCode.objects.filter(factor=factor, used_at__isnull=True).count() if factor else 0
    until = request.session.get(ENROL_KEY)
    facts: dict[str, Any] = {
        "factor": factor,
        "left": left,
        "few": left <= FEW_CODES,
        "demanded": until is not None,
        "days_left": _days_until(until) if until is not None else 0,
        "next": next_address(request),
    }
    return render(request, "employee_master/factor_state.html", facts)


def _days_until(until: int) -> int:
    return max(0, -int((clock.now().timestamp() - until) // (24 * 60 * 60)))


@require_POST
@signed_in
@freshly("employee_master:factor")
def begin(request: ActedRequest) -> HttpResponse:
    """Draw the secret; the page that follows shows it."""
    factor_begin(actor=request.actor)
    return redirect("employee_master:factor_set_up")


@never_cache
@sensitive_post_parameters("code")
@sensitive_variables("setup", "codes", "facts", "picture")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly("employee_master:factor")
def set_up(request: ActedRequest) -> HttpResponse:
    """Scan, type the code that the authenticator shows, and get the recovery codes, once."""
    factor = Factor.objects.filter(account=own_account(request)).select_related("account").first()
    setup = factor_setup(factor) if factor is not None else None
    if setup is None:
        return redirect("employee_master:factor")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = factor_enrol(code=form.cleaned_data["code"], actor=request.actor)
        except BadInput as refusal:
            form.add_error("code", f"{refusal.message} {refusal.remedy}")
        else:
            request.session.pop(ENROL_KEY, None)
            messages.success(request, _("The authenticator is set up; it is asked for at your next sign-in."))
            return _codes_page(request, codes)
    picture = segno.make(setup.uri, error="m", micro=False).svg_data_uri(scale=QR_SCALE, border=4, light="#fff")
    facts = {"form": form, "setup": setup, "picture": picture}
    return render(request, "employee_master/factor_set_up.html", facts, status=400 if form.errors else 200)


@never_cache
@require_POST
@signed_in
@freshly("employee_master:factor")
def codes(request: ActedRequest) -> HttpResponse:
    """Ten new recovery codes in the place of the former ones."""
    return _codes_page(request, recovery_codes_renew(actor=request.actor))


def _codes_page(request: HttpRequest, fresh: list[str]) -> HttpResponse:
    facts = {"codes": fresh, "at": clock.now(), "account": request.user}
    return render(request, "employee_master/factor_codes.html", facts)


@require_POST
@signed_in
@freshly("employee_master:accounts")
def reset(request: ActedRequest, pk: int) -> HttpResponse:
    """For somebody of one's office who has lost the telephone."""
    if not Employee.objects.filter(pk=pk).exists():
        raise NotVisible
    factor_reset(employee_id=pk, actor=request.actor)
    messages.success(request, _("The second factor is reset, and the person is told by mail."))
    return back_to_accounts(request)
