"""Two at once: of many who finish the same attempt one wins, and tries of the PIN can't be raced past the lock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from eoffice.core.errors import DomainError
from signatures.models import Credential, SignedRevision, SigningAttempt
from signatures.services import signing
from signatures.workflow import AttemptState, CredentialState
from tests.cast import build_cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN, register


def at_once(count: int, work: Callable[[], object]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        try:
            work()
            outcomes["done"] += 1
        except DomainError as error:
            outcomes[error.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_four_who_finish_the_same_attempt_exactly_one_wins(instance: World) -> None:
    cast = build_cast()
    actor = cast.actor("secretary")
    attempt = signing.signing_begin(
        pdf=letter(), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
        credential=register(instance, cast), actor=actor, reference=signing.reference_number(),
    )  # fmt: skip
    # One of them at a time may be between the count of a try and its success, so five tries at once are the most.
    outcomes = at_once(4, lambda: signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=actor))
    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 4
    assert set(outcomes) <= {"done", "signing_not_open", "credential_not_active"}
    assert SigningAttempt.objects.get().state == AttemptState.COMPLETED
    assert SignedRevision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_wrong_pins_tried_at_once_are_all_counted(instance: World) -> None:
    cast = build_cast()
    actor = cast.actor("secretary")
    attempt = signing.signing_begin(
        pdf=letter(), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
        credential=register(instance, cast), actor=actor,
    )  # fmt: skip
    outcomes = at_once(8, lambda: signing.signing_finish(attempt_id=attempt.uuid, pin="wrong-pin-1", actor=actor))
    assert outcomes["done"] == 0
    assert outcomes["wrong_pin"] <= 4
    assert sum(outcomes.values()) == 8
    credential = Credential.objects.get()
    assert (credential.state, credential.pin_failures) == (CredentialState.SUSPENDED, 5)
