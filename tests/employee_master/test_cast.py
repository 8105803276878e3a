from tests.cast import Cast


def test_everybody_acts_on_their_post(cast: Cast) -> None:
    for name in cast.names:
        actor = cast.actor_or_none(name)
        assert (actor is None) == (name == "nobody")
        assert actor is None or actor.post_id is not None


def test_the_channel_runs_from_the_dealing_assistant_to_the_secretary(cast: Cast) -> None:
    channel = cast.actor("dealing_assistant").superior_post_ids
    assert channel == tuple(cast.post(name).pk for name in ("section_officer", "under_secretary", "secretary"))


def test_the_link_officer_acts_on_the_under_secretarys_post_without_confidential_papers(cast: Cast) -> None:
    link = cast.actor("link_officer")
    assert link.post_id == cast.actor("under_secretary").post_id
    assert not link.may_confidential
    assert cast.actor("under_secretary").may_confidential
