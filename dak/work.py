"""What the registry answers to the employee master: the receipts on a desk (design 2, ports)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from dak.queries import copies_on_desk
from employee_master import ports


class ReceiptsOnDesk:
    """Receipts that block relieving until they are handed over."""

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        return [ports.Work(kind=_("receipts"), count=copies_on_desk(post_id).count())]


def register() -> None:
    ports.holds_work.register(ReceiptsOnDesk())
