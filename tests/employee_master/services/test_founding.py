"""An instance founded without the demo: super admin, account, organisation (deploy/README.md)."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from employee_master.models import Account, Employee, Office, Post, PostMarking, PostSenior, Sanction, Section
from employee_master.queries import actor_for
from employee_master.services import BadPlan, organisation_load
from eoffice.core.actor import Role
from eoffice.core.errors import NotAllowed
from eoffice.core.models import OutboxRow
from eoffice.ledger.models import Event
from tests.cast import Cast

EXAMPLE = Path(settings.BASE_DIR) / "deploy" / "organisation.example.json"
PASSWORD = "a long and honest password"


@pytest.fixture
def plan() -> dict[str, Any]:
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def found(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD, **other: str) -> str:
    monkeypatch.setenv("EOFFICE_FIRST_PASSWORD", password)
    facts = {"code": "E1", "name_en": "Asha Rawat", "name_hi": "आशा रावत", "email": "Asha@gad.example"} | other
    out = StringIO()
    call_command("found_super_admin", **facts, stdout=out)
    return out.getvalue()


def load(file: Path, by: str = "E1") -> str:
    out = StringIO()
    call_command("load_organisation", file, by=by, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_empty_instance_is_founded_by_its_first_two_super_admins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "asha@gad.example" in found(monkeypatch)
    employee = Employee.objects.get()
    assert actor_for(employee).has_role(Role.SUPER_ADMIN)
    assert employee.account is not None
    assert employee.account.check_password(PASSWORD)
    assert set(Event.objects.values_list("action", flat=True)) == {"role:grant", "account:open"}
    with pytest.raises(CommandError, match="has this role already"):
        found(monkeypatch)
    found(monkeypatch, code="E2", email="other@gad.example")
    with pytest.raises(CommandError, match="has its super admins already"):
        found(monkeypatch, code="E3", email="third@gad.example")
    assert Employee.objects.count() == Account.objects.count() == 2
    # The first is told of the second.
    assert OutboxRow.objects.get().payload == {"account": employee.account.pk, "what": "super_admin_added"}


@pytest.mark.django_db
def test_somebody_who_has_an_account_is_founded_without_another(cast: Cast) -> None:
    out = StringIO()
    call_command("found_super_admin", code=cast.employee("secretary").code, stdout=out)
    assert cast.account("secretary").email in out.getvalue()
    assert cast.actor("secretary").has_role(Role.SUPER_ADMIN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "short"}, "too short"),
        ({"email": "asha@example.com"}, "Only government addresses"),
        ({"name_hi": " "}, "left empty"),
    ],
)
def test_a_refused_founding_leaves_nothing(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        found(monkeypatch, **wrong)
    assert not Employee.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_the_example_is_loaded_and_loading_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch)
    assert load(EXAMPLE) == "Added: 1 offices, 3 designations, 2 sections, 3 posts, 2 sanctions.\n"
    assert Section.objects.get(code="GAD-3").receiving_post == Post.objects.get(marking="SO-GAD3")
    assert Post.objects.get(marking="SO-GAD3").superior == Post.objects.get(marking="SECY-GAD")
    assert PostSenior.objects.count() == 5
    office = Office.objects.get(code="GAD")
    assert (office.head_post, office.latitude) == (Post.objects.get(marking="SECY-GAD"), Decimal("26.846700"))
    assert set(PostMarking.objects.values_list("marking", "to_on")) == {
        ("SECY-GAD", None),
        ("SO-GAD3", None),
        ("RC-CR", None),
    }
    assert Sanction.objects.get(section__code="GAD-3").strength == 1
    before = Event.objects.count()
    assert load(EXAMPLE) == "Added: nothing; all of it is there.\n"
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_what_the_instance_has_is_told_and_not_altered(
    monkeypatch: pytest.MonkeyPatch, plan: dict[str, Any], tmp_path: Path
) -> None:
    found(monkeypatch)
    load(EXAMPLE)
    plan["offices"][0]["name_hi"] = "दूसरा विभाग"
    plan["posts"][1]["superior"] = None
    plan["posts"].append({**plan["posts"][2], "marking": "RC2-CR", "superior": "SO-GAD3"})
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    said = load(file)
    assert "offices, “GAD”: name_hi is “सामान्य प्रशासन विभाग” here" in said
    assert "posts, “SO-GAD3”: superior is “SECY-GAD” here" in said
    assert "Added: 1 posts" in said
    assert PostSenior.objects.filter(post__marking="RC2-CR").count() == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plan: plan.update(people=[]), "“people” is unknown"),
        (lambda plan: plan.update(posts={}), "“posts” is not a list"),
        (lambda plan: plan["posts"].append("SO"), "posts, row 4: not an object"),
        (lambda plan: plan["posts"][1].pop("name_hi"), "posts, row 2: “name_hi” is missing"),
        (lambda plan: plan["posts"][1].update(rank=1), "posts, row 2: “rank” is unknown"),
        (lambda plan: plan["designations"][0].update(rank="1"), "designations, row 1: “rank” must be of type int"),
        (lambda plan: plan["posts"].append(plan["posts"][0]), "“SECY-GAD” stands in the file twice"),
        (lambda plan: plan["posts"][1].update(section="X-1"), "posts, “SO-GAD3”: section “X-1” stands neither"),
        (lambda plan: plan["posts"][1].update(superior="X"), "posts, “SO-GAD3”: superior “X” stands neither"),
        (lambda plan: plan["posts"][0].update(superior=plan["posts"][1]["marking"]), "in a circle"),
        (lambda plan: plan["offices"][0].update(email="nowhere"), "offices, “GAD”: email:"),
        (lambda plan: plan["offices"][0].update(from_on="1.1.2026"), "offices, row 1: “from_on” must be a day as"),
        (lambda plan: plan["offices"][0].update(latitude="north"), "offices, row 1: “latitude” must be degrees"),
        (lambda plan: plan["offices"][0].update(head_post="X"), "offices, “GAD”: head_post “X” stands neither"),
        (lambda plan: plan["offices"][0].update(kind="planet"), "offices, “GAD”: kind:"),
        (lambda plan: plan["sections"][0].update(parent="X"), "sections, “GAD-3”: parent “X” stands neither"),
        (lambda plan: plan["sanctions"][1].update(designation="X"), "sanctions, “GAD-3: X”: designation “X” stands"),
        (lambda plan: plan["sanctions"].append(plan["sanctions"][0]), "“GAD: SECY” stands in the file twice"),
        (lambda plan: plan["offices"][0].update(name_en="x" * 300), "offices, “GAD”: name_en:"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_loaded(cast: Cast, plan: dict[str, Any], change: Any, said: str) -> None:
    """The cast has other rows than the example under the same codes, so the example's are renamed."""
    plan = json.loads(json.dumps(plan, ensure_ascii=False).replace("GAD", "NEW").replace('"CR"', '"CR2"'))
    change(plan)
    expected = said.replace("GAD", "NEW")
    before = (Office.objects.count(), Post.objects.count(), Event.objects.count())
    with pytest.raises(BadPlan) as refused:
        organisation_load(plan=plan, actor=cast.actor("super_admin"))
    assert any(expected in problem for problem in refused.value.problems), refused.value.problems
    assert (Office.objects.count(), Post.objects.count(), Event.objects.count()) == before


def test_only_the_super_admin_loads(cast: Cast, plan: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        organisation_load(plan=copy.deepcopy(plan), actor=cast.actor("emd_manager"))


@pytest.mark.django_db
def test_files_that_are_none_and_people_who_are_none_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no employee E1"):
        load(EXAMPLE)
    found(monkeypatch)
    broken = tmp_path / "broken.json"
    for content, said in (("[]", "must hold one object"), ("{", "is not JSON")):
        broken.write_text(content)
        with pytest.raises(CommandError, match=said):
            load(broken)
    with pytest.raises(CommandError, match="can't be read"):
        load(tmp_path / "absent.json")
