"""Both officers sign the charge list with their own keys, and with that the officer is relieved (R19, R20)."""

from __future__ import annotations

import json

import pytest

from dak.models import ReceiptCopy
from employee_master import ports
from employee_master.models import Charge, Employee, Office, Relieving
from employee_master.queries import holder_of
from employee_master.queries.relieving import awaiting_my_signature
from employee_master.services.charge_signing import relieving_sign
from employee_master.services.relieved import relieving_complete
from employee_master.services.relieving import relieving_assign, relieving_list, relieving_open_again
from eoffice.core import clock
from eoffice.core.errors import BadInput, DomainError, WrongState
from eoffice.core.models import OutboxRow
from eoffice.desk.ledger import differences
from eoffice.documents.queries import document_bytes
from eoffice.ledger.queries import history
from files.models import File
from signatures import custody
from signatures.engine import slots
from signatures.engine.facts import Verdict
from signatures.engine.verify import verify
from signatures.models import Credential
from signatures.services.credential import credential_request
from tests.cast import Cast
from tests.employee_master.relieving.conftest import Prepare, days
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register

Things = tuple[File, File, ReceiptCopy]
GIVER, TAKER = "section_officer", "under_secretary"


@pytest.fixture(autouse=True)
def _signed_lists(settings: object) -> None:
    settings.CHARGE_LIST_SIGNED = True  # type: ignore[attr-defined]


@pytest.fixture
def keys(instance: World, cast: Cast) -> None:
    register(instance, cast, GIVER)
    register(instance, cast, TAKER)


def sign(cast: Cast, relieving: Relieving, who: str, pin: str = PIN, why: str = "") -> Relieving:
    return relieving_sign(
        relieving_id=relieving.pk, shown_sha256=relieving.list_sha256, pin=pin, why=why, actor=cast.actor(who)
    )


@pytest.mark.usefixtures("keys")
def test_the_second_signature_relieves_in_the_same_moment(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed()
    assert [row.pk for row in awaiting_my_signature(cast.actor(GIVER))] == [relieving.pk]
    given = sign(cast, relieving, GIVER)
    assert (given.state, given.given_by) == ("given", cast.employee(GIVER))
    assert [row.pk for row in awaiting_my_signature(cast.actor(TAKER))] == [relieving.pk]
    assert awaiting_my_signature(cast.actor(GIVER)) == []
    done = sign(cast, relieving, TAKER)
    assert (done.state, done.taken_by) == ("completed", cast.employee(TAKER))
    assert {file.held_by for file in File.objects.all()} == {cast.post(TAKER)}
    assert holder_of(cast.post(GIVER)) is None
    assert {one.employee_id: one.state for one in Credential.objects.all()} == {
        cast.employee(GIVER).pk: "retired", cast.employee(TAKER).pk: "active",
    }  # fmt: skip
    assert done.document is not None
    (room,) = ports.signs_record
    pdf = document_bytes(room.newest(done.document))
    report = verify(pdf, trust=custody.trust(), at=clock.now())
    assert [one.kind for one in report.signatures] == ["signature", "signature"]
    assert report.verdict in {Verdict.TOTAL_PASSED, Verdict.INDETERMINATE}
    assert report.integrity == "intact"
    manifest = json.loads(slots.attachments_of(pdf)["manifest.json"])
    assert (manifest["post"], len(manifest["lines"])) == ("SO-GAD3", 4)
    assert [event.data.get("side") for event in history(done) if "side" in event.data] == ["giver", "taker"]
    assert list(differences()) == []
    # Now the next office may register the officer (R20).
    credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor(GIVER))


@pytest.mark.usefixtures("keys")
def test_each_signs_in_turn_and_nobody_else_and_signed_ahead_it_waits_for_its_day(
    cast: Cast, head: Office, listed: Prepare, things: Things
) -> None:
    relieving = listed(on=days(3))

    def refused(who: str, **how: str) -> str:
        with pytest.raises(DomainError) as refusal:
            sign(cast, relieving, who, **how)
        return refusal.value.code

    assert refused(TAKER) == "not_your_turn"
    assert refused("outsider") == "not_a_signer"
    assert refused("secretary", why="On leave") == "signs_with_own_key"
    assert refused(GIVER, pin="wrong-pin-1") == "wrong_pin"
    assert Relieving.objects.get().state == "listed"
    sign(cast, relieving, GIVER)
    assert refused(GIVER) == "not_your_turn"
    assert sign(cast, relieving, TAKER).state == "taken"
    assert holder_of(cast.post(GIVER)) is not None


def test_the_head_signs_for_whoever_is_gone_and_says_why(
    instance: World, cast: Cast, head: Office, listed: Prepare, things: Things
) -> None:
    register(instance, cast, "secretary")
    register(instance, cast, TAKER)
    relieving = listed(code="death")
    assert not OutboxRow.objects.filter(kind="charges.tell", payload__what="list_to_sign").exists()
    with pytest.raises(BadInput) as refused:
        sign(cast, relieving, "secretary")
    assert refused.value.code == "stand_in_without_reason"
    given = sign(cast, relieving, "secretary", why="The officer has died")
    assert (given.given_by, given.given_why) == (cast.employee("secretary"), "The officer has died")
    done = sign(cast, relieving, TAKER)
    assert done.state == "completed"
    assert Employee.objects.get(pk=cast.employee(GIVER).pk).left_reason == "death"


def test_the_head_signs_for_who_has_no_key(
    instance: World, cast: Cast, head: Office, listed: Prepare, things: Things
) -> None:
    register(instance, cast, "secretary")
    relieving = listed()
    with pytest.raises(WrongState) as refused:
        sign(cast, relieving, GIVER)
    assert refused.value.code == "no_credential"
    sign(cast, relieving, "secretary", why="No key yet")
    done = sign(cast, relieving, "secretary", why="No key yet either")
    assert (done.state, done.taken_why) == ("completed", "No key yet either")


def test_an_empty_desk_wants_one_signature(instance: World, cast: Cast, prepare: Prepare) -> None:
    register(instance, cast, GIVER)
    relieving = prepare()
    listed = relieving_list(relieving_id=relieving.pk, language="hi", actor=cast.actor("emd_manager"))
    assert sign(cast, listed, GIVER).state == "completed"


@pytest.mark.usefixtures("keys")
def test_a_list_drawn_anew_is_read_anew_and_what_hinders_the_completion_keeps_the_signatures(
    cast: Cast, listed: Prepare, things: Things
) -> None:
    relieving, manager = listed(), cast.actor("emd_manager")
    sign(cast, relieving, GIVER)
    opened = relieving_open_again(relieving_id=relieving.pk, actor=manager)
    assert (opened.state, opened.given_by) == ("prepared", None)
    relieving_assign(
        relieving_id=relieving.pk, to_post_id=cast.post("dealing_assistant").pk, keys=[f"file:{things[0].pk}"],
        actor=manager,
    )  # fmt: skip
    anew = relieving_list(relieving_id=relieving.pk, language="hi", actor=manager)
    with pytest.raises(WrongState) as refused:
        sign(cast, relieving, GIVER)
    assert refused.value.code == "list_changed"
    assert sign(cast, anew, GIVER).state == "given"
    # Who is to get a part is relieved meanwhile: the list is signed, and the master decides.
    Charge.objects.filter(pk=cast.charge("dealing_assistant").pk).update(to_on=clock.today(), ended_at=clock.now())
    assert sign(cast, anew, TAKER).state == "taken"
    assert {file.held_by for file in File.objects.all()} == {cast.post(GIVER)}
    with pytest.raises(WrongState) as refused:
        relieving_complete(relieving_id=relieving.pk, actor=manager)
    assert refused.value.code == "post_vacant"
