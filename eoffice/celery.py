"""The Celery app of one instance: `celery -A eoffice.celery worker` and `… beat`; embedded: `manage.py worker`.

Celery is the engine and the broker only a bell: the truth about work is the outbox table (design 7). So nothing here
is precious: a lost message is found by the sweep, a doubled one loses the claim. The tasks stand in
`eoffice.core.tasks`; this module imports nothing of ours, so that the outbox may ring through it.
"""

from __future__ import annotations

import logging
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eoffice.settings")

RUN_ROW = "outbox.run_row"
SWEEP = "outbox.sweep"
PLAN = "outbox.plan"
SWEEP_EVERY = 1.0
PLAN_EVERY = 20.0

app = Celery("eoffice", include=["eoffice.core.tasks"])
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://localhost/",
    # max_retries 0: otherwise a broker that is down holds every web request for six seconds. The visibility timeout
    # lies above the longest lease of a handler; a row whose message hangs there is rung again by the sweep.
    broker_transport_options=(
        {
            "max_retries": 0,
            "visibility_timeout": 3600,
            "socket_connect_timeout": 1,
            "global_keyprefix": f"{settings.INSTANCE_CODE}:",
        }
        if settings.BROKER_URL.startswith(("redis:", "rediss:"))
        else {"max_retries": 0, "polling_interval": 0.1}
    ),
    broker_connection_retry=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_default_queue=f"eoffice.{settings.INSTANCE_CODE}",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    # Expiry: behind a long job the bells of the past seconds are worth nothing. No schedule file: every entry is
    # idempotent, so a beat that starts anew, or a second one, does no harm.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "sweep": {"task": SWEEP, "schedule": SWEEP_EVERY, "options": {"expires": 5}},
        "plan": {"task": PLAN, "schedule": PLAN_EVERY, "options": {"expires": 20}},
    },
)


def _keep_our_logging(**_: object) -> None:
    """Having a receiver here is what keeps Celery from replacing the JSON lines of `settings.LOGGING`.

    Celery's own lines say each second that a sweep was sent, received and done; ours say what became of a row.
    """
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


setup_logging.connect(_keep_our_logging, weak=False)
