"""What this room answers to the employee master about practice files (design 2, ports)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from eoffice.core.actor import Actor
from files.models import File, Practised
from files.services.hand_over import ON_DESK, file_hand_over, untouched_since_hand_over

KEY = "practice:"


class Practising:
    """Who has sent on a practice file themselves (R8)."""

    def practised_among(self, employee_ids: Collection[int]) -> set[int]:
        found = Practised.objects.filter(employee_id__in=employee_ids).values_list("employee_id", flat=True)
        return set(found)


class PracticeOnDesk:
    """Practice files stand in the list of a hand-over under a head of their own, and never hold anybody back."""

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        del post_id
        return []

    def items_on(self, post_id: int) -> Sequence[ports.Item]:
        return [
            ports.Item(
                key=f"{KEY}{file.pk}",
                kind=_("Practice files"),
                number=file.number,
                subject=file.subject,
                state=file.get_state_display(),
                since=file.held_since,
                url=reverse("files:detail", args=[file.pk]),
            )
            for file in _held(post_id)
        ]

    def hand_over(self, *, from_post_id: int, to_post_id: int, keys: Collection[str] | None, actor: Actor) -> int:
        pks = list(_held(from_post_id).values_list("pk", flat=True)) if keys is None else _ids(keys)
        return file_hand_over(file_ids=pks, from_post_id=from_post_id, to_post_id=to_post_id, actor=actor)

    def counts_on(self, post_ids: Collection[int]) -> dict[int, int]:
        """Nothing: a practice file may rest on a vacant desk."""
        del post_ids
        return {}

    def untouched(self, *, post_id: int, keys: Collection[str]) -> set[str]:
        return {f"{KEY}{pk}" for pk in untouched_since_hand_over(post_id=post_id, file_ids=_ids(keys))}


def _ids(keys: Collection[str]) -> list[int]:
    """The practice files among the keys; those of others are passed over."""
    found = (key.removeprefix(KEY) for key in keys if key.startswith(KEY))
    return [int(pk) for pk in found if pk.isdecimal()]


def _held(post_id: int) -> QuerySet[File]:
    return File.objects.filter(held_by=post_id, is_practice=True, state__in=ON_DESK).order_by("pk")


def register() -> None:
    """Called once from `FilesConfig.ready`."""
    ports.practises.register(Practising())
    files = PracticeOnDesk()
    ports.holds_work.register(files)
    ports.watches_desks.register(files)
