from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from employee_master import ports
from employee_master.models import Charge, ChargeKind, Office, Post
from employee_master.queries import actor_for
from eoffice.core.actor import Actor
from eoffice.demo.authority import Authority
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.cast import SINCE, Cast
from tests.conftest import Clock
from tests.races.keys import give_key


@pytest.fixture(autouse=True)
def _still(still_clock: Clock) -> None:
    """Days and quarters of the tests hold whatever today is."""


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
def keys(cast: Cast, office: Office, authority: Authority, still_clock: Clock) -> None:
    """The head who asks and the head who decides can sign: at this moment, when the authority's certificates begin."""
    still_clock.set(datetime.now(UTC) + timedelta(minutes=1))
    give_key(cast.actor("secretary"), approver=cast.actor("emd_manager"), authority=authority)
    approver = actor_for(cast.employee("emd_manager"), _second_charge(cast))
    give_key(cast.actor("super_admin"), approver=approver, authority=authority, name="Kavita Rao")


def _second_charge(cast: Cast) -> Charge:
    """The EMD manager looks after the super admin's office too: nobody approves their own key."""
    office, rank = cast.offices["ITE"], cast.post("section_officer").designation
    post = Post.objects.create(office=office, designation=rank, marking="US-ITE", name_en="US", name_hi="अनु सचिव")
    return Charge.objects.create(
        employee=cast.employee("emd_manager"), post=post, kind=ChargeKind.ADDITIONAL, from_on=SINCE
    )


class Room:
    """Stands for the signing room, which the master does not know: everybody has a key, and every PIN is right."""

    def __init__(self) -> None:
        self._prepared: dict[UUID, bytes] = {}

    def require_key(self, actor: Actor) -> None:
        assert actor.employee_id is not None

    def begin(self, *, pdf: bytes, manifest: dict[str, Any] | None, purpose: str, **_facts: object) -> UUID:
        assert (manifest or {})["schema"] == "eoffice-exemption-1"
        assert purpose == "exemption"
        attempt = uuid4()
        self._prepared[attempt] = pdf
        return attempt

    def finish(self, *, attempt: UUID, pin: str, actor: Actor, on_complete: Callable[[Document], None]) -> Document:
        document = document_store(content=self._prepared.pop(attempt), name="signed.pdf", kind="generated")
        with transaction.atomic():
            on_complete(document)
        return document

    def newest(self, document: Document) -> Document:
        return document


@pytest.fixture
def signing(cast: Cast) -> Iterator[None]:
    """Signing without cryptography; the tests that are about it take `keys`."""
    with ports.signs_record.replaced(Room()):
        yield
