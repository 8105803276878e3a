"""How many examples are tried: few and always the same in `make test`, thousands and ever new ones in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from employee_master import ports
from tests.employee_master.imports.conftest import Pen

COMMON = settings(
    database=None,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def pen() -> Iterator[Pen]:
    """Signs certificates at once: the room of signatures has its own tests."""
    one = Pen()
    with ports.signs_record.replaced(one):
        yield one


@pytest.fixture
def few() -> settings:
    """Not made smaller when one fails: `make soak` does that, and what it finds goes into `test_found`."""
    return settings(
        COMMON,
        max_examples=6,
        stateful_step_count=20,
        derandomize=True,
        phases=[Phase.generate],
    )


@pytest.fixture
def many() -> settings:
    """EOFFICE_TEST_EXAMPLES says how many; with EOFFICE_TEST_SHRINK=0 what fails is shown as it was found, at once."""
    examples = int(os.environ.get("EOFFICE_TEST_EXAMPLES", "2000"))
    smaller = [] if os.environ.get("EOFFICE_TEST_SHRINK") == "0" else [Phase.target, Phase.shrink]
    return settings(COMMON, max_examples=examples, stateful_step_count=40, phases=[Phase.generate, *smaller])
