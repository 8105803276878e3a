"""Forms of relieving, joining, link officers and vacant desks. They read what was sent; the services check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    FULL_KINDS,
    ChargeKind,
    Employee,
    Half,
    Post,
    Relieving,
    RelievingReason,
)
from employee_master.queries.relieving import (
    officers_to_choose,
    posts_to_choose,
    posts_to_join,
    reasons,
)
from employee_master.services.joining import JoiningFacts
from employee_master.services.relieving import RelievingFacts
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.names import named

KINDS = [(kind.value, kind.label) for kind in FULL_KINDS]


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def post_words(post: Post) -> str:
    holder = next(iter(getattr(post, "holders", [])), None)
    words = f"{post.marking} · {named(post)}"
    return f"{words} · {named(holder.employee)}" if holder else words


def employee_words(employee: Employee) -> str:
    return f"{named(employee)} · {employee.code}"


def of_posts(label: Any) -> forms.ModelChoiceField[Post]:
    return forms.ModelChoiceField(label=label, queryset=Post.objects.none())


def of_people(label: Any) -> forms.ModelChoiceField[Employee]:
    return forms.ModelChoiceField(label=label, queryset=Employee.objects.none())


def _posts(form: forms.Form, name: str, rows: Iterable[Post], *, every: bool = False) -> None:
    """Offer `rows` (with the holders that were fetched with them); accept any post that exists, or (every) existed."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Post.objects.all() if every else Post.objects.filter(is_active=True)
    field.choices = [("", "—"), *((row.pk, post_words(row)) for row in rows)]


def _people(form: forms.Form, name: str, rows: Iterable[Employee]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Employee.objects.filter(left_on__isnull=True)
    field.choices = [("", "—"), *((row.pk, employee_words(row)) for row in rows)]


class BesideForm(forms.Form):
    """A form in which one may write a marking or a code beside a list instead of choosing from it."""

    use_required_attribute = False
    beside: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.beside:
            written = (self.data.get(self.add_prefix(f"{name}_other")) or "").strip()
            self.fields[name].required = not written


class FindForm(forms.Form):
    q = forms.CharField(label=_("Person, post or marking"), max_length=100, required=False)


class RelievingForm(forms.Form):
    """What the order says."""

    reason = forms.ModelChoiceField(label=_("Reason"), queryset=RelievingReason.objects.none(), empty_label="—")
    order_number = forms.CharField(label=_("Order number"), max_length=80)
    order_on = day_field(_("Order dated"))
    on = day_field(_("Last day of the charge"))
    half = forms.ChoiceField(label=_("Relieved in the"), choices=Half.choices, initial=Half.AFTERNOON)
    to_marking = forms.CharField(
        label=_("Goes to the post"),
        max_length=60,
        required=False,
        help_text=_("Marking of a post of this e-Office, if it is one."),
    )
    to_words = forms.CharField(label=_("Goes elsewhere"), max_length=200, required=False,
                               help_text=_("Other office, other instance, or nothing."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[RelievingReason] = self.fields["reason"]  # type: ignore[assignment]
        field.queryset = reasons()
        field.label_from_instance = named  # type: ignore[assignment,method-assign]

    @staticmethod
    def facts_of(relieving: Relieving) -> dict[str, Any]:
        """The facts of a relieving, for the form to begin with."""
        return {
            "reason": relieving.reason_id,
            "order_number": relieving.order_number,
            "order_on": relieving.order_on,
            "on": relieving.on,
            "half": relieving.half,
            "to_marking": relieving.to_post.marking if relieving.to_post else "",
            "to_words": relieving.to_words,
        }

    def clean_to_marking(self) -> Post | None:
        marking = self.cleaned_data["to_marking"].strip()
        return post_by_marking(marking) if marking else None

    def facts(self) -> RelievingFacts:
        given = self.cleaned_data
        to = given["to_marking"]
        return RelievingFacts(
            reason_id=given["reason"].pk,
            order_number=given["order_number"],
            order_on=given["order_on"],
            on=given["on"],
            half=given["half"],
            to_post_id=to.pk if to else None,
            to_words=given["to_words"],
        )


def post_by_marking(marking: str) -> Post:
    """The post with the marking, as it is written in this e-Office; for forms."""
    post = Post.objects.filter(marking__iexact=marking, is_active=True).first()
    if post is None:
        raise forms.ValidationError(_("No post has this marking."), code="no_such_marking")
    return post


class AssignForm(BesideForm):
    """Which post takes the desk, or part of it."""

    beside = ("to",)
    to = of_posts(_("Post that takes it"))
    to_other = forms.CharField(label=_("or a marking of another office"), max_length=60, required=False)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _posts(self, "to", posts_to_choose(post))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        other = (given.get("to_other") or "").strip()
        if other:
            try:
                given["to"] = post_by_marking(other)
            except forms.ValidationError as error:
                self.add_error("to_other", error)
        return given


class HandOverForm(AssignForm):
    """The same with a reason, where nobody is being relieved."""

    why = forms.CharField(label=_("Reason"), max_length=300)


class SuccessorForm(BesideForm):
    """Who takes charge of the post itself."""

    beside = ("successor",)
    successor = of_people(_("Officer"))
    successor_other = forms.CharField(label=_("or an employee code"), max_length=30, required=False)
    kind = forms.ChoiceField(label=_("Charge"), choices=KINDS, initial=ChargeKind.ADDITIONAL)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self, "successor", officers_to_choose(post))

    def clean(self) -> dict[str, Any]:
        return _with_code(self, super().clean() or {}, "successor")


def _with_code(form: forms.Form, given: dict[str, Any], name: str) -> dict[str, Any]:
    """The person chosen, or the one whose employee code was written beside."""
    other = (given.get(f"{name}_other") or "").strip()
    if other:
        given[name] = Employee.objects.filter(code__iexact=other, left_on__isnull=True).first()
        if given[name] is None:
            form.add_error(f"{name}_other", _("Nobody has this employee code."))
    return given


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=300)


class ReasonForm(forms.Form):
    """A reason of the instance's own."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=80)
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_("Short, in Latin letters, as study_leave."))


class JoiningForm(BesideForm):
    """Who joins which post, by which order."""

    beside = ("employee",)
    employee = of_people(_("Officer"))
    employee_other = forms.CharField(label=_("or an employee code"), max_length=30, required=False)
    post = of_posts(_("Post"))
    kind = forms.ChoiceField(label=_("Charge"), choices=KINDS, initial=ChargeKind.SUBSTANTIVE)
    from_on = day_field(_("From day"))
    half = forms.ChoiceField(label=_("Joins in the"), choices=Half.choices, initial=Half.FORENOON)
    to_on = day_field(_("Until"), required=False, help_text=_("Only where the order says so."))
    order_number = forms.CharField(label=_("Order number"), max_length=80)
    order_on = day_field(_("Order dated"))
    relieving = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, people: Iterable[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _posts(self, "post", posts_to_join(actor), every=True)
        _people(self, "employee", people)

    def clean(self) -> dict[str, Any]:
        return _with_code(self, super().clean() or {}, "employee")

    def facts(self) -> JoiningFacts:
        given = self.cleaned_data
        return JoiningFacts(
            kind=ChargeKind(given["kind"]),
            from_on=given["from_on"],
            to_on=given["to_on"],
            half=given["half"],
            order_number=given["order_number"],
            order_on=given["order_on"],
        )


class LinkForm(BesideForm):
    """A stand-in for some days."""

    beside = ("employee",)
    employee = of_people(_("Link officer"))
    employee_other = forms.CharField(label=_("or an employee code"), max_length=30, required=False)
    from_on = day_field(_("From day"), initial=clock.today)
    to_on = day_field(_("Until"))
    confidential = forms.BooleanField(
        label=_("Confidential papers too"),
        required=False,
        help_text=_("Without the tick the link officer does not see them."),
    )
    order_number = forms.CharField(label=_("Order number"), max_length=80, required=False)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self, "employee", officers_to_choose(post))

    def clean(self) -> dict[str, Any]:
        return _with_code(self, super().clean() or {}, "employee")
