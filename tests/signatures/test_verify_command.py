"""`manage.py verify_pdf`: one line per file, whatever the files are."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.signatures.authority import World, letter

KEYS = ["file", "verdict", "integrity", "signatures", "reason"]


def lines(*arguments: str | Path) -> list[dict[str, object]]:
    output = StringIO()
    call_command("verify_pdf", "--json", *map(str, arguments), stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_each_file_gets_its_line_in_the_order_given(world: World, tmp_path: Path) -> None:
    pdf = world.signed(world.officer())
    papers = {
        "good.pdf": pdf, "spoilt.pdf": pdf[:3000] + b"x" + pdf[3001:], "plain.pdf": letter(), "empty.pdf": b"",
        "noise.pdf": os.urandom(4000), "हिंदी नाम.pdf": pdf + b"\n",
    }  # fmt: skip
    for name, content in papers.items():
        (tmp_path / name).write_bytes(content)
    found = lines(*(tmp_path / name for name in papers), "--trust", tmp_path)
    assert [Path(str(row["file"])).name for row in found] == list(papers)
    assert [row["integrity"] for row in found[:1]] == ["intact"]
    assert all(row["integrity"] != "intact" for row in found[1:])
    assert all(list(row)[:5] == KEYS for row in found)
    assert [row["verdict"] for row in found[2:5]] == ["NO-SIGNATURE", "UNREADABLE", "UNREADABLE"]


def test_trust_is_added_by_a_folder(world: World, tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(world.archived(world.signed(world.officer())))
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.p7x").write_bytes(b"ignored")
    (tmp_path / "trust" / "root.der").write_bytes(world.authority.der("root"))
    assert lines(paper)[0]["verdict"] == "INDETERMINATE"
    assert lines(paper, "--trust", tmp_path / "trust")[0]["verdict"] == "TOTAL-PASSED"


def test_a_file_that_is_not_there_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("verify_pdf", str(tmp_path / "absent.pdf"), stdout=StringIO(), stderr=StringIO())
    assert ended.value.code == 1


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_no_answer_and_nothing_waits_for_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_pdf", str(path), stdout=StringIO(), stderr=said)
    assert "is no file" in said.getvalue()
