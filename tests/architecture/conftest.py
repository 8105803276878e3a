"""The world of the matrix, everybody signed in, and the cast alone."""

from __future__ import annotations

import pytest
from django.test import Client

from employee_master.middleware import CHARGE_KEY, FRESH_KEY
from eoffice.core import clock
from eoffice.demo.authority import Authority
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.architecture.charges_things import charges_things
from tests.architecture.imports_things import imports_things
from tests.architecture.organisation_things import organisation_things
from tests.architecture.rollout_things import rollout_things
from tests.architecture.world import LETTERS, World
from tests.cast import Cast, build_cast
from tests.dak.conftest import letter_pdf


@pytest.fixture
def people(db: None) -> Cast:
    return build_cast()


@pytest.fixture
def letter(db: None) -> Document:
    return document_store(content=letter_pdf(), name="letter.pdf", kind="upload")


@pytest.fixture
def world(people: Cast, tmp_path_factory: pytest.TempPathFactory) -> World:
    authority = Authority.open(tmp_path_factory.mktemp("authority"), base_url="http://127.0.0.1:9")
    made = World(people, authority)
    made.args["reference"] = {"reference": "1000009"}
    made.args["help"] = {"slug": "readiness"}
    args, values = rollout_things(people, made.paper)
    made.args |= args
    made.values |= values
    args, values = charges_things(people)
    made.args |= args
    made.values |= values
    args, values = organisation_things(people)
    made.args |= args
    made.values |= values
    made.args |= imports_things(people, made.paper)
    return made


@pytest.fixture
def clients(world: World) -> dict[str, Client]:
    """Everybody with a session of their own; the link officer has chosen to act on the under secretary's post."""
    found = {}
    for name in LETTERS.values():
        client = Client(raise_request_exception=False)
        if name != "nobody":
            client.force_login(world.people.account(name), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        if name != "nobody":
            # As after signing in by the page: the password was given just now.
            session[FRESH_KEY] = int(clock.now().timestamp())
        if name == "link_officer":
            session[CHARGE_KEY] = world.people.link_charge.pk
        if name != "nobody":
            session.save()
        found[name] = client
    return found
