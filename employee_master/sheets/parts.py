"""What the readers of the child share. No Django here: see `child`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

MIB = 1024 * 1024
TEXT_LIMIT = 1000  # characters kept of one cell
SHEETS = 40

# The error value that stands for a formula whose result the file does not hold.
UNCALCULATED = "="

Cell = Any  # text, a number, true or false, ["d", day] or ["e", error value]
Row = tuple[int, bool, list[Cell]]
Merge = tuple[int, int, int, int]  # top, left, bottom, right, from 0


class Refused(Exception):
    """The file can't be read as a sheet; `code` says why."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass
class Part:
    """One sheet of the file."""

    name: str
    rows: Iterator[Row]
    visible: bool = True
    merges: list[Merge] = field(default_factory=list)


def parse_xml(content: bytes) -> ET.Element:
    """Without entities, which is how small files blow up; the process has limits besides."""
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content[:2000]:
        raise Refused("damaged")
    try:
        return ET.fromstring(content)  # noqa: S314
    except ET.ParseError as error:
        raise Refused("damaged") from error


def local(tag: str) -> str:
    return tag.rpartition("}")[2]
