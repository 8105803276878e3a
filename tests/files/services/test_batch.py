"""Many decisions under one unlock: each is signed or plainly not, and what was not seen is left out (design 6)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import translation

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.demo.similar import change, letter, opened, put_up, similar_put_up
from eoffice.desk.ledger import differences
from eoffice.ledger import queries as ledger
from files.models import Batch, BatchItem, Decision, Draft, File
from files.queries_batch import alike, progress, to_sign
from files.services.batch import batch_give_up, batch_list, batch_start, batch_stop, batch_work
from files.services.draft import draft_correct, plain_body
from files.services.file import file_forward
from files.services.note import note_save
from files.workflow import BatchState
from signatures.models import Credential, SignedRevision, SigningAttempt
from signatures.queries import credential_to_sign
from signatures.services import batch as children
from signatures.services.answer import signing_answer
from signatures.services.unlock import WrongPin, unlocked
from tests.races.keys import PIN, give_key

LINE = "<p>यथाप्रस्तावित अनुमोदित।</p>"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from eoffice.demo.authority import Authority  # noqa: PLC0415

    return Authority.open(tmp_path_factory.mktemp("authority"), base_url="http://127.0.0.1:9")


@pytest.fixture
def officer(people, authority) -> Iterator[Any]:
    actor = people.actor("secretary")
    give_key(actor, approver=people.actor("emd_manager"), authority=authority)
    yield actor
    Path(live.PEPPER_FILE).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def put(people, officer, count, changed=0) -> list[Draft]:
    return similar_put_up(by=people.actor("dealing_assistant"), officer=officer, count=count, changed=changed)


def listed(drafts, officer) -> Batch:
    return batch_list(file_ids=[draft.file_id for draft in drafts], language="en", actor=officer)


def run_here(batch: Batch, officer: Any, **lines: str) -> Batch:
    """What the children do, in this process: the same service with the same key."""
    batch = Batch.objects.get(pk=batch.pk)
    batch.line = LINE
    batch.run(at=clock.now())
    batch.stirred_at = clock.now()
    batch.save()
    for place, line in lines.items():
        BatchItem.objects.filter(batch=batch, place=int(place.removeprefix("p"))).update(line=line)
    with unlocked(credential_to_sign(officer), PIN, officer) as key:
        batch_work(batch_id=batch.pk, run=batch.unlocks, key=key, actor=officer)
    return Batch.objects.get(pk=batch.pk)


def states(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.items.values_list("state", "code"))


def test_each_file_is_decided_on_its_own_and_the_changed_ones_are_left_out(people, officer):
    drafts = put(people, officer, 4, changed=1)
    batch = listed(drafts, officer)
    assert states(batch) == [("ready", "")] * 3 + [("left_out", "changed_since_seen")]
    assert "version 2" in batch.items.get(place=4).why
    done = run_here(batch, officer, p2="<p>केवल यह।</p>")
    assert done.state == BatchState.FINISHED
    assert states(done) == [("signed", "")] * 3 + [("left_out", "changed_since_seen")]
    assert [draft.state for draft in Draft.objects.order_by("pk")] == ["signed"] * 3 + ["put_up"]
    lines = [item.decision.line for item in done.items.exclude(state="left_out")]
    assert lines == [LINE, "<p>केवल यह।</p>", LINE]
    numbers = set(Draft.objects.exclude(letter_number="").values_list("letter_number", flat=True))
    assert len(numbers) == 3
    assert SignedRevision.objects.count() == 6
    acts = [event.action for event in ledger.history(done)]
    assert acts == [Action.BATCH_LIST]
    assert list(differences()) == []


def test_what_changed_after_the_summary_is_refused_for_that_file_alone(people, officer):
    drafts = put(people, officer, 3)
    batch = listed(drafts, officer)
    draft_correct(draft_id=drafts[1].pk, text=letter(50), base_version=1, actor=officer)
    done = run_here(batch, officer)
    assert [state for state, _code in states(done)] == ["signed", "refused", "signed"]
    item = done.items.get(place=2)
    assert item.code == "changed_since_view"
    assert named(people.employee("secretary")) in item.why
    assert (item.decision, Draft.objects.get(pk=drafts[1].pk).state) == (None, "put_up")
    assert done.state == BatchState.FINISHED


def test_files_never_opened_with_new_notes_or_not_held_say_why(people, officer):
    by = people.actor("dealing_assistant")
    drafts = put(people, officer, 2)
    unopened = put_up(7, by=by, to=officer.desk, series="U")
    sent = put_up(8, by=by, to=officer.desk, series="S")
    opened(File.objects.get(pk=sent.file_id), officer)
    file_forward(file_id=sent.file_id, to_post_id=people.post("under_secretary").pk, actor=officer)
    # Back with a note that nobody has read.
    file_forward(file_id=drafts[1].file_id, to_post_id=by.desk, actor=officer)
    note_save(file_id=drafts[1].file_id, html="<p>संशोधन नहीं।</p>", revision=0, actor=by)
    file_forward(file_id=drafts[1].file_id, to_post_id=officer.desk, actor=by)
    batch = listed([*drafts, unopened, sent], officer)
    codes = [code for _state, code in states(batch)]
    assert codes == ["", "changed_since_seen", "never_opened", "not_holder"]
    assert batch.items.get(place=2).why == "1 note is new since you saw it."
    assert {file.pk for file in to_sign(officer)} == {one.file_id for one in (*drafts, unopened)}


def test_a_stranger_sees_no_list_and_a_long_one_is_refused(people, officer, settings):
    drafts = put(people, officer, 2)
    batch = listed(drafts, officer)
    for act in (batch_stop, batch_give_up):
        with pytest.raises(NotVisible):
            act(batch_id=batch.pk, actor=people.actor("under_secretary"))
    with pytest.raises(NotVisible):
        batch_list(file_ids=[drafts[0].file_id], language="en", actor=people.actor("outsider"))
    settings.BATCH_MAX = 1
    with pytest.raises(BadInput) as refused:
        listed(drafts, officer)
    assert refused.value.code == "list_too_long"
    with pytest.raises(BadInput):
        batch_list(file_ids=[], language="en", actor=officer)
    batch_give_up(batch_id=batch.pk, actor=officer)
    with pytest.raises(WrongState) as over:
        batch_start(batch_id=batch.pk, pin=PIN, line=LINE, lines={}, actor=officer)
    assert over.value.code == "list_over"


@pytest.mark.django_db(transaction=True)
def test_a_wrong_pin_starts_nothing_and_counts_once(people, officer):
    batch = listed(put(people, officer, 2), officer)
    with pytest.raises(WrongPin):
        batch_start(batch_id=batch.pk, pin="wrong-pin-1", line=LINE, lines={}, actor=officer)
    assert credential_to_sign(officer).tries_left == 4
    batch.refresh_from_db(fields=["unlocks"])
    assert (Batch.objects.get().state, batch.unlocks) == (BatchState.LISTED, 0)
    with pytest.raises(BadInput) as refused:
        batch_start(batch_id=batch.pk, pin=PIN, line="", lines={1: LINE}, actor=officer)
    assert refused.value.code == "line_missing"


def test_after_a_stop_the_rest_goes_on_under_a_new_unlock(people, officer):
    batch = listed(put(people, officer, 3), officer)
    batch.line = LINE
    batch.run(at=clock.now())
    batch.save()
    batch_stop(batch_id=batch.pk, actor=officer)
    with unlocked(credential_to_sign(officer), PIN, officer) as key:
        assert batch_work(batch_id=batch.pk, run=1, key=key, actor=officer) == 0
    assert Batch.objects.get().state == BatchState.STOPPED
    assert run_here(batch, officer).state == BatchState.FINISHED
    assert Draft.objects.filter(state="signed").count() == 3


def test_an_older_run_takes_nothing_from_a_newer_one(people, officer):
    batch = listed(put(people, officer, 2), officer)
    batch.run(at=clock.now())
    batch.run(at=clock.now())
    batch.line = LINE
    batch.save()
    with unlocked(credential_to_sign(officer), PIN, officer) as key:
        assert batch_work(batch_id=batch.pk, run=1, key=key, actor=officer) == 0
        assert batch_work(batch_id=batch.pk, run=2, key=key, actor=officer) == 2


def test_signatures_from_elsewhere_are_awaited_and_then_embedded(people, officer):
    batch = listed(put(people, officer, 2), officer)
    batch.line = LINE
    batch.run(at=clock.now())
    batch.save()
    with unlocked(credential_to_sign(officer), PIN, officer) as key:
        # From here on the key is as good as on the officer's token.
        Credential.objects.update(backend="agent")
        work = partial(batch_work, batch_id=batch.pk, run=1, key=None, actor=officer)
        assert work() == 2
        assert states(batch) == [("awaited", "")] * 2
        assert work() == 0
        assert Batch.objects.get().state == BatchState.RUNNING
        for attempt in SigningAttempt.objects.filter(state="prepared"):
            signing_answer(attempt_id=attempt.pk, signature=key.sign(bytes(attempt.signed_attrs)), actor=officer)
        assert work() == 2
    assert states(batch) == [("signed", "")] * 2
    assert Batch.objects.get().state == BatchState.FINISHED


def test_similar_letters_have_one_text_and_numbered_differences():
    class Version:
        def __init__(self, number: int) -> None:
            self.__dict__.update({name: getattr(letter(number), name) for name in letter(0).__slots__})

    texts = [plain_body(Version(number)) for number in range(5)]  # type: ignore[arg-type]
    texts.append("Something else altogether\nthat nobody would mistake")
    groups = alike(texts)
    assert [group.members for group in groups] == [[0, 1, 2, 3, 4], [5]]
    first = groups[0]
    gaps = [run.gap for run in first.common if run.gap]
    assert gaps == list(range(1, len(gaps) + 1))
    assert 2 <= len(gaps) <= 6
    assert all(len(values) == len(gaps) for values in first.values)
    assert any("बेलपुर" in value for value in first.values[0])
    assert "प्रशासकीय एवं वित्तीय स्वीकृति" in " ".join(run.text for run in first.common)
    # Nothing is lost: the common text with an item's differences is the letter.
    for index, values in enumerate(first.values):
        words = " ".join(values[run.gap - 1] if run.gap else run.text for run in first.common).split()
        assert words == texts[index].split()


# With real processes


@pytest.fixture
def processes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The children find this test's database and folders."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        user, host = f"{database['USER']}:{database['PASSWORD']}", f"{database['HOST']}:{database['PORT']}"
        url = f"postgresql://{user}@{host}/{database['NAME']}"
    else:
        url = f"sqlite:///{database['NAME']}"
    settings.BATCH_WORKERS = 2
    for name, value in {
        "DATABASE_URL": url,
        "EOFFICE_DATA": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EOFFICE_LOG_LEVEL": "ERROR",
    }.items():
        monkeypatch.setenv(name, value)


def wait(until: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends, [
            *Batch.objects.values_list("state"), *BatchItem.objects.values_list("state", "code", "why"),
        ]  # fmt: skip
        time.sleep(0.1)


def alive() -> list[int]:
    """The children of ours that sign."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"files.batch_child" in command and int(parent) == os.getpid():
            found.append(int(folder.name))
    return found


def finished(batch: Batch) -> Callable[[], bool]:
    return lambda: Batch.objects.get(pk=batch.pk).state == BatchState.FINISHED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_two_lists_over_the_same_drafts_sign_each_exactly_once(people, officer):
    drafts = put(people, officer, 6)
    first, second = listed(drafts, officer), listed(list(reversed(drafts)), officer)
    for batch in (first, second):
        began = time.monotonic()
        batch_start(batch_id=batch.pk, pin=PIN, line=LINE, lines={}, actor=officer)
        assert time.monotonic() - began < 20
    wait(lambda: finished(first)() and finished(second)())
    assert Draft.objects.filter(state="signed").count() == 6
    assert BatchItem.objects.filter(state="signed").count() == 6
    assert Decision.objects.filter(state="completed").count() == 6
    refused = set(BatchItem.objects.filter(state="refused").values_list("code", flat=True))
    assert refused <= {"not_holder", "changed_since_view", "decision_not_open"}, refused
    assert SigningAttempt.objects.filter(purpose="letter", state="completed").count() == 6
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_killed_children_leave_each_file_signed_or_plainly_not(people, officer):
    drafts = put(people, officer, 8)
    batch = listed(drafts, officer)
    batch_start(batch_id=batch.pk, pin=PIN, line=LINE, lines={}, actor=officer)
    wait(lambda: progress(batch).signed >= 1)
    for pid in alive():
        os.kill(pid, signal.SIGKILL)
    wait(lambda: not alive())
    cut = Batch.objects.get(pk=batch.pk)
    for item in cut.items.all():
        assert (item.state == "signed") == (Draft.objects.get(pk=item.draft_id).state == "signed")
    assert list(differences()) == []
    if cut.state == BatchState.FINISHED:
        return
    with pytest.raises(WrongState) as refused:
        batch_start(batch_id=batch.pk, pin=PIN, line=LINE, lines={}, actor=officer)
    assert refused.value.code == "list_running"
    Batch.objects.filter(pk=batch.pk).update(stirred_at=clock.now() - timedelta(minutes=1))
    assert Batch.objects.get(pk=batch.pk).is_silent
    batch_start(batch_id=batch.pk, pin=PIN, line=LINE, lines={}, actor=officer)
    wait(finished(batch))
    assert Draft.objects.filter(state="signed").count() == 8
    assert SigningAttempt.objects.filter(purpose="letter", state="completed").count() == 8
    assert list(differences()) == []


WEB = """
import os, sys, django
django.setup()
from files.models import Batch
from files.services.batch import batch_start
from employee_master.queries import actor_for
batch = Batch.objects.get(pk=int(sys.argv[1]))
batch_start(batch_id=batch.pk, pin=sys.stdin.readline().strip(), line="<p>Yes.</p>", lines={},
            actor=actor_for(batch.employee, batch.charge))
os.kill(os.getpid(), 9)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_a_killed_web_process_does_not_stop_the_list(people, officer, monkeypatch):
    batch = listed(put(people, officer, 3), officer)
    monkeypatch.setenv("EOFFICE_PEPPER_FILE", str(live.PEPPER_FILE))
    import sys  # noqa: PLC0415

    web = subprocess.run(
        [sys.executable, "-c", WEB, str(batch.pk)], input=f"{PIN}\n".encode(), cwd=live.BASE_DIR, check=False,
        capture_output=True,
    )  # fmt: skip
    assert web.returncode == -signal.SIGKILL, web.stderr.decode()
    wait(finished(batch))
    assert list(batch.items.values_list("state", "code", "why")) == [("signed", "", "")] * 3


def test_the_key_is_in_no_argument_and_no_environment(people, officer, monkeypatch):
    """What is handed to `Popen` is looked at; the message goes through the pipe alone."""
    seen: list[Any] = []
    real = subprocess.Popen

    def watched(command: list[str], **more: Any) -> Any:
        seen.append((command, more))
        return real(["/bin/cat"], stdin=more["stdin"], stdout=more["stdout"])

    monkeypatch.setattr(children.subprocess, "Popen", watched)
    credential = credential_to_sign(officer)
    with unlocked(credential, PIN, officer) as key:
        children.children_start(
            module="files.batch_child", facts={"batch": 1, "run": 1}, credential=credential, key=key, pin=PIN
        )
    assert len(seen) == live.BATCH_WORKERS
    for command, more in seen:
        assert command[1:] == ["-m", "files.batch_child"]
        assert "env" not in more
        assert PIN not in repr((command, {name: value for name, value in more.items() if name != "stdin"}))


def test_a_changed_letter_is_seen_again_only_when_it_is_opened(people, officer):
    (draft,) = put(people, officer, 1)
    change(draft, number=0, officer=officer, by=people.actor("dealing_assistant"))
    assert states(listed([draft], officer)) == [("left_out", "changed_since_seen")]
    opened(File.objects.get(pk=draft.file_id), officer)
    assert states(listed([draft], officer)) == [("ready", "")]
