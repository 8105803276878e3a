"""Applying a certified sheet: all rows or none, and exactly those that were certified (R3).

First everything is compared once more, outside any transaction, with progress to be seen. Then one transaction takes
its locks, makes sure that nothing has changed since that comparison, and writes. Whoever was faster wins; what no
longer fits is never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    Account,
    Charge,
    Employee,
    ImportBatch,
    ImportDeed,
    ImportStage,
    Office,
    Post,
)
from employee_master.services.account import INVITE
from employee_master.services.employee import name_words_write
from employee_master.services.imports.compare import asked_of
from employee_master.services.imports.known import parts, read_known
from employee_master.services.imports.life import locked
from employee_master.services.imports.lines import DATES, Line
from employee_master.services.imports.people import NAMES
from employee_master.services.imports.plan import row_sha256, rows_of_lines, sha256_of
from employee_master.services.imports.stored import compared, first_day, lines_of
from employee_master.services.organisation import lock_tree
from employee_master.services.posts import NewPost, posts_create_many
from employee_master.workflow.imports import ImportState
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.bulk import uncollected
from eoffice.core.errors import NotVisible, WrongState
from eoffice.ledger.writer import Entry, record_event, record_events

BATCH = 500


def certifier(batch: ImportBatch) -> Actor:
    """The head as they certified: applying is the consequence of their act, whoever runs the worker."""
    return Actor(
        employee_id=batch.certified_by_id,
        post_id=batch.certified_post_id,
        charge_id=batch.certified_charge_id,
        office_id=batch.office_id,
    )


@uncollected()
def import_apply(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Write the certified rows. Applied already: nothing happens. Call it outside a transaction.

    Refused (`not_as_certified`) when the master has changed so that a row would do something else than was certified;
    the sheet is then to be taken back, corrected and certified anew.
    """
    batch: ImportBatch | None = ImportBatch.objects.select_related("office").filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    if batch.state == ImportState.APPLIED:
        return batch
    access.require(actor, Action.IMPORT_APPLY, batch)
    _progress(batch_id, ImportStage.CHECKING, 0, batch.rows_count)
    lines = lines_of(batch)
    _progress(batch_id, ImportStage.CHECKING, len(lines) // 2, len(lines))
    known = compared(batch, lines)
    if sha256_of(rows_of_lines(lines)) != batch.rows_sha256:
        raise not_as_certified()
    _progress(batch_id, ImportStage.WRITING, 0, len(lines))
    try:
        with transaction.atomic():
            batch = locked(batch_id)
            if batch.state == ImportState.APPLIED:
                return batch
            access.require(actor, Action.IMPORT_APPLY, batch)
            _lock(lines)
            today = first_day(batch)
            if read_known(batch.office, asked_of([one for one in lines if not one.left_out], today)) != known:
                raise not_as_certified()
            _write(batch, lines, actor)
    except IntegrityError as error:
        # The database's own word, for whoever came past the locks: a code or an address was taken this moment.
        raise not_as_certified() from error
    return batch


def not_as_certified() -> WrongState:
    return WrongState(
        "not_as_certified",
        _("The master has changed since the sheet was certified: some rows no longer do what was signed."),
        _("Take the sheet back; the dry run then shows which. The head certifies it anew."),
    )


def _progress(batch_id: int, stage: ImportStage, done: int, total: int) -> None:
    """To be seen at once by whoever watches: never inside the writing transaction."""
    ImportBatch.objects.filter(pk=batch_id).update(stage=stage, stage_done=done, stage_total=total)


def _lock(lines: Sequence[Line]) -> None:
    """The tree of posts first, as every act that creates posts; then people, then posts, each in a fixed order."""
    lock_tree()
    people = sorted({line.person.pk for line in lines if line.person is not None})
    for part in parts(people):
        list(Employee.objects.select_for_update(no_key=True).filter(pk__in=part).order_by("pk").values_list("pk"))
    posts = sorted({line.deed["post"]["id"] for line in lines if line.deed.get("charge") and "id" in line.deed["post"]})
    for part in parts(posts):
        list(Post.objects.select_for_update(no_key=True).filter(pk__in=part).order_by("pk").values_list("pk"))


@dataclass(slots=True)
class _Made:
    """What one line has made."""

    employee: Employee
    account: Account | None = None
    charge: Charge | None = None
    new_post: bool = False
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def _write(batch: ImportBatch, lines: Sequence[Line], actor: Actor) -> None:
    at = clock.now()
    acting = [line for line in lines if line.deed and not line.left_out and not line.is_refused()]
    posts = _posts(batch.office, acting, actor)
    made = _people(batch, acting, at)
    _charges(acting, made, posts)
    rows = dict(batch.rows.values_list("number", "pk"))
    _deeds(acting, made, rows)
    record_events(_entries(batch, acting, made), action=Action.IMPORT_APPLY, actor=actor, at=at)
    batch.apply(at=at)
    batch.stage = ImportStage.IDLE
    batch.stage_done = batch.stage_total
    batch.save()
    record_event(action=Action.IMPORT_APPLY, subject=batch, actor=actor, data={"rows_sha256": batch.rows_sha256}, at=at)
    accounts = [one.account for one in made.values() if one.account is not None]
    outbox.add_many(INVITE, {f"invite-{account.pk}-{batch.pk}": {"account": account.pk} for account in accounts})


def _posts(office: Office, lines: Sequence[Line], actor: Actor) -> dict[int, Post]:
    """The new posts by the number of their row, in the order of the sheet."""
    wanted = [line for line in lines if line.deed.get("charge") and line.deed["post"].get("new")]
    rows = [
        NewPost(
            office_id=office.pk,
            section_id=line.deed["post"]["section"],
            designation_id=line.deed["post"]["designation"],
        )
        for line in wanted
    ]
    created = posts_create_many(rows=rows, actor=actor)
    return {line.number: post for line, post in zip(wanted, created, strict=True)}


def _people(batch: ImportBatch, lines: Sequence[Line], at: datetime) -> dict[int, _Made]:
    """New people with their accounts, and changes of those whom the master knows; by the number of the row."""
    ids = sorted({line.person.pk for line in lines if line.person is not None})
    there = {one.pk: one for part in parts(ids) for one in Employee.objects.filter(pk__in=part)}
    made: dict[int, _Made] = {}
    for line in sorted(lines, key=lambda line: line.first is not None):
        if line.first is not None and line.person is None:
            made[line.number] = _Made(made[line.first.number].employee)
        elif line.person is None:
            facts = {name: _typed(name, after) for name, (_before, after) in line.deed["person"].items()}
            employee = Employee(**({"name_en": "", "name_hi": ""} | facts), entered_in=batch.office, certified_at=at)
            made[line.number] = _Made(employee, is_new=True)
        else:
            made[line.number] = _Made(there[line.person.pk])
    _accounts(lines, made)
    new = [one.employee for one in made.values() if one.is_new]
    Employee.objects.bulk_create(new, batch_size=BATCH)
    name_words_write(new)
    _change(lines, made, at)
    return made


def _typed(name: str, value: Any) -> Any:
    if name in DATES:
        return date.fromisoformat(value) if value else None
    return value


def _accounts(lines: Sequence[Line], made: dict[int, _Made]) -> None:
    """Accounts into which nobody can sign in until the person opens the link that is mailed to them."""
    wanted = [line for line in lines if line.deed.get("email")]
    accounts = [Account(email=line.deed["email"][1], password=make_password(None)) for line in wanted]
    Account.objects.bulk_create(accounts, batch_size=BATCH)
    for line, account in zip(wanted, accounts, strict=True):
        one = made[line.number]
        one.account = one.employee.account = account


def _change(lines: Sequence[Line], made: dict[int, _Made], at: datetime) -> None:
    changed: list[Employee] = []
    renamed: list[Employee] = []
    for line in lines:
        one = made[line.number]
        facts = line.deed.get("person", {})
        if one.is_new or line.first is not None or not (facts or one.account):
            continue
        certified_at = one.employee.certified_at
        one.before = {name: before for name, (before, _after) in facts.items()}
        one.before["certified_at"] = certified_at.isoformat() if certified_at else ""
        one.after = {name: after for name, (_before, after) in facts.items()}
        for name, after in one.after.items():
            setattr(one.employee, name, _typed(name, after))
        one.employee.certified_at = at
        changed.append(one.employee)
        if any(name in one.after for name in NAMES):
            renamed.append(one.employee)
    save_changed(changed)
    name_words_write(renamed)


FIELDS = (
    "account", "code", "name_en", "name_hi", "mobile", "gender", "born_on", "joined_on", "superannuates_on",
    "certified_at",
)  # fmt: skip


def save_changed(employees: Sequence[Employee]) -> None:
    """Write the facts of these people, whose rows are there, in few queries."""
    Employee.objects.bulk_create(
        employees, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(FIELDS)
    )


def _charges(lines: Sequence[Line], made: dict[int, _Made], posts: dict[int, Post]) -> None:
    charges = []
    for line in lines:
        facts = line.deed.get("charge")
        if not facts:
            continue
        one, post = made[line.number], posts.get(line.number)
        one.new_post = post is not None
        one.charge = Charge(
            employee=one.employee,
            post_id=post.pk if post is not None else line.deed["post"]["id"],
            kind=facts["kind"],
            from_on=date.fromisoformat(facts["from_on"]),
            order_number=facts["order_number"],
        )
        charges.append(one.charge)
    Charge.objects.bulk_create(charges, batch_size=BATCH)


def _deeds(lines: Sequence[Line], made: dict[int, _Made], rows: dict[int, int]) -> None:
    deeds = [
        ImportDeed(
            row_id=rows[line.number],
            employee=one.employee,
            charge=one.charge,
            post_id=one.charge.post_id if one.charge is not None else None,
            made_employee=one.is_new,
            made_account=one.account is not None,
            made_post=one.new_post,
            before=one.before,
            after=one.after,
        )
        for line in lines
        for one in [made[line.number]]
        if one.is_new or one.charge is not None or one.account is not None or one.after
    ]
    ImportDeed.objects.bulk_create(deeds, batch_size=BATCH)


def _entries(batch: ImportBatch, lines: Sequence[Line], made: dict[int, _Made]) -> list[Entry]:
    """One act for each employee, with the charges that start and the hashes of the rows (ids and hashes only)."""
    hashes = {row["row"]: row_sha256(row) for row in rows_of_lines(lines)}
    facts: dict[int, dict[str, Any]] = {}
    entries: list[Entry] = []
    for line in lines:
        one = made[line.number]
        if not (one.is_new or one.charge is not None or one.account is not None or one.after):
            continue
        known = facts.get(one.employee.pk)
        if known is None:
            known = facts[one.employee.pk] = {"batch": batch.pk, "rows": [], "charges": [], "row_sha256": []}
            entries.append(Entry(one.employee, known, is_new=one.is_new))
        known["rows"].append(line.number)
        known["row_sha256"].append(hashes[line.number])
        if one.charge is not None:
            known["charges"].append(one.charge.pk)
        if one.account is not None:
            known["account"] = one.account.pk
        if one.after:
            known["fields"] = sorted(one.after)
    return entries
