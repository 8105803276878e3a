"""Lists cost the same however many rows there are, and the inbox is light (design 11 and 12)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dak.models import ReceiptCopy
from dak.services import Addressee, dispatch_queue, receipt_diarise, receipt_mark
from eoffice.documents.models import Document
from files.services.file import file_forward, file_open
from tests.cast import Cast
from tests.dak.conftest import facts

pytestmark = pytest.mark.django_db

MOST_QUERIES = 25
MOST_BYTES = 100 * 1024
FEW, MANY = 10, 60
LISTS = {
    "inbox": ("desk:inbox", {}),
    "inbox, filtered": ("desk:inbox", {"q": "Row"}),
    "awaiting": ("desk:awaiting", {}),
    "search": ("desk:search", {"q": "Row"}),
    "diary": ("dak:diary", {}),
    "diary, searched": ("dak:diary", {"q": "Row"}),
    "dispatch register": ("dak:dispatch_register", {}),
    "files": ("files:list", {}),
}


@pytest.fixture
def fill(people: Cast, letter: Document) -> Callable[[int, int], None]:
    """Rows from one number up to another: receipts, files and dispatches of the dealing assistant."""
    diarist, assistant = people.actor("diarist"), people.actor("dealing_assistant")

    def act(first: int, last: int) -> None:
        for number in range(first, last):
            receipt = receipt_diarise(facts=facts(subject=f"Row {number}"), document=letter, actor=diarist)
            copy = ReceiptCopy.objects.get(receipt=receipt)
            receipt_mark(copy_id=copy.pk, to=people.post("dealing_assistant"), actor=diarist)
            file = file_open(subject=f"Row {number}", free_number=f"R/{number}", actor=assistant)
            if number % 2:
                file_forward(file_id=file.pk, to_post_id=people.post("section_officer").pk, actor=assistant)
            dispatch_queue(
                document=letter,
                copies=[Addressee(lines="Accountant General", mode="post")],
                back_ref=f"draft:{number}",
                subject=f"Row {number}",
                letter_number=f"{number}/GAD-3/2026",
                actor=assistant,
            )

    return act


@pytest.fixture
def assistant(people: Cast, client: Client) -> Client:
    client.force_login(people.account("dealing_assistant"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def cost(client: Client, name: str, asked: dict[str, str]) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse(name), asked)
    assert answer.status_code == 200
    return len(queries), answer.content.decode()


def test_lists_cost_the_same_with_few_and_with_many_rows(
    fill: Callable[[int, int], None], assistant: Client, people: Cast
) -> None:
    fill(0, FEW)
    few = {title: cost(assistant, *asked)[0] for title, asked in LISTS.items()}
    fill(FEW, MANY)
    many = {title: cost(assistant, *asked) for title, asked in LISTS.items()}
    assert {title: queries for title, (queries, _page) in many.items()} == few
    assert {title: queries for title, queries in few.items() if queries > MOST_QUERIES} == {}
    empty = [title for title, (_queries, page) in many.items() if "Row" not in page]
    assert empty == [], "these lists show none of the rows"


def wire(content: bytes) -> int:
    """Bytes as the server sends them, compressed as every browser asks."""
    return len(gzip.compress(content, compresslevel=6, mtime=0))


def test_the_inbox_weighs_less_than_100_kb_with_sheets_and_scripts(
    fill: Callable[[int, int], None], assistant: Client
) -> None:
    fill(0, MANY)
    page = assistant.get(reverse("desk:inbox")).content
    links = set(re.findall(rb'(?:href|src)="(/static/[^"#?]+)', page))
    parts = {"page": wire(page)}
    for link in links:
        path = finders.find(link.decode().removeprefix("/static/"))
        assert isinstance(path, str), link
        if not path.endswith((".woff2", ".ttf")):
            with open(path, "rb") as file:  # noqa: PTH123 - a path from the finders
                parts[link.decode()] = wire(file.read())
    # A sheet may bring others along.
    assert any(name.endswith(".css") for name in parts)
    assert any(name.endswith(".js") for name in parts)
    assert sum(parts.values()) <= MOST_BYTES, parts
