from __future__ import annotations

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from dak.jobs import attachment_name, send_mail
from dak.models import Dispatch
from dak.services import Addressee, dispatch_queue, dispatch_undelivered
from dak.workflow import DispatchState
from eoffice.core import outbox
from eoffice.core.models import OutboxRow, OutboxState
from eoffice.documents.queries import document_bytes


@pytest.fixture
def mailed(people, letter):
    (row,) = dispatch_queue(
        document=letter,
        copies=[Addressee(lines="जिलाधिकारी,\nसरयूपुर", mode="email", email="dm@saryupur.example")],
        back_ref="draft:12",
        subject="कलेक्ट्रेट की मरम्मत " * 40,
        letter_number="412/सा.प्र.-3/2026-12(45)/2026",
        reference="5213846",
        actor=people.actor("dealing_assistant"),
    )
    OutboxRow.objects.exclude(kind="dak.send_mail").delete()
    return row


def run() -> OutboxRow:
    row = OutboxRow.objects.get(kind="dak.send_mail")
    outbox.run_row(row.pk)
    return OutboxRow.objects.get(pk=row.pk)


class Sink:
    """A mail server on this machine; answers what it is told to."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if not self.answer.startswith("250"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def sink(settings):
    """Real SMTP to a sink on a free port."""
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield handler
    controller.stop()


def test_the_letter_goes_by_real_smtp_unchanged(mailed, sink):
    assert run().state == OutboxState.DONE
    dispatch = Dispatch.objects.get()
    assert dispatch.state == DispatchState.SENT
    assert dispatch.message_id in dispatch.evidence
    (raw,) = sink.taken
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Message-ID"] == dispatch.message_id
    assert message["To"] == "dm@saryupur.example"
    assert "412/सा.प्र.-3" in message["Subject"]
    (paper,) = message.iter_attachments()
    assert paper.get_content() == document_bytes(mailed.document)
    assert paper.get_filename() == "412-सा.प्र.-3-2026-12(45)-2026.pdf"
    body = message.get_body(("plain",)).get_content()
    assert "संलग्न है" in body
    assert "is attached" in body
    assert OutboxRow.objects.filter(kind="dak.dispatched").exists()


def test_a_mail_sent_again_has_the_same_id_and_a_sent_copy_is_left_alone(mailed, settings):
    row = OutboxRow.objects.get(kind="dak.send_mail")
    send_mail(row)  # the worker dies before it writes down what came of it
    assert run().state == OutboxState.DONE
    assert {message.extra_headers["Message-ID"] for message in mail.outbox} == {mailed.message_id}
    assert send_mail(row) is None
    assert len(mail.outbox) == 2


def test_a_refused_address_settles_the_copy_as_undelivered(mailed, sink):
    sink.answer = "550 no such user"
    assert run().state == OutboxState.DONE
    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.why_undelivered) == (DispatchState.UNDELIVERED, "SMTP 550")


def test_a_refusal_for_now_is_tried_again(mailed, sink):
    sink.answer = "451 try later"
    row = run()
    assert (row.state, row.last_error) == (OutboxState.WAITING, "the mail server put it off (SMTP 451)")
    assert Dispatch.objects.get().state == DispatchState.QUEUED


def test_a_silent_mail_server_is_tried_again(mailed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    row = run()
    assert row.state == OutboxState.WAITING
    assert "does not answer" in row.last_error


def test_what_a_person_settled_meanwhile_stays(mailed, people):
    dispatch_undelivered(dispatch_id=mailed.pk, why="office moved", actor=people.actor("dealing_assistant"))
    assert run().state == OutboxState.DONE
    assert not mail.outbox
    assert Dispatch.objects.get().why_undelivered == "office moved"


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("412/सा.प्र.-3/2026", "412-सा.प्र.-3-2026.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ('a"b\r\nX: y', "a-b-X-y.pdf"),
        ("///", "letter.pdf"),
        ("9" * 300, "9" * 80 + ".pdf"),
    ],
)
def test_file_names_are_safe_in_both_scripts(number, name):
    assert attachment_name(number) == name
