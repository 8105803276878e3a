"""`manage.py employees_import SHEET --office CODE`: the dry run of a staff sheet; nothing is written.

With `--json` one object is printed: how many rows create, change and leave people, the warnings, and the rows that
are refused, each with its number as the sheet counts it, its column, a code, and words in both languages. It ends with
0 when nothing is refused, 1 when something is, 2 when the sheet can't be read or the office is not known.

On a demonstration instance `--certify-as ADDRESS --apply` goes on: an EMD manager of the office brings the sheet, the
head certifies it with their key, and it is applied.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation
from django.utils.module_loading import import_string

from employee_master.models import Employee, ImportBatch, Office, RowOutcome
from employee_master.queries import active_charges, actor_for
from employee_master.queries.accounts import managers_of, super_admins
from employee_master.services.imports.apply import import_apply
from employee_master.services.imports.certify import import_certify, import_certify_begin
from employee_master.services.imports.correct import Fix, import_correct, import_leave_out_refused
from employee_master.services.imports.lines import NEAR_DUPLICATE, NEAR_IN_SHEET, TWO_PEOPLE, Line
from employee_master.services.imports.preview import Preview, sheet_preview
from employee_master.services.imports.send import import_validate
from employee_master.services.imports.sheet import columns_of, heading_of
from employee_master.services.imports.stored import line_of
from employee_master.services.imports.upload import import_match, import_upload
from employee_master.services.imports.words import REFUSED, Problem, warning
from employee_master.sheets.columns import Mapping as Columns
from eoffice import env
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError

REFUSED_EXIT, UNREADABLE_EXIT = 1, 2


class Command(BaseCommand):
    help = "Dry run of a staff sheet; in the demo also certified and applied."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sheet", type=Path, metavar="SHEET")
        parser.add_argument("--office", required=True, metavar="CODE", help="code of the office that the sheet is for")
        parser.add_argument("--tab", default="", help="which sheet of a workbook, where it has several")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--apply", action="store_true", help="certify and apply (demo only)")
        parser.add_argument("--certify-as", metavar="ADDRESS", help="the head who certifies, by their e-mail address")
        parser.add_argument(
            "--pin-file", type=Path, help="holds the head's PIN; else EOFFICE_PIN, else it is asked for"
        )
        parser.add_argument("--leave-out-refused", action="store_true", help="apply the rows that are in order")
        parser.add_argument(
            "--near-duplicates", choices=("two", "leave-out"), help="what to do where one person may stand twice"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["apply"] != bool(options["certify_as"]):
            raise CommandError("--apply and --certify-as go together.", returncode=UNREADABLE_EXIT)
        office = _office(options["office"])
        content = _content(options["sheet"])
        with translation.override("en"):
            try:
                if options["apply"]:
                    report = _applied(content, office, options)
                else:
                    report = report_of(_previewed(content, office, options))
            except DomainError as error:
                raise CommandError(_sentence(error), returncode=UNREADABLE_EXIT) from error
            if options["json"]:
                self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            else:
                self.stdout.write("\n".join(in_words(report)))
        if report["refused"]:
            sys.exit(REFUSED_EXIT)


def _previewed(content: bytes, office: Office, options: dict[str, Any]) -> Preview:
    """The dry run; a sheet that can't be read is refused in both languages."""
    asked = {"content": content, "name": options["sheet"].name, "office": office, "sheet_name": options["tab"]}
    try:
        return sheet_preview(**asked)
    except DomainError as error:
        with translation.override("hi"):
            try:
                return sheet_preview(**asked)
            except DomainError as again:
                hindi = _sentence(again)
        raise CommandError(f"{_sentence(error)}\n{hindi}", returncode=UNREADABLE_EXIT) from error


def _sentence(error: DomainError) -> str:
    return f"{error.message} {error.remedy}".strip()


def _office(code: str) -> Office:
    try:
        office = Office.objects.filter(code__iexact=code.strip()).first()
    except DatabaseError as error:
        raise CommandError(
            "This instance has no database yet, or it can't be reached. `make run` makes that of the demo; for an "
            "instance of your own run `manage.py migrate` first.",
            returncode=UNREADABLE_EXIT,
        ) from error
    if office is None:
        known = ", ".join(Office.objects.order_by("code").values_list("code", flat=True)[:20])
        raise CommandError(f"There is no office {code}. Known are: {known or 'none'}.", returncode=UNREADABLE_EXIT)
    return office


def _content(sheet: Path) -> bytes:
    try:
        return sheet.read_bytes()
    except OSError as error:
        raise CommandError(f"{sheet} can't be read: {error.strerror}.", returncode=UNREADABLE_EXIT) from error


# The report


def report_of(preview: Preview) -> dict[str, Any]:
    """What `--json` prints."""
    heading = [(preview.sheet.header_row, problem) for problem in preview.of_columns]
    # What the reader passed over is said too: nothing of a sheet is left out in silence.
    notes = [
        (note.row or preview.sheet.header_row, warning(note.code, "", note.message)) for note in preview.sheet.notes
    ]
    return _report(preview.lines, [*heading, *notes], preview.columns)


def _report(lines: Iterable[Line], heading: Sequence[tuple[int, Problem]], columns: Columns) -> dict[str, Any]:
    lines = list(lines)
    outcomes = [line.outcome for line in lines]
    found = [*heading, *((line.number, problem) for line in lines if not line.left_out for problem in line.problems)]
    # What a whole column lacks is said once, of the heading.
    entries = [
        (problem["severity"], _entry(row, problem, columns)) for row, problem in found if not problem.get("once")
    ]
    missing = [problem for line in lines for problem in line.problems if problem.get("once")]
    if not missing:
        entries = [one for one in entries if one[1]["code"] != "column_missing"]
    entries.sort(key=lambda one: int(one[1]["row"]))
    return {
        "created": outcomes.count(RowOutcome.CREATE),
        "changed": outcomes.count(RowOutcome.CHANGE),
        "unchanged": outcomes.count(RowOutcome.UNCHANGED),
        "warnings": [entry for severity, entry in entries if severity != REFUSED],
        "refused": [entry for severity, entry in entries if severity == REFUSED],
    }


def _entry(row: int, problem: Problem, columns: Columns) -> dict[str, Any]:
    entry = {
        "row": row,
        "column": problem.get("heading") or heading_of(columns, problem["column"]),
        "field": problem["column"],
        "code": problem["code"],
        "message": problem["message"],
    }
    if problem["suggestion"]:
        entry["suggestion"] = problem["suggestion"]
    return entry


def in_words(report: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [f"{report[name]} {word}" for name, word in (("created", "to be created"), ("changed", "to be changed"))]
    lines = [f"{', '.join(lines)}, {report['unchanged']} as they are."]
    for title, name in (("Refused", "refused"), ("Look again", "warnings")):
        if report[name]:
            lines.append(f"{title}:")
        lines += [f"  row {one['row']}, {one['column'] or '-'}: {one['message']['en']}" for one in report[name]]
    if "applied" in report:
        lines.append(f"Applied as import {report['applied']['batch']}; it can be undone for a day.")
    elif not report["refused"]:
        lines.append("Nothing is refused.")
    return lines


# Certifying and applying, in the demo


def _applied(content: bytes, office: Office, options: dict[str, Any]) -> dict[str, Any]:
    if not settings.DEMO_PINS:
        raise CommandError(
            "--apply works on a demonstration instance only; elsewhere the head certifies on the page.",
            returncode=UNREADABLE_EXIT,
        )
    head = _person(options["certify_as"])
    maker = _maker(office, head)
    batch = import_upload(
        content=content, name=options["sheet"].name, office_id=office.pk, sheet_name=options["tab"], actor=maker
    )
    if batch.matched_at is None:
        chosen = {place: match["field"] for place, match in enumerate(batch.columns)}
        batch = import_match(batch_id=batch.pk, chosen=chosen, actor=maker)
    batch = _settled(batch, maker, options)
    report = _report([line_of_stored(row) for row in batch.rows.order_by("number")], [], columns_of(batch))
    if batch.refused_count or batch.unsettled_count:
        if not report["refused"]:
            raise CommandError(
                f"In {batch.unsettled_count} rows it is open whether it is one person or two: say --near-duplicates, "
                f"or settle them on the page of import {batch.pk}.",
                returncode=REFUSED_EXIT,
            )
        return report
    batch = import_validate(batch_id=batch.pk, actor=maker)
    actor = actor_for(head, next((one for one in active_charges(head) if one.post_id == office.head_post_id), None))
    import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=actor)
    batch = import_certify(batch_id=batch.pk, pin=_pin(options), actor=actor)
    batch = import_apply(batch_id=batch.pk, actor=actor)
    assert batch.certificate is not None
    return report | {
        "applied": {
            "batch": batch.pk,
            "created": batch.created_count,
            "changed": batch.changed_count,
            "rows_sha256": batch.rows_sha256,
            "certificate_sha256": batch.certificate.sha256,
            "certified_by": head.code,
        }
    }


def line_of_stored(row: Any) -> Line:
    """A stored row with all its problems, those against the master too."""
    line = line_of(row)
    line.problems, line.deed = list(row.problems), dict(row.deed)
    if row.outcome in {RowOutcome.CHANGE, RowOutcome.UNCHANGED}:
        # Only that it is not new matters to the report.
        line.first = line
    return line


def _settled(batch: ImportBatch, maker: Actor, options: dict[str, Any]) -> ImportBatch:
    answer = options["near_duplicates"]
    if answer and batch.unsettled_count:
        rows = [row for row in batch.rows.all() if any(problem.get("open") for problem in row.problems)]
        answers = {NEAR_DUPLICATE: TWO_PEOPLE, NEAR_IN_SHEET: TWO_PEOPLE}
        fixes = [Fix(row.pk, left_out=True) if answer == "leave-out" else Fix(row.pk, answers=answers) for row in rows]
        batch = import_correct(batch_id=batch.pk, fixes=fixes, actor=maker)
    if options["leave_out_refused"] and batch.refused_count:
        batch = import_leave_out_refused(batch_id=batch.pk, actor=maker)
    return batch


def _person(address: str) -> Employee:
    employee = Employee.objects.filter(account__email__iexact=address.strip()).first()
    if employee is None:
        raise CommandError(f"Nobody signs in as {address}.", returncode=UNREADABLE_EXIT)
    return employee


def _maker(office: Office, head: Employee) -> Actor:
    """An EMD manager of the office, else a super admin; never the head, who certifies."""
    for account in [*managers_of(office), *super_admins()]:
        employee = Employee.objects.filter(account=account).exclude(pk=head.pk).first()
        if employee is None:
            continue
        charges = active_charges(employee)
        return actor_for(employee, next((one for one in charges if one.post.office_id == office.pk), None))
    raise CommandError(
        f"The office {office.code} has no EMD manager who could bring the sheet.", returncode=UNREADABLE_EXIT
    )


def _pin(options: dict[str, Any]) -> str:
    file: Path | None = options["pin_file"]
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    given = env.text("EOFFICE_PIN", "")
    known: dict[str, str] = import_string(settings.DEMO_PINS)()
    pin = given or known.get(options["certify_as"].strip().lower(), "")
    return pin or getpass("PIN of the head of office: ")
