"""Forms of readiness and exemptions. They read what was sent; the services check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.checklist import Item
from employee_master.models import Employee, NominationKind
from employee_master.queries.readiness import Person
from employee_master.services.exemption import Wanted
from eoffice.core.names import named


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **options)


class TickForm(forms.Form):
    """Evidence for a tick: a line, a paper, or both."""

    note = forms.CharField(label=_("Note"), required=False, max_length=1000, help_text=_("Who saw it, when, how many."))
    upload = forms.FileField(label=_("Paper"), required=False, help_text=_("PDF, JPEG, PNG or TIFF."))


class NominationForm(forms.Form):
    """Who was nominated, by which order: somebody of the office, of another office by code, or from outside."""

    kind = forms.ChoiceField(label=_("Nominated as"), choices=NominationKind.choices)
    employee = forms.ChoiceField(label=_("Somebody of this office"), required=False)
    code = forms.CharField(
        label=_("Employee code"), required=False, max_length=30, help_text=_("Of somebody from another office.")
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Only of somebody who is not in this instance.")
    )
    designation = forms.CharField(label=_("Designation"), required=False, max_length=200)
    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=254, help_text=_("The reports are sent to this address.")
    )
    order_number = forms.CharField(label=_("Order number"), max_length=80)
    order_on = _day(label=_("Date of the order"))
    from_on = _day(label=_("First day"))
    to_on = _day(label=_("Last day"), required=False)

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employee: forms.ChoiceField = self.fields["employee"]  # type: ignore[assignment]
        chosen = [(str(one.employee_id), f"{named(one)} · {one.marking}") for one in people]
        employee.choices = [("", "—"), *chosen]

    def clean(self) -> dict[str, Any]:
        """`employee_id` is who was chosen or named by code."""
        facts = super().clean() or {}
        code = (facts.pop("code", "") or "").strip()
        chosen = facts.pop("employee", "") or ""
        facts["employee_id"] = int(chosen) if chosen else None
        if code and chosen:
            self.add_error("code", _("Choose somebody of the office, or give a code; not both."))
        elif code:
            facts["employee_id"] = Employee.objects.filter(code__iexact=code).values_list("pk", flat=True).first()
            if facts["employee_id"] is None:
                self.add_error("code", _("Nobody has this code. Look it up in the directory."))
        return facts


class NominationEndForm(forms.Form):
    on = _day(label=_("Last day"))


class ItemForm(forms.Form):
    """An item of the checklist, as this instance wants it."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Small English letters, digits, underscores."))
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    help_hi = forms.CharField(label=_("Explanation in Hindi"), max_length=300, required=False)
    help_en = forms.CharField(label=_("Explanation in English"), max_length=300, required=False)
    position = forms.IntegerField(
        label=_("Position"), min_value=1, max_value=999, initial=500, help_text=_("Smaller numbers stand first.")
    )
    is_active = forms.BooleanField(label=_("On the checklist"), required=False, initial=True)


class ExemptionForm(forms.Form):
    """What the office asks to be exempted from, until when, and why."""

    scope = forms.ChoiceField(
        label=_("Exemption from"),
        choices=[("items", _("single items")), ("whole", _("the go-live as a whole"))],
        widget=forms.RadioSelect,
        initial="items",
    )
    codes = forms.MultipleChoiceField(label=_("Items"), required=False, widget=forms.CheckboxSelectMultiple)
    asked_until = _day(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    order_number = forms.CharField(
        label=_("Number of the higher order"), max_length=80, help_text=_("The order that allows to ask.")
    )
    order_on = _day(label=_("Date of the order"))

    def __init__(self, *args: Any, listed: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes: forms.MultipleChoiceField = self.fields["codes"]  # type: ignore[assignment]
        codes.choices = [(item.code, named(item)) for item in listed]

    def wanted(self) -> Wanted:
        """What was asked for, once the form is valid."""
        facts = self.cleaned_data
        return Wanted(
            is_whole=facts["scope"] == "whole",
            codes=facts["codes"],
            asked_until=facts["asked_until"],
            reason=facts["reason"],
            order_number=facts["order_number"],
            order_on=facts["order_on"],
        )


class DecideForm(forms.Form):
    """The last day of a grant, and what the authority says."""

    until = _day(label=_("Until"), required=False)
    why = forms.CharField(
        label=_("Remark or reason"), required=False, max_length=1000, help_text=_("A refusal needs its reason.")
    )
