"""For signing sheets: how it stands with papers that the officer's own signer signs (components/waitingsheet.html)."""

from __future__ import annotations

from typing import Any

from django import template

from eoffice.core.errors import Text
from signatures import words_agent
from signatures.models_agent import AgentErrand
from signatures.queries_agent import Waiting, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_for_signer(context: template.Context, attempts: Any) -> Waiting | None:
    """The state of these attempts (their UUIDs) of the reader's own; None where they are signed with a PIN here."""
    actor = getattr(context.get("request"), "actor", None)
    if not attempts or actor is None or actor.employee_id is None:
        return None
    return waiting_for([one for one in attempts if one is not None], actor.employee_id)


@register.filter
def errand_sentence(errand: AgentErrand) -> Text:
    """What the signer last said of an errand, or how it ended, in words."""
    return words_agent.sentence(errand)


@register.filter
def errand_remedy(errand: AgentErrand) -> Text:
    return words_agent.remedy(errand)
