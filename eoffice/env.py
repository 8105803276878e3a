"""The only reader of the environment. Everything in which instances differ comes through here (design 1)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PROFILES = ("demo", "embedded", "production", "test")


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; without a default, a missing value stops the start with a sentence that says so."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. deploy/env.example says what it is for.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no.")


def number(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas; empty items are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(allowed)}.")
    return value


def profile() -> str:
    _adopt_demo()
    value = text("EOFFICE_PROFILE", "embedded")
    if value not in PROFILES:
        raise ImproperlyConfigured(f"EOFFICE_PROFILE={value!r} is none of {', '.join(PROFILES)}.")
    return value


def _adopt_demo() -> None:
    """A command without settings speaks to the demo of `make run`, as that left its own, unless an instance is here."""
    var = Path(__file__).resolve().parents[1] / "var"
    left = var / "demo" / "environment"
    named = os.environ.get("EOFFICE_PROFILE")
    wanted = named == "demo" or (named is None and not (var / "embedded").exists())
    if wanted and "EOFFICE_DATA" not in os.environ and left.exists():
        for line in left.read_text(encoding="utf-8").splitlines():
            name, _equals, value = line.partition("=")
            os.environ.setdefault(name, value)


# IMMEDIATE, because the default loses most concurrent writes (measured; docs/decisions/0003-two-databases.md).
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
    ),
}


def database(default: str) -> dict[str, Any]:
    """`DATABASE_URL` as Django's settings: `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    url = urlsplit(text("DATABASE_URL", default))
    if url.scheme == "sqlite":
        path = Path(unquote(url.path[1:] if url.path.startswith("//") else url.path))
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(SQLITE_OPTIONS)}
    if url.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
            "OPTIONS": dict(parse_qsl(url.query)),
        }
    raise ImproperlyConfigured("DATABASE_URL begins neither with sqlite: nor with postgresql:.")
