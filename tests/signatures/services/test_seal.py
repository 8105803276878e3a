from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.models import OutboxRow
from eoffice.ledger import guards
from eoffice.ledger.models import Event
from eoffice.ledger.writer import record_event
from signatures import queries
from signatures.models import Seal, SealedHead
from signatures.services import seal
from tests.cast import Cast
from tests.signatures.authority import World


@pytest.fixture
def acts(cast: Cast) -> Cast:
    for name in ("diarist", "secretary", "auditor"):
        for _ in range(3):
            with transaction.atomic():
                record_event(action=Action.ACCOUNT_SIGN_IN, subject=cast.employee(name), actor=cast.actor(name))
    return cast


def as_owner(sql: str, *values: object) -> None:
    """What only the owner of the database could do: the guards are taken off for it."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    guards.install(connection)


def words() -> list[str]:
    return [difference.words for difference in queries.check_seals()]


def test_a_day_is_sealed_stamped_and_found_whole(instance: World, acts: Cast) -> None:
    made = seal.seal_day()
    assert made.number == 1
    assert made.heads == 3
    assert made.time_stamp
    assert words() == []
    assert Event.objects.filter(subject_type="seal", action="seal:day").count() == 1


def test_the_next_seal_holds_what_grew_and_stands_on_the_one_before(instance: World, acts: Cast) -> None:
    auditor = acts.employee("auditor")
    with clock.freeze(clock.now() + timedelta(hours=2)):
        first = seal.seal_day()
    with clock.freeze(clock.now() + timedelta(days=1)):
        with transaction.atomic():
            record_event(action=Action.ACCOUNT_SIGN_IN, subject=auditor, actor=acts.actor("auditor"))
        second = seal.seal_day()
        assert words() == []
    assert second.previous == first
    assert second.root != first.root
    heads = SealedHead.objects.filter(seal=second).values_list("subject", "seq")
    assert set(heads) == {(f"employee:{auditor.pk}", 4), (f"seal:{first.pk}", 1)}


def test_cutting_off_the_newest_rows_is_told(instance: World, acts: Cast) -> None:
    seal.seal_day()
    last = Event.objects.filter(subject_type="employee", subject_id=acts.employee("secretary").pk).latest("seq")
    as_owner("DELETE FROM ledger_event WHERE id = %s", last.pk)
    (told,) = words()
    assert "row 3" in told
    assert "cut off" in told


def test_re_writing_the_chain_is_told(instance: World, acts: Cast) -> None:
    seal.seal_day()
    last = Event.objects.filter(subject_type="employee", subject_id=acts.employee("secretary").pk).latest("seq")
    as_owner("UPDATE ledger_event SET hash = %s WHERE id = %s", "0" * 64, last.pk)
    (told,) = words()
    assert "re-written" in told


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE signatures_sealedhead SET hash = '1'", "altered"),
        ("DELETE FROM signatures_sealedhead", "altered"),
        ("UPDATE signatures_seal SET root = '11'", "does not hold"),
    ],
)
def test_altering_a_seal_is_told(instance: World, acts: Cast, sql: str, said: str) -> None:
    seal.seal_day()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    as_owner(sql)
    assert any(said in told for told in words())


def test_a_missing_seal_is_told(instance: World, acts: Cast) -> None:
    seal.seal_day()
    with clock.freeze(clock.now() + timedelta(days=1)):
        second = seal.seal_day()
    guards.remove(connection)
    SealedHead.objects.filter(seal__number=1).delete()
    Seal.objects.filter(pk=second.pk).update(previous=None)
    Seal.objects.filter(number=1).delete()
    guards.install(connection)
    assert any("seal 1 is missing" in told for told in words())


def test_a_seal_by_somebody_else_is_told(instance: World, acts: Cast, settings: object, tmp_path: object) -> None:
    seal.seal_day()
    settings.TRUST_DIR = tmp_path / "nobody"  # type: ignore[attr-defined, operator]
    assert any("not by the instance's seal" in told for told in words())


def test_without_key_or_time_the_seal_waits(instance: World, acts: Cast, settings: object, tmp_path: object) -> None:
    row = OutboxRow(kind=seal.SEAL_DAY, key="x", payload={}, created_at=clock.now(), run_after=clock.now())
    tsa, settings.TSA_URLS = settings.TSA_URLS, ["http://127.0.0.1:9/"]  # type: ignore[attr-defined]
    with pytest.raises(outbox.Retry):
        seal.run(row)
    settings.TSA_URLS = tsa  # type: ignore[attr-defined]
    settings.SEAL_DIR = tmp_path / "none"  # type: ignore[attr-defined, operator]
    with pytest.raises(outbox.Retry):
        seal.run(row)
    assert not Seal.objects.exists()
