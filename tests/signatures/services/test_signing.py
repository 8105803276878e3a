from __future__ import annotations

import json
import logging
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection

from eoffice.core import clock, outbox
from eoffice.core.errors import BadInput, DomainError, NotAllowed, NotVisible, WrongState
from eoffice.core.models import OutboxRow
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import EXTRACT
from eoffice.ledger.models import Event
from signatures import custody, queries
from signatures.engine import slots
from signatures.engine.facts import Level, Verdict
from signatures.engine.verify import verify
from signatures.models import Credential, SignedPaper, SigningAttempt
from signatures.services import credential as credentials
from signatures.services import signing, unlock, upgrade
from signatures.workflow import AttemptState, CredentialState
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN, register


def begin(credential: Credential, cast: Cast, **extra: object) -> SigningAttempt:
    given = {
        "pdf": letter(), "manifest": None, "purpose": "letter", "subject": cast.employee("secretary"),
        "shown_sha256": "a" * 64, "credential": credential, "actor": cast.actor("secretary"),
    } | extra  # fmt: skip
    return signing.signing_begin(**given)  # type: ignore[arg-type]


def test_two_steps_give_a_signed_paper_a_revision_a_look_up_row_and_an_errand(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    reference = signing.reference_number()
    attempt = begin(credential, cast, reference=reference, title="2026/GAD-3/17")
    seen: list[Document] = []
    document = signing.signing_finish(
        attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"), on_complete=seen.extend
    )
    assert seen == [document]
    done = SigningAttempt.objects.get(pk=attempt.pk)
    assert done.state == AttemptState.COMPLETED
    report = verify(document_bytes(document), trust=custody.trust(), at=clock.now())
    assert report.integrity == "intact"
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.name == "मीरा कृष्णन (DEMO)"
    revision = queries.last_revision(done)
    assert revision is not None
    assert (revision.level, revision.document) == (Level.B, document)
    assert queries.is_pending(done)
    paper = SignedPaper.objects.get(reference=reference)
    assert (paper.signer_name_hi, paper.designation_hi, paper.state) == ("मीरा कृष्णन", "सचिव", "current")
    acts = Event.objects.filter(subject_type="signing", subject_id=attempt.pk).values_list("action", flat=True)
    assert list(acts) == ["signing:begin", "signing:finish"]
    assert OutboxRow.objects.filter(kind=signing.UPGRADE, payload={"attempt": attempt.pk}).exists()


def test_record_and_letter_are_signed_with_one_pin_in_order(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    record = begin(credential, cast, purpose="decision", manifest={"act": "approve", "papers": ["क"]})
    paper = begin(credential, cast)
    documents = signing.signing_finish_many([record.uuid, paper.uuid], pin=PIN, actor=cast.actor("secretary"))
    assert len(documents) == 2
    manifest = json.loads(slots.attachments_of(document_bytes(documents[0]))["manifest.json"])
    assert manifest == {"act": "approve", "papers": ["क"]}
    assert slots.attachments_of(document_bytes(documents[1])) == {}
    assert Credential.objects.get().pin_failures == 0


def test_the_same_attempt_can_not_be_signed_twice(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    with pytest.raises(WrongState) as refused:
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert refused.value.code == "signing_not_open"


def test_too_late_is_too_late_and_is_written_down(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)
    with clock.freeze(clock.now() + timedelta(minutes=11)), pytest.raises(WrongState) as refused:
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert refused.value.code == "signing_expired"
    assert SigningAttempt.objects.get().state == AttemptState.EXPIRED


def test_when_the_asking_room_refuses_nothing_is_signed_and_the_attempts_are_closed(
    instance: World, cast: Cast
) -> None:
    attempt = begin(register(instance, cast), cast, reference="1234567")

    def refuse(_documents: list[Document]) -> None:
        raise WrongState("changed_since_view", "changed")

    with pytest.raises(WrongState):
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"), on_complete=refuse)
    closed = SigningAttempt.objects.get()
    assert (closed.state, closed.failure) == (AttemptState.REFUSED, "changed_since_view")
    assert not closed.revisions.exists()
    assert not SignedPaper.objects.exists()
    assert not OutboxRow.objects.filter(kind=signing.UPGRADE).exists()


def test_a_crash_in_the_asking_room_leaves_it_plainly_not_signed(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)

    def crash(_documents: list[Document]) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"), on_complete=crash)
    assert SigningAttempt.objects.get().state == AttemptState.PREPARED
    assert signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))


def test_wrong_pins_are_counted_and_the_fifth_suspends_the_key(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)
    actor = cast.actor("secretary")
    for left in (4, 3, 2, 1):
        with pytest.raises(unlock.WrongPin) as refused:
            signing.signing_finish(attempt_id=attempt.uuid, pin="wrong-pin-1", actor=actor)
        assert str(left) in str(refused.value.message)
    with pytest.raises(unlock.WrongPin) as refused:
        signing.signing_finish(attempt_id=attempt.uuid, pin="wrong-pin-1", actor=actor)
    assert refused.value.code == "pin_locked"
    assert Credential.objects.get().state == CredentialState.SUSPENDED
    with pytest.raises(WrongState):
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=actor)
    assert SigningAttempt.objects.get().state == AttemptState.PREPARED
    credentials.credential_resume(credential_id=attempt.credential_id, actor=cast.actor("emd_manager"))
    assert signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=actor)
    fails = Event.objects.filter(subject_type="credential", action="signing:fail")
    assert [row.data["failures"] for row in fails.order_by("seq")] == [1, 2, 3, 4, 5]


def test_the_right_pin_wipes_the_count(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)
    with pytest.raises(unlock.WrongPin):
        signing.signing_finish(attempt_id=attempt.uuid, pin="wrong-pin-1", actor=cast.actor("secretary"))
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert Credential.objects.get().tries_left == 5


def test_nobody_else_signs_or_even_sees_the_attempt(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    attempt = begin(credential, cast)
    with pytest.raises(NotVisible):
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("outsider"))
    with pytest.raises(NotVisible):
        signing.signing_finish(attempt_id=uuid4(), pin=PIN, actor=cast.actor("secretary"))
    with pytest.raises(NotAllowed):
        begin(credential, cast, actor=cast.actor("outsider"))
    assert Credential.objects.get().pin_failures == 0


@pytest.mark.parametrize("field", ["document_digest", "signed_attrs", "certificate_sha256", "reserved_start"])
def test_a_row_that_was_tampered_with_signs_nothing(instance: World, cast: Cast, field: str) -> None:
    attempt = begin(register(instance, cast), cast)
    other = begin(Credential.objects.get(), cast, pdf=letter(text="Another letter"))
    value = "0" * 64 if field.endswith("sha256") else getattr(other, field)
    if field == "reserved_start":
        value = attempt.reserved_start - 7
    SigningAttempt.objects.filter(pk=attempt.pk).update(**{field: value})
    with pytest.raises(WrongState) as refused:
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert refused.value.code == "signing_failed"
    assert SigningAttempt.objects.get(pk=attempt.pk).state == AttemptState.FAILED


def test_a_swapped_document_signs_nothing(instance: World, cast: Cast) -> None:
    attempt = begin(register(instance, cast), cast)
    other = begin(Credential.objects.get(), cast, pdf=letter(text="Pay ten times as much."))
    SigningAttempt.objects.filter(pk=attempt.pk).update(prepared=other.prepared)
    with pytest.raises(WrongState) as refused:
        signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert refused.value.code == "signing_failed"


def test_an_ended_certificate_signs_nothing(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    with clock.freeze(clock.now() + timedelta(days=900)), pytest.raises(WrongState) as refused:
        begin(credential, cast)
    assert refused.value.code == "credential_expired"


def test_what_is_no_plain_pdf_is_refused_in_words(instance: World, cast: Cast) -> None:
    with pytest.raises(BadInput) as refused:
        begin(register(instance, cast), cast, pdf=b"%PDF-1.7 nonsense")
    assert refused.value.remedy


def test_the_pin_is_in_no_row_no_log_and_no_error(
    instance: World, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    attempt = begin(register(instance, cast, pin="kachnar-8531"), cast)
    actor = cast.actor("secretary")
    texts = []
    for pin in ("gulmohar-9642", "kachnar-8531"):
        try:
            signing.signing_finish(attempt_id=attempt.uuid, pin=pin, actor=actor)
        except DomainError as error:
            texts.append(f"{error!r} {error} {error.message} {error.remedy}")
    everything = caplog.text + "".join(texts)
    with connection.cursor() as cursor:
        for table in ("core_outboxrow", "ledger_event", "signatures_credential", "signatures_signingattempt"):
            cursor.execute(f"SELECT * FROM {table}")
            everything += json.dumps(cursor.fetchall(), default=str)
    assert "kachnar-8531" not in everything
    assert "gulmohar-9642" not in everything


def signed(instance: World, cast: Cast) -> SigningAttempt:
    attempt = begin(register(instance, cast), cast, reference=signing.reference_number())
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    return SigningAttempt.objects.get(pk=attempt.pk)


def read_in_advance() -> list[int]:
    rows = OutboxRow.objects.filter(kind=EXTRACT).order_by("pk")
    return [row.payload["document"] for row in rows]


def test_the_worker_brings_it_to_b_lta_and_each_revision_extends_the_last(instance: World, cast: Cast) -> None:
    attempt = signed(instance, cast)
    upgrade.attempt_upgrade(attempt_id=attempt.pk)
    revisions = list(attempt.revisions.select_related("document").order_by("pk"))
    # In one go: the steps between are increments of the one that stays, not papers of their own.
    assert [row.level for row in revisions] == ["B-B", "B-LTA"]
    contents = [document_bytes(row.document) for row in revisions]
    for before, after in pairwise(contents):
        assert after.startswith(before)
    report = verify(contents[-1], trust=custody.trust(), at=clock.now())
    assert (report.verdict, report.level) == (Verdict.TOTAL_PASSED, Level.LTA)
    assert not queries.is_pending(attempt)
    for place, row in enumerate(revisions, start=1):
        stored = queries.stored_revision(row.sha256)
        assert stored is not None
        assert (stored.place, stored.of) == (place, 2)
    upgrade.attempt_upgrade(attempt_id=attempt.pk)
    assert attempt.revisions.count() == 2
    # Only the revision that stays is read for search, not each step on the way to it.
    assert read_in_advance() == [revisions[-1].document_id]


def test_with_the_time_authority_down_it_stays_pending_and_loses_nothing(
    instance: World, cast: Cast, settings: object
) -> None:
    attempt = signed(instance, cast)
    row = OutboxRow.objects.get(kind=signing.UPGRADE)
    settings.TSA_URLS = ["http://127.0.0.1:9/"]  # type: ignore[attr-defined]
    with pytest.raises(outbox.Retry):
        upgrade.run(row)
    assert queries.is_pending(attempt)
    assert not OutboxRow.objects.filter(kind=upgrade.LEVEL_REACHED).exists()
    settings.TSA_URLS = [f"{instance.url}/tsa"]  # type: ignore[attr-defined]
    upgrade.run(row)
    reached = OutboxRow.objects.get(kind=upgrade.LEVEL_REACHED)
    assert reached.payload["level"] == "B-LTA"
    assert reached.payload["purpose"] == "letter"
    assert reached.payload["subject_id"] == attempt.subject_id
    upgrade.run(row)
    assert OutboxRow.objects.filter(kind=upgrade.LEVEL_REACHED).count() == 1


def test_without_any_time_authority_the_policy_is_b_b_and_says_so_at_once(
    instance: World, cast: Cast, settings: object
) -> None:
    settings.TSA_URLS = []  # type: ignore[attr-defined]
    attempt = signed(instance, cast)
    upgrade.run(OutboxRow.objects.get(kind=signing.UPGRADE))
    assert OutboxRow.objects.get(kind=upgrade.LEVEL_REACHED).payload["level"] == "B-B"
    assert not queries.is_pending(attempt)
    assert read_in_advance() == [attempt.revisions.get().document_id]


def test_reference_numbers_have_seven_digits_and_never_repeat(db: None) -> None:
    numbers = [signing.reference_number() for _ in range(5)]
    assert len(set(numbers)) == 5
    assert all(len(number) == 7 and number.isdigit() for number in numbers)
