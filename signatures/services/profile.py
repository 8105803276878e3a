"""Whether an officer's certificate is of the kind that the instance wants; kinds are data (`signatures/profiles.json`).

The Indian ones follow the Controller of Certifying Authorities: policy identifiers below 2.16.356.100.2 name the class,
an organisational certificate bears the organisation's name, a personal one the word Personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import BadInput, Text
from signatures.engine import certificates

_FILE = Path(__file__).resolve().parent.parent / "profiles.json"


@dataclass(frozen=True)
class Finding:
    """One rule of the profile that the certificate breaks, in words."""

    rule: str
    fault: Text


@cache
def profiles() -> dict[str, Any]:
    """All profiles, by name."""
    found: dict[str, Any] = json.loads(_FILE.read_text())
    return found


def _policy(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    policies = certificate.certificate_policies_value
    found = {one["policy_identifier"].dotted for one in policies} if policies is not None else set()
    return bool(found & set(rule["any_of"]))


def _key_usage(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    usage = certificate.key_usage_value
    return usage is not None and bool(set(rule["all_of"]) <= usage.native)


def _not_authority(certificate: x509.Certificate, _rule: dict[str, Any]) -> bool:
    return not bool(certificate.ca)


def _key(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    key = certificate.public_key
    if key.algorithm == "rsa":
        return bool(key.bit_size >= rule["rsa_bits"])
    return bool(key.algorithm == "ec" and key.curve == ("named", rule["curves"][0]))


def _digest(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    return certificate.hash_algo in rule["any_of"]


def _subject(certificate: x509.Certificate, part: str) -> list[str]:
    value = certificate.subject.native.get(part, [])
    return [value] if isinstance(value, str) else list(value)


def _country(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    return any(one.upper() in rule["any_of"] for one in _subject(certificate, "country_name"))


def _organisation(certificate: x509.Certificate, rule: dict[str, Any]) -> bool:
    named = [one.strip().casefold() for one in _subject(certificate, "organization_name")]
    return bool(named) and not any(one in rule["none_of"] for one in named)


_RULES: dict[str, tuple[Callable[[x509.Certificate, dict[str, Any]], bool], Text]] = {
    "policy": (_policy, _("It is not of Class 3: the certificate does not name that policy.")),
    "key_usage": (_key_usage, _("Its key usage is not digital signature with non-repudiation.")),
    "not_authority": (_not_authority, _("It belongs to a certifying authority, not to a person.")),
    "key": (_key, _("Its key is weaker than RSA 2048 bits, or of a kind that is not used here.")),
    "digest": (_digest, _("It was issued with an outdated hash.")),
    "country": (_country, _("It was not issued for India.")),
    "organisation": (_organisation, _("It was issued for personal use, not to the office's organisation.")),
}


def findings(certificate: bytes, *, name: str) -> Sequence[Finding]:
    """Every rule of the named profile that the certificate breaks; empty when it fits."""
    try:
        rules = profiles()[name]["rules"]
    except KeyError as error:
        known = ", ".join(profiles())
        raise ImproperlyConfigured(f"EOFFICE_CERTIFICATE_PROFILE={name!r} is none of {known}.") from error
    loaded = certificates.load(certificate)
    broken = []
    for rule in rules:
        fits, fault = _RULES[rule["rule"]]
        if not fits(loaded, rule):
            broken.append(Finding(rule["rule"], fault))
    return broken


def require(certificate: bytes) -> None:
    """Refuse (`certificate_profile`) a certificate that is not of the instance's kind, with all that is wrong."""
    broken = findings(certificate, name=settings.CERTIFICATE_PROFILE)
    if broken:
        raise BadInput(
            "certificate_profile",
            _joined([one.fault for one in broken]),
            _("Ask a licensed certifying authority for a Class 3 signature certificate issued to your organisation."),
        )


def _joined(sentences: Sequence[Text]) -> Text:
    return format_lazy(" ".join("{}" for _one in sentences), *sentences)
