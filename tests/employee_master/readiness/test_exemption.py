"""The life of an exemption: drafted, asked for under signature, decided under another, over by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from employee_master.models import Exemption, ExemptionAct, ExemptionSigning, Office
from employee_master.queries.board import board, row_of
from employee_master.queries.exemption import case_of, deciding_posts, exemption_or_404, exemptions_for, waiting_for
from employee_master.queries.readiness import facts_of, items
from employee_master.services.exemption import (
    Wanted,
    exemption_begin,
    exemption_correct,
    exemption_draft,
    exemption_expire,
    exemption_sign,
    exemption_withdraw,
)
from employee_master.services.standing import count_offices
from employee_master.workflow.exemption import ExemptionState
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, DomainError, NotAllowed, NotVisible, WrongState
from eoffice.core.models import OutboxRow
from eoffice.documents.queries import document_bytes
from eoffice.ledger.queries import history
from signatures.engine import slots
from tests.cast import Cast
from tests.conftest import Clock
from tests.races.keys import PIN


def wanted(**other: Any) -> Wanted:
    facts: dict[str, Any] = {
        "is_whole": False,
        "codes": ["network", "hardware"],
        "asked_until": clock.today() + timedelta(days=60),
        "reason": "नया भवन; लाइन अभी नहीं आई है।",
        "order_number": "GO 44/2026",
        "order_on": clock.today(),
    }
    return Wanted(**facts | other)


def draft(cast: Cast, office: Office, by: str = "emd_manager", **other: Any) -> Exemption:
    return exemption_draft(office_id=office.pk, wanted=wanted(**other), actor=cast.actor(by))


def sign(cast: Cast, exemption: Exemption, by: str, act: str, pin: str = PIN, **facts: Any) -> Exemption:
    signing = exemption_begin(exemption_id=exemption.pk, act=act, actor=cast.actor(by), **facts)
    return exemption_sign(signing_id=signing.pk, pin=pin, actor=cast.actor(by))


def asked(cast: Cast, office: Office, **other: Any) -> Exemption:
    return sign(cast, draft(cast, office, **other), "secretary", ExemptionAct.REQUEST)


def test_a_request_is_drafted_signed_and_granted(cast: Cast, office: Office, keys: None) -> None:
    drafted = draft(cast, office)
    assert drafted.codes == ["hardware", "network"], "in the order of the checklist"
    request = sign(cast, drafted, "secretary", ExemptionAct.REQUEST)
    assert (request.state, request.number) == (ExemptionState.REQUESTED, f"GAD/EX-1/{clock.today().year}")
    assert request.requested_by == cast.employee("secretary")
    until = clock.today() + timedelta(days=30)
    granted = sign(cast, request, "super_admin", ExemptionAct.GRANT, until=until, why="Until the line is there")
    assert (granted.state, granted.until, granted.decided_by) == (
        ExemptionState.GRANTED,
        until,
        cast.employee("super_admin"),
    )
    assert [event.action for event in history(granted)] == [
        Action.EXEMPTION_DRAFT,
        Action.EXEMPTION_REQUEST,
        Action.EXEMPTION_DECIDE,
    ]
    for document in (granted.request_document, granted.decision_document):
        assert document is not None
        assert slots.empty_slots(document_bytes(document)) == []
    told = OutboxRow.objects.filter(kind="exemption.tell").order_by("pk")
    assert [row.payload["what"] for row in told] == ["requested", "granted"]


def test_what_is_exempted_is_left_out_of_the_sum(cast: Cast, office: Office, signing: None) -> None:
    count_offices()
    before = row_of(office.pk, items())
    request = asked(cast, office)
    sign(cast, request, "super_admin", ExemptionAct.GRANT)
    after = row_of(office.pk, items())
    assert before is not None
    assert after is not None
    assert after.standing.items == before.standing.items - 2
    assert after.percent > before.percent
    exempted = {line.item.code: line.exempt_until for line in after.lines if line.exempt_until}
    assert exempted == dict.fromkeys(("hardware", "network"), request.asked_until)
    assert [row.office.code for row in board(items(), view="exempt").rows] == ["GAD"]


def test_an_exemption_of_the_whole_go_live_makes_nothing_stuck(
    cast: Cast, office: Office, signing: None, still_clock: Clock
) -> None:
    count_offices()
    sign(cast, asked(cast, office, is_whole=True, codes=[]), "super_admin", ExemptionAct.GRANT)
    still_clock.advance(timedelta(days=20))
    count_offices()
    row = row_of(office.pk, items())
    assert row is not None
    assert (row.stuck, row.standing.is_stuck) == ([], False)
    assert row.standing.exempt_until == clock.today() + timedelta(days=40)


def test_a_refusal_says_why_and_is_signed(cast: Cast, office: Office, signing: None) -> None:
    request = asked(cast, office)
    with pytest.raises(BadInput) as refusal:
        exemption_begin(exemption_id=request.pk, act=ExemptionAct.REFUSE, actor=cast.actor("super_admin"))
    assert (refusal.value.code, refusal.value.field) == ("missing", "why")
    refused = sign(cast, request, "super_admin", ExemptionAct.REFUSE, why="There is a line")
    assert (refused.state, refused.decided_why, refused.until) == (ExemptionState.REFUSED, "There is a line", None)
    with pytest.raises(WrongState):
        sign(cast, refused, "super_admin", ExemptionAct.GRANT)
    draft(cast, office)


def test_an_exemption_ends_by_itself_and_only_then(
    cast: Cast, office: Office, signing: None, still_clock: Clock
) -> None:
    granted = sign(cast, asked(cast, office), "super_admin", ExemptionAct.GRANT)
    assert granted.until is not None
    still_clock.advance(timedelta(days=60))
    assert clock.today() == granted.until
    assert exemption_expire(exemption_id=granted.pk) is None
    still_clock.advance(timedelta(days=1))
    # Even before the worker has been there, a day that has gone by exempts from nothing.
    assert facts_of([office])[office.pk].exempt_codes == {}
    expired = exemption_expire(exemption_id=granted.pk)
    assert expired is not None
    assert expired.state == ExemptionState.EXPIRED
    assert exemption_expire(exemption_id=granted.pk) is None
    last = list(history(granted))[-1]
    assert (last.action, last.employee_id) == (Action.EXEMPTION_EXPIRE, None)


def test_a_wrong_pin_changes_nothing(cast: Cast, office: Office, keys: None) -> None:
    drafted = draft(cast, office)
    with pytest.raises(DomainError) as refusal:
        sign(cast, drafted, "secretary", ExemptionAct.REQUEST, pin="wrong-pin-1")
    assert refusal.value.code == "wrong_pin"
    assert Exemption.objects.get(pk=drafted.pk).state == ExemptionState.DRAFTED
    number = Exemption.objects.get(pk=drafted.pk).number
    assert sign(cast, drafted, "secretary", ExemptionAct.REQUEST).number == number != ""


def test_what_changed_since_it_was_shown_is_not_signed(cast: Cast, office: Office, signing: None) -> None:
    drafted = draft(cast, office)
    signing = exemption_begin(exemption_id=drafted.pk, act=ExemptionAct.REQUEST, actor=cast.actor("secretary"))
    exemption_correct(exemption_id=drafted.pk, wanted=wanted(reason="Something else"), actor=cast.actor("emd_manager"))
    with pytest.raises(WrongState) as refusal:
        exemption_sign(signing_id=signing.pk, pin=PIN, actor=cast.actor("secretary"))
    assert refusal.value.code == "changed_since_view"
    assert Exemption.objects.get(pk=drafted.pk).request_document is None


@pytest.mark.parametrize("by", ["dealing_assistant", "emd_manager", "under_secretary", "outsider"])
def test_only_the_head_asks(cast: Cast, office: Office, by: str) -> None:
    drafted = draft(cast, office)
    with pytest.raises(NotAllowed) as refusal:
        exemption_begin(exemption_id=drafted.pk, act=ExemptionAct.REQUEST, actor=cast.actor(by))
    assert refusal.value.code == "not_head"
    assert not ExemptionSigning.objects.exists()


@pytest.mark.parametrize("by", ["secretary", "emd_manager", "outsider", "auditor"])
def test_only_the_deciding_authority_decides(cast: Cast, office: Office, signing: None, by: str) -> None:
    request = asked(cast, office)
    with pytest.raises(NotAllowed) as refusal:
        exemption_begin(exemption_id=request.pk, act=ExemptionAct.GRANT, actor=cast.actor(by))
    assert refusal.value.code == ("own_work" if by == "secretary" else "not_deciding_authority")


@pytest.mark.parametrize("by", ["dealing_assistant", "outsider", "auditor"])
def test_others_draft_nothing(cast: Cast, office: Office, by: str) -> None:
    with pytest.raises(NotAllowed):
        draft(cast, office, by=by)


def test_without_a_key_nothing_is_prepared(cast: Cast, office: Office) -> None:
    drafted = draft(cast, office)
    with pytest.raises(WrongState) as refusal:
        exemption_begin(exemption_id=drafted.pk, act=ExemptionAct.REQUEST, actor=cast.actor("secretary"))
    assert refusal.value.code == "no_credential"
    assert Exemption.objects.get(pk=drafted.pk).number == ""


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"codes": []}, "nothing_exempted"),
        ({"asked_until": 0}, "exemption_in_the_past"),
        ({"order_on": 1}, "order_ahead"),
        ({"reason": " "}, "missing"),
        ({"reason": "Because 🙂"}, "unprintable"),
        ({"order_number": ""}, "missing"),
    ],
)
def test_a_request_that_says_nonsense_is_refused(cast: Cast, office: Office, other: Any, code: str) -> None:
    days = {name: clock.today() + timedelta(days=value) for name, value in other.items() if isinstance(value, int)}
    with pytest.raises(BadInput) as refusal:
        draft(cast, office, **other | days)
    assert refusal.value.code == code
    with pytest.raises(NotVisible):
        draft(cast, office, codes=["swimming_pool"])


@pytest.mark.parametrize("days", [0, 61])
def test_a_grant_stays_within_what_was_asked(cast: Cast, office: Office, signing: None, days: int) -> None:
    request = asked(cast, office)
    with pytest.raises(BadInput) as refusal:
        exemption_begin(
            exemption_id=request.pk, act=ExemptionAct.GRANT, until=clock.today() + timedelta(days=days),
            actor=cast.actor("super_admin"),
        )  # fmt: skip
    assert (refusal.value.code, refusal.value.field) == ("until_out_of_range", "until")


def test_an_office_has_one_open_request_and_may_withdraw_it(cast: Cast, office: Office, signing: None) -> None:
    request = asked(cast, office)
    with pytest.raises(WrongState) as refusal:
        draft(cast, office)
    assert refusal.value.code == "exemption_open"
    withdrawn = exemption_withdraw(exemption_id=request.pk, actor=cast.actor("emd_manager"))
    assert withdrawn.state == ExemptionState.WITHDRAWN
    with pytest.raises(WrongState):
        exemption_withdraw(exemption_id=request.pk, actor=cast.actor("emd_manager"))
    draft(cast, office)


def test_the_next_head_above_decides_then_the_super_admins_office_then_the_super_admin(
    cast: Cast, office: Office
) -> None:
    fin, ite = cast.offices["FIN"], cast.offices["ITE"]
    assert deciding_posts(fin) == (ite.head_post_id,)
    assert deciding_posts(ite) == ()
    fin.parent = office
    fin.save()
    below = Office.objects.create(code="TRY", name_en="Treasury", name_hi="कोषागार", parent=fin)
    # The office between has entered no head.
    assert deciding_posts(below) == deciding_posts(fin) == (office.head_post_id,)
    Office.objects.filter(pk=office.pk).update(parent=below)
    assert deciding_posts(Office.objects.get(pk=below.pk)) == (office.head_post_id,), "a circle of data ends"


def test_lists_show_what_concerns_the_reader(cast: Cast, office: Office, signing: None) -> None:
    request = asked(cast, office)
    for name in ("emd_manager", "secretary", "super_admin", "auditor"):
        assert exemptions_for(cast.actor(name)) == [request]
    assert exemptions_for(cast.actor("outsider")) == []
    assert waiting_for(cast.actor("super_admin"), [request]) == {request.pk}
    assert waiting_for(cast.actor("secretary"), [request]) == set()
    with pytest.raises(NotVisible):
        exemption_or_404(cast.actor("outsider"), request.pk)
    assert exemption_or_404(cast.actor("auditor"), request.pk) == case_of(request)


def test_the_database_keeps_maker_and_checker_apart(cast: Cast, office: Office, signing: None) -> None:
    request = asked(cast, office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=request.pk).update(decided_by=cast.employee("secretary"))
