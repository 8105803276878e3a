"""Reads what the mail sink kept: one .eml file a mail, in `DATA_DIR/mail`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

# As the sink names them; nothing else is looked for on the disk.
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}")
LIST_LIMIT = 100
_HEADERS_ONLY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    number: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `text` is plain text in any case, however the mail was written."""

    name: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...]


def folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"


def mails() -> list[Mail]:
    """The newest hundred, newest first, by their headers."""
    files = sorted((file for file in folder().glob("*.eml") if NAME.fullmatch(file.stem)), reverse=True)
    return [_head(file) for file in files[:LIST_LIMIT]]


def mail(name: str) -> Mail | None:
    """The whole mail; None when there is none of that name."""
    file = folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        return None
    message = _parsed(file.read_bytes())
    body = message.get_body(("plain", "html"))
    text = _text(body) if isinstance(body, EmailMessage) else ""
    return _mail(file.stem, message, text, tuple(_attachments(message)))


def _head(file: Path) -> Mail:
    with file.open("rb") as opened:
        return _mail(file.stem, _parsed(opened.read(_HEADERS_ONLY)), "", ())


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _mail(name: str, message: EmailMessage, text: str, attachments: tuple[Attachment, ...]) -> Mail:
    at = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    sender, to = str(message.get("From", "")), str(message.get("To") or message.get("X-Envelope-To", ""))
    return Mail(name, at, sender, to, str(message.get("Subject", "")), text, attachments)


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        # A character set that nobody knows: shown as well as it goes.
        return payload.decode("utf-8", "replace")


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        content = part.get_payload(decode=True)
        kept = content if isinstance(content, bytes) else part.as_bytes()
        yield Attachment(number, part.get_filename() or f"part-{number}", part.get_content_type(), kept)
