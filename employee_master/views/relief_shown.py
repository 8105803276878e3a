"""What the pages of a relieving show: the desk, how far it is, who may sign, and what a correction brings back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from employee_master.models import Office, Relieving, RelievingLine
from employee_master.queries.relieving import ReliefCase, case_of, desk_keys, joined_charge, offices_of
from employee_master.services.charge_list import Line, lines_of
from employee_master.services.charge_signing import can_sign, must_stand_in, signer_of
from employee_master.services.relieved import correction_ahead
from employee_master.services.relieving import needs_signatures
from employee_master.workflow.relieving import OPEN_RELIEVINGS, RelievingState
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput
from eoffice.core.names import named
from eoffice.core.templatetags.eoffice_ui import office_date, office_moment

ACTS = (
    Action.RELIEVING_PREPARE,
    Action.RELIEVING_LIST,
    Action.RELIEVING_SIGN,
    Action.RELIEVING_COMPLETE,
    Action.RELIEVING_WITHDRAW,
    Action.RELIEVING_CORRECT,
)
SIGNABLE = (RelievingState.LISTED, RelievingState.GIVEN)


def is_master(actor: Actor) -> bool:
    """Whether the actor relieves in any office: its EMD manager, its head, or the super admin."""
    return offices_of(actor).exists()


def may_export(actor: Actor) -> bool:
    """Whether the actor takes lists away: who keeps the master of the office they act in, or of all."""
    office = Office.objects.filter(pk=actor.office_id or 0).first()
    return access.check(actor, Action.MASTER_EXPORT, office or Office()).allowed


def require_master(actor: Actor) -> None:
    """Refuse the lists of an office to whoever neither manages nor heads one."""
    if not is_master(actor):
        access.require(actor, Action.JOINING_ENTER, _Nobody())


class _Nobody:
    """The thing of no office and about nobody, for the refusal of a list."""

    office: Office | None = None
    employee_id: int | None = None


def reads_subjects(relieving: Relieving, actor: Actor) -> bool:
    """The officers concerned and their office read what the things are about; the super admin of elsewhere does not.

    Administrators do not read files (design 9); of a desk that is not theirs they see numbers.
    """
    concerned = {relieving.charge.employee_id, relieving.successor_id}
    posts = {relieving.charge.post_id, relieving.takes_post_id}
    return (
        actor.employee_id in concerned
        or (actor.post_id is not None and actor.post_id in posts)
        or actor.office_id == relieving.charge.post.office_id
    )


def context_of(relieving: Relieving, actor: Actor, language: str) -> dict[str, Any]:
    case = case_of(relieving)
    state = RelievingState(relieving.state)
    verdicts = access.verdicts(actor, case, ACTS)
    is_prepared = state is RelievingState.PREPARED
    groups = _live(relieving, language) if is_prepared else _frozen(relieving)
    signer = signer_of(relieving) if state in SIGNABLE else None
    return {
        "relieving": relieving,
        "case": case,
        "verdicts": verdicts,
        "groups": groups,
        "things": sum(len(rows) for _kind, rows in groups),
        "came_later": _came_later(relieving) if state in OPEN_RELIEVINGS and not is_prepared else 0,
        "reads": reads_subjects(relieving, actor),
        "opens": actor.post_id == relieving.charge.post_id,
        "steps": _steps(relieving),
        "can_assign": is_prepared and verdicts["prepare"].allowed,
        "can_reopen": state in OPEN_RELIEVINGS and not is_prepared and verdicts["withdraw"].allowed,
        "nobody_takes": is_prepared and relieving.takes_post is None and any(_keyed(rows) for _kind, rows in groups),
        "signer": signer,
        "my_turn": signer is not None and signer.pk == actor.employee_id,
        "stand_in": state in SIGNABLE and must_stand_in(relieving),
        "keys": _keys(relieving, case) if state in OPEN_RELIEVINGS and state != RelievingState.TAKEN else [],
        "needs_signatures": needs_signatures(),
    }


def _live(relieving: Relieving, language: str) -> list[tuple[str, list[Line]]]:
    """The desk as it is now; the words in the language of the page."""
    groups: dict[str, list[Line]] = {}
    for line in lines_of(relieving, language=language):
        groups.setdefault(line.kind, []).append(line)
    return list(groups.items())


def _frozen(relieving: Relieving) -> list[tuple[str, list[RelievingLine]]]:
    """The list as it was drawn, and what came later."""
    groups: dict[str, list[RelievingLine]] = {}
    for line in relieving.lines.select_related("to_post"):
        groups.setdefault(line.kind or _("Came after the list was drawn"), []).append(line)
    return list(groups.items())


def _keyed(rows: Iterable[Any]) -> bool:
    return any(row.item.key for row in rows)


def _came_later(relieving: Relieving) -> int:
    listed = set(relieving.lines.values_list("key", flat=True))
    return len(set(desk_keys(relieving.charge.post_id)) - listed)


def _keys(relieving: Relieving, case: ReliefCase) -> list[dict[str, Any]]:
    """Whether the two officers can sign with keys of their own; otherwise the head signs, with a reason."""
    rows = [(_("Gives the charge"), relieving.charge.employee), (_("Takes the charge over"), case.taker)]
    return [
        {
            "role": role,
            "name": named(person),
            "can": person is not None and can_sign(relieving, person) and not (place == 0 and _absent(relieving)),
        }
        for place, (role, person) in enumerate(rows)
        if person is not None
    ]


def _absent(relieving: Relieving) -> bool:
    return bool(relieving.reason.giver_absent)


def _steps(relieving: Relieving) -> list[dict[str, str]]:
    """The strip over the page: done, here, next."""
    done = [
        (_("Prepared"), office_moment(relieving.made_at), True),
        (_("Charge list"), office_moment(relieving.listed_at), relieving.listed_at is not None),
        (_signed(_("Given"), relieving.given_by), office_moment(relieving.given_at), relieving.given_at is not None),
        (_signed(_("Taken"), relieving.taken_by), office_moment(relieving.taken_at), relieving.taken_at is not None),
        (_("Relieved"), office_date(relieving.on), relieving.completed_at is not None),
    ]
    if relieving.completed_at is not None:
        # An instance that does not have its lists signed leaves the two steps out.
        done = [step for step in done if step[2]]
    if relieving.closed_at is not None:
        done = [step for step in done if step[2]]
        done.append((str(relieving.get_state_display()), office_moment(relieving.closed_at), True))
    first_open = next((place for place, step in enumerate(done) if not step[2]), len(done) - 1)
    return [
        {"post": words, "when": when, "state": "here" if place == first_open else ("done" if passed else "next")}
        for place, (words, when, passed) in enumerate(done)
    ]


def _signed(words: str, person: Any) -> str:
    return f"{words}: {named(person)}" if person is not None else words


def correction_of(relieving: Relieving) -> dict[str, Any]:
    """What comes back and what can't."""
    back, stays = correction_ahead(relieving)
    return {"relieving": relieving, "back": back, "stays": stays, "joined": joined_charge(relieving)}


def field_of(form: forms.Form, refusal: BadInput) -> str | None:
    """The field that a refusal names, if the form has it."""
    return refusal.field if refusal.field in form.fields else None
