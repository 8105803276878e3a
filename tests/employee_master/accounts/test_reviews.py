"""The quarterly access review: one click, what was unticked ends, and it is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from employee_master import jobs_accounts
from employee_master.models import AccessReview, Account, Charge, Factor, Office, RoleGrant
from employee_master.queries.reviews import (
    Kind,
    lines_of,
    quarter_names,
    quarter_of,
    review_list,
    shown_hash,
)
from employee_master.services import role_grant, role_revoke
from employee_master.services.review import review_record
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.core.models import OutboxRow
from eoffice.ledger.chain import digest
from eoffice.ledger.queries import history
from tests.cast import Cast
from tests.conftest import Clock
from tests.employee_master.accounts.conftest import drain


@pytest.fixture
def office(cast: Cast, still_clock: Clock) -> Office:
    """GAD in the middle of the quarter: a clerk, a link officer, a dormant account, one of somebody who left."""
    still_clock.set(datetime(2026, 10, 20, 6, 0, tzinfo=UTC))
    Account.objects.update(last_login=clock.now(), opened_at=clock.now())
    role_grant(
        employee_id=cast.employee("section_officer").pk,
        role=Role.REGISTRY_CLERK,
        from_on=clock.today(),
        office_id=cast.offices["GAD"].pk,
        actor=cast.actor("emd_manager"),
    )
    Account.objects.filter(pk=cast.account("under_secretary").pk).update(last_login=clock.now() - timedelta(days=91))
    gone = cast.employee("dealing_assistant")
    Charge.objects.filter(employee=gone).update(to_on=clock.today() - timedelta(days=3), ended_at=clock.now())
    gone.left_on, gone.left_reason = clock.today() - timedelta(days=3), "retirement"
    gone.save()
    Factor.objects.create(account=cast.account("secretary"), sealed=b"x", enrolled_at=clock.now())
    return cast.offices["GAD"]


def shown(cast: Cast, office: Office | None, by: str = "emd_manager") -> str:
    return shown_hash(review_list(office, actor=cast.actor(by)))


def keys(cast: Cast, office: Office | None, by: str = "emd_manager") -> dict[str, list[str]]:
    """The people of each group."""
    return {
        str(group.kind): [line.employee.name_en for line in group.lines]
        for group in review_list(office, actor=cast.actor(by))
    }


def key_of(cast: Cast, office: Office | None, kind: Kind) -> str:
    groups = review_list(office, actor=cast.actor("emd_manager"))
    return next(line.key for line in lines_of(groups) if line.kind == kind)


def test_the_list_of_an_office(cast: Cast, office: Office) -> None:
    listed = keys(cast, office)
    assert listed[Kind.ROLE] == ["Ramesh Chaubey"]
    assert listed[Kind.LINK] == ["Devendra Joshi"]
    assert listed[Kind.DORMANT] == ["Farah Khan"]
    assert listed[Kind.LEFT] == ["Anita Verma"]
    assert "Meera Krishnan" not in listed[Kind.NO_FACTOR]
    assert "Suresh Yadav" in listed[Kind.NO_FACTOR]
    assert "Sunil Maurya" not in listed[Kind.NO_FACTOR]


def test_the_list_of_the_instance(cast: Cast, office: Office) -> None:
    listed = keys(cast, None, "super_admin")
    assert set(listed[Kind.ROLE]) == {"Suresh Yadav", "Prakash Tiwari", "Kavita Rao", "Harish Bhatt"}
    assert Kind.LINK not in listed


def test_one_click_records_that_all_is_as_it_should_be(cast: Cast, office: Office) -> None:
    review = review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("emd_manager"))
    assert (review.quarter_on, review.ended, review.done_by) == (date(2026, 10, 1), 0, cast.employee("emd_manager"))
    assert review.sha256 == digest(review.listed)
    event = history(review).get()
    assert event.action == Action.ACCESS_REVIEW
    assert event.data["list"] == review.sha256
    assert "Ramesh" not in str(review.listed)
    assert cast.actor("section_officer").has_role(Role.REGISTRY_CLERK)


def test_what_was_unticked_ends(cast: Cast, office: Office) -> None:
    ends = [key_of(cast, office, kind) for kind in (Kind.ROLE, Kind.LINK, Kind.DORMANT, Kind.LEFT)]
    review = review_record(office_id=office.pk, shown=shown(cast, office), ends=ends, actor=cast.actor("emd_manager"))
    assert review.ended == 4
    assert RoleGrant.objects.filter(role=Role.REGISTRY_CLERK, office=office, ended_at=None).count() == 0
    cast.link_charge.refresh_from_db()
    assert cast.link_charge.ended_at is not None
    closed = Account.objects.filter(is_active=False).values_list("email", flat=True)
    assert {address.partition("@")[0] for address in closed} == {"under_secretary", "dealing_assistant"}
    assert sum(row["ended"] for row in review.listed["rows"]) == 4


def test_a_list_that_has_changed_is_not_recorded(cast: Cast, office: Office) -> None:
    seen = shown(cast, office)
    grant = RoleGrant.objects.get(role=Role.REGISTRY_CLERK, office=office)
    role_revoke(grant_id=grant.pk, actor=cast.actor("super_admin"))
    with pytest.raises(WrongState) as refusal:
        review_record(office_id=office.pk, shown=seen, actor=cast.actor("emd_manager"))
    assert refusal.value.code == "list_changed"
    assert not AccessReview.objects.exists()


def test_a_factor_set_up_meanwhile_is_no_change(cast: Cast, office: Office) -> None:
    seen = shown(cast, office)
    Factor.objects.create(account=cast.account("diarist"), sealed=b"x", enrolled_at=clock.now())
    assert review_record(office_id=office.pk, shown=seen, actor=cast.actor("emd_manager")).ended == 0


def test_a_quarter_is_recorded_once(cast: Cast, office: Office, still_clock: Clock) -> None:
    for _quarter in range(2):
        review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("emd_manager"))
        with pytest.raises(WrongState) as refusal:
            review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("super_admin"))
        assert refusal.value.code == "review_done"
        still_clock.advance(timedelta(days=80))
    assert AccessReview.objects.count() == 2


@pytest.mark.parametrize("by", ["outsider", "secretary", "auditor"])
def test_who_may_not_review(cast: Cast, office: Office, by: str) -> None:
    with pytest.raises(NotAllowed):
        review_record(office_id=office.pk, shown="", actor=cast.actor(by))


def test_the_head_of_the_office_may_review_but_ends_nothing_alone(cast: Cast, office: Office) -> None:
    office.head_post = cast.post("secretary")
    office.save()
    head = cast.actor("secretary")
    with pytest.raises(NotAllowed):
        review_record(
            office_id=office.pk, shown=shown(cast, office), ends=[key_of(cast, office, Kind.ROLE)], actor=head
        )
    assert review_record(office_id=office.pk, shown=shown(cast, office), actor=head).done_by == cast.employee(
        "secretary"
    )


def test_the_instance_is_reviewed_by_a_super_admin_alone(cast: Cast, office: Office) -> None:
    with pytest.raises(NotAllowed):
        review_record(office_id=None, shown=shown(cast, None), actor=cast.actor("emd_manager"))
    review_record(office_id=None, shown=shown(cast, None), actor=cast.actor("super_admin"))


@pytest.mark.parametrize("end", ["role:0", "link:99999", "no_factor", "nonsense", ""])
def test_what_is_not_on_the_list_ends_nothing(cast: Cast, office: Office, end: str) -> None:
    end = key_of(cast, office, Kind.NO_FACTOR) if end == "no_factor" else end
    with pytest.raises(BadInput):
        review_record(office_id=office.pk, shown=shown(cast, office), ends=[end], actor=cast.actor("emd_manager"))
    assert not AccessReview.objects.exists()


def test_a_recorded_review_is_final_in_the_database(cast: Cast, office: Office) -> None:
    review = review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("emd_manager"))
    for act in (lambda: AccessReview.objects.filter(pk=review.pk).update(ended=9), review.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_quarters(day: date, first: date) -> None:
    assert quarter_of(day) == first


def test_quarters_have_names() -> None:
    assert quarter_names(date(2026, 10, 1)) == ("अक्टूबर–दिसम्बर 2026", "October–December 2026")


# Pages


def test_one_click_on_the_page(cast: Cast, office: Office, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("emd_manager")
    assert client.get("/reviews/")["Location"] == f"/reviews/{office.pk}/"
    page = client.get(f"/reviews/{office.pk}/")
    ticked = [line.key for line in lines_of(page.context["groups"]) if line.may_end]
    answer = client.post(
        f"/reviews/{office.pk}/record/", {"shown": page.context["shown"], "stays": ticked}, follow=True
    )
    assert "The review is recorded" in answer.content.decode()
    assert AccessReview.objects.get().ended == 0
    assert "record the review" not in answer.content.decode()


def test_what_is_unticked_is_asked_for_once_more(
    cast: Cast, office: Office, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("emd_manager")
    page = client.get(f"/reviews/{office.pk}/")
    key = key_of(cast, office, Kind.LINK)
    stays = [line.key for line in lines_of(page.context["groups"]) if line.key != key]
    form = {"shown": page.context["shown"], "stays": stays}
    asked = client.post(f"/reviews/{office.pk}/record/", form)
    assert "1 entry will be ended" in asked.content.decode()
    assert not AccessReview.objects.exists()
    client.post(f"/reviews/{office.pk}/record/", {"shown": form["shown"], "confirmed": "1", "end": key})
    assert AccessReview.objects.get().ended == 1


def test_somebody_who_left_is_unticked_beforehand(
    cast: Cast, office: Office, signed_in: Callable[[str], Client]
) -> None:
    page = signed_in("emd_manager").get(f"/reviews/{office.pk}/").content.decode()
    left = key_of(cast, office, Kind.LEFT)
    assert f'value="{left}">' in page
    assert f'value="{key_of(cast, office, Kind.LINK)}" checked>' in page


def test_what_the_reviewer_may_not_end_has_a_lock(
    cast: Cast, office: Office, signed_in: Callable[[str], Client]
) -> None:
    """The EMD manager's own role is the super admin's to end."""
    role_grant(
        employee_id=cast.employee("emd_manager").pk,
        role=Role.EMD_MANAGER,
        from_on=clock.today(),
        office_id=office.pk,
        actor=cast.actor("super_admin"),
    )
    groups = review_list(office, actor=cast.actor("emd_manager"))
    own = next(line for line in lines_of(groups) if line.employee == cast.employee("emd_manager"))
    assert not own.may_end
    page = signed_in("emd_manager").get(f"/reviews/{office.pk}/").content.decode()
    assert own.key not in page


def test_the_super_admin_sees_what_is_overdue(
    cast: Cast, office: Office, signed_in: Callable[[str], Client], still_clock: Clock
) -> None:
    client = signed_in("super_admin")
    assert "Overdue" not in client.get("/reviews/").content.decode()
    still_clock.set(datetime(2026, 11, 1, 6, 0, tzinfo=UTC))
    client = signed_in("super_admin")
    assert client.get("/reviews/").content.decode().count("Overdue") == 4
    review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("emd_manager"))
    assert client.get("/reviews/").content.decode().count("Overdue") == 3


def test_the_list_goes_out_as_a_sheet(cast: Cast, office: Office, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("emd_manager")
    sheet = client.get(f"/reviews/{office.pk}/export/csv/").content.decode()
    assert "Farah Khan" in sheet
    assert client.get(f"/reviews/{office.pk}/export/xlsx/").content.startswith(b"PK")


def test_the_list_costs_the_same_for_few_and_for_many(
    cast: Cast, office: Office, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("emd_manager")
    costs = []
    for days in (0, 100):
        Account.objects.update(last_login=clock.now() - timedelta(days=days))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/reviews/{office.pk}/")
        costs.append(len(queries))
    assert abs(costs[1] - costs[0]) <= 1
    assert costs[1] <= 25


def test_a_review_is_reminded_of_once_and_once_more_when_it_is_overdue(
    cast: Cast, office: Office, still_clock: Clock
) -> None:
    office.head_post = cast.post("secretary")
    office.save()
    review_record(office_id=None, shown=shown(cast, None), actor=cast.actor("super_admin"))
    row = OutboxRow(kind="x", payload={})
    for _day in range(3):
        jobs_accounts.remind_of_reviews(row)
        still_clock.advance(timedelta(days=1))
    drain()
    assert sorted(one.to[0].partition("@")[0] for one in mail.outbox) == ["emd_manager", "secretary"]
    assert "/reviews/" in mail.outbox[0].body
    still_clock.set(datetime(2026, 11, 5, 6, 0, tzinfo=UTC))
    jobs_accounts.remind_of_reviews(row)
    drain()
    assert len(mail.outbox) == 4
    assert "overdue" in mail.outbox[-1].body
    review_record(office_id=office.pk, shown=shown(cast, office), actor=cast.actor("emd_manager"))
    jobs_accounts.remind_of_reviews(row)
    drain()
    assert len(mail.outbox) == 4
