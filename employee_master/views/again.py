"""The password again before acts that must not be done by whoever finds an open browser (design 9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from employee_master.forms import AgainForm
from employee_master.middleware import FRESH_KEY
from employee_master.views.session import next_address
from eoffice.core import clock
from eoffice.core.pages import ActedRequest, signed_in

FRESH_SECONDS = 15 * 60

View = Callable[..., HttpResponse]


def freshly(back: str) -> Callable[[View], View]:
    """Let through whoever gave the password within a quarter of an hour; others give it first.

    After a page they come back to it; after an act to the page `back` (name of an address), to do it again.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            if request.method in {"GET", "HEAD"}:
                wanted = request.get_full_path()
            else:
                wanted = reverse(back)
                messages.warning(request, _("Nothing was done yet: give your password, then do it again."))
            return redirect(f"{reverse('employee_master:account_again')}?{urlencode({'next': wanted})}")

        return guarded

    return decorate


def is_fresh(request: HttpRequest) -> bool:
    given = request.session.get(FRESH_KEY)
    return isinstance(given, int) and clock.now().timestamp() - given < FRESH_SECONDS


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def again(request: ActedRequest) -> HttpResponse:
    """The page and the act; wrong passwords count as at the sign-in page."""
    form = AgainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = request.user.get_username()
        account = authenticate(request, email=email, password=form.cleaned_data["password"])
        if account is not None and account.pk == request.user.pk:
            request.session[FRESH_KEY] = int(clock.now().timestamp())
            return redirect(next_address(request))
        form.add_error("password", _("This is not your password."))
    facts = {"form": form, "next": next_address(request)}
    return render(request, "employee_master/account_again.html", facts, status=403 if form.errors else 200)
