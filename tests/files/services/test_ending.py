"""Signed letters: two signers, endorsement numbers, withdrawal and supersession by another signed act."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from dak.models import Dispatch
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.demo.authority import Authority
from eoffice.demo.similar import letter, put_up
from eoffice.desk.ledger import differences
from eoffice.documents.queries import document_bytes
from eoffice.ledger import queries as ledger
from files.models import Decision, Draft, File, Withdrawal
from files.services.countersign import countersign_begin, countersign_sign
from files.services.decision import decision_begin, decision_sign, draft_for_decision, shown_now
from files.services.draft import draft_correct, draft_issue, draft_second_signer
from files.services.file import file_forward, file_return
from files.services.withdrawal import withdrawal_begin, withdrawal_sign
from signatures.models import SignedPaper, SignedRevision
from signatures.queries import paper_by_three_factors
from signatures.services.unlock import WrongPin
from tests.races.keys import PIN, give_key


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("authority"), base_url="http://127.0.0.1:9")


@pytest.fixture
def keys(people, authority) -> Any:
    for who in ("under_secretary", "secretary"):
        name = people.employee(who).name_en
        give_key(people.actor(who), approver=people.actor("emd_manager"), authority=authority, name=name)
    with translation.override("en"):
        yield
    Path(settings.PEPPER_FILE).unlink(missing_ok=True)


def waiting(people, who="secretary", number=1, copies="", second=None) -> Draft:
    by = people.actor("dealing_assistant")
    draft = put_up(number, by=by, to=people.post(who).pk, series="W")
    officer = people.actor(who)
    if copies:
        draft_correct(draft_id=draft.pk, text=letter(number, copies=copies), base_version=1, actor=officer)
    if second:
        draft_second_signer(draft_id=draft.pk, post_id=people.post(second).pk, actor=officer)
    return Draft.objects.get(pk=draft.pk)


def decide(people, draft, who="secretary") -> Draft:
    file = File.objects.get(pk=draft.file_id)
    officer = people.actor(who)
    decision = decision_begin(
        file_id=file.pk, act="approve", line="<p>Approved.</p>", to_post_id=None, actor=officer,
        shown=shown_now(file, draft_for_decision(file)).token,
    )  # fmt: skip
    decision_sign(decision_id=decision.pk, pin=PIN, actor=officer)
    return Draft.objects.get(pk=draft.pk)


def back(people, draft, to="secretary") -> None:
    file_forward(file_id=draft.file_id, to_post_id=people.post(to).pk, actor=people.actor("dealing_assistant"))


def end(people, draft, who="secretary", kind="withdrawn", pin=PIN, **more) -> Withdrawal:
    officer = people.actor(who)
    row = withdrawal_begin(draft_id=draft.pk, kind=kind, why="Wrong amount", actor=officer, **more)
    return withdrawal_sign(withdrawal_id=row.pk, pin=pin, actor=officer)


def drained() -> None:
    for _turn in range(6):
        outbox.drain_once()


def test_a_withdrawn_letter_stays_as_it_is_and_the_verifier_says_by_which_act(people, keys, client):
    draft = decide(people, waiting(people, copies="Accountant General\nGuard file"))
    assert draft.endorsement_number == f"{draft.letter_number}(1)"
    drained()
    draft = draft_issue(draft_id=draft.pk, actor=people.actor("dealing_assistant"))
    before = document_bytes(draft.signed_document)
    back(people, draft)
    row = end(people, draft, order_number="12/2026")
    draft = Draft.objects.get(pk=draft.pk)
    assert (draft.state, document_bytes(draft.signed_document)) == ("issued", before)
    paper = SignedPaper.objects.get(reference=draft.reference)
    act = SignedPaper.objects.get(reference=row.reference)
    assert (paper.state, paper.ended_by, act.state, act.kind) == ("withdrawn", act, "current", "withdrawal")
    assert paper.ended_at is not None
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"undelivered"}
    event = ledger.history(draft.file).last()
    assert (event.action, event.data["kind"], "Wrong" in str(event.data)) == (
        Action.LETTER_WITHDRAW,
        "withdrawn",
        False,
    )
    with pikepdf.open(BytesIO(document_bytes(row.record))) as opened:
        assert list(opened.attachments) == ["manifest.json"]
    asked = {"on": f"{clock.office_time(paper.signed_at):%d-%m-%Y}", "signer": paper.signer_name_en}
    client.cookies["django_language"] = "en"
    page = client.get(reverse("signatures:reference", args=[paper.reference]), asked).content.decode()
    assert "it was withdrawn" in page
    assert f"by the signed decision {row.reference}" in page
    assert "Wrong amount" not in page
    assert list(differences()) == []


def test_a_letter_is_superseded_by_a_signed_one_in_force(people, keys):
    old = decide(people, waiting(people))
    back(people, old)
    with pytest.raises(BadInput) as refused:
        withdrawal_begin(draft_id=old.pk, kind="superseded", why="New amount", actor=people.actor("secretary"))
    assert refused.value.code == "no_other_letter"
    from files.services.draft import draft_create  # noqa: PLC0415

    file_return(file_id=old.file_id, actor=people.actor("secretary"))
    by = people.actor("dealing_assistant")
    new = draft_create(file_id=old.file_id, text=letter(2), kind="letter", language="hi", actor=by)
    back(people, new)
    new = decide(people, new)
    back(people, new)
    row = end(people, old, kind="superseded", by_draft_id=new.pk)
    paper = SignedPaper.objects.get(reference=old.reference)
    assert (paper.state, paper.superseded_by.reference) == ("superseded", new.reference)
    assert paper.ended_by.reference == row.reference
    with pytest.raises(WrongState) as over:
        end(people, old)
    assert over.value.code == "letter_ended"


def test_only_the_signer_or_that_post_ends_it_and_a_wrong_pin_ends_nothing(people, keys):
    draft = decide(people, waiting(people))
    with pytest.raises(NotAllowed) as refused:
        end(people, draft)
    assert refused.value.code == "not_holder"
    back(people, draft, to="under_secretary")
    with pytest.raises(NotAllowed) as refused:
        end(people, draft, who="under_secretary")
    assert refused.value.code == "not_signer"
    file_forward(file_id=draft.file_id, to_post_id=people.post("secretary").pk, actor=people.actor("under_secretary"))
    with pytest.raises(WrongPin):
        end(people, draft, pin="wrong-pin-1")
    assert SignedPaper.objects.get(reference=draft.reference).state == "current"
    row = Withdrawal.objects.get()
    with pytest.raises(NotVisible):
        withdrawal_sign(withdrawal_id=row.pk, pin=PIN, actor=people.actor("under_secretary"))
    withdrawal_sign(withdrawal_id=row.pk, pin=PIN, actor=people.actor("secretary"))
    with pytest.raises(WrongState) as issue:
        draft_issue(draft_id=draft.pk, actor=people.actor("secretary"))
    assert issue.value.code == "letter_ended"


def test_two_officers_sign_one_letter_in_their_order(people, keys):
    draft = decide(people, waiting(people, "under_secretary", second="secretary"), "under_secretary")
    assert (draft.state, draft.waits_for_second, draft.signed_document) == ("approved", True, None)
    assert File.objects.get(pk=draft.file_id).held_by == people.post("secretary")
    assert not SignedPaper.objects.filter(reference=draft.reference).exists()
    drained()
    assert not Draft.objects.get(pk=draft.pk).signature_ready
    officer = people.actor("secretary")
    countersign_begin(draft_id=draft.pk, actor=officer)
    draft = countersign_sign(draft_id=draft.pk, pin=PIN, actor=officer)
    assert (draft.state, draft.file.held_by) == ("signed", people.post("dealing_assistant"))
    both = document_bytes(draft.signed_document)
    first = SignedRevision.objects.filter(attempt__uuid=draft.first_attempt).last()
    assert both.startswith(document_bytes(first.document))
    with pikepdf.open(BytesIO(both)) as opened:
        assert [bool(field.get("/V")) for field in opened.Root.AcroForm.Fields] == [True, True]
    drained()
    assert Draft.objects.get(pk=draft.pk).signature_ready
    paper = SignedPaper.objects.get(reference=draft.reference)
    assert paper.signer_name_en == people.employee("under_secretary").name_en
    day = clock.office_time(paper.signed_at).date()
    for who in ("under_secretary", "secretary"):
        name = people.employee(who).name_hi
        assert paper_by_three_factors(reference=paper.reference, on=day, signer=name) == paper
    assert list(differences()) == []


def test_returned_for_correction_voids_the_first_signature_and_keeps_the_number(people, keys):
    draft = decide(people, waiting(people, "under_secretary", second="secretary"), "under_secretary")
    number, void = draft.letter_number, draft.first_attempt
    officer = people.actor("secretary")
    countersign_begin(draft_id=draft.pk, actor=officer)
    file_return(file_id=draft.file_id, actor=officer, remarks="Amount?")
    draft = Draft.objects.get(pk=draft.pk)
    assert (draft.state, draft.first_attempt, draft.second_attempt, draft.approved_version) == (
        "returned",
        None,
        None,
        None,
    )
    events = ledger.history(draft.file).filter(action=Action.DRAFT_RETURN)
    assert [event.data.get("void") for event in events] == [str(void)]
    with pytest.raises(NotAllowed):
        countersign_begin(draft_id=draft.pk, actor=officer)
    under = people.actor("under_secretary")
    draft_correct(draft_id=draft.pk, text=letter(4), base_version=1, actor=under)
    file_forward(file_id=draft.file_id, to_post_id=people.post("section_officer").pk, actor=under)
    file_forward(file_id=draft.file_id, to_post_id=under.desk, actor=people.actor("section_officer"))
    draft = decide(people, draft, "under_secretary")
    assert (draft.letter_number, draft.first_attempt != void) == (number, True)
    countersign_begin(draft_id=draft.pk, actor=officer)
    assert countersign_sign(draft_id=draft.pk, pin=PIN, actor=officer).state == "signed"
    assert Decision.objects.filter(state="completed").count() == 2


def test_a_correction_after_the_first_signature_voids_it_too(people, keys):
    draft = decide(people, waiting(people, "under_secretary", second="secretary"), "under_secretary")
    draft_correct(draft_id=draft.pk, text=letter(5), base_version=1, actor=people.actor("secretary"))
    draft = Draft.objects.get(pk=draft.pk)
    assert (draft.state, draft.first_attempt, draft.signed_by) == ("put_up", None, None)


def test_nobody_else_countersigns(people, keys):
    draft = decide(people, waiting(people, "under_secretary", second="secretary"), "under_secretary")
    file_forward(file_id=draft.file_id, to_post_id=people.post("under_secretary").pk, actor=people.actor("secretary"))
    with pytest.raises(NotAllowed) as refused:
        countersign_begin(draft_id=draft.pk, actor=people.actor("under_secretary"))
    assert refused.value.code == "not_second_signer"
