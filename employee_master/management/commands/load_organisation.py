"""`manage.py load_organisation FILE.json --by CODE`: offices, sections, designations and posts with their superiors.

What the file looks like is shown in deploy/organisation.example.json. Loading it twice changes nothing; what the
instance has already is never altered.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from employee_master.models import Employee
from employee_master.queries import actor_for
from employee_master.services import BadPlan, organisation_load
from eoffice.core.errors import DomainError


class Command(BaseCommand):
    help = "Add the organisation of a JSON file to this instance, on the authority of its super admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")
        parser.add_argument("--by", required=True, metavar="CODE", help="employee code of the super admin")

    def handle(self, *_args: Any, **options: Any) -> None:
        employee = Employee.objects.filter(code=options["by"]).first()
        if employee is None:
            raise CommandError(f"There is no employee {options['by']}. Run `manage.py found_super_admin` first.")
        plan = _read(options["file"])
        with translation.override("en"):
            try:
                loaded = organisation_load(plan=plan, actor=actor_for(employee))
            except BadPlan as error:
                raise CommandError("\n".join(["Nothing was loaded:", *error.problems])) from error
            except DomainError as error:
                raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        for line in loaded.differing:
            self.stdout.write(f"left as it is: {line}")
        added = ", ".join(f"{count} {kind}" for kind, count in loaded.added.items())
        self.stdout.write(f"Added: {added or 'nothing; all of it is there'}.")


def _read(file: Path) -> dict[str, Any]:
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON in UTF-8: {error}.") from error
    if not isinstance(plan, dict):
        raise CommandError(f"{file} must hold one object with offices, designations, sections and posts.")
    return plan
