"""The cast, an office with its head, and rows as the sheet's reader gives them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from employee_master import ports
from employee_master.models import Employee, ImportBatch
from employee_master.services.imports.apply import import_apply
from employee_master.services.imports.certify import import_certify, import_certify_begin
from employee_master.services.imports.compare import asked_of, compare
from employee_master.services.imports.known import read_known
from employee_master.services.imports.lines import Line
from employee_master.services.imports.send import import_validate
from employee_master.services.imports.sheet import across
from employee_master.services.imports.upload import import_upload
from employee_master.sheets.columns import Mapping as Columns
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAllowed
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from tests.cast import Cast, build_cast
from tests.conftest import Clock

TODAY = date(2026, 11, 18)
PIN = "corr-horse-71"
Compared = Callable[..., list[Line]]


@pytest.fixture
def cast(db: None, still_clock: Clock) -> Cast:
    cast = build_cast()
    office = cast.offices["GAD"]
    office.head_post = cast.post("secretary")
    office.save()
    return cast


def line(number: int, **values: Any) -> Line:
    """A row of a new dealing assistant in GAD-3 unless it says otherwise; None takes a value away."""
    known: dict[str, Any] = {
        "code": f"N{number:03d}",
        "name_en": f"Person {'ABCDEFGHJKLMNPQRSTUVWXYZ'[number % 24]}{number}",
        "name_hi": "",
        "born_on": date(1980, 1, 1 + number % 28),
        "mobile": f"98{number:08d}",
        "email": f"person{number}@gad.state.example",
        "designation": "Dealing Assistant",
        "section": "GAD-3",
    } | values
    return Line(number, {name: value for name, value in known.items() if value is not None}, [])


@pytest.fixture
def compared(cast: Cast) -> Compared:
    """Compare the lines with the office of general administration."""

    def act(*lines: Line) -> list[Line]:
        across(lines, Columns(()))
        known = read_known(cast.offices["GAD"], asked_of(lines, TODAY))
        compare(lines, known, today=TODAY)
        return list(lines)

    return act


def codes(one: Line) -> list[str]:
    return [problem["code"] for problem in one.problems]


def said(one: Line, code: str, language: str = "en") -> str:
    """The sentence of the problem with this code."""
    return next(problem["message"][language] for problem in one.problems if problem["code"] == code)


def as_line(number: int, person: Employee, **values: Any) -> Line:
    """A row that says of the person what the master says."""
    known = {"code": person.code, "name_en": person.name_en, "name_hi": person.name_hi, "born_on": None, "mobile": None}
    return line(number, **(known | {"email": person.account.email if person.account else None} | values))


class Pen:
    """Stands for the room of signatures: signs at once, and only under `PIN`."""

    def __init__(self) -> None:
        self.prepared: dict[UUID, bytes] = {}
        self.manifests: list[dict[str, Any]] = []

    def require_key(self, actor: Actor) -> None:
        del actor

    def begin(self, *, pdf: bytes, manifest: dict[str, Any] | None, **_facts: object) -> UUID:
        attempt = uuid4()
        self.prepared[attempt] = pdf
        self.manifests.append(manifest or {})
        return attempt

    def finish(self, *, attempt: UUID, pin: str, actor: Actor, on_complete: Callable[[Document], None]) -> Document:
        del actor
        if pin != PIN:
            raise NotAllowed("wrong_pin", "This PIN is wrong.")
        document = document_store(
            content=self.prepared[attempt], name="certificate.pdf", kind="generated", extract=False
        )
        with transaction.atomic():
            on_complete(document)
        return document

    def newest(self, document: Document) -> Document:
        return document


@pytest.fixture
def pen() -> Iterator[Pen]:
    one = Pen()
    with ports.signs_record.replaced(one):
        yield one


HEADINGS = [
    "Employee code", "Name (English)", "Name (Hindi)", "Gender", "Date of birth", "Mobile", "E-mail", "Designation",
    "Section",
]  # fmt: skip
PEOPLE = [
    row.split("|")
    for row in (
        "N1|Asha Rawat|आशा रावत|Female|12-06-1980|9800000001|asha.rawat@gad.state.example|DA|GAD-3",
        "N2|Bharat Negi|भरत नेगी|Male|03/11/1975|+91 98000 00002|bharat.negi@gad.state.example|Dealing Assistant|GAD-1",
        "N3|Chandan Ekka|चन्दन एक्का|M|1982-02-28|9800000003|chandan.ekka@gad.state.example|अनुभाग अधिकारी|GAD 1",
    )
]


def csv_of(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> bytes:
    """A sheet as CSV in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([headings, *rows])
    return out.getvalue().encode()


@dataclass
class Studio:
    """The acts of the import, by the people who do them."""

    cast: Cast
    pen: Pen

    @property
    def maker(self) -> Actor:
        return self.cast.actor("emd_manager")

    @property
    def head(self) -> Actor:
        return self.cast.actor("secretary")

    def upload(self, *rows: Sequence[str], headings: Sequence[str] = HEADINGS, **more: Any) -> ImportBatch:
        return import_upload(
            content=csv_of(*(rows or PEOPLE), headings=headings),
            name="staff.csv",
            office_id=self.cast.offices["GAD"].pk,
            actor=self.maker,
            **more,
        )

    def send(self, batch: ImportBatch) -> ImportBatch:
        return import_validate(batch_id=batch.pk, actor=self.maker)

    def certify(self, batch: ImportBatch) -> ImportBatch:
        import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=self.head)
        return import_certify(batch_id=batch.pk, pin=PIN, actor=self.head)

    def apply(self, batch: ImportBatch) -> ImportBatch:
        return import_apply(batch_id=batch.pk, actor=self.head)

    def applied(self, *rows: Sequence[str]) -> ImportBatch:
        return self.apply(self.certify(self.send(self.upload(*rows))))


@pytest.fixture
def studio(cast: Cast, pen: Pen) -> Studio:
    return Studio(cast, pen)
