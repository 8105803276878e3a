"""Forms of people, change requests and lists of names. They read what was typed; the services judge it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import ChangeField, Employee, EvidenceKind, Gender, LeavingReason, ListKind
from employee_master.queries.change import DATE_FIELDS, value_text
from eoffice.core import clock
from eoffice.core.errors import BadInput

PAPERS = ".pdf,.jpg,.jpeg,.png,.tif,.tiff"
SHEETS = ".xlsx,.xls,.ods,.csv"
OBJECTION_LINES = 5


def put_refusal(form: forms.Form, refusal: BadInput) -> None:
    """Show a refusal at its field, or above the form when it names none."""
    text = f"{refusal.message} {refusal.remedy}".strip()
    form.add_error(refusal.field if refusal.field in form.fields else None, text)


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _genders() -> list[tuple[str, Any]]:
    return [("", "—"), *Gender.choices]


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _EmployeeFields(forms.Form):
    mobile = forms.CharField(label=_("Mobile"), max_length=20, required=False)
    gender = forms.ChoiceField(label=_("Gender"), choices=_genders, required=False)
    born_on = _day(label=_("Date of birth"), required=False)
    joined_on = _day(label=_("First day in service"), required=False)
    superannuates_on = _day(label=_("Retirement on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Entries about others don't belong in the browser's own list.
            field.widget.attrs.setdefault("autocomplete", "off")


class EmployeeForm(_EmployeeFields):
    """A person to be entered."""

    code = forms.CharField(label=_("Employee code"), max_length=30)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200, required=False)
    field_order = ("code", "name_en", "name_hi", "mobile", "gender", "born_on", "joined_on", "superannuates_on")


class CorrectForm(_EmployeeFields):
    """What the EMD manager corrects directly; names and code too while they are not certified."""

    code = forms.CharField(label=_("Employee code"), max_length=30)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200, required=False)
    field_order = EmployeeForm.field_order

    def __init__(self, employee: Employee, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(employee, name) for name in self.field_order})
        super().__init__(*args, **kwargs)
        if employee.certified_at is not None:
            for name in ("code", "name_en", "name_hi"):
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """What was altered, for the service."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class LeaveForm(forms.Form):
    """The last day in the instance, and why."""

    on = _day(label=_("Last day"))
    reason = forms.ChoiceField(label=_("Why"), choices=LeavingReason.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class ChangeForm(forms.Form):
    """New values beside the present ones: an empty field of this form means "as it is"."""

    papers = forms.Field(
        label=_("Evidence"),
        required=False,
        widget=SeveralFiles(attrs={"accept": PAPERS}),
        help_text=_("One PDF, or pictures of its pages in order. Needed for names, code and dates."),
    )
    kind = forms.ChoiceField(label=_("What paper this is"), choices=EvidenceKind.choices, required=False)
    why = forms.CharField(label=_("Remark"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    effective_on = _day(
        label=_("Takes effect on"), required=False, help_text=_("Left empty: as soon as it is approved")
    )

    def __init__(self, employee: Employee, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employee = employee
        for name in ChangeField.values:
            if name != ChangeField.EMAIL or employee.account_id is not None:
                self.fields[name] = self._value(name)

    def _value(self, name: str) -> forms.Field:
        label = ChangeField(name).label
        if name in DATE_FIELDS:
            return _day(label=label, required=False)
        if name == ChangeField.GENDER:
            return forms.ChoiceField(label=label, choices=_genders, required=False)
        field = forms.CharField(label=label, required=False, max_length=254 if name == ChangeField.EMAIL else 200)
        field.widget.attrs["autocomplete"] = "off"
        return field

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each field beside what the record holds, for the page."""
        return [(self[name], value_text(self.employee, name)) for name in ChangeField.values if name in self.fields]

    def values(self) -> dict[str, str]:
        """The fields that were filled in, as text for the service."""
        filled = {name: self.cleaned_data.get(name) for name in ChangeField.values if name in self.fields}
        return {name: _as_text(value) for name, value in filled.items() if value not in (None, "")}


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class ObjectForm(forms.Form):
    """Several objections, one a line of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, OBJECTION_LINES + 1):
            self.fields[f"objection_{number}"] = forms.CharField(
                label=_("Objection %(number)s") % {"number": number},
                required=number == 1,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def texts(self) -> list[str]:
        return [text for name, text in self.cleaned_data.items() if name.startswith("objection_") and text]


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ListForm(forms.Form):
    """A second list of the staff."""

    kind = forms.ChoiceField(label=_("Which list"), choices=ListKind.choices)
    title = forms.CharField(label=_("Name of the list"), max_length=200)
    sheet = forms.FileField(label=_("The list"), widget=forms.FileInput(attrs={"accept": SHEETS}))


class OursForm(forms.Form):
    why = forms.CharField(label=_("Why ours is right"), max_length=300)
