"""The papers of an exemption, in both languages at once: what the head signs, and what the deciding authority signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from employee_master.checklist import Item
from employee_master.mails import day
from employee_master.models import Employee, Exemption, ExemptionAct, ExemptionSigning, Post
from eoffice.core import clock
from eoffice.core.errors import BadInput
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.report import Report, Signer, Table, draw_report
from eoffice.documents.pdf.shaping import check_text

# Fixed words, not the catalogue: a signed paper reads the same whatever the catalogue of the day says.
_TITLES = {
    ExemptionAct.REQUEST: "छूट का अनुरोध · Request for exemption",
    ExemptionAct.GRANT: "छूट की स्वीकृति · Exemption granted",
    ExemptionAct.REFUSE: "छूट अस्वीकृत · Exemption refused",
}
_ROLES = {
    ExemptionAct.REQUEST: "कार्यालयाध्यक्ष · Head of office",
    ExemptionAct.GRANT: "निर्णायक प्राधिकारी · Deciding authority",
    ExemptionAct.REFUSE: "निर्णायक प्राधिकारी · Deciding authority",
}
_SIGNS = "डिजिटल हस्ताक्षर इसी फ़ाइल में है। The digital signature is in this file."


def both(hindi: str, english: str) -> str:
    """Both languages in one line; one only where they are the same."""
    return hindi if hindi == english else f"{hindi} · {english}"


def drawable(text: str, *, field: str) -> str:
    """The text itself; refused, naming field and character, where our fonts lack one."""
    try:
        return check_text(text, field)
    except BadText as error:
        shown = error.character if error.character.isprintable() else "·"
        raise BadInput(
            "unprintable",
            _("The character “%(character)s” (%(code)s) can't be printed, so nothing was saved.")
            % {"character": shown, "code": error.codepoint},
            _("Write it in words, or leave it out."),
            field=field,
        ) from error


def draw(
    exemption: Exemption, signing: ExemptionSigning, *, listed: Sequence[Item], signer: Employee, post: Post
) -> bytes:
    """The paper for the signature that was prepared, the same for the same input."""
    act = ExemptionAct(signing.act)
    report = Report(
        language="hi",
        office=both(exemption.office.name_hi, exemption.office.name_en),
        number=exemption.number,
        title=_TITLES[act],
        facts=tuple(_facts(exemption, signing, act)),
        tables=(_items(exemption, listed),),
        signers=(
            Signer(
                role=_ROLES[act],
                name=both(signer.name_hi, signer.name_en),
                post=both(post.name_hi, post.name_en),
                words=_SIGNS,
            ),
        ),
        made_at=signing.prepared_at,
        author=both(signer.name_hi, signer.name_en),
        closing=tuple(_closing(exemption, signing, act)),
        extra={"request_sha256": exemption.request_document.sha256} if exemption.request_document else {},
    )
    try:
        return draw_report(report)
    except BadText as error:
        raise BadInput(
            "unprintable_data",
            _("“%(context)s” has a character that can't be printed (%(code)s), so nothing was signed.")
            % {"context": error.context, "code": error.codepoint},
            _("Ask the EMD manager to correct the name."),
        ) from error


def _facts(exemption: Exemption, signing: ExemptionSigning, act: ExemptionAct) -> list[tuple[str, str]]:
    office = exemption.office
    facts = [
        ("इंस्टेंस · Instance", both(settings.INSTANCE_NAME_HI, settings.INSTANCE_NAME_EN)),
        ("संख्या · Number", exemption.number),
        ("कार्यालय · Office", f"{both(office.name_hi, office.name_en)} ({office.code})"),
        ("कब तक · Asked until", _day(exemption.asked_until)),
        ("कारण · Reason", exemption.reason),
        ("उच्च आदेश · Higher order", f"{exemption.order_number}, {_day(exemption.order_on)}"),
    ]
    if act == ExemptionAct.REQUEST:
        return [*facts, ("दिनांक · Date", _moment(signing.prepared_at))]
    if exemption.requested_by is not None and exemption.requested_at is not None:
        asked = both(exemption.requested_by.name_hi, exemption.requested_by.name_en)
        facts.append(("माँगा · Asked by", f"{asked}, {_moment(exemption.requested_at)}"))
    if exemption.request_document is not None:
        facts.append(("अनुरोध · Request", f"SHA-256 {exemption.request_document.sha256}"))
    if act == ExemptionAct.GRANT and signing.until is not None:
        facts.append(("स्वीकृत · Granted until", _day(signing.until)))
    if signing.why:
        facts.append(("टिप्पणी · Remark", signing.why))
    return [*facts, ("दिनांक · Date", _moment(signing.prepared_at))]


def _items(exemption: Exemption, listed: Sequence[Item]) -> Table:
    names = {item.code: (item.name_hi, item.name_en) for item in listed}
    rows = tuple(names.get(code, (code, code)) for code in exemption.codes)
    return Table(
        heading="किससे छूट · What is exempted",
        columns=("मद", "Item"),
        widths=(1.0, 1.0),
        rows=rows,
        empty="सम्पूर्ण कार्यारम्भ · The go-live as a whole",
    )


def _closing(exemption: Exemption, signing: ExemptionSigning, act: ExemptionAct) -> list[str]:
    if act == ExemptionAct.REQUEST:
        hindi, english = day(exemption.asked_until)
        return [
            f"अनुरोध है कि कार्यालय को उपर्युक्त से {hindi} तक छूट प्रदान की जाए।",
            f"It is requested that the office be exempted from the above until {english}.",
        ]
    if act == ExemptionAct.GRANT and signing.until is not None:
        hindi, english = day(signing.until)
        return [
            f"कार्यालय को उपर्युक्त से {hindi} तक छूट प्रदान की जाती है। छूट उस दिन स्वतः समाप्त होगी।",
            f"The office is exempted from the above until {english}. The exemption ends by itself on that day.",
        ]
    return ["अनुरोध अस्वीकार किया जाता है।", "The request is refused."]


def _day(on: date) -> str:
    return f"{on:%d-%m-%Y}"


def _moment(at: datetime) -> str:
    return f"{clock.office_time(at):%d-%m-%Y, %H:%M} IST"
