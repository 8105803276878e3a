import pytest

from eoffice.core.errors import BadInput, NotAllowed
from eoffice.desk.management.commands.check_ledger import differences
from files.models import Note
from files.services.file import file_forward
from files.services.note import MAX_NOTE, NoteConflict, note_save


def test_yellow_note_is_private_and_saved_in_place(people, file):
    actor = people.actor("dealing_assistant")
    first = note_save(file_id=file.pk, html="<p>क</p>", revision=0, actor=actor)
    second = note_save(file_id=file.pk, html="<p>ख</p>", revision=first.revision, actor=actor)
    assert (first.pk, second.revision, second.number) == (second.pk, 2, None)


def test_saving_from_an_old_window_loses_nothing(people, file):
    actor = people.actor("dealing_assistant")
    note_save(file_id=file.pk, html="<p>नया</p>", revision=0, actor=actor)
    with pytest.raises(NoteConflict) as conflict:
        note_save(file_id=file.pk, html="<p>पुराना</p>", revision=0, actor=actor)
    assert conflict.value.theirs.text == "<p>नया</p>"


def test_an_empty_note_is_dropped(people, file):
    actor = people.actor("dealing_assistant")
    note = note_save(file_id=file.pk, html="<p>क</p>", revision=0, actor=actor)
    assert note_save(file_id=file.pk, html="<p> </p>", revision=note.revision, actor=actor) is None
    assert not Note.objects.exists()


def test_only_the_holder_writes(people, file):
    with pytest.raises(NotAllowed):
        note_save(file_id=file.pk, html="<p>क</p>", revision=0, actor=people.actor("section_officer"))


def test_a_note_that_is_too_long_is_refused_whole(people, file):
    with pytest.raises(BadInput) as refusal:
        note_save(file_id=file.pk, html="क" * (MAX_NOTE + 1), revision=0, actor=people.actor("dealing_assistant"))
    assert refusal.value.code == "note_too_long"


def test_submitted_notes_are_chained_and_an_altered_one_is_found(people, file, note):
    note(file, "dealing_assistant", "पहली")
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    note(file, "section_officer", "दूसरी")
    file_forward(file_id=file.pk, to_post_id=people.post("under_secretary").pk, actor=people.actor("section_officer"))
    first, second = Note.objects.order_by("number")
    assert (first.prev_hash, second.prev_hash) == ("", first.hash)
    assert list(differences()) == []
    Note.objects.filter(pk=first.pk).update(text="<p>बदली हुई</p>")
    assert [one.words for one in differences()] == ["note 1 was altered after it was submitted"]
