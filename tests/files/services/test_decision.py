"""The senior officer's act: what is signed is what was seen; nothing half-done stays behind (design 6)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from dak.models import Dispatch, Receipt
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.desk.ledger import differences
from eoffice.documents.queries import document_bytes
from eoffice.ledger import chain
from eoffice.ledger import queries as ledger
from files.models import Decision, DecisionState, Draft, File, Note
from files.services.decision import (
    decision_begin,
    decision_return,
    decision_sign,
    draft_for_decision,
    shown_now,
)
from files.services.draft import draft_correct, draft_issue
from files.services.file import file_forward
from files.services.paper import receipt_answer
from signatures.models import Credential, SignedPaper
from signatures.queries import check_upload
from signatures.services.unlock import WrongPin
from tests.files.conftest import letter_text
from tests.signatures.conftest import PIN, instance, register, running_world, world

__all__ = ["instance", "running_world", "world"]


@pytest.fixture
def at_secretary(people, case, draft, note) -> File:
    """The case with its draft put up to the secretary."""
    note(case, "dealing_assistant")
    for who, to in (
        ("dealing_assistant", "section_officer"),
        ("section_officer", "under_secretary"),
        ("under_secretary", "secretary"),
    ):
        file_forward(file_id=case.pk, to_post_id=people.post(to).pk, actor=people.actor(who))
    return File.objects.get(pk=case.pk)


@pytest.fixture
def key(people, instance) -> Credential:
    return register(instance, people, kind="rsa-2048")


def begin(people, file, line="<p>यथाप्रस्तावित अनुमोदित।</p>", **other) -> Decision:
    facts = {
        "file_id": file.pk,
        "act": "approve",
        "line": line,
        "shown": shown_now(file, draft_for_decision(file)).token,
        "to_post_id": None,
        "actor": people.actor("secretary"),
    }
    return decision_begin(**facts | other)


def drained() -> None:
    for _ in range(6):
        outbox.drain_once()


def test_approve_signs_record_and_letter_and_sends_the_file_down(people, at_secretary, key):
    decision = begin(people, at_secretary)
    draft = Draft.objects.get()
    assert (draft.state, bool(draft.letter_number), draft.letter_date) == ("put_up", True, clock.today())
    done = decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("secretary"))
    draft = Draft.objects.get()
    file = File.objects.get()
    assert (done.state, draft.state, draft.approved_version) == (DecisionState.COMPLETED, "signed", 1)
    assert file.held_by == people.post("dealing_assistant")
    assert Note.objects.get(number=file.last_note).text == "<p>यथाप्रस्तावित अनुमोदित।</p>"
    acts = list(ledger.history(file).values_list("action", flat=True))[-6:]
    assert acts == [
        Action.DRAFT_SIGN,  # the numbers, drawn at the first step
        Action.NOTE_SUBMIT,
        Action.DECISION_TAKE,
        Action.DRAFT_APPROVE,
        Action.DRAFT_SIGN,
        Action.FILE_FORWARD,
    ]
    assert list(differences()) == []


def test_the_letter_carries_only_a_salted_hash_of_what_the_record_says(people, at_secretary, key):
    decision = begin(people, at_secretary)
    decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("secretary"))
    decision = Decision.objects.get()
    manifest = dict(decision.manifest)
    hashed = manifest.pop("hash")
    assert hashed == chain.digest({"salt": decision.manifest_salt, "manifest": manifest})
    letter = document_bytes(Draft.objects.get().signed_document)
    with pikepdf.open(BytesIO(letter)) as opened:
        assert str(opened.docinfo["/ManifestHash"]) == hashed
        assert not opened.attachments
    with pikepdf.open(BytesIO(document_bytes(decision.record))) as opened:
        assert list(opened.attachments) == ["manifest.json"]
    assert manifest["papers"][0]["sha256"] == Receipt.objects.get().document.sha256


def test_the_letter_leaves_only_with_its_time_stamp(people, at_secretary, key):
    decision = begin(people, at_secretary)
    decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("secretary"))
    draft = Draft.objects.get()
    assistant = people.actor("dealing_assistant")
    with pytest.raises(WrongState) as refusal:
        draft_issue(draft_id=draft.pk, actor=assistant)
    assert refusal.value.code == "time_stamp_pending"
    assert not Decision.objects.get().record_ready
    drained()
    assert Decision.objects.get().record_ready
    draft = draft_issue(draft_id=draft.pk, actor=assistant)
    report = check_upload(document_bytes(draft.signed_document))
    assert (report.verdict, report.integrity) == ("TOTAL-PASSED", "intact")
    drained()
    assert Draft.objects.get().state == "dispatched"
    assert Dispatch.objects.get().state == "sent"
    receipt = receipt_answer(file_id=at_secretary.pk, serial=1, kind="replied", actor=assistant)
    assert (receipt.state, receipt.reply_ref) == ("disposed", draft.letter_number)
    assert list(differences()) == []


def test_a_wrong_pin_counts_and_changes_nothing(people, at_secretary, key):
    decision = begin(people, at_secretary)
    with pytest.raises(WrongPin):
        decision_sign(decision_id=decision.pk, pin="wrong-pin-1", actor=people.actor("secretary"))
    assert (Draft.objects.get().state, File.objects.get().held_by) == ("put_up", people.post("secretary"))
    assert not SignedPaper.objects.exists()
    assert Credential.objects.get().tries_left == 4
    decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("secretary"))
    assert Draft.objects.get().state == "signed"


def test_what_changed_between_view_and_verdict_stops_the_act(people, at_secretary, key):
    seen = shown_now(at_secretary, draft_for_decision(at_secretary)).token
    draft_correct(
        draft_id=Draft.objects.get().pk,
        text=letter_text(subject="बदला हुआ"),
        base_version=1,
        actor=people.actor("secretary"),
    )
    with pytest.raises(WrongState) as refusal:
        begin(people, at_secretary, shown=seen)
    assert refusal.value.code == "changed_since_view"
    assert not Decision.objects.exists()


def test_what_changed_between_preparing_and_pin_stops_the_act(people, at_secretary, key):
    decision = begin(people, at_secretary)
    draft_correct(
        draft_id=Draft.objects.get().pk,
        text=letter_text(subject="बदला हुआ"),
        base_version=1,
        actor=people.actor("secretary"),
    )
    with pytest.raises(WrongState) as refusal:
        decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("secretary"))
    assert refusal.value.code == "changed_since_view"
    assert (Draft.objects.get().state, SignedPaper.objects.count()) == ("put_up", 0)
    assert list(differences()) == []


def test_numbers_are_kept_over_tries_and_attempts_expire(people, at_secretary, key):
    first = begin(people, at_secretary)
    number = Draft.objects.get().letter_number
    with clock.freeze(clock.now() + timedelta(minutes=11)), pytest.raises(WrongState) as refusal:
        decision_sign(decision_id=first.pk, pin=PIN, actor=people.actor("secretary"))
    assert refusal.value.code == "signing_expired"
    begin(people, at_secretary)
    assert Draft.objects.get().letter_number == number
    assert Decision.objects.get(pk=first.pk).state == DecisionState.ABANDONED


def test_only_the_one_who_prepared_signs(people, at_secretary, key):
    decision = begin(people, at_secretary)
    with pytest.raises(NotVisible):
        decision_sign(decision_id=decision.pk, pin=PIN, actor=people.actor("under_secretary"))


def test_approving_needs_a_line_and_a_key(people, at_secretary, instance):
    with pytest.raises(BadInput):
        begin(people, at_secretary, line="<p> </p>")
    with pytest.raises(WrongState) as refusal:
        begin(people, at_secretary)
    assert refusal.value.code == "no_credential"
    assert Draft.objects.get().letter_number == ""


def test_a_line_that_can_t_be_printed_is_refused_before_anything_is_prepared(people, at_secretary):
    line, secretary = "<p>Why? 🤔</p>", people.actor("secretary")
    for act in (
        lambda: begin(people, at_secretary, line=line),
        lambda: decision_return(file_id=at_secretary.pk, act="discuss", line=line, actor=secretary),
    ):
        with pytest.raises(BadInput) as refusal:
            act()
        assert (refusal.value.code, refusal.value.field) == ("unprintable", "line")
    assert not Decision.objects.exists()


def test_a_query_goes_back_with_the_line_as_note(people, at_secretary):
    file = decision_return(
        file_id=at_secretary.pk,
        act="return_with_query",
        line="<p>धनराशि का औचित्य?</p>",
        actor=people.actor("secretary"),
    )
    assert file.held_by == people.post("under_secretary")
    assert (Draft.objects.get().state, Decision.objects.get().note.number) == ("returned", file.last_note)
    assert list(differences()) == []
