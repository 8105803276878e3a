"""The texts of the readiness reports and of mails about exemptions: both languages in each, Hindi first (R24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings

from employee_master.mails import Text, day
from employee_master.models import Exemption
from employee_master.queries.board import Line, Row, Totals

# How many stuck offices a mail names; the sheet that goes with it has all.
NAMED = 10


class Every(StrEnum):
    """How often a report comes."""

    DAY = "daily"
    WEEK = "weekly"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says: the instance, the reader's own offices, and the offices where something is stuck."""

    every: Every
    on: date
    totals: Totals
    own: Sequence[Row]
    stuck: Sequence[Row]
    link: str


def report(told: Told) -> Text:
    """The report of a day or a week; the sheet is attached by the caller."""
    hindi, english = day(told.on)
    totals = told.totals
    kind = ("साप्ताहिक", "Weekly") if told.every is Every.WEEK else ("दैनिक", "Daily")
    return Text(
        (
            f"{kind[0]} तैयारी प्रतिवेदन, {hindi}: {totals.percent} %",
            f"{kind[1]} readiness report, {english}: {totals.percent} %",
        ),
        (
            f"{settings.INSTANCE_NAME_HI}: {totals.percent} % तैयार।",
            f"{totals.offices} में से {totals.ready} कार्यालय पूर्णतः तैयार।",
            f"अटके मद वाले कार्यालय: {totals.stuck}; छूट प्राप्त: {totals.exempt}।",
            *(_own_hi(row, told.every) for row in told.own),
            *_stuck(told, "hi"),
            f"पूरी सूची संलग्न है। फलक: {told.link}",
        ),
        (
            f"{settings.INSTANCE_NAME_EN}: {totals.percent} % ready.",
            f"{totals.ready} of {totals.offices} offices are fully ready.",
            f"Offices with stuck items: {totals.stuck}; exempted: {totals.exempt}.",
            *(_own_en(row, told.every) for row in told.own),
            *_stuck(told, "en"),
            f"The whole list is attached. Board: {told.link}",
        ),
    )


def _own_hi(row: Row, every: Every) -> str:
    left = ", ".join(f"{line.item.name_hi} {line.figure.missing}" for line in _left(row))
    gained = _gained(row, every)
    since = "" if gained is None else f" ({'पिछले सप्ताह' if every is Every.WEEK else 'कल'} से {gained:+d})"
    return f"{row.office.name_hi}: {row.percent} %{since}। शेष: {left or 'कुछ नहीं'}।"


def _own_en(row: Row, every: Every) -> str:
    left = ", ".join(f"{line.item.name_en} {line.figure.missing}" for line in _left(row))
    gained = _gained(row, every)
    since = "" if gained is None else f" ({gained:+d} since {'last week' if every is Every.WEEK else 'yesterday'})"
    return f"{row.office.name_en}: {row.percent} %{since}. Missing: {left or 'nothing'}."


def _left(row: Row) -> list[Line]:
    return [line for line in row.lines if not line.figure.is_full and line.exempt_until is None]


def _gained(row: Row, every: Every) -> int | None:
    return row.week if every is Every.WEEK else row.yesterday


def _stuck(told: Told, language: str) -> list[str]:
    """The offices where something is stuck, for those who clear them with priority (R24)."""
    if not told.stuck:
        return []
    lines = []
    for row in told.stuck[:NAMED]:
        longest = row.stuck[0]
        if language == "hi":
            lines.append(f"- {row.office.name_hi}: {longest.item.name_hi}, {longest.days} दिन")
        else:
            lines.append(f"- {row.office.name_en}: {longest.item.name_en}, {longest.days} days")
    more = len(told.stuck) - NAMED
    if language == "hi":
        head = f"{settings.READINESS_STUCK_DAYS} दिन से अधिक समय से अटके:"
        tail = [f"और {more}।"] if more > 0 else []
    else:
        head = f"Stuck for more than {settings.READINESS_STUCK_DAYS} days:"
        tail = [f"and {more} more."] if more > 0 else []
    return ["\n".join([head, *lines, *tail])]


def exemption(one: Exemption, what: str, link: str) -> Text:
    """What happened to a request, to those who have to know; KeyError for a word that nobody knows."""
    office = (one.office.name_hi, one.office.name_en)
    until = day(one.last_day)
    hi, en = {
        "requested": (
            f"{office[0]} ने {until[0]} तक छूट माँगी है। आपका निर्णय अपेक्षित है।",
            f"{office[1]} asks for an exemption until {until[1]}. It waits for your decision.",
        ),
        "granted": (
            f"{office[0]} को {until[0]} तक छूट स्वीकृत हुई।",
            f"{office[1]} was granted an exemption until {until[1]}.",
        ),
        "refused": (
            f"{office[0]} का छूट का अनुरोध अस्वीकृत हुआ: {one.decided_why}",
            f"The request of {office[1]} for an exemption was refused: {one.decided_why}",
        ),
        "ends": (
            f"{office[0]} की छूट {until[0]} को समाप्त होगी। तब तक शेष मद पूरे करें, या समय रहते नई छूट माँगें।",
            f"The exemption of {office[1]} ends on {until[1]}. Complete what is missing by then, or ask anew in time.",
        ),
        "expired": (
            f"{office[0]} की छूट {until[0]} को समाप्त हो गई। शेष मद अब पुनः गिने जाते हैं।",
            f"The exemption of {office[1]} ended on {until[1]}. What is missing counts again.",
        ),
    }[what]
    return Text((f"ई-ऑफ़िस: छूट {one.number}", f"e-Office: exemption {one.number}"), (hi, link), (en, link))
