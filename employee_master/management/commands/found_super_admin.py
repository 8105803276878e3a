"""`manage.py found_super_admin`: the first person of a new instance, with role and account. Once, and never again."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from employee_master.models import Employee
from employee_master.services import account_found, name_words_write, super_admin_found
from eoffice import env
from eoffice.core.errors import DomainError
from eoffice.core.text import clean_line


class Command(BaseCommand):
    help = "Enter the instance's super admin. The password is asked for, or taken from EOFFICE_FIRST_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="employee code, as in the service book")
        parser.add_argument("--name-en", required=True, help="name in Latin letters")
        parser.add_argument("--name-hi", required=True, help="name in Devanagari")
        parser.add_argument("--email", required=True, help="government e-mail address, with which the person signs in")

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                self._found(options, env.text("EOFFICE_FIRST_PASSWORD", "") or _asked())
            except DomainError as error:
                raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(
            f"{options['code']} is the super admin and may sign in as {options['email'].strip().lower()}."
        )

    @transaction.atomic
    def _found(self, options: dict[str, Any], password: str) -> None:
        employee, _new = Employee.objects.get_or_create(
            code=clean_line(options["code"], field="code", limit=30),
            defaults={
                "name_en": clean_line(options["name_en"], field="name_en", limit=200),
                "name_hi": clean_line(options["name_hi"], field="name_hi", limit=200),
            },
        )
        name_words_write([employee])
        super_admin_found(employee_id=employee.pk)
        account_found(employee_id=employee.pk, email=options["email"], password=password)


def _asked() -> str:
    password = getpass("Password (12 characters or more): ")
    if getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Nothing was entered.")
    return password
