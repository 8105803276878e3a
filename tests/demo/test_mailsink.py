from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A mail sink as the demo starts it, keeping its mail in `tmp_path`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "eoffice.demo.mailsink", "--data", str(tmp_path), "--port", str(number)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                break
        time.sleep(0.05)
    yield number
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


def letter(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "eoffice@gad.state.example", to, "पत्र संख्या 7"
    message["Message-ID"] = "<dispatch-7@gad.state.example>"
    message.set_content("संलग्न पत्र देखें।")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="पत्र-7.pdf")
    return message


def test_a_letter_is_kept_whole(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(letter("collector@district.example"))
    (file,) = tmp_path.glob("*.eml")
    kept = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert kept["Subject"] == "पत्र संख्या 7"
    assert kept["Message-ID"] == "<dispatch-7@gad.state.example>"
    assert kept["X-Envelope-To"] == "collector@district.example"
    (attached,) = kept.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("पत्र-7.pdf", b"%PDF-1.7")
    assert not list(tmp_path.glob("*.part"))


def test_a_real_address_is_refused_and_nothing_is_kept(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.send_message(letter("collector@district.gov.in"))
    assert refused.value.recipients["collector@district.gov.in"][0] == 550
    assert not list(tmp_path.glob("*.eml"))


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "eoffice.demo.mailsink", "--data", str(tmp_path), "--port"]
        done = subprocess.run([*command, str(taken.getsockname()[1])], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can't listen" in done.stderr
