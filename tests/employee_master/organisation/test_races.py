"""Two at once: the last sanctioned post, one section re-organised twice, a charge started on a post that ends."""

from __future__ import annotations

import pytest

from employee_master.models import (
    Charge,
    ChargeKind,
    Designation,
    Post,
    PostSenior,
    Reorganisation,
    ReorganisationKind,
    Sanction,
    Section,
)
from employee_master.services import (
    charge_start,
    post_create,
    reorganisation_apply,
    reorganisation_prepare,
    section_enter,
)
from employee_master.services.sections import SectionFacts
from eoffice.core import clock
from eoffice.ledger.queries import broken_links
from tests.cast import Cast, build_cast
from tests.employee_master.organisation.test_post_changes import desks
from tests.employee_master.services.test_races import at_once

__all__ = ["desks"]

ROUNDS = 4

pytestmark = pytest.mark.usefixtures("desks")


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast()


def codes(refusals: list[Exception | None]) -> list[str]:
    return sorted(getattr(refusal, "code", type(refusal).__name__) for refusal in refusals if refusal is not None)


def test_two_posts_for_the_last_sanctioned_one(committed: Cast) -> None:
    by, section = committed.actor("super_admin"), committed.section("GAD-3")
    rank = Designation.objects.get(code="DA")
    sanction = Sanction.objects.create(office=section.office, section=section, designation=rank, strength=1)

    def create() -> Post:
        return post_create(office_id=section.office_id, section_id=section.pk, designation_id=rank.pk, actor=by)

    for count in range(2, ROUNDS + 2):
        sanction.strength = count
        sanction.save()
        assert codes(at_once(create, create)) == ["over_strength"]
        assert Post.objects.filter(section=section, designation=rank).count() == count
    assert PostSenior.objects.filter(post__section=section, distance=0).count() == ROUNDS + 2


def test_two_sections_of_one_code(committed: Cast) -> None:
    by, office = committed.actor("super_admin"), committed.offices["GAD"]
    facts = SectionFacts(name_en="X", name_hi="X")
    for number in range(ROUNDS):

        def enter(code: str = f"N-{number}") -> Section:
            return section_enter(office_id=office.pk, code=code, facts=facts, actor=by)

        assert codes(at_once(enter, enter)) == ["code_taken"]


def prepare(cast: Cast, section: Section, into: Section, ends: dict[int, int | None]) -> Reorganisation:
    return reorganisation_prepare(
        kind=ReorganisationKind.MERGE,
        office_id=section.office_id,
        section_id=section.pk,
        into_id=into.pk,
        abolish=ends,
        order_number="1",
        order_on=clock.today(),
        on=clock.today(),
        actor=cast.actor("emd_manager"),
    )


def test_two_reorganisations_of_one_section(committed: Cast) -> None:
    by, office = committed.actor("super_admin"), committed.offices["GAD"]
    facts = SectionFacts(name_en="X", name_hi="X")
    for number in range(ROUNDS):
        one, other, third = (
            section_enter(office_id=office.pk, code=f"M{number}-{letter}", facts=facts, actor=by) for letter in "ABC"
        )
        rows = [prepare(committed, one, into, {}).pk for into in (other, third)]
        refusals = at_once(
            *(lambda pk=pk: reorganisation_apply(reorganisation_id=pk, actor=by) for pk in rows)  # type: ignore[misc]
        )
        assert codes(refusals) == ["unit_closed"]
        assert Reorganisation.objects.filter(pk__in=rows, state="applied").count() == 1


def test_a_charge_started_while_its_post_ends(committed: Cast) -> None:
    """Either the post ends with the charge, or the charge finds no post; never a charge that runs on no post."""
    by, office = committed.actor("super_admin"), committed.offices["GAD"]
    rank = Designation.objects.get(code="DA")
    facts = SectionFacts(name_en="X", name_hi="X")
    person = committed.employee("outsider")
    Charge.objects.filter(employee=person).delete()
    for number in range(ROUNDS):
        one, other = (
            section_enter(office_id=office.pk, code=f"C{number}-{letter}", facts=facts, actor=by) for letter in "AB"
        )
        post = post_create(office_id=office.pk, section_id=one.pk, designation_id=rank.pk, actor=by)
        row = prepare(committed, one, other, {post.pk: None})

        def start(post_id: int = post.pk) -> Charge:
            return charge_start(
                employee_id=person.pk,
                post_id=post_id,
                kind=ChargeKind.SUBSTANTIVE,
                from_on=clock.today(),
                actor=by,
            )

        refusals = at_once(lambda pk=row.pk: reorganisation_apply(reorganisation_id=pk, actor=by), start)  # type: ignore[misc]
        assert set(codes(refusals)) <= {"post_abolished", "charges_changed"}
        assert len(codes(refusals)) <= 1
        running = Charge.objects.filter(post=post, ended_at=None).exists()
        assert running == Post.objects.get(pk=post.pk).is_active
        Charge.objects.filter(post=post).update(to_on=clock.today(), ended_at=clock.now())
    assert list(broken_links()) == []
