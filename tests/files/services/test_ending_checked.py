"""A copy of a letter that was really withdrawn or superseded: the verifier's headline says so and leads to the act."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eoffice.documents.queries import document_bytes
from files.services.draft import draft_create
from files.services.file import file_return
from tests.files.services.test_ending import authority, back, decide, end, keys, letter, waiting

__all__ = ["authority", "keys"]


@pytest.fixture(autouse=True)
def _trusts_the_authority(db, authority, monkeypatch, tmp_path: Path) -> None:
    cache.clear()
    authority.install_trust(tmp_path)
    monkeypatch.setattr(settings, "TRUST_DIR", tmp_path)


def checked(client, pdf: bytes) -> tuple[str, dict]:
    client.cookies["django_language"] = "en"
    page = client.post("/verify/", {"pdf": SimpleUploadedFile("a.pdf", pdf)}).content.decode()
    return page, json.loads(client.post("/verify.json", data=pdf, content_type="application/pdf").content)


def test_a_withdrawn_letter_that_somebody_still_has_is_not_passed_off_as_in_force(people, keys, client):
    draft = decide(people, waiting(people))
    pdf = document_bytes(draft.signed_document)
    _page, facts = checked(client, pdf)
    assert facts["in_force"]["state"] == "current"
    back(people, draft)
    row = end(people, draft, order_number="12/2026")
    page, facts = checked(client, pdf)
    assert "<h1>This letter is genuine, but it was withdrawn and is no longer in force.</h1>" in page
    assert page.count(f'href="{reverse("signatures:reference", args=[row.reference])}"') == 2
    assert "Wrong amount" not in page
    assert (facts["in_force"]["state"], facts["in_force"]["act"]) == ("withdrawn", row.reference)


def test_a_superseded_letter_leads_to_the_one_in_its_place(people, keys, client):
    old = decide(people, waiting(people))
    pdf = document_bytes(old.signed_document)
    back(people, old)
    file_return(file_id=old.file_id, actor=people.actor("secretary"))
    by = people.actor("dealing_assistant")
    new = draft_create(file_id=old.file_id, text=letter(2), kind="letter", language="hi", actor=by)
    back(people, new)
    new = decide(people, new)
    back(people, new)
    row = end(people, old, kind="superseded", by_draft_id=new.pk)
    page, facts = checked(client, pdf)
    assert "<h1>This letter is genuine, but another letter has replaced it.</h1>" in page
    assert f'href="{reverse("signatures:reference", args=[new.reference])}"' in page
    assert (facts["in_force"]["by"], facts["in_force"]["act"]) == (new.reference, row.reference)
