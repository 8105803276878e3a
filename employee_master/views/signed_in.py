"""The door of every page of the office."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse

from employee_master.middleware import ActingRequest

Rest = ParamSpec("Rest")
View = Callable[Concatenate[ActingRequest, Rest], HttpResponse]


def signed_in(view: View[Rest]) -> View[Rest]:
    """Only for somebody signed in: `request.actor` is set. Others are led to signing in and back again."""

    @wraps(view)
    def door(request: ActingRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if request.actor is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return door
