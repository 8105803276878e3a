"""`manage.py found_super_admin`: the first super admins of a new instance, with role and account.

It works for the first two (fewer where EOFFICE_SUPER_ADMINS says so), and again where only one is left: then the
operator is the second of the two people that a super admin needs. Those who are super admins already are told by mail.
"""

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
    help = "Enter a super admin. The password is asked for, or taken from EOFFICE_FIRST_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="employee code, as in the service book")
        parser.add_argument("--name-en", help="name in Latin letters; not needed for somebody who is entered already")
        parser.add_argument("--name-hi", help="name in Devanagari; likewise")
        parser.add_argument("--email", help="government e-mail address; not needed for somebody who has an account")

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                address = self._found(options)
            except DomainError as error:
                raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(f"{options['code']} is a super admin and may sign in as {address}.")

    def _found(self, options: dict[str, Any]) -> str:
        code = clean_line(options["code"], field="code", limit=30)
        has_account = Employee.objects.filter(code=code, account__isnull=False).exists()
        # Asked before the transaction, which would otherwise wait for whoever types.
        password = "" if has_account else env.text("EOFFICE_FIRST_PASSWORD", "") or _asked()
        with transaction.atomic():
            employee = Employee.objects.filter(code=code).first() or _entered(code, options)
            super_admin_found(employee_id=employee.pk)
            if employee.account is not None:
                return employee.account.email
            email = clean_line(options.get("email") or "", field="email", limit=254)
            return account_found(employee_id=employee.pk, email=email, password=password).email


def _entered(code: str, options: dict[str, Any]) -> Employee:
    employee = Employee.objects.create(
        code=code,
        name_en=clean_line(options.get("name_en") or "", field="name_en", limit=200),
        name_hi=clean_line(options.get("name_hi") or "", field="name_hi", limit=200),
    )
    name_words_write([employee])
    return employee


def _asked() -> str:
    password = getpass("Password (12 characters or more): ")
    if getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Nothing was entered.")
    return password
