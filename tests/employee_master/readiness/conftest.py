from __future__ import annotations

from collections.abc import Iterator

import pytest

from employee_master.models import Office
from eoffice.demo.authority import Authority
from tests.cast import Cast
from tests.conftest import Clock
from tests.races.keys import give_key


@pytest.fixture(autouse=True)
def _still(still_clock: Clock) -> Iterator[None]:
    """Days and quarters of the tests hold whatever today is."""
    yield


@pytest.fixture
def office(cast: Cast) -> Office:
    """The department, with its head entered: the secretary; above it nothing, the super admin sits elsewhere."""
    gad = cast.offices["GAD"]
    gad.head_post = cast.post("secretary")
    gad.save()
    ite = cast.offices["ITE"]
    ite.head_post = cast.post("super_admin")
    ite.save()
    return gad


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("authority"), base_url="http://127.0.0.1:9")


@pytest.fixture
def keys(cast: Cast, office: Office, authority: Authority) -> None:
    """The head who asks and the head who decides can sign."""
    give_key(cast.actor("secretary"), approver=cast.actor("emd_manager"), authority=authority)
    give_key(
        cast.actor("super_admin"), approver=cast.actor("emd_manager"), authority=authority, name="Kavita Rao"
    )
