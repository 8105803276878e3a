"""Relievings, orders to join and a vacant desk in the states that the access matrix asks about.

The officers relieved are newcomers on posts of their own; the secretary takes their desks over and has a key.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from employee_master.models import Charge, ChargeKind, Employee, Post, PostSenior, Relieving, RelievingReason
from employee_master.services.joining import JoiningFacts, joining_enter
from employee_master.services.link import link_name
from employee_master.services.relieved import relieving_complete
from employee_master.services.relieving import RelievingFacts, relieving_assign, relieving_list, relieving_prepare
from eoffice.core import clock
from eoffice.core.actor import Actor
from files.models import File
from files.services.file import file_open
from tests.cast import SINCE, Cast


def charges_things(people: Cast) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Arguments of addresses, and values of forms."""
    manager, today = people.actor("emd_manager"), clock.today()
    names = ("free", "prepared", "listed", "given", "completed")
    charges = {name: _newcomer(people, number, name) for number, name in enumerate(names)}
    relievings = {name: _relieving(people, charges[name], manager) for name in names[1:]}
    for name in ("listed", "given", "completed"):
        relieving_list(relieving_id=relievings[name].pk, language="hi", actor=manager)
    _given(relievings["given"], people)
    relieving_complete(relieving_id=relievings["completed"].pk, actor=manager)
    order = JoiningFacts(
        kind=ChargeKind.ADDITIONAL, from_on=today + timedelta(days=2), order_number="7", order_on=today
    )
    joining = joining_enter(
        employee_id=charges["free"].employee_id, post_id=people.post("SO-CR").pk, facts=order, actor=manager
    )
    link = link_name(
        post_id=charges["free"].post_id, employee_id=people.employee("emd_manager").pk, from_on=today,
        to_on=today + timedelta(days=5), actor=people.actor("super_admin"),
    )  # fmt: skip
    vacant = _vacant_desk(people, charges["free"])
    args = {
        "charge free": {"charge_id": charges["free"].pk},
        **{f"relieving {name}": {"pk": relieving.pk} for name, relieving in relievings.items()},
        "joining waiting": {"pk": joining.pk},
        "link running": {"pk": link.pk},
        "relief sheet": {"which": "vacant", "kind": "csv"},
        "desk vacant": {"post_id": vacant.pk},
        "desk free": {"post_id": charges["free"].post_id},
        "desk own": {"post_id": people.post("section_officer").pk},
    }
    values = {
        "newcomer": charges["free"].employee_id,
        "reason": RelievingReason.objects.get(code="transfer").pk,
        "secretary_post": people.post("secretary").pk,
        "vacant_post": vacant.pk,
        "list_given": Relieving.objects.get(pk=relievings["given"].pk).list_sha256,
    }
    return args, values


def _newcomer(people: Cast, number: int, name: str) -> Charge:
    """Somebody on a post of their own, below the secretary."""
    secretary = people.post("secretary")
    post = Post.objects.create(
        office=people.offices["GAD"], section=people.section("GAD-3"),
        designation=people.post("dealing_assistant").designation,
        marking=f"DA{number + 5}-GAD3", name_en=f"Assistant {number}", name_hi=f"सहायक {number}", superior=secretary,
    )  # fmt: skip
    PostSenior.objects.bulk_create(
        [PostSenior(post=post, senior=post, distance=0), PostSenior(post=post, senior=secretary, distance=1)]
    )
    person = Employee.objects.create(code=f"R{number}", name_en=f"Relieved {name}", name_hi=f"कार्मिक {number}")
    return Charge.objects.create(employee=person, post=post, from_on=SINCE)


def _relieving(people: Cast, charge: Charge, manager: Actor) -> Relieving:
    facts = RelievingFacts(
        reason_id=RelievingReason.objects.get(code="transfer").pk, order_number="8", order_on=clock.today(),
        on=clock.today(),
    )  # fmt: skip
    relieving = relieving_prepare(charge_id=charge.pk, facts=facts, actor=manager)
    return relieving_assign(relieving_id=relieving.pk, to_post_id=people.post("secretary").pk, actor=manager)


def _given(relieving: Relieving, people: Cast) -> None:
    """As the first signature leaves it; the way there is walked in tests/employee_master/relieving."""
    relieving = Relieving.objects.get(pk=relieving.pk)
    relieving.given_by, relieving.given_why = people.employee("super_admin"), "No key"
    relieving.give(at=clock.now())
    relieving.save()


def _vacant_desk(people: Cast, charge: Charge) -> Post:
    """A file on a post that nobody holds, below the secretary."""
    section_officer = people.actor("section_officer")
    file = file_open(subject="left behind", free_number="LEFT/1", actor=section_officer)
    vacant = Post.objects.create(
        office=people.offices["GAD"], section=people.section("GAD-3"), designation=charge.post.designation,
        marking="DA19-GAD3", name_en="Vacant", name_hi="रिक्त", superior=people.post("secretary"),
    )  # fmt: skip
    PostSenior.objects.bulk_create(
        [
            PostSenior(post=vacant, senior=vacant, distance=0),
            PostSenior(post=vacant, senior=people.post("secretary"), distance=1),
        ]
    )
    File.objects.filter(pk=file.pk).update(held_by=vacant)
    return vacant
