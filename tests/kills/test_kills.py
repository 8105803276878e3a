"""Each act is killed at the worst moment; after a restart it is complete or plainly undone, and nothing went twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.kills.conftest import PATIENCE_SECONDS, Instance
from tests.races.keys import PIN

UNDONE = {
    "decision": "prepared",
    "draft": "put_up",
    "ready": False,
    "attempts": ["prepared", "prepared"],
    "levels": [],
    "notes": 0,
    "movements": 2,
}


def chosen(facts: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in like}


def is_signed_once(facts: dict[str, Any]) -> bool:
    """Both signatures, the note, the approval and the movement: all of them, once."""
    return (
        facts["decision"] == "completed"
        and facts["draft"] in {"signed", "issued", "dispatched"}
        and facts["attempts"] == ["completed", "completed"]
        and (facts["notes"], facts["movements"]) == (1, 3)
        and facts["holder"] == facts["assistant"]
    )


def test_the_worker_dies_while_it_stamps_a_signed_letter(instance: Instance) -> None:
    case = instance.case()
    instance.do("sign", decision=case["decision"])
    instance.stamps.close()
    instance.worker.start()
    assert instance.stamps.arrived.wait(PATIENCE_SECONDS), instance.said()
    instance.worker.kill()
    facts = instance.do("facts", **case)
    assert is_signed_once(facts)
    assert not facts["ready"], "a letter without its stamps must not leave"
    assert len(facts["levels"]) == 2
    instance.stamps.open()
    instance.do("lapse")
    instance.worker.start()
    facts = instance.wait_for(lambda facts: facts["ready"] and len(facts["levels"]) == 4, case)
    assert is_signed_once(facts)
    assert [facts["levels"].count(level) for level in sorted(set(facts["levels"]))] == [2, 2]


def ready_letter(instance: Instance) -> dict[str, int]:
    """A letter that may be issued."""
    case = instance.case()
    instance.do("sign", decision=case["decision"])
    instance.do("drain")
    assert instance.do("facts", **case)["ready"], instance.said()
    return case


def test_the_worker_dies_between_the_mail_and_its_note_of_it(instance: Instance) -> None:
    """The hardest moment: the server has the mail, and nobody has written that down."""
    case = ready_letter(instance)
    instance.sink.gate.close()
    instance.do("issue", draft=case["draft"])
    instance.worker.start()
    assert instance.sink.gate.arrived.wait(PATIENCE_SECONDS), instance.said()
    instance.worker.kill()
    assert instance.do("facts", **case)["dispatches"] == ["queued"]
    instance.sink.gate.open()
    instance.do("lapse")
    instance.worker.start()
    facts = instance.wait_for(lambda facts: facts["draft"] == "dispatched", case)
    assert facts["dispatches"] == ["sent"]
    ids = instance.sink.ids[instance.address]
    assert len(ids) == 2, "sent, killed, sent again"
    assert len(set(ids)) == 1, "under one Message-ID"


@contextmanager
def killed_in_the_middle(instance: Instance, table: str, path: str, who: str, form: dict[str, str]) -> Iterator[None]:
    """Send the form, hold the web where it writes to the table, kill it there, let go."""
    instance.start_web()
    instance.do("hold", table=table)
    status: list[int] = []
    sending = threading.Thread(target=lambda: status.append(instance.post(path, who, form)))
    sending.start()
    end = time.monotonic() + PATIENCE_SECONDS
    while not instance.do("held_up"):
        assert time.monotonic() < end, f"the web did not come so far: {status}\n{instance.said()}"
        time.sleep(0.05)
    assert status == [], f"answered instead of waiting: {status}\n{instance.said()}"
    instance.web.kill()
    sending.join()
    assert status == [0]
    instance.do("release")
    yield


def test_the_web_dies_while_it_signs(instance: Instance) -> None:
    case = instance.case()
    before = instance.do("facts", **case)
    assert chosen(before, UNDONE) == UNDONE
    path, form = f"/files/decisions/{case['decision']}/sign/", {"pin": PIN}
    instance.sessions  # noqa: B018 - made before the lock
    with killed_in_the_middle(instance, "files_note", path, "secretary", form):
        assert chosen(instance.do("facts", **case), UNDONE) == UNDONE
    instance.start_web()
    assert instance.post(path, "secretary", form) == 302, instance.said()
    facts = instance.do("facts", **case)
    assert is_signed_once(facts)
    assert instance.post(path, "secretary", form) == 409
    assert instance.do("facts", **case)["movements"] == 3


def test_the_web_dies_while_it_issues(instance: Instance) -> None:
    case = ready_letter(instance)
    path = f"/files/drafts/{case['draft']}/issue/"
    instance.sessions  # noqa: B018 - made before the lock
    with killed_in_the_middle(instance, "dak_dispatch", path, "dealing_assistant", {}):
        facts = instance.do("facts", **case)
        assert (facts["draft"], facts["issued_papers"], facts["dispatches"]) == ("signed", 0, [])
    instance.start_web()
    assert instance.post(path, "dealing_assistant", {}) == 302, instance.said()
    assert instance.post(path, "dealing_assistant", {}) == 409
    instance.do("drain")
    facts = instance.do("facts", **case)
    assert (facts["draft"], facts["issued_papers"], facts["dispatches"]) == ("dispatched", 1, ["sent"])
    assert len(instance.sink.ids[instance.address]) == 1


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_thirty_kills_of_web_and_worker_at_random_moments(instance: Instance) -> None:
    """Sign, issue and send, each killed at random until done; then everything stands once."""
    for _round in range(3):
        case = instance.case()
        sign = (f"/files/decisions/{case['decision']}/sign/", "secretary", {"pin": PIN})
        issue = (f"/files/drafts/{case['draft']}/issue/", "dealing_assistant", {})
        for path, who, form in (sign, issue):
            instance.start_web()
            instance.worker.start()
            sending = threading.Thread(target=instance.post, args=(path, who, form))
            sending.start()
            time.sleep(random.uniform(0, 1.2))
            instance.web.kill()
            sending.join()
            # A transaction that the database had been told to commit may still be at it.
            time.sleep(0.5)
            facts = instance.do("facts", **case)
            assert is_signed_once(facts) or chosen(facts, UNDONE) == UNDONE, facts
            assert (facts["issued_papers"], len(facts["dispatches"])) in {(0, 0), (1, 1)}
            instance.start_web()
            assert instance.post(path, who, form) in {302, 403, 409}
            time.sleep(random.uniform(0, 4))
            instance.worker.kill()
            instance.do("lapse")
            instance.worker.start()
            instance.wait_for(lambda facts: facts["ready"], case)
            instance.web.kill()
            instance.worker.kill()
            instance.do("lapse")
        instance.start_web()
        instance.post(*issue)
        instance.worker.start()
        facts = instance.wait_for(lambda facts: facts["draft"] == "dispatched", case)
        assert is_signed_once(facts)
        assert (facts["issued_papers"], facts["dispatches"]) == (1, ["sent"])
        assert len(set(instance.sink.ids[instance.address])) == 1
        instance.worker.kill()
        instance.web.kill()
        instance.do("lapse")
