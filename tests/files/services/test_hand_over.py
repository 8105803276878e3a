from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation

from dak.models import ReceiptReader
from dak.queries import visible_receipts
from employee_master import ports
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.desk.ledger import differences
from eoffice.ledger import queries as ledger
from files.models import Draft, File
from files.ports import FilesOnDesk
from files.queries import visible_files
from files.services.draft import draft_correct
from files.services.file import file_forward, file_open, file_park, file_return, file_see
from files.services.note import note_save
from tests.cast import Cast
from tests.files.conftest import letter_text

DESK = FilesOnDesk()


def hand_over(people: Cast, to: str, keys: set[str] | None = None, by: str = "emd_manager") -> int:
    with transaction.atomic():
        return DESK.hand_over(
            from_post_id=people.post("dealing_assistant").pk, to_post_id=people.post(to).pk, keys=keys,
            actor=people.actor(by),
        )  # fmt: skip


def untouched(people: Cast, who: str, file: File) -> set[str]:
    with transaction.atomic():
        return DESK.untouched(post_id=people.post(who).pk, keys=[f"file:{file.pk}", "copy:1", "file:x"])


def lines(people: Cast, who: str = "dealing_assistant") -> list[tuple[str, str, str]]:
    return [(item.key, str(item.kind), item.number) for item in DESK.items_on(people.post(who).pk)]


def test_every_thing_on_the_desk_has_its_line(
    people: Cast, case: File, draft: Draft, note: Callable[..., None]
) -> None:
    note(case, "dealing_assistant")
    parked = file_open(subject="Roof", free_number="R/1", actor=people.actor("dealing_assistant"))
    until = clock.today() + timedelta(days=9)
    file_park(file_id=parked.pk, until=until, why="Awaited", actor=people.actor("dealing_assistant"))
    with translation.override("en"):
        assert sorted(lines(people)) == [
            ("", "Drafts", f"{case.number} / D-1"),
            ("", "Notes not submitted", case.number),
            (f"file:{case.pk}", "Files", case.number),
            (f"file:{parked.pk}", "Parked files", "R/1"),
        ]
    assert [work.count for work in DESK.work_on(people.post("dealing_assistant").pk)] == [2]
    posts = [people.post("dealing_assistant").pk, people.post("secretary").pk]
    assert DESK.counts_on(posts) == {posts[0]: 2}


def test_a_draft_put_up_is_a_pending_signature_and_a_confidential_subject_is_left_out(
    people: Cast, case: File, draft: Draft
) -> None:
    File.objects.filter(pk=case.pk).update(classification="confidential")
    file_forward(file_id=case.pk, to_post_id=people.post("secretary").pk, actor=people.actor("dealing_assistant"))
    file, waiting = DESK.items_on(people.post("secretary").pk)
    assert (file.subject, file.number) == ("", case.number)
    assert (waiting.key, waiting.number) == ("", f"{case.number} / D-1")


def test_the_whole_desk_moves_with_a_ledger_row_each_and_the_new_holder_reads_all(
    people: Cast, case: File, draft: Draft
) -> None:
    parked = file_open(subject="Roof", free_number="R/1", actor=people.actor("dealing_assistant"))
    until = clock.today() + timedelta(days=9)
    file_park(file_id=parked.pk, until=until, why="Awaited", actor=people.actor("dealing_assistant"))
    assert hand_over(people, "secretary") == 2
    for file in File.objects.all():
        assert (file.held_by, file.seen_at) == (people.post("secretary"), None)
        last = ledger.history(file).last()
        assert last is not None
        assert (last.action, last.employee_id) == (Action.FILE_HAND_OVER, people.employee("emd_manager").pk)
        assert last.movement.from_post == people.post("dealing_assistant")
    now = File.objects.get(pk=parked.pk)
    assert (now.state, now.due_on) == ("parked", until)
    actor = people.actor("secretary")
    assert set(visible_files(actor)) == set(File.objects.all())
    assert visible_receipts(actor).count() == 1
    assert DESK.items_on(people.post("dealing_assistant").pk) == []
    assert list(differences()) == []


def test_parts_go_to_several_posts_and_foreign_keys_are_passed_over(people: Cast, case: File, file: File) -> None:
    other = file_open(subject="Roof", free_number="R/1", actor=people.actor("dealing_assistant"))
    assert hand_over(people, "section_officer", {f"file:{other.pk}", "copy:7", "practice:9", "file:oops"}) == 1
    assert hand_over(people, "secretary", {f"file:{case.pk}", f"file:{other.pk}"}) == 1
    assert File.objects.get(pk=other.pk).held_by == people.post("section_officer")
    assert File.objects.get(pk=case.pk).held_by == people.post("secretary")
    assert not ReceiptReader.objects.filter(post=people.post("section_officer")).exists()


def test_a_file_goes_back_where_it_came_from_and_not_to_the_desk_that_was_given_up(people: Cast, file: File) -> None:
    giver = people.actor("dealing_assistant")
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=giver)
    with transaction.atomic():
        DESK.hand_over(
            from_post_id=people.post("section_officer").pk, to_post_id=people.post("secretary").pk, keys=None,
            actor=people.actor("emd_manager"),
        )  # fmt: skip
    back = file_return(file_id=file.pk, actor=people.actor("secretary"))
    assert back.held_by == people.post("dealing_assistant")


def test_what_came_from_the_receiver_came_from_where_it_had_been_before(people: Cast, file: File) -> None:
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    file_forward(file_id=file.pk, to_post_id=people.post("secretary").pk, actor=people.actor("section_officer"))
    with transaction.atomic():
        DESK.hand_over(
            from_post_id=people.post("secretary").pk, to_post_id=people.post("section_officer").pk, keys=None,
            actor=people.actor("emd_manager"),
        )  # fmt: skip
    assert File.objects.get(pk=file.pk).came_from == people.post("dealing_assistant")
    hand_over(people, "secretary")


def test_what_left_the_desk_meanwhile_is_no_error(people: Cast, file: File) -> None:
    file_forward(file_id=file.pk, to_post_id=people.post("secretary").pk, actor=people.actor("dealing_assistant"))
    assert hand_over(people, "section_officer", {f"file:{file.pk}"}) == 0


def test_opening_is_no_touching_and_every_act_is(
    people: Cast, case: File, draft: Draft, note: Callable[..., None]
) -> None:
    assert untouched(people, "dealing_assistant", case) == set()
    hand_over(people, "secretary")
    file_see(file_id=case.pk, actor=people.actor("secretary"))
    assert untouched(people, "secretary", case) == {f"file:{case.pk}"}
    assert untouched(people, "section_officer", case) == set()
    note(case, "secretary")
    assert untouched(people, "secretary", case) == set()
    note_save(file_id=case.pk, html="", revision=1, actor=people.actor("secretary"))
    assert untouched(people, "secretary", case) == {f"file:{case.pk}"}
    draft_correct(
        draft_id=draft.pk, text=letter_text(closing="भवदीय,"), base_version=1, actor=people.actor("secretary")
    )
    assert untouched(people, "secretary", case) == set()


@pytest.mark.django_db(transaction=True)
def test_a_hand_over_outside_a_transaction_is_a_mistake(people: Cast) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        DESK.hand_over(from_post_id=1, to_post_id=2, keys=None, actor=people.actor("emd_manager"))


def test_the_room_is_registered(db: None) -> None:
    assert any(isinstance(room, FilesOnDesk) for room in ports.holds_work)
    assert any(isinstance(room, FilesOnDesk) for room in ports.watches_desks)
