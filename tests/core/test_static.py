"""What the browser gets: sheets and scripts keep to the tokens, to the strict policy, and to their size."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "eoffice" / "static"
SHEETS = sorted((STATIC / "eoffice/css").glob("*.css"))
SCRIPTS = sorted((STATIC / "eoffice/js").glob("*.js"))
TEMPLATES = [
    path
    for folder in ("eoffice/templates", "employee_master", "signatures", "dak", "files", "eoffice/desk")
    for path in sorted((settings.BASE_DIR / folder).rglob("*.html"))
]


def named(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_colours_come_from_the_token_sheet(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 500
    if sheet.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", text) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_every_token_in_use_is_defined(sheet: Path) -> None:
    tokens = set(re.findall(r"(--[a-z0-9-]+):", "".join(one.read_text(encoding="utf-8") for one in SHEETS)))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", sheet.read_text(encoding="utf-8"))) <= tokens


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_scripts_are_short_and_need_no_eval(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert not re.search(r"\beval\(|new Function|innerHTML\s*=|document\.write", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_templates_have_nothing_inline_and_only_known_icons(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text)
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    sprite = (STATIC / "eoffice/icons.svg").read_text(encoding="utf-8")
    for name in re.findall(r"{%\s*icon [\"']([a-z0-9-]+)[\"']", text):
        assert f'id="i-{name}"' in sprite, name


def test_vendored_files_are_the_ones_that_were_vendored() -> None:
    vendor = STATIC / "vendor"
    listed = dict(reversed(line.split("  ")) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    found = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert found == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name


def test_the_first_view_of_a_list_is_light() -> None:
    """Sheets, scripts, sprite and htmx of a list page; the page itself may take the rest of 100 KB (design 11)."""
    templates = [settings.BASE_DIR / "eoffice/templates" / name for name in ("base.html", "components/head.html")]
    loaded = set(re.findall(r"css/([a-z]+\.css)", "".join(one.read_text(encoding="utf-8") for one in templates)))
    parts = [one for one in SHEETS if one.name in loaded]
    assert len(parts) == len(loaded)
    parts += [STATIC / "eoffice/js" / name for name in ("forms.js", "keys.js", "register.js")]
    parts += [STATIC / "eoffice/icons.svg", STATIC / "eoffice/mark.svg", STATIC / "vendor/htmx/htmx.min.js"]
    assert sum(len(gzip.compress(one.read_bytes(), 9)) for one in parts) < 60_000
