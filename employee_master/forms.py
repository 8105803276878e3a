"""Forms of the employee master."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.services import government_address
from eoffice.core.errors import BadInput

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
