"""`python -m files.batch_child`: one of the processes that sign a list; facts and key come through standard input."""

from __future__ import annotations

import gc
import os
import sys

import django


def main() -> None:
    """Work until nothing of the list is left, as the officer under the charge for which the list was made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eoffice.settings")
    gc.disable()
    django.setup()
    from django.utils import translation  # noqa: PLC0415 - Django stands only now

    from employee_master.queries import actor_for  # noqa: PLC0415
    from eoffice.core.heap import settle  # noqa: PLC0415
    from files.models import Batch  # noqa: PLC0415
    from files.services.batch import batch_work  # noqa: PLC0415
    from signatures.services.batch import handed  # noqa: PLC0415

    settle()
    gc.enable()
    with handed(sys.stdin.buffer) as given:
        batch = Batch.objects.select_related("employee", "charge").get(pk=given.facts["batch"])
        with translation.override(batch.language):
            actor = actor_for(batch.employee, batch.charge)
            batch_work(batch_id=batch.pk, run=given.facts["run"], key=given.key, actor=actor)


if __name__ == "__main__":
    main()
