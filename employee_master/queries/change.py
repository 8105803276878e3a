"""Change requests: who sees which, whose turn it is, and what they would change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    FULL_KINDS,
    Account,
    ChangeField,
    ChangeLine,
    ChangeRequest,
    Charge,
    Employee,
    Gender,
    Objection,
    Office,
)
from employee_master.queries.accounts import managers_of, super_admins
from employee_master.queries.acting import active_on
from employee_master.queries.people import office_of_person
from employee_master.workflow.change import OPEN_STATES, ChangeStage, ChangeState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, Text
from eoffice.core.templatetags.eoffice_ui import office_long_date

DATE_FIELDS = frozenset({ChangeField.BORN_ON, ChangeField.JOINED_ON, ChangeField.SUPERANNUATES_ON})
# What the record can prove by itself needs no paper: the number rings, the mail arrives, the person knows.
FREE_FIELDS = frozenset({ChangeField.MOBILE, ChangeField.GENDER, ChangeField.EMAIL})
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Case:
    """A request as the rules of access see it; for one that is yet to be made, `state` is "proposed"."""

    office: Office | None
    employee_id: int
    made_by_id: int | None
    checked_by_id: int | None
    state: str
    stage: str
    words: Text
    checker_concerned: bool
    head_concerned: bool

    def get_state_display(self) -> Text:
        return self.words


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a request for the page: what it was, is, and shall be, in words."""

    field: str
    label: Text
    old: str
    new: str
    present: str
    settled: bool

    @property
    def moved_on(self) -> bool:
        """The record changed after the request was made: it can't be approved as it is."""
        return not self.settled and self.present not in {self.old, self.new}


def case_of(request: ChangeRequest) -> Case:
    """The request with who stands in today; one query beside its office."""
    office = request.office
    concerned = _holders(office, {request.employee_id, request.made_by_id, request.checked_by_id or 0})
    return Case(
        office=office,
        employee_id=request.employee_id,
        made_by_id=request.made_by_id,
        checked_by_id=request.checked_by_id,
        state=str(request.state),
        stage=str(request.stage),
        words=request.get_state_display(),
        checker_concerned=bool(concerned.get(office.ddo_post_id or 0, set()) - {request.checked_by_id}),
        head_concerned=bool(concerned.get(office.head_post_id or 0)),
    )


def case_to_propose(employee: Employee, actor: Actor) -> Case:
    """A request about the person that the actor is yet to make."""
    return Case(
        office=office_of_person(employee),
        employee_id=employee.pk,
        made_by_id=actor.employee_id,
        checked_by_id=None,
        state=ChangeState.PROPOSED,
        stage=ChangeStage.CHECK,
        words=ChangeState.PROPOSED.label,
        checker_concerned=False,
        head_concerned=False,
    )


def _holders(office: Office, people: set[int]) -> dict[int, set[int]]:
    """Which of the people fill the office's two deciding posts today."""
    posts = [pk for pk in (office.head_post_id, office.ddo_post_id) if pk is not None]
    found: dict[int, set[int]] = {}
    rows = Charge.objects.filter(active_on(clock.today()), post__in=posts, employee__in=people, kind__in=FULL_KINDS)
    for post, employee in rows.values_list("post_id", "employee_id"):
        found.setdefault(post, set()).add(employee)
    return found


def requests() -> QuerySet[ChangeRequest]:
    """All requests with what the rules' Q forms read: whether the officer of a stage is concerned."""
    full = Charge.objects.filter(active_on(clock.today()), kind__in=FULL_KINDS)
    about = Q(employee=OuterRef("employee")) | Q(employee=OuterRef("made_by"))
    rows: QuerySet[ChangeRequest] = ChangeRequest.objects.annotate(
        checker_concerned=Exists(full.filter(about, post=OuterRef("office__ddo_post"))),
        head_concerned=Exists(
            full.filter(about | Q(employee=OuterRef("checked_by")), post=OuterRef("office__head_post"))
        ),
    )
    return rows


def visible_changes(actor: Actor) -> QuerySet[ChangeRequest]:
    return requests().filter(access.change_reader_q(actor))


def change_or_404(actor: Actor, pk: int) -> ChangeRequest:
    """The request with people and office; `NotVisible` for whom it does not concern."""
    found = visible_changes(actor).filter(pk=pk)
    request = found.select_related(
        "employee__account", "office__parent", "office__head_post", "office__ddo_post", "made_by", "checked_by",
        "approved_by",
    ).first()  # fmt: skip
    if request is None:
        raise NotVisible
    return request


LISTS = ("mine", "check", "approve", "all")


def listed(actor: Actor, which: str) -> QuerySet[ChangeRequest]:
    """One of the lists: mine (made by me, or about me), to check, to approve, all that I see; newest first."""
    rows = requests()
    if which == "check":
        rows = rows.filter(access.to_check_q(actor)).order_by("turn_due_on", "pk")
    elif which == "approve":
        rows = rows.filter(access.to_approve_q(actor)).order_by("turn_due_on", "pk")
    elif which == "mine":
        rows = rows.filter(_mine(actor)).order_by("-pk")
    else:
        rows = rows.filter(access.change_reader_q(actor)).order_by("-pk")
    lines = ChangeLine.objects.order_by("pk")
    return rows.select_related("employee", "office", "made_by").prefetch_related(Prefetch("lines", queryset=lines))


def _mine(actor: Actor) -> Q:
    return Q(made_by_id=actor.employee_id) | Q(employee_id=actor.employee_id)


def waiting_for(actor: Actor) -> int:
    """How many requests wait for the actor's word: to check, to approve, to answer; 99 at most, one query."""
    wanted = access.to_check_q(actor) | access.to_approve_q(actor) | (_mine(actor) & Q(state=ChangeState.OBJECTED))
    return len(requests().filter(wanted).values_list("pk")[:MOST_COUNTED])


def counts(actor: Actor) -> dict[str, int]:
    """How many are to be checked, to be approved, and mine that are open; 99 at most each."""
    mine = requests().filter(_mine(actor), state__in=OPEN_STATES)
    return {
        "mine": len(mine.values_list("pk")[:MOST_COUNTED]),
        "check": len(requests().filter(access.to_check_q(actor)).values_list("pk")[:MOST_COUNTED]),
        "approve": len(requests().filter(access.to_approve_q(actor)).values_list("pk")[:MOST_COUNTED]),
    }


# Values as text


def value_text(employee: Employee, field: str) -> str:
    """What the record holds, as lines keep it: text, days as 2026-11-24, empty where there is nothing."""
    if field == ChangeField.EMAIL:
        account: Account | None = employee.account
        return account.email if account is not None else ""
    value = getattr(employee, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def value_of(field: str, text: str) -> Any:
    """The line's text as the record wants it."""
    if field in DATE_FIELDS:
        return date.fromisoformat(text) if text else None
    return text


def shown_value(field: str, text: str) -> str:
    """The line's text as a page shows it."""
    if not text:
        return ""
    if field in DATE_FIELDS:
        return office_long_date(date.fromisoformat(text))
    if field == ChangeField.GENDER:
        return str(Gender(text).label)
    return text


def lines_of(request: ChangeRequest) -> list[Line]:
    """The request's fields in the order of the page, beside what the record holds now."""
    order = list(ChangeField.values)
    lines = sorted(request.lines.all(), key=lambda line: order.index(line.field))
    settled = request.state not in OPEN_STATES
    return [
        Line(
            field=line.field,
            label=ChangeField(line.field).label,
            old=shown_value(line.field, line.old),
            new=shown_value(line.field, line.new),
            present=shown_value(line.field, value_text(request.employee, line.field)),
            settled=settled,
        )
        for line in lines
    ]


def content_hash(request: ChangeRequest, lines: Iterable[ChangeLine], papers: Sequence[str]) -> str:
    """Salted SHA-256 over values and papers: what the ledger keeps, and what an approval says it has seen."""
    values = [[line.field, line.old, line.new] for line in sorted(lines, key=lambda line: line.field)]
    effective = request.effective_on.isoformat() if request.effective_on else ""
    text = json.dumps([request.salt, values, effective, sorted(papers)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_now(request: ChangeRequest) -> str:
    papers = list(request.evidence.values_list("document__sha256", flat=True))
    return content_hash(request, request.lines.all(), papers)


def unanswered(request: ChangeRequest) -> QuerySet[Objection]:
    return request.objections.filter(answered_at__isnull=True)


# Whose turn, in words and as people


def turn_words(request: ChangeRequest) -> Text:
    """On whom the request waits now; empty when it is settled."""
    match request.state:
        case ChangeState.OBJECTED:
            return _("the proposer")
        case ChangeState.APPROVED:
            return _("its day")
        case state if state in OPEN_STATES:
            to_check = request.stage == ChangeStage.CHECK
            return _("the drawing and disbursing officer") if to_check else _("the head of the office")
        case _other:
            return ""


def open_lines_of(employee: Employee) -> dict[str, ChangeLine]:
    """The open requests' lines about the person, by field."""
    lines = ChangeLine.objects.filter(employee=employee, is_open=True).select_related("request")
    return {line.field: line for line in lines}


def open_change_of(employee_id: int, fields: Iterable[str]) -> ChangeLine | None:
    """An open request's line about one of the fields, if there is one."""
    wanted = ChangeLine.objects.filter(employee_id=employee_id, field__in=list(fields), is_open=True)
    return wanted.select_related("request").first()


def people_on_turn(request: ChangeRequest) -> list[Account]:
    """The open accounts of those on whom the request waits; of several who may, all are told."""
    if request.state == ChangeState.OBJECTED:
        return _accounts(Q(employee__in={request.made_by_id, request.employee_id}))
    case = case_of(request)
    office = request.office
    today = active_on(clock.today(), prefix="employee__charges__")
    if request.stage == ChangeStage.CHECK:
        managers = Q(pk__in=managers_of(office).values("pk"))
        if office.ddo_post_id is None or case.checker_concerned or office.ddo_post_id == office.head_post_id:
            return _others(managers, case) or _others(Q(pk__in=super_admins().values("pk")), case)
        return _others(today & Q(employee__charges__post=office.ddo_post_id), case)
    if not case.head_concerned:
        return _others(today & Q(employee__charges__post=office.head_post_id), case)
    above = office.parent.head_post_id if office.parent is not None else None
    found = _others(today & Q(employee__charges__post=above), case) if above is not None else []
    return found or _others(Q(pk__in=super_admins().values("pk")), case)


def _others(who: Q, case: Case) -> list[Account]:
    return _accounts(who & ~Q(employee__in={case.employee_id, case.made_by_id}))


def _accounts(who: Q) -> list[Account]:
    return list(Account.objects.filter(who, is_active=True).distinct().order_by("pk"))
