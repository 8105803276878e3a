import pytest
from django.db import IntegrityError, connection, transaction

from eoffice.core.errors import BadInput, NotAllowed
from eoffice.desk.ledger import differences
from eoffice.ledger import guards
from files.models import DraftVersion, Note
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


def test_what_no_font_of_the_record_has_is_refused_when_it_is_written(people, file):
    """Every note stands on the decision record; there it would stop the officer's signature."""
    with pytest.raises(BadInput) as refusal:
        note_save(file_id=file.pk, html="<p>Agreed 👍</p>", revision=0, actor=people.actor("dealing_assistant"))
    assert refusal.value.code == "unprintable"
    assert "U+1F44D" in str(refusal.value.message)
    assert not Note.objects.exists()


def test_submitted_notes_are_chained_and_an_altered_one_is_found(people, file, note):
    note(file, "dealing_assistant", "पहली")
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    note(file, "section_officer", "दूसरी")
    file_forward(file_id=file.pk, to_post_id=people.post("under_secretary").pk, actor=people.actor("section_officer"))
    first, second = Note.objects.order_by("number")
    assert (first.prev_hash, second.prev_hash) == ("", first.hash)
    assert list(differences()) == []
    # Only the owner of the database could do it: the guards are taken off for it.
    guards.remove(connection)
    Note.objects.filter(pk=first.pk).update(text="<p>बदली हुई</p>")
    guards.install(connection)
    assert [one.words for one in differences()] == ["note 1 was altered after it was submitted"]


def refused(act) -> bool:
    """Whether the database itself refuses the act."""
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        act()
    return True


def test_the_database_refuses_to_alter_a_submitted_note_and_lets_a_yellow_one_live(people, file, note):
    note(file, "dealing_assistant", "पहली")
    yellow = Note.objects.filter(pk=Note.objects.get().pk)
    assert yellow.update(text="<p>क</p>") == 1
    file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    green = Note.objects.filter(number=1)
    assert refused(lambda: green.update(text="<p>ख</p>"))
    assert refused(green.delete)
    note(file, "section_officer", "दूसरी")
    assert Note.objects.filter(number=None).delete()[0] == 1


def test_the_database_refuses_to_alter_a_version_of_a_draft(people, draft):
    versions = DraftVersion.objects.filter(draft=draft)
    assert refused(lambda: versions.update(subject="Another"))
    assert refused(versions.delete)
