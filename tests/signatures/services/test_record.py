from __future__ import annotations

import json
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import pytest

from employee_master import ports
from eoffice.core import clock
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from signatures import custody
from signatures.engine import slots
from signatures.engine.facts import Level, Report, Verdict
from signatures.engine.verify import verify
from signatures.models import Credential, SigningAttempt
from signatures.services import upgrade
from signatures.workflow import AttemptState
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN, register

SLOTS = ("Relieved", "Relieving")


def room() -> ports.SignsRecord:
    (found,) = ports.signs_record
    return found


def begin(cast: Cast, name: str, pdf: bytes | None = None, **extra: object) -> UUID:
    pdf = letter() if pdf is None else pdf
    given = {
        "pdf": pdf, "slots": SLOTS, "manifest": {"list": "क"}, "purpose": "charge_report",
        "subject": cast.charge("section_officer"), "title": "SO-GAD3", "reason": "Charge handed over",
        "shown_sha256": sha256(pdf).hexdigest(), "actor": cast.actor(name),
    } | extra  # fmt: skip
    return room().begin(**given)  # type: ignore[arg-type]


def sign(cast: Cast, name: str, pdf: bytes | None = None) -> Document:
    seen: list[Document] = []
    attempt = begin(cast, name, pdf)
    document = room().finish(attempt=attempt, pin=PIN, actor=cast.actor(name), on_complete=seen.append)
    assert seen == [document]
    return document


def newest(document: Document) -> bytes:
    return document_bytes(room().newest(document))


def bring_up(document: Document) -> None:
    attempt = SigningAttempt.objects.get(revisions__document=document)
    upgrade.attempt_upgrade(attempt_id=attempt.pk)


def signers(report: Report) -> list[str]:
    return [one.signer.name for one in report.signatures if one.kind == "signature" and one.signer]


@pytest.mark.parametrize("stamped_between", [False, True])
def test_two_officers_sign_one_record_and_both_signatures_stay_good(
    instance: World, cast: Cast, *, stamped_between: bool
) -> None:
    register(instance, cast, "section_officer")
    register(instance, cast, "under_secretary")
    first = sign(cast, "section_officer")
    if stamped_between:
        bring_up(first)
    between = newest(first)
    assert slots.empty_slots(between) == ["Relieving"]
    second = sign(cast, "under_secretary", between)
    bring_up(second)
    whole = newest(second)
    for before, after in pairwise([document_bytes(first), between, document_bytes(second), whole]):
        assert after.startswith(before)
    report = verify(whole, trust=custody.trust(), at=clock.now())
    assert (report.verdict, report.integrity, report.level) == (Verdict.TOTAL_PASSED, "intact", Level.LTA)
    assert signers(report) == ["रमेश चौबे (DEMO)", "फ़राह ख़ान (DEMO)"]
    assert json.loads(slots.attachments_of(whole)["manifest.json"]) == {"list": "क"}


def test_the_second_may_sign_before_the_first_ones_time_stamp_comes(instance: World, cast: Cast) -> None:
    register(instance, cast, "section_officer")
    register(instance, cast, "under_secretary")
    first = sign(cast, "section_officer")
    second = sign(cast, "under_secretary", document_bytes(first))
    # The worker is late with the first; its revision becomes a branch, and the paper goes on from the second.
    bring_up(first)
    bring_up(second)
    report = verify(newest(second), trust=custody.trust(), at=clock.now())
    assert (report.verdict, report.level, len(signers(report))) == (Verdict.TOTAL_PASSED, Level.LTA, 2)


def test_no_third_signature_is_added_to_two_slots(instance: World, cast: Cast) -> None:
    register(instance, cast, "section_officer")
    register(instance, cast, "under_secretary")
    both = sign(cast, "under_secretary", document_bytes(sign(cast, "section_officer")))
    with pytest.raises(BadInput) as refused:
        begin(cast, "under_secretary", document_bytes(both))
    assert refused.value.code == "cannot_prepare_signed_already"


def test_who_has_no_key_is_told_before_anything_is_prepared(instance: World, cast: Cast) -> None:
    actor = cast.actor("section_officer")
    with pytest.raises(WrongState) as refused:
        room().require_key(actor)
    assert refused.value.code == "no_credential"
    with pytest.raises(WrongState):
        begin(cast, "section_officer")
    assert not SigningAttempt.objects.exists()
    register(instance, cast, "section_officer")
    room().require_key(actor)


def test_what_the_master_refuses_is_not_signed(instance: World, cast: Cast) -> None:
    register(instance, cast, "section_officer")
    attempt = begin(cast, "section_officer")

    def refuse(_document: Document) -> None:
        raise WrongState("list_changed", "changed")

    with pytest.raises(WrongState):
        room().finish(attempt=attempt, pin=PIN, actor=cast.actor("section_officer"), on_complete=refuse)
    assert SigningAttempt.objects.get().state == AttemptState.REFUSED


def test_nobody_finishes_for_another(instance: World, cast: Cast) -> None:
    register(instance, cast, "section_officer")
    register(instance, cast, "under_secretary")
    attempt = begin(cast, "section_officer")
    with pytest.raises(NotVisible):
        room().finish(attempt=attempt, pin=PIN, actor=cast.actor("under_secretary"), on_complete=lambda _paper: None)
    assert Credential.objects.filter(pin_failures=0).count() == 2


def test_what_was_never_signed_is_its_own_newest(instance: World, cast: Cast) -> None:
    register(instance, cast, "section_officer")
    begin(cast, "section_officer")
    prepared = SigningAttempt.objects.get().prepared
    assert room().newest(prepared) == prepared
