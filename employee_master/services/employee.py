"""People: entering, correcting, leaving; and the words by which they are found.

What the EMD manager corrects directly: mobile, gender and the dates. Names and code carry the certifying head's word
(R3), so once a record is certified only a change request alters them; before that, a slip of the pen may be put right
directly. The e-mail address is the user id (R4) and changes by change request only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    Charge,
    Employee,
    Gender,
    LeavingReason,
    NameWord,
    Office,
    Post,
    PostMarking,
    PostWord,
    RoleGrant,
)
from employee_master.queries.people import Person, person_of
from employee_master.queries.words import code_words, sounds_of, words_of
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.bulk import insert_rows
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

NAME_LENGTH = 200
CODE_LENGTH = 30
MOBILE_DIGITS = 10
YOUNGEST = 14
CERTIFIED_FIELDS = ("code", "name_en", "name_hi")
DIRECT_FIELDS = ("mobile", "gender", "born_on", "joined_on", "superannuates_on")
_HINDI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class EmployeeFacts:
    """What is entered of a person, cleaned and checked by `employee_facts`."""

    code: str
    name_en: str
    name_hi: str
    mobile: str = ""
    gender: str = ""
    born_on: date | None = None
    joined_on: date | None = None
    superannuates_on: date | None = None


def employee_facts(
    *,
    code: str,
    name_en: str,
    name_hi: str,
    mobile: str = "",
    gender: str = "",
    born_on: date | None = None,
    joined_on: date | None = None,
    superannuates_on: date | None = None,
) -> EmployeeFacts:
    """The facts cleaned; refused with the field's name (`BadInput`) where they can't be so.

    One of the two names may be empty. Used for a single entry, a change request and a row of a sheet alike.
    """
    facts = EmployeeFacts(
        code=clean_line(code, field="code", limit=CODE_LENGTH),
        name_en=clean_line(name_en, field="name_en", limit=NAME_LENGTH, required=not name_hi.strip()),
        name_hi=clean_line(name_hi, field="name_hi", limit=NAME_LENGTH, required=False),
        mobile=clean_mobile(mobile),
        gender=_gender(gender),
        born_on=born_on,
        joined_on=joined_on,
        superannuates_on=superannuates_on,
    )
    _refuse_dates(facts)
    return facts


def clean_mobile(number: str) -> str:
    """Ten digits, without +91 or a leading nought; refused (`bad_mobile`) otherwise. Empty stays empty."""
    text = clean_line(number, field="mobile", limit=CODE_LENGTH, required=False).translate(_HINDI_DIGITS)
    digits = "".join(c for c in text if c.isdigit())
    bare = digits.removeprefix("91") if len(digits) == MOBILE_DIGITS + 2 else digits.removeprefix("0")
    if text and (len(bare) != MOBILE_DIGITS or bare[0] not in "6789" or any(c not in "+-() 0123456789" for c in text)):
        raise BadInput(
            "bad_mobile",
            _("This is not a mobile number."),
            _("Write the ten digits, as 9876543210."),
            field="mobile",
        )
    return bare


def name_words(employee: Employee) -> list[NameWord]:
    """The rows, not yet stored, by which the person is found: words of both names and the code, and their sounds."""
    return [
        NameWord(employee_id=pk, word=word, is_sound=is_sound) for pk, word, is_sound in _rows_of_employee(employee)
    ]


def name_words_write(employees: Iterable[Employee]) -> None:
    """Write the words of these people anew, in bulk; in the transaction that writes names or codes."""
    people = list(employees)
    for start in range(0, len(people), _BATCH):
        part = people[start : start + _BATCH]
        NameWord.objects.filter(employee__in=[person.pk for person in part]).delete()
        rows = [row for person in part for row in _rows_of_employee(person)]
        insert_rows(NameWord, ("employee", "word", "is_sound"), rows)


def post_words(post: Post, former: Iterable[str] = ()) -> list[PostWord]:
    """The rows, not yet stored, by which a post is found: words of its markings and both names, and their sounds.

    `former` are the markings that it bore before: old papers and habits speak of them.
    """
    rows = _rows_of_post(post, former)
    return [PostWord(post_id=pk, word=word, is_sound=is_sound) for pk, word, is_sound in rows]


def post_words_write(posts: Iterable[Post]) -> None:
    """Write the words of these posts anew, in bulk; in the transaction that writes markings or names."""
    every = list(posts)
    for start in range(0, len(every), _BATCH):
        part = every[start : start + _BATCH]
        ids = [post.pk for post in part]
        former: dict[int, list[str]] = {}
        for post_id, marking in PostMarking.objects.filter(post__in=ids).values_list("post_id", "marking"):
            former.setdefault(post_id, []).append(marking)
        PostWord.objects.filter(post__in=ids).delete()
        rows = [row for post in part for row in _rows_of_post(post, former.get(post.pk, ()))]
        insert_rows(PostWord, ("post", "word", "is_sound"), rows)


# Of whom or which post, the word, and whether it is a sound.
_WordRow = tuple[int, str, bool]


def _rows_of_employee(employee: Employee) -> list[_WordRow]:
    written = dict.fromkeys([*words_of(employee.name_en, employee.name_hi), *code_words(employee.code)])
    return _word_rows(employee.pk, written, sounds_of(employee.name_en, employee.name_hi))


def _rows_of_post(post: Post, former: Iterable[str]) -> list[_WordRow]:
    written = words_of(post.marking, post.name_en, post.name_hi, *former)
    return _word_rows(post.pk, written, sounds_of(post.name_en, post.name_hi))


def _word_rows(pk: int, written: Iterable[str], sounds: Iterable[str]) -> list[_WordRow]:
    return [*((pk, word, False) for word in written), *((pk, sound, True) for sound in sounds)]


@transaction.atomic
def employee_enter(
    *,
    code: str,
    name_en: str,
    name_hi: str,
    mobile: str = "",
    gender: str = "",
    born_on: date | None = None,
    joined_on: date | None = None,
    superannuates_on: date | None = None,
    office_id: int,
    actor: Actor,
) -> Employee:
    """Enter one person, kept by the office until their first charge. Refuses: a code that is taken (`code_taken`)."""
    facts = employee_facts(
        code=code,
        name_en=name_en,
        name_hi=name_hi,
        mobile=mobile,
        gender=gender,
        born_on=born_on,
        joined_on=joined_on,
        superannuates_on=superannuates_on,
    )
    office = Office.objects.get(pk=office_id)
    access.require(actor, Action.EMPLOYEE_ENTER, Person(office, None))
    employee = Employee(**asdict(facts), entered_in=office)
    _save(employee, actor, Action.EMPLOYEE_ENTER, {"office": office_id})
    return employee


@transaction.atomic
def employee_correct(*, employee_id: int, changes: dict[str, Any], actor: Actor) -> Employee:
    """Correct what may be corrected directly (see above); `changes` are values by field.

    Refuses: a field that needs a change request (`needs_request`), a person who left (`has_left`). The ledger gets the
    names of the fields only.
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    access.require(actor, Action.EMPLOYEE_CORRECT, person_of(employee))
    refuse_left(employee)
    unknown = set(changes) - {*DIRECT_FIELDS, *CERTIFIED_FIELDS}
    if unknown:
        raise ValueError(f"not a field to be corrected: {sorted(unknown)}")
    if employee.certified_at is not None and not set(changes) <= set(DIRECT_FIELDS):
        raise WrongState(
            "needs_request",
            _("Names and code were certified by the head of the office."),
            _("Propose the change with its evidence; the head approves it."),
        )
    changed = facts_write(employee, changes)
    if changed:
        _save(employee, actor, Action.EMPLOYEE_CORRECT, {"fields": changed})
    return employee


def facts_write(employee: Employee, changes: dict[str, Any]) -> list[str]:
    """Put checked values on the row, which the caller holds locked and saves; the fields that changed."""
    facts = facts_with(employee, changes)
    changed = sorted(name for name in changes if getattr(facts, name) != getattr(employee, name))
    for name in changed:
        setattr(employee, name, getattr(facts, name))
    return changed


def facts_with(employee: Employee, changes: dict[str, Any]) -> EmployeeFacts:
    """The record's facts as they would be; checked as `employee_facts` does, but for what stays as it is."""
    now = {name: getattr(employee, name) for name in EmployeeFacts.__dataclass_fields__}
    # A number that came in before our rule on numbers must not stand in the way of another field.
    return employee_facts(**(now | {"mobile": ""} | changes))


def employee_save(employee: Employee) -> None:
    """Save names, code and facts with the words they are found by. Refuses `code_taken`."""
    try:
        with transaction.atomic():
            employee.save()
    except IntegrityError as error:
        raise WrongState(
            "code_taken",
            _("Another person has this employee code."),
            _("Check the code in the service book; look the person up in the directory."),
        ) from error
    name_words_write([employee])


@transaction.atomic
def employee_leave(*, employee_id: int, on: date, reason: LeavingReason, actor: Actor) -> Employee:
    """The person's last day in the instance: the account closes and roles end in the same transaction.

    Refuses: somebody who left already (`has_left`), a day to come, open charges (`has_charges`): they are relieved
    first, so that no desk is stranded (R18).
    """
    people = Employee.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    employee = people.get(pk=employee_id)
    access.require(actor, Action.EMPLOYEE_LEAVE, person_of(employee))
    refuse_left(employee)
    today = clock.today()
    if on > today:
        raise BadInput(
            "day_to_come",
            _("The last day lies in the future."),
            _("Enter it on the day itself, after the relieving."),
            field="on",
        )
    open_charge = (
        Charge.objects.filter(employee=employee, ended_at__isnull=True)
        .exclude(to_on__lt=today)
        .select_related("post")
        .first()
    )
    if open_charge is not None:
        raise WrongState(
            "has_charges",
            _("The charge of %(marking)s still runs.") % {"marking": open_charge.post.marking},
            _("Relieve the person of it first."),
        )
    return leave(employee, on=on, reason=reason, actor=actor)


def leave(employee: Employee, *, on: date, reason: LeavingReason, actor: Actor) -> Employee:
    """What leaving is, for a locked person without charges, inside an act that has asked `access` (relieving too)."""
    employee.left_on, employee.left_reason = on, str(reason)
    employee.save(update_fields=["left_on", "left_reason"])
    if employee.account is not None:
        employee.account.is_active = False
        employee.account.save(update_fields=["is_active"])
    _end_roles(employee, actor)
    record_event(
        action=Action.EMPLOYEE_LEAVE,
        subject=employee,
        actor=actor,
        data={"on": on.isoformat(), "reason": str(reason)},
    )
    return employee


def refuse_left(employee: Employee) -> None:
    """Refuse (`has_left`) whoever is no longer of the instance."""
    if employee.left_on is not None:
        raise WrongState(
            "has_left",
            _("The person left on %(day)s.") % {"day": employee.left_on.isoformat()},
            _("A record that is closed is not changed any more."),
        )


def _end_roles(employee: Employee, actor: Actor) -> None:
    today = clock.today()
    for grant in RoleGrant.objects.select_for_update().filter(employee=employee, ended_at__isnull=True):
        if grant.to_on is not None and grant.to_on < today:
            continue
        grant.to_on, grant.ended_at = max(today, grant.from_on), clock.now()
        grant.save(update_fields=["to_on", "ended_at"])
        record_event(
            action=Action.ROLE_REVOKE,
            subject=grant,
            actor=actor,
            data={"employee": employee.pk, "role": str(grant.role), "office": grant.office_id},
        )


def _save(employee: Employee, actor: Actor, action: Action, data: dict[str, Any]) -> None:
    employee_save(employee)
    record_event(action=action, subject=employee, actor=actor, data=data)


def _gender(value: str) -> str:
    if value and value not in Gender.values:
        raise BadInput("bad_gender", _("This is none of the choices."), _("Choose one of the list."), field="gender")
    return value


def _refuse_dates(facts: EmployeeFacts) -> None:
    """Birth, joining and superannuation follow one another, and nobody joins as a child."""
    born, joined, until = facts.born_on, facts.joined_on, facts.superannuates_on
    if born is not None and born >= clock.today():
        raise _bad_dates("born_on", _("The birth date lies in the future."))
    if born is not None and joined is not None and joined.year - born.year < YOUNGEST:
        raise _bad_dates("joined_on", _("The first day in service lies too near to the birth date."))
    if until is not None and ((joined is not None and until <= joined) or (born is not None and until <= born)):
        raise _bad_dates("superannuates_on", _("The day of retirement lies before the birth or the joining."))


def _bad_dates(field: str, message: Any) -> BadInput:
    return BadInput("dates_disagree", message, _("Check both dates in the service book."), field=field)
