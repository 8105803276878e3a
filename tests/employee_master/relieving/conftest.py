"""An officer with a full desk who is to be relieved, and the people around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dak.models import ReceiptCopy
from dak.services import receipt_diarise, receipt_mark
from employee_master.models import ChargeKind, Joining, Office, Relieving, RelievingReason
from employee_master.services.joining import JoiningFacts, joining_enter
from employee_master.services.relieving import (
    RelievingFacts,
    relieving_assign,
    relieving_list,
    relieving_prepare,
)
from eoffice.core import clock
from eoffice.documents.models import Document
from files.models import File
from files.services.file import file_open
from tests.cast import Cast
from tests.dak.conftest import facts as receipt_facts
from tests.files.conftest import letter
from tests.signatures.conftest import instance, running_world, world

__all__ = ["instance", "letter", "running_world", "world"]

Prepare = Callable[..., Relieving]


@pytest.fixture
def head(cast: Cast) -> Office:
    """The secretary heads the department."""
    office = cast.offices["GAD"]
    office.head_post = cast.post("secretary")
    office.save(update_fields=["head_post"])
    return office


@pytest.fixture
def things(cast: Cast, letter: Document) -> tuple[File, File, ReceiptCopy]:
    """Two files and a receipt on the section officer's desk."""
    actor = cast.actor("section_officer")
    one, other = (file_open(subject=f"Roof {n}", free_number=f"R/{n}", actor=actor) for n in (1, 2))
    receipt = receipt_diarise(facts=receipt_facts(), document=letter, actor=cast.actor("diarist"))
    copy = ReceiptCopy.objects.get(receipt=receipt)
    receipt_mark(copy_id=copy.pk, to=cast.post("section_officer"), actor=cast.actor("diarist"))
    return one, other, copy


def reason(code: str = "transfer") -> RelievingReason:
    """A flush takes the reasons of the migration with it."""
    found, _made = RelievingReason.objects.get_or_create(code=code, defaults={"name_en": code, "name_hi": code})
    return found


def facts(code: str = "transfer", **other: object) -> RelievingFacts:
    usual: dict[str, object] = {
        "reason_id": reason(code).pk, "order_number": "412/1-2026", "order_on": clock.today(), "on": clock.today(),
    }  # fmt: skip
    return RelievingFacts(**usual | other)  # type: ignore[arg-type]


@pytest.fixture
def prepare(cast: Cast) -> Prepare:
    def act(
        who: str = "section_officer", by: str = "emd_manager", code: str = "transfer", **other: object
    ) -> Relieving:
        return relieving_prepare(charge_id=cast.charge(who).pk, facts=facts(code, **other), actor=cast.actor(by))

    return act


@pytest.fixture
def listed(cast: Cast, prepare: Prepare) -> Prepare:
    """Prepared, all to one post, and the list drawn."""

    def act(to: str = "under_secretary", **other: object) -> Relieving:
        relieving = prepare(**other)
        relieving_assign(relieving_id=relieving.pk, to_post_id=cast.post(to).pk, actor=cast.actor("emd_manager"))
        return relieving_list(relieving_id=relieving.pk, language="en", actor=cast.actor("emd_manager"))

    return act


def order(**other: object) -> JoiningFacts:
    usual: dict[str, object] = {
        "kind": ChargeKind.SUBSTANTIVE, "from_on": clock.today(), "order_number": "413/1-2026",
        "order_on": clock.today(),
    }  # fmt: skip
    return JoiningFacts(**usual | other)  # type: ignore[arg-type]


def join(cast: Cast, who: str, post: str, by: str = "emd_manager", **other: object) -> Joining:
    return joining_enter(
        employee_id=cast.employee(who).pk, post_id=cast.post(post).pk, facts=order(**other), actor=cast.actor(by)
    )


def days(count: int) -> date:
    return clock.today() + timedelta(days=count)
