"""Forms of the registry. They read what was typed; the services clean and judge it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dak.models import Classification, Delivery, Kind, Language, Priority, Receipt
from dak.services import ReceiptFacts
from dak.workflow import Disposal
from eoffice.core import clock
from eoffice.core.errors import BadInput

# Offered so that the refusal can say where such a letter belongs (procedure 31).
_SECRETS = [("secret", _("Secret: paper register only")), ("top_secret", _("Top secret: paper register only"))]


# What the next letter of the same kind is likely to share.
_KEPT = (
    "subject",
    "sender_name",
    "sender_designation",
    "sender_organisation",
    "sender_address",
    "sender_email",
    "sender_phone",
    "kind",
    "language",
    "classification",
    "priority",
    "delivery",
    "received_on",
)


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def put_error(form: forms.Form, error: BadInput) -> None:
    """Show a refusal at its field, or above the form when it names none."""
    text = f"{error.message} {error.remedy}".strip()
    form.add_error(error.field if error.field in form.fields else None, text)


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReceiptForm(forms.Form):
    """What the clerk enters. Order is the order of work: paper, subject, sender, their number and date."""

    paper = forms.Field(
        label=_("The letter"),
        required=False,
        widget=_SeveralFiles(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.tif,.tiff"}),
    )
    stored = forms.CharField(widget=forms.HiddenInput, required=False)
    subject = forms.CharField(label=_("Subject"), widget=forms.Textarea(attrs={"rows": 2}), strip=True)
    sender_name = forms.CharField(label=_("Sender’s name"))
    sender_designation = forms.CharField(label=_("Designation"), required=False)
    sender_organisation = forms.CharField(label=_("Office or organisation"), required=False)
    their_number = forms.CharField(label=_("Their letter number"), required=False)
    their_date = _day(label=_("Their date"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.LETTER)
    delivery = forms.ChoiceField(label=_("How it came"), choices=Delivery.choices, initial=Delivery.POST)
    received_on = _day(label=_("Received on"))
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.ORDINARY)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.HINDI)
    classification = forms.ChoiceField(
        label=_("Classification"), choices=[*Classification.choices, *_SECRETS], initial=Classification.ORDINARY
    )
    enclosures_expected = forms.IntegerField(label=_("Enclosures named"), required=False, min_value=0)
    enclosures_received = forms.IntegerField(label=_("Enclosures received"), required=False, min_value=0)
    due_on = _day(label=_("Due on"), required=False, help_text=_("Left empty: the usual days for this kind"))
    sender_address = forms.CharField(label=_("Sender’s address"), required=False)
    sender_email = forms.CharField(label=_("Sender’s e-mail"), required=False)
    sender_phone = forms.CharField(label=_("Sender’s telephone"), required=False)
    duplicates_shown = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = clock.today
        for field in self.fields.values():
            # Entries about strangers don't belong in the browser's own list.
            if isinstance(field, forms.CharField):
                field.widget.attrs.setdefault("autocomplete", "off")

    @classmethod
    def like(cls, receipt: Receipt) -> ReceiptForm:
        """An empty form for the next letter of the same kind: the facts of `receipt`, without its number and date."""
        return cls(initial={name: getattr(receipt, name) for name in _KEPT})

    def facts(self) -> ReceiptFacts:
        """What was entered, for the service; only after `is_valid`."""
        data = {name: self.cleaned_data[name] for name in ReceiptFacts.__dataclass_fields__}
        for name in ("enclosures_expected", "enclosures_received"):
            data[name] = data[name] or 0
        return ReceiptFacts(**data)


class SendForm(forms.Form):
    """To whom, with which words, until when. The posts are checked by the view against those that exist."""

    to = forms.IntegerField(required=False, widget=forms.HiddenInput)
    section = forms.IntegerField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Find a post or a person"), required=False, max_length=100)
    remarks = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = _day(label=_("Due on"), required=False)


class RemarksForm(forms.Form):
    remarks = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class DisposeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("How it ends"),
        choices=Disposal.choices,
        initial=Disposal.NO_FURTHER_ACTION,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )


class EvidenceForm(forms.Form):
    evidence = forms.CharField(
        label=_("Proof"),
        required=False,
        help_text=_("Number of the postal receipt, or who took it and when"),
    )


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why it was not delivered"))
