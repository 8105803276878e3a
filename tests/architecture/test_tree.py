"""How the tree looks: sizes, templates, migrations, imports, and nothing inline or from outside."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("dak", "files", "signatures", "employee_master", "eoffice", "deploy", "tests", "exchange")
FOREIGN = {"vendor", "node_modules", "__pycache__"}
MOST_LINES = 500


def own(*endings: str) -> Iterator[Path]:
    """Our own files with these endings; what was vendored or built has its own masters."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in endings and path.is_file() and not FOREIGN & set(path.parts):
                yield path


TEMPLATES = [path for path in own(".html", ".txt") if "templates" in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def found(paths: Iterator[Path] | list[Path], pattern: str) -> list[str]:
    """Where the pattern stands, line by line."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if wanted.search(line)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(TEMPLATES) > 50
    assert len(list(own(".css", ".js"))) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_loads(path: Path) -> None:
    parts = path.parts
    get_template("/".join(parts[parts.index("templates") + 1 :]))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_imports_point_to_the_right_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        name_of(path): lines
        for path in own(".py", ".html", ".css", ".js")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}, "split by what they are about, not by size"


def test_nothing_is_inline_in_templates() -> None:
    """The content policy would stop it, and the page would be broken (design 11)."""
    assert found(TEMPLATES, r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:") == []


def test_nothing_is_fetched_from_outside() -> None:
    """No address of another host in what browsers get; XML name spaces are names, not addresses."""
    ours = [*TEMPLATES, *own(".css", ".js", ".svg")]
    hits = found(ours, r"https?://(?!www\.w3\.org/(2000/svg|1999/xlink|1999/xhtml|1998/Math))|url\(\s*[\"']?//")
    assert hits == []


def test_every_test_lies_in_a_package() -> None:
    """Two files of one name in different folders would otherwise hide each other."""
    bare = {name_of(path.parent) for path in own(".py") if path.name.startswith("test_")}
    assert [folder for folder in sorted(bare) if not (ROOT / folder / "__init__.py").exists()] == []


def test_domain_rows_change_their_state_by_transitions_alone() -> None:
    """`.update(state=…)` goes past the life of a thing; the outbox is the one exception (style: States)."""
    rooms = [path for path in own(".py") if "tests" not in path.parts and path.name != "outbox.py"]
    assert found(rooms, r"\.update\(\s*state\s*=") == []


def test_time_and_day_come_from_the_clock() -> None:
    rooms = [
        path
        for path in own(".py")
        if "tests" not in path.parts and "migrations" not in path.parts and path.name != "clock.py"
    ]
    assert found(rooms, r"\btimezone\.now\(|\bdate\.today\(|\bdatetime\.today\(") == []
