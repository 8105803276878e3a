"""Forms of the files room. They read what was sent; the services check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dak.models import Classification, Priority
from dak.workflow import Disposal
from eoffice.core.names import named
from files.models import DraftKind, Head
from files.services.draft import DraftText


def _head_words(head: Head) -> str:
    return f"{head.code} · {named(head)}"


class FileOpenForm(forms.Form):
    """A new file: its number from a head of the section, or a free one."""

    subject = forms.CharField(label=_("Subject"), widget=forms.Textarea(attrs={"rows": 2}))
    head = forms.ModelChoiceField(
        label=_("Number from the head"),
        queryset=Head.objects.none(),
        required=False,
        empty_label=_("Free number"),
        help_text=_("The next serial of the head is drawn when the file is opened."),
    )
    free_number = forms.CharField(label=_("Free number"), required=False, help_text=_("Only where no head fits."))
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.ORDINARY)
    classification = forms.ChoiceField(
        label=_("Classification"),
        choices=Classification.choices,
        initial=Classification.ORDINARY,
        help_text=_("Secret and above is not kept here: enter only a pointer in the paper register."),
    )

    def __init__(self, *args: Any, section_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads: forms.ModelChoiceField[Head] = self.fields["head"]  # type: ignore[assignment]
        heads.queryset = Head.objects.filter(section_id=section_id or 0, closed_on=None).order_by("code")
        heads.label_from_instance = _head_words  # type: ignore[assignment,method-assign]

    def clean(self) -> dict[str, Any] | None:
        facts = super().clean() or {}
        if not facts.get("head") and not (facts.get("free_number") or "").strip():
            self.add_error("head", _("Choose a head, or write a free number."))
        return facts


class PracticeForm(forms.Form):
    """A practice file needs a subject and nothing else."""

    subject = forms.CharField(label=_("Subject"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class SendForm(forms.Form):
    """To whom, and what to say with it."""

    to = forms.IntegerField(error_messages={"required": _("Choose the post that is to have it.")})
    remarks = forms.CharField(label=_("Remark"), required=False)


class ParkForm(forms.Form):
    until = forms.DateField(label=_("Wait until"), widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label=_("Reason"), help_text=_("For example: reply of the Treasury awaited."))


class BriefForm(forms.Form):
    """What the decision view shows before all papers (design 11)."""

    gist = forms.CharField(label=_("Gist"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    points = forms.CharField(
        label=_("Points for orders"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One point a line."),
    )


class PaperForm(forms.Form):
    title = forms.CharField(label=_("What it is"))
    upload = forms.FileField(label=_("PDF or picture"))


class DisposeForm(forms.Form):
    kind = forms.ChoiceField(label=_("Disposed of as"), choices=Disposal.choices)


class DraftForm(forms.Form):
    """A letter, field by field; the text itself comes through the editor."""

    kind = forms.ChoiceField(label=_("Form"), choices=DraftKind.choices, initial=DraftKind.LETTER)
    language = forms.ChoiceField(label=_("Language"), choices=[("hi", _("Hindi")), ("en", _("English"))])
    addressee = forms.CharField(
        label=_("To"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Name, designation, place: a line each.")
    )
    email = forms.CharField(label=_("E-mail of the addressee"), required=False)
    subject = forms.CharField(label=_("Subject"), widget=forms.Textarea(attrs={"rows": 2}))
    salutation = forms.CharField(label=_("Salutation"), required=False)
    closing = forms.CharField(label=_("Closing"), required=False)
    enclosures = forms.CharField(label=_("Enclosures"), required=False)
    copies_to = forms.CharField(
        label=_("Copy to (endorsement)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One receiver a line."),
    )
    why = forms.CharField(label=_("What was changed, and why"), required=False)

    def text(self, body: str) -> DraftText:
        """The letter, with `body` as canonical HTML."""
        facts = self.cleaned_data
        return DraftText(
            subject=facts["subject"],
            addressee=facts["addressee"],
            body=body,
            email=facts["email"],
            salutation=facts["salutation"],
            enclosures=facts["enclosures"],
            copies_to=facts["copies_to"],
            closing=facts["closing"],
        )


class LineForm(forms.Form):
    """The senior officer's line and decision."""

    line = forms.CharField(label=_("One line"), required=False)
    act = forms.CharField()
    shown = forms.CharField()
    to = forms.IntegerField(required=False)


class HeadNameForm(forms.Form):
    """How a head is called."""

    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200)


class HeadForm(HeadNameForm):
    """A new head of a section."""

    code = forms.CharField(label=_("Head"), max_length=30, help_text=_("As it stands in file numbers: 12 or 12/3."))
    parent = forms.TypedChoiceField(label=_("Below the head"), required=False, coerce=int, empty_value=None)
    field_order = ("code", "parent", "name_en", "name_hi")

    def __init__(self, *args: Any, heads: Iterable[Head], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ChoiceField)
        parent.choices = [("", _("None: at the top")), *((head.pk, _head_words(head)) for head in heads)]
