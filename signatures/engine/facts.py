"""What is known about a PDF's signatures, each fact apart, as frozen values that travel as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class Verdict(StrEnum):
    """Conclusion in the words of ETSI EN 319 102-1, and three answers for files to which they do not apply."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"
    NO_SIGNATURE = "NO-SIGNATURE"
    UNREADABLE = "UNREADABLE"
    ENCRYPTED = "ENCRYPTED"


class WholeState(StrEnum):
    """Of tampering alone, whether or not anybody is trusted."""

    INTACT = "intact"
    SUSPICIOUS = "suspicious"
    BROKEN = "broken"
    NONE = "none"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Reached by evidence that was checked, not by evidence that is merely present. `none`: not a PAdES signature."""

    NONE = "none"
    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


Tri = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Person:
    """What the certificate in the signature says. Whether it is to be believed stands in `chain_trusted`."""

    name: str
    subject: str
    issuer: str
    serial: str
    certificate_sha256: str
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True)
class SignatureFacts:
    """One signature or document time stamp."""

    field: str
    kind: Literal["signature", "time-stamp"]
    intact: bool
    coverage: str
    changes_after: str
    changed_fields: tuple[str, ...]
    signer: Person | None
    claimed_at: datetime | None
    reason_given: str
    proven_at: datetime | None
    time_source: str
    chain_trusted: Tri
    trust_anchor: str
    revoked_then: Tri
    revoked_at: datetime | None
    level: Level
    verdict: Verdict
    sub_indication: str
    reasons: tuple[str, ...]
    # Where the bytes that it covers end; 0 when that can't be said.
    covered_to: int = 0
    # The digest that the signer's key signed, when its signature over it is right: it names the paper that was signed,
    # even where this copy is not that paper any more. Hexadecimal; empty when it can't be said.
    signed_digest: str = ""


@dataclass(frozen=True)
class Report:
    """The answer about one file. `reasons` are stable codes; sentences are made from them by whoever shows them."""

    verdict: Verdict
    sub_indication: str
    integrity: WholeState
    reading: Literal["strict", "lenient", "none"]
    signatures: tuple[SignatureFacts, ...]
    reasons: tuple[str, ...]
    sha256: str
    size: int
    checked_at: datetime
    network_used: bool = False

    @property
    def level(self) -> Level:
        """The lowest level among the signatures: a chain is as strong as its weakest link."""
        order = list(Level)
        levels = [facts.level for facts in self.signatures if facts.kind == "signature"]
        return min(levels, key=order.index) if levels else Level.NONE

    def as_json(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in asdict(self).items()} | {"level": str(self.level)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        values = {field.name: data[field.name] for field in fields(cls)}
        return cls(**values | {
            "verdict": Verdict(values["verdict"]),
            "integrity": WholeState(values["integrity"]),
            "signatures": tuple(_signature(row) for row in values["signatures"]),
            "reasons": tuple(values["reasons"]),
            "checked_at": datetime.fromisoformat(values["checked_at"]),
        })  # fmt: skip


def _signature(row: dict[str, Any]) -> SignatureFacts:
    person = row["signer"]
    if person is not None:
        person = Person(**person | {name: datetime.fromisoformat(person[name]) for name in ("valid_from", "valid_to")})
    instants = {
        name: datetime.fromisoformat(row[name]) if row[name] else None
        for name in ("claimed_at", "proven_at", "revoked_at")
    }
    return SignatureFacts(**row | instants | {
        "signer": person,
        "changed_fields": tuple(row["changed_fields"]),
        "reasons": tuple(row["reasons"]),
        "level": Level(row["level"]),
        "verdict": Verdict(row["verdict"]),
    })  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
