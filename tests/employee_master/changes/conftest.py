"""The department with its head and its drawing and disbursing officer; a paper; a request of the dealing assistant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from employee_master.models import ChangeRequest, EvidenceKind
from employee_master.queries.change import content_now
from employee_master.services.change import change_approve, change_check, change_propose
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.cast import Cast, build_cast
from tests.conftest import Clock
from tests.dak.conftest import letter_pdf

Propose = Callable[..., ChangeRequest]


def with_officers(cast: Cast) -> Cast:
    """The secretary heads the department; the under secretary draws and disburses."""
    office = cast.offices["GAD"]
    office.head_post, office.ddo_post = cast.post("secretary"), cast.post("under_secretary")
    office.save(update_fields=["head_post", "ddo_post"])
    return cast


@pytest.fixture
def cast(db: None, still_clock: Clock) -> Cast:
    return with_officers(build_cast())


@pytest.fixture
def paper(db: None) -> Document:
    """A stored paper that nobody looks into."""
    return document_store(content=letter_pdf(), name="certificate.pdf", kind="generated", extract=False)


@pytest.fixture
def propose(cast: Cast, paper: Document) -> Propose:
    """A request about the dealing assistant, by them or somebody else."""

    def act(by: str = "dealing_assistant", about: str = "dealing_assistant", **values: str) -> ChangeRequest:
        return change_propose(
            employee_id=cast.employee(about).pk,
            values=values or {"name_en": "Anita Varma"},
            papers=[(paper, EvidenceKind.SERVICE_BOOK)],
            actor=cast.actor(by),
        )

    return act


def check(cast: Cast, request: ChangeRequest, by: str = "under_secretary") -> ChangeRequest:
    return change_check(request_id=request.pk, actor=cast.actor(by))


def approve(cast: Cast, request: ChangeRequest, by: str = "secretary") -> ChangeRequest:
    return change_approve(request_id=request.pk, shown=content_now(request), actor=cast.actor(by))
