"""Papers of a file and of a receipt are checked where they lie, by those who may see them and by nobody else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dak.models import ReceiptCopy
from files.models import File
from tests.cast import Cast


@pytest.fixture
def enter(people: Cast, client: Client):
    cache.clear()

    def as_(name: str) -> Client:
        client.force_login(people.account(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    return as_


def test_a_paper_of_a_file_is_checked_without_upload(people: Cast, case: File, enter) -> None:
    url = reverse("files:paper_check", args=[case.pk, 1])
    clerk = enter("dealing_assistant")
    assert url in clerk.get(reverse("files:detail", args=[case.pk])).content.decode()
    page = clerk.get(url).content.decode()
    assert "This file carries no digital signature." in page
    assert "The paper as it is kept here" in page
    assert f"{reverse('files:detail', args=[case.pk])}?paper=1#papers" in page
    assert clerk.get(reverse("files:paper_check", args=[case.pk, 99])).status_code == 404
    assert clerk.post(url).status_code == 405
    assert enter("outsider").get(url).status_code == 404


def test_a_receipt_is_checked_as_it_came(people: Cast, copy: ReceiptCopy, enter) -> None:
    url = reverse("dak:check", args=[copy.receipt_id, 1])
    clerk = enter("dealing_assistant")
    assert url in clerk.get(reverse("dak:receipt", args=[copy.receipt_id])).content.decode()
    assert "This file carries no digital signature." in clerk.get(url).content.decode()
    assert clerk.get(reverse("dak:check", args=[copy.receipt_id, 2])).status_code == 404
    assert enter("outsider").get(url).status_code == 404
