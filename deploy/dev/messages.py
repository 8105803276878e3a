"""Message catalogues: `gather` brings new messages in, `compile` writes the .mo files, `check` finds what is missing.

Git ignores the .mo files. Compiling uses Babel, because msgfmt is a system package that a first run must not need;
the other two need xgettext.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

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


@contextmanager
def gathered() -> Iterator[list[Path]]:
    """The catalogues with the messages of the sources, in a copy of what git knows; nothing here is touched."""
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
            [sys.executable, "manage.py", "makemessages", "--locale", "hi", "--no-obsolete", "--add-location", "file"],
            cwd=copy, check=True, capture_output=True, env={**os.environ, "EOFFICE_PROFILE": "demo"},
        )  # fmt: skip
        yield catalogues(copy)


def open_messages(source: Path) -> list[str]:
    """What has no translation, or only a guessed one."""
    found = []
    with source.open("rb") as text:
        for message in read_po(text):
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and (message.fuzzy or not all(texts)):
                found.append(f"{'guessed' if message.fuzzy else 'missing'}: {message.id!r}")
    return found


def check() -> list[str]:
    """Messages of the sources that a catalogue lacks, has empty, or has only guessed at (fuzzy)."""
    with gathered() as sources:
        return [f"{source.name}: {words}" for source in sources for words in open_messages(source)]


def gather() -> None:
    """Bring the messages of the sources into the catalogue; what is new stands there empty, guesses are dropped.

    The head stays as it is, without dates and names of tools, so that the file changes only when a message does.
    """
    with gathered() as sources:
        for source in sources:
            target = ROOT / source.relative_to(source.parents[4])
            with source.open("rb") as text:
                catalogue = read_po(text, locale="hi")
            for message in catalogue:
                if message.id and message.fuzzy:
                    message.flags.discard("fuzzy")
                    message.string = ("", "") if isinstance(message.id, tuple) else ""
                message.previous_id = []
                message.user_comments = [words for words in message.user_comments if not words.startswith("|")]
            out = BytesIO()
            write_po(out, catalogue, width=110, include_lineno=False, ignore_obsolete=True)
            head, body = target.read_text(encoding="utf-8").partition("\n\n")[0], out.getvalue().decode()
            target.write_text(f"{head}\n\n{body.partition(chr(10) * 2)[2].rstrip()}\n", encoding="utf-8")


def main() -> int:
    if sys.argv[1:] == ["compile"]:
        compile_all()
        return 0
    if sys.argv[1:] == ["gather"]:
        gather()
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
