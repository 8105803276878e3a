"""What the verifier's pages take in."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

_FORMATS = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d")


class OfficeDateField(forms.CharField):
    """A day as it is printed on a letter, whatever the browser's language (R23: no special date format)."""

    def clean(self, value: Any) -> date:
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in str(super().clean(value) or "").strip())
        for form in _FORMATS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                continue
        raise forms.ValidationError(_("Write the day as on the letter, for example 24-11-2026."), code="invalid")


class UploadForm(forms.Form):
    pdf = forms.FileField(label=_("Signed PDF"), allow_empty_file=True)

    def refuse_as_too_large(self) -> None:
        """The file was read away while it came in (`signatures.uploads`), so there is none."""
        self.errors["pdf"] = self.error_class([
            _("This file is larger than %(megabytes)s MB, so it was not checked.")
            % {"megabytes": settings.UPLOAD_MAX_BYTES // (1024 * 1024)}
        ])  # fmt: skip


class FactorsForm(forms.Form):
    """Two factors beside the reference number: what only somebody with the print knows."""

    on = OfficeDateField(label=_("Date of the signature"), max_length=20)
    signer = forms.CharField(label=_("Name of the signer"), max_length=200)


class LookUpForm(FactorsForm):
    reference = forms.CharField(label=_("Reference number"), max_length=20)
    field_order = ("reference", "on", "signer")
