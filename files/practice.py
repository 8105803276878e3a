"""What this room answers to the employee master about practice files (design 2, ports)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Post
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from files.models import File, Practised
from files.services.custody import locked, move
from files.workflow import FileState

KEY = "practice:"
# Everything that a desk can hold; a practice file is in no other state.
_ON_DESK = (FileState.OPEN, FileState.PARKED)


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
        wanted = _held(from_post_id)
        if keys is not None:
            pks = [key.removeprefix(KEY) for key in keys if key.startswith(KEY)]
            wanted = wanted.filter(pk__in=[int(pk) for pk in pks if pk.isdecimal()])
        to = Post.objects.get(pk=to_post_id)
        moved = 0
        for pk in wanted.values_list("pk", flat=True):
            file = locked(pk)
            if file.held_by_id == from_post_id:
                move(file, to=to, action=Action.FILE_HAND_OVER, actor=actor)
                moved += 1
        return moved


def _held(post_id: int) -> QuerySet[File]:
    return File.objects.filter(held_by=post_id, is_practice=True, state__in=_ON_DESK).order_by("pk")


def register() -> None:
    """Called once from `FilesConfig.ready`."""
    ports.practises.register(Practising())
    ports.holds_work.register(PracticeOnDesk())
