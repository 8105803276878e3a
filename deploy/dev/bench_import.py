"""How long a staff sheet of 10,000 rows takes: the dry run, and applying it, on SQLite and on a private PostgreSQL.

Run by `make bench`. Each step is a process of its own, so that its memory is its own; the children that open the sheet
count too. The baselines, in the same run on the same rows: reading the sheet with the bare library, and writing as many
people, accounts, posts and charges with bulk_create, without comparing, search words, ledger or rights.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

ROWS, SECTIONS, CORES = 10_000, 6, 2
OFFICE = "GAD"
UNUSABLE = "!"  # as Django marks an account into which nobody can sign in
LIMIT_DRY_RUN_S, LIMIT_APPLY_S, LIMIT_MB = 20.0, 30.0, 500.0
HEADINGS = (
    "क्र.सं.", "Employee code", "Name (English)", "नाम (हिन्दी में)", "Gender", "Date of birth", "Mobile No.",
    "Govt. E-mail ID", "Designation", "Section", "Date of joining service",
)  # fmt: skip


# The sheet


def write_sheet(path: Path) -> None:
    """People of an invented office, dates partly as text, posts under four spellings."""
    import xlsxwriter  # noqa: PLC0415
    from bench_people import GIVEN, SURNAMES, SYLLABLES  # noqa: PLC0415

    chance = random.Random(20261123)  # noqa: S311 - invented names, the same in every run
    with xlsxwriter.Workbook(path) as book:
        page, day = book.add_worksheet("Staff"), book.add_format({"num_format": "dd-mm-yyyy"})
        page.write_row(0, 0, HEADINGS)
        for number in range(1, ROWS + 1):
            parts = [chance.choice(GIVEN), chance.choice(SYLLABLES), chance.choice(SYLLABLES), chance.choice(SURNAMES)]
            born = date(1967, 1, 1) + timedelta(days=chance.randrange(13_000))
            joined = born + timedelta(days=9_000 + chance.randrange(900))
            page.write_row(number, 0, (number, f"TK{number:05}"))
            page.write(number, 2, f"{parts[0][0]} {(parts[1][0] + parts[2][0]).capitalize()} {parts[3][0]}")
            page.write(number, 3, f"{parts[0][1]} {parts[1][1] + parts[2][1]} {parts[3][1]}")
            page.write(number, 4, ("Male", "महिला", "M", "F")[number % 4])
            if number % 2:
                page.write_datetime(number, 5, born, day)
            else:
                page.write(number, 5, born.strftime("%d/%m/%Y"))
            page.write(number, 6, 9_000_000_000 + number)
            page.write(number, 7, f"tk{number}@gad.state.example")
            page.write(number, 8, ("Dealing Assistant", "सहायक समीक्षा अधिकारी", "Section Officer", "DA")[number % 4])
            page.write(number, 9, f"GAD-{number % SECTIONS + 1}")
            page.write_datetime(number, 10, joined, day)


# The steps, each in a process of its own


def start() -> None:
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()


def build(_sheet: Path) -> dict[str, Any]:
    """Tables, the cast of the tests, and an office with a head and sections."""
    from django.core.management import call_command  # noqa: PLC0415

    from employee_master.models import Section  # noqa: PLC0415
    from tests.cast import build_cast  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    cast = build_cast()
    office = cast.offices[OFFICE]
    office.head_post = cast.post("secretary")
    office.save()
    for code in {f"GAD-{number}" for number in range(1, SECTIONS + 1)} - set(cast.sections):
        Section.objects.create(office=office, code=code, name_en=f"{code} Section", name_hi=f"अनुभाग {code}")
    return {}


def bare_reading(sheet: Path) -> dict[str, Any]:
    import python_calamine  # noqa: PLC0415

    rows = python_calamine.CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    return {"rows": len(rows) - 1}


def bare_writing(_sheet: Path) -> dict[str, Any]:
    """As many rows of the four tables that hold people, and taken back."""
    from django.db import transaction  # noqa: PLC0415

    from employee_master.models import Account, Charge, Designation, Employee, Office, Post  # noqa: PLC0415

    office, rank = Office.objects.get(code=OFFICE), Designation.objects.get(code="DA")
    numbers = range(ROWS)
    with transaction.atomic():
        accounts = Account.objects.bulk_create(
            [Account(email=f"bare{number}@gad.state.example", password=UNUSABLE) for number in numbers], batch_size=500
        )
        people = Employee.objects.bulk_create(
            [
                Employee(code=f"BARE{number}", name_en=f"Person {number}", name_hi="नाम", account=account)
                for number, account in zip(numbers, accounts, strict=True)
            ],
            batch_size=500,
        )
        posts = Post.objects.bulk_create(
            [
                Post(office=office, designation=rank, marking=f"BARE-{number}", name_en=f"Bare {number}", name_hi="पद")
                for number in numbers
            ],
            batch_size=500,
        )
        Charge.objects.bulk_create(
            [
                Charge(employee=person, post=post, from_on=date(2024, 4, 1))
                for person, post in zip(people, posts, strict=True)
            ],
            batch_size=500,
        )
        transaction.set_rollback(True)
    return {}


def dry_run(sheet: Path) -> dict[str, Any]:
    """As `manage.py employees_import` does it, and prints."""
    from io import StringIO  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415

    out = StringIO()
    call_command("employees_import", sheet, office=OFFICE, json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert not report["refused"], report["refused"][:3]
    return {"created": report["created"]}


def upload(sheet: Path) -> dict[str, Any]:
    """The dry run of the page: the sheet read and kept with Aadhaar numbers masked, then compared by the worker."""
    from employee_master.models import Office  # noqa: PLC0415
    from employee_master.services.imports.dryrun import import_judge  # noqa: PLC0415
    from employee_master.services.imports.upload import import_upload  # noqa: PLC0415

    office = Office.objects.get(code=OFFICE)
    batch = import_upload(content=sheet.read_bytes(), name=sheet.name, office_id=office.pk, actor=_actor("E0007"))
    batch = import_judge(batch_id=batch.pk)
    assert not batch.refused_count
    return {"created": batch.created_count}


def certify(_sheet: Path) -> dict[str, Any]:
    """Sent and certified; a pen stands for the room of signatures, which has benches of its own."""
    from employee_master import ports  # noqa: PLC0415
    from employee_master.models import ImportBatch  # noqa: PLC0415
    from employee_master.services.imports.certify import import_certify, import_certify_begin  # noqa: PLC0415
    from employee_master.services.imports.correct import Fix, import_correct  # noqa: PLC0415
    from employee_master.services.imports.lines import NEAR_DUPLICATE, NEAR_IN_SHEET, TWO_PEOPLE  # noqa: PLC0415
    from employee_master.services.imports.send import import_validate  # noqa: PLC0415
    from tests.employee_master.imports.conftest import PIN, Pen  # noqa: PLC0415

    batch = ImportBatch.objects.get()
    if batch.unsettled_count:
        rows = [row for row in batch.rows.all() if any(problem.get("open") for problem in row.problems)]
        answers = {NEAR_DUPLICATE: TWO_PEOPLE, NEAR_IN_SHEET: TWO_PEOPLE}
        import_correct(batch_id=batch.pk, fixes=[Fix(row.pk, answers=answers) for row in rows], actor=_actor("E0007"))
    batch = import_validate(batch_id=batch.pk, actor=_actor("E0007"))
    head = _actor("E0006")
    with ports.signs_record.replaced(Pen()):
        import_certify_begin(batch_id=batch.pk, shown=batch.rows_sha256, language="en", actor=head)
        import_certify(batch_id=batch.pk, pin=PIN, actor=head)
    return {}


def apply(_sheet: Path) -> dict[str, Any]:
    from employee_master.models import Charge, ImportBatch  # noqa: PLC0415
    from employee_master.services.imports.apply import import_apply  # noqa: PLC0415

    before = Charge.objects.count()
    batch = import_apply(batch_id=ImportBatch.objects.get().pk, actor=_actor("E0006"))
    return {"created": batch.created_count, "charges": Charge.objects.count() - before}


def _actor(code: str) -> Any:
    from employee_master.models import Employee  # noqa: PLC0415
    from employee_master.queries import actor_for  # noqa: PLC0415
    from employee_master.queries.acting import active_charges  # noqa: PLC0415

    employee = Employee.objects.get(code=code)
    return actor_for(employee, active_charges(employee)[0])


# Label, step, seconds that it may take, whether the figure of the bare library above is what it is compared with.
STEPS: tuple[tuple[str, Callable[[Path], dict[str, Any]], float | None, str], ...] = (
    ("prepare", build, None, ""),
    ("read, bare calamine", bare_reading, None, "reading"),
    ("dry run (command)", dry_run, LIMIT_DRY_RUN_S, "reading"),
    ("dry run (page: keep, judge)", upload, LIMIT_DRY_RUN_S, "reading"),
    ("send and certify", certify, None, ""),
    ("write, bare bulk_create", bare_writing, None, "writing"),
    ("apply", apply, LIMIT_APPLY_S, "writing"),
)


def step(number: int, sheet: Path) -> int:
    """In the child: runs one step and prints what it took."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    start()
    began, worked = time.perf_counter(), time.process_time()
    facts = STEPS[number][1](sheet)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    kib = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": took, "cpu": worked, "mb": kib / 1024, **facts}))
    return 0


def measure(name: str, sheet: Path, environment: dict[str, str]) -> bool:
    """All steps on one database; whether every limit is kept."""
    good = True
    baseline: dict[str, float] = {}
    print(f"{'import on ' + name:<30} {'s':>7} {'cpu s':>6} {'limit s':>8} {'ratio':>7} {'MB':>6} {'limit MB':>9}")
    for number, (label, _run, limit, beside) in enumerate(STEPS):
        command = [sys.executable, __file__, str(number), str(sheet)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(f"{label}: failed")
            return False
        found = json.loads(done.stdout.splitlines()[-1])
        if label == "prepare":
            continue
        baseline.setdefault(beside, found["seconds"])
        ratio = f"{found['seconds'] / baseline[beside]:7.1f}" if beside else f"{'':7}"
        limits = f"{limit:8.0f}" if limit else f"{'':8}"
        memory = f"{LIMIT_MB:9.0f}" if limit else ""
        times = f"{found['seconds']:7.2f} {found['cpu']:6.2f}"
        print(f"{label:<30} {times} {limits} {ratio} {found['mb']:6.0f} {memory}".rstrip(), flush=True)
        if limit and (found["seconds"] > limit or found["mb"] > LIMIT_MB):
            print(f"{label}: beyond its limit")
            good = False
    return good


def main() -> int:
    """Both databases, each empty and its own."""
    import services  # noqa: PLC0415

    print(f"a staff sheet of {ROWS} new people, {CORES} cores; peak memory with the children that open the sheet")
    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        folder = Path(name)
        sheet = folder / "staff.xlsx"
        write_sheet(sheet)
        base = {key: value for key, value in os.environ.items() if not key.startswith(("EOFFICE_", "DATABASE_URL"))}
        base |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        (folder / "sqlite").mkdir()
        good = measure("SQLite", sheet, base | {"EOFFICE_DATA": str(folder / "sqlite")})
        with services.postgres() as url:
            data = {"EOFFICE_DATA": str(folder / "postgres"), "DATABASE_URL": url}
            good = measure("PostgreSQL", sheet, base | data) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(step(int(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 1 else main())
