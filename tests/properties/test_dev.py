import os

import pytest
from hypothesis import Phase, settings

from tests.properties.conftest import COMMON
from tests.properties.test_master import at_once, one_by_one


@pytest.mark.timeout(6000)
@pytest.mark.django_db
def test_dev_one():
    ph = [Phase.generate, Phase.shrink] if os.environ.get("SHRINK") else [Phase.generate]
    t = one_by_one(
        settings(
            COMMON,
            max_examples=int(os.environ.get("N", "50")),
            stateful_step_count=int(os.environ.get("STEPS", "30")),
            phases=ph,
            derandomize=False,
        )
    )
    print(sorted(t.items()))


@pytest.mark.timeout(6000)
def test_dev_at_once(store):
    ph = [Phase.generate, Phase.shrink] if os.environ.get("SHRINK") else [Phase.generate]
    t = at_once(settings(COMMON, max_examples=int(os.environ.get("N", "50")), phases=ph, derandomize=False), store)
    print(sorted(t.items()))
