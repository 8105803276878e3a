"""Forms of the staff import."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import Office
from employee_master.services.imports.life import WHY_LENGTH
from eoffice.core.names import named


class UploadForm(forms.Form):
    """The sheet, and the office it is for: only the super admin chooses."""

    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none(), empty_label=None)
    sheet = forms.FileField(label=_("Sheet of staff"))

    def __init__(self, *args: object, offices: Sequence[Office], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        field: forms.ModelChoiceField[Office] = self.fields["office"]  # type: ignore[assignment]
        field.label_from_instance = _shown  # type: ignore[assignment,method-assign]
        field.queryset = Office.objects.filter(pk__in=[office.pk for office in offices]).order_by("code")
        field.initial = offices[0].pk if offices else None


def _shown(office: Office) -> str:
    return f"{office.code} · {named(office)}"


class ReturnForm(forms.Form):
    """What the head wants corrected."""

    why = forms.CharField(label=_("What is to be corrected"), max_length=WHY_LENGTH, widget=forms.Textarea)
