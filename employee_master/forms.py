"""Forms of the employee master."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee, Office, RoleGrant
from employee_master.queries.roles import NAMES
from employee_master.services import government_address
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput
from eoffice.core.names import named

PASSWORD_LIMIT = 1000


class SignInForm(forms.Form):
    """Government e-mail and password; names and autocomplete are those that password managers know."""

    email = forms.CharField(
        label=_("Government e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_LIMIT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_email(self) -> str:
        try:
            return government_address(self.cleaned_data["email"])
        except BadInput as refusal:
            raise forms.ValidationError([str(refusal.message), str(refusal.remedy)], code=refusal.code) from refusal


class DirectoryForm(forms.Form):
    """What is looked for in the directory."""

    q = forms.CharField(label=_("Post or name"), max_length=100, required=False)
    office = forms.CharField(max_length=20, required=False)


def _secret(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=PASSWORD_LIMIT, strip=False, widget=widget, **more)


class AskLinkForm(forms.Form):
    """Where the link goes, if the address is one of ours."""

    email = forms.CharField(
        label=_("Government e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class CodeForm(forms.Form):
    """The code of the authenticator, or a recovery code where it is lost."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


class NewPasswordForm(forms.Form):
    """A password typed twice; its rules are those of the service."""

    password = _secret(_("New password"), "new-password", help_text=_("At least 12 characters; a sentence is best."))
    again = _secret(_("The same again"), "new-password")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", _("The two differ."))
        return found


class ChangePasswordForm(NewPasswordForm):
    old = _secret(_("Present password"), "current-password")
    field_order = ("old", "password", "again")


class AgainForm(forms.Form):
    """The password again, before something that must not be done by whoever finds the desk empty."""

    password = _secret(_("Password"), "current-password")


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GrantForm(forms.Form):
    """Who gets which role, in which office, for how long; the person is one of the office's."""

    role = forms.ChoiceField(label=_("Role"))
    employee = forms.TypedChoiceField(label=_("Person"), coerce=int)
    whole = forms.BooleanField(label=_("For all offices of the instance"), required=False)
    from_on = DayField(label=_("From the day"))
    to_on = DayField(
        label=_("Until"), required=False, help_text=_("The last day; the role ends by itself. Empty: until revoked.")
    )

    def __init__(self, *args: Any, roles: Iterable[Role], people: Iterable[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("role", [("", _("Choose a role"))] + [(role.value, NAMES[role]) for role in roles])
        self._choices("employee", [("", _("Choose a person"))] + [(one.pk, person_label(one)) for one in people])

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ProposeForm(forms.Form):
    """Whom to propose as super admin, and in whose place."""

    employee = forms.TypedChoiceField(label=_("Person"), coerce=int)
    replaces = forms.TypedChoiceField(label=_("In the place of"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, people: Iterable[Employee], present: Iterable[RoleGrant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employee, replaces = self.fields["employee"], self.fields["replaces"]
        assert isinstance(employee, forms.ChoiceField)
        assert isinstance(replaces, forms.ChoiceField)
        employee.choices = [("", _("Choose a person"))] + [(one.pk, person_label(one)) for one in people]
        replaces.choices = [("", _("Nobody: one more"))] + [(one.pk, person_label(one.employee)) for one in present]


class OfficeForm(forms.Form):
    """Which of the offices that one manages, and whom one looks for in it."""

    q = forms.CharField(label=_("Name or address"), max_length=100, required=False)
    office = forms.CharField(max_length=20, required=False)
    role = forms.CharField(max_length=20, required=False)
    only = forms.CharField(max_length=20, required=False)
    ended = forms.BooleanField(label=_("Ended ones too"), required=False)

    def office_among(self, offices: list[Office], own_id: int | None) -> Office | None:
        """The one asked for; else one's own, else the first."""
        code = self.cleaned_data.get("office", "") if self.is_valid() else ""
        chosen = next((one for one in offices if one.code == code), None)
        return chosen or next((one for one in offices if one.pk == own_id), offices[0] if offices else None)


def person_label(employee: Employee) -> str:
    return f"{named(employee)} ({employee.code})"
