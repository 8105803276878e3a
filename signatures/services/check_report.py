"""The report of a check, to be kept: as JSON, and as a PDF signed with the instance's seal.

The file that was checked is not kept, so its facts travel inside the page as a token that this instance signed: only
what its own verifier said can become a report, and only for half an hour. Names that a certificate gives itself stand
in it cut, cleaned and named as what they are; nothing else in it is the uploader's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import signing as tokens
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.errors import BadInput
from eoffice.documents.pdf import shaping
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.report import Report, Table, draw_report
from signatures import custody
from signatures.answers import answer_of
from signatures.engine import levels, pades, slots
from signatures.engine.facts import Level
from signatures.engine.seal import SealKey
from signatures.queries import wanted_level
from signatures.queries_verify import Check
from signatures.services.upgrade import PROOFS

_SALT: Final = "signatures.check_report"
TOKEN_SECONDS: Final = 30 * 60
_SLOT: Final = "Seal"
_STAMP_SECONDS: Final = 3.0
_TEXT_MAX: Final = 300
_NAME_MAX: Final = 80
_ROWS_MAX: Final = 20

# Fixed words, not the catalogue: a sealed paper reads the same whatever the catalogue of the day says.
_TITLE: Final = "हस्ताक्षर जाँच का प्रतिवेदन · Report of a signature check"
_CLOSING: Final = (
    "यह प्रतिवेदन केवल ऊपर दी गई पहचान (SHA-256) वाली फ़ाइल के विषय में, जाँच के समय की स्थिति बताता है। फ़ाइल रखी नहीं गई।",
    "This report speaks only of the file with this SHA-256, as found at the time of the check. The file was not kept.",
    "नाम वही हैं जो प्रमाण-पत्रों में लिखे हैं; जहाँ प्रमाण-पत्र विश्वसनीय नहीं है, वहाँ नाम सिद्ध नहीं है।",
    "Names are those that the certificates give; where a certificate is not trusted, the name is not proven.",
)
_STATES: Final = {"yes": "ठीक · good", "no": "ठीक नहीं · not good", "wait": "अनिर्णीत · open", "na": "–"}
_PAPER_STATES: Final = {
    "current": "लागू · in force",
    "superseded": "दूसरे पत्र से प्रतिस्थापित · replaced by another letter",
    "withdrawn": "वापस लिया गया · withdrawn",
}


def token_of(check: Check) -> str:
    """The facts of a check for the form of the page, signed by this instance."""
    return tokens.dumps(answer_of(check), salt=_SALT, compress=True)


def facts_in(token: str) -> dict[str, Any]:
    """The facts that this instance once gave out; `report_expired` for anything else."""
    try:
        found: dict[str, Any] = tokens.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except tokens.BadSignature as error:
        raise BadInput(
            "report_expired",
            _("A report can be had for half an hour after the check."),
            _("Check the file again; then the report can be downloaded."),
        ) from error
    return found


def can_seal() -> bool:
    """Whether the seal lies where it must; whether it is usable is seen when it is used."""
    folder = Path(settings.SEAL_DIR)
    return (folder / "seal.key").exists() and (folder / "seal.pem").exists()


def sealed_report(facts: dict[str, Any]) -> bytes:
    """The report as PDF/A-3b with the facts attached as JSON, sealed and stamped as far as can be had now.

    `NotAvailable` where the instance has no seal. A silent time authority does not hold up the report: it carries the
    seal alone then, and says the time of the check in its words.
    """
    seal, at = custody.seal_key(), clock.now()
    attached = slots.Attachment(
        "check.json", as_json(facts), description="What the verifier said", relationship="Data"
    )  # fmt: skip
    pdf = slots.prepare_slots(_draw(facts, at), [_SLOT], attachments=[attached], at=at)
    return _stamped(_sealed(pdf, seal, at))


def as_json(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _sealed(pdf: bytes, seal: SealKey, at: datetime) -> bytes:
    prepared = pades.begin(pdf, slot=_SLOT, certificate=seal.certificate, at=at, reason="Report of a signature check")
    signature = seal.key.sign(prepared.signed_attrs)
    return pades.finish(prepared, certificate=seal.certificate, chain=seal.chain, signature=signature)


def _stamped(pdf: bytes) -> bytes:
    authority = custody.time_authority()
    if authority is None:
        return pdf
    return levels.complete(
        pdf, have=Level.B, want=wanted_level(), authority=authority, trust=custody.trust(), proofs=PROOFS,
        seconds=_STAMP_SECONDS,
    ).pdf  # fmt: skip


def _draw(facts: dict[str, Any], at: datetime) -> bytes:
    name = facts["checked_by"]["name"]
    return draw_report(
        Report(
            language="hi",
            office=_clean(f"{name['hi']} · {name['en']}"),
            number=str(facts["sha256"])[:16],
            title=_TITLE,
            facts=tuple((label, _clean(text)) for label, text in _head(facts)),
            tables=(_facts_table(facts), _signatures_table(facts)),
            signers=(),
            made_at=at,
            author=_clean(name["en"]),
            closing=(*(_clean(line) for line in _basis(facts)), *_CLOSING),
            extra={"checked_sha256": str(facts["sha256"])},
        )
    )


def _head(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "निष्कर्ष", facts["sentence"]["hi"]
    yield "Conclusion", facts["sentence"]["en"]
    yield "EN 319 102-1", " / ".join(filter(None, [facts["verdict"], facts["sub_indication"]]))
    yield "जाँच का समय · Checked at", _moment(facts["checked_at"])
    yield "SHA-256", " ".join(facts["sha256"][at : at + 16] for at in range(0, 64, 16))
    yield "आकार · Size", f"{facts['size']} बाइट · bytes"
    stored, in_force = facts["stored"], facts["in_force"]
    if stored and stored["reference"]:
        same = stored["likeness"] == "same"
        yield ("सन्दर्भ · Reference" if same else "असली पत्र · Genuine letter"), stored["reference"]
    if stored and stored["copy"] and stored["likeness"] == "same":
        yield "सुरक्षित प्रति · Stored copy", f"{stored['copy']} / {stored['copies']}, {stored['level']}"
    if in_force:
        state = _PAPER_STATES[in_force["state"]]
        yield "स्थिति · State", f"{state}, {_moment(in_force['since'])}" if in_force["since"] else state


def _facts_table(facts: dict[str, Any]) -> Table:
    rows = []
    for fact in facts["facts"][: 5 * _ROWS_MAX]:
        hindi = _joined(fact["answer"]["hi"], fact["more"]["hi"])
        english = _joined(fact["answer"]["en"], fact["more"]["en"])
        question = _joined(fact["question"]["hi"], "·", fact["question"]["en"])
        rows.append((_STATES[fact["state"]], question, hindi if hindi == english else f"{hindi} · {english}"))
    cleaned = tuple(tuple(_clean(cell) for cell in row) for row in rows)
    return Table("एक-एक तथ्य · Each fact on its own", ("", "प्रश्न · Question", "उत्तर · Answer"), (1.6, 2.6, 6), cleaned)


def _signatures_table(facts: dict[str, Any]) -> Table:
    rows = []
    for one in facts["signatures"][:_ROWS_MAX]:
        signer = one["signer"] or {"name": "?", "issuer": "?", "certificate_sha256": ""}
        kind = "समय-मुद्रा · time stamp" if one["kind"] == "time-stamp" else "हस्ताक्षर · signature"
        who = f"{signer['name'][:_NAME_MAX]} ({signer['certificate_sha256'][:16]})"
        when = _moment(one["proven_at"]) if one["proven_at"] else "–"
        anchor = one["trust_anchor"][:_NAME_MAX] or "–"
        said = " / ".join(filter(None, [one["verdict"], one["sub_indication"]]))
        level = f", {one['level']}" if one["level"] != "none" else ""
        rows.append((f"{kind}{level}", who, when, anchor, said))
    if facts["signature_count"] > _ROWS_MAX:
        rows.append(("…", f"{facts['signature_count']}", "", "", ""))
    cleaned = tuple(tuple(_clean(cell) for cell in row) for row in rows)
    columns = (
        "प्रकार · Kind", "प्रमाण-पत्र में नाम · Name in the certificate", "सिद्ध समय · Proven time",
        "विश्वास का आधार · Trusted through", "इसका निष्कर्ष · Its own conclusion",
    )  # fmt: skip
    return Table("हस्ताक्षर और समय-मुद्राएँ · Signatures and time stamps", columns, (2, 3, 2, 2.4, 2.6), cleaned, "–")


def _basis(facts: dict[str, Any]) -> Iterator[str]:
    by = facts["checked_by"]
    programs = ", ".join(f"{name} {number}" for name, number in by["programs"].items())
    yield f"नियम और प्रोग्राम · Rules and programs: {', '.join(by['rules'])}; {programs}."


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _moment(iso: str) -> str:
    return f"{clock.office_time(datetime.fromisoformat(iso)):%d-%m-%Y, %H:%M:%S} IST"


def _clean(text: str) -> str:
    """What can be printed of a text that somebody else's certificate may have written; a sign for each that can't."""
    cut = text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 1] + "…"
    return "".join(char if _is_printable(char) else "?" for char in cut)


def _is_printable(char: str) -> bool:
    try:
        shaping.check_text(char, "report")
    except BadText:
        return False
    return char not in "\n\r\t"
