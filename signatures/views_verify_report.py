"""The report of a check, from the page of the check: sealed PDF or JSON. No file is sent again, and none was kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from signatures.services import check_report
from signatures.views import address, limit

# A sealed report costs a drawing, a signature and two time stamps.
_REPORTS = 10


@never_cache
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Anybody who has just had a file checked; the facts come back in a token that only this instance can make."""
    facts = check_report.facts_in(request.POST.get("facts", ""))
    limit(address(request), "report", _REPORTS)
    name = f"check-{facts['sha256'][:12]}"
    if request.POST.get("form") == "json":
        return _file(check_report.as_json(facts), "application/json", f"{name}.json")
    return _file(check_report.sealed_report(facts), "application/pdf", f"{name}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
