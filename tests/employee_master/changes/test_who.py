"""Lists and buttons follow one rule: what stands on "to check" and "to approve" may be done, and nothing else."""

from __future__ import annotations

import pytest

from employee_master.models import ChangeRequest
from employee_master.queries.change import case_of, counts, listed, people_on_turn, visible_changes, waiting_for
from employee_master.services.change import change_object
from eoffice import access
from eoffice.core.actions import Action
from tests.cast import Cast
from tests.employee_master.changes.conftest import Propose, check


@pytest.fixture
def many(cast: Cast, propose: Propose) -> list[ChangeRequest]:
    """Requests of everybody in every open state, those of the deciding officers among them."""
    made = [
        propose(),
        propose("emd_manager", "section_officer", gender="male"),
        propose("secretary", "secretary", gender="female"),
        propose("under_secretary", "under_secretary", gender="female"),
        propose("outsider", "outsider", gender="male"),
        propose("emd_manager", "emd_manager", gender="male"),
        propose("diarist", "diarist", gender="male"),
    ]
    check(cast, made[1])
    check(cast, made[2])
    check(cast, made[3], "emd_manager")
    change_object(request_id=made[6].pk, objections=["Which?"], actor=cast.actor("under_secretary"))
    return list(ChangeRequest.objects.order_by("pk"))


@pytest.mark.parametrize("drawing_officer", ["under_secretary", None, "secretary"])
def test_lists_and_rules_agree(cast: Cast, many: list[ChangeRequest], drawing_officer: str | None) -> None:
    office = cast.offices["GAD"]
    office.ddo_post = cast.post(drawing_officer) if drawing_officer else None
    office.parent = cast.offices["FIN"]
    office.save(update_fields=["ddo_post", "parent"])
    cast.offices["FIN"].head_post = cast.post("AO-FIN")
    cast.offices["FIN"].save(update_fields=["head_post"])
    for name in cast.names:
        actor = cast.actor_or_none(name)
        if actor is None:
            continue
        for which, action in {"check": Action.CHANGE_CHECK, "approve": Action.CHANGE_APPROVE}.items():
            on_list = {row.pk for row in listed(actor, which)}
            may = {one.pk for one in ChangeRequest.objects.all() if access.check(actor, action, case_of(one)).allowed}
            assert on_list == may, (name, which)
            # Whatever may be done can be opened.
            assert may <= set(visible_changes(actor).values_list("pk", flat=True)), name


def test_each_sees_what_concerns_them(cast: Cast, many: list[ChangeRequest]) -> None:
    seen = {name: visible_changes(cast.actor(name)).count() for name in cast.names if name != "nobody"}
    assert seen == {
        "diarist": 1,
        "dealing_assistant": 1,
        "section_officer": 1,
        "under_secretary": 6,
        # A link officer on the drawing officer's post stands in for them.
        "link_officer": 6,
        "secretary": 6,
        "emd_manager": 6,
        "super_admin": 7,
        "auditor": 0,
        "outsider": 1,
    }


def test_the_counts_are_those_of_the_lists(cast: Cast, many: list[ChangeRequest]) -> None:
    for name in ("under_secretary", "secretary", "emd_manager", "diarist", "auditor"):
        actor = cast.actor(name)
        figures = counts(actor)
        assert figures["check"] == len(listed(actor, "check"))
        assert figures["approve"] == len(listed(actor, "approve"))
        objected = listed(actor, "mine").filter(state="objected").count()
        assert waiting_for(actor) == figures["check"] + figures["approve"] + objected


def test_reminders_go_to_those_on_turn(cast: Cast, many: list[ChangeRequest]) -> None:
    told = [[account.email.partition("@")[0] for account in people_on_turn(one)] for one in many]
    assert told == [
        ["under_secretary", "link_officer"],
        ["secretary"],
        ["super_admin"],
        ["secretary"],
        ["super_admin"],
        ["under_secretary", "link_officer"],
        ["diarist"],
    ]
