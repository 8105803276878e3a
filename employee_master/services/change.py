"""Change requests (R21, R22): proposed with evidence, checked, objected to and answered, approved, entered.

Nothing is lost on the way: every objection is a row of its own that must be answered before the request goes on, and
whatever was said stays readable. Papers are stored by the caller before (`eoffice.documents.services.upload_store`),
because that takes a child process and no transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    ChangeEvidence,
    ChangeField,
    ChangeLine,
    ChangeRequest,
    Employee,
    EvidenceKind,
    Objection,
)
from employee_master.queries.change import (
    FREE_FIELDS,
    case_of,
    case_to_propose,
    content_now,
    open_change_of,
    unanswered,
    value_text,
)
from employee_master.services.change_values import checked_values, moved_on, refuse_moved_on, values_enter
from employee_master.services.employee import refuse_left
from employee_master.workflow.change import ChangeStage, ChangeState
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.calendar import add_working_days
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.numbers import next_number, written
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.ledger.writer import record_event

WHY_LENGTH = 500
ANSWER_LENGTH = 1000
MOST_OBJECTIONS = 10
FARTHEST_EFFECT = timedelta(days=366)
# The outbox kind that tells people what became of a request; payload {"change": id, "what": code}.
TOLD = "changes.told"

Paper = tuple[Document, EvidenceKind]


@transaction.atomic
def change_propose(
    *,
    employee_id: int,
    values: Mapping[str, str],
    papers: Sequence[Paper] = (),
    why: str = "",
    effective_on: date | None = None,
    actor: Actor,
) -> ChangeRequest:
    """Propose new values, as text by field, for one person's record.

    Fields that stay as they are are left out. Refuses: nothing that changes, values that can't be (`BadInput` with the
    field), a field about which an open request exists (`change_open`), and, unless only mobile, gender or e-mail
    change, a request without a paper (`evidence_missing`).
    """
    employee = _locked_employee(employee_id)
    case = case_to_propose(employee, actor)
    office = case.office
    access.require(actor, Action.CHANGE_PROPOSE, case)
    refuse_left(employee)
    if office is None:
        raise WrongState(
            "no_office",
            _("The person belongs to no office yet, so nobody could check the change."),
            _("Enter the person's charge first."),
        )
    changed = checked_values(employee, values)
    _refuse_without_paper(changed, papers)
    _refuse_open(employee_id, changed)
    today = clock.today()
    request: ChangeRequest = ChangeRequest(
        employee=employee,
        office=office,
        number=written(
            "change", office=office.code, year=today.year,
            serial=next_number("change", office=office.code, year=today.year),
        ),
        why=clean_line(why, field="why", limit=WHY_LENGTH, required=False, lines=True),
        effective_on=_effect(effective_on),
        made_by_id=actor.person,
        made_at=clock.now(),
        **_due_days(today),
    )  # fmt: skip
    request.save()
    lines = [
        ChangeLine(request=request, employee=employee, field=field, old=value_text(employee, field), new=new)
        for field, new in changed.items()
    ]
    try:
        with transaction.atomic():
            ChangeLine.objects.bulk_create(lines)
    except IntegrityError as error:
        raise _change_open() from error
    _add_papers(request, papers, actor)
    _record(Action.CHANGE_PROPOSE, request, actor, fields=sorted(changed))
    if actor.employee_id != employee_id:
        _tell(request, "proposed")
    return request


@transaction.atomic
def change_check(*, request_id: int, actor: Actor) -> ChangeRequest:
    """The drawing and disbursing officer found the evidence right. Goes on to the head of the office."""
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_CHECK, case_of(request))
    request.check_off(at=clock.now())
    request.checked_by_id = actor.person
    request.save()
    _record(Action.CHANGE_CHECK, request, actor)
    return request


@transaction.atomic
def change_object(*, request_id: int, objections: Sequence[str], actor: Actor) -> ChangeRequest:
    """Send the request back to its proposer with one or several objections, each to be answered."""
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_OBJECT, case_of(request))
    texts = [clean_line(text, field="objections", limit=WHY_LENGTH, lines=True) for text in objections if text.strip()]
    if not texts or len(texts) > MOST_OBJECTIONS:
        raise BadInput(
            "objections_count",
            _("Write between one and %(most)s objections.") % {"most": MOST_OBJECTIONS},
            _("One sentence for each matter that has to be answered."),
            field="objections",
        )
    _object(request, texts, actor)
    return request


@transaction.atomic
def change_answer(*, request_id: int, number: int, answer: str, actor: Actor) -> Objection:
    """Answer one objection. Until the request is sent again the answer may be written anew."""
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_ANSWER, case_of(request))
    objection = request.objections.filter(number=number, sent_at__isnull=True).first()
    if objection is None:
        raise WrongState(
            "not_asked",
            _("There is no objection of this number to be answered."),
            _("Open the request again; it lists what is to be answered."),
        )
    objection.answer = clean_line(answer, field="answer", limit=ANSWER_LENGTH, lines=True)
    objection.answered_by_id = actor.person
    objection.answered_at = clock.now()
    objection.save()
    _record(Action.CHANGE_ANSWER, request, actor, objection=number)
    return objection


@transaction.atomic
def change_send_again(
    *, request_id: int, values: Mapping[str, str] | None = None, papers: Sequence[Paper] = (), actor: Actor
) -> ChangeRequest:
    """Send the answered request on, with corrected values or further papers where need be.

    Refuses while an objection is unanswered (`unanswered`). What the record holds now is what the change starts from.
    It returns to whoever objected; with other values or papers, or when the record changed, to the check.
    """
    request = _locked(request_id)
    employee = _locked_employee(request.employee_id)
    access.require(actor, Action.CHANGE_ANSWER, case_of(request))
    left = list(unanswered(request).values_list("number", flat=True))
    if left:
        raise WrongState(
            "unanswered",
            _("These objections are not answered yet: %(numbers)s.") % {"numbers": ", ".join(map(str, left))},
            _("Answer each of them; then send the request again."),
        )
    before = content_now(request)
    _rebase(request, employee, values or {})
    _add_papers(request, papers, actor)
    asked_by_system = request.objections.filter(raised_by__isnull=True, sent_at__isnull=True).exists()
    request.objections.filter(sent_at__isnull=True).update(sent_at=clock.now())
    same = content_now(request) == before and not asked_by_system
    stage = ChangeStage(request.stage) if same else ChangeStage.CHECK
    due = _due_days(clock.today())
    if stage == ChangeStage.APPROVE:
        due["turn_due_on"] = due["due_on"]
    else:
        request.checked_by, request.checked_at = None, None
    request.send_again(stage=stage, **due)
    request.save()
    _record(Action.CHANGE_ANSWER, request, actor, again=True, stage=str(stage))
    return request


@transaction.atomic
def change_approve(*, request_id: int, shown: str, actor: Actor) -> ChangeRequest:
    """The head approves what was shown (`shown`, from `content_now`); entered at once, or on its day.

    Refuses: values or papers that are not the ones shown (`changed_since_shown`), a record that was changed meanwhile
    (`changed_meanwhile`).
    """
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_APPROVE, case_of(request))
    if shown != content_now(request):
        raise WrongState(
            "changed_since_shown",
            _("The request is not the one that was on your screen."),
            _("Read it again; then approve or object."),
        )
    employee = _locked_employee(request.employee_id)
    refuse_left(employee)
    refuse_moved_on(request, employee)
    request.approve(at=clock.now())
    request.approved_by_id = actor.person
    request.save()
    _record(Action.CHANGE_APPROVE, request, actor)
    if request.effective_on is None or request.effective_on <= clock.today():
        _enter(request, employee, actor)
    return request


@transaction.atomic
def change_reject(*, request_id: int, why: str, actor: Actor) -> ChangeRequest:
    """Refuse the change for good, with the reason; also one that was approved and waits for its day."""
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_REJECT, case_of(request))
    request.reject(why=clean_line(why, field="why", limit=WHY_LENGTH, lines=True), at=clock.now())
    _close(request)
    _record(Action.CHANGE_REJECT, request, actor)
    _tell(request, "rejected")
    return request


@transaction.atomic
def change_withdraw(*, request_id: int, why: str = "", actor: Actor) -> ChangeRequest:
    """Take the proposal back before it is approved."""
    request = _locked(request_id)
    access.require(actor, Action.CHANGE_WITHDRAW, case_of(request))
    text = clean_line(why, field="why", limit=WHY_LENGTH, required=False, lines=True)
    request.withdraw(why=text, at=clock.now())
    _close(request)
    _record(Action.CHANGE_WITHDRAW, request, actor)
    return request


@transaction.atomic
def change_apply_due(*, request_id: int) -> ChangeRequest | None:
    """Enter an approved change whose day has come; by the nightly job, for nobody.

    When the record changed meanwhile, the request goes back to its proposer with an objection that says so. None when
    somebody settled it in between.
    """
    request = _locked(request_id)
    if request.state != ChangeState.APPROVED or request.effective_on is None or request.effective_on > clock.today():
        return None
    employee = _locked_employee(request.employee_id)
    actor = Actor.system()
    if employee.left_on is not None or moved_on(request, employee):
        text = _("The record was changed since this was proposed. Say whether the change is still right.")
        _object(request, [str(text)], actor)
        return request
    _enter(request, employee, actor)
    return request


# Parts


def _locked(request_id: int) -> ChangeRequest:
    rows = ChangeRequest.objects.select_for_update(of=("self",))
    request: ChangeRequest = rows.select_related("office__parent", "employee").get(pk=request_id)
    return request


def _locked_employee(employee_id: int) -> Employee:
    rows = Employee.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("account", "entered_in").get(pk=employee_id)


def _due_days(today: date) -> dict[str, date]:
    return {
        "turn_due_on": add_working_days(today, settings.CHANGE_CHECK_DAYS),
        "due_on": add_working_days(today, settings.CHANGE_REQUEST_DAYS),
    }


def _refuse_without_paper(changed: Iterable[str], papers: Sequence[Paper]) -> None:
    if not papers and not set(changed) <= FREE_FIELDS:
        raise BadInput(
            "evidence_missing",
            _("Names, code and dates are changed on a paper only."),
            _("Add a scan of the school certificate, the service book or the order."),
            field="papers",
        )


def _refuse_open(employee_id: int, fields: Iterable[str]) -> None:
    other = open_change_of(employee_id, fields)
    if other is not None:
        raise _change_open(other)


def _change_open(line: ChangeLine | None = None) -> WrongState:
    if line is None:
        message: Any = _("An open request about the same field exists already.")
    else:
        message = _("The request %(number)s about “%(field)s” is still open.") % {
            "number": line.request.number,
            "field": ChangeField(line.field).label,
        }
    return WrongState("change_open", message, _("Answer or withdraw that one first."))


def _effect(on: date | None) -> date | None:
    today = clock.today()
    if on is None or on <= today:
        return None
    if on - today > FARTHEST_EFFECT:
        raise BadInput(
            "too_far",
            _("The change would take effect more than a year from now."),
            _("Propose it nearer to its day."),
            field="effective_on",
        )
    return on


def _add_papers(request: ChangeRequest, papers: Sequence[Paper], actor: Actor) -> None:
    ChangeEvidence.objects.bulk_create(
        ChangeEvidence(
            request=request, document=document, kind=kind, added_by_id=actor.person, added_at=clock.now()
        )
        for document, kind in papers
    )  # fmt: skip


def _object(request: ChangeRequest, texts: Sequence[str], actor: Actor) -> None:
    now = clock.now()
    last = request.objections.order_by("-number").values_list("number", flat=True).first() or 0
    Objection.objects.bulk_create(
        Objection(
            request=request, number=number, stage=request.stage, raised_by_id=actor.employee_id, raised_at=now,
            text=text,
        )
        for number, text in enumerate(texts, last + 1)
    )  # fmt: skip
    request.object_to(answer_by=add_working_days(clock.today(), settings.CHANGE_REQUEST_DAYS))
    request.approved_by = None
    request.save()
    _record(Action.CHANGE_OBJECT, request, actor, objections=[last + 1, last + len(texts)])
    _tell(request, "objected")


def _rebase(request: ChangeRequest, employee: Employee, values: Mapping[str, str]) -> None:
    """Put the lines on what the record holds now, with the corrected values."""
    lines = {line.field: line for line in request.lines.all()}
    wanted = {field: line.new for field, line in lines.items()} | dict(values)
    changed = checked_values(employee, wanted)
    _refuse_open(request.employee_id, set(changed) - set(lines))
    for field, line in lines.items():
        line.old = value_text(employee, field)
        line.new = changed.get(field, line.old)
        line.save()
    ChangeLine.objects.bulk_create(
        ChangeLine(request=request, employee=employee, field=field, old=value_text(employee, field), new=new)
        for field, new in changed.items()
        if field not in lines
    )


def _enter(request: ChangeRequest, employee: Employee, actor: Actor) -> None:
    """The approved values become the record's, in the caller's transaction."""
    fields = values_enter(request, employee)
    request.apply(at=clock.now())
    _close(request)
    _record(Action.CHANGE_APPLY, request, actor, fields=fields)
    data = {"change": request.pk, "fields": fields}
    record_event(action=Action.CHANGE_APPLY, subject=employee, actor=actor, data=data)
    _tell(request, "applied")


def _close(request: ChangeRequest) -> None:
    request.save()
    request.lines.update(is_open=False)


def _tell(request: ChangeRequest, what: str) -> None:
    key = f"change-{request.pk}-{what}-{request.objections.count()}"
    outbox.add(TOLD, key=key, payload={"change": request.pk, "what": what})


def _record(action: Action, request: ChangeRequest, actor: Actor, **data: Any) -> None:
    facts = {"employee": request.employee_id, "content": content_now(request), **data}
    record_event(action=action, subject=request, actor=actor, data=facts)
