"""The cast with the words by which people and posts are found, and everybody's browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from employee_master.services.employee import name_words_write, post_words_write
from tests.cast import Cast, build_cast
from tests.conftest import Clock

AsPerson = Callable[[str], Client]


@pytest.fixture
def cast(db: None, still_clock: Clock) -> Cast:
    made = build_cast()
    name_words_write(made.employees.values())
    post_words_write(made.posts.values())
    return made


@pytest.fixture
def as_person(cast: Cast) -> AsPerson:
    def act(name: str) -> Client:
        client = Client()
        client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    return act
