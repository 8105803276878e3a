"""Notes signed by policy (R5): with the signature the note goes in and the file on, or neither does."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from eoffice.core import clock, outbox
from eoffice.core.errors import NotVisible, WrongState
from eoffice.demo.authority import Authority
from eoffice.desk.ledger import differences
from eoffice.documents.queries import document_bytes
from files.models import File, Note, NoteSignature
from files.services.file import file_forward, file_park
from files.services.note import note_save
from files.services.note_signature import note_sign, note_signature_begin
from signatures.engine.trust import Trust
from signatures.engine.verify import verify
from signatures.models import SigningRule
from signatures.services.unlock import WrongPin
from tests.races.keys import PIN, give_key

NOTE = "<p>स्वीकृति हेतु प्रस्तुत।</p>"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("authority"), base_url="http://127.0.0.1:9")


@pytest.fixture
def keys(people, authority) -> Any:
    for who in ("dealing_assistant", "section_officer"):
        name = people.employee(who).name_en
        give_key(people.actor(who), approver=people.actor("emd_manager"), authority=authority, name=name)
    with translation.override("en"):
        yield
    Path(settings.PEPPER_FILE).unlink(missing_ok=True)


@pytest.fixture
def rule(people) -> SigningRule:
    """Notes are signed in this office."""
    return SigningRule.objects.create(
        purpose="note", charge_kind="", backends=["software"], order_number="7/2026",
        made_by=people.employee("emd_manager"), made_at=clock.now(),
    )  # fmt: skip


def begin(people, case, who="dealing_assistant", to="section_officer", note=(NOTE, 0), **more) -> NoteSignature | None:
    return note_signature_begin(
        file_id=case.pk, act=more.pop("act", "forward"), note=note, actor=people.actor(who),
        to_post_id=people.post(to).pk if to else None, **more,
    )  # fmt: skip


def test_without_a_rule_nothing_is_signed_and_nothing_saved(people, keys, case):
    assert begin(people, case) is None
    assert not Note.objects.exists()


def test_a_signed_note_goes_in_and_the_file_goes_on_together(people, keys, rule, case):
    row = begin(people, case, remarks="Today, please")
    assert row is not None
    file = File.objects.get(pk=case.pk)
    assert (file.held_by_id, file.last_note) == (people.post("dealing_assistant").pk, 0)
    with pytest.raises(WrongPin):
        note_sign(signature_id=row.pk, pin="not-it-at-all", actor=people.actor("dealing_assistant"))
    assert File.objects.get(pk=case.pk).last_note == 0
    row = note_sign(signature_id=row.pk, pin=PIN, actor=people.actor("dealing_assistant"))
    file = File.objects.get(pk=case.pk)
    assert (file.held_by, file.last_note, row.state) == (people.post("section_officer"), 1, "completed")
    assert (row.note.number, row.note.text, row.note.state) == (1, NOTE, "submitted")
    signed = document_bytes(row.record)
    report = verify(signed, trust=Trust(()), at=clock.now())
    assert report.integrity == "intact"
    with pikepdf.open(BytesIO(signed)) as opened:
        manifest = opened.attachments["manifest.json"].get_file().read_bytes()
    assert row.manifest["note"]["sha256"].encode() in manifest
    assert list(differences()) == []


def test_a_note_is_refused_unsigned_where_the_policy_asks_for_it(people, keys, rule, case):
    actor = people.actor("dealing_assistant")
    with pytest.raises(WrongState) as refusal:
        file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, note=(NOTE, 0), actor=actor)
    assert refusal.value.code == "note_unsigned"
    assert File.objects.get(pk=case.pk).held_by == people.post("dealing_assistant")
    # A file without a note goes on as ever.
    assert begin(people, case, note=None) is None
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=actor)


def test_returning_and_asking_are_signed_too(people, keys, rule, case):
    file_forward(file_id=case.pk, to_post_id=people.post("section_officer").pk, actor=people.actor("dealing_assistant"))
    officer = people.actor("section_officer")
    asked = begin(people, case, who="section_officer", to=None, act="return_with_query", note=("<p>Why?</p>", 0))
    assert asked is not None
    note_sign(signature_id=asked.pk, pin=PIN, actor=officer)
    file = File.objects.get(pk=case.pk)
    assert (file.held_by, file.last_note) == (people.post("dealing_assistant"), 1)
    asked.refresh_from_db()
    assert (asked.note.text, asked.act) == ("<p>Why?</p>", "return_with_query")


def test_a_note_changed_after_it_was_prepared_is_not_signed(people, keys, rule, case):
    row = begin(people, case)
    actor = people.actor("dealing_assistant")
    note_save(file_id=case.pk, html="<p>Other words</p>", revision=1, actor=actor)
    with pytest.raises(WrongState) as refusal:
        note_sign(signature_id=row.pk, pin=PIN, actor=actor)
    assert refusal.value.code == "changed_since_view"
    file = File.objects.get(pk=case.pk)
    assert (file.held_by, file.last_note) == (people.post("dealing_assistant"), 0)
    again = begin(people, case, note=None)
    assert NoteSignature.objects.get(pk=row.pk).state == "abandoned"
    with pytest.raises(WrongState):
        note_sign(signature_id=row.pk, pin=PIN, actor=actor)
    note_sign(signature_id=again.pk, pin=PIN, actor=actor)
    with pytest.raises(WrongState):
        note_sign(signature_id=again.pk, pin=PIN, actor=actor)


def test_nobody_else_signs_the_note(people, keys, rule, case):
    row = begin(people, case)
    with pytest.raises(NotVisible):
        note_sign(signature_id=row.pk, pin=PIN, actor=people.actor("section_officer"))


def test_a_parked_file_keeps_its_yellow_note(people, keys, rule, case):
    actor = people.actor("dealing_assistant")
    note_save(file_id=case.pk, html=NOTE, revision=0, actor=actor)
    file_park(file_id=case.pk, until=date(2099, 1, 1), why="Reply awaited", actor=actor)
    assert Note.objects.get().state == "draft"


def test_on_the_pages_sending_asks_for_the_signature(people, keys, rule, case, client):
    client.force_login(people.account("dealing_assistant"))
    to = people.post("section_officer").pk
    form = {"note_html": NOTE, "version": "0", "to": to}
    answer = client.post(reverse("files:forward", args=[case.pk]), form)
    row = NoteSignature.objects.get()
    sheet = reverse("files:note_sign", args=[row.pk])
    assert (answer.status_code, answer.url) == (302, sheet)
    assert "स्वीकृति" in client.get(sheet).content.decode()
    assert client.post(sheet, {"pin": "wrong-wrong"}).status_code == 400
    answer = client.post(sheet, {"pin": PIN})
    assert answer.url == reverse("desk:inbox")
    for _turn in range(4):
        outbox.drain_once()
    page = client.get(reverse("files:detail", args=[case.pk])).content.decode()
    record = reverse("files:note_record", args=[row.pk])
    assert record in page
    assert client.get(record).content.startswith(b"%PDF")
    client.force_login(people.account("section_officer"))
    answer = client.post(reverse("files:return", args=[case.pk]), {})
    assert answer.url == reverse("desk:inbox")
    assert client.get(sheet).status_code == 404
