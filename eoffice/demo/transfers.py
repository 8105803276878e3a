"""People who come and go in the demo: an officer who retires with a full desk, a post left vacant with papers on it.

The special secretary retires at the end of the month and is being relieved; both officers have PINs, so that the
charge list can be signed. The second assistant's post of section 1 was looked after until yesterday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from employee_master.models import Charge, ChargeKind, Employee, Post, Relieving, RelievingReason
from employee_master.queries import actor_for
from employee_master.services import charge_start
from employee_master.services.joining import JoiningFacts, joining_enter
from employee_master.services.relieving import RelievingFacts, relieving_assign, relieving_prepare
from eoffice.core import clock
from eoffice.core.calendar import is_working_day
from eoffice.demo.cast import actor, employee, post
from files.models import Head
from files.services.file import file_forward, file_open, file_park
from files.services.note import note_save

LEAVES, TAKES, MANAGER = "special_secretary", "joint_secretary", "emd_manager"
VACANT, LOOKED_AFTER_BY = "DA2-GAD1", "dealing_assistant_gad1"
# What lies on the desk of the officer who retires: subject, days ago.
SUBJECTS = (
    ("वार्षिक स्थानान्तरण सत्र 2027 की समय-सारिणी", 12),
    ("सचिवालय परिसर में वर्षा जल संचयन की व्यवस्था", 9),
    ("Study leave of Shri A. K. Rawat, Review Officer", 6),
    ("कर्मचारी आचरण नियमावली के प्रशिक्षण कार्यक्रम का अनुमोदन", 3),
)
LEFT_BEHIND = ("सेवा पुस्तिकाओं का डिजिटलीकरण", "अनुभाग-1 के अभिलेखों की छँटनी")


def seed_transfers() -> None:
    """The desk, the retirement, the relieving that was begun, and the vacant post."""
    if Relieving.objects.exists():
        return
    _full_desk()
    _retirement()
    _vacant_post()
    _order_ahead()


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _morning(days_ago: int) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(11), clock.office_zone())


def _full_desk() -> None:
    head = Head.objects.get(section__code="GAD-1", code="04")
    sender = actor(MANAGER)
    for place, (subject, days_ago) in enumerate(SUBJECTS):
        with clock.freeze(_morning(days_ago)):
            file = file_open(subject=subject, head=head, actor=sender)
            note_save(file_id=file.pk, html="<p>अवलोकनार्थ एवं आदेशार्थ प्रस्तुत।</p>", revision=0, actor=sender)
            file_forward(file_id=file.pk, to_post_id=post(LEAVES).pk, actor=sender)
            if place == len(SUBJECTS) - 1:
                until = clock.today() + timedelta(days=20)
                file_park(file_id=file.pk, until=until, why="प्रशिक्षण संस्थान का कैलेण्डर प्रतीक्षित", actor=actor(LEAVES))


def _retirement() -> None:
    last_day = month_end(clock.today())
    Employee.objects.filter(pk=employee(LEAVES).pk).update(superannuates_on=last_day)
    manager = actor(MANAGER)
    facts = RelievingFacts(
        reason_id=RelievingReason.objects.get(code="retirement").pk,
        order_number="GAD-1/1486/2026",
        order_on=clock.today() - timedelta(days=6),
        on=last_day,
    )
    charge = Charge.objects.get(employee=employee(LEAVES), post=post(LEAVES))
    relieving = relieving_prepare(charge_id=charge.pk, facts=facts, actor=manager)
    relieving_assign(relieving_id=relieving.pk, to_post_id=post(TAKES).pk, actor=manager)


def _vacant_post() -> None:
    """Looked after for a month by the assistant beside, whose order ran out yesterday; nobody has followed."""
    vacant = Post.objects.get(marking=VACANT)
    first, last = _morning(40).date(), _morning(1).date()
    with clock.freeze(_morning(40)):
        charge = charge_start(
            employee_id=employee(LOOKED_AFTER_BY).pk, post_id=vacant.pk, kind=ChargeKind.LOOK_AFTER, from_on=first,
            to_on=last, order_number="GAD-1/1391/2026", actor=actor(MANAGER),
        )  # fmt: skip
    head = Head.objects.get(section__code="GAD-1", code="04")
    for place, subject in enumerate(LEFT_BEHIND):
        with clock.freeze(_morning(30 - place)):
            file_open(subject=subject, head=head, actor=actor_for(charge.employee, charge))


def _order_ahead() -> None:
    """From the first of next month somebody is to look after the vacant post."""
    facts = JoiningFacts(
        kind=ChargeKind.ADDITIONAL, from_on=month_end(clock.today()) + timedelta(days=1),
        order_number="GAD-1/1502/2026", order_on=clock.today() - timedelta(days=1),
    )  # fmt: skip
    vacant = Post.objects.get(marking=VACANT)
    joining_enter(employee_id=employee("dealing_assistant_2").pk, post_id=vacant.pk, facts=facts, actor=actor(MANAGER))
