"""Draws every life of the product from its transitions: `python -m tests.architecture.state_diagrams` writes them.

They go to docs/states.md; `test_states.py` fails while that page is stale.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"
HEAD = """# Lives

Every thing with a state, drawn from the transitions in the code (`<room>/workflow.py`). This page is generated:
`.venv/bin/python -m tests.architecture.state_diagrams` writes it, and a test fails while it is stale. A state that no
arrow reaches is a word of the office that no act leads to in this version.
"""


def lives() -> list[tuple[type[Any], Any]]:
    """Each model with a state field, in the order of rooms and names."""
    from django.apps import apps  # noqa: PLC0415 - Django is set up by whoever calls
    from django_fsm import FSMFieldMixin  # noqa: PLC0415

    found = [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FSMFieldMixin)
    ]
    return sorted(found, key=lambda pair: pair[0]._meta.label)


def arrows(model: type[Any], field: Any) -> Iterator[tuple[str, str, str]]:
    """From, to and the act's name of every transition."""
    for transition in field.get_all_transitions(model):
        yield str(transition.source), str(transition.target), transition.name


def diagram(model: type[Any], field: Any) -> list[str]:
    lines = [f"## {model._meta.label}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {value}: {_english(label)}" for value, label in field.choices]
    lines.append(f"    [*] --> {field.get_default()}")
    lines += [f"    {source} --> {target}: {name}" for source, target, name in sorted(arrows(model, field))]
    return [*lines, "```", ""]


def _english(label: Any) -> str:
    from django.utils.translation import override  # noqa: PLC0415

    with override("en"):
        return str(label)


def page() -> str:
    body = [line for model, field in lives() for line in diagram(model, field)]
    return "\n".join([HEAD, *body]).rstrip("\n") + "\n"


if __name__ == "__main__":
    import django

    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
