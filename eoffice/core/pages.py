"""What every page view needs and no room owns."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from eoffice.core.actor import Actor
from eoffice.core.errors import NotAllowed

View = Callable[..., HttpResponse]


class ActedRequest(HttpRequest):
    """A request of somebody who is signed in and acts; what `signed_in` lets through."""

    actor: Actor


def signed_in(view: View) -> View:
    """Strangers are sent to sign in; an account without a person in the employee master is told whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "actor", None) is None:
            raise NotAllowed(
                "no_employee",
                _("Your account belongs to nobody in the employee master."),
                _("Ask the EMD manager of your office to enter you."),
            )
        return view(cast("ActedRequest", request), *args, **kwargs)

    return guarded


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the browser asks only in advance: nothing counts as opened then (design 3, "Seen")."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose or request.method == "HEAD"
