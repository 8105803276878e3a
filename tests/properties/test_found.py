"""Orders in which something went wrong once, found by `test_master` and kept: each failed before it was put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection

from tests.properties.acts import Act
from tests.properties.acts_charges import EndCharge
from tests.properties.acts_things import Forward, PullBack
from tests.properties.machine import tried
from tests.properties.model import Seat
from tests.properties.schedule import Switch
from tests.properties.together import meeting
from tests.properties.world import build

pytestmark = pytest.mark.django_db(transaction=True)

SOM, USHA = Seat("som", "SO1"), Seat("usha", "US")
Meet = Callable[..., None]


@pytest.fixture
def meet(transactional_db: None) -> Meet:
    """Lets the second list run when the first comes to `before`; `codes` are what PostgreSQL then answers."""
    world, model = build()

    def act(*lists: Sequence[Act], codes: list[str], after: Sequence[Act] = (), before: str = "COMMIT") -> None:
        assert [tried(one, world, model) for one in after] == [""] * len(after)
        results = meeting(lists, [Switch(before=before)], world, model)
        if connection.vendor == "postgresql":
            assert [code for done in results for code in done.codes] == codes

    return act


# The charge of whoever sits on US from the beginning.
USHA_ENDS = EndCharge(charge="c2", on=0)


def test_a_file_is_forwarded_while_the_receiver_is_relieved(meet: Meet) -> None:
    """It came to rest on a desk that nobody held: the sender looked at the post before, and under no lock."""
    meet([Forward(seat=SOM, thing="f3", to="US")], [USHA_ENDS], codes=["", "desk_not_empty"])


def test_the_receiver_is_relieved_while_a_file_is_forwarded(meet: Meet) -> None:
    """Whoever lays things down does not wait for whoever hands over, or both would wait for ever."""
    meet([USHA_ENDS], [Forward(seat=SOM, thing="f3", to="US")], codes=["", "desk_changing"])


def test_an_officer_pulls_a_file_back_while_being_relieved(meet: Meet) -> None:
    sent = [Forward(seat=SOM, thing="f3", to="US"), Forward(seat=USHA, thing="f3", to="SO2")]
    meet([PullBack(seat=USHA, thing="f3")], [USHA_ENDS], codes=["", "desk_not_empty"], after=sent)


def test_an_officer_who_is_relieved_pulls_nothing_back(meet: Meet) -> None:
    sent = [Forward(seat=SOM, thing="f3", to="US"), Forward(seat=USHA, thing="f3", to="SO2")]
    meet([USHA_ENDS], [PullBack(seat=USHA, thing="f3")], codes=["", "desk_changing"], after=sent)
