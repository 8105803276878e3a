"""What is said about a checked file, as JSON: for the command, the API and the report."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from eoffice.core import clock
from eoffice.core.errors import DomainError, Text
from signatures import words
from signatures.engine import algorithms
from signatures.engine.facts import Report
from signatures.models import SignedPaper
from signatures.queries_verify import Check, Known

# A file may be stuffed with signatures; an answer names so many, and says how many there are.
SIGNATURES_MAX: Final = 50


def both(text: Text) -> dict[str, str]:
    """A sentence in both languages."""
    said = {}
    for language in ("en", "hi"):
        with override(language):
            said[language] = str(text)
    return said


def line_of(report: Report) -> dict[str, Any]:
    """The fixed fields of `verify_pdf --json`, and beside them everything else that is known."""
    data = report.as_json()
    codes = list(report.reasons) + [code for one in report.signatures for code in one.reasons]
    head = {
        "verdict": data.pop("verdict"),
        "integrity": data.pop("integrity"),
        "signatures": data.pop("signatures"),
        "reason": ", ".join(dict.fromkeys([*filter(None, [report.sub_indication]), *codes])),
    }
    return head | data


def answer_of(check: Check) -> dict[str, Any]:
    """`line_of`, and what this office knows of the paper, whether it is in force, and the sentences."""
    data = line_of(check.report)
    outcome = words.outcome_of_check(check)
    data["signature_count"] = len(data["signatures"])
    data["signatures"] = data["signatures"][:SIGNATURES_MAX]
    return data | {
        "stored": _stored(check.known),
        "in_force": _in_force(check.known.paper),
        "hidden_signature": check.inner is not None,
        "sentence": both(outcome.sentence),
        "advice": both(outcome.advice),
        "tone": outcome.tone,
        "facts": [
            {
                "group": both(group.title), "state": fact.state, "question": both(fact.question),
                "answer": both(fact.answer), "more": both(fact.more), "reference": fact.reference,
            }
            for group in words.groups_of(check)
            for fact in group.facts
        ],
        "checked_by": {"instance": settings.INSTANCE_CODE, "name": _instance()} | _versions(),
    }  # fmt: skip


@cache
def _versions() -> dict[str, Any]:
    """By which rules and programs the file was judged."""
    programs = {name: version(name) for name in ("pyhanko", "pyhanko-certvalidator", "cryptography")}
    return {"rules": ["ETSI EN 319 102-1", algorithms.SOURCE], "programs": programs}


def _instance() -> dict[str, str]:
    return {"en": settings.INSTANCE_NAME_EN, "hi": settings.INSTANCE_NAME_HI}


def _stored(known: Known) -> dict[str, Any] | None:
    if known.likeness == "none":
        return None
    return {
        "likeness": known.likeness, "reference": known.paper.reference if known.paper else "", "copy": known.place,
        "copies": known.of, "level": known.level, "surplus_bytes": known.surplus,
    }  # fmt: skip


def _in_force(paper: SignedPaper | None) -> dict[str, Any] | None:
    """None where the paper is none of this office: its own office can say."""
    if paper is None:
        return None
    return {
        "state": paper.state,
        "since": clock.office_time(paper.ended_at).isoformat() if paper.ended_at else None,
        "by": paper.superseded_by.reference if paper.superseded_by else "",
        "act": paper.ended_by.reference if paper.ended_by else "",
    }


def refusal_of(error: DomainError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": both(error.message), "remedy": both(error.remedy)}}
