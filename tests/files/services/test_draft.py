import pytest

from eoffice.core.errors import BadInput, NotAllowed, WrongState
from files.models import Draft, DraftVersion
from files.services.draft import DraftConflict, draft_cancel, draft_correct, draft_create
from files.services.file import file_forward
from tests.files.conftest import letter_text


def correct(people, draft, who, base, **text):
    return draft_correct(draft_id=draft.pk, text=letter_text(**text), base_version=base, actor=people.actor(who))


def test_a_draft_begins_as_version_one(draft):
    assert (draft.number, draft.version, draft.state) == (1, 1, "editing")
    assert draft.answers.receipt.their_number == "1147/नाजिर/2026-27"


def test_each_holder_corrects_and_every_version_is_kept(people, case, draft):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    corrected = correct(people, draft, "section_officer", 1, body="<p>बदला हुआ पाठ।</p>")
    assert (corrected.version, corrected.state) == (2, "put_up")
    versions = DraftVersion.objects.filter(draft=draft).order_by("version")
    assert [one.employee for one in versions] == [
        people.employee("dealing_assistant"),
        people.employee("section_officer"),
    ]


def test_an_unchanged_text_makes_no_version(people, draft):
    assert correct(people, draft, "dealing_assistant", 1).version == 1


def test_a_newer_version_is_not_overwritten(people, draft):
    correct(people, draft, "dealing_assistant", 1, subject="नया विषय")
    with pytest.raises(DraftConflict) as conflict:
        correct(people, draft, "dealing_assistant", 1, subject="पुराना विषय")
    assert conflict.value.newest.subject == "नया विषय"


def test_only_the_holder_of_the_file_corrects(people, draft):
    with pytest.raises(NotAllowed):
        correct(people, draft, "under_secretary", 1, subject="क")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("subject", "", "missing"),
        ("subject", "क" * 20_000, "too_long"),
        ("addressee", "a\u202eb", "direction_override"),
        ("email", "no address", "bad_address"),
        ("body", "<p></p>", "missing"),
        ("body", "<p>Agreed 👍</p>", "unprintable"),
        ("subject", "事由", "unprintable"),
        ("addressee", "Collector\n✉ Saryupur", "unprintable"),
        ("salutation", "ప్రియమైన", "unprintable"),
        ("enclosures", "☑ 2", "unprintable"),
        ("copies_to", "The A.G.\n☎", "unprintable"),
        ("closing", "भवदीया 🙏", "unprintable"),
    ],
)
def test_bad_letters_are_refused_by_field(people, case, field, value, code):
    with pytest.raises(BadInput) as refusal:
        draft_create(
            file_id=case.pk,
            text=letter_text(**{field: value}),
            kind="letter",
            language="hi",
            actor=people.actor("dealing_assistant"),
        )
    assert (refusal.value.field, refusal.value.code) == (field, code)
    assert not Draft.objects.exists()


def test_cancelling_needs_a_reason_and_ends_it(people, draft):
    actor = people.actor("dealing_assistant")
    with pytest.raises(BadInput):
        draft_cancel(draft_id=draft.pk, why="", actor=actor)
    assert draft_cancel(draft_id=draft.pk, why="आवश्यकता नहीं", actor=actor).state == "cancelled"
    with pytest.raises(WrongState):
        correct(people, draft, "dealing_assistant", 1, subject="क")
