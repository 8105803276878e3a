"""What the hashes cover: pure functions, shared by the writer and by those who check."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785

GENESIS = "0" * 64


def instant(at: datetime) -> str:
    """An instant as the chain writes it: UTC, microseconds, always the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785), in hex."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def event_hash(
    *,
    subject_type: str,
    subject_id: int,
    seq: int,
    action: str,
    post_id: int | None,
    employee_id: int | None,
    charge_id: int | None,
    data: dict[str, Any],
    at: datetime,
    prev_hash: str,
) -> str:
    """The link of the chain: everything the row says, and the link before."""
    return digest(
        {
            "subject": f"{subject_type}:{subject_id}",
            "seq": seq,
            "action": action,
            "post": post_id,
            "employee": employee_id,
            "charge": charge_id,
            "data": data,
            "at": instant(at),
            "prev": prev_hash,
        }
    )


def movement_hash(*, item: str, from_post_id: int | None, to_post_id: int | None, remarks: str, at: datetime) -> str:
    """What the event's data says of its movement; `item` is "file:7"."""
    return digest({"item": item, "from": from_post_id, "to": to_post_id, "remarks": remarks, "at": instant(at)})
