"""Every life: its states stand in the database, and docs/states.md draws it as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from files.services.file import file_open
from tests.architecture.state_diagrams import PAGE, arrows, lives, page
from tests.cast import build_cast

LIVES = lives()


def name_of(life: Any) -> str:
    return life._meta.label if hasattr(life, "_meta") else ""


def test_the_lives_are_found() -> None:
    assert {model._meta.label for model, _field in LIVES} >= {
        "files.File",
        "files.Note",
        "files.Draft",
        "dak.Receipt",
        "dak.Dispatch",
        "signatures.Credential",
        "signatures.SigningAttempt",
    }


@pytest.mark.parametrize(("model", "field"), LIVES, ids=name_of)
def test_a_state_is_protected_and_only_known_ones_are_reached(model: type[Any], field: Any) -> None:
    known = {value for value, _label in field.choices}
    assert field.protected
    assert field.get_default() in known
    for source, target, name in arrows(model, field):
        assert {source, target} <= known, f"{model._meta.label}.{name}"


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), LIVES, ids=name_of)
def test_the_database_knows_the_states(model: type[Any], field: Any) -> None:
    """The check constraint itself: it names every state and refuses any other."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    checks = {name for name, facts in constraints.items() if facts["check"]}
    own = [one for one in model._meta.constraints if one.name in checks and field.name in str(one)]
    assert own, f"{model._meta.label} has no check constraint over its states"
    known = {value for value, _label in field.choices}
    assert any(known <= set(_values(one.condition)) for one in own)
    assert any(set(_values(one.condition)) <= known for one in own)


def _values(condition: Any) -> list[str]:
    """The states that a condition `state__in=[…]` lists."""
    return [
        str(value)
        for path, values in (child for child in condition.children if isinstance(child, tuple))
        if path == "state__in"
        for value in values
    ]


@pytest.mark.django_db
def test_a_state_that_nobody_knows_is_refused_by_the_database() -> None:
    file = file_open(subject="x", free_number="X/1", actor=build_cast().actor("dealing_assistant"))
    with pytest.raises(IntegrityError), transaction.atomic():
        type(file).objects.filter(pk=file.pk).update(state="lost")


def test_the_page_of_lives_is_fresh() -> None:
    said = "docs/states.md is stale: .venv/bin/python -m tests.architecture.state_diagrams"
    assert PAGE.exists(), said
    assert PAGE.read_text(encoding="utf-8") == page(), said
