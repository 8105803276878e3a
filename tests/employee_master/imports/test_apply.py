"""From the sheet to people, accounts, posts and charges: exactly what was certified, all or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from employee_master.models import Account, Charge, Employee, ImportBatch, ImportDeed, ImportRow, NameWord, Post
from employee_master.services.imports.apply import import_apply
from employee_master.services.imports.certify import import_certify, import_certify_begin
from employee_master.services.imports.life import import_give_up, import_return, import_take_back
from employee_master.services.imports.plan import SCHEMA, row_sha256, rows_of_batch, sha256_of
from eoffice.core import outbox
from eoffice.core.errors import DomainError, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.documents.queries import document_bytes
from eoffice.ledger import chain
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Event
from tests.cast import Cast
from tests.employee_master.imports.conftest import PEOPLE, PIN, TODAY, Studio

pytestmark = pytest.mark.django_db


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_the_whole_way(studio: Studio) -> None:
    batch = studio.upload()
    assert (batch.state, batch.created_count, batch.refused_count) == ("uploaded", 3, 0)
    batch = studio.certify(studio.send(batch))
    assert (batch.state, batch.certified_by, batch.sent_by) == (
        "certified",
        studio.cast.employee("secretary"),
        studio.cast.employee("emd_manager"),
    )
    batch = studio.apply(batch)
    assert (batch.state, batch.stage) == ("applied", "")
    asha = Employee.objects.select_related("account").get(code="N1")
    assert (asha.name_hi, asha.gender, asha.mobile, asha.born_on) == (
        "आशा रावत",
        "female",
        "9800000001",
        date(1980, 6, 12),
    )
    assert asha.account is not None
    assert asha.account.email == "asha.rawat@gad.state.example"
    assert not asha.account.has_usable_password()
    assert (asha.entered_in, asha.certified_at) == (studio.cast.offices["GAD"], batch.applied_at)
    charge = Charge.objects.select_related("post__section").get(employee=asha)
    assert (charge.kind, charge.from_on, charge.post.section.code) == ("substantive", TODAY, "GAD-3")
    assert charge.post.marking != "DA-GAD3"
    assert set(NameWord.objects.filter(employee=asha).values_list("word", flat=True)) >= {"asha", "rawat", "आशा", "n1"}


def test_one_act_for_each_person_in_the_ledger_and_an_invitation(studio: Studio) -> None:
    batch = studio.applied()
    acts = Event.objects.filter(subject_type="employee", action="import:apply")
    assert acts.count() == 3
    asha = Employee.objects.get(code="N1")
    event = ledger.history(asha).get()
    assert event.employee == studio.cast.employee("secretary")
    assert event.data["batch"] == batch.pk
    assert event.data["rows"] == [2]
    assert event.data["charges"] == [Charge.objects.get(employee=asha).pk]
    assert "Asha" not in str(event.data)
    assert list(ledger.broken_links()) == []
    invited = OutboxRow.objects.filter(kind="accounts.invite")
    assert invited.count() == 3
    assert f"invite-{asha.account_id}-{batch.pk}" in set(invited.values_list("key", flat=True))


def test_the_same_sheet_again_changes_nothing(studio: Studio) -> None:
    studio.applied()
    again = studio.upload()
    assert (again.created_count, again.changed_count, again.unchanged_count, again.refused_count) == (0, 0, 3, 0)
    with pytest.raises(WrongState) as refusal:
        studio.send(again)
    assert code_of(refusal) == "nothing_to_do"


def test_changes_are_written_and_the_rest_is_left(studio: Studio) -> None:
    person = studio.cast.employee("dealing_assistant")
    row = ["E0002", "Anita Verma", "अनीता वर्मा", "F", "", "9876543210", "", "DA", "GAD-3"]
    batch = studio.applied(row)
    assert batch.changed_count == 1
    person = Employee.objects.get(pk=person.pk)
    assert (person.mobile, person.gender, person.name_en) == ("9876543210", "female", "Anita Verma")
    assert person.certified_at == batch.applied_at
    assert Charge.objects.filter(employee=person).count() == 1


def test_the_certificate_holds_the_exact_rows(studio: Studio) -> None:
    batch = studio.certify(studio.send(studio.upload()))
    (manifest,) = studio.pen.manifests
    rows = rows_of_batch(batch.rows.order_by("number"))
    assert manifest["rows"] == rows
    assert manifest["rows_sha256"] == sha256_of(rows) == batch.rows_sha256
    assert rows[0]["person"]["name_hi"] == ["", "आशा रावत"]
    assert batch.certificate is not None
    assert document_bytes(batch.certificate).startswith(b"%PDF")


def test_nobody_else_certifies(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    for name in ("emd_manager", "super_admin", "section_officer", "outsider"):
        with pytest.raises(NotAllowed):
            import_certify_begin(
                batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=studio.cast.actor(name)
            )


def test_the_head_does_not_certify_what_they_brought_or_sent(studio: Studio, cast: Cast) -> None:
    batch = studio.upload()
    ImportBatch.objects.filter(pk=batch.pk).update(made_by=cast.employee("secretary"))
    with pytest.raises(WrongState) as refusal:
        studio.send(batch)
    assert code_of(refusal) == "head_is_maker"
    ImportBatch.objects.filter(pk=batch.pk).update(made_by=cast.employee("emd_manager"))
    batch = studio.send(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(sent_by=cast.employee("secretary"))
    with pytest.raises(NotAllowed) as own:
        import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=studio.head)
    assert code_of(own) == "own_work"


def test_a_vacant_or_missing_head_post_is_said(studio: Studio, cast: Cast) -> None:
    batch = studio.upload()
    Charge.objects.filter(employee=cast.employee("secretary")).delete()
    with pytest.raises(WrongState) as vacant:
        studio.send(batch)
    assert code_of(vacant) == "head_vacant"
    office = cast.offices["GAD"]
    office.head_post = None
    office.save()
    with pytest.raises(WrongState) as missing:
        studio.send(batch)
    assert code_of(missing) == "no_head"


def test_a_wrong_pin_changes_nothing_and_the_right_one_goes_on(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="hi", actor=studio.head)
    with pytest.raises(NotAllowed):
        import_certify(batch_id=batch.pk, pin="wrong", actor=studio.head)
    assert ImportBatch.objects.get(pk=batch.pk).state == "validated"
    assert import_certify(batch_id=batch.pk, pin=PIN, actor=studio.head).state == "certified"


def test_what_was_not_on_the_screen_is_not_signed(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    with pytest.raises(WrongState) as refusal:
        import_certify_begin(batch_id=batch.pk, shown="0" * 64, language="en", actor=studio.head)
    assert code_of(refusal) == "changed_since_view"


def test_a_sheet_taken_back_between_preparing_and_pin_is_not_signed(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=studio.head)
    import_take_back(batch_id=batch.pk, actor=studio.maker)
    with pytest.raises(WrongState) as refusal:
        import_certify(batch_id=batch.pk, pin=PIN, actor=studio.head)
    assert code_of(refusal) == "certificate_not_prepared"


def test_rows_altered_behind_the_pages_are_not_signed_and_not_applied(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=studio.head)
    row = ImportRow.objects.get(batch=batch, number=2)
    person = row.deed["person"] | {"name_en": ["", "Somebody Else"]}
    ImportRow.objects.filter(pk=row.pk).update(deed=row.deed | {"person": person})
    with pytest.raises(WrongState) as refusal:
        import_certify(batch_id=batch.pk, pin=PIN, actor=studio.head)
    assert code_of(refusal) == "changed_since_view"
    ImportRow.objects.filter(pk=row.pk).update(deed=row.deed)
    studio.certify(batch)
    ImportRow.objects.filter(pk=row.pk).update(values=row.values | {"name_en": "Somebody Else"})
    with pytest.raises(WrongState) as later:
        studio.apply(batch)
    assert code_of(later) == "not_as_certified"
    assert not Employee.objects.filter(code__startswith="N").exists()


def test_when_the_master_has_changed_nothing_is_written(studio: Studio, cast: Cast) -> None:
    batch = studio.certify(studio.send(studio.upload()))
    Account.objects.create(email="chandan.ekka@gad.state.example")
    before = {model: model.objects.count() for model in (Employee, Post, Charge, Event)}
    with pytest.raises(WrongState) as refusal:
        studio.apply(batch)
    assert code_of(refusal) == "not_as_certified"
    assert {model: model.objects.count() for model in before} == before
    # Taken back, the dry run shows which row; the certificate counts no longer.
    batch = import_take_back(batch_id=batch.pk, actor=studio.maker)
    assert (batch.certificate, batch.certified_by, batch.rows_sha256) == (None, None, "")
    with pytest.raises(WrongState):
        studio.send(batch)
    assert [row.number for row in batch.rows.filter(outcome="refused")] == [4]


def test_applying_twice_is_applying_once(studio: Studio) -> None:
    batch = studio.applied()
    assert studio.apply(batch).state == "applied"
    assert Employee.objects.filter(code="N1").count() == 1
    assert ImportDeed.objects.count() == 3


def test_nothing_is_applied_before_it_is_certified(studio: Studio) -> None:
    batch = studio.send(studio.upload())
    with pytest.raises(WrongState):
        studio.apply(batch)
    with pytest.raises(NotAllowed):
        import_apply(batch_id=studio.certify(batch).pk, actor=studio.cast.actor("outsider"))


def test_the_worker_applies_and_tells(studio: Studio, mailoutbox: list[object]) -> None:
    batch = studio.certify(studio.send(studio.upload()))
    outbox.drain_once()
    assert ImportBatch.objects.get(pk=batch.pk).state == "applied"
    subjects = [str(getattr(mail, "subject", "")) for mail in mailoutbox]
    # The head was asked, the manager told, three people invited.
    assert sum("staff data to certify" in subject for subject in subjects) <= 1
    assert sum("staff data were applied" in subject for subject in subjects) == 1
    assert sum("Your e-Office account" in subject for subject in subjects) == 3


def test_the_worker_notes_what_kept_it_from_applying(studio: Studio, mailoutbox: list[object]) -> None:
    batch = studio.certify(studio.send(studio.upload()))
    Account.objects.create(email="chandan.ekka@gad.state.example")
    outbox.drain_once()
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.state, batch.apply_refused, batch.stage) == ("certified", "not_as_certified", "")
    assert any("could not be applied" in str(getattr(mail, "subject", "")) for mail in mailoutbox)


def test_the_head_returns_it_with_a_reason(studio: Studio, mailoutbox: list[object]) -> None:
    batch = studio.send(studio.upload())
    with pytest.raises(NotAllowed):
        import_return(batch_id=batch.pk, why="No", actor=studio.maker)
    batch = import_return(batch_id=batch.pk, why="Row 3 was transferred.", actor=studio.head)
    assert (batch.state, batch.returned_why) == ("uploaded", "Row 3 was transferred.")
    outbox.drain_once()
    assert any("staff data were returned" in str(getattr(mail, "subject", "")) for mail in mailoutbox)
    batch = studio.send(batch)
    assert batch.returned_why == ""
    assert [event.action for event in ledger.history(batch)] == [
        "import:upload",
        "import:validate",
        "import:return",
        "import:validate",
    ]


def test_given_up_is_the_end(studio: Studio) -> None:
    batch = import_give_up(batch_id=studio.upload().pk, actor=studio.maker)
    assert batch.state == "given_up"
    with pytest.raises(WrongState):
        studio.send(batch)


def test_two_charges_of_one_new_person(studio: Studio) -> None:
    headings = [*["Employee code", "Name (English)", "Name (Hindi)", "Gender", "Date of birth", "Mobile", "E-mail"],
                "Designation", "Section", "Kind of charge"]  # fmt: skip
    batch = studio.upload(
        [*PEOPLE[0], "Substantive"], [*PEOPLE[0][:7], "DA", "GAD-1", "अतिरिक्त प्रभार"], headings=headings
    )
    assert (batch.created_count, batch.changed_count, batch.refused_count) == (1, 1, 0)
    studio.apply(studio.certify(studio.send(batch)))
    person = Employee.objects.get(code="N1")
    kinds = dict(Charge.objects.filter(employee=person).values_list("post__section__code", "kind"))
    assert kinds == {"GAD-3": "substantive", "GAD-1": "additional"}
    assert Event.objects.filter(subject_type="employee", subject_id=person.pk).count() == 1


def test_posts_are_created_with_their_place_in_the_channel(studio: Studio) -> None:
    studio.applied()
    post = Charge.objects.get(employee__code="N2").post
    assert (post.section.code, post.superior.marking) == ("GAD-1", "SO-GAD1")
    assert post.seniors.count() >= 3
    assert post.markings.count() == 1


def test_the_rows_are_hashed_as_the_ledger_hashes() -> None:
    row = {"row": 2, "code": "N1", "person": {"name_hi": ["", 'आशा "रावत"\n\u2028😀\x07é'], "left": None, "new": True}}
    assert row_sha256(row) == chain.digest(row)
    assert sha256_of([row]) == chain.digest({"schema": SCHEMA, "rows": [row]})
