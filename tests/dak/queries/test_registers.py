from __future__ import annotations

import pytest
from django.urls import reverse

from dak.models import Classification
from dak.queries import diary_register, dispatch_or_404, dispatch_register, likely_duplicates, visible_receipts
from dak.queries.paging import key_of
from dak.services import Addressee, dispatch_queue, dispatch_send, receipt_mark
from dak.workflow import DispatchState
from employee_master import ports
from eoffice.core.errors import NotAllowed, NotVisible


@pytest.fixture
def twelve(people, diarise):
    """Twelve receipts, all but the last marked to the dealing assistant."""
    rows = [
        diarise(subject=f"Letter {number}", their_number="", kind="rti" if number % 2 else "letter")
        for number in range(12)
    ]
    for row in rows[:-1]:
        receipt_mark(copy_id=row.copies.get().pk, to=people.post("dealing_assistant"), actor=people.actor("diarist"))
    return rows


def test_the_register_is_paged_without_gap_or_repeat(people, twelve):
    actor = people.actor("diarist")
    serials, after = [], ""
    while True:
        page = diary_register(actor, after=after, limit=5)
        serials += [row.diary_serial for row in page.rows]
        after = page.after
        if not after:
            break
    assert serials == list(range(12, 0, -1))


def test_each_sees_what_came_to_the_post_or_below(people, twelve):
    for name, count in [
        ("diarist", 12),
        ("dealing_assistant", 11),
        ("section_officer", 11),
        ("under_secretary", 11),
        ("link_officer", 11),
        ("secretary", 12),
        ("outsider", 0),
        ("super_admin", 0),
        ("auditor", 0),
        ("emd_manager", 0),
    ]:
        assert visible_receipts(people.actor(name)).count() == count, name


def test_filters(people, twelve):
    actor = people.actor("diarist")
    assert len(diary_register(actor, kind="rti").rows) == 6
    assert len(diary_register(actor, state="disposed").rows) == 0
    assert len(diary_register(actor, q="सरयूपुर LETTER").rows) == 12
    assert [row.subject for row in diary_register(actor, q="12/2026").rows] == ["Letter 11"]


@pytest.mark.parametrize("text", ["", "x", "1-2", "1-2-3-4", "1-2-" + "9" * 30, "-1-2-3", "²-1-1"])
def test_a_cursor_that_was_tampered_with_is_the_first_page(text):
    assert key_of(text) is None


def test_query_counts_do_not_grow(people, twelve, client, django_assert_max_num_queries, letter):
    dispatch_queue(
        document=letter,
        copies=[Addressee(lines=f"Office {number}", mode="print") for number in range(12)],
        back_ref="draft:1",
        subject="s",
        letter_number="1",
        actor=people.actor("diarist"),
    )
    client.force_login(people.account("diarist"), backend="django.contrib.auth.backends.ModelBackend")
    for name in ("dak:diary", "dak:dispatch_register"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name)).status_code == 200
    url = reverse("dak:receipt", args=[twelve[0].pk])
    client.get(url)
    with django_assert_max_num_queries(25):
        client.get(url)


def test_dispatches_are_seen_by_the_issuing_post_and_above(people, letter):
    dispatch_queue(
        document=letter,
        copies=[Addressee(lines="सरयूपुर", mode="print")],
        back_ref="draft:1",
        subject="स्वीकृति",
        letter_number="412/सा.प्र.",
        actor=people.actor("dealing_assistant"),
    )
    assert len(dispatch_register(people.actor("dealing_assistant")).rows) == 1
    assert len(dispatch_register(people.actor("secretary"), q="सरयूपुर").rows) == 1
    assert len(dispatch_register(people.actor("secretary"), mode="email").rows) == 0
    assert not dispatch_register(people.actor("outsider")).rows


def test_the_registry_sees_and_enters_what_leaves_its_office_but_nothing_confidential(people, letter):
    def queued(by, back_ref, **other):
        (row,) = dispatch_queue(
            document=letter,
            copies=[Addressee(lines="सरयूपुर", mode="post")],
            back_ref=back_ref,
            subject="स्वीकृति",
            letter_number=back_ref,
            actor=people.actor(by),
            **other,
        )
        return row

    clerk = people.actor("diarist")
    ordinary = queued("dealing_assistant", "draft:1")
    confidential = queued("dealing_assistant", "draft:2", classification=Classification.CONFIDENTIAL)
    away = queued("outsider", "draft:3")
    assert [row.pk for row in dispatch_register(clerk).rows] == [ordinary.pk]
    assert dispatch_send(dispatch_id=ordinary.pk, evidence="RL 1", actor=clerk).state == DispatchState.SENT
    for row in (confidential, away):
        with pytest.raises(NotVisible):
            dispatch_or_404(clerk, row.pk)
        with pytest.raises(NotAllowed) as refused:
            dispatch_send(dispatch_id=row.pk, evidence="RL 1", actor=clerk)
        assert refused.value.code == "not_issuing_post"


def test_duplicates_by_bytes_or_by_their_number_and_date(people, diarise, letter):
    first = diarise()
    actor = people.actor("diarist")
    assert likely_duplicates(actor, sha256=letter.sha256) == [first]
    assert likely_duplicates(actor, sha256="0" * 64) == []
    assert likely_duplicates(actor, sha256="", their_number="1147/नाजिर/2026-27") == []


def test_confidential_twins_are_not_named_to_strangers(people, diarise, letter):
    diarise(classification=Classification.CONFIDENTIAL)
    assert likely_duplicates(people.actor("outsider"), sha256=letter.sha256) == []
    assert likely_duplicates(people.actor("diarist"), sha256=letter.sha256)


def test_the_master_is_told_what_lies_on_a_desk(people, twelve):
    def on(name):
        return sum(work.count for port in ports.holds_work for work in port.work_on(people.post(name).pk))

    assert (on("diarist"), on("dealing_assistant"), on("outsider")) == (1, 11, 0)
