"""What became of a visit to a provider, in plain sentences; codes of `services.csc` and `services.esign` as words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import Text
from signatures.models import Backend
from signatures.models_remote import ProviderVisit, VisitState

_AGAIN = _("Go to your provider again.")
_ANEW = _("Prepare the paper again and go to your provider. If this happens twice, tell the operator.")
_OPERATOR = _("Do not send it again. Tell the operator, who finds it in the ledger.")
_FAILED: dict[str, tuple[Text, Text]] = {
    "provider-refused": (_("Your provider refused."), _("Its page said why. You may go there again.")),
    "provider-silent": (
        _("Your provider did not answer."),
        _("Try again in some minutes, or sign in another way that your office allows."),
    ),
    "signature-wrong": (_("The signature that came back is not over these papers."), _OPERATOR),
    "cms-other-document": (_("The signature that came back is for another paper."), _OPERATOR),
    "cms-no-certificate": (
        _("The provider's signature lacks the name of its certificate, which this instance expects."),
        _("Tell the operator (EOFFICE_ESIGN_PADES)."),
    ),
    "papers-missing": (_("Not every paper came back from your provider."), _ANEW),
    "signer-other-person": (
        _("Somebody else signed at the provider, so it was not taken."), _("Sign there with your own identity."),
    ),
    "signer-authority": (
        _("The certificate is not by an authority that this instance takes."), _("Tell the operator."),
    ),
    "signer-out-of-time": (_("The certificate was not valid at this time."), _AGAIN),
    "name-not-yours": (
        _("The certificate names somebody other than your record here."),
        _("If it is you, ask your EMD manager to correct the name in your record; then register again."),
    ),
    "identifier-missing": (
        _("The certificate lacks the number by which this instance knows its officers."), _("Tell the operator."),
    ),
    "answer-time": (_("The provider's answer bears a time that can't be."), _("Tell the operator: a clock is wrong.")),
    "signing_not_open": (_("The papers were given up meanwhile."), _ANEW),
}  # fmt: skip
# Codes of the providers that everybody may read; the others are for the operator.
_PROVIDER: dict[str, Text] = {
    "invalid_otp": _("The one-time password was wrong."),
    "invalid_pin": _("The PIN was wrong."),
    "invalid_client": _("The provider does not know this instance any more; the operator must see to it."),
    "unauthorized_client": _("The provider does not know this instance any more; the operator must see to it."),
    "access_denied": _("The release was refused at the provider."),
    "expired_token": _("The release at the provider was too old."),
    "SAD_expired": _("The release at the provider was too old."),
    "temporarily_unavailable": _("The provider is busy now."),
    "server_error": _("The provider has a fault now."),
    "http-401": _("The provider's release was not valid any more."),
}


def sentence(visit: ProviderVisit) -> Text:
    """How the visit ended, or that it is not over."""
    if visit.state == VisitState.FAILED:
        return _FAILED.get(visit.failure, (_("What came back from your provider does not fit."), ""))[0]
    return {
        str(VisitState.OPEN): _("You are at your provider."),
        str(VisitState.ANSWERED): _("The signatures came back and were checked."),
        str(VisitState.CANCELLED): _("You came back without signing."),
        str(VisitState.EXPIRED): _("Too much time went by at the provider."),
    }[str(visit.state)]


def remedy(visit: ProviderVisit) -> Text:
    """What to do now."""
    if visit.state == VisitState.FAILED:
        return _FAILED.get(visit.failure, ("", _ANEW))[1]
    return {
        str(VisitState.OPEN): _("When you are done there, this page goes on."),
        str(VisitState.ANSWERED): _("The paper goes on by itself; if not, press the button."),
        str(VisitState.CANCELLED): _AGAIN,
        str(VisitState.EXPIRED): _ANEW,
    }[str(visit.state)]


def provider_words(visit: ProviderVisit) -> Text:
    """What the provider's own code means, where everybody may know."""
    return _PROVIDER.get(visit.provider_code, "")


NOT_OFFERED: dict[str, Text] = {
    "no-certificate": _("There is no certificate for it."),
    "disabled": _("The provider has switched it off."),
    "unsupported": _("It signs in a way that can't be put into a PDF here."),
    "not-for-signing": _("Its certificate is not for signing documents."),
}
WHERE: dict[str, Text] = {
    str(Backend.CSC): _("Your key lies at the remote signing service. You release it there, for these papers alone."),
    str(Backend.ESIGN): _(
        "The eSign provider, which must be licensed by the Controller of Certifying Authorities, asks you for your "
        "identity on its own page and signs these papers alone. Nothing but their hashes leaves this office."
    ),
}
