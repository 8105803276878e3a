"""Practice files: moved and written on like any other; nothing real happens on them (R8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dak.models import ReceiptCopy
from employee_master import ports
from employee_master.models import Post, Section
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.desk.ledger import differences
from eoffice.desk.queries import inbox
from eoffice.ledger.queries import history
from files import queries
from files.models import Draft, File, Practised
from files.practice import PracticeOnDesk, Practising
from files.services.decision import decision_begin, decision_return, shown_now
from files.services.draft import draft_create, draft_issue
from files.services.file import file_forward, file_open, file_park, file_resume, file_return, file_see
from files.services.note import note_save
from files.services.paper import receipt_file
from files.services.practice import COMPUTER_NUMBERS_FROM, practice_open
from files.workflow import DraftState, FileState
from tests.cast import Cast
from tests.files.conftest import letter_text


@pytest.fixture
def practice(people: Cast) -> File:
    """A practice file on the dealing assistant's desk."""
    return practice_open(subject="अभ्यास: जलापूर्ति", actor=people.actor("dealing_assistant"))


def send(people: Cast, file: File, to: str, by: str = "dealing_assistant") -> File:
    return file_forward(file_id=file.pk, to_post_id=people.post(to).pk, actor=people.actor(by))


def test_a_practice_file_has_numbers_of_its_own_and_leaves_no_gap_in_the_others(people: Cast, practice: File) -> None:
    year = clock.today().year
    assert practice.number == f"PRAC-1/GAD-3/{year}"
    assert practice.computer_number == COMPUTER_NUMBERS_FROM + 1
    real = file_open(subject="Real", free_number="X/1", actor=people.actor("dealing_assistant"))
    assert real.computer_number == 1
    assert practice_open(subject="X", actor=people.actor("section_officer")).number == f"PRAC-2/GAD-3/{year}"


def test_an_officer_without_section_practises_under_one_of_the_office(people: Cast) -> None:
    assert practice_open(subject="X", actor=people.actor("secretary")).section == people.section("CR")
    Section.objects.filter(office=people.offices["FIN"]).update(office=people.offices["ITE"])
    Post.objects.filter(pk=people.post("outsider").pk).update(section=None)
    with pytest.raises(BadInput) as refusal:
        practice_open(subject="X", actor=people.actor("outsider"))
    assert refusal.value.code == "office_without_section"


def test_it_is_written_on_sent_and_returned_like_any_other(people: Cast, practice: File) -> None:
    note_save(file_id=practice.pk, html="<p>Note</p>", revision=0, actor=people.actor("dealing_assistant"))
    draft_create(
        file_id=practice.pk, text=letter_text(), kind="letter", language="hi", actor=people.actor("dealing_assistant")
    )
    sent = send(people, practice, "section_officer")
    assert (sent.held_by, sent.last_note, sent.due_on) == (people.post("section_officer"), 1, None)
    assert Draft.objects.get(file=practice).state == DraftState.PUT_UP
    file_see(file_id=practice.pk, actor=people.actor("section_officer"))
    back = file_return(file_id=practice.pk, actor=people.actor("section_officer"))
    assert back.held_by == people.post("dealing_assistant")
    assert Draft.objects.get(file=practice).state == DraftState.RETURNED
    first = history(practice).first()
    assert first is not None
    assert (first.action, first.data["practice"]) == (Action.FILE_OPEN, True)
    assert list(differences()) == []


def test_it_waits_and_is_taken_up_again_without_ever_being_due(people: Cast, practice: File) -> None:
    actor = people.actor("dealing_assistant")
    parked = file_park(file_id=practice.pk, until=clock.today() + timedelta(days=3), why="Try", actor=actor)
    assert (parked.state, parked.due_on) == (FileState.PARKED, None)
    assert list(queries.parked_files(actor.post_id)) == []
    assert list(queries.parked_files(actor.post_id, practice=True)) == [practice]
    assert file_resume(file_id=practice.pk, actor=actor).due_on is None


def test_nothing_on_it_is_approved_signed_or_issued_and_the_verdict_says_why(people: Cast, practice: File) -> None:
    draft = draft_create(
        file_id=practice.pk, text=letter_text(), kind="letter", language="hi", actor=people.actor("dealing_assistant")
    )
    send(people, practice, "secretary")
    actor, file = people.actor("secretary"), File.objects.get(pk=practice.pk)
    draft = Draft.objects.select_related("file").get(pk=draft.pk)
    for action, thing in ((Action.DECISION_SIGN, file), (Action.DRAFT_APPROVE, draft)):
        verdict = access.check(actor, action, thing)
        assert (verdict.code, verdict.status) == ("practice_not_signed", 409)
    with pytest.raises(WrongState) as refusal:
        decision_begin(
            file_id=file.pk, act="approve", line="<p>Yes</p>", shown=shown_now(file, draft).token, to_post_id=None,
            actor=actor,
        )  # fmt: skip
    assert refusal.value.code in {"practice_not_signed", "no_credential"}
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.SIGNED, signature_ready=True)
    with pytest.raises(WrongState) as refusal:
        draft_issue(draft_id=draft.pk, actor=actor)
    assert refusal.value.code == "practice_not_signed"
    assert Draft.objects.get(pk=draft.pk).letter_number == ""


def test_a_stranger_learns_only_that_it_is_not_theirs(people: Cast, practice: File) -> None:
    with pytest.raises(NotAllowed) as refusal:
        access.require(people.actor("secretary"), Action.DECISION_SIGN, practice)
    assert refusal.value.code == "not_holder"


def test_discussing_and_returning_may_be_practised(people: Cast, practice: File) -> None:
    send(people, practice, "secretary")
    file = decision_return(
        file_id=practice.pk, act="discuss", line="<p>Please discuss.</p>", actor=people.actor("secretary")
    )
    assert file.held_by == people.post("dealing_assistant")


def test_a_receipt_goes_into_a_real_file_only(people: Cast, practice: File, copy: ReceiptCopy) -> None:
    with pytest.raises(WrongState) as refusal:
        receipt_file(copy_id=copy.pk, file_id=practice.pk, actor=people.actor("dealing_assistant"))
    assert refusal.value.code == "practice_no_receipt"
    assert not practice.papers.exists()


def test_it_lies_in_the_inbox_marked_and_counts_nowhere(people: Cast, practice: File, file: File) -> None:
    send(people, practice, "section_officer")
    send(people, file, "section_officer")
    desk = people.post("section_officer").pk
    items = inbox.inbox(desk, inbox.Asked()).items
    assert [(item.group, [chip["text"] for chip in item.chips]) for item in items][-1][0] == "practice"
    assert len(items) == 2
    assert len(items[-1].chips) == 1
    counts = inbox.counts(desk)
    assert (counts.files, counts.unread, counts.later + counts.week) == (1, 1, 1)
    assert list(queries.found_files(people.actor("section_officer"), "जलापूर्ति")) == []
    assert list(queries.practice_files(people.actor("section_officer"))) == [practice]


def test_who_sent_one_on_has_practised(people: Cast, practice: File, file: File) -> None:
    assistant, officer = people.employee("dealing_assistant").pk, people.employee("section_officer").pk
    send(people, file, "section_officer")
    assert Practising().practised_among([assistant, officer]) == set()
    send(people, practice, "section_officer")
    send(people, practice, "dealing_assistant", by="section_officer")
    send(people, practice, "section_officer")
    assert Practising().practised_among([assistant, officer]) == {assistant, officer}
    assert Practising().practised_among([officer]) == {officer}
    assert Practised.objects.count() == 2
    assert [type(port) for port in ports.practises] == [Practising]


def test_relieving_is_never_held_up_and_the_list_shows_them_apart(people: Cast, practice: File) -> None:
    desk, other = people.post("dealing_assistant").pk, people.post("section_officer").pk
    assert [work for port in ports.holds_work for work in port.work_on(desk) if work.count] == []
    (item,) = PracticeOnDesk().items_on(desk)
    assert (item.key, item.number) == (f"practice:{practice.pk}", practice.number)
    room, actor = PracticeOnDesk(), people.actor("emd_manager")
    with transaction.atomic():
        assert room.hand_over(from_post_id=desk, to_post_id=other, keys=["file:1", "practice:x"], actor=actor) == 0
        assert room.hand_over(from_post_id=desk, to_post_id=other, keys=[item.key], actor=actor) == 1
        assert room.untouched(post_id=other, keys=[item.key, "file:1"]) == {item.key}
        assert room.hand_over(from_post_id=other, to_post_id=desk, keys=None, actor=actor) == 1
    assert room.counts_on([desk, other]) == {}
    assert [event.action for event in history(practice)][1:] == [Action.FILE_HAND_OVER] * 2
    assert list(differences()) == []


def test_the_database_keeps_a_practice_file_plain(people: Cast, practice: File) -> None:
    for wrong in ({"classification": "confidential"}, {"due_on": clock.today()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            File.objects.filter(pk=practice.pk).update(**wrong)


def test_every_page_of_it_says_that_it_is_practice(people: Cast, practice: File, client: Client) -> None:
    client.force_login(people.account("dealing_assistant"), backend="django.contrib.auth.backends.ModelBackend")
    draft = draft_create(
        file_id=practice.pk, text=letter_text(), kind="letter", language="hi", actor=people.actor("dealing_assistant")
    )
    pages = [reverse(f"files:{name}", args=[practice.pk]) for name in (
        "detail", "forward", "park", "brief", "history", "paper_add", "draft_new", "decide",
    )]  # fmt: skip
    pages += [reverse(f"files:{name}", args=[draft.pk]) for name in ("draft", "draft_correct")]
    unmarked = [url for url in pages if b'class="notice notice--warm practice"' not in client.get(url).content]
    assert unmarked == []


def test_the_practice_page_leads_through_the_three_steps(people: Cast, client: Client) -> None:
    client.force_login(people.account("dealing_assistant"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("files:practice"))
    assert page.context["done"] == queries.PracticeDone(opened=False, noted=False, sent=False)
    assert client.post(reverse("files:practice_open"), {"subject": " "}).status_code == 400
    answer = client.post(reverse("files:practice_open"), {"subject": "Trying"})
    file = File.objects.get(is_practice=True)
    assert answer["Location"] == reverse("files:detail", args=[file.pk])
    note_save(file_id=file.pk, html="<p>Note</p>", revision=0, actor=people.actor("dealing_assistant"))
    send(people, file, "section_officer")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("files:practice"))
    assert page.context["done"] == queries.PracticeDone(opened=True, noted=True, sent=True)
    assert len(asked) <= 25


def test_nobody_without_a_charge_opens_one(people: Cast) -> None:
    from eoffice.core.actor import Actor  # noqa: PLC0415 - beside its one use

    with pytest.raises(DomainError) as refusal:
        practice_open(subject="X", actor=Actor.system())
    assert refusal.value.code == "no_charge"
