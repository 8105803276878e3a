"""What must hold of the signing settings before an instance starts; each failure says in one sentence what to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name

from signatures.engine.errors import KeyUnavailable
from signatures.engine.softkey import KdfParams
from signatures.models import Backend
from signatures.services.profile import profiles


@register(Tags.security)
def signing_settings_fit(**_: object) -> list[CheckMessage]:
    """Names that nobody knows, a module that is not there, one token for all, a stretching out of bounds."""
    return [*_names(), *_module(), *_cost()]


def _names() -> Iterable[CheckMessage]:
    unknown = sorted(set(settings.SIGNING_BACKENDS) - set(Backend.values))
    if unknown:
        yield Error(
            f"EOFFICE_SIGNING_BACKENDS names {', '.join(unknown)}, which this program does not have.",
            hint=f"It has {', '.join(Backend.values)}.",
            id="signatures.E001",
        )
    if settings.CERTIFICATE_PROFILE not in profiles():
        yield Error(
            f"EOFFICE_CERTIFICATE_PROFILE={settings.CERTIFICATE_PROFILE!r} is no profile.",
            hint=f"There are {', '.join(profiles())}.",
            id="signatures.E002",
        )
    if settings.PROFILE == "production" and settings.CERTIFICATE_PROFILE == "any":
        yield Warning(
            "Certificates of any kind are registered here.",
            hint="Set EOFFICE_CERTIFICATE_PROFILE to india-class3-organisation where officers have such certificates.",
            id="signatures.W001",
        )


def _module() -> Iterable[CheckMessage]:
    if not settings.PKCS11_MODULE:
        return
    if not Path(settings.PKCS11_MODULE).is_file():
        yield Error(
            f"EOFFICE_PKCS11_MODULE names {settings.PKCS11_MODULE}, and there is no such file.",
            hint="Install the module of the HSM's vendor, or unset it.",
            id="signatures.E003",
        )
    if "{code}" not in settings.PKCS11_TOKEN:
        yield Error(
            "EOFFICE_PKCS11_TOKEN gives all officers the same token, whose PIN would open everybody's key.",
            hint="Put {code} into it: each officer has a token of the own, labelled after the employee's code.",
            id="signatures.E004",
        )


def _cost() -> Iterable[CheckMessage]:
    row = KdfParams(memory_kib=settings.KEY_KDF_MEMORY_MB * 1024, passes=settings.KEY_KDF_PASSES)
    try:
        KdfParams.from_json(row.as_json())
    except KeyUnavailable:
        yield Error(
            "The cost of guessing a PIN is out of bounds: no key could be opened again.",
            hint="EOFFICE_KEY_KDF_MEMORY_MB lies between 8 and 1024, EOFFICE_KEY_KDF_PASSES between 1 and 64.",
            id="signatures.E005",
        )
        return
    if settings.PROFILE == "production" and row.is_weaker_than(KdfParams()):
        yield Warning(
            "Guessing a PIN is cheaper here than this program's default.",
            hint="Unset EOFFICE_KEY_KDF_MEMORY_MB and EOFFICE_KEY_KDF_PASSES; keys follow when they are opened.",
            id="signatures.W002",
        )
