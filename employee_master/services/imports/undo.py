"""Undoing an applied sheet within a day, as long as nothing has used what it made (R3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Account, Charge, Employee, ImportBatch, ImportDeed, Post, PostMarking
from employee_master.services.employee import name_words_write
from employee_master.services.imports.apply import save_changed
from employee_master.services.imports.certificate import FIELDS
from employee_master.services.imports.known import parts
from employee_master.services.imports.life import locked
from employee_master.services.imports.lines import DATES
from employee_master.services.imports.people import NAMES
from employee_master.services.organisation import lock_tree
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import Text, WrongState
from eoffice.core.names import named
from eoffice.ledger import queries as ledger
from eoffice.ledger.writer import Entry, record_event, record_events

SHOWN = 20
# What the sheet does by itself; it is no use of what it made.
_OWN = {Action.IMPORT_APPLY, Action.ACCOUNT_INVITE}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the sheet can't be undone: a fact about one person or post, and where it is to be seen."""

    words: Text
    url: str = ""


def in_the_way(batch: ImportBatch) -> list[Reason]:
    """Everything that keeps the sheet from being undone, `SHOWN` facts at most; a fixed number of queries."""
    deeds = _deeds(batch)
    found: list[Reason] = []
    for check in (_signed_in, _acted, _changed, _differs, _charges_since, _on_desks):
        found += check(batch, deeds)
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


@transaction.atomic
def import_undo(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Take back everything that the sheet made: people, accounts, posts, charges; and what it changed, as it was.

    Refused: after a day (`undo_too_late`), and when anything has used it (`used_since`: somebody signed in or acted,
    a paper lies on one of the desks, a record was changed again); the message says which.
    """
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_UNDO, batch)
    lock_tree()
    deeds = _deeds(batch)
    _lock(deeds)
    reasons = in_the_way(batch)
    if reasons:
        raise _used(reasons[0].words)
    people = {deed.employee_id: deed.employee for deed in deeds}
    record_events(
        [Entry(person, {"batch": batch.pk}) for person in people.values()], action=Action.IMPORT_UNDO, actor=actor
    )
    try:
        with transaction.atomic():
            _take_away(deeds)
    except ProtectedError as error:
        kinds = sorted({str(one._meta.verbose_name) for one in error.protected_objects})  # noqa: SLF001 - Django's name
        raise _used(
            _("Something was entered since that hangs on it (%(kinds)s).") % {"kinds": ", ".join(kinds)}
        ) from error
    batch.undo(at=clock.now())
    batch.undone_by_id = actor.employee_id
    batch.save()
    record_event(action=Action.IMPORT_UNDO, subject=batch, actor=actor, data={"people": len(people)})
    return batch


def _used(words: Text) -> WrongState:
    return WrongState(
        "used_since",
        _("What the sheet made is in use, so it can't be undone as a whole. %(fact)s") % {"fact": words},
        _("Correct what is wrong on the pages of the persons and posts."),
    )


def _deeds(batch: ImportBatch) -> list[ImportDeed]:
    return list(
        ImportDeed.objects.filter(row__batch=batch)
        .select_related("employee__account", "charge", "post")
        .order_by("row__number")
    )


def _lock(deeds: Sequence[ImportDeed]) -> None:
    """People, accounts, then posts, for good: whoever signs in or sends this moment waits, and one of the two loses.

    People are locked for good only when the posts are: whoever holds a desk is still to be named in the ledger when
    they commit, and would wait for the person while we wait for the desk.
    """
    people = list(parts(sorted({deed.employee_id for deed in deeds})))
    for part in people:
        list(Employee.objects.select_for_update(no_key=True).filter(pk__in=part).order_by("pk").values_list("pk"))
    accounts = sorted({deed.employee.account_id for deed in deeds if deed.made_account and deed.employee.account_id})
    for part in parts(accounts):
        list(Account.objects.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))
    for part in parts(sorted({deed.post_id for deed in deeds if deed.post_id})):
        list(Post.objects.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))
    for part in people:
        list(Employee.objects.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))


# What may stand in the way


def _signed_in(_batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    made = {deed.employee.account_id: deed.employee for deed in deeds if deed.made_account}
    for part in parts([pk for pk in made if pk is not None]):
        rows = Account.objects.filter(pk__in=part).exclude(last_login__isnull=True, email_confirmed_at__isnull=True)
        for account in rows[:SHOWN]:
            words = (
                _("%(person)s has signed in or opened the invitation.")
                if account.last_login is None
                else _("%(person)s has signed in.")
            )
            yield Reason(words % {"person": named(made[account.pk])})


def _acted(_batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    made = {deed.employee_id: deed.employee for deed in deeds if deed.made_employee}
    charges = {deed.charge_id: deed.employee for deed in deeds if deed.charge_id}
    for ids in parts(list(made)):
        people, _none = ledger.acted(employee_ids=ids)
        yield from (Reason(_("%(person)s has acted already.") % {"person": named(made[pk])}) for pk in sorted(people))
    for ids in parts(list(charges)):
        _none, used = ledger.acted(charge_ids=ids)
        people_used = {charges[pk].pk: charges[pk] for pk in used} if used else {}
        yield from (
            Reason(_("%(person)s has acted under the new charge.") % {"person": named(person)})
            for pk, person in sorted(people_used.items())
            if pk not in made
        )


def _changed(batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    """Any later act on the people, charges and posts, whoever did it."""
    at = batch.applied_at
    assert at is not None
    people = {deed.employee_id: deed.employee for deed in deeds}
    for pk, _action, _data in _later("employee", people, batch, at):
        yield Reason(_("The record of %(person)s was changed since.") % {"person": named(people[pk])})
    charges = {deed.charge_id: deed for deed in deeds if deed.charge_id}
    for pk, _action, _data in _later("charge", charges, batch, at):
        yield Reason(_("The charge of %(person)s was changed since.") % {"person": named(charges[pk].employee)})
    posts = {deed.post_id: deed.post for deed in deeds if deed.made_post and deed.post}
    for pk, action, _data in _later("post", posts, batch, at):
        if action != Action.POST_CREATE:
            yield Reason(_("The post %(mark)s was changed since.") % {"mark": posts[pk].marking})


def _later(
    kind: str, ids: Collection[Any], batch: ImportBatch, at: datetime
) -> Iterable[tuple[int, str, dict[str, Any]]]:
    for part in parts(list(ids)):
        for pk, action, data in ledger.acts_since(kind, part, at):
            own = action in _OWN and (action != Action.IMPORT_APPLY or data.get("batch") == batch.pk)
            if not own:
                yield pk, action, data


def _differs(_batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    for deed in deeds:
        for name, after in deed.after.items():
            if _plain(getattr(deed.employee, name)) != after:
                yield Reason(
                    _("%(field)s of %(person)s was changed since.")
                    % {"field": FIELDS.get(name, name), "person": named(deed.employee)}
                )


def _charges_since(_batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    """Other charges of the new people, and on the new posts."""
    own = {deed.charge_id for deed in deeds if deed.charge_id}
    people = [deed.employee_id for deed in deeds if deed.made_employee]
    posts = [deed.post_id for deed in deeds if deed.made_post and deed.post_id]
    for column, ids in (("employee_id__in", people), ("post_id__in", posts)):
        for part in parts(sorted(set(ids))):
            for charge in Charge.objects.filter(**{column: part}).select_related("employee", "post"):
                if charge.pk not in own:
                    yield Reason(
                        _("%(person)s was given the charge of %(mark)s since.")
                        % {"person": named(charge.employee), "mark": charge.post.marking}
                    )


def _on_desks(batch: ImportBatch, deeds: Sequence[ImportDeed]) -> Iterable[Reason]:
    """Papers that came to the desks since; only desks that something was sent to are asked what they hold."""
    at = batch.applied_at
    assert at is not None
    posts = {deed.post_id: deed.post for deed in deeds if deed.post is not None and deed.charge_id}
    for part in parts([pk for pk in posts if pk is not None]):
        for post_id in sorted(ledger.reached_since(part, at)):
            post = posts[post_id]
            work = [one for port in ports.holds_work for one in port.work_on(post_id) if one.count]
            mark = post.marking if post is not None else ""
            words = ", ".join(f"{one.kind} {one.count}" for one in work)
            if work:
                yield Reason(_("On the desk of %(mark)s lie: %(work)s.") % {"mark": mark, "work": words}, work[0].url)
            else:
                yield Reason(_("Papers went over the desk of %(mark)s since.") % {"mark": mark})


# Taking away


def _take_away(deeds: Sequence[ImportDeed]) -> None:
    charges = [deed.charge_id for deed in deeds if deed.charge_id]
    posts = sorted({deed.post_id for deed in deeds if deed.made_post and deed.post_id})
    new = sorted({deed.employee_id for deed in deeds if deed.made_employee})
    accounts = sorted({deed.employee.account_id for deed in deeds if deed.made_account and deed.employee.account_id})
    _restore([deed for deed in deeds if not deed.made_employee])
    for part in parts([deed.pk for deed in deeds]):
        ImportDeed.objects.filter(pk__in=part).delete()
    for part in parts(charges):
        Charge.objects.filter(pk__in=part).delete()
    for part in parts(new):
        Employee.objects.filter(pk__in=part).delete()
    for part in parts(accounts):
        Account.objects.filter(pk__in=part).delete()
    for part in parts(posts):
        PostMarking.objects.filter(post_id__in=part).delete()
    # Those below before those above: a superior is not removed from under its juniors.
    waiting = {post.pk: post for post in Post.objects.filter(pk__in=posts)} if posts else {}
    while waiting:
        superiors = {post.superior_id for post in waiting.values()}
        lowest = [pk for pk in waiting if pk not in superiors]
        for part in parts(lowest):
            Post.objects.filter(pk__in=part).delete()
        waiting = {pk: post for pk, post in waiting.items() if pk in superiors}


def _restore(deeds: Sequence[ImportDeed]) -> None:
    changed, renamed = [], []
    for deed in deeds:
        if not (deed.before or deed.made_account):
            continue
        employee = deed.employee
        for name, before in deed.before.items():
            setattr(employee, name, _typed(name, before))
        if deed.made_account:
            employee.account = None
        changed.append(employee)
        if any(name in deed.before for name in NAMES):
            renamed.append(employee)
    save_changed(changed)
    name_words_write(renamed)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value or ""


def _typed(name: str, value: str) -> Any:
    if name == "certified_at":
        return datetime.fromisoformat(value) if value else None
    if name in DATES:
        return datetime.fromisoformat(value).date() if value else None
    return value
