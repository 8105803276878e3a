"""What the employee master asks of the credentials: lines of the charge list, and who can sign at an office (R20)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation

from employee_master import ports
from employee_master.models import Charge, ChargeKind
from eoffice.core import clock
from signatures.services.credential import credential_request, credential_suspend
from tests.cast import SINCE, Cast
from tests.signatures.authority import World
from tests.signatures.conftest import register
from tests.signatures.services.test_record import begin


def room() -> ports.RetiresCredentials:
    (found,) = ports.retires_credentials
    return found


def lines(cast: Cast, name: str, office: str = "GAD") -> list[tuple[str, str]]:
    with translation.override("en"):
        items = room().items_of(employee_id=cast.employee(name).pk, office_id=cast.offices[office].pk)
        return [(str(item.kind), str(item.state)) for item in items]


def active(cast: Cast, office: str, *names: str) -> set[int]:
    people = [cast.employee(name).pk for name in names]
    return room().active_among(employee_ids=people, office_id=cast.offices[office].pk)


def test_the_charge_list_names_the_credential_and_what_waits_for_its_signature(instance: World, cast: Cast) -> None:
    assert lines(cast, "section_officer") == []
    register(instance, cast, "section_officer")
    begin(cast, "section_officer")
    assert lines(cast, "section_officer") == [("Digital signatures", "Active"), ("Pending signatures", "Prepared")]
    assert lines(cast, "section_officer", "FIN") == []
    with clock.freeze(clock.now() + timedelta(minutes=11)):
        assert lines(cast, "section_officer") == [("Digital signatures", "Active")]


def test_a_credential_counts_where_it_is_registered_and_where_a_charge_maps_the_officer(
    instance: World, cast: Cast
) -> None:
    register(instance, cast, "section_officer")
    me = cast.employee("section_officer").pk
    assert active(cast, "GAD", "section_officer", "secretary") == {me}
    assert active(cast, "FIN", "section_officer") == set()
    Charge.objects.create(
        employee_id=me, post=cast.post("AO-FIN"), kind=ChargeKind.LINK, from_on=SINCE,
        to_on=clock.today() + timedelta(days=9),
    )  # fmt: skip
    assert active(cast, "FIN", "section_officer") == set()
    Charge.objects.filter(post=cast.post("AO-FIN"), kind=ChargeKind.SUBSTANTIVE).delete()
    Charge.objects.filter(post=cast.post("AO-FIN")).update(kind=ChargeKind.ADDITIONAL)
    assert active(cast, "FIN", "section_officer") == set(), "no order maps it yet"
    Charge.objects.filter(post=cast.post("AO-FIN")).update(order_number="GAD-1/1486/2026")
    assert active(cast, "FIN", "section_officer") == {me}


def test_who_asked_or_is_suspended_can_not_sign(instance: World, cast: Cast) -> None:
    credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("under_secretary"))
    mine = register(instance, cast, "section_officer")
    credential_suspend(credential_id=mine.pk, why="leave", actor=cast.actor("emd_manager"))
    assert active(cast, "GAD", "under_secretary", "section_officer") == set()
