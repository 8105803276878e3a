"""Recording the quarterly access review: who looked at which list, and what was ended with it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import AccessReview, Office
from employee_master.queries.accounts import Case
from employee_master.queries.reviews import (
    Kind,
    Line,
    facts_of,
    lines_of,
    review_list,
    review_of,
    shown_hash,
    this_quarter,
)
from employee_master.services.account import account_close
from employee_master.services.charge import charge_end
from employee_master.services.role import role_revoke
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.ledger.chain import digest
from eoffice.ledger.writer import record_event


@transaction.atomic
def review_record(*, office_id: int | None, shown: str, ends: Collection[str] = (), actor: Actor) -> AccessReview:
    """Record this quarter's review of the office (None: the instance), and end what is named in `ends`.

    `shown` is the hash of the list that the reviewer saw (`queries.reviews.shown_hash`). Refuses: a list that has
    changed since (`list_changed`), a quarter that is recorded already (`review_done`), a row that is not on the list
    or not the reviewer's to end. All of it is done or nothing.
    """
    office = Office.objects.select_for_update(no_key=True).get(pk=office_id) if office_id is not None else None
    access.require(actor, Action.ACCESS_REVIEW, Case(0, office))
    quarter_on = this_quarter()
    done = review_of(office, quarter_on)
    if done is not None:
        raise _done()
    groups = review_list(office, actor=actor)
    if shown != shown_hash(groups):
        raise WrongState(
            "list_changed",
            _("The list has changed since you opened it; nothing was recorded."),
            _("Look at it again and record it then."),
        )
    lines = {line.key: line for line in lines_of(groups)}
    chosen = [_to_end(lines.get(key)) for key in sorted(set(ends))]
    listed = {
        "office": office_id,
        "quarter": quarter_on.isoformat(),
        "rows": [facts_of(line) | {"ended": line in chosen} for line in lines.values()],
    }
    review = AccessReview(
        office=office,
        quarter_on=quarter_on,
        done_at=clock.now(),
        done_by_id=actor.person,
        listed=listed,
        sha256=digest(listed),
        ended=len(chosen),
    )
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        raise _done() from error
    for line in chosen:
        _end(line, actor)
    record_event(
        action=Action.ACCESS_REVIEW,
        subject=review,
        actor=actor,
        data={"office": office_id, "quarter": quarter_on.isoformat(), "list": review.sha256, "ended": len(chosen)},
    )
    return review


def _to_end(line: Line | None) -> Line:
    if line is None or line.verdict is None:
        raise BadInput(
            "not_on_the_list",
            _("What is to be ended is not on the list."),
            _("Look at the list again."),
        )
    if not line.verdict.allowed:
        raise line.verdict.error()
    return line


def _end(line: Line, actor: Actor) -> None:
    if line.kind == Kind.ROLE:
        role_revoke(grant_id=line.thing.pk, actor=actor)
    elif line.kind == Kind.LINK:
        charge_end(charge_id=line.thing.pk, on=clock.today(), actor=actor)
    else:
        account_close(employee_id=line.employee.pk, actor=actor)


def _done() -> WrongState:
    return WrongState(
        "review_done",
        _("The review of this quarter is recorded already."),
        _("Roles and accounts can be ended on their own pages at any time."),
    )
