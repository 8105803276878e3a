from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.signatures.authority import World, running


@pytest.fixture(scope="session")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("authority")) as world:
        yield world


@pytest.fixture
def world(running_world: World) -> World:
    running_world.clock.offset = timedelta()
    return running_world
