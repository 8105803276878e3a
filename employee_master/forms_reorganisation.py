"""Forms of a re-organisation: first what and where, then what in detail, post by post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from employee_master.forms_organisation import (
    Choices,
    day_field,
    pick_field,
    post_choices,
    set_choices,
    unit_choices,
)
from employee_master.models import Office, Post, ReorganisationKind, Section, SectionKind

GOES, ENDS = "goes", "ends"
# Kinds that need a section; and those in which each post has its own lot.
OF_A_SECTION = (
    ReorganisationKind.RENAME,
    ReorganisationKind.MERGE,
    ReorganisationKind.SPLIT,
    ReorganisationKind.MOVE,
)
POST_BY_POST = (ReorganisationKind.MERGE, ReorganisationKind.SPLIT, ReorganisationKind.POSTS)
_TWO_OFFICES = (ReorganisationKind.MERGE, ReorganisationKind.MOVE, ReorganisationKind.POSTS)


class ReorganisationChoiceForm(forms.Form):
    """What is to be done, with which section, and into which office."""

    kind = forms.ChoiceField(label=_("What is to be done"), choices=ReorganisationKind.choices)
    section = pick_field(_("Section"), help_text=_("Where posts alone are moved, it may be left empty for officers."))
    to_office = pick_field(
        _("Into the office"), help_text=_("Another office only where a section or posts leave this one.")
    )

    def __init__(self, *args: Any, sections: Iterable[Section], offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "section", unit_choices(sections), none=_("Officers of the office"))
        set_choices(self, "to_office", unit_choices(offices), none=_("It stays in this office"))

    def clean(self) -> dict[str, Any] | None:
        sent = super().clean() or {}
        if sent.get("kind") in OF_A_SECTION and not sent.get("section"):
            self.add_error("section", _("Choose the section that this is about."))
        return sent


class ReorganisationForm(forms.Form):
    """The order and its detail. Which fields there are depends on the kind; the lot of each post is a field of its own.

    `sent_facts` gives what `reorganisation_prepare` takes.
    """

    order_number = forms.CharField(label=_("Order number"), max_length=80)
    order_on = day_field(_("Date of the order"), required=True)
    on = day_field(
        _("With effect from"),
        required=True,
        help_text=_("The first day of the new arrangement. What lies ahead is carried out in the night before."),
    )

    def __init__(
        self,
        *args: Any,
        kind: ReorganisationKind,
        section: Section | None,
        target_office: Office,
        sections: Iterable[Section],
        posts: Iterable[Post],
        successors: Iterable[Post],
        superiors: Iterable[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.section, self.posts = kind, section, list(posts)
        others = [one for one in sections if section is None or one.pk != section.pk]
        if kind in (ReorganisationKind.RENAME, ReorganisationKind.SPLIT):
            self._name_fields(section)
        if kind == ReorganisationKind.MERGE:
            self._pick("into", _("Is merged into"), unit_choices(others), required=True)
        if kind == ReorganisationKind.POSTS:
            none = now("Officers of %(office)s") % {"office": target_office.code}
            self._pick("into", _("Go to the section"), unit_choices(others), none=none)
        if kind == ReorganisationKind.SPLIT:
            self.fields["unit_kind"] = forms.ChoiceField(label=_("Kind"), choices=SectionKind.choices)
        if kind in (ReorganisationKind.SPLIT, ReorganisationKind.MOVE):
            none = now("None: directly to the office")
            self._pick("parent", _("Belongs to the section"), unit_choices(sections), none=none)
        if kind in (ReorganisationKind.SPLIT, ReorganisationKind.MOVE, ReorganisationKind.POSTS):
            self._pick(
                "superior",
                _("Those whose superior does not go along stand under"),
                post_choices(superiors),
                none=now("Made by rule"),
            )
        if kind == ReorganisationKind.SPLIT:
            self._pick("receiving", _("Receives for the new section"), post_choices(self.posts), none=now("By rule"))
        if kind in (ReorganisationKind.SPLIT, ReorganisationKind.POSTS) and section is not None:
            self._pick(
                "stays_receiving",
                _("Receives for the section that stays"),
                post_choices(self.posts),
                none=now("By rule"),
            )
        if kind in POST_BY_POST:
            self._lots(list(successors))

    def _name_fields(self, section: Section | None) -> None:
        renames = self.kind == ReorganisationKind.RENAME
        first = section if renames and section is not None else None
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            max_length=20,
            required=not renames,
            initial=first.code if first else "",
            help_text=_("With a new code the markings of its posts change; the former code is never given again."),
        )
        for name, label in (("name_en", _("Name in English")), ("name_hi", _("Name in Hindi"))):
            self.fields[name] = forms.CharField(
                label=label, max_length=200, initial=getattr(first, name) if first else ""
            )

    def _pick(self, name: str, label: Any, choices: Choices, *, required: bool = False, none: str = "") -> None:
        self.fields[name] = pick_field(label, required=required)
        set_choices(self, name, choices, none=none or now("Choose one"))

    def _lots(self, successors: list[Post]) -> None:
        goes = now("goes along") if self.kind == ReorganisationKind.MERGE else now("stays")
        first: Choices = [("", goes)]
        if self.kind != ReorganisationKind.MERGE:
            first.append((GOES, now("goes")))
        first.append((ENDS, now("is abolished")))
        to = now("is abolished, its desk goes to %(marking)s")
        ends: Choices = [(str(post.pk), to % {"marking": post.marking}) for post in successors]
        for post in self.posts:
            others = [choice for choice in ends if choice[0] != str(post.pk)]
            self.fields[f"post_{post.pk}"] = forms.ChoiceField(
                label=post.marking, choices=[*first, *others], required=False
            )

    def plain_fields(self) -> Iterator[BoundField]:
        """The fields above the list of posts."""
        yield from (field for field in self if not field.name.startswith("post_"))

    def lots(self) -> Iterator[tuple[Post, BoundField]]:
        """Each post with the field of its lot."""
        if self.kind in POST_BY_POST:
            yield from ((post, self[f"post_{post.pk}"]) for post in self.posts)

    def sent_facts(self) -> dict[str, Any]:
        sent = self.cleaned_data
        lots = {post.pk: sent.get(f"post_{post.pk}", "") for post in self.posts if self.kind in POST_BY_POST}
        facts = {name: sent[name] for name in ("order_number", "order_on", "on")}
        for name in ("code", "name_en", "name_hi"):
            if name in sent:
                facts[name] = sent[name]
        for name in ("into", "parent", "superior", "receiving", "stays_receiving"):
            if name in sent:
                facts[f"{name}_id"] = sent[name]
        facts["unit_kind"] = sent.get("unit_kind", "")
        facts["post_ids"] = [pk for pk, lot in lots.items() if lot == GOES]
        facts["abolish"] = {pk: None if lot == ENDS else int(lot) for pk, lot in lots.items() if lot not in ("", GOES)}
        return facts


def takes_another_office(kind: ReorganisationKind) -> bool:
    return kind in _TWO_OFFICES
