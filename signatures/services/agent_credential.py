"""An officer's token becomes the officer's credential: its certificate comes from the paired PC, with a proof."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from employee_master.queries.acting import actor_for
from eoffice.core.errors import WrongState
from signatures.models import Credential
from signatures.models_agent import PairedAgent
from signatures.queries_agent import awaited_for
from signatures.services.activation import activation_challenge, credential_prove


def credential_challenge(*, agent: PairedAgent) -> str:
    """What the token's key is to sign; empty when no certificate is awaited from the PC's officer."""
    credential = awaited_for(agent.employee_id)
    if credential is None:
        return ""
    return activation_challenge(credential_id=credential.pk, actor=actor_for(agent.employee)).decode()


def credential_activate_with(
    *, certificate: bytes, chain: Sequence[bytes], challenge: str, signature: bytes, agent: PairedAgent
) -> Credential:
    """Register the token's certificate for the approved request, as `credential_prove` does; `not_awaited` without."""
    credential = awaited_for(agent.employee_id)
    if credential is None:
        raise WrongState(
            "not_awaited",
            _("No certificate of a token is awaited from you now."),
            _("Ask for a digital signature by token on the page 'My signature'; your EMD manager approves it."),
        )
    return credential_prove(
        credential_id=credential.pk, certificate=certificate, chain=chain, challenge=challenge.encode(),
        signature=signature, key_ref={}, actor=actor_for(agent.employee),
    )  # fmt: skip
