"""The tree of file heads: four levels, codes that stay, closed heads that take no new file."""

from __future__ import annotations

from typing import Any

import pytest

from employee_master.models import Section
from eoffice.core.errors import BadInput, DomainError, NotAllowed, WrongState
from eoffice.ledger.models import Event
from files.forms import FileOpenForm
from files.models import Head
from files.services.file import file_open
from files.services.head import head_close, head_enter, head_rename, head_reopen
from tests.cast import Cast, cast

__all__ = ["cast"]


def enter(cast: Cast, code: str = "12", by: str = "super_admin", section: str = "GAD-3", **facts: Any) -> Head:
    names = {"name_en": "Buildings", "name_hi": "भवन"}
    return head_enter(section_id=cast.section(section).pk, code=code, actor=cast.actor(by), **names | facts)


def test_heads_have_four_levels(cast: Cast) -> None:
    head = enter(cast)
    for level in range(2, 5):
        head = enter(cast, f"12/{level}", parent_id=head.pk)
    with pytest.raises(BadInput, match="too_deep"):
        enter(cast, "12/5", parent_id=head.pk)
    assert Event.objects.filter(subject_type="head").count() == 4
    assert "Buildings" not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": "12"}, "head_taken"),
        ({"code": "a b"}, "bad_code"),
        ({"code": "{x}"}, "bad_code"),
        ({"code": "13", "name_hi": ""}, "missing"),
        ({"code": "13", "section": "FIN-2", "parent": True}, "foreign_head"),
    ],
)
def test_an_impossible_head_is_refused(cast: Cast, facts: dict[str, Any], code: str) -> None:
    first = enter(cast)
    wanted = dict(facts)
    parent_id = first.pk if wanted.pop("parent", False) else None
    with pytest.raises(DomainError) as refusal:
        enter(cast, parent_id=parent_id, **wanted)
    assert refusal.value.code == code
    assert Head.objects.count() == 1


def test_a_closed_head_takes_no_new_file(cast: Cast) -> None:
    head = enter(cast)
    actor = cast.actor("dealing_assistant")
    file_open(subject="Before", head=head, actor=actor)
    below = enter(cast, "12/1", parent_id=head.pk)
    by = cast.actor("super_admin")
    with pytest.raises(WrongState, match="head_in_use"):
        head_close(head_id=head.pk, actor=by)
    head_close(head_id=below.pk, actor=by)
    closed = head_close(head_id=head.pk, actor=by)
    with pytest.raises(BadInput, match="head_closed"):
        file_open(subject="After", head=closed, actor=actor)
    assert list(FileOpenForm(section_id=closed.section_id).fields["head"].queryset) == []
    for act in (head_close, lambda **more: enter(cast, "12/2", parent_id=head.pk)):
        with pytest.raises(WrongState, match="head_closed"):
            act(head_id=head.pk, actor=by)
    with pytest.raises(WrongState, match="head_closed"):
        head_reopen(head_id=below.pk, actor=by)
    opened = head_reopen(head_id=head.pk, actor=by)
    assert file_open(subject="Again", head=opened, actor=actor).number.startswith("GAD-3/12(2)")
    with pytest.raises(WrongState, match="head_open"):
        head_reopen(head_id=head.pk, actor=by)


def test_a_head_is_named_otherwise_and_keeps_its_code(cast: Cast) -> None:
    head = head_rename(head_id=enter(cast).pk, name_en="Houses", name_hi="आवास", actor=cast.actor("super_admin"))
    assert (head.code, head.name_en) == ("12", "Houses")


def test_a_closed_section_gets_no_head(cast: Cast) -> None:
    Section.objects.filter(code="GAD-3").update(to_on="2025-01-01")
    with pytest.raises(WrongState, match="unit_closed"):
        enter(cast)


@pytest.mark.parametrize("by", ["emd_manager", "section_officer", "outsider"])
def test_only_the_super_admin_keeps_the_heads(cast: Cast, by: str) -> None:
    head = enter(cast)
    actor = cast.actor(by)
    for act in (head_close, head_reopen):
        with pytest.raises(NotAllowed):
            act(head_id=head.pk, actor=actor)
    with pytest.raises(NotAllowed):
        head_rename(head_id=head.pk, name_en="X", name_hi="X", actor=actor)
    with pytest.raises(NotAllowed):
        enter(cast, "13", by)
    assert Event.objects.count() == 1
