"""What the worker does about sheets of staff: long dry runs, applying what was certified, and the mails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from employee_master import mails, mails_imports
from employee_master.models import Account, ImportBatch, ImportStage
from employee_master.queries.accounts import head_of
from employee_master.services.imports.apply import certifier, import_apply
from employee_master.services.imports.certify import APPLY
from employee_master.services.imports.dryrun import JUDGE, import_judge
from employee_master.services.imports.life import TELL
from employee_master.workflow.imports import ImportState
from eoffice.core import outbox
from eoffice.core.errors import DomainError
from eoffice.core.models import OutboxRow

log = logging.getLogger(__name__)


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    outbox.handler(JUDGE, mode="outside", attempts=3, lease=timedelta(minutes=10))(judge)
    outbox.handler(APPLY, mode="outside", attempts=5, lease=timedelta(minutes=15), on_parked=apply_parked)(apply)
    outbox.handler(TELL, mode="outside")(mail_told)


def judge(row: OutboxRow) -> None:
    import_judge(batch_id=row.payload["batch"])


def apply(row: OutboxRow) -> Callable[[], None] | None:
    """Apply in the name of the head who certified; what refuses it is written on the sheet, and people are told."""
    batch_id = row.payload["batch"]
    batch = ImportBatch.objects.filter(pk=batch_id, state=ImportState.CERTIFIED).first()
    if batch is None:
        return None
    try:
        import_apply(batch_id=batch_id, actor=certifier(batch))
    except DomainError as refusal:
        log.warning("imports.not_applied", extra={"batch": batch_id, "code": refusal.code})
        code = refusal.code
        return lambda: _note_refusal(batch_id, code, row.key)
    return lambda: _tell(batch_id, "applied", row.key)


def _note_refusal(batch_id: int, code: str, key: str) -> None:
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch_id, certified_at__isnull=False).update(
            apply_refused=code[:60], stage=ImportStage.IDLE
        )
        _tell(batch_id, "not_applied", key)


def apply_parked(row: OutboxRow, _reason: str) -> None:
    """The worker has given up on it; the page says so instead of waiting for ever."""
    ImportBatch.objects.filter(pk=row.payload["batch"]).update(apply_refused="parked", stage=ImportStage.IDLE)


def _tell(batch_id: int, what: str, key: str) -> None:
    outbox.add(TELL, key=f"{key}-{what}", payload={"batch": batch_id, "what": what})


def mail_told(row: OutboxRow) -> None:
    """One mail to everybody concerned: the head, or who brought and sent the sheet."""
    batch = (
        ImportBatch.objects.select_related("office", "made_by__account", "sent_by__account")
        .filter(pk=row.payload["batch"])
        .first()
    )
    if batch is None:
        return
    text = _text(batch, row.payload["what"])
    if text is None:
        return
    for account in _receivers(batch, row.payload["what"]):
        try:
            mails.mail_to(account, text, key=f"{row.key}-{account.pk}").send()
        except (SMTPException, OSError) as error:
            raise outbox.Retry(f"the mail server does not take it ({type(error).__name__})") from error


def _text(batch: ImportBatch, what: str) -> mails.Text | None:
    """None for something that is out of date meanwhile."""
    office = (batch.office.name_hi, batch.office.name_en)
    link = settings.PUBLIC_URL + reverse("employee_master:import_detail", args=[batch.pk])
    counts = (batch.created_count, batch.changed_count)
    if what == "certify":
        if batch.state != ImportState.VALIDATED:
            return None
        return mails_imports.to_certify(office, batch.name, counts, link)
    if what == "returned":
        return mails_imports.returned(office, batch.name, link)
    if what == "applied":
        return mails_imports.applied(office, batch.name, counts, link)
    return mails_imports.not_applied(office, batch.name, link)


def _receivers(batch: ImportBatch, what: str) -> Iterable[Account]:
    if what == "certify":
        yield from head_of(batch.office)
        return
    people = {one.pk: one for one in (batch.made_by, batch.sent_by) if one is not None}
    for person in people.values():
        if person.account is not None and person.account.is_active:
            yield person.account
