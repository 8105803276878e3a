"""Pages that belong to no room."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eoffice.core import health


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when the instance is well, otherwise 503; asked by balancers and by the demo's supervisor."""
    found = health.check()
    return JsonResponse(found.facts, status=200 if found.well else 503)
