"""A sheet of staff: brought, judged, sent, certified by the head's signature, applied; taken back, given up, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import transaction

from employee_master.models import ImportBatch, ImportDeed
from employee_master.services.imports.apply import import_apply
from employee_master.services.imports.certify import import_certify, import_certify_begin
from employee_master.services.imports.life import import_give_up, import_return, import_take_back
from employee_master.services.imports.send import import_validate
from employee_master.services.imports.undo import import_undo
from employee_master.services.imports.upload import import_upload
from eoffice.core.actor import Actor
from tests.employee_master.imports.conftest import PIN
from tests.properties.acts import Act, first_refusal
from tests.properties.model import Batch, Model, Row, Seat
from tests.properties.sheets import NEWCOMERS, OFFICE, apply, is_used, planned, undo
from tests.properties.world import CODES, World

MAKER, HEAD = Seat("emd", "EMD"), Seat("head", "SEC")
MOST_BATCHES = 5
HEADINGS = (
    "Employee code", "Name (English)", "Date of birth", "Mobile", "E-mail", "Designation", "Section", "Post (marking)",
    "Kind of charge",
)  # fmt: skip
KINDS = {"substantive": "Substantive", "additional": "Additional charge"}
# In the database they are told from all others by these.
KNOWN = ("neha", "ravi", "dina", "finn")


def rows_on_offer(model: Model) -> list[Row]:
    codes = [one.code for one in model.sections.values() if one.office == OFFICE][:4]
    markings = [one.marking for one in model.posts.values() if one.section is not None][:6]
    found = [
        Row(person, kind, section=code, rank=rank)
        for person in (*NEWCOMERS, *KNOWN[:2])
        for code in codes
        for rank, kind in (("SO", "substantive"), ("DA", "substantive"), ("DA", "additional"))
    ]
    found += [Row(person, "substantive", post=marking) for person in ("asha", *KNOWN[:2]) for marking in markings]
    found += [Row(person, mobile=f"99000000{number:02d}") for person in KNOWN for number in (1, 2)]
    found += [
        Row(person, "additional", section=code, rank="SO", mobile="9900000003") for person in KNOWN for code in codes
    ]
    return found


@dataclass(frozen=True, kw_only=True)
class UploadSheet(Act):
    """One row or two: of two people, or of one with a second charge."""

    seat: Seat = MAKER
    batch: str
    rows: tuple[Row, ...]
    person: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        if len(model.batches) >= MOST_BATCHES:
            return []
        name, rows = model.new("b", model.batches), rows_on_offer(model)
        sheets: list[tuple[Row, ...]] = [(row,) for row in rows]
        for number, row in enumerate(rows):
            other = rows[(number * 7 + 5) % len(rows)]
            if other.person != row.person or (row.kind == "substantive" and other.kind == "additional"):
                sheets.append((row, other))
        return [cls(batch=name, rows=sheet, person=sheet[0].person) for sheet in sheets]

    def refusals(self, model: Model) -> set[str]:
        return set()

    def change(self, model: Model) -> None:
        model.batches[self.batch] = Batch(model.day, self.rows)

    def do(self, world: World, actor: Actor) -> None:
        row = import_upload(
            content=sheet_of(self.rows), name="staff.csv", office_id=world.id("office", OFFICE), actor=actor
        )
        world.bind("importbatch", self.batch, row)


def sheet_of(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for row in rows:
        code, name, born, mobile = NEWCOMERS.get(row.person) or (CODES[row.person], row.person.title(), "", "")
        email = f"{row.person}@gad.state.example" if row.person in NEWCOMERS else ""
        writer.writerow(
            [code, name, born, row.mobile or mobile, email, row.rank, row.section, row.post, KINDS[row.kind]]
        )
    return out.getvalue().encode()


@dataclass(frozen=True, kw_only=True)
class OnSheet(Act):
    seat: Seat = MAKER
    batch: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(batch=name) for name in model.batches]

    def of(self, model: Model) -> Batch:
        return model.batches[self.batch]

    def not_in(self, model: Model, *states: str) -> str:
        return "" if self.of(model).state in states else "wrong_state"

    def row(self, world: World) -> int:
        return world.id("importbatch", self.batch)

    def open_again(self, model: Model) -> None:
        batch = self.of(model)
        batch.state, batch.plan, batch.at_pen = "uploaded", None, False


@dataclass(frozen=True, kw_only=True)
class SendSheet(OnSheet):
    """Judged once more; what it will do is fixed from here on."""

    theme: ClassVar[str] = "import"

    def refusals(self, model: Model) -> set[str]:
        if self.of(model).state != "uploaded":
            return {"wrong_state"}
        plan = planned(model, self.of(model))
        if plan is None:
            return {"rows_refused"}
        return first_refusal("" if any(deed.outcome != "unchanged" for deed in plan) else "nothing_to_do")

    def change(self, model: Model) -> None:
        batch = self.of(model)
        batch.state, batch.plan = "validated", planned(model, batch)

    def do(self, world: World, actor: Actor) -> None:
        import_validate(batch_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class TakeBackSheet(OnSheet):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_in(model, "validated", "certified"))

    def change(self, model: Model) -> None:
        self.open_again(model)

    def do(self, world: World, actor: Actor) -> None:
        import_take_back(batch_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class ReturnSheet(OnSheet):
    seat: Seat = HEAD

    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_in(model, "validated"))

    def change(self, model: Model) -> None:
        self.open_again(model)

    def do(self, world: World, actor: Actor) -> None:
        import_return(batch_id=self.row(world), why="Not yet", actor=actor)


@dataclass(frozen=True, kw_only=True)
class GiveUpSheet(OnSheet):
    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_in(model, "uploaded", "validated", "certified"))

    def change(self, model: Model) -> None:
        self.of(model).state = "given_up"

    def do(self, world: World, actor: Actor) -> None:
        import_give_up(batch_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class BeginCertificate(OnSheet):
    """The certificate is drawn and lies ready for the head's PIN."""

    seat: Seat = HEAD
    theme: ClassVar[str] = "import"

    def refusals(self, model: Model) -> set[str]:
        return first_refusal(self.not_in(model, "validated"))

    def change(self, model: Model) -> None:
        self.of(model).at_pen = True

    def do(self, world: World, actor: Actor) -> None:
        shown = ImportBatch.objects.get(pk=self.row(world)).rows_sha256
        import_certify_begin(batch_id=self.row(world), shown=shown, language="en", actor=actor)


@dataclass(frozen=True, kw_only=True)
class SignCertificate(OnSheet):
    seat: Seat = HEAD
    theme: ClassVar[str] = "import"

    def refusals(self, model: Model) -> set[str]:
        # Either is said first, as it was looked at before or after it was taken back.
        return {"" if self.of(model).at_pen else "certificate_not_prepared", self.not_in(model, "validated")} - {""}

    def change(self, model: Model) -> None:
        self.of(model).state = "certified"

    def do(self, world: World, actor: Actor) -> None:
        import_certify(batch_id=self.row(world), pin=PIN, actor=actor)


@dataclass(frozen=True, kw_only=True)
class ApplySheet(OnSheet):
    """Exactly what was certified, or nothing; applied twice is applied once."""

    theme: ClassVar[str] = "import"

    def refusals(self, model: Model) -> set[str]:
        batch = self.of(model)
        if batch.state == "applied":
            return set()
        as_certified = planned(model, batch) == batch.plan
        return first_refusal(self.not_in(model, "certified"), "" if as_certified else "not_as_certified")

    def traces(self, model: Model) -> set[str]:
        return super().traces(model) if self.of(model).state == "certified" else set()

    def change(self, model: Model) -> None:
        if self.of(model).state == "certified":
            apply(model, self.batch)

    def do(self, world: World, actor: Actor) -> None:
        import_apply(batch_id=self.row(world), actor=actor)
        deeds = ImportDeed.objects.filter(row__batch=self.row(world)).select_related("row", "employee")
        people = {code: person for person, (code, *_facts) in NEWCOMERS.items()}
        for deed in deeds:
            name = f"{self.batch}.{deed.row.number - 2}"
            if deed.made_employee:
                world.ids["employee", people[deed.employee.code]] = deed.employee_id
            if deed.made_post and deed.post_id is not None:
                world.ids["post", f"{name}-post"] = deed.post_id
            if deed.charge_id is not None:
                world.ids["charge", f"{name}-charge"] = deed.charge_id


@dataclass(frozen=True, kw_only=True)
class UndoSheet(OnSheet):
    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "import"

    def refusals(self, model: Model) -> set[str]:
        batch = self.of(model)
        return first_refusal(
            self.not_in(model, "applied"),
            "" if batch.applied == model.day else "undo_too_late",
            "used_since" if is_used(model, self.batch) else "",
        )

    def change(self, model: Model) -> None:
        undo(model, self.batch)

    def do(self, world: World, actor: Actor) -> None:
        import_undo(batch_id=self.row(world), actor=actor)


@dataclass(frozen=True, kw_only=True)
class ImportSheet(Act):
    """The whole way in one go."""

    compound: ClassVar[bool] = True
    weight: ClassVar[int] = 3
    theme: ClassVar[str] = "import"
    steps: tuple[Act, ...]
    person: str

    @classmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        return [cls(steps=cls.steps_after(begin), person=begin.person) for begin in UploadSheet.offers(model)]

    @staticmethod
    def steps_after(begin: UploadSheet) -> tuple[Act, ...]:
        name = begin.batch
        return (
            begin,
            SendSheet(batch=name),
            BeginCertificate(batch=name),
            SignCertificate(batch=name),
            ApplySheet(batch=name),
        )

    def refusals(self, model: Model) -> set[str]:
        upload = self.steps[0]
        assert isinstance(upload, UploadSheet)
        plan = planned(model, Batch(model.day, upload.rows))
        if plan is None:
            return {"rows_refused"}
        return first_refusal("" if any(deed.outcome != "unchanged" for deed in plan) else "nothing_to_do")

    def change(self, model: Model) -> None:
        for step in self.steps:
            step.happen(model)

    def do(self, world: World, actor: Actor) -> None:
        """What was begun and can't be gone on with does not stay behind."""
        del actor
        with transaction.atomic():
            for step in self.steps:
                step.do(world, world.actor(step.seat))
