"""Charges under concurrency: relieving twice, hand-over against forward, join against join, correct against join."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from employee_master.models import Charge, ChargeKind, Employee, Post, PostSenior, Relieving, RelievingReason
from employee_master.services.relieved import relieving_complete
from employee_master.services.relieving import RelievingFacts, relieving_assign, relieving_list, relieving_prepare
from eoffice.core import clock
from files.models import File
from tests.cast import SINCE, Cast
from tests.races import charge_acts as acts
from tests.races.pool import JITTER_SECONDS, Act, Outcome, Pool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_ledger")]

# What takes longer to come to its lock would always be second without this.
LATER = 0.08


def _late(late: bool) -> float:  # noqa: FBT001 - one fact of two
    """Now the one, now the other is held back, so that each comes first sometimes, however fast the machine is."""
    return LATER if late else JITTER_SECONDS


OpenFile = Callable[[str, int], File]


@pytest.fixture
def few() -> int:
    """A score on the reference, a few on SQLite, whose single writer leaves less to go wrong."""
    return 20 if connection.vendor == "postgresql" else 4


@pytest.fixture
def facts(people: Cast) -> RelievingFacts:
    reason, _made = RelievingReason.objects.get_or_create(
        code="transfer", defaults={"name_en": "Transfer", "name_hi": "स्थानान्तरण"}
    )
    return RelievingFacts(reason_id=reason.pk, order_number="1", order_on=clock.today(), on=clock.today())


def newcomer(people: Cast, number: int) -> Charge:
    """Somebody on a post of their own in the section."""
    secretary = people.post("secretary")
    post = Post.objects.create(
        office=people.offices["GAD"], section=people.section("GAD-3"), marking=f"RACE{number}-GAD3",
        designation=people.post("dealing_assistant").designation, name_en="Racer", name_hi="धावक", superior=secretary,
    )  # fmt: skip
    PostSenior.objects.bulk_create(
        [PostSenior(post=post, senior=post, distance=0), PostSenior(post=post, senior=secretary, distance=1)]
    )
    person = Employee.objects.create(code=f"RACE{number}", name_en=f"Racer {number}", name_hi=f"धावक {number}")
    return Charge.objects.create(employee=person, post=post, from_on=SINCE)


def crashes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.crash for outcome in outcomes if outcome.crash]


def completed(people: Cast, charge: Charge, facts: RelievingFacts) -> Relieving:
    manager = people.actor("emd_manager")
    relieving = relieving_prepare(charge_id=charge.pk, facts=facts, actor=manager)
    relieving_list(relieving_id=relieving.pk, language="en", actor=manager)
    return relieving_complete(relieving_id=relieving.pk, actor=manager)


def test_one_charge_is_being_relieved_once(pool: Pool, people: Cast, facts: RelievingFacts, few: int) -> None:
    manager = people.actor("emd_manager")
    for number in range(few):
        charge = newcomer(people, number)
        outcomes = pool.race(
            *(Act(acts.prepare, {"charge_id": charge.pk, "facts": facts, "actor": manager}) for _ in range(3))
        )
        assert crashes(outcomes) == []
        assert sorted(outcome.refused for outcome in outcomes) == ["", "relieving_open", "relieving_open"]
        assert Relieving.objects.filter(charge=charge).count() == 1


def test_one_relieving_is_completed_once(pool: Pool, people: Cast, facts: RelievingFacts, few: int) -> None:
    manager = people.actor("emd_manager")
    for number in range(few):
        charge = newcomer(people, number)
        relieving = relieving_prepare(charge_id=charge.pk, facts=facts, actor=manager)
        relieving_list(relieving_id=relieving.pk, language="en", actor=manager)
        outcomes = pool.race(
            Act(acts.complete, {"relieving_id": relieving.pk, "actor": manager}),
            Act(acts.complete, {"relieving_id": relieving.pk, "actor": manager}),
            Act(acts.end, {"charge_id": charge.pk, "on": clock.today(), "actor": manager}),
        )
        assert crashes(outcomes) == []
        assert sum(outcome.won for outcome in outcomes) == 1
        assert Charge.objects.get(pk=charge.pk).ended_at is not None


def test_a_file_is_forwarded_while_its_desk_is_handed_over(
    pool: Pool, people: Cast, facts: RelievingFacts, open_file: OpenFile, few: int
) -> None:
    """Whoever comes first, the file has one holder and none of its movements is lost."""
    manager, holder = people.actor("emd_manager"), people.actor("dealing_assistant")
    secretary, taker = people.post("secretary"), people.post("under_secretary")
    ways = set()
    for number in range(few):
        file = open_file("dealing_assistant", number)
        outcomes = pool.race(
            Act(
                acts.forward,
                {"file_id": file.pk, "to_post_id": secretary.pk, "actor": holder},
                jitter=_late(number % 2 == 0),
            ),
            Act(
                acts.hand_over,
                {"post_id": holder.post_id, "to_post_id": taker.pk, "keys": {f"file:{file.pk}"}, "actor": manager},
                jitter=_late(number % 2 == 1),
            ),
        )
        assert crashes(outcomes) == []
        forwarded, handed = outcomes
        assert forwarded.won != handed.won
        held_by = File.objects.get(pk=file.pk).held_by_id
        assert held_by == (secretary.pk if forwarded.won else taker.pk)
        assert (forwarded.refused, handed.refused) in {("", "nothing_chosen"), ("not_holder", "")}
        ways.add(forwarded.won)
    if connection.vendor == "postgresql":
        assert ways == {True, False}


def test_a_desk_is_relieved_while_its_files_are_forwarded(
    pool: Pool, people: Cast, facts: RelievingFacts, few: int
) -> None:
    manager = people.actor("emd_manager")
    for number in range(few // 2):
        charge = newcomer(people, number)
        files = acts.opened(charge, 6, number)
        relieving = relieving_prepare(charge_id=charge.pk, facts=facts, actor=manager)
        relieving_assign(relieving_id=relieving.pk, to_post_id=people.post("under_secretary").pk, actor=manager)
        relieving_list(relieving_id=relieving.pk, language="en", actor=manager)
        outcomes = pool.race(
            Act(acts.complete, {"relieving_id": relieving.pk, "actor": manager}),
            *(
                Act(
                    acts.forward,
                    {"file_id": pk, "to_post_id": people.post("secretary").pk, "actor": acts.actor_of(charge)},
                    jitter=LATER,
                )
                for pk in files[:3]
            ),
        )
        assert crashes(outcomes) == []
        assert outcomes[0].won
        holders = set(File.objects.filter(pk__in=files).values_list("held_by", flat=True))
        assert holders <= {people.post("under_secretary").pk, people.post("secretary").pk}


def test_two_join_one_post(pool: Pool, people: Cast, few: int) -> None:
    manager, vacant = people.actor("emd_manager"), people.post("SO-CR")
    for number in range(few):
        outcomes = pool.race(
            *(
                Act(
                    acts.join,
                    {
                        "employee_id": newcomer(people, number * 3 + place).employee_id, "post_id": vacant.pk,
                        "kind": ChargeKind.ADDITIONAL, "actor": manager,
                    },
                )
                for place in range(3)
            )
        )  # fmt: skip
        assert crashes(outcomes) == []
        assert sorted(outcome.refused for outcome in outcomes) == ["", "post_taken", "post_taken"]
        Charge.objects.filter(post=vacant).update(to_on=clock.today(), ended_at=clock.now())


def test_a_relieving_is_corrected_while_the_officer_joins(
    pool: Pool, people: Cast, facts: RelievingFacts, few: int
) -> None:
    """One of the two comes first: either the old charge runs on, or the new one stands. Never both."""
    manager, vacant = people.actor("emd_manager"), people.post("SO-CR")
    ways = set()
    for number in range(few):
        charge = newcomer(people, number)
        relieving = completed(people, charge, facts)
        corrected, joined = pool.race(
            Act(
                acts.correct, {"relieving_id": relieving.pk, "why": "Wrong officer", "actor": manager},
                jitter=_late(number % 2 == 1),
            ),
            Act(
                acts.join,
                {
                    "employee_id": charge.employee_id, "post_id": vacant.pk, "kind": ChargeKind.SUBSTANTIVE,
                    "relieving_id": relieving.pk, "actor": manager,
                },
                jitter=_late(number % 2 == 0),
            ),
        )  # fmt: skip
        assert crashes([corrected, joined]) == []
        assert (corrected.refused, joined.refused) in {("", "has_substantive"), ("joined_already", "")}
        running = Charge.objects.filter(employee=charge.employee, ended_at__isnull=True)
        assert [one.post_id for one in running] == [charge.post_id if corrected.won else vacant.pk]
        ways.add(corrected.won)
        Charge.objects.filter(post=vacant).update(to_on=clock.today(), ended_at=clock.now())
    if connection.vendor == "postgresql":
        assert ways == {True, False}
