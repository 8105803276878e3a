import pytest

from employee_master.models import Post, PostSenior
from employee_master.queries import channel_of
from employee_master.services import post_place
from eoffice.core.errors import NotAllowed, WrongState
from tests.cast import Cast


def place(cast: Cast, post: str, under: str | None, by: str = "emd_manager") -> Post:
    superior_id = cast.post(under).pk if under else None
    return post_place(post_id=cast.post(post).pk, superior_id=superior_id, actor=cast.actor(by))


def markings(post: Post) -> list[str]:
    return [step.marking for step in channel_of(post)]


def test_a_branch_moves_with_all_that_lies_below(cast: Cast) -> None:
    place(cast, "SO-GAD3", "US-GAD2")
    assert markings(cast.post("dealing_assistant")) == ["SO-GAD3", "US-GAD2", "SEC-GAD"]
    assert markings(cast.post("section_officer")) == ["US-GAD2", "SEC-GAD"]
    assert not PostSenior.objects.filter(senior=cast.post("US-GAD")).exclude(post=cast.post("US-GAD")).exists()


def test_a_post_may_stand_at_the_top(cast: Cast) -> None:
    place(cast, "US-GAD", None)
    assert markings(cast.post("dealing_assistant")) == ["SO-GAD3", "US-GAD"]


def test_placing_again_changes_nothing(cast: Cast) -> None:
    before = set(PostSenior.objects.values_list("post", "senior", "distance"))
    place(cast, "SO-GAD3", "US-GAD")
    assert set(PostSenior.objects.values_list("post", "senior", "distance")) == before


def test_a_new_post_is_placed(cast: Cast) -> None:
    first = cast.post("dealing_assistant")
    new = Post.objects.create(
        office=first.office, section=first.section, designation=first.designation, marking="DA2-GAD3", name_en="DA 2"
    )
    post_place(post_id=new.pk, superior_id=cast.post("section_officer").pk, actor=cast.actor("super_admin"))
    assert markings(new) == ["SO-GAD3", "US-GAD", "SEC-GAD"]
    assert PostSenior.objects.get(post=new, senior=new).distance == 0


@pytest.mark.parametrize("under", ["SEC-GAD", "US-GAD", "DA-GAD3"])
def test_a_circle_is_refused(cast: Cast, under: str) -> None:
    with pytest.raises(WrongState) as refusal:
        place(cast, "SEC-GAD", under)
    assert refusal.value.code == "channel_cycle"


@pytest.mark.parametrize("by", ["secretary", "outsider", "auditor"])
def test_others_place_no_post(cast: Cast, by: str) -> None:
    with pytest.raises(NotAllowed):
        place(cast, "SO-GAD3", "US-GAD2", by)
