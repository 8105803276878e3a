"""How many examples are tried: few and always the same in `make test`, thousands and ever new ones in `make soak`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

COMMON = settings(
    database=None,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def few() -> settings:
    """Not made smaller when one fails: `make soak` does that, and what it finds goes into `test_found`."""
    return settings(COMMON, max_examples=12, stateful_step_count=20, derandomize=True, phases=[Phase.generate])


@pytest.fixture
def many() -> settings:
    """EOFFICE_TEST_EXAMPLES says how many."""
    examples = int(os.environ.get("EOFFICE_TEST_EXAMPLES", "2000"))
    return settings(
        COMMON, max_examples=examples, stateful_step_count=40, phases=[Phase.generate, Phase.target, Phase.shrink]
    )
