"""The charge list as a paper (R19): what lay on the desk, to whom each thing goes, who hands over and who takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from employee_master.models import Employee, Post, Relieving
from employee_master.ports import Item
from employee_master.queries.relieving import charge_items, grouped, taker_of
from eoffice.core import clock
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.report import Report, Signer, Table, draw_report
from eoffice.documents.pdf.shaping import check_text
from eoffice.ledger import chain

SLOTS = ("GivesCharge", "TakesCharge")
WIDTHS = (5.0, 21.0, 33.0, 13.0, 14.0, 14.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the thing, its kind in the words of the list, and the post that gets it (None: by itself)."""

    item: Item
    kind: str
    to: Post | None


def lines_of(relieving: Relieving, *, language: str = "") -> list[Line]:
    """The list as it stands, in its own language or that of a page.

    What nobody was named for goes to the post that takes the rest.
    """
    parts: Mapping[str, Post | None] = {
        line.key: line.to_post for line in relieving.lines.select_related("to_post") if line.key
    }
    with translation.override(language or relieving.language):
        return [
            Line(item, kind, (parts.get(item.key) or relieving.takes_post) if item.key else None)
            for kind, group in grouped(charge_items(relieving.charge))
            for item in group
        ]


def manifest_of(relieving: Relieving, lines: Sequence[Line]) -> dict[str, Any]:
    """What is attached to the list for machines: the same facts, subjects left out."""
    charge = relieving.charge
    return {
        "schema": "eoffice-charge-list-1",
        "post": charge.post.marking,
        "officer": charge.employee.code,
        "reason": relieving.reason.code,
        "order": {"number": relieving.order_number, "date": relieving.order_on.isoformat()},
        "on": relieving.on.isoformat(),
        "half": str(relieving.half),
        "takes": relieving.takes_post.marking if relieving.takes_post else "",
        "lines": [
            {"key": line.item.key, "number": line.item.number, "to": line.to.marking if line.to else ""}
            for line in lines
        ],
    }


def content_hash(relieving: Relieving, lines: Sequence[Line]) -> str:
    """Over the facts of the list, without the time of drawing: tells whether the desk is still what was listed."""
    return chain.digest(manifest_of(relieving, lines))


def draw_list(relieving: Relieving, lines: Sequence[Line], *, at: datetime) -> bytes:
    """The list as a PDF with a box for each of the two officers; the same for the same input."""
    language = "hi" if relieving.language == "hi" else "en"
    with translation.override(language):
        charge, taker = relieving.charge, taker_of(relieving)
        author = _name(charge.employee, language)
        return draw_report(
            Report(
                language="hi" if language == "hi" else "en",
                office=_name(charge.post.office, language),
                number=charge.post.marking,
                title=_("Charge list"),
                facts=_facts(relieving, taker, language, at),
                tables=_tables(lines),
                signers=(
                    Signer(
                        role=_("Gives the charge"),
                        name=author,
                        post=_name(charge.post, language),
                        words=_signed_words(),
                    ),
                    Signer(
                        role=_("Takes the charge over"),
                        name=_name(taker, language) or "—",
                        post=_name(relieving.takes_post, language),
                        words=_signed_words(),
                    ),
                ),
                closing=(
                    _("Everything listed above was handed over and taken over on the day stated, as the list says."),
                ),
                made_at=at,
                author=author,
            )
        )


def _signed_words() -> str:
    return _("Place of the digital signature; a PDF reader or the page of the verifier shows who signed, and when.")


def _facts(relieving: Relieving, taker: Employee | None, language: str, at: datetime) -> tuple[tuple[str, str], ...]:
    charge = relieving.charge
    facts = [
        (_("Officer relieved"), f"{_name(charge.employee, language)} ({charge.employee.code})"),
        (_("Post left"), f"{_name(charge.post, language)} ({charge.post.marking})"),
        (_("Charge"), str(charge.get_kind_display())),
        (_("Reason"), _name(relieving.reason, language)),
        (_("Office order"), f"{relieving.order_number}, {_day(relieving.order_on)}"),
        (_("Relieved on"), f"{_day(relieving.on)}, {relieving.get_half_display()}"),
    ]
    if where := _whereto(relieving, language):
        facts.append((_("Goes to"), where))
    takes = relieving.takes_post
    if takes is not None:
        facts.append((_("Desk taken over by"), f"{_name(takes, language)} ({takes.marking})"))
    if taker is not None:
        facts.append((_("Officer who takes over"), f"{_name(taker, language)} ({taker.code})"))
    facts.append((_("List drawn"), f"{clock.office_time(at):%d-%m-%Y, %H:%M} IST"))
    return tuple((label, printable(text)) for label, text in facts)


def _whereto(relieving: Relieving, language: str) -> str:
    if relieving.to_post is None:
        return relieving.to_words
    return f"{_name(relieving.to_post, language)} ({relieving.to_post.marking})"


def _tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    columns = ("", _("Number"), _("Subject"), _("State"), _("Since"), _("Goes to"))
    tables = []
    for kind in dict.fromkeys(line.kind for line in lines):
        rows = [line for line in lines if line.kind == kind]
        tables.append(
            Table(
                heading=f"{kind} ({len(rows)})",
                columns=columns,
                widths=WIDTHS,
                rows=tuple(_row(place, line) for place, line in enumerate(rows, start=1)),
            )
        )
    return tuple(tables) or (Table(_("Desk"), (), (), (), _("Nothing lay on the desk.")),)


def _row(place: int, line: Line) -> tuple[str, ...]:
    item = line.item
    since = f"{clock.office_time(item.since):%d-%m-%Y}" if item.since else ""
    # Without a key it goes with its file, or ends by itself.
    to = line.to.marking if line.to else "—"
    return tuple(printable(text) for text in (str(place), item.number, item.subject, str(item.state), since, to))


def printable(text: str) -> str:
    """The text, with a middle dot for each character that our fonts lack: the number identifies the thing."""
    while True:
        try:
            return check_text(text, "line")
        except BadText as error:
            text = text.replace(error.character, "·")


def _name(thing: Any, language: str) -> str:
    """The name in the script of the list, or the other one where it is empty."""
    if thing is None:
        return ""
    names = (thing.name_hi, thing.name_en) if language == "hi" else (thing.name_en, thing.name_hi)
    return printable(names[0] or names[1])


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"
