"""What the officer's signature pages take in. What a PIN must be like is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import ChargeKind
from signatures import policy
from signatures.models import Backend
from signatures.services.brought import P12_MAX_BYTES, PASSWORD_MAX
from signatures.workflow import RetiredKind

_PIN_MAX = 64
_CERTIFICATE_MAX_BYTES = 128 * 1024


def _secret(label: Any, *, new: bool = False, most: int = _PIN_MAX, help_text: Any = "") -> forms.CharField:
    hint = "new-password" if new else "off"
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": hint}),
    )  # fmt: skip


class PinForm(forms.Form):
    """A new PIN, typed twice."""

    pin = _secret(
        _("Choose a PIN"), new=True,
        help_text=_("At least 8 characters, not your password. Write it down nowhere; nobody can read or reset it."),
    )  # fmt: skip
    again = _secret(_("The same PIN again"), new=True)

    def clean(self) -> dict[str, Any] | None:
        facts = super().clean() or {}
        if "pin" in facts and "again" in facts and facts["pin"] != facts["again"]:
            self.add_error("again", _("The two PINs differ. Type both anew."))
        return facts


class ChangePinForm(PinForm):
    """The present PIN, and the new one twice."""

    present = _secret(_("Your PIN now"))
    field_order = ("present", "pin", "again")


class TokenForm(forms.Form):
    """The PIN of a token that exists, and whether its own key is taken."""

    MAKE, ADOPT = "make", "adopt"
    how = forms.ChoiceField(
        label=_("Which key"),
        choices=[
            (MAKE, _("Make a new key on the token")),
            (ADOPT, _("Take the key and certificate that lie on the token")),
        ],
        initial=MAKE,
    )
    pin = _secret(_("PIN of the token"))


class CertificateForm(forms.Form):
    """The certificate that came for the key that waits, with the PIN that proves the key once more."""

    certificate = forms.FileField(
        label=_("Certificate from the certifying authority"),
        help_text=_("PEM or DER; with the authority's own certificates in the same file, if you have them."),
    )
    pin = _secret(_("Your PIN"))

    def clean_certificate(self) -> Any:
        return _small(self.cleaned_data["certificate"], _CERTIFICATE_MAX_BYTES)


class ImportForm(PinForm):
    """A key that the officer has as a file already."""

    file = forms.FileField(
        label=_("Your key as a .p12 or .pfx file"),
        help_text=_("It is read once and not kept. Delete your own copies afterwards."),
    )
    password = _secret(_("Password of the file"), most=PASSWORD_MAX)
    field_order = ("file", "password", "pin", "again")

    def clean_file(self) -> Any:
        return _small(self.cleaned_data["file"], P12_MAX_BYTES)


def _small(upload: Any, most: int) -> Any:
    if upload.size > most:
        raise forms.ValidationError(_("This file is too large for a key or certificate."))
    return upload


class WayForm(forms.Form):
    """The way of signing to ask for, among those that the instance offers."""

    backend = forms.ChoiceField(label=_("Way of signing"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = policy.instance_backends()
        self.fields["backend"].choices = [(code, Backend(code).label) for code in self.offered]  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Why it ends"),
        choices=[one for one in RetiredKind.choices if one[0] != RetiredKind.REPLACED],
    )


class SuspendForm(forms.Form):
    why = forms.CharField(label=_("Why it is suspended"), max_length=200)


class MapForm(forms.Form):
    order_number = forms.CharField(label=_("Number of the order"), max_length=80)


class RuleForm(forms.Form):
    """One line of the signing policy."""

    purpose = forms.ChoiceField(label=_("Act"), required=False)
    charge_kind = forms.ChoiceField(label=_("Kind of charge"), required=False)
    backends = forms.MultipleChoiceField(
        label=_("May be signed with"), choices=Backend.choices, widget=forms.CheckboxSelectMultiple
    )
    order_number = forms.CharField(label=_("Number of the order"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", _("Any act")), *policy.PURPOSES.items()]  # type: ignore[attr-defined]
        self.fields["charge_kind"].choices = [("", _("Any charge")), *ChargeKind.choices]  # type: ignore[attr-defined]
