from datetime import timedelta

import pytest

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.desk.ledger import differences
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Event, Movement
from files.models import File, Note
from files.queries import file_or_404, visible_files
from files.services.file import (
    file_forward,
    file_open,
    file_park,
    file_pull_back,
    file_read,
    file_resume,
    file_return,
    file_see,
)
from files.workflow import FileState, NoteState


def acts(file):
    return list(ledger.history(file).values_list("action", flat=True))


def send(people, file, who, to, **more):
    return file_forward(file_id=file.pk, to_post_id=people.post(to).pk, actor=people.actor(who), **more)


def test_file_gets_the_next_number_of_its_head(people, head, file):
    second = file_open(subject="दूसरी", head=head, actor=people.actor("dealing_assistant"))
    year = clock.today().year
    assert (file.number, second.number) == (f"GAD-3/12(1)/{year}", f"GAD-3/12(2)/{year}")
    assert second.computer_number == file.computer_number + 1
    assert acts(file) == [Action.FILE_OPEN]


def test_free_number_is_taken_once(people):
    actor = people.actor("dealing_assistant")
    file_open(subject="क", free_number="GAD/misc/7", actor=actor)
    with pytest.raises(BadInput) as refusal:
        file_open(subject="ख", free_number="GAD/misc/7", actor=actor)
    assert refusal.value.code == "number_taken"
    assert File.objects.count() == 1


def test_a_post_without_section_opens_no_file(people):
    with pytest.raises(BadInput) as refusal:
        file_open(subject="क", free_number="x", actor=people.actor("secretary"))
    assert refusal.value.code == "post_without_section"


@pytest.mark.parametrize(
    ("subject", "code"),
    [("", "missing"), ("क" * 20_000, "too_long"), ("a\x07b", "control_characters"), ("a\u202eb", "direction_override")],
)
def test_bad_subjects_are_refused_and_nothing_is_kept(people, head, subject, code):
    with pytest.raises(BadInput) as refusal:
        file_open(subject=subject, head=head, actor=people.actor("dealing_assistant"))
    assert (refusal.value.code, refusal.value.field) == (code, "subject")
    assert not File.objects.exists()
    assert not Event.objects.exists()


def test_forward_moves_the_file_submits_the_note_and_puts_the_draft_up(people, case, draft, note):
    note(case, "dealing_assistant")
    file = send(people, case, "dealing_assistant", "section_officer", remarks="अनुमोदनार्थ")
    assert (file.held_by, file.came_from, file.seen_at) == (
        people.post("section_officer"),
        people.post("dealing_assistant"),
        None,
    )
    submitted = Note.objects.get(file=file)
    assert (submitted.state, submitted.number) == (NoteState.SUBMITTED, 1)
    draft = type(draft).objects.get(pk=draft.pk)
    assert draft.state == "put_up"
    assert acts(file)[-3:] == [Action.NOTE_SUBMIT, Action.DRAFT_PUT_UP, Action.FILE_FORWARD]
    assert Movement.objects.filter(item_type="file").last().remarks == "अनुमोदनार्थ"
    assert list(differences()) == []


def test_only_the_holder_forwards(people, file):
    with pytest.raises(NotAllowed) as refusal:
        send(people, file, "section_officer", "under_secretary")
    assert refusal.value.code == "not_holder"
    assert acts(file) == [Action.FILE_OPEN]


def test_not_to_oneself_and_not_to_nobody(people, file):
    with pytest.raises(BadInput):
        send(people, file, "dealing_assistant", "dealing_assistant")
    charge = people.charge("section_officer")
    charge.to_on = clock.today() - timedelta(days=1)
    charge.save()
    with pytest.raises(WrongState) as refusal:
        send(people, file, "dealing_assistant", "section_officer")
    assert refusal.value.code == "post_vacant"


def test_pull_back_until_it_was_opened(people, file):
    send(people, file, "dealing_assistant", "section_officer")
    back = file_pull_back(file_id=file.pk, actor=people.actor("dealing_assistant"))
    assert (back.held_by, back.came_from) == (people.post("dealing_assistant"), None)
    send(people, file, "dealing_assistant", "section_officer")
    file_see(file_id=file.pk, actor=people.actor("section_officer"))
    with pytest.raises(WrongState) as refusal:
        file_pull_back(file_id=file.pk, actor=people.actor("dealing_assistant"))
    assert refusal.value.code == "already_opened"
    assert list(differences()) == []


def test_pull_back_remembers_from_whom_the_file_had_come(people, file):
    send(people, file, "dealing_assistant", "section_officer")
    send(people, file, "section_officer", "under_secretary")
    back = file_pull_back(file_id=file.pk, actor=people.actor("section_officer"))
    assert back.came_from == people.post("dealing_assistant")


def test_a_stranger_cannot_pull_back(people, file):
    send(people, file, "dealing_assistant", "section_officer")
    with pytest.raises(NotAllowed):
        file_pull_back(file_id=file.pk, actor=people.actor("outsider"))


def test_return_goes_to_the_sender_and_sends_the_draft_back(people, case, draft):
    send(people, case, "dealing_assistant", "section_officer")
    file = file_return(file_id=case.pk, actor=people.actor("section_officer"), remarks="धनराशि शब्दों में भी लिखें")
    assert file.held_by == people.post("dealing_assistant")
    assert type(draft).objects.get(pk=draft.pk).state == "returned"
    assert acts(file)[-2:] == [Action.DRAFT_RETURN, Action.FILE_RETURN]


def test_a_file_that_began_here_can_be_returned_to_nobody(people, file):
    with pytest.raises(WrongState) as refusal:
        file_return(file_id=file.pk, actor=people.actor("dealing_assistant"))
    assert refusal.value.code == "came_from_nobody"


def test_first_opening_is_an_act_and_only_once(people, file):
    send(people, file, "dealing_assistant", "section_officer")
    for _ in range(2):
        file_see(file_id=file.pk, actor=people.actor("section_officer"))
    assert acts(file).count(Action.FILE_SEE) == 1


def test_reading_elsewhere_is_recorded_once_an_hour(people, file, still_clock):
    for _ in range(2):
        file_read(file_id=file.pk, actor=people.actor("under_secretary"))
    still_clock.advance(timedelta(minutes=61))
    file_read(file_id=file.pk, actor=people.actor("under_secretary"))
    assert acts(file).count(Action.FILE_READ) == 2


def test_park_waits_with_reason_and_resume_takes_up(people, file):
    actor = people.actor("dealing_assistant")
    until = clock.today() + timedelta(days=14)
    parked = file_park(file_id=file.pk, until=until, why="कोषागार का उत्तर प्रतीक्षित", actor=actor)
    assert (parked.state, parked.due_on) == (FileState.PARKED, until)
    with pytest.raises(WrongState):
        send(people, file, "dealing_assistant", "section_officer")
    assert file_resume(file_id=file.pk, actor=actor).state == FileState.OPEN


def test_parking_needs_a_day_ahead_and_a_reason(people, file):
    actor = people.actor("dealing_assistant")
    with pytest.raises(BadInput) as refusal:
        file_park(file_id=file.pk, until=clock.today(), why="क", actor=actor)
    assert refusal.value.field == "until"
    with pytest.raises(BadInput) as refusal:
        file_park(file_id=file.pk, until=clock.today() + timedelta(days=1), why=" ", actor=actor)
    assert refusal.value.field == "why"


def test_seniors_in_the_channel_see_the_file_and_others_do_not(people, file):
    for who in ("dealing_assistant", "section_officer", "under_secretary", "secretary", "link_officer"):
        assert file_or_404(people.actor(who), file.pk) == file
    for who in ("outsider", "auditor", "super_admin", "emd_manager", "diarist"):
        with pytest.raises(NotVisible):
            file_or_404(people.actor(who), file.pk)


def test_an_instance_may_keep_files_from_seniors(people, file, settings):
    settings.SENIORS_SEE = False
    assert file in visible_files(people.actor("dealing_assistant"))
    assert file not in visible_files(people.actor("section_officer"))


def test_confidential_is_seen_by_named_posts_only(people, head):
    file = file_open(
        subject="गोपनीय", head=head, classification="confidential", actor=people.actor("dealing_assistant")
    )
    assert file in visible_files(people.actor("dealing_assistant"))
    assert file not in visible_files(people.actor("section_officer"))
    send(people, file, "dealing_assistant", "under_secretary")
    assert file in visible_files(people.actor("under_secretary"))
    assert file not in visible_files(people.actor("link_officer"))
