"""Message catalogues: `compile` writes the .mo files that git ignores; `check` finds what is not translated.

Compiling uses Babel, because msgfmt is a system package that a first run must not need. The check needs xgettext.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 40


def catalogues(root: Path) -> list[Path]:
    return sorted((root / "eoffice" / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    for source in catalogues(ROOT):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        part = target.with_suffix(".part")
        with part.open("wb") as binary:
            write_mo(binary, catalogue)
        part.rename(target)


def check() -> list[str]:
    """Messages of the sources that a catalogue lacks, has empty, or has only guessed at (fuzzy)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    wanted = {".py", ".html", ".txt", ".po", ".json", ".toml", ".svg"}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in filter(None, listed.split("\0")):
            source = ROOT / name
            if source.suffix in wanted and not name.startswith("tests/") and source.exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy / name)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", "hi", "--no-obsolete", "--no-location"],
            cwd=copy, check=True, capture_output=True, env={**os.environ, "EOFFICE_PROFILE": "demo"},
        )  # fmt: skip
        found = []
        for source in catalogues(copy):
            with source.open("rb") as text:
                for message in read_po(text):
                    texts = message.string if isinstance(message.string, tuple) else (message.string,)
                    if message.id and (message.fuzzy or not all(texts)):
                        how = "guessed" if message.fuzzy else "missing"
                        found.append(f"{source.relative_to(copy)}: {how}: {message.id!r}")
        return found


def main() -> int:
    if sys.argv[1:] == ["compile"]:
        compile_all()
        return 0
    problems = check()
    print(*problems[:SHOWN], sep="\n")
    if len(problems) > SHOWN:
        print(f"… and {len(problems) - SHOWN} more")
    print(
        f"{len(problems)} message(s) without a Hindi translation" if problems else "every message has its translation"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
