"""Each way to configure an instance wrongly is told in a sentence before it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from eoffice import checks
from eoffice.ledger import guards

GOOD = {
    "PROFILE": "production",
    "PUBLIC_URL": "https://eoffice.example.gov.in",
    "ALLOWED_HOSTS": ["eoffice.example.gov.in"],
    "SECRET_KEY": "k" * 64,
    "BROKER_URL": "redis://127.0.0.1/0",
    "TSA_URLS": ["http://tsa.example.gov.in"],
    "SOFTWARE_KEYS_ORDER": "",
    "CREDENTIAL_ISSUER": "",
}


@pytest.fixture
def production(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a production instance in which all is well."""
    for name, value in GOOD.items():
        setattr(settings, name, value)
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    pepper = tmp_path / "pepper"
    pepper.write_bytes(bytes(32))
    pepper.chmod(0o640)
    (tmp_path / "staticfiles.json").touch()
    settings.PEPPER_FILE = settings.FACTOR_KEY_FILE = pepper
    settings.STATIC_ROOT = str(tmp_path)
    return settings


def found() -> list[str]:
    return [str(message.id) for message in checks.settings_fit_the_profile()]


def test_a_good_production_instance_starts(production: Settings) -> None:
    assert production.PROFILE == "production"
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PUBLIC_URL", "", "eoffice.E001"),
        ("PUBLIC_URL", "http://eoffice.example.gov.in", "eoffice.E001"),
        ("PUBLIC_URL", "https://127.0.0.1:8000", "eoffice.E001"),
        ("ALLOWED_HOSTS", [], "eoffice.E002"),
        ("ALLOWED_HOSTS", ["*"], "eoffice.E002"),
        ("ALLOWED_HOSTS", ["other.example.gov.in"], "eoffice.E003"),
        ("SECRET_KEY", "short", "eoffice.E004"),
        ("SECRET_KEY", "not-secret-for-trying-out-and-tests-only-and-long-enough-besides", "eoffice.E004"),
        ("PEPPER_FILE", Path("/nonexistent"), "eoffice.E005"),
        ("BROKER_URL", "", "eoffice.W001"),
        ("TSA_URLS", [], "eoffice.W002"),
        ("CREDENTIAL_ISSUER", "eoffice.demo.authority.instance.issue", "eoffice.E008"),
        ("SOFTWARE_KEYS_ORDER", "demo and tests", "eoffice.E007"),
        ("SOFTWARE_KEYS_ORDER", "ITE-12/2026", "eoffice.W003"),
        ("STATIC_ROOT", "/nonexistent", "eoffice.E020"),
    ],
)
def test_a_wrong_production_setting_is_named(production: Settings, name: str, value: Any, expected: str) -> None:
    setattr(production, name, value)
    assert expected in found()


def test_production_on_sqlite_is_refused(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert found() == ["eoffice.E006"]


def test_a_pepper_that_others_can_read_or_that_is_short_is_named(production: Settings) -> None:
    file = Path(production.PEPPER_FILE)
    file.chmod(0o644)
    assert found() == ["eoffice.E005", "eoffice.E009"]
    file.chmod(0o640)
    file.write_bytes(bytes(31))
    assert found() == ["eoffice.E005", "eoffice.E009"]


def test_a_missing_factor_key_is_named_and_so_is_a_factor_switched_off(production: Settings, tmp_path: Path) -> None:
    production.FACTOR_KEY_FILE = tmp_path / "nowhere"
    assert found() == ["eoffice.E009"]
    production.SECOND_FACTOR = "off"
    assert found() == ["eoffice.W004"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("EMAIL_HOST", "mail.example.gov.in", "eoffice.E010"),
        ("ALLOWED_HOSTS", ["127.0.0.1", "eoffice.example.gov.in"], "eoffice.E011"),
        ("PUBLIC_URL", "https://eoffice.example.gov.in", "eoffice.E012"),
        ("MAIL_DOMAINS", ["gov.in"], "eoffice.E013"),
    ],
)
def test_the_demo_keeps_to_its_machine(
    settings: Settings, tmp_path: Path, name: str, value: Any, expected: str
) -> None:
    (tmp_path / "staticfiles.json").touch()
    settings.PROFILE, settings.STATIC_ROOT = "demo", str(tmp_path)
    assert found() == []
    setattr(settings, name, value)
    assert found() == [expected]


@pytest.mark.django_db(transaction=True)
def test_missing_guards_of_the_ledger_stop_the_start() -> None:
    assert checks.guards_stand(databases=["default"]) == []
    guards.remove(connection)
    try:
        (message,) = checks.guards_stand(databases=["default"])
    finally:
        guards.install(connection)
    assert message.id == "eoffice.E030"
    assert "ledger_event_no_update" in message.msg


def test_without_its_public_address_production_does_not_start(tmp_path: Path) -> None:
    """As the service units do it before every start: in a process of its own, from the environment alone."""
    pepper, static = tmp_path / "pepper", tmp_path / "static"
    pepper.write_bytes(bytes(32))
    pepper.chmod(0o640)
    static.mkdir()
    (static / "staticfiles.json").write_text('{"version": "1.1", "paths": {}, "hash": ""}')
    environment = {
        "PATH": os.environ["PATH"],
        "EOFFICE_PROFILE": "production",
        "EOFFICE_DATA": str(tmp_path / "data"),
        "EOFFICE_HOSTS": "eoffice.example.gov.in",
        "EOFFICE_SECRET_KEY": "k" * 64,
        "EOFFICE_PEPPER_FILE": str(pepper),
        "EOFFICE_FACTOR_KEY_FILE": str(pepper),
        "EOFFICE_STATIC_ROOT": str(static),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }

    def check(**more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "check"]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment | more, capture_output=True, text=True, check=False
        )

    refused = check()
    assert refused.returncode == 1
    assert "(eoffice.E001) EOFFICE_PUBLIC_URL is not an https address" in refused.stderr
    started = check(EOFFICE_PUBLIC_URL="https://eoffice.example.gov.in")
    assert started.returncode == 0, started.stderr
