"""`python -m tests.kills.stage`: the test's hand inside the instance. Reads one JSON order a line, answers in one line.

It prepares cases through the services, tells the facts, and holds locks, so that a web process stops in the middle.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.kills.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from dak.models import Dispatch  # noqa: E402
from eoffice.core import clock, outbox  # noqa: E402
from eoffice.core.models import OutboxRow, OutboxState  # noqa: E402
from eoffice.demo.authority import Authority  # noqa: E402
from eoffice.desk.ledger import differences  # noqa: E402
from eoffice.ledger import queries as ledger  # noqa: E402
from files.models import Decision, Draft, File, Note, Paper  # noqa: E402
from files.services.decision import decision_begin, decision_sign, shown_now  # noqa: E402
from files.services.draft import draft_create, draft_issue  # noqa: E402
from files.services.file import file_forward, file_open  # noqa: E402
from signatures.models import SignedRevision, SigningAttempt  # noqa: E402
from tests.cast import Cast, build_cast  # noqa: E402
from tests.files.conftest import letter_text  # noqa: E402
from tests.races.keys import PIN, give_key  # noqa: E402

cast: Cast


def found(*, authority: str, url: str) -> None:
    """The cast, and the secretary's key."""
    global cast  # noqa: PLW0603 - one stage has one cast
    cast = build_cast()
    opened = Authority.open(Path(authority), base_url=url)
    opened.install_trust(Path(settings.TRUST_DIR))
    give_key(cast.actor("secretary"), approver=cast.actor("emd_manager"), authority=opened)


def prepare(*, number: int) -> dict[str, int]:
    """A decision that waits for the PIN."""
    by = cast.actor("dealing_assistant")
    file = file_open(subject=f"Case {number}", free_number=f"K/{number}", actor=by)
    text = letter_text(email=f"case-{number}@saryupur.example")
    draft = draft_create(file_id=file.pk, text=text, kind="letter", language="hi", actor=by)
    file_forward(file_id=file.pk, to_post_id=cast.post("secretary").pk, actor=by)
    file, draft = File.objects.get(pk=file.pk), Draft.objects.get(pk=draft.pk)
    decision = decision_begin(
        file_id=file.pk,
        act="approve",
        line="<p>Approved.</p>",
        shown=shown_now(file, draft).token,
        to_post_id=None,
        actor=cast.actor("secretary"),
    )
    return {"decision": decision.pk, "draft": draft.pk, "file": file.pk}


def sign(*, decision: int) -> None:
    decision_sign(decision_id=decision, pin=PIN, actor=cast.actor("secretary"))


def drain() -> int:
    """What the worker would do now, done here."""
    return outbox.drain_once()


def issue(*, draft: int) -> None:
    draft_issue(draft_id=draft, actor=cast.actor("dealing_assistant"))


def session(*, who: str) -> str:
    """The key of a session of somebody who is signed in."""
    account = cast.account(who)
    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    assert store.session_key is not None
    return store.session_key


def hold(*, table: str) -> None:
    """Stop everybody who writes to the table (SQLite: to anything) until `release`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            transaction.set_autocommit(False)
            cursor.execute(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE')
        else:
            cursor.execute("BEGIN IMMEDIATE")


def held_up() -> int:
    """How many processes wait for the lock; on SQLite nobody can tell, so it is given a second."""
    if connection.vendor != "postgresql":
        time.sleep(1.0)
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def release() -> None:
    if connection.vendor == "postgresql":
        transaction.rollback()
        transaction.set_autocommit(True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def lapse() -> int:
    """As if the leases' time had gone by: a killed worker's rows may be taken over."""
    return OutboxRow.objects.filter(state=OutboxState.RUNNING).update(lease_until=clock.now())


def facts(*, decision: int, draft: int, file: int) -> dict[str, Any]:
    """Everything that must be whole or plainly undone."""
    case = Decision.objects.get(pk=decision)
    letter = Draft.objects.get(pk=draft)
    attempts = SigningAttempt.objects.filter(uuid__in=[case.record_attempt, case.letter_attempt])
    dispatches = Dispatch.objects.filter(back_ref=f"draft:{draft}")
    levels = SignedRevision.objects.filter(attempt__in=attempts).values_list("attempt_id", "level")
    return {
        "decision": case.state,
        "draft": letter.state,
        "ready": letter.signature_ready,
        "attempts": sorted(attempts.values_list("state", flat=True)),
        "levels": sorted(level for _attempt, level in levels),
        "notes": Note.objects.filter(file=file, state="submitted").count(),
        "movements": len(ledger.movements(File.objects.get(pk=file))),
        "holder": File.objects.get(pk=file).held_by_id,
        "assistant": cast.post("dealing_assistant").pk,
        "issued_papers": Paper.objects.filter(draft=draft).count(),
        "dispatches": sorted(dispatches.values_list("state", flat=True)),
        "outbox": Counter(OutboxRow.objects.values_list("state", flat=True)),
        "reasons": sorted(set(OutboxRow.objects.exclude(last_error="").values_list("last_error", flat=True))),
    }


def ledger_differences() -> list[str]:
    return [f"{one.where}: {one.words}" for one in differences()]


ORDERS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (found, prepare, sign, drain, issue, session, hold, held_up, release, lapse, facts, ledger_differences)
}

if __name__ == "__main__":
    for line in sys.stdin:
        order = json.loads(line)
        answer = ORDERS[order.pop("do")](**order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
