import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries, Settings

from employee_master.models import Post, Section
from employee_master.queries import (
    actor_for,
    channel_of,
    holder_of,
    link_of,
    posts_to_send_to,
    receiving_post,
    require_holder,
)
from employee_master.services import charge_end
from eoffice.core import clock
from eoffice.core.errors import WrongState
from tests.cast import Cast


def markings(posts: list[Post]) -> list[str]:
    return [post.marking for post in posts]


def relieve(cast: Cast, name: str) -> None:
    charge_end(charge_id=cast.charge(name).pk, on=clock.today(), actor=cast.actor("super_admin"))


def test_the_next_superior_comes_first_then_those_below_then_the_section(cast: Cast) -> None:
    found = markings(posts_to_send_to(cast.actor("section_officer")))
    assert found[:2] == ["US-GAD", "DA-GAD3"]
    assert "SO-GAD3" not in found
    assert found[2:] == sorted(found[2:])
    assert markings(posts_to_send_to(cast.actor("diarist")))[0] == "SO-CR"


def test_the_list_goes_on_where_it_ended(cast: Cast) -> None:
    actor = cast.actor("section_officer")
    everything = markings(posts_to_send_to(actor))
    gone, after = [], None
    while page := posts_to_send_to(actor, after=after, limit=3):
        gone += markings(page)
        after = (page[-1].nearness, page[-1].marking)  # type: ignore[attr-defined]
    assert gone == everything


def test_the_list_costs_two_queries_and_names_the_holders(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = cast.actor("section_officer")
    with django_assert_num_queries(2):
        first = posts_to_send_to(actor, "gad")[0]
        people = [charge.employee.name_en for charge in first.holders]  # type: ignore[attr-defined]
        assert first.section is None or first.section.code
    assert people == ["Farah Khan", "Devendra Joshi"]


def test_an_abolished_post_is_not_offered(cast: Cast) -> None:
    Post.objects.filter(marking="US-GAD").update(is_active=False)
    assert "US-GAD" not in markings(posts_to_send_to(cast.actor("section_officer")))


def test_somebody_without_a_charge_sees_posts_in_their_order(cast: Cast) -> None:
    relieve(cast, "outsider")
    found = markings(posts_to_send_to(actor_for(cast.employee("outsider"))))
    assert found == sorted(found)


def test_the_channel_runs_to_the_top(cast: Cast) -> None:
    assert markings(channel_of(cast.post("dealing_assistant"))) == ["SO-GAD3", "US-GAD", "SEC-GAD"]


def test_holder_and_link_officer_are_told_apart(cast: Cast) -> None:
    post = cast.post("under_secretary")
    assert holder_of(post) == cast.charge("under_secretary")
    assert link_of(post) == cast.link_charge
    relieve(cast, "under_secretary")
    assert holder_of(post) is None


def test_a_section_receives_at_its_post(cast: Cast) -> None:
    assert receiving_post(cast.section("GAD-3")) == cast.post("dealing_assistant")
    bare = Section.objects.create(office=cast.offices["GAD"], code="GAD-9", name_en="Nine", name_hi="नौ")
    with pytest.raises(WrongState) as refusal:
        receiving_post(bare)
    assert refusal.value.code == "section_receives_nothing"


def test_a_held_post_accepts(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        require_holder(cast.post("secretary"))
    assert len(queries) == 2


def test_a_vacant_post_names_its_link_officer_and_where_they_sit(cast: Cast) -> None:
    relieve(cast, "under_secretary")
    with pytest.raises(WrongState) as refusal, override("en"):
        require_holder(cast.post("US-GAD"))
    assert refusal.value.code == "post_vacant"
    assert "US-GAD" in str(refusal.value.message)
    assert "Devendra Joshi" in str(refusal.value.remedy)
    assert "US-GAD2" in str(refusal.value.remedy)


def test_a_vacant_post_without_a_link_officer_names_the_next_held_post_up(cast: Cast) -> None:
    for name in ("section_officer", "under_secretary"):
        relieve(cast, name)
    with pytest.raises(WrongState) as refusal, override("en"):
        require_holder(cast.post("SO-GAD3"))
    assert "SEC-GAD" in str(refusal.value.remedy)


def test_a_vacant_post_at_the_top_sends_to_the_emd_manager(cast: Cast) -> None:
    relieve(cast, "secretary")
    with pytest.raises(WrongState) as refusal, override("en"):
        require_holder(cast.post("SEC-GAD"))
    with override("en"):
        assert "EMD manager" in str(refusal.value.remedy)


def test_an_instance_may_let_vacant_posts_accept_but_not_abolished_ones(cast: Cast, settings: Settings) -> None:
    settings.VACANT_POSTS_ACCEPT = True
    relieve(cast, "secretary")
    require_holder(cast.post("SEC-GAD"))
    post = cast.post("SEC-GAD")
    Post.objects.filter(pk=post.pk).update(is_active=False)
    with pytest.raises(WrongState) as refusal:
        require_holder(post)
    assert refusal.value.code == "post_abolished"
