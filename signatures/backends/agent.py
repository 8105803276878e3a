"""The officer's USB token or card, through the signer on the officer's own PC (R23). Neither key nor PIN comes here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import WrongState
from signatures.backends.base import Capabilities, Check, OpenKey
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt
from signatures.queries_agent import agents_of, is_awake


class Agent:
    """The signer fetches prepared papers, checks them itself, and answers (`services.agent`)."""

    code = str(Kind.AGENT)
    capabilities = Capabilities(unlock="elsewhere", batch=True, generates=False)

    def check(self, credential: Credential) -> Sequence[Check]:
        """Whether a PC is paired and its signer runs now; whether the token is in it only the signer knows."""
        title = _("The signer on your PC")
        agents = list(agents_of(credential.employee_id))
        if not agents:
            return [
                Check(
                    "agent-none", title, "fault", _("No PC is paired for signing with your token."),
                    _("Pair the PC into which you plug the token, on the page 'My signers'."),
                )
            ]  # fmt: skip
        if not any(is_awake(one) for one in agents):
            return [
                Check(
                    "agent-asleep", title, "warning", _("The signer has not asked for papers for a while."),
                    _("Start the e-Office signer on the PC with your token, and check its network."),
                )
            ]  # fmt: skip
        return [Check("agent", title, "good")]

    def open(self, credential: Credential, *, secret: str) -> AbstractContextManager[OpenKey]:  # noqa: ARG002
        raise WrongState(
            "opened_elsewhere",
            _("This key is not opened here but on your token."),
            _("Send the papers to your signer from the signing sheet."),
        )

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:  # noqa: ARG002 - the sheet itself sends them
        return ""
