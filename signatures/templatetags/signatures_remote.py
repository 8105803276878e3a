"""For signing sheets: how it stands with papers that are signed at a provider (components/visitsheet.html)."""

from __future__ import annotations

from typing import Any

from django import template

from eoffice.core.errors import Text
from signatures import words_remote
from signatures.models_remote import ProviderVisit
from signatures.queries_remote import Going, going_for

register = template.Library()


@register.simple_tag(takes_context=True)
def signed_elsewhere(context: template.Context, attempts: Any) -> Going | None:
    """The state of these attempts (their UUIDs) of the reader's own; None where no provider signs them."""
    actor = getattr(context.get("request"), "actor", None)
    if not attempts or actor is None or actor.employee_id is None:
        return None
    return going_for([one for one in attempts if one is not None], actor.employee_id)


@register.filter
def visit_sentence(visit: ProviderVisit) -> Text:
    """How a visit ended, in words."""
    return words_remote.sentence(visit)


@register.filter
def visit_remedy(visit: ProviderVisit) -> Text:
    return words_remote.remedy(visit)


@register.filter
def visit_provider(visit: ProviderVisit) -> Text:
    """What the provider's own code means, where everybody may know."""
    return words_remote.provider_words(visit)


@register.filter
def where_words(backend: str) -> Text:
    """What happens at such a provider."""
    return words_remote.WHERE.get(backend, "")


@register.filter
def not_offered(code: str) -> Text:
    """Why a key of the provider can't be registered."""
    return words_remote.NOT_OFFERED.get(code, "")
