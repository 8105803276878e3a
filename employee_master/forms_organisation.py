"""Forms of the organisation: offices, sections, designations, posts, strength, holidays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import Area, Designation, Office, OfficeKind, Post, Section, SectionKind
from eoffice.core.names import named

Choices = list[tuple[Any, Any]]


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def pick_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.TypedChoiceField:
    """One of a list of rows by id; its choices are set where the form is made. Nothing chosen is None."""
    return forms.TypedChoiceField(label=label, required=required, coerce=int, empty_value=None, help_text=help_text)


def set_choices(form: forms.Form, name: str, choices: Choices, *, none: Any = None) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = ([("", none)] if none is not None else []) + choices


def post_choices(posts: Iterable[Post]) -> Choices:
    return [(post.pk, f"{post.marking} · {named(post)}") for post in posts]


def unit_choices(units: Iterable[Office | Section]) -> Choices:
    return [(unit.pk, f"{unit.code} · {named(unit)}") for unit in units]


def designation_choices(designations: Iterable[Designation]) -> Choices:
    return [(one.pk, f"{named(one)} ({one.code})") for one in designations]


class OfficesForm(forms.Form):
    """What is looked for among the offices."""

    q = forms.CharField(label=_("Name, code or place"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *OfficeKind.choices], required=False)
    closed = forms.BooleanField(label=_("Closed ones"), required=False)
    under = forms.IntegerField(required=False, widget=forms.HiddenInput)
    after = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class OfficeForm(forms.Form):
    """What an office is."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("As GAD; it stands in markings and never changes.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OfficeKind.choices)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200)
    short_hi = forms.CharField(
        label=_("Short form in letter numbers"), max_length=40, required=False, help_text=_("As सा.प्र.")
    )
    parent = pick_field(_("Lies below"))
    head_post = pick_field(
        _("Head of office"), help_text=_("Certifies staff sheets, approves changes and re-organisations.")
    )
    ddo_post = pick_field(_("Drawing and disbursing officer"), help_text=_("Checks changes of personal data."))
    from_on = day_field(_("First day"))
    to_on = day_field(_("Last day"), help_text=_("Only for an office that is closed."))

    def __init__(
        self, *args: Any, offices: Iterable[Office], posts: Sequence[Post], known: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "parent", unit_choices(offices), none=_("None: it stands at the top"))
        for name in ("head_post", "ddo_post"):
            set_choices(self, name, post_choices(posts), none=_("Not entered"))
        if known:
            del self.fields["code"]
            self.order_fields(["kind", "short_hi", "name_en", "name_hi", "head_post", "ddo_post", "parent", "from_on"])
        else:
            # A new office has no posts yet.
            for name in ("head_post", "ddo_post", "to_on"):
                del self.fields[name]


class ReachForm(forms.Form):
    """Where an office is and how it is reached."""

    address_en = forms.CharField(label=_("Address in English"), max_length=300, required=False)
    address_hi = forms.CharField(label=_("Address in Hindi"), max_length=300, required=False)
    place_en = forms.CharField(label=_("City or block, in English"), max_length=80, required=False)
    place_hi = forms.CharField(label=_("City or block, in Hindi"), max_length=80, required=False)
    district_en = forms.CharField(label=_("District in English"), max_length=80, required=False)
    district_hi = forms.CharField(label=_("District in Hindi"), max_length=80, required=False)
    area = forms.ChoiceField(label=_("Urban or rural"), choices=[("", _("Not entered")), *Area.choices], required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    latitude = forms.DecimalField(
        label=_("Latitude"), max_digits=8, decimal_places=6, required=False, help_text=_("In degrees, as 26.846700")
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), max_digits=9, decimal_places=6, required=False, help_text=_("In degrees, as 80.946200")
    )


class SectionForm(forms.Form):
    """What a section or unit is."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("As GAD-3; it stands in file numbers and is never given twice.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=SectionKind.choices)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200)
    parent = pick_field(_("Belongs to the section"))
    receiving_post = pick_field(_("Receiving post"), help_text=_("Papers marked to the section reach this post."))
    is_registry = forms.BooleanField(label=_("It is the registry: letters are diarised here"), required=False)

    def __init__(
        self, *args: Any, sections: Iterable[Section], posts: Iterable[Post], known: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "parent", unit_choices(sections), none=_("None: directly to the office"))
        set_choices(self, "receiving_post", post_choices(posts), none=_("Not named"))
        if known:
            del self.fields["code"]
            self.order_fields(["name_en", "name_hi", "kind", "parent", "receiving_post"])


class DesignationForm(forms.Form):
    """What a designation is."""

    code = forms.CharField(label=_("Code"), max_length=20)
    rank = forms.IntegerField(
        label=_("Rank"), min_value=1, max_value=999, help_text=_("The highest officer has the smallest rank.")
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120)
    abbreviation = forms.CharField(
        label=_("Abbreviation in markings"),
        max_length=12,
        required=False,
        help_text=_("As SO. Left empty, it is made of the English name."),
    )
    is_active = forms.BooleanField(label=_("New posts may have it"), required=False, initial=True)

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["code"]
        else:
            del self.fields["is_active"]


class PostForm(forms.Form):
    """A new post; what is left empty is made by rule."""

    designation = pick_field(_("Designation"), required=True)
    section = pick_field(_("Section"))
    superior = pick_field(
        _("Stands under"), help_text=_("Left empty: the head of the section, else the head of the office.")
    )
    marking = forms.CharField(
        label=_("Marking abbreviation"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is made by rule: SO-GAD3, DA2-GAD3."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        designations: Iterable[Designation],
        sections: Iterable[Section],
        posts: Iterable[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "designation", designation_choices(designations), none=_("Choose one"))
        set_choices(self, "section", unit_choices(sections), none=_("None: an officer of the office"))
        set_choices(self, "superior", post_choices(posts), none=_("Made by rule"))


class PostCorrectForm(forms.Form):
    """Names and marking of a post."""

    marking = forms.CharField(
        label=_("Marking abbreviation"),
        max_length=60,
        required=False,
        help_text=_("The former one stays the post's and is still found. Left empty, it is made by rule."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=200, required=False)


class PlaceForm(forms.Form):
    """Under which post another stands in the channel of submission."""

    superior = pick_field(_("Stands under"))

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "superior", post_choices(posts), none=_("Nobody: it stands at the top"))


class AbolishForm(forms.Form):
    """Who takes over from a post that ends."""

    successor = pick_field(_("What lies on its desk goes to"), help_text=_("Needed where the desk is not empty."))

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "successor", post_choices(posts), none=_("Nobody: the desk is empty"))


class SanctionForm(forms.Form):
    """How many posts of a designation are sanctioned in a unit."""

    designation = pick_field(_("Designation"), required=True)
    section = pick_field(_("Section"))
    strength = forms.IntegerField(label=_("Sanctioned posts"), min_value=0, max_value=9999)
    order_number = forms.CharField(label=_("Order number"), max_length=80, required=False)

    def __init__(
        self, *args: Any, designations: Iterable[Designation], sections: Iterable[Section], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "designation", designation_choices(designations), none=_("Choose one"))
        set_choices(self, "section", unit_choices(sections), none=_("None: the officers of the office"))


class HolidayForm(forms.Form):
    """A day on which the office is closed."""

    on = day_field(_("Day"), required=True)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120)
