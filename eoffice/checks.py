"""What must hold before an instance starts; each failure is one sentence that says what to do.

Run by `manage.py check --database default` (which the service units call before every start), by `migrate`, by the
worker and by the demo. Registered when `eoffice.desk` is ready. The facts come from `settings`, never from the
environment, so that what is checked is what is used.
"""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connections

from eoffice.core import health
from eoffice.ledger import guards

KEY_LENGTH = 50
SECRET_BYTES = 32
PLACEHOLDERS = {"", "demo and tests"}


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _production() -> Iterable[CheckMessage]:
    yield from _identity()
    yield from _secret(Path(settings.PEPPER_FILE), "pepper", "EOFFICE_PEPPER_FILE", "eoffice.E005")
    if settings.SECOND_FACTOR == "off":
        yield Warning(
            "The second factor is switched off: a password alone opens every account.",
            hint="Unset EOFFICE_SECOND_FACTOR, or set it to required.",
            id="eoffice.W004",
        )
    else:
        yield from _secret(Path(settings.FACTOR_KEY_FILE), "factor key", "EOFFICE_FACTOR_KEY_FILE", "eoffice.E009")
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        yield Error(
            "The production profile needs PostgreSQL.",
            hint="Set DATABASE_URL to postgresql://…, or EOFFICE_PROFILE to embedded for a small office on SQLite.",
            id="eoffice.E006",
        )
    if not settings.BROKER_URL:
        yield Warning(
            "No broker is set, so only the embedded worker (`manage.py worker`) can run.",
            hint="Set EOFFICE_BROKER_URL to the instance's Redis for several worker machines.",
            id="eoffice.W001",
        )
    if not settings.TSA_URLS:
        yield Warning(
            "No time authority is set: signatures stay at level B-B and letters that need more will wait.",
            hint="Set EOFFICE_TSA_URLS.",
            id="eoffice.W002",
        )
    if settings.CREDENTIAL_ISSUER.startswith("eoffice.demo."):
        yield Error(
            "EOFFICE_CREDENTIAL_ISSUER names the demo's authority, whose certificates are worth nothing.",
            hint="Unset it, or name the connection to the certifying authority of this instance.",
            id="eoffice.E008",
        )
    if settings.SOFTWARE_KEYS_ORDER in PLACEHOLDERS - {""}:
        yield Error(
            "EOFFICE_SOFTWARE_KEYS_ORDER holds the demo's words instead of the number of an order.",
            hint="Unset it (officers then sign with their tokens), or state the order that allows software keys.",
            id="eoffice.E007",
        )
    elif settings.SOFTWARE_KEYS_ORDER:
        yield Warning(
            f"Software keys are allowed here by order {settings.SOFTWARE_KEYS_ORDER}; every page of a signing says so.",
            hint="Unset EOFFICE_SOFTWARE_KEYS_ORDER when officers have their tokens.",
            id="eoffice.W003",
        )


def _identity() -> Iterable[CheckMessage]:
    """Who the instance is towards the world: its address, its hosts, its secret."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "https" or not address.hostname or is_loopback(address.hostname):
        yield Error(
            "EOFFICE_PUBLIC_URL is not an https address of this instance. It is burnt into every signed letter as the "
            "verifier's address, for decades.",
            hint="Set it to the address under which citizens will reach the verifier, as https://eoffice.example.gov.in",
            id="eoffice.E001",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "EOFFICE_HOSTS is empty or allows every host name.",
            hint="List the host names under which this instance is reached, separated by commas.",
            id="eoffice.E002",
        )
    elif address.hostname and address.hostname not in settings.ALLOWED_HOSTS:
        yield Error(
            f"The host of EOFFICE_PUBLIC_URL, {address.hostname}, is not in EOFFICE_HOSTS.",
            hint="Add it to EOFFICE_HOSTS.",
            id="eoffice.E003",
        )
    if len(settings.SECRET_KEY) < KEY_LENGTH or "not-secret" in settings.SECRET_KEY:
        yield Error(
            f"EOFFICE_SECRET_KEY is shorter than {KEY_LENGTH} characters or the one for trying out.",
            hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="eoffice.E004",
        )


def _secret(file: Path, what: str, setting: str, code: str) -> Iterable[CheckMessage]:
    """A secret that lies outside the database, apart from which it is backed up."""
    problem = ""
    if not file.is_file():
        problem = "does not exist"
    elif not os.access(file, os.R_OK):
        problem = "can't be read by this process"
    elif file.stat().st_size < SECRET_BYTES:
        problem = f"is shorter than {SECRET_BYTES} bytes"
    elif file.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        problem = "can be read or written by others"
    if problem:
        yield Error(
            f"The {what} file {file} {problem}.",
            hint=(
                "head -c 32 /dev/urandom > FILE; chmod 640 FILE; owner root, group of the service; back it up apart "
                f"from the database. {setting} says where it is."
            ),
            id=code,
        )


def _demo() -> Iterable[CheckMessage]:
    """The demo shows PINs and signs anybody in, so it must reach nobody and be reached by nobody."""
    if not is_loopback(settings.EMAIL_HOST):
        yield Error(
            f"The demo profile may send mail to this machine alone, not to {settings.EMAIL_HOST}.",
            hint="Unset EOFFICE_MAIL_HOST, or choose another EOFFICE_PROFILE.",
            id="eoffice.E010",
        )
    if any(not is_loopback(host) for host in settings.ALLOWED_HOSTS if host != "testserver"):
        yield Error(
            "The demo profile may be reached from this machine alone; EOFFICE_HOSTS names another host.",
            hint="Unset EOFFICE_HOSTS, or choose another EOFFICE_PROFILE.",
            id="eoffice.E011",
        )
    if not is_loopback(urlsplit(settings.PUBLIC_URL).hostname or ""):
        yield Error(
            "The demo profile needs an EOFFICE_PUBLIC_URL on this machine: its letters must never look real.",
            hint="Unset EOFFICE_PUBLIC_URL.",
            id="eoffice.E012",
        )
    if any(domain != "example" and not domain.endswith(".example") for domain in settings.MAIL_DOMAINS):
        yield Error(
            "The demo profile uses only addresses ending in .example.",
            hint="Unset EOFFICE_MAIL_DOMAINS.",
            id="eoffice.E013",
        )


def _any_served() -> Iterable[CheckMessage]:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Error(
            f"The static files are not collected in {settings.STATIC_ROOT}; every page would fail.",
            hint="Run: make setup, or manage.py collectstatic --no-input",
            id="eoffice.E020",
        )
    if not health.documents_writable():
        yield Error(
            f"The document store {settings.DOCUMENTS_DIR} can't be written by this process.",
            hint="Make the folder and give it to the user of the service, or set EOFFICE_DOCUMENTS_DIR.",
            id="eoffice.E021",
        )


_BY_PROFILE: dict[str, tuple[Callable[[], Iterable[CheckMessage]], ...]] = {
    "production": (_production, _any_served),
    "embedded": (_any_served,),
    "demo": (_demo, _any_served),
    "test": (),
}


@register(Tags.security)
def settings_fit_the_profile(**_: object) -> list[CheckMessage]:
    """Everything that must hold for the profile this process runs in."""
    return [message for part in _BY_PROFILE[settings.PROFILE] for message in part()]


@register(Tags.database)
def guards_stand(*, databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """The triggers of the record; a migration that rebuilds a table on SQLite drops them without a word (stack 2)."""
    return [
        Error(
            f"Guards of the record are missing: {', '.join(absent)}. Until they stand, the record can be altered.",
            hint="Run `manage.py migrate`, which puts them back, and `manage.py check_ledger` to see what happened.",
            id="eoffice.E030",
        )
        for name in databases or []
        if (absent := guards.missing(connections[name]))
    ]


@register(Tags.database)
def web_role_owns_nothing(*, databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """In production on PostgreSQL web and worker run under a role that can't alter the ledger even without guards."""
    if settings.PROFILE != "production":
        return []
    found: list[CheckMessage] = []
    for name in databases or []:
        if connections[name].vendor != "postgresql":
            continue
        with connections[name].cursor() as cursor:
            cursor.execute(
                "SELECT current_user, c.relname FROM pg_class c WHERE c.relname = ANY(%s) AND c.relkind = 'r' "
                "AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')",
                [guards.append_only_tables()],
            )
            found += [
                Warning(
                    f"The role {role} may alter {table}. Right for `migrate` by the owner, wrong for web and worker.",
                    hint="Run web and worker under a role of their own; `manage.py grants` gives it its rights.",
                    id="eoffice.W031",
                )
                for role, table in cursor.fetchall()
            ]
    return found
