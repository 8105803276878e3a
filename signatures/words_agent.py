"""What the page says while it waits for the officer's signer: its reports as sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import Text
from signatures.models_agent import AgentErrand, ErrandState

_REPORTS: dict[str, tuple[Text, Text]] = {
    "": (_("Sent. Your signer shows it in a moment."), _("Look at the PC with your token.")),
    "opened": (_("Your signer shows the papers and waits for you."), _("Compare the words there, and type your PIN.")),
    "later": (
        _("You chose 'later' at the signer."), _("Start the signer again, or take it back here and send it anew."),
    ),
    "wrong_pin": (
        _("The PIN of the token was wrong; nothing was signed."),
        _("Try it again at the signer. The token itself counts the tries and locks in the end."),
    ),
    "pin_locked": (
        _("The token's PIN is locked; nothing was signed."), _("The token's provider can unlock it."),
    ),
    "token_missing": (_("The signer finds no token."), _("Plug the token into that PC.")),
    "other_certificate": (
        _("The token in that PC does not carry your registered certificate."), _("Plug in the other token."),
    ),
    "not_in_time": (
        _("The certificate on the token is not valid today."),
        _("Have it renewed by its authority, and register the new one."),
    ),
    "no_key": (_("The token does not hold the key of your certificate."), _("Ask the token's provider.")),
    "no_module": (_("The token's driver is missing on that PC."), _("Have the driver installed that came with it.")),
    "token_fault": (_("The token does not answer."), _("Pull it out and plug it in again.")),
}  # fmt: skip
_ENDED: dict[str, tuple[Text, Text]] = {
    "refused": (_("You refused at the signer. Nothing was signed."), _("You may send it again.")),
    "paper_wrong": (
        _("Your signer refused: what it got does not fit together. Nothing was signed."),
        _("Do not send it again. Tell the operator, who finds it in the ledger."),
    ),
    ErrandState.WITHDRAWN: (
        _("It was taken back, or something newer was sent to your signer."), _("You may send it again."),
    ),
    ErrandState.EXPIRED: (
        _("Too much time went by, so nothing was signed."), _("Go back and prepare the paper again."),
    ),
}  # fmt: skip


def _words(errand: AgentErrand) -> tuple[Text, Text]:
    match errand.state:
        case ErrandState.WAITING if errand.is_late:
            return _ENDED[ErrandState.EXPIRED]
        case ErrandState.WAITING:
            return _REPORTS.get(errand.report, _REPORTS[""])
        case ErrandState.REFUSED:
            return _ENDED.get(errand.report, _ENDED["refused"])
        case state:
            return _ENDED.get(state, _REPORTS[""])


def sentence(errand: AgentErrand) -> Text:
    return _words(errand)[0]


def remedy(errand: AgentErrand) -> Text:
    """What the officer can do about it, and where."""
    return _words(errand)[1]
